"""From a weak score to something that somebody does: a team's action items."""

import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from bot.coach import Routes, language_for
from bot.errors import Invalid, NotFound, TooLate
from bot.instrument import MOST_TITLE, Instrument
from bot.invitations import as_in
from bot.messages import (
    Bullets,
    Button,
    Buttons,
    Choice,
    Click,
    Command,
    Form,
    Heading,
    Inbound,
    Message,
    Note,
    Option,
    Part,
    Submission,
    Text,
    TextField,
    Tone,
)
from bot.ports.actions import Action, ActionState, ActionStore
from bot.ports.pulses import Pulse, PulseStore
from bot.replies import instead, to_asker
from bot.roles import Roles
from bot.slots import monday_of, week_key
from bot.wording import Wording, wording
from knowledge.normalise import visible

MOST_OWNER = 80
WEEKS = 12  # that can be chosen, from this one
USUAL_WEEKS = 4
MOST_SHOWN = 20
RECENT = timedelta(days=28)  # finished ones are listed that long
EVER = datetime(1, 1, 1, tzinfo=UTC)


class Actions:
    """`/coach actions`, clicks and forms that begin with `actions.`."""

    def __init__(
        self,
        *,
        actions: ActionStore,
        pulses: PulseStore,
        roles: Roles,
        instrument: Instrument,
        clock: Callable[[], datetime],
    ) -> None:
        self._actions = actions
        self._pulses = pulses
        self._roles = roles
        self._instrument = instrument
        self._clock = clock

    @property
    def routes(self) -> Routes:
        return Routes(
            commands={"coach actions": self._list, "coach 行动": self._list},
            alone=frozenset({"coach actions", "coach 行动"}),
            clicks={
                "actions.new": self._ask,
                "actions.done": self._done,
                "actions.drop": self._drop,
            },
            forms={"actions.make": self._make},
        )

    async def _list(self, command: Command) -> Message:
        self._roles.require_member(command)
        if command.place.private:
            raise Invalid("actions.in_channel")
        said = wording(language_for(command))
        place = command.place
        open_ones = await self._actions.open_in(place.workspace, place.channel)
        since = self._clock() - RECENT
        ended = await self._actions.ended_in(place.workspace, place.channel, since=since)
        parts: list[Part] = [Heading(text=said.say("actions.title"))]
        for action in open_ones[:MOST_SHOWN]:
            parts += self._shown(action, said)
        if not open_ones:
            parts.append(Text(text=said.say("actions.none")))
        done = tuple(one.title for one in ended if one.state is ActionState.DONE)
        if done:
            parts.append(Bullets(items=done[:MOST_SHOWN], title=said.say("actions.done_title")))
        return to_asker(said, said.say("actions.summary", n=len(open_ones)), *parts)

    def _shown(self, action: Action, said: Wording) -> list[Part]:
        buttons = tuple(
            Button(
                label=said.say(f"actions.{verb}_button"), action=f"actions.{verb}", value=action.id
            )
            for verb in ("done", "drop")
        )
        return [Text(text=self.line(action, said)), Buttons(buttons=buttons)]

    def line(self, action: Action, said: Wording) -> str:
        """One action in one line: what, who, until when."""
        overdue = action.due_week < week_key(self._clock().date())
        return said.say(
            "actions.line_overdue" if overdue else "actions.line",
            title=action.title,
            topic=self._instrument.topic(action.topic, said.language),
            owner=action.owner or said.say("actions.nobody"),
            week=said.day(monday_of(action.due_week)),
        )

    async def _ask(self, click: Click) -> Message:
        said = wording(language_for(click))
        pulse, topic = await self._from(click, click.value)
        step = await self._next_step(pulse, topic, said)
        form = Form(
            form="actions.make",
            title=said.say("actions.form_title"),
            context=click.value,
            fields=(
                TextField(
                    name="title",
                    label=said.say("actions.field_title"),
                    most=MOST_TITLE,
                    initial=step[:MOST_TITLE] if step else None,
                ),
                TextField(
                    name="owner",
                    label=said.say("actions.field_owner"),
                    most=MOST_OWNER,
                    optional=True,
                ),
                self._weeks(said),
            ),
            submit=said.say("actions.form_submit"),
            note=self._instrument.topic(topic, said.language),
        )
        return to_asker(said, said.say("actions.form_title"), form)

    async def _next_step(self, pulse: Pulse, topic: str, said: Wording) -> str | None:
        """The first that the team has neither done nor taken on; None if there is none left."""
        ended = await self._actions.ended_in(pulse.workspace, pulse.channel, since=EVER)
        done = [one for one in ended if one.state is ActionState.DONE]
        taken = [*await self._actions.open_in(pulse.workspace, pulse.channel), *done]
        titles = [one.title for one in taken if one.topic == topic]
        place = self._instrument.step_left(topic, titles)
        return None if place is None else self._instrument.title(topic, place, said.language)

    def _weeks(self, said: Wording) -> Choice:
        today = self._clock().date()
        keys = [week_key(today + timedelta(weeks=number)) for number in range(WEEKS + 1)]
        return Choice(
            name="week",
            label=said.say("actions.field_week"),
            options=tuple(
                Option(label=said.say("actions.week", day=said.day(monday_of(key))), value=key)
                for key in keys
            ),
            initial=keys[USUAL_WEEKS],
        )

    async def _make(self, submission: Submission) -> Message:
        said = wording(language_for(submission))
        pulse, topic = await self._from(submission, submission.context)
        now = self._clock()
        action = Action(
            workspace=submission.place.workspace,
            id=secrets.token_hex(8),
            channel=pulse.channel,
            topic=topic,
            title=_line(submission.values.get("title", ""), "title", MOST_TITLE, said),
            owner=_line(submission.values.get("owner", ""), "owner", MOST_OWNER, said),
            due_week=self._week(submission.values.get("week", "")),
            author=submission.person.id,
            created=now,
            pulse=pulse.id,
        )
        if not action.title:
            raise Invalid("actions.no_title")
        await self._actions.add(action)
        await self._roles.note(as_in(submission, pulse.channel), "action.made", action.id)
        text = self.line(action, said)
        made = said.say("actions.made")
        return to_asker(said, f"{made} {text}", Note(text=made, tone=Tone.SUCCESS), Text(text=text))

    def _week(self, week: str) -> str:
        today = self._clock().date()
        allowed = {week_key(today + timedelta(weeks=number)) for number in range(WEEKS + 1)}
        if week not in allowed:
            raise Invalid("actions.bad_week", most=WEEKS)
        return week

    async def _done(self, click: Click) -> Message:
        return await self._end(click, ActionState.DONE)

    async def _drop(self, click: Click) -> Message:
        return await self._end(click, ActionState.DROPPED)

    async def _end(self, click: Click, state: ActionState) -> Message:
        said = wording(language_for(click))
        action = await self._actions.action(click.person.workspace, click.value)
        if action is None:
            raise NotFound("actions.unknown")
        in_channel = as_in(click, action.channel)
        await self._roles.require_lead(in_channel)
        if not await self._actions.end(action, state, self._clock()):
            raise TooLate("actions.ended_already")
        await self._roles.note(in_channel, f"action.{state.value}", action.id)
        return instead(said, said.say(f"actions.{state.value}", title=action.title), Tone.SUCCESS)

    async def _from(self, inbound: Inbound, value: str) -> tuple[Pulse, str]:
        """The pulse and topic of a result that this person leads; the value comes from the
        platform."""
        pulse, _, topic = value.partition("|")
        found = await self._pulses.pulse(inbound.person.workspace, pulse)
        if found is None or found.result is None:
            raise NotFound("actions.no_result")
        await self._roles.require_lead(as_in(inbound, found.channel))
        if all(one.of != topic for one in found.result.topics):
            raise NotFound("actions.no_result")
        return found, topic


def _line(text: str, field: str, most: int, said: Wording) -> str:
    """One line of plain text. Raises Invalid when it is too long to keep."""
    line = re.sub(r"\s+", " ", visible(text)).strip()
    if len(line) > most:
        raise Invalid("actions.too_long", field=said.say(f"actions.field_{field}"), most=most)
    return line
