"""What pulses do by themselves: they close, are computed, counted and told of."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.closing import Closing
from bot.delivering import JobReport
from bot.errors import ChatError, StoreUnavailable
from bot.invitations import (
    INVITE,
    NEXT,
    POST,
    REMIND,
    REPORT,
    RESULT,
    UPDATE,
    WORD,
    update,
    with_result,
)
from bot.launching import Launching
from bot.messages import Message, Person
from bot.ports.channels import ChannelStore
from bot.ports.chat import Chat, Posted
from bot.ports.pulses import BallotStore, Pulse, PulsePeopleStore, PulseState, PulseStore
from bot.ports.sends import Change, Send, Unknown
from bot.pulseposts import PulsePosts
from bot.resultpages import ResultPages
from bot.schedule import may_remind
from bot.scoring import Limits
from bot.series import Series
from bot.wording import language_of
from knowledge.model import Language

MOST = 50  # pulses a round
BATCH = 500  # counted in one transaction
REFRESH = timedelta(minutes=15)  # between two looks at the count on the invitation
SOONEST, LATEST = timedelta(minutes=1), timedelta(hours=1)  # until what failed is tried again


class Step(Protocol):
    """What is done to a pulse whose time has come; how many sends it planned."""

    __name__: str

    async def __call__(self, pulse: Pulse, now: datetime) -> int: ...


class PulseSender:
    """Implements bot.ports.sends.Sender."""

    def __init__(
        self,
        *,
        pulses: PulseStore,
        ballots: BallotStore,
        people: PulsePeopleStore,
        channels: ChannelStore,
        chat: Chat,
        launching: Launching,
        series: Series,
        closing: Closing,
        posts: PulsePosts,
        pages: ResultPages,
        limits: Limits,
        clock: Callable[[], datetime],
        report: JobReport,
    ) -> None:
        self._pulses = pulses
        self._ballots = ballots
        self._people = people
        self._channels = channels
        self._chat = chat
        self._launching = launching
        self._series = series
        self._closing = closing
        self._posts = posts
        self._pages = pages
        self._limits = limits
        self._clock = clock
        self._report = report
        self._counted: datetime | None = None  # the quarter hour whose counts are told

    @property
    def kinds(self) -> dict[str, Unknown]:
        return {
            POST: Unknown.SEND_AGAIN,
            INVITE: Unknown.SEND_AGAIN,
            REMIND: Unknown.SEND_AGAIN,
            RESULT: Unknown.ASK_LEAD,
            REPORT: Unknown.SEND_AGAIN,
            WORD: Unknown.SEND_AGAIN,
            UPDATE: Unknown.NO_MATTER,
            NEXT: Unknown.NO_MATTER,
        }

    async def plan(self, now: datetime) -> int:
        """Asks no platform for anything: one that hangs would hold up everybody."""
        for_closing = await self._pulses.due_to_close(now, MOST)
        planned = await self._each(for_closing, self._close, now)
        planned += await self.settle(now)
        planned += await self._series.plan(now)
        await self._count(now)
        return planned

    async def settle(self, now: datetime) -> int:
        """Compute what was closed, and plan the telling of it."""
        return await self._each(await self._pulses.without_result(now, MOST), self._compute, now)

    async def _each(self, pulses: Sequence[Pulse], step: Step, now: datetime) -> int:
        """One that fails is reported and put off, each time for longer; the others go on."""
        planned = 0
        for pulse in pulses:
            try:
                planned += await step(pulse, now)
            except StoreUnavailable:
                raise
            except Exception as error:  # noqa: BLE001  an entry point: the others must go on
                self._report(error, doing=f"{step.__name__.strip('_')} pulse")
                wait = min(max(now - pulse.closes, SOONEST), LATEST)
                await self._pulses.put_off(pulse, now + wait)
        return planned

    async def _close(self, pulse: Pulse, now: datetime) -> int:
        sends = [update(pulse, now)]
        return int(await self._ballots.close(pulse, now, self._limits, sends))

    async def _compute(self, pulse: Pulse, now: datetime) -> int:
        sends = with_result(pulse, now)
        result = await self._closing.result(pulse)
        return len(sends) if await self._pulses.keep_result(pulse, result, sends) else 0

    async def _count(self, now: datetime) -> None:
        """At fixed times, whether something changed or not: a count that followed each answer at
        once would tell those who watch it whose answer it was."""
        last_time = now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % REFRESH
        if last_time == self._counted:
            return
        while await self._pulses.tell(now, last_time, most=BATCH, change=update) == BATCH:
            pass
        self._counted = last_time

    async def compose(self, send: Send, now: datetime) -> Message | Change | None:
        pulse = await self._pulses.pulse(send.place.workspace, send.subject)
        if pulse is None:
            return None
        if send.kind == UPDATE:
            return self._posts.change(pulse)
        if send.kind == NEXT:
            await self._series.follow(pulse, now)
            return None
        if send.kind in (RESULT, REPORT):
            return await self._result(send, pulse)
        if send.kind == WORD:
            return self._posts.stopped(pulse, await self._language(send.person, pulse))
        if pulse.state is not PulseState.OPEN or pulse.closes <= now:
            return None
        if send.kind == POST:
            return self._posts.invitation(pulse)
        return await self._personal(send, pulse, now)

    async def posted(self, send: Send, posted: Posted) -> None:
        if send.kind != POST:
            return
        pulse = await self._pulses.pulse(send.place.workspace, send.subject)
        if pulse is None:
            return
        place = posted.place
        if place.channel == send.place.channel:  # which has another id if it moved meanwhile
            place = replace(place, channel=pulse.channel)
        await self._pulses.posted(pulse, replace(posted, place=place))
        # It may have ended or been counted since this was composed, when nothing stood yet.
        latest = await self._pulses.pulse(pulse.workspace, pulse.id)
        if latest and (latest.state is not PulseState.OPEN or latest.told):
            await self._pulses.renew(pulse.workspace, [update(pulse, self._clock())])

    async def _personal(self, send: Send, pulse: Pulse, now: datetime) -> Message | None:
        person = send.person
        if person is None or await self._people.is_muted(person):
            return None
        if await self._ballots.has_answered(pulse, person):
            return None
        team = await self._channels.team(pulse.workspace, pulse.channel)
        if team.gone is not None:  # where should they see what came of it?
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
