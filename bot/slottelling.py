"""What is said to people of a weekly slot: whether it is on, when it comes next, how to go on."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.messages import Button, Buttons, Facts, Message, Note, Part, Text, Tone
from bot.ports.channels import UNTIL_RESUMED, Languages, Slot, SlotKind, SlotState
from bot.replies import to_asker
from bot.rollup import key_for
from bot.slots import next_slot
from bot.wording import Wording

JUST_BEFORE = timedelta(microseconds=1)
NAME_THE_NEXT = ("digest.is_on", "digest.is_paused_until")


def slot_told(
    said: Wording, slot: Slot | None, kind: SlotKind, now: datetime, *parts: Part
) -> Message:
    """The state of a slot in a sentence; None where there never was one."""
    text = said.say(_sentence(slot, now), **_values(said, slot, kind, now))
    preview = Button(
        label=said.say("digest.button_preview"), action="digest.preview", value=kind.value
    )
    return to_asker(
        said,
        text,
        Note(text=text, tone=Tone.SUCCESS if slot else Tone.INFO),
        *parts,
        Text(text=said.say(key_for(kind, "hint"))),
        Buttons(buttons=(preview,)),
    )


def slot_facts(said: Wording, slot: Slot, language: Languages, now: datetime) -> Facts:
    """When it comes, in which language, and the next date where the sentence doesn't name it."""
    pairs = [
        (said.say("digest.fact_when"), _when(said, slot)),
        (said.say("digest.fact_language"), said.say(f"digest.speaks_{language.value}")),
    ]
    if _sentence(slot, now) not in NAME_THE_NEXT:
        pairs.append((said.say("digest.fact_next"), _next(said, slot, now)))
    return Facts(pairs=tuple(pairs))


def paused(slot: Slot, now: datetime) -> bool:
    return slot.resume is not None and now < slot.resume


def coming(slot: Slot) -> datetime | None:
    """The next post, pauses counted; None where none is planned."""
    if slot.resume is None or slot.next is None or slot.next >= slot.resume:
        return slot.next
    if slot.resume >= UNTIL_RESUMED:
        return None
    return next_slot(slot.weekday, slot.at, slot.zone, slot.resume - JUST_BEFORE).at


def _sentence(slot: Slot | None, now: datetime) -> str:
    if slot is None:
        return "digest.is_never"
    if slot.state is SlotState.OFF:
        return "digest.is_off"
    if paused(slot, now):
        return "digest.is_paused_until" if coming(slot) else "digest.is_paused"
    return "digest.is_muted" if slot.state is SlotState.MUTED else "digest.is_on"


def _values(said: Wording, slot: Slot | None, kind: SlotKind, now: datetime) -> dict[str, str]:
    values = {
        "what": said.say(f"digest.kind_{kind.value}"),
        "command": said.say(f"digest.command_{kind.value}"),
    }
    if slot is None:
        return values
    resume = slot.resume or now
    until = "" if resume >= UNTIL_RESUMED else said.day(resume.astimezone(ZoneInfo(slot.zone)))
    return {**values, "when": _when(said, slot), "next": _next(said, slot, now), "until": until}


def _when(said: Wording, slot: Slot) -> str:
    day = said.weekday(slot.weekday)
    return said.say("digest.when", day=day, time=f"{slot.at:%H:%M}", zone=slot.zone)


def _next(said: Wording, slot: Slot, now: datetime) -> str:
    """With its zone, and with the year where it isn't this one."""
    at = coming(slot)
    if at is None:
        return said.say("digest.no_next")
    moment = said.moment(at, slot.zone, now=now)
    return said.say("digest.next", moment=moment, zone=slot.zone)
