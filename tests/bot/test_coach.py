"""The one door in: once a delivery, a sentence for every mistake, silence for none."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.database.engine import Database
from adapters.database.store import DatabaseStore
from bot.coach import Answered, Coach, Routes, notice
from bot.errors import Invalid, StoreUnavailable
from bot.messages import (
    Audience,
    Click,
    Command,
    Inbound,
    Joined,
    Left,
    Message,
    Opened,
    Person,
    Place,
    Platform,
    Question,
    Renamed,
    Submission,
    Tone,
    Workspace,
)
from bot.ports.asking import AtHand, Notes
from bot.wording import wording
from knowledge.model import Language
from tests.conftest import APPLICATION_KEY
from tests.noting import counted

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ACME = Workspace(platform=Platform.SLACK, id="T1")
ANN = Person(workspace=ACME, id="U1")
HERE = Place(workspace=ACME, channel="C1")
FINE = notice("errors.stale_button", Language.EN, Tone.INFO)


class Echo:
    """A feature that keeps what it was given, and fails as it is told."""

    def __init__(self) -> None:
        self.given: list[Inbound] = []
        self.failure: Exception | None = None
        self.memory: bool | None = None
        self.at_hand: AtHand | None = None
        self.notes: Notes | None = None
        self.routes = Routes(
            commands={"coach gaps": self.take, "coach": self.take},
            clicks={"echo.click": self.take},
            forms={"echo.form": self.take},
        )

    async def take(self, inbound: Inbound) -> Message:
        self.given.append(inbound)
        if self.failure:
            raise self.failure
        return FINE

    async def question(
        self, question: Question, *, at_hand: AtHand | None = None, memory: bool = True
    ) -> Answered:
        self.memory, self.at_hand = memory, at_hand
        return Answered(message=await self.take(question), notes=self.notes)

    async def opened(self, opened: Opened) -> Message:
        return await self.take(opened)

    async def joined(self, joined: Joined) -> Message | None:
        return await self.take(joined)

    async def left(self, left: Left) -> None:
        await self.take(left)

    async def renamed(self, renamed: Renamed) -> None:
        await self.take(renamed)


class Reports:
    """Keeps the references of what was reported."""

    def __init__(self) -> None:
        self.references: list[str] = []

    def __call__(self, error: Exception, *, reference: str, inbound: Inbound) -> None:
        self.references.append(reference)


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def reports() -> Reports:
    return Reports()


@pytest.fixture
def coach(echo: Echo, reports: Reports, store: DatabaseStore) -> Coach:
    return Coach(echo, (), store, reports)


def question(delivery: str = "d1", locale: str | None = None) -> Question:
    return Question(
        person=ANN, place=HERE, delivery=delivery, received=NOON, locale=locale, text="hello"
    )


def click(action: str, delivery: str) -> Click:
    return Click(person=ANN, place=HERE, delivery=delivery, received=NOON, action=action)


def command(text: str, name: str = "coach") -> Command:
    return Command(
        person=ANN, place=HERE, delivery=f"{name} {text}", received=NOON, name=name, text=text
    )


async def test_a_repeated_delivery_is_not_handled_again(coach: Coach, echo: Echo) -> None:
    assert await coach.handle(question()) == FINE
    assert await coach.handle(question()) is None
    assert len(echo.given) == 1


async def test_what_an_answer_leaves_behind_is_kept_once_and_known_at_the_next_question(
    coach: Coach, echo: Echo, store: DatabaseStore
) -> None:
    echo.notes = counted(replace(HERE, thread="1.1"), "people.overview", NOON)
    first, second = (replace(question(one), place=echo.notes.place) for one in ("d1", "d2"))
    echo.failure = RuntimeError()
    await coach.handle(first)
    assert await store.asking.asked(ACME, "C1", since=NOON) == ()
    echo.failure = None
    for _ in range(2):
        await coach.handle(first)
    (count,) = await store.asking.asked(ACME, "C1", since=NOON)
    assert count.answered == 1
    assert echo.at_hand is None
    await coach.handle(second)
    assert echo.at_hand == echo.notes.at_hand


async def test_a_mistake_is_told_in_the_persons_language_to_them_alone(
    coach: Coach, echo: Echo
) -> None:
    echo.failure = Invalid("errors.unknown_command", name="<!channel>")
    said = await coach.handle(question(locale="zh-CN"))
    assert said is not None
    assert said.audience is Audience.ASKER
    assert said.summary == wording(Language.ZH).say("errors.unknown_command", name="<!channel>")
    assert await coach.handle(question(locale="zh-CN")) is None


async def test_an_unexpected_error_gives_its_reference_and_not_its_text(
    coach: Coach, echo: Echo, reports: Reports
) -> None:
    echo.failure = RuntimeError("a secret thing")
    said = await coach.handle(question())
    assert said is not None
    assert reports.references[0] in said.summary
    assert "secret" not in said.summary


async def test_what_failed_unexpectedly_can_be_delivered_again(coach: Coach, echo: Echo) -> None:
    echo.failure = RuntimeError()
    await coach.handle(question())
    echo.failure = None
    assert await coach.handle(question()) == FINE


async def test_a_feature_whose_store_is_away_says_so(coach: Coach, echo: Echo) -> None:
    echo.failure = StoreUnavailable("locked")
    said = await coach.handle(click("echo.click", "d1"))
    assert said is not None
    assert said.summary == wording(Language.EN).say("errors.store_away")


async def test_a_click_that_failed_for_the_store_works_when_it_is_pressed_again(
    coach: Coach, echo: Echo
) -> None:
    echo.failure = StoreUnavailable("locked")
    await coach.handle(click("echo.click", "d1"))
    echo.failure = None
    late = replace(click("echo.click", "d1"), received=NOON + timedelta(minutes=1))
    assert await coach.handle(late) == FINE


async def test_without_the_store_questions_are_answered_and_the_rest_has_to_wait(
    tmp_path: Path, echo: Echo, reports: Reports
) -> None:
    missing = Database(f"sqlite:///{tmp_path / 'missing.sqlite3'}")
    store = DatabaseStore(missing, application_keys=(APPLICATION_KEY,))
    coach = Coach(echo, (), store, reports)
    assert await coach.handle(question()) == FINE
    assert echo.memory is False
    form = Submission(person=ANN, place=HERE, delivery="d2", received=NOON, form="echo.form")
    said = await coach.handle(form)
    assert said is not None
    assert said.summary == wording(Language.EN).say("errors.store_away")
    assert [type(one) for one in echo.given] == [Question]
    await store.close()


async def test_a_command_goes_to_its_first_word_or_to_its_name(coach: Coach, echo: Echo) -> None:
    assert await coach.handle(command("GAPS last week")) == FINE
    assert await coach.handle(command("whatever")) == FINE
    assert await coach.handle(command("  ")) == FINE
    assert len(echo.given) == 3


async def test_an_unknown_command_and_a_stale_button_are_told_kindly(coach: Coach) -> None:
    form = Submission(
        person=ANN, place=HERE, delivery="d2", received=NOON, form="gone", context="{}"
    )
    words = wording(Language.EN)
    for inbound, key in (
        (command("x", name="nonsense"), "errors.unknown_command"),
        (click("gone.away", "d1"), "errors.stale_button"),
        (form, "errors.stale_button"),
    ):
        said = await coach.handle(inbound)
        assert said is not None
        assert said.summary == words.say(key, name="nonsense")


async def test_every_kind_of_delivery_reaches_the_conversation(coach: Coach, echo: Echo) -> None:
    kinds = (
        Opened(person=ANN, place=HERE, delivery="1", received=NOON),
        Joined(person=ANN, place=HERE, delivery="2", received=NOON, coach=True),
        Renamed(person=ANN, place=HERE, delivery="3", received=NOON, channel_name="new"),
        question("4"),
    )
    for inbound in kinds:
        await coach.handle(inbound)
    assert echo.given == list(kinds)


def test_two_features_cannot_answer_to_the_same_name(store: DatabaseStore, echo: Echo) -> None:
    with pytest.raises(ValueError, match="coach gaps"):
        Coach(echo, (Echo(),), store, Reports())
