"""Requests that are not as they should be: right status, one line in the log, nothing else."""

import io
import json

import pytest

from tests.adapters.slack.scripted import Scripted
from tests.adapters.slack.world import World

JSON, FORM = "application/json", "application/x-www-form-urlencoded"
WORDS = "confidential words"


def logged(capsys: pytest.CaptureFixture[str]) -> list[str]:
    shown = capsys.readouterr()
    return [line for line in (shown.out + shown.err).splitlines() if "slack." in line]


@pytest.fixture
def event(slack: World) -> str:
    body = {
        "type": "app_mention",
        "user": slack.user("ada"),
        "text": WORDS,
        "ts": "1.2",
        "channel": slack.channel,
        "event_ts": "1.2",
    }
    return json.dumps(slack.side.envelope(body))


@pytest.mark.parametrize("case", ["wrong secret", "stale", "unsigned", "odd timestamp", "odd sign"])
async def test_what_slack_did_not_sign_is_refused(
    slack: World, coach: Scripted, event: str, case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    side = slack.side
    match case:
        case "wrong secret":
            answer = await side.post(event, JSON, secret="other")
        case "stale":
            answer = await side.post(event, JSON, age=301)
        case "unsigned":
            answer = await side.post(event, JSON, {"X-Slack-Signature": ""})
        case "odd timestamp":
            answer = await side.post(event, JSON, {"X-Slack-Request-Timestamp": "soon"})
        case _:
            answer = await side.post(event, JSON, {"X-Slack-Signature": "v0=é"})
    assert answer.status == 401
    [line] = logged(capsys)
    assert "bad_signature" in line
    assert WORDS not in line
    assert coach.given == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"type": "event_callback", "event": ' + f'"{WORDS}', JSON),
        (f'["{WORDS}"]', JSON),
        (f'"{WORDS}"', JSON),
        ("null", JSON),
        ("7", JSON),
        ("", JSON),
        (b"\xff\xfe" + WORDS.encode(), JSON),
        (f"payload={{{WORDS}", FORM),
        ("payload=%5B%5D", FORM),
        (f'{{"type": "event_callback", "event": "{WORDS}"}}', JSON),
        (f'{{"type": "event_callback", "event": ["{WORDS}"], "team_id": "T000000001"}}', JSON),
        ('{"type": "event_callback", "event": {"type": 7}, "team_id": "T000000001"}', JSON),
        ('{"type": "event_callback", "authorizations": 7, "event": {"type": "message"}}', JSON),
    ],
)
async def test_what_cannot_be_read_is_refused(
    slack: World,
    coach: Scripted,
    body: str | bytes,
    kind: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = await slack.side.post(body, kind)
    await slack.settled()
    assert answer.status in (400, 404)
    assert answer.body == ""
    [line] = logged(capsys)
    assert WORDS not in line
    assert coach.given == []


@pytest.mark.parametrize("missing", ["channel", "ts", "event_id"])
async def test_a_missing_field_is_a_bad_request(
    slack: World, coach: Scripted, event: str, missing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    body = json.loads(event)
    (body if missing == "event_id" else body["event"]).pop(missing)
    answer = await slack.side.post_json(body)
    await slack.settled()
    assert answer.status == 400
    [line] = logged(capsys)
    assert "malformed_payload" in line
    assert WORDS not in line
    assert coach.given == []


@pytest.mark.parametrize("part", ["actions", "container", "user"])
async def test_a_click_without_a_part_is_a_bad_request(
    slack: World, coach: Scripted, part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    body = {
        "type": "block_actions",
        "team": {"id": slack.side.team},
        "trigger_id": "1",
        "user": {"id": "U1", "team_id": slack.side.team},
        "container": {"type": "message", "message_ts": "1.2", "channel_id": "C1"},
        "actions": [{"type": "button", "action_id": "ask.why#0", "value": WORDS}],
    }
    del body[part]
    answer = await slack.side.post_payload(body)
    await slack.settled()
    assert answer.status in (400, 404)
    [line] = logged(capsys)
    assert WORDS not in line
    assert coach.given == []


async def test_a_payload_that_does_not_exist_yet_is_left_with_a_line(
    slack: World, coach: Scripted, capsys: pytest.CaptureFixture[str]
) -> None:
    body = {
        "type": "holographic_gesture",
        "team": {"id": slack.side.team},
        "user": {"id": "U1"},
        "gesture": WORDS,
    }
    answer = await slack.side.post_payload(body)
    assert answer.status == 404
    [line] = logged(capsys)
    assert "unknown_payload" in line
    assert "holographic_gesture" in line
    assert WORDS not in line
    assert coach.given == []


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_of_three_megabytes_is_refused(
    slack: World, coach: Scripted, declared: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    big = b"x" * 3_000_000

    async def piecewise() -> object:
        for start in range(0, len(big), 100_000):
            yield big[start : start + 100_000]

    data = io.BytesIO(big) if declared else piecewise()
    try:
        async with slack.session.post(slack.side.url, data=data) as response:
            status = response.status
    except ConnectionError:
        status = 413  # the server hung up before reading it all
    assert status == 413
    [line] = logged(capsys)
    assert "too_large" in line
    assert coach.given == []


async def test_an_unknown_workspace_gets_nothing(slack: World, coach: Scripted, event: str) -> None:
    body = {**json.loads(event), "team_id": "T0THER", "authorizations": []}
    answer = await slack.side.post_json(body)
    await slack.settled()
    assert answer.status == 200
    assert coach.given == []
    assert [call.method for call in slack.proxy.calls] == ["auth.test"]


async def test_slack_can_check_the_address(slack: World) -> None:
    body = {"type": "url_verification", "challenge": "abc", "token": "x"}
    answer = await slack.side.post_json(body)
    assert (answer.status, answer.json()) == (200, {"challenge": "abc"})


async def test_another_method_or_path_is_not_there(slack: World) -> None:
    async with slack.session.get(slack.side.url) as response:
        assert response.status == 405
    async with slack.session.get(f"{slack.address}/slack/install") as response:
        assert response.status == 404
