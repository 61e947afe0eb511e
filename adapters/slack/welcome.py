"""What Slack alone offers: suggested prompts, "at work", and starting a pulse from anywhere."""

from adapters.slack.api import asked
from adapters.slack.blocks import plain
from adapters.slack.forms import Origin
from adapters.slack.inbound import CHANNEL, PILLAR, START_PULSE
from adapters.slack.outbound import Payload
from adapters.slack.ways import Delivery, Seen
from adapters.slack.workspaces import Workspaces
from bot.errors import ChatError
from bot.wording import Wording, language_of, wording
from knowledge.model import Language

PROMPTS = ("prompt_start", "prompt_policy", "prompt_teams", "prompt_topics")
PILLARS = ("people", "process", "policy", "technology", "business-outcomes")


async def prompts(workspaces: Workspaces, delivery: Delivery) -> None:
    """Shown above the field in the coach's own conversation. A refusal of Slack does no harm."""
    say = wording(language_of(delivery.inbound.locale) or Language.EN)
    offered = [
        {"title": say.say(f"slack.{name}"), "message": say.say(f"slack.{name}_text")}
        for name in PROMPTS
    ]
    await _quietly(
        workspaces,
        delivery,
        "assistant.threads.setSuggestedPrompts",
        {
            "channel_id": delivery.way.channel,
            "title": say.say("slack.prompts"),
            "prompts": offered,
        },
    )


async def status(workspaces: Workspaces, delivery: Delivery) -> None:
    """ "is looking it up …", until the answer comes."""
    say = wording(language_of(delivery.inbound.locale) or Language.EN)
    await _quietly(
        workspaces,
        delivery,
        "assistant.threads.setStatus",
        {
            "channel_id": delivery.way.channel,
            "thread_ts": delivery.way.thread,
            "status": say.say("slack.looking"),
        },
    )


async def open_pulse(workspaces: Workspaces, seen: Seen, trigger: str, locale: str | None) -> None:
    """Raises a ChatError."""
    client = await workspaces.client(seen.workspace, seen.enterprise)
    say = wording(language_of(locale) or Language.EN)
    await asked(client.views_open(trigger_id=trigger, view=pulse_view(say)))


def pulse_view(say: Wording) -> Payload:
    """Which channel, and what about: then the pulse's own form takes over."""
    names = [(pillar, say.say(f"slack.pillar_{pillar}")) for pillar in PILLARS]
    options = [
        {"text": plain(label), "value": value}
        for value, label in [*names, ("all", say.say("slack.pulse_all"))]
    ]
    channels = {
        "type": "conversations_select",
        "action_id": CHANNEL,
        "default_to_current_conversation": True,
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    pillars = {
        "type": "radio_buttons",
        "action_id": PILLAR,
        "options": options,
        "initial_option": options[0],
    }
    return {
        "type": "modal",
        "callback_id": START_PULSE,
        "private_metadata": Origin(language=say.language).packed(),
        "title": plain(say.say("slack.pulse_title")),
        "submit": plain(say.say("slack.next")),
        "close": plain(say.say("slack.cancel")),
        "blocks": [
            {
                "type": "input",
                "block_id": CHANNEL,
                "element": channels,
                "label": plain(say.say("slack.pulse_channel")),
            },
            {
                "type": "input",
                "block_id": PILLAR,
                "element": pillars,
                "label": plain(say.say("slack.pulse_pillar")),
            },
        ],
    }


async def _quietly(
    workspaces: Workspaces, delivery: Delivery, method: str, values: Payload
) -> None:
    try:
        client = await workspaces.client(delivery.way.workspace, delivery.way.enterprise)
        await asked(client.api_call(method, json=values))
    except ChatError:
        return  # an ornament: the conversation works without it
