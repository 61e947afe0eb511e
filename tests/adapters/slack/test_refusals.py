"""What each failure of Slack means for the send that met it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import refusals
from adapters.slack.api import chat_error, client
from adapters.slack.chat import SlackChat
from adapters.slack.people import People
from adapters.slack.workspaces import OneToken, Workspaces
from adapters.slack.workspaces import slack as of_team
from bot.errors import ChatError, Denied, OutcomeUnknown, Refused, SlowDown, Unreachable
from bot.messages import Person, Place, Workspace
from tests.adapters.slack.scripted import said
from tests.adapters.slack.world import World
from tests.adapters.slack.world import now as wall

# What docs.slack.dev lists for chat.postMessage and conversations.open, 2026-11, without the codes
# of mistakes in a call; the tables of the adapter must know where each belongs.
GONE = [
    "cannot_dm_bot",
    "channel_is_archived",
    "channel_not_found",
    "is_archived",
    "not_a_member",
    "not_in_channel",
    "restricted_action_read_only_channel",
    "user_disabled",
    "user_not_found",
    "user_not_visible",
    "users_not_found",
]
DENIED = [
    "access_denied",
    "accesslimited",
    "account_inactive",
    "deprecated_endpoint",
    "ekm_access_denied",
    "enterprise_is_restricted",
    "invalid_auth",
    "method_deprecated",
    "missing_scope",
    "not_allowed_token_type",
    "not_authed",
    "org_login_required",
    "team_access_not_granted",
    "team_not_found",
    "token_expired",
    "token_revoked",
    "two_factor_setup_required",
]
THIS_MESSAGE = [
    "a_code_of_tomorrow",
    "as_user_not_supported",
    "attachment_payload_limit_exceeded",
    "cant_update_message",
    "cannot_reply_to_message",
    "duplicate_channel_not_found",
    "duplicate_message_not_found",
    "edit_window_closed",
    "invalid_arguments",
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_charset",
    "invalid_metadata_format",
    "invalid_metadata_schema",
    "message_not_found",
    "messages_tab_disabled",
    "metadata_must_be_sent_from_app",
    "metadata_too_large",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_permission",
    "no_text",
    "restricted_action",
    "restricted_action_non_threadable_channel",
    "restricted_action_thread_locked",
    "restricted_action_thread_only_channel",
    "slack_connect_file_link_sharing_blocked",
    "too_many_attachments",
    "too_many_contact_cards",
]


def answered(error: str | None, status: int = 200, **headers: str) -> SlackApiError:
    class Response:
        status_code = status
        data = {"ok": False, "error": error, "needed": "x"} if error else ""

    made = Response()
    made.headers = headers  # type: ignore[attr-defined]
    return SlackApiError("refused", made)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("status", [200, 400, 403])
@pytest.mark.parametrize(
    ("codes", "kind", "gone"),
    [(GONE, Refused, True), (THIS_MESSAGE, Refused, False), (DENIED, Denied, None)],
    ids=["gone", "this message", "denied"],
)
def test_every_code_says_who_is_refused(
    codes: list[str], kind: type[ChatError], gone: bool | None, status: int
) -> None:
    found = [chat_error(answered(code, status)) for code in codes]
    assert {type(error) for error in found} == {kind}
    assert {getattr(error, "gone", None) for error in found} == {gone}


def test_the_tables_hold_what_is_tested_here_and_no_code_twice() -> None:
    assert sorted(refusals.GONE) == GONE
    assert sorted(refusals.DENIED) == DENIED
    tables = [
        *(refusals.GONE, refusals.DENIED, refusals.PERHAPS_DONE),
        *(refusals.NOT_NOW, refusals.SLOW_DOWN, frozenset(THIS_MESSAGE)),
    ]
    assert len(frozenset().union(*tables)) == sum(len(table) for table in tables)


OS_ERROR = OSError(111, "refused")
KEY = aiohttp.client_reqrep.ConnectionKey(
    host="h", port=1, is_ssl=False, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None
)
BY_PROXY = aiohttp.ClientHttpProxyError(None, (), status=407)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (answered("ratelimited", 429, **{"Retry-After": "3"}), SlowDown),
        (answered("ratelimited", 429), SlowDown),
        (answered("rate_limited"), SlowDown),
        (answered("message_limit_exceeded"), SlowDown),
        (answered(None, 429), SlowDown),
        (answered("service_unavailable"), Unreachable),
        (answered("service_unavailable", 503), Unreachable),
        (answered(None, 503), Unreachable),
        (answered("fatal_error"), OutcomeUnknown),
        (answered("internal_error"), OutcomeUnknown),
        (answered("request_timeout"), OutcomeUnknown),
        (answered("team_added_to_org"), OutcomeUnknown),
        (answered("internal_error", 500), OutcomeUnknown),
        (answered("fatal_error", 500), OutcomeUnknown),
        (answered("internal_error", 503), OutcomeUnknown),
        (answered("a_code_of_tomorrow", 500), OutcomeUnknown),
        (answered("is_archived", 500), Refused),
        (answered("invalid_auth", 500), Denied),
        (answered(None, 500), OutcomeUnknown),
        (answered(None, 502), OutcomeUnknown),
        (answered(None, 504), OutcomeUnknown),
        (answered(None, 408), OutcomeUnknown),
        (answered(None, 200), OutcomeUnknown),
        (answered(None, 401), Denied),
        (answered(None, 403), Denied),
        (answered(None, 404), Denied),
        (answered(None, 407), Denied),
        (answered(None, 413), Refused),
        (aiohttp.ClientConnectorError(KEY, OS_ERROR), Unreachable),
        (aiohttp.ConnectionTimeoutError(), Unreachable),
        (BY_PROXY, Unreachable),
        (aiohttp.ServerDisconnectedError(), OutcomeUnknown),
        (aiohttp.ClientOSError(), OutcomeUnknown),
        (aiohttp.ClientPayloadError(), OutcomeUnknown),
        (aiohttp.ServerTimeoutError(), OutcomeUnknown),
        (aiohttp.SocketTimeoutError(), OutcomeUnknown),
        (TimeoutError(), OutcomeUnknown),
        (ConnectionResetError(), OutcomeUnknown),
        (SlackRequestError("x"), OutcomeUnknown),
    ],
)
def test_every_failure_has_its_meaning(error: Exception, kind: type[Exception]) -> None:
    assert type(chat_error(error)) is kind


def test_a_missing_scope_names_itself() -> None:
    assert chat_error(answered("missing_scope")).reason == "missing_scope:x"


def test_slow_down_without_a_number_waits_a_while() -> None:
    error = chat_error(answered("ratelimited", 429, **{"Retry-After": "soon"}))
    assert isinstance(error, SlowDown)
    assert error.seconds == 30


def test_slow_down_of_a_gateway_is_obeyed_to_the_second() -> None:
    error = chat_error(answered(None, 429, **{"Retry-After": "7"}))
    assert isinstance(error, SlowDown)
    assert error.seconds == 7


# ── before anything is posted ────────────────────────────────────────────────


def place(slack: World) -> Place:
    return Place(workspace=slack_workspace(slack), channel=slack.channel)


def slack_workspace(slack: World) -> Workspace:
    return of_team(slack.side.team)


@pytest.fixture
async def nowhere() -> AsyncIterator[SlackChat]:
    """A coach with a token from the settings, and nobody at Slack's address."""
    async with aiohttp.ClientSession() as session:

        def make(token: str) -> AsyncWebClient:
            return client(token, session, base="http://127.0.0.1:9/api/")

        workspaces = Workspaces(OneToken("xoxb", make, wall), make, wall)
        yield SlackChat(workspaces, People(workspaces, wall))


