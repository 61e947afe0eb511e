"""A typed line as what it means: a question, a command, or a word to the terminal itself."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypedDict

from bot.messages import (
    MEMBER,
    Click,
    Command,
    Joined,
    Opened,
    Person,
    Place,
    Platform,
    Question,
    Standing,
    Submission,
    Workspace,
)

TERMINAL = Workspace(platform=Platform.TERMINAL, id="local")
STANDINGS = {
    "lead": Standing(admin=True),
    "admin": Standing(admin=True),
    "guest": Standing(guest=True),
    "visitor": Standing(external=True),
}
MENTION = re.compile(r"(?<!\S)@([\w.-]+)")
COACH = re.compile(r"(?<!\S)@coach\b[ ,:，：]*", re.IGNORECASE)
MOVE = re.compile(r"\+?(\d{1,4})\s*(m|h|d|w)")
FURTHEST = timedelta(weeks=26)  # at once
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
OWN = frozenset(
    {"as", "in", "dm", "thread", "invite", "lang", "help", "帮助"}
    | {"quit", "exit", "clock", "home"}
)


class _Common(TypedDict):
    person: Person
    place: Place
    delivery: str
    received: datetime
    locale: str | None
    standing: Standing


@dataclass(frozen=True, kw_only=True, slots=True)
class Own:
    """A line for the terminal itself, for example `/as lead`."""

    name: str
    rest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Number:
    """A button's number."""

    number: int


@dataclass(kw_only=True, slots=True)
class Seat:
    """Who is typing, where, and in which language."""

    name: str = "engineer"
    channel: str | None = None  # None: a private conversation with the coach
    thread: int = 1
    locale: str | None = None
    run: str = ""  # tells deliveries of one start of the program from another's
    count: int = field(default=0)

    @property
    def person(self) -> Person:
        return person(self.name)

    @property
    def standing(self) -> Standing:
        return STANDINGS.get(self.name, MEMBER)

    def place(self, *, threaded: bool) -> Place:
        if self.channel is None:
            return private_place(self.name)
        thread = f"{self.run}-{self.thread}" if threaded else None
        return Place(workspace=TERMINAL, channel=self.channel, thread=thread)

    def delivery(self) -> str:
        self.count += 1
        return f"{self.run}-{self.count}"


def person(name: str) -> Person:
    return Person(workspace=TERMINAL, id=name)


def private_place(name: str) -> Place:
    """The conversation of one person with the coach."""
    return Place(workspace=TERMINAL, channel=f"direct-{name}", private=True)


def meant(line: str, seat: Seat, now: datetime) -> Question | Command | Own | Number:
    """What a line of input is."""
    text = line.strip()
    if text.isascii() and text.isdigit() and len(text) <= 3:
        return Number(number=int(text))
    if text.startswith("/") and len(text) > 1 and text[1].isalpha():
        name, _, rest = text[1:].partition(" ")
        if name.lower() in OWN:
            return Own(name=name.lower(), rest=rest.strip())
        return Command(
            **_common(seat, now, seat.place(threaded=False)),
            name=name.lower(),
            text=rest.strip(),
            mentions=_mentions(rest),
        )
    text = COACH.sub("", text).strip()
    return Question(
        **_common(seat, now, seat.place(threaded=True)), text=text, mentions=_mentions(text)
    )


def click(
    seat: Seat, now: datetime, *, action: str, value: str, place: Place, message: str | None
) -> Click:
    return Click(**_common(seat, now, place), action=action, value=value, message=message)


def submission(
    seat: Seat, now: datetime, *, form: str, context: str, values: dict[str, str], place: Place
) -> Submission:
    return Submission(**_common(seat, now, place), form=form, context=context, values=values)


def opened(seat: Seat, now: datetime) -> Opened:
    return Opened(**_common(seat, now, private_place(seat.name)))


def invited(seat: Seat, now: datetime) -> Joined:
    """The person at the terminal brings the coach into the channel."""
    return Joined(
        **_common(seat, now, seat.place(threaded=False)), coach=True, channel_name=seat.channel
    )


def moved(text: str) -> timedelta | None:
    """How far `/clock +2d` moves the clock; None if that can't be read, or is too far."""
    match = MOVE.fullmatch(text.strip().lower())
    if match is None:
        return None
    by = timedelta(**{UNITS[match.group(2)]: int(match.group(1))})
    return by if by <= FURTHEST else None


def _mentions(text: str) -> tuple[Person, ...]:
    return tuple(person(name) for name in MENTION.findall(text) if name.lower() != "coach")


def _common(seat: Seat, now: datetime, place: Place) -> _Common:
    return _Common(
        person=seat.person,
        place=place,
        delivery=seat.delivery(),
        received=now,
        locale=seat.locale,
        standing=seat.standing,
    )
