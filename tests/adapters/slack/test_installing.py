"""Installed in several workspaces: the consent page, the first event, uninstalling."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from adapters.database.installations import DatabaseInstallations
from adapters.database.store import DatabaseStore
from adapters.database.tables.slack import installations
from adapters.slack.workspaces import Workspaces
from adapters.slack.workspaces import slack as of_team
from bot.messages import Leaving, Left
from bot.ports.installations import Installation
from tests.adapters.slack.emulator import COACH, TEAM, Emulator
from tests.adapters.slack.scripted import Scripted
from tests.adapters.slack.world import PUBLIC, SEVERAL, World, world

# The SDK's consent flow uses aiohttp's BasicAuth, which aiohttp 4 will drop.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
async def several(
    emulator: Emulator, store: DatabaseStore, coach: Scripted
) -> AsyncIterator[World]:
    async with world(emulator, store.installations, lambda _c: coach, access=SEVERAL) as made:
        yield made


async def consented(slack: World, name: str = "ada") -> tuple[str, str]:
    """Press "Allow" as this person: the address that Slack sends the browser to, our cookie."""
    async with slack.session.get(f"{slack.address}/slack/install") as page:
        assert page.status == 200
        cookie = page.headers["Set-Cookie"].split(";")[0]
        match = re.search(r'href="([^"]*authorize[^"]*)"', await page.text())
    assert match
    wanted = parse_qs(urlsplit(match[1].replace("&amp;", "&")).query)
    form = {key: wanted[key][0] for key in ("client_id", "redirect_uri", "scope", "state")}
    assert form["redirect_uri"] == f"{PUBLIC}/slack/oauth_redirect"
    async with slack.session.post(
        f"{slack.emulator.url}/oauth/v2/authorize/callback",
        data={**form, "user_id": slack.user(name), "user_scope": ""},
        allow_redirects=False,
    ) as allowed:
        assert allowed.status == 302
        return allowed.headers["Location"].replace(PUBLIC, slack.address), cookie


async def install(slack: World) -> int:
    address, cookie = await consented(slack)
    async with slack.session.get(address, headers={"Cookie": cookie}) as done:
        return done.status


async def test_installed_by_consent_it_answers_and_after_uninstalling_it_does_not(
    several: World, coach: Scripted, store: DatabaseStore
) -> None:
    await several.side.mention(several.user("ada"), several.channel, "too early")
    await several.settled()
    assert coach.given == []
    assert await install(several) == 200
    await several.side.mention(several.user("ada"), several.channel, "hi")
    await several.settled()
    assert [one["text"] for one in several.stands()] == ["Hello"]
    kept = await store.installations.find(of_team(TEAM))
    assert kept is not None
    assert several.last("chat.postMessage").token == kept.token
    assert (kept.coach, kept.installer) == (COACH, several.user("ada"))
    assert "chat:write" in kept.scopes
    await several.side.event({"type": "app_uninstalled"}, check=False)
    await several.settled()
    assert isinstance(coach.given[-1], Left)
    assert coach.given[-1].why is Leaving.UNINSTALLED
    assert await store.installations.find(of_team(TEAM)) is None
    heard = len(coach.given)
    await several.side.mention(several.user("ada"), several.channel, "too late")
    await several.settled()
    assert len(coach.given) == heard


async def test_revoked_tokens_go_but_a_persons_own_do_not_matter(
    several: World, store: DatabaseStore
) -> None:
    await install(several)
    of_person = {"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}}
    await several.side.event(of_person, check=False)
    await several.settled()
    assert await store.installations.find(of_team(TEAM)) is not None
    of_coach = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [COACH]}}
    await several.side.event(of_coach, check=False)
    await several.settled()
    assert await store.installations.find(of_team(TEAM)) is None


async def test_a_token_is_not_readable_in_the_database(
    several: World, store: DatabaseStore
) -> None:
    await install(several)
    kept = await store.installations.find(of_team(TEAM))
    assert kept is not None
    async with store.database.reading() as connection:
        [row] = (await connection.execute(select(installations))).all()
    assert kept.token.encode() not in b"".join(str(value).encode() for value in row)
    assert kept.token not in repr(kept)


async def test_a_state_works_once_and_only_in_the_same_browser(several: World) -> None:
    address, cookie = await consented(several)
    async with several.session.get(address) as other:
        assert other.status == 400
    async with several.session.get(address, headers={"Cookie": cookie}) as first:
        assert first.status == 200
    async with several.session.get(address, headers={"Cookie": cookie}) as again:
        assert again.status == 401


async def test_a_code_that_slack_does_not_know_installs_nothing(
    several: World, store: DatabaseStore
) -> None:
    several.proxy.expected_refusals.add("invalid_code")
    address, cookie = await consented(several)
    wrong = re.sub("code=[0-9a-f]+", "code=made-up", address)
    async with several.session.get(wrong, headers={"Cookie": cookie}) as refused:
        assert refused.status == 401
    assert await store.installations.find(of_team(TEAM)) is None


async def test_who_declines_is_told_so(several: World) -> None:
    url = f"{several.address}/slack/oauth_redirect?error=access_denied"
    async with several.session.get(url) as declined:
        assert declined.status == 200
        assert "access_denied" in await declined.text()


async def test_the_store_is_asked_once_in_ten_minutes(several: World, store: DatabaseStore) -> None:
    await install(several)
    calls: list[str] = []
    inner = store.installations

    class Counting:
        async def find(self, workspace, *, organisation=None):  # type: ignore[no-untyped-def]
            calls.append(workspace.id)
            return await inner.find(workspace, organisation=organisation)

    now = [NOW]
    workspaces = Workspaces(Counting(), lambda _token: None, lambda: now[0])  # type: ignore[arg-type,return-value]
    for _ in range(5):
        assert await workspaces.of(TEAM) is not None
    assert calls == [TEAM]
    now[0] += timedelta(minutes=11)
    await workspaces.of(TEAM)
    assert calls == [TEAM, TEAM]
    workspaces.forget(TEAM)
    await workspaces.of(TEAM)
    assert len(calls) == 3


def installation(team: str, token: str) -> Installation:
    return Installation(
        workspace=of_team(team),
        token=token,
        coach=COACH,
        scopes=("chat:write",),
        installer="U1",
        since=NOW,
    )


async def test_an_organisations_installation_speaks_for_its_workspaces(
    store: DatabaseStore,
) -> None:
    kept = store.installations
    await kept.save(installation("E1", "xoxb-org"))
    assert await kept.find(of_team("T1")) is None
    found = await kept.find(of_team("T1"), organisation=of_team("E1"))
    assert found is not None
    assert found.token == "xoxb-org"
    later = await kept.find(of_team("T1"))
    assert later == found
    await kept.save(installation("T1", "xoxb-own"))
    own = await kept.find(of_team("T1"), organisation=of_team("E1"))
    assert own is not None
    assert own.token == "xoxb-own"
    assert await kept.find(of_team("T2")) is None
    assert await kept.remove(of_team("E1"))
    assert not await kept.remove(of_team("E1"))
    assert await kept.find(of_team("T1")) == own


async def test_installed_again_the_newer_token_counts(store: DatabaseStore) -> None:
    await store.installations.save(installation("T1", "xoxb-1"))
    await store.installations.save(installation("T1", "xoxb-2"))
    found = await store.installations.find(of_team("T1"))
    assert found is not None
    assert found.token == "xoxb-2"


async def test_a_state_is_good_for_ten_minutes(store: DatabaseStore) -> None:
    kept = store.installations
    assert isinstance(kept, DatabaseInstallations)
    await kept.issue(of_team(""), "s1", NOW)
    await kept.issue(of_team(""), "s2", NOW)
    before, after = NOW - timedelta(seconds=1), NOW
    assert await kept.consume(of_team(""), "s1", issued_after=before)
    assert not await kept.consume(of_team(""), "s1", issued_after=before)
    assert not await kept.consume(of_team(""), "s2", issued_after=after)
    assert not await kept.consume(of_team(""), "made-up", issued_after=before)
