"""What becomes of a weekly slot whose time has come (pure)."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.messages import Place
from bot.ports.channels import Slot, SlotState
from bot.ports.sends import Send
from bot.slots import latest_slot, next_slot

LATE = timedelta(hours=12)


class Turning:
    """Implements bot.ports.channels.Turn."""

    def __init__(self, late: timedelta = LATE) -> None:
        self._late = late

    def __call__(self, slot: Slot, now: datetime) -> tuple[Slot, Send | None]:
        if slot.state is SlotState.OFF:
            return replace(slot, next=None, week=None), None
        newest = latest_slot(slot.weekday, slot.at, slot.zone, now)
        # A next time more than a week ahead is a clock that was set back: nothing has come yet.
        came = slot.next is not None and slot.next <= now
        paused = slot.resume is not None and newest.at < slot.resume
        send = None
        if came and not paused:
            this = replace(slot, week=newest.week)
            send = Send(
                key=this.key,
                kind=slot.kind.value,
                place=Place(workspace=slot.workspace, channel=slot.channel),
                subject=newest.week,
                due=newest.at,
                late_after=newest.at + self._late,
            )
        return set_next(slot, now), send


def set_next(slot: Slot, after: datetime) -> Slot:
    """The slot with its first time later than `after`."""
    coming = next_slot(slot.weekday, slot.at, slot.zone, after)
    return replace(slot, next=coming.at, week=coming.week)
