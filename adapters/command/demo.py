"""`maturity-coach demo`: a sample team's three months, lived through the real coach in seconds."""

from __future__ import annotations

import asyncio
import random
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from adapters.command.application import Application, application_of
from adapters.command.conversing import converse, due, screen

if TYPE_CHECKING:
    from adapters.terminal.chat import TerminalChat
    from adapters.terminal.clock import MovableClock
    from bot.assembly import Assembled
    from bot.messages import Inbound, Message

CHANNEL = "sample-team"
LEAD = "lead"
PEOPLE = (
    *(LEAD, "anna", "bo", "chen", "dee", "eli"),
    *("fay", "gil", "hana", "ivo", "jun", "kai"),
)
DAYS = 91
QUESTIONS = (
    "Who should own the security of our clusters?",
    "how do we get started with audit logs",
    "什么是变更控制",
    "Do our developers need the CKAD?",
    "What should a CI/CD pipeline do at this level?",
    "which coffee machine should we buy for the office",
)
BETTER = 0.006  # steps on the scale a day: the sample team is getting somewhere
SEED = 2
LOCALES = {"zh": "zh-CN", "en": "en"}


def demo(
    context: typer.Context,
    lang: Annotated[str, typer.Option(help="Of the conversation: en or zh.")] = "en",
) -> None:
    """Open a terminal on a sample team with three months of pulses, questions and digests.

    It is sample data, in a database of its own, made anew each time; yours is not touched.
    Try: /pulse history, /pulse results, /digest preview, /coach actions, /coach audit.
    """
    if lang not in ("en", "zh"):
        raise typer.BadParameter("--lang is en or zh")
    asyncio.run(_demo(application_of(context).sample(), lang))


async def _demo(sample: Application, lang: str) -> None:
    from adapters.terminal.app import Terminal
    from adapters.terminal.chat import TerminalChat
    from adapters.terminal.clock import MovableClock

    try:
        await sample.prepare()
        clock, chat = MovableClock(sample.clock), TerminalChat(zone=sample.zone)
        whole = sample.coach(chat, clock)
        await SampleTeam(whole, chat, clock, lang).live()
        locale, tick = LOCALES[lang], due(whole.sending)
        terminal = Terminal(whole.coach, chat, clock, screen(), locale=locale, tick=tick)
        terminal.welcome_to_sample(CHANNEL)
        for line in (f"/as {LEAD}", f"/in #{CHANNEL}"):
            await terminal.take(line)
        await converse(sample, terminal, whole.sending, sample.data_folder / "history")
    except KeyboardInterrupt:
        pass
    finally:
        await sample.close()


class SampleTeam:
    """Twelve people who do in seconds, day by day, what takes three months."""

    def __init__(
        self, whole: Assembled, chat: TerminalChat, clock: MovableClock, lang: str
    ) -> None:
        self._whole = whole
        self._chat = chat
        self._clock = clock
        self._locale = LOCALES[lang]
        self._chance = random.Random(SEED)  # noqa: S311  sample data, the same each time
        self._deliveries = 0

    async def live(self) -> None:
        """Up to this moment; what was posted in the last week is still to be read."""
        for one in PEOPLE:
            self._chat.enter(CHANNEL, one)
        self._clock.move(timedelta(days=-DAYS))
        await self._command("digest", "on mon 09:00 UTC")
        await self._click("pulse.launch", f"people|everyone|5d|no|no|2w|{CHANNEL}")
        for day in range(DAYS):
            await self._whole.sending.all_due()
            await self._day(day)
            if day < DAYS - 7:
                self._chat.unseen.clear()
            self._clock.move(timedelta(days=1))
            _progress(day + 1)
        await self._whole.sending.all_due()

    async def _day(self, day: int) -> None:
        from bot.messages import Buttons, Text

        status = await self._command("pulse", "")
        opened = [
            button.value
            for part in status.parts
            if isinstance(part, Buttons)
            for button in part.buttons
            if button.action == "pulse.answer"
        ]
        if opened and any(isinstance(part, Text) for part in status.parts):
            await self._answers(opened[0], day)
        if day % 3 == 0:
            await self._ask(self._chance.choice(QUESTIONS))
        if day == 20:
            await self._make_action()

    async def _answers(self, pulse: str, day: int) -> None:
        """About three people a day."""
        from bot.messages import Scale, Submission

        for who in self._chance.sample(PEOPLE, 3):
            form = (await self._click("pulse.answer", pulse, who=who)).form()
            if form is None:
                continue
            scales = [one.name for one in form.fields if isinstance(one, Scale)]
            values = {one: str(self._step(one, day)) for one in scales}
            await self._handle(
                Submission(**self._from(who), form=form.form, context=pulse, values=values)
            )

    def _step(self, statement: str, day: int) -> int:
        """An answer: some statements find less agreement than others, all find more in time."""
        level = 2.4 + (sum(map(ord, statement)) % 5) * 0.3 + day * BETTER
        return min(5, max(1, round(self._chance.gauss(level, 0.8))))

    async def _make_action(self) -> None:
        from bot.messages import Buttons, Choice, Submission

        result = await self._command("pulse", "results")
        new = next(
            button.value
            for part in result.parts
            if isinstance(part, Buttons)
            for button in part.buttons
            if button.action == "actions.new"
        )
        form = (await self._click("actions.new", new)).form()
        if form is None:
            raise LookupError("the sample team's result has no action")
        values = {
            one.name: one.initial or ""
            for one in form.fields
            if isinstance(one, Choice) or one.initial
        }
        values["owner"] = "bo"
        await self._handle(
            Submission(**self._from(LEAD), form=form.form, context=new, values=values)
        )

    async def _ask(self, text: str) -> None:
        from bot.messages import Question

        await self._handle(Question(**self._from(self._chance.choice(PEOPLE)), text=text))

    async def _command(self, name: str, text: str) -> Message:
        from bot.messages import Command

        return await self._handle(Command(**self._from(LEAD), name=name, text=text))

    async def _click(self, action: str, value: str, *, who: str = LEAD) -> Message:
        from bot.messages import Click

        return await self._handle(Click(**self._from(who), action=action, value=value))

    def _from(self, who: str) -> dict[str, Any]:
        from adapters.terminal.inbound import STANDINGS, TERMINAL, person
        from bot.messages import MEMBER, Place

        self._deliveries += 1
        return {
            "person": person(who),
            "place": Place(workspace=TERMINAL, channel=CHANNEL),
            "delivery": f"sample-{self._deliveries}",
            "received": self._clock(),
            "locale": self._locale,
            "standing": STANDINGS.get(who, MEMBER),
        }

    async def _handle(self, inbound: Inbound) -> Message:
        answer = await self._whole.coach.handle(inbound)
        if answer is None:
            raise LookupError("a delivery of the sample was taken for a repeated one")
        return answer


def _progress(day: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if day == DAYS else ""
        sys.stderr.write(f"\rA sample team's three months: day {day} of {DAYS}{end}")
        sys.stderr.flush()
