"""Slack's commands, clicks, forms and shortcuts as Inbound, with the way back; pure."""

from adapters.slack.blocks import FEEDBACK
from adapters.slack.forms import Origin, unpacked
from adapters.slack.markup import plain_text
from adapters.slack.ways import Delivery, Payload, Seen, Surface, Way, is_direct, way
from bot.messages import Click, Command, Question, Standing, Submission

ASK_ABOUT = "ask_about"  # the message shortcut
START_PULSE = "start_pulse"  # the global shortcut, and the modal that it opens
OPEN_FORM = "slack.open_form"  # a button that asks again, now with the right to open a modal
CHANNEL, PILLAR = "channel", "pillar"  # the fields of that modal


def command(body: Payload, seen: Seen) -> Delivery:
    channel = body["channel_id"]
    text = plain_text(body.get("text") or "", coach=seen.coach)
    return Delivery(
        inbound=Command(
            person=seen.person(body["user_id"]),
            place=seen.place(channel, private=is_direct(channel)),
            delivery=f"command:{body['trigger_id']}",
            received=seen.now,
            name=body["command"].lstrip("/"),
            text=text.text,
            mentions=tuple(seen.person(one) for one in text.people),
        ),
        way=way(seen, Surface.PRIVATE, body["user_id"], channel, body=body),
    )


def click(body: Payload, seen: Seen) -> Delivery:
    """A button, a feedback button or a menu; `#n` after the action only tells twins apart."""
    chosen: Payload = body["actions"][0]
    value = _value(chosen)
    action = chosen["action_id"].rsplit("#", 1)[0]
    if action == FEEDBACK:
        action, _, value = value.partition(":")
    back = _clicked_from(body, seen)
    if action == OPEN_FORM:
        return _asked_again(body, seen, back, value)
    return Delivery(
        inbound=Click(
            person=seen.person(body["user"]["id"]),
            place=seen.place(back.channel, back.thread, private=is_direct(back.channel)),
            delivery=f"click:{body.get('trigger_id') or chosen['action_ts']}",
            received=seen.now,
            standing=_standing(body, seen),
            action=action,
            value=value,
            message=back.message,
        ),
        way=back,
    )


def _asked_again(body: Payload, seen: Seen, back: Way, text: str) -> Delivery:
    return Delivery(
        inbound=Question(
            person=seen.person(body["user"]["id"]),
            place=seen.place(back.channel, back.thread, private=is_direct(back.channel)),
            delivery=f"click:{body['trigger_id']}",
            received=seen.now,
            standing=_standing(body, seen),
            text=text,
        ),
        way=back,
    )


def submission(body: Payload, seen: Seen) -> Delivery:
    view: Payload = body["view"]
    origin = unpacked(view.get("private_metadata") or "")
    form, user = view["callback_id"], body["user"]["id"]
    values = _values(view)
    delivery = f"form:{view['id']}:{view.get('hash') or body.get('trigger_id')}"
    if form == START_PULSE:
        return _pulse_of_channel(body, seen, values, delivery)
    return Delivery(
        inbound=Submission(
            person=seen.person(user),
            place=seen.place(origin.channel or user, origin.thread, private=origin.private),
            delivery=delivery,
            received=seen.now,
            standing=_standing(body, seen),
            form=form,
            context=origin.context,
            values=values,
        ),
        way=_from_modal(body, seen, origin),
    )


def shortcut(body: Payload, seen: Seen) -> Delivery:
    """A message that the person wants the coach's word on: answered to that person alone."""
    channel, message = body["channel"]["id"], body["message"]
    text = plain_text(message.get("text") or "", coach=seen.coach)
    return Delivery(
        inbound=Command(
            person=seen.person(body["user"]["id"]),
            place=seen.place(channel, private=is_direct(channel)),
            delivery=f"shortcut:{body['trigger_id']}",
            received=seen.now,
            standing=_standing(body, seen),
            name="coach",
            text=text.text,
        ),
        way=way(seen, Surface.PRIVATE, body["user"]["id"], channel, body=body),
    )


def _pulse_of_channel(body: Payload, seen: Seen, values: dict[str, str], delivery: str) -> Delivery:
    channel = values.get(CHANNEL, "")
    return Delivery(
        inbound=Command(
            person=seen.person(body["user"]["id"]),
            place=seen.place(channel, private=is_direct(channel)),
            delivery=delivery,
            received=seen.now,
            standing=_standing(body, seen),
            name="pulse",
            text=values.get(PILLAR, ""),
        ),
        way=_from_modal(body, seen, Origin(channel=channel)),
    )


def _from_modal(body: Payload, seen: Seen, origin: Origin) -> Way:
    return Way(
        surface=Surface.MODAL,
        workspace=seen.workspace,
        enterprise=seen.enterprise,
        user=body["user"]["id"],
        channel=origin.channel,
        thread=origin.thread,
        message=origin.message,
        trigger=body.get("trigger_id"),
        view=body["view"],
    )


def _clicked_from(body: Payload, seen: Seen) -> Way:
    container, user = body["container"], body["user"]["id"]
    if container["type"] == "view":
        home = (body.get("view") or {}).get("type") == "home"
        if home:
            return way(seen, Surface.HOME, user, user, body=body)
        origin = unpacked(body["view"].get("private_metadata") or "")
        return _from_modal(body, seen, origin)
    channel, message = container["channel_id"], container["message_ts"]
    thread = container.get("thread_ts") or (body.get("message") or {}).get("thread_ts")
    surface = Surface.EPHEMERAL if container.get("is_ephemeral") else Surface.MESSAGE
    # Without a thread of its own, the clicked message becomes the root of one.
    root = thread or (message if surface is Surface.MESSAGE else None)
    return way(seen, surface, user, channel, body=body, thread=root, message=message)


def _value(chosen: Payload) -> str:
    if chosen.get("selected_option"):
        return str(chosen["selected_option"]["value"])
    return str(chosen.get("value") or chosen.get("selected_user") or "")


def _values(view: Payload) -> dict[str, str]:
    """The fields that were filled in, by name."""
    state = (view.get("state") or {}).get("values") or {}
    filled: dict[str, str] = {}
    for name, actions in state.items():
        for typed in actions.values():
            value = _typed(typed)
            if value:
                filled[name] = value
    return filled


def _typed(typed: Payload) -> str:
    if typed.get("selected_options"):
        return ",".join(str(one["value"]) for one in typed["selected_options"])
    if typed.get("selected_option"):
        return str(typed["selected_option"]["value"])
    return str(typed.get("value") or typed.get("selected_conversation") or "")


def _standing(body: Payload, seen: Seen) -> Standing:
    """Somebody of another team, in a shared channel; the rest is in the person's profile."""
    team = body["user"].get("team_id")
    return Standing(external=bool(team) and team not in (seen.team, seen.enterprise))
