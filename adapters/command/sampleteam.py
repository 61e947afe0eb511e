"""The sample team: twelve people whose three months show what a team can come to see."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from adapters.terminal.chat import TerminalChat
from adapters.terminal.clock import MovableClock
from adapters.terminal.inbound import STANDINGS, TERMINAL, person
from bot.assembly import Assembled
from bot.messages import (
    MEMBER,
    Buttons,
    Choice,
    Click,
    Command,
    Inbound,
    Joined,
    Message,
    Place,
    Question,
    Scale,
    Submission,
    Text,
)

CHANNEL = "sample-team"
LEAD = "lead"
PEOPLE = (
    *(LEAD, "anna", "bo", "chen", "dee", "eli"),
    *("fay", "gil", "hana", "ivo", "jun", "kai"),
)
FEW = PEOPLE[1:4]  # who answered while the others were away: too few for a score
AWAY = range(28, 33)  # days, of the first pulse on policy
DAYS = 91
QUESTIONS = (
    "Who should own the security of our clusters?",
    "how do we get started with audit logs",
    "什么是变更控制",
    "Do our developers need the CKAD?",
    "What should a CI/CD pipeline do at this level?",
)
UNANSWERED = {
    "en": "who orders new laptops for the team?",
    "zh": "新来的同事去哪里领笔记本电脑？",
}
BETTER = 0.006  # steps on the scale a day: the sample team is getting somewhere
PIPELINE, LIFT = 50, 0.8  # the day from which the new pipeline helps, and by how many steps
STEPS = 3  # looks a day at what is due
SEED = 2


class SampleTeam:
    """They do in seconds, day by day, what takes three months."""

    def __init__(
        self,
        whole: Assembled,
        chat: TerminalChat,
        clock: MovableClock,
        lang: str,
        locale: str,
    ) -> None:
        self._whole = whole
        self._chat = chat
        self._clock = clock
        self._lang = lang
        self._locale = locale
        self._chance = random.Random(SEED)  # noqa: S311  sample data, the same each time
        self._deliveries = 0

    async def live(self, progress: Callable[[int, int], None]) -> None:
        """Up to this moment; what was posted in the last week is still to be read."""
        for one in PEOPLE:
            self._chat.enter(CHANNEL, one)
        self._clock.move(timedelta(days=-DAYS))
        await self._handle(Joined(**self._from(LEAD), coach=True, channel_name=CHANNEL))
        await self._command("digest", f"on mon 09:00 {self._chat.zone or 'UTC'}")
        await self._command("digest", f"language {self._lang}")
        await self._launch("people", days=5, weeks=2)  # and the other pillars in turn
        await self._whole.sending.all_due()
        for day in range(DAYS):
            await self._day(day)
            if day < DAYS - 7:
                self._chat.unseen.clear()
            await self._until_tomorrow()
            progress(day + 1, DAYS)

    async def _until_tomorrow(self) -> None:
        """In steps: a digest that comes due between two days must not be too late for both."""
        for _ in range(STEPS):
            self._clock.move(timedelta(days=1) / STEPS)
            await self._whole.sending.all_due()

    async def _day(self, day: int) -> None:
        for pulse in await self._open():
            await self._answers(pulse, day)
        if day % 3 == 0:
            await self._ask(self._chance.choice(QUESTIONS))
        match day:
            case 20:
                await self._make_action("bo")
            case 78:
                await self._make_action("chen")
            case 86 | 89:  # twice: nobody could say
                await self._ask(UNANSWERED[self._lang])
            case 87:
                await self._finish_oldest_action()
            case 88:
                await self._launch("technology", days=7, weeks=0)  # open at the end

    async def _launch(self, pillar: str, *, days: int, weeks: int) -> None:
        await self._click("pulse.launch", f"{pillar}|everyone|{days}d|no|no|{weeks}w|{CHANNEL}")

    async def _open(self) -> list[str]:
        """Ids of the pulses that can be answered."""
        status = await self._command("pulse", "")
        if not any(isinstance(part, Text) for part in status.parts):
            return []
        return _offered(status, "pulse.answer")

    async def _answers(self, pulse: str, day: int) -> None:
        """About three people a day."""
        for who in FEW if day in AWAY else self._chance.sample(PEOPLE, 3):
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
        level = 2.2 + (sum(map(ord, statement)) % 5) * 0.3 + day * BETTER
        if statement.startswith("process.") and day >= PIPELINE:
            level += LIFT
        return min(5, max(1, round(self._chance.gauss(level, 0.8))))

    async def _make_action(self, owner: str) -> None:
        """From the newest result."""
        new = _offered(await self._command("pulse", "results"), "actions.new")[0]
        form = (await self._click("actions.new", new)).form()
        if form is None:
            raise LookupError("the sample team's result has no action")
        values = {
            one.name: one.initial or ""
            for one in form.fields
            if isinstance(one, Choice) or one.initial
        }
        values["owner"] = owner
        await self._handle(
            Submission(**self._from(LEAD), form=form.form, context=new, values=values)
        )

    async def _finish_oldest_action(self) -> None:
        done = _offered(await self._command("coach", "actions"), "actions.done")
        await self._click("actions.done", done[0])

    async def _ask(self, text: str) -> None:
        await self._handle(Question(**self._from(self._chance.choice(PEOPLE)), text=text))

    async def _command(self, name: str, text: str) -> Message:
        return await self._handle(Command(**self._from(LEAD), name=name, text=text))

    async def _click(self, action: str, value: str, *, who: str = LEAD) -> Message:
        return await self._handle(Click(**self._from(who), action=action, value=value))

    def _from(self, who: str) -> dict[str, Any]:
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


def _offered(message: Message, action: str) -> list[str]:
    """What the buttons of this action carry."""
    return [
        button.value
        for part in message.parts
        if isinstance(part, Buttons)
        for button in part.buttons
        if button.action == action
    ]
