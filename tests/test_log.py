"""The log tells where it went wrong and nothing that a person wrote."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import structlog

from adapters import log
from bot.messages import Person, Place, Platform, Question, Workspace

ACME = Workspace(platform=Platform.SLACK, id="T1")
QUESTION = Question(
    person=Person(workspace=ACME, id="U1"),
    place=Place(workspace=ACME, channel="C1"),
    delivery="d1",
    received=datetime(2026, 3, 2, 12, tzinfo=UTC),
    text="the private words of a person",
)


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def lines(*, level: str = "INFO") -> io.StringIO:
    stream = io.StringIO()
    log.set_up(json=True, level=level, stream=stream)
    return stream


def broken() -> None:
    raise KeyError(QUESTION.text)


def wrapped() -> None:
    try:
        broken()
    except KeyError as error:
        raise ValueError(f"can't read {QUESTION.text}") from error


def failed() -> Exception:
    with pytest.raises(ValueError, match="private") as caught:
        wrapped()
    return caught.value


def test_an_unexpected_error_is_told_by_kind_and_place_without_its_text() -> None:
    stream = lines()
    log.report_unexpected(failed(), reference="abcd1234", inbound=QUESTION)
    written = stream.getvalue()
    entry = json.loads(written)
    assert entry["reference"] == "abcd1234"
    assert entry["error"] == "ValueError < KeyError"
    assert entry["kind"] == "Question"
    assert entry["workspace"] == "slack:T1"
    assert entry["at"][-1].endswith(" wrapped")
    assert "private words" not in written
    assert "U1" not in written


def test_lines_for_people_hold_the_reference_too() -> None:
    stream = io.StringIO()
    log.set_up(json=False, level="INFO", stream=stream)
    log.report_failure(failed(), reference="abcd1234")
    assert "abcd1234" in stream.getvalue()
    assert "private words" not in stream.getvalue()


def test_the_level_is_ours_and_libraries_are_heard_from_warnings_on() -> None:
    stream = lines(level="DEBUG")
    log.logger().debug("ours")
    logging.getLogger("slack_bolt").info("a payload")
    logging.getLogger("slack_bolt").warning("a warning")
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == [
        "ours",
        "a warning",
    ]
    stream = lines(level="ERROR")
    log.logger().info("ours")
    assert stream.getvalue() == ""
