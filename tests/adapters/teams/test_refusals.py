"""What each answer of the Bot Connector, and of Microsoft's sign-in, means for a send."""

import threading
from datetime import UTC, datetime

import pytest

from adapters.teams import auth, refusals
from adapters.teams.auth import AppTokens
from adapters.teams.refusals import problem
from bot.errors import ChatError, Denied, OutcomeUnknown, Refused, SlowDown, Unreachable

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)

# Microsoft's table of status codes, 2026-11, and what else was seen.
ANSWERS: list[tuple[int, str, type[ChatError], bool | None]] = [
    (403, "ConversationBlockedByUser", Refused, True),
    (403, "BotNotInConversationRoster", Refused, True),
    (404, "BotNotInConversationRoster", Refused, True),
    (403, "BotDisabledByAdmin", Denied, None),
    (403, "MessageWritesBlocked", Refused, True),
    (403, "ForbiddenOperationException", Refused, True),
    (404, "ConversationNotFound", Refused, True),
    (400, "BadSyntax", Refused, False),
    (400, "BadArgument", Refused, False),
    (404, "ActivityNotFoundInConversation", Refused, False),
    (413, "MessageSizeTooBig", Refused, False),
    (413, "", Refused, False),
    (403, "ACodeOfTomorrow", Refused, False),
    (401, "BotNotRegistered", Denied, None),
    (401, "", Denied, None),
    (403, "", Denied, None),
    (404, "", Denied, None),
    (407, "", Denied, None),
    (429, "Throttled", SlowDown, None),
    (412, "PreconditionFailed", Unreachable, None),
    (503, "", Unreachable, None),
    (408, "", OutcomeUnknown, None),
    (500, "ServiceError", OutcomeUnknown, None),
    (502, "", OutcomeUnknown, None),
    (504, "", OutcomeUnknown, None),
]


@pytest.mark.parametrize(("status", "code", "kind", "gone"), ANSWERS)
def test_every_answer_says_who_is_refused(
    status: int, code: str, kind: type[ChatError], gone: bool | None
) -> None:
    answer = {"error": {"code": code, "message": "secret words of the service"}} if code else {}
    error = problem(status, answer, 1.0)
    assert type(error) is kind
    assert getattr(error, "gone", None) is gone
    assert error.reason == f"{status} {code}".strip()


def test_every_code_in_the_tables_is_tested_here() -> None:
    tested = {code for _, code, _, _ in ANSWERS}
    assert tested >= refusals.GONE | refusals.DENIED
    assert {code for _, code, kind, gone in ANSWERS if gone} == refusals.GONE


def test_every_refusal_of_teams_is_one_of_ours() -> None:
    for status in range(400, 600):
        for creates in (True, False):
            assert isinstance(problem(status, {}, 1.0, creates=creates), ChatError)
    assert isinstance(problem(400, {"error": "text"}, 1.0), Refused)


@pytest.mark.parametrize("status", [408, 500, 502, 504])
def test_what_may_be_done_twice_leaves_no_doubt(status: int) -> None:
    assert isinstance(problem(status, {}, 1.0, creates=False), Unreachable)


# ── our own token ────────────────────────────────────────────────────────────


class Credentials:
    """Of the SDK: they block, and answer as told."""

    def __init__(self, answer: Exception | str | threading.Event) -> None:
        self.answer = answer

    def get_access_token(self) -> str:
        if isinstance(self.answer, Exception):
            raise self.answer
        if isinstance(self.answer, threading.Event):
            self.answer.wait(5)
            return "late"
        return self.answer


def tokens(answer: Exception | str | threading.Event) -> AppTokens:
    return AppTokens(Credentials(answer), lambda: NOW)


@pytest.mark.parametrize("refusal", [PermissionError("AADSTS7000215"), KeyError("access_token")])
async def test_an_app_that_microsoft_does_not_accept_is_denied(refusal: Exception) -> None:
    with pytest.raises(Denied):
        await tokens(refusal).token()


@pytest.mark.parametrize("trouble", [ConnectionError("reset"), ValueError("no json")])
async def test_a_sign_in_that_is_away_is_unreachable(trouble: Exception) -> None:
    with pytest.raises(Unreachable):
        await tokens(trouble).token()


async def test_a_sign_in_that_never_answers_is_given_up_before_anything_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(auth, "TOKEN_SECONDS", 0.05)
    over = threading.Event()
    with pytest.raises(Unreachable):
        await tokens(over).token()
    over.set()
