"""`maturity-coach manifest slack` and what `doctor` says about Slack."""

import json

import pytest

from adapters.command.app import run
from adapters.slack.checkup import examined
from adapters.slack.mount import Access
from maturity_coach import Application
from tests.adapters.slack.emulator import TOKEN
from tests.adapters.slack.slackside import SECRET
from tests.adapters.slack.world import World

Output = pytest.CaptureFixture[str]


def test_the_manifest_is_printed_for_socket_mode(capsys: Output) -> None:
    assert run(Application(), ["manifest", "slack", "--socket"]) == 0
    assert json.loads(capsys.readouterr().out)["settings"]["socket_mode_enabled"] is True


@pytest.mark.parametrize("given", [[], ["--several", "--socket"], ["--url", "http://x.test"]])
def test_a_manifest_without_a_usable_address_is_refused_in_words(
    given: list[str], capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COACH_PUBLIC_URL", raising=False)
    assert run(Application(), ["manifest", "slack", *given]) == 2
    assert "https://" in capsys.readouterr().err


def test_half_a_configuration_names_what_is_missing(
    capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_SLACK_BOT_TOKEN", "xoxb-secret")
    assert run(Application(), ["serve"]) == 2
    said = capsys.readouterr().err
    assert "COACH_SLACK_SIGNING_SECRET" in said
    assert "xoxb-secret" not in said


async def found(slack: World, access: Access) -> list[tuple[bool, str, str]]:
    return [one async for one in examined(access, slack.session)]


async def test_doctor_says_that_the_tokens_work(slack: World) -> None:
    access = Access(
        bot_token=TOKEN, app_token="xapp-1", signing_secret=SECRET, api=slack.proxy.base
    )
    assert [fine for fine, *_ in await found(slack, access)] == [True, True]


async def test_doctor_names_a_token_that_does_not_work(slack: World) -> None:
    slack.proxy.refuse("auth.test", "invalid_auth")
    [(fine, said, do)] = await found(slack, Access(bot_token="xoxb-no", api=slack.proxy.base))
    assert not fine
    assert "auth" in said
    assert "xoxb-no" not in said
    assert do


async def test_doctor_names_scopes_that_are_missing(slack: World) -> None:
    slack.proxy.scopes = "chat:write,commands"
    every = await found(slack, Access(bot_token=TOKEN, api=slack.proxy.base))
    [(_, said, _)] = [one for one in every if not one[0]]
    assert "users:read" in said
    assert "chat:write," not in said
