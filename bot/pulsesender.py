"""What pulses do by themselves: they close, are computed, told of, and followed by the next."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from bot.closing import Closing
from bot.errors import ChatError, Invalid, Unreadable
from bot.instrument import Instrument
from bot.invitations import (
    INVITE,
    POST,
    REMIND,
    REPORT,
    RESULT,
    WORD,
    lead_of,
    to_lead,
    with_result,
)
from bot.launching import Draft, Launching
from bot.messages import Message, Person, Place
from bot.ports.chat import Chat, Posted
from bot.ports.pulses import ALL, BallotStore, Pulse, PulsePeopleStore, PulseState, PulseStore
from bot.ports.sends import Send, Unknown
from bot.pulseposts import PulsePosts
from bot.resultpages import ResultPages
from bot.schedule import may_remind
from bot.scoring import Limits
from bot.wording import language_of
from knowledge.model import Language

MOST = 50  # pulses a round
REFRESH = timedelta(minutes=15)  # between two looks at the count on the invitation
GIVE_UP = timedelta(days=7)  # on a next pulse whose channel can't be read


class PulseSender:
    """Implements bot.ports.sends.Sender."""

    def __init__(
        self,
        *,
        pulses: PulseStore,
        ballots: BallotStore,
        people: PulsePeopleStore,
        chat: Chat,
        instrument: Instrument,
        launching: Launching,
        closing: Closing,
        posts: PulsePosts,
        pages: ResultPages,
        limits: Limits,
        clock: Callable[[], datetime],
    ) -> None:
        self._pulses = pulses
        self._ballots = ballots
        self._people = people
        self._chat = chat
        self._instrument = instrument
        self._launching = launching
        self._closing = closing
        self._posts = posts
        self._pages = pages
        self._limits = limits
        self._clock = clock
        self._refreshed: datetime | None = None  # the quarter hour whose counts are shown

    @property
    def kinds(self) -> dict[str, Unknown]:
        return {
            POST: Unknown.SEND_AGAIN,
            INVITE: Unknown.SEND_AGAIN,
            REMIND: Unknown.SEND_AGAIN,
            RESULT: Unknown.ASK_LEAD,
            REPORT: Unknown.SEND_AGAIN,
            WORD: Unknown.SEND_AGAIN,
        }

    async def plan(self, now: datetime) -> int:
        """Raises Unreadable, after everything else, for a pulse whose secret can't be opened."""
        unreadable: Unreadable | None = None
        for pulse in await self._pulses.due_to_close(now, MOST):
            try:
                await self._ballots.close(pulse, now, self._limits)
            except Unreadable as error:
                unreadable = error
        planned = await self.settle(now)
        for pulse in await self._pulses.due_to_repeat(now, MOST):
            planned += await self._follow(pulse, now)
        await self._refresh(now)
        if unreadable:
            raise unreadable
        return planned

    async def settle(self, now: datetime) -> int:
        """Compute what was closed, and plan the telling of it."""
        planned = 0
        for pulse in await self._pulses.without_result(MOST):
            result = await self._closing.result(pulse)
            sends = with_result(pulse, now)
            if await self._pulses.keep_result(pulse, result, sends):
                planned += len(sends)
                await self._update(pulse, pulse.answered or 0)
        return planned

    async def withdraw(self, pulse: Pulse) -> None:
        """A cancelled pulse's invitation says so."""
        found = await self._pulses.pulse(pulse.workspace, pulse.id)
        if found:
            await self._update(found, 0)

    async def compose(self, send: Send, now: datetime) -> Message | None:
        pulse = await self._pulses.pulse(send.place.workspace, send.subject)
        if pulse is None:
            return None
        if send.kind in (RESULT, REPORT):
            return await self._result(send, pulse)
        if send.kind == WORD:
            return self._posts.stopped(pulse, await self._language(send.person, pulse))
        if pulse.state is not PulseState.OPEN or pulse.closes <= now:
            return None
        if send.kind == POST:
            return self._posts.invitation(pulse, pulse.told)
        return await self._personal(send, pulse, now)

    async def posted(self, send: Send, posted: Posted) -> None:
        if send.kind != POST:
            return
        pulse = await self._pulses.pulse(send.place.workspace, send.subject)
        if pulse:
            await self._pulses.posted(pulse, posted)

    async def _personal(self, send: Send, pulse: Pulse, now: datetime) -> Message | None:
        person = send.person
        if person is None or await self._people.is_muted(person):
            return None
        if await self._ballots.has_answered(pulse, person):
            return None
        if send.kind == REMIND:
            zone = await self._launching.zone(person)
            if not may_remind(now, pulse.closes, zone):
                return None
        language = await self._language(person, pulse)
        return self._posts.personal(pulse, language, again=send.kind == REMIND)

    async def _result(self, send: Send, pulse: Pulse) -> Message | None:
        if pulse.result is None:
            return None
        if send.kind == RESULT:
            return self._pages.public(pulse, pulse.result, pulse.language)
        comments = await self._ballots.comments(pulse)
        language = await self._language(send.person, pulse)
        return self._pages.full(pulse, pulse.result, comments, language)

    async def _language(self, person: Person | None, pulse: Pulse) -> Language:
        if person is None:
            return pulse.language
        with suppress(ChatError):
            return language_of((await self._chat.profile(person)).locale) or pulse.language
        return pulse.language

    async def _follow(self, pulse: Pulse, now: datetime) -> int:
        """The next pulse of a series; the series ends when it can't go on."""
        pillar = self._instrument.after(pulse.pillar)
        open_ones = await self._pulses.open_in(pulse.workspace, pulse.channel)
        if any(ALL in (pillar, one.pillar) or one.pillar == pillar for one in open_ones):
            return 0  # it waits for its turn
        draft = Draft(
            place=Place(workspace=pulse.workspace, channel=pulse.channel),
            lead=lead_of(pulse),
            language=pulse.language,
            pillar=pillar,
            with_lead=pulse.with_lead,
            days=pulse.days,
            invites=pulse.invites,
            reminders=pulse.reminders,
            repeat_weeks=pulse.repeat_weeks,
        )
        try:
            following, audience = await self._launching.prepared(draft, now)
        except Invalid as error:
            return await self._end_series(pulse, error, now)
        return int(await self._launching.launch(following, audience, follows=pulse.id))

    async def _end_series(self, pulse: Pulse, error: Invalid, now: datetime) -> int:
        due = pulse.opened + timedelta(weeks=pulse.repeat_weeks)
        if error.key == "pulse.members_unknown" and now < due + GIVE_UP:
            return 0
        if not await self._pulses.stop_repeating(pulse):
            return 0
        return await self._pulses.send(pulse.workspace, [to_lead(pulse, WORD, now)])

    async def _refresh(self, now: datetime) -> None:
        """At fixed times, whether something changed or not: a count that followed each answer at
        once would tell those who watch it whose answer it was."""
        last_time = now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % REFRESH
        if last_time == self._refreshed:
            return
        for pulse in await self._pulses.told_before(now, last_time):
            count = await self._ballots.count(pulse)
            if count != pulse.told:
                await self._update(pulse, count)
            await self._pulses.tell(pulse, count, now)
        self._refreshed = last_time

    async def _update(self, pulse: Pulse, count: int) -> None:
        if pulse.post:
            with suppress(ChatError):
                await self._chat.update(pulse.post, self._posts.invitation(pulse, count))