async def test_a_slack_that_was_never_reached_is_unreachable_with_a_token_from_the_settings(
    nowhere: SlackChat,
) -> None:
    where = Place(workspace=of_team("T1"), channel="C1")
    with pytest.raises(Unreachable):
        await nowhere.post(where, said("Digest"), send_key="k")
    with pytest.raises(Unreachable):
        await nowhere.find(where, "k", since=datetime(2026, 11, 23, tzinfo=UTC))


@pytest.mark.parametrize(
    ("code", "kind"), [("invalid_auth", Denied), ("internal_error", Unreachable)]
)
async def test_a_token_that_slack_does_not_vouch_for_posts_nothing(
    slack: World, code: str, kind: type[ChatError]
) -> None:
    slack.proxy.refuse("auth.test", code)
    with pytest.raises(kind):
        await slack.slack.chat.post(place(slack), said("Digest"), send_key="k")
    assert slack.proxy.of("chat.postMessage") == []


async def test_a_delivery_for_a_token_that_is_refused_is_taken_and_left_alone(
    slack: World,
) -> None:
    slack.proxy.refuse("auth.test", "token_revoked")
    await slack.side.mention(slack.user("ada"), slack.channel, "hi")
    await slack.settled()
    assert slack.stands() == []


async def test_a_workspace_without_the_coach_denies_it(slack: World) -> None:
    elsewhere = Place(workspace=of_team("T0ELSEWHERE"), channel="C1")
    with pytest.raises(Denied):
        await slack.slack.chat.post(elsewhere, said("Digest"), send_key="k")


@pytest.mark.parametrize("trouble", ["drop", "500"])
async def test_a_conversation_that_could_not_be_opened_leaves_no_doubt(
    slack: World, trouble: str
) -> None:
    if trouble == "drop":
        slack.proxy.drop_after_accepting("conversations.open")
    else:
        slack.proxy.fail("conversations.open", 500)
    bo = Person(workspace=slack_workspace(slack), id=slack.user("bo"))
    with pytest.raises(Unreachable):
        await slack.slack.chat.direct(bo, said("Hi Bo"), send_key="k")
    assert slack.proxy.of("chat.postMessage") == []
