"""A person's own page: pulses to answer, and where the teams that they lead stand."""

from datetime import datetime

from bot.coach import language_for
from bot.errors import ChatError
from bot.instrument import Instrument
from bot.messages import (
    Bullets,
    Button,
    Buttons,
    Heading,
    Note,
    Opened,
    Part,
    Person,
    Place,
    Style,
    Text,
)
from bot.ports.actions import Action, ActionStore
from bot.ports.chat import Chat
from bot.ports.pulses import Pulse, PulseStore
from bot.resultpages import ResultPages
from bot.roles import Roles, is_visitor
from bot.slots import monday_of
from bot.wording import Wording, wording

MOST_TEAMS = 5
MOST_PULSES = 5
LOOKED_AT = 20  # closed pulses of a team


class Home:
    """What stands on the page before the general help."""

    def __init__(
        self,
        *,
        pulses: PulseStore,
        actions: ActionStore,
        roles: Roles,
        chat: Chat,
        instrument: Instrument,
        pages: ResultPages,
    ) -> None:
        self._pulses = pulses
        self._actions = actions
        self._roles = roles
        self._chat = chat
        self._instrument = instrument
        self._pages = pages

    async def parts(self, opened: Opened) -> tuple[Part, ...]:
        """Nothing for guests, who only ask."""
        if is_visitor(opened):
            return ()
        said, person = wording(language_for(opened)), opened.person
        found: list[Part] = []
        for pulse in await self._to_answer(person):
            found += await self._pulse(pulse, said)
        for channel in (await self._roles.channels(person))[:MOST_TEAMS]:
            found += await self._team(person, channel, opened.received, said)
        return tuple(found)

    async def _to_answer(self, person: Person) -> list[Pulse]:
        every = await self._pulses.open_of(person.workspace)
        return [one for one in every if await self._pulses.is_invited(one, person)][:MOST_PULSES]

    async def _pulse(self, pulse: Pulse, said: Wording) -> list[Part]:
        text = said.say(
            "home.pulse",
            pillar=self._instrument.name(pulse.pillar, said.language),
            channel=await self._name(pulse.channel, pulse),
            closes=said.moment(pulse.closes, pulse.zone),
        )
        button = Button(
            label=said.say("pulse.answer_button"),
            action="pulse.answer",
            value=pulse.id,
            style=Style.PRIMARY,
            opens=True,
        )
        return [Text(text=text, strong=True), Buttons(buttons=(button,))]

    async def _team(self, person: Person, channel: str, now: datetime, said: Wording) -> list[Part]:
        workspace = person.workspace
        closed = await self._pulses.closed_in(workspace, channel, LOOKED_AT)
        latest: dict[str, Pulse] = {}
        for pulse in closed:
            latest.setdefault(pulse.pillar, pulse)
        place = Place(workspace=workspace, channel=channel)
        parts: list[Part] = [Heading(text=said.say("home.team", channel=await self._of(place)))]
        scores = tuple(
            self._pages.headline(pulse, pulse.result, said)
            for pulse in latest.values()
            if pulse.result
        )
        parts.append(
            Bullets(items=scores, title=said.say("home.standing"))
            if scores
            else Text(text=said.say("home.no_pulse"))
        )
        actions = await self._actions.open_in(workspace, channel)
        if actions:
            items = tuple(_line(action, said) for action in actions)
            parts.append(Bullets(items=items, title=said.say("home.actions")))
        return [*parts, Note(text=said.say("home.settings"))]

    async def _name(self, channel: str, pulse: Pulse) -> str:
        return await self._of(Place(workspace=pulse.workspace, channel=channel))

    async def _of(self, place: Place) -> str:
        try:
            name = await self._chat.channel_name(place)
        except ChatError:
            name = None
        return f"#{name}" if name else place.channel


def _line(action: Action, said: Wording) -> str:
    owner = action.owner or said.say("home.nobody")
    week = said.say("digest.week_of", day=said.day(monday_of(action.due_week)))
    return said.say("home.action", title=action.title, owner=owner, week=week)
