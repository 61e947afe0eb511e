"""A conversation with the coach, line by line: from a keyboard or from a pipe."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from adapters.terminal.chat import TerminalChat
from adapters.terminal.clock import MovableClock
from adapters.terminal.forms import CANCEL, Filling, Unusable
from adapters.terminal.inbound import (
    Number,
    Own,
    Seat,
    click,
    invited,
    meant,
    moved,
    opened,
    submission,
)
from adapters.terminal.outbound import Numbers
from adapters.terminal.screen import Screen
from bot.coach import Coach
from bot.messages import Audience, Button, Form, Inbound, Message, Person, Place, Question
from bot.wording import Wording, language_of, wording
from knowledge.model import Language

NAMES = 40  # characters of a person's or channel's name
SMALL_STEP, LARGE_STEP = timedelta(hours=3), timedelta(hours=6)  # of a clock that is moved
JUMP = "jump"  # `/clock jump +2d`
SMALL_STEPS = timedelta(days=15)  # longer ways are gone in large steps


@dataclass(frozen=True, kw_only=True, slots=True)
class Choosable:
    """A button that was shown, and where it stands."""

    button: Button
    place: Place
    message: str | None
    reader: Person | None  # it stands in this person's own conversation


class Input(Protocol):
    """Where lines come from."""

    async def line(self, prompt: str) -> str | None:
        """The next line; None at the end of input."""
        ...

    async def aside(self, show: Callable[[], None]) -> None:
        """Show something while a line is waited for."""
        ...


class Terminal:
    """One conversation; `tick`, if given, does after every line what is due by then."""

    def __init__(
        self,
        coach: Coach,
        chat: TerminalChat,
        clock: MovableClock,
        screen: Screen,
        *,
        locale: str | None = None,
        tick: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._coach = coach
        self._chat = chat
        self._clock = clock
        self._screen = screen
        self._tick = tick
        self._seat = Seat(locale=locale, run=secrets.token_hex(4))
        self._choices: list[Choosable] = []
        self._filling: Filling | None = None
        self._heard: Language | None = None  # of the last question, where nobody chose one
        self._in_hand = asyncio.Lock()  # a line, or what appears while none is typed

    @property
    def said(self) -> Wording:
        """For the terminal's own words: in the language that was chosen, else that was heard."""
        return wording(language_of(self._seat.locale) or self._heard or Language.EN)

    @property
    def _names(self) -> Wording:
        """For who speaks to whom, which stays the same from line to line."""
        return wording(language_of(self._seat.locale) or Language.EN)

    @property
    def prompt(self) -> str:
        """Who is typing and where, for example `lead #platform> `."""
        where = f" #{self._seat.channel}" if self._seat.channel else ""
        return f"{self._seat.name}{where}> "

    async def run(self, lines: Input) -> None:
        """Until the end of input or `/quit`; what is posted meanwhile appears by itself."""
        announcing = asyncio.create_task(self._announce(lines))
        try:
            while True:
                line = await lines.line(self.prompt if self._filling is None else "> ")
                if line is None or not await self.take(line):
                    return
        finally:
            announcing.cancel()
            with suppress(asyncio.CancelledError):
                await announcing

    async def _announce(self, lines: Input) -> None:
        """Posts that no line brought; who fills in a form sees them after the next line."""
        while True:
            await self._chat.news.wait()
            self._chat.news.clear()
            async with self._in_hand:
                if self._chat.unseen and self._filling is None:
                    await lines.aside(self._show_posts)

    def welcome(self) -> None:
        self._screen.word(self.said.say("terminal.welcome"))

    def welcome_to_sample(self, channel: str) -> None:
        self._screen.word(self.said.say("terminal.demo", channel=channel))

    async def take(self, line: str) -> bool:
        """One line of input; False when it ends the conversation."""
        async with self._in_hand:
            goes_on = await self._take(line)
            if self._tick is not None:
                await self._tick()
            self._show_posts()
            return goes_on

    async def _take(self, line: str) -> bool:
        if self._filling is not None:
            await self._fill(self._filling, line)
            return True
        what = meant(line, self._seat, self._clock())
        match what:
            case Own():
                return await self._own(what)
            case Number():
                await self._choose(what.number)
            case _:
                await self._hand_in(what)
        return True

    # ── to the coach and back ────────────────────────────────────────────────

    async def _hand_in(self, inbound: Inbound) -> None:
        if self._seat.channel:
            self._chat.enter(self._seat.channel, self._seat.name)
        earlier, self._choices = self._choices, []
        answer = await self._coach.handle(inbound)
        if answer is not None and isinstance(inbound, Question):
            self._heard = answer.language
        if answer is not None:
            self._show(answer, inbound.place, None, None, _title(answer, inbound, self._names))
        if not self._choices:
            self._choices = earlier  # a word without buttons takes nobody's buttons away

    def _show(
        self,
        message: Message,
        place: Place,
        id: str | None,
        reader: Person | None,
        title: str,
    ) -> None:
        form = message.form()
        numbers = Numbers(buttons=[one.button for one in self._choices])
        before = len(numbers.buttons)
        self._screen.show(message, numbers, title)
        self._choices += [
            Choosable(button=button, place=place, message=id, reader=reader)
            for button in numbers.buttons[before:]
        ]
        if form is not None:
            self._begin(form, place)

    def _show_posts(self) -> None:
        while self._chat.unseen:
            one = self._chat.unseen.pop(0)
            title = self._names.say("terminal.to", whom=one.to)
            self._show(one.message, one.posted.place, one.posted.message, one.reader, title)

    async def _choose(self, number: int) -> None:
        if not 1 <= number <= len(self._choices):
            if self._choices:
                text = self.said.say("terminal.no_such_button", most=len(self._choices))
            else:
                text = self.said.say("terminal.no_buttons")
            self._screen.word(text)
            return
        chosen = self._choices[number - 1]
        seat = self._seat
        if chosen.reader is not None and chosen.reader != seat.person:
            self._screen.word(self.said.say("terminal.not_yours", name=chosen.reader.id))
            return
        inbound = click(
            seat,
            self._clock(),
            action=chosen.button.action,
            value=chosen.button.value,
            place=chosen.place,
            message=chosen.message,
        )
        await self._hand_in(inbound)

    # ── forms ────────────────────────────────────────────────────────────────

    def _begin(self, form: Form, place: Place) -> None:
        self._filling = Filling(form=form, place=place)
        self._screen.word(self.said.say("terminal.form_cancel"))
        self._screen.word(self._filling.prompt(self.said))

    async def _fill(self, filling: Filling, line: str) -> None:
        if line.strip().lower() in CANCEL:
            self._filling = None
            self._screen.word(self.said.say("terminal.form_cancelled"))
            return
        try:
            filling.take(line, self.said)
        except Unusable as error:
            self._screen.word(str(error))
            return
        if filling.current is not None:
            self._screen.word(filling.prompt(self.said))
            return
        self._filling = None
        await self._hand_in(
            submission(
                self._seat,
                self._clock(),
                form=filling.form.form,
                context=filling.form.context,
                values=filling.values,
                place=filling.place,
            )
        )

    def interrupt(self) -> bool:
        """Ctrl-C: gives up the form in hand; False when there is none, which ends it."""
        if self._filling is None:
            return False
        self._filling = None
        self._screen.word(self.said.say("terminal.form_cancelled"))
        return True

    # ── the terminal's own words ─────────────────────────────────────────────

    async def _own(self, own: Own) -> bool:
        if own.name in ("quit", "exit"):
            self._screen.word(self.said.say("terminal.bye"))
            return False
        handlers: dict[str, Callable[[str], Awaitable[None]]] = {
            "as": self._as,
            "in": self._in,
            "dm": self._dm,
            "thread": self._thread,
            "invite": self._invite,
            "lang": self._lang,
            "clock": self._clock_moved,
            "home": self._home,
            "help": self._help,
            "帮助": self._help,
        }
        await handlers[own.name](own.rest)
        return True

    async def _help(self, rest: str) -> None:
        self._screen.word(self.said.say("terminal.help"))

    async def _as(self, rest: str) -> None:
        name = _name(rest)
        if not name:
            self._screen.word(self.said.say("terminal.as_usage"))
            return
        self._seat.name = name
        self._seat.locale = self._chat.locales.get(name, self._seat.locale)
        if self._seat.channel:
            self._chat.enter(self._seat.channel, name)
        self._screen.word(self.said.say("terminal.as_now", name=name))

    async def _in(self, rest: str) -> None:
        name = _name(rest)
        if not name:
            self._screen.word(self.said.say("terminal.in_usage"))
            return
        self._seat.channel = name
        self._seat.thread += 1
        self._chat.enter(name, self._seat.name)
        self._screen.word(self.said.say("terminal.in_now", channel=name))

    async def _dm(self, rest: str) -> None:
        self._seat.channel = None
        self._screen.word(self.said.say("terminal.dm_now"))

    async def _thread(self, rest: str) -> None:
        self._seat.thread += 1
        self._screen.word(self.said.say("terminal.thread_now"))

    async def _invite(self, rest: str) -> None:
        if self._seat.channel is None:
            self._screen.word(self.said.say("terminal.in_usage"))
            return
        await self._hand_in(invited(self._seat, self._clock()))

    async def _lang(self, rest: str) -> None:
        locale = {"en": "en", "zh": "zh-CN"}.get(rest.lower())
        if locale is None:
            self._screen.word(self.said.say("terminal.lang_usage"))
            return
        self._seat.locale = locale
        self._chat.locales[self._seat.name] = locale
        self._screen.word(self.said.say("terminal.lang_now"))

    async def _clock_moved(self, rest: str) -> None:
        if rest and self._clock.fixed:
            self._screen.word(self.said.say("terminal.clock_fixed"))
            return
        if rest:
            first, _, way = rest.partition(" ")
            jump = first.lower() == JUMP
            by = moved(way if jump else rest)
            if by is None:
                self._screen.word(self.said.say("terminal.clock_usage"))
                return
            await self._pass_time(by, in_one=jump)
            self._choices = []
        zone = self._chat.zone or "UTC"
        now = self.said.moment(self._clock(), zone)
        self._screen.word(self.said.say("terminal.clock_now", now=now, zone=zone))

    async def _pass_time(self, by: timedelta, *, in_one: bool) -> None:
        """Step by step, so that what comes due on the way is done in its time; or in one, as if
        the coach had been stopped meanwhile."""
        step = by if in_one else SMALL_STEP if by <= SMALL_STEPS else LARGE_STEP
        while by > timedelta(0):
            self._clock.move(min(by, step))
            by -= step
            if self._tick is not None:
                await self._tick()

    async def _home(self, rest: str) -> None:
        await self._hand_in(opened(self._seat, self._clock()))


def _name(text: str) -> str:
    words = text.strip().lstrip("@#").split()
    return "".join(one for one in words[0] if one.isprintable())[:NAMES] if words else ""


def _title(message: Message, inbound: Inbound, said: Wording) -> str:
    """Who speaks, and who else reads it."""
    if inbound.place.private:
        return said.say("terminal.coach")
    if message.audience is Audience.ASKER:
        return said.say("terminal.coach_private")
    if message.audience is Audience.CHANNEL:
        return said.say("terminal.to", whom=f"#{inbound.place.channel}")
    return said.say("terminal.coach")
