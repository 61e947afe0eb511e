"""Series: a pulse that is repeated is followed by one of the next pillar."""

from datetime import datetime, timedelta

from bot.errors import ChatError, Invalid
from bot.instrument import Instrument
from bot.invitations import WORD, channel_of, lead_of, next_of, to_lead
from bot.launching import Draft, Launching
from bot.ports.pulses import ALL, Pulse, PulseStore

MOST = 50  # series a round
SOONEST, LATEST = timedelta(minutes=10), timedelta(hours=1)  # until one is looked at again
GIVE_UP = timedelta(days=7)  # on a next pulse whose channel can't be read


class Series:
    """Whose turn it is costs no look at a platform; opening the next one does, and so it is done
    as sends are: by workspace, under its pace and its pauses, and without anybody waiting."""

    def __init__(self, pulses: PulseStore, launching: Launching, instrument: Instrument) -> None:
        self._pulses = pulses
        self._launching = launching
        self._instrument = instrument

    async def plan(self, now: datetime) -> int:
        """Looked at again after a growing wait, for as long as the next one can't be opened."""
        planned = 0
        for pulse in await self._pulses.due_to_repeat(now, MOST):
            wait = min(max((now - _due(pulse)) / 2, SOONEST), LATEST)
            planned += await self._pulses.go_on(pulse, now + wait, [next_of(pulse, now)])
        return planned

    async def follow(self, pulse: Pulse, now: datetime) -> None:
        """Open the next pulse; the series ends when it can't go on. Raises ChatError."""
        pillar = self._instrument.after(pulse.pillar)
        open_ones = await self._pulses.open_in(pulse.workspace, pulse.channel)
        if any(ALL in (pillar, one.pillar) or one.pillar == pillar for one in open_ones):
            return  # it waits for its turn
        draft = Draft(
            place=channel_of(pulse),
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
            unread = error.__cause__
            if isinstance(unread, ChatError) and now < _due(pulse) + GIVE_UP:
                raise unread from error
            await self._end(pulse, now)
        else:
            await self._launching.launch(following, audience, follows=pulse.id)

    async def _end(self, pulse: Pulse, now: datetime) -> None:
        if await self._pulses.stop_repeating(pulse):
            await self._pulses.send(pulse.workspace, [to_lead(pulse, WORD, now)])


def _due(pulse: Pulse) -> datetime:
    return pulse.opened + timedelta(weeks=pulse.repeat_weeks)
