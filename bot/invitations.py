"""All that a pulse sends, and when: the post and its changes, invitations, reminders, results."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot.messages import Inbound, Person, Place
from bot.ports.pulses import Invitee, Pulse
from bot.ports.sends import Send
from bot.schedule import WORK_ENDS, reminder_moments, working_moment
from bot.slots import instant_of, zone_named

POST, INVITE, REMIND = "pulse.post", "pulse.invite", "pulse.remind"
RESULT, REPORT, WORD = "pulse.result", "pulse.report", "pulse.word"
UPDATE, NEXT = "pulse.update", "pulse.next"
Delivered = TypeVar("Delivered", bound=Inbound)
RESULT_KEPT = timedelta(days=7)  # a result is worth sending that long


def at_launch(pulse: Pulse, audience: Sequence[Invitee]) -> tuple[Send, ...]:
    """Everything whose time is known when the pulse opens."""
    sends = [
        Send(
            key=f"{POST}:{pulse.id}",
            kind=POST,
            place=channel_of(pulse),
            subject=pulse.id,
            due=pulse.opened,
            late_after=pulse.closes,
        )
    ]
    for one in audience:
        invited = working_moment(pulse.opened, one.zone)
        if pulse.invites and invited < pulse.closes:
            sends.append(_to(pulse, one, INVITE, f"{INVITE}:{pulse.id}:{one.person.id}", invited))
        if pulse.reminders:
            moments = reminder_moments(invited, pulse.closes, one.zone)
            sends += [
                _to(pulse, one, REMIND, f"{REMIND}:{pulse.id}:{number}:{one.person.id}", moment)
                for number, moment in enumerate(moments, 1)
            ]
    return tuple(sends)


def reminders_now(pulse: Pulse, audience: Sequence[Invitee], now: datetime) -> tuple[Send, ...]:
    """Out of turn, because the lead asks for it; still in people's working hours."""
    moments = ((one, working_moment(now, one.zone)) for one in audience)
    return tuple(
        _to(pulse, one, REMIND, f"{REMIND}:{pulse.id}:{now:%Y%m%d%H%M}:{one.person.id}", moment)
        for one, moment in moments
        if moment < pulse.closes
    )


def with_result(pulse: Pulse, now: datetime) -> tuple[Send, ...]:
    """The result in the invitation's thread, and all of it to the lead."""
    place = channel_of(pulse)
    thread = Place(
        workspace=place.workspace,
        channel=pulse.post.place.channel if pulse.post else place.channel,
        thread=(pulse.post.place.thread or pulse.post.message) if pulse.post else None,
    )
    return (
        Send(
            key=f"{RESULT}:{pulse.id}",
            kind=RESULT,
            place=thread,
            subject=pulse.id,
            due=now,
            late_after=now + RESULT_KEPT,
        ),
        to_lead(pulse, REPORT, now),
    )


def update(pulse: Pulse, now: datetime) -> Send:
    """The invitation is to show how the pulse is when this is sent; one at a time."""
    return _about(pulse, UPDATE, now)


def next_of(pulse: Pulse, now: datetime) -> Send:
    """The next pulse of its series is to be opened."""
    return _about(pulse, NEXT, now)


def _about(pulse: Pulse, kind: str, now: datetime) -> Send:
    return Send(
        key=f"{kind}:{pulse.id}",
        kind=kind,
        place=channel_of(pulse),
        subject=pulse.id,
        due=now,
        late_after=now + RESULT_KEPT,
    )


def to_lead(pulse: Pulse, kind: str, now: datetime) -> Send:
    return Send(
        key=f"{kind}:{pulse.id}",
        kind=kind,
        place=channel_of(pulse),
        person=lead_of(pulse),
        subject=pulse.id,
        due=now,
        late_after=now + RESULT_KEPT,
    )


def channel_of(pulse: Pulse) -> Place:
    return Place(workspace=pulse.workspace, channel=pulse.channel)


def as_in(inbound: Delivered, channel: str) -> Delivered:
    """The same, as if said in the channel: a button may stand in a private conversation, while
    rights and trail belong to the channel that it is about."""
    place = Place(workspace=inbound.person.workspace, channel=channel)
    return replace(inbound, place=place)


def lead_of(pulse: Pulse) -> Person:
    return Person(workspace=pulse.workspace, id=pulse.lead)


def _to(pulse: Pulse, one: Invitee, kind: str, key: str, due: datetime) -> Send:
    """To one person; late after their working day, so that nobody is written to at night."""
    day = due.astimezone(zone_named(one.zone)).date()
    end = max(instant_of(day, WORK_ENDS, one.zone), due + timedelta(hours=1))
    return Send(
        key=key,
        kind=kind,
        place=channel_of(pulse),
        person=one.person,
        subject=pulse.id,
        due=due,
        late_after=min(end, pulse.closes),
    )
