"""What Teams does on bad days: slow down, bad gateways, dropped connections, a removed bot."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import aiohttp
import pytest

from adapters.teams.sender import Sender
from bot.errors import (
    ChatError,
    Denied,
    OutcomeUnknown,
    Refused,
    SlowDown,
    Unreachable,
)
from bot.messages import Audience, Person, Place, Platform, Workspace
from bot.ports.chat import LookupImpossible, Posted
from tests.adapters.teams.activities import (
    ANNA,
    BEN,
    CHANNEL,
    CHEN,
    GROUP,
    PERSONAL,
    TEAM,
    words,
)
from tests.adapters.teams.connector import BOT, TENANT, Fault, member
from tests.adapters.teams.harness import FixedTokens, Wire, says

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WORKSPACE = Workspace(platform=Platform.TEAMS, id=TENANT)
PLACE = Place(workspace=WORKSPACE, channel=CHANNEL)
SINCE = datetime(2026, 11, 23, tzinfo=UTC)


async def met(wire: Wire, where: str = CHANNEL) -> None:
    """The coach has been in this conversation; nothing of that counts."""
    await wire.say(wire.sends.message("Hello?", where=where))
    wire.connector.sent.clear()
    wire.connector.tried = 0


# ── replies wait ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize("status", [412, 429, 503])
async def test_a_reply_is_tried_again_when_teams_asks_for_patience(wire: Wire, status: int) -> None:
    wire.connector.faults.extend([Fault(status=status), Fault(status=status)])
    await wire.say(wire.sends.message("Why?"))
    assert len(wire.connector.posts()) == 1
    assert wire.connector.tried == 3
    assert len(wire.paused) == 2


async def test_a_reply_waits_as_long_as_teams_says(wire: Wire) -> None:
    wire.connector.faults.append(Fault(status=429, headers={"Retry-After": "7"}))
    await wire.say(wire.sends.message("Why?"))
    assert len(wire.connector.posts()) == 1
    (pause,) = wire.paused
    assert 7.0 <= pause <= 10.5


async def test_a_reply_that_is_refused_for_good_is_not_tried_again(wire: Wire) -> None:
    wire.connector.faults.append(Fault(status=403, code="MessageWritesBlocked"))
    await wire.say(wire.sends.message("Why?"))
    assert wire.connector.tried == 1
    assert wire.paused == []


@pytest.mark.parametrize("status", [0, 500, 502, 504])
async def test_a_reply_that_was_perhaps_taken_is_tried_once_more(wire: Wire, status: int) -> None:
    wire.connector.faults.extend([Fault(status=status)])
    await wire.say(wire.sends.message("Why?"))
    assert len(wire.connector.posts()) == 1
    assert wire.connector.tried == 2


@pytest.mark.parametrize("status", [0, 500, 502, 504])
async def test_a_reply_that_was_perhaps_taken_is_not_tried_a_third_time(
    wire: Wire, status: int
) -> None:
    wire.connector.faults.extend([Fault(status=status)] * 2)
    await wire.say(wire.sends.message("Why?"))
    assert wire.connector.posts() == []
    assert wire.connector.tried == 2


async def test_a_token_that_ended_is_renewed_at_once(wire: Wire) -> None:
    wire.connector.faults.append(Fault(status=401))
    await wire.say(wire.sends.message("Why?"))
    (post,) = wire.connector.posts()
    assert post.authorization == "Bearer our-token-1"
    assert wire.paused == []


async def test_troubles_that_do_not_end_leave_the_next_question_alone(wire: Wire) -> None:
    wire.connector.faults.extend([Fault(status=502)] * 2)
    await wire.say(wire.sends.message("One?"))
    await wire.say(wire.sends.message("Two?"))
    assert len(wire.connector.posts()) == 1


async def test_a_click_whose_post_fails_says_so(wire: Wire) -> None:
    wire.stage.answers["ask.why"] = says("For all.")
    wire.connector.faults.append(Fault(status=403, code="MessageWritesBlocked", only="POST"))
    reply = await wire.say(wire.sends.execute({"data": {"coach": {"action": "ask.why"}}}))
    assert reply.status == 200
    assert "Teams didn’t take it" in reply.body["value"]


# ── what the coach starts by itself ──────────────────────────────────────────


async def test_a_post_of_our_own_begins_a_thread_and_can_be_changed_and_answered(
    wire: Wire,
) -> None:
    await met(wire)
    posted = await wire.teams.chat.post(PLACE, says("A pulse."), send_key="k")
    assert posted.place.thread == posted.message
    await wire.teams.chat.update(posted, says("Changed."))
    follow = await wire.teams.chat.post(posted.place, says("Results."), send_key="l")
    created, update, reply = wire.connector.sent
    root = f"{CHANNEL};messageid={posted.message}"
    assert created.path == "v3/conversations"
    assert update.path == f"v3/conversations/{root}/activities/{posted.message}"
    assert words(update.card) == "Changed."
    assert reply.path == f"v3/conversations/{root}/activities"
    assert follow.message == "posted-2" or follow.message.startswith("posted-")


async def test_a_post_to_a_group_chat_goes_into_it(wire: Wire) -> None:
    await met(wire, GROUP)
    place = Place(workspace=WORKSPACE, channel=GROUP)
    posted = await wire.teams.chat.post(place, says("A digest."), send_key="k")
    (sent,) = wire.connector.sent
    assert sent.path == f"v3/conversations/{GROUP}/activities"
    await wire.teams.chat.update(posted, says("Changed."))
    assert wire.connector.sent[-1].path.endswith(f"activities/{posted.message}")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(status=429, headers={"Retry-After": "30"}), SlowDown),
        (Fault(status=412), Unreachable),
        (Fault(status=503), Unreachable),
        (Fault(status=500), OutcomeUnknown),
        (Fault(status=502), OutcomeUnknown),
        (Fault(status=504), OutcomeUnknown),
        (Fault(status=0, accepted=True), OutcomeUnknown),
        (Fault(status=403, code="BotNotInConversationRoster"), Refused),
        (Fault(status=403, code="MessageWritesBlocked"), Refused),
        (Fault(status=404, code="ConversationNotFound"), Refused),
        (Fault(status=413, code="MessageSizeTooBig"), Refused),
        (Fault(status=400, code="BadSyntax"), Refused),
        (Fault(status=403), Denied),
        (Fault(status=404, page=True), Denied),
        (Fault(status=200, page=True), OutcomeUnknown),
    ],
    ids=lambda value: getattr(value, "code", "") or str(getattr(value, "status", "")),
)
async def test_a_send_of_our_own_tells_its_trouble_at_once(
    wire: Wire, fault: Fault, error: type[ChatError]
) -> None:
    await met(wire)
    wire.connector.faults.append(fault)
    with pytest.raises(error) as raised:
        await wire.teams.chat.post(PLACE, says("A digest."), send_key="k")
    assert type(raised.value) is error
    assert wire.connector.tried == 1
    assert wire.paused == []
    assert "secret words" not in raised.value.reason
    if isinstance(raised.value, SlowDown):
        assert raised.value.seconds == 30.0
    if fault.code:
        assert fault.code in raised.value.reason


async def test_a_service_that_nobody_answers_at_is_certainly_not_reached(wire: Wire) -> None:
    await met(wire)
    await wire.connector.server.close()
    with pytest.raises(Unreachable):
        await wire.teams.chat.post(PLACE, says("A digest."), send_key="k")


async def test_a_service_that_never_answers_leaves_the_outcome_unknown(wire: Wire) -> None:
    over = asyncio.Event()

    async def swallow(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    quick = aiohttp.ClientTimeout(total=0.2)
    sender = Sender(wire.session, FixedTokens(), wire.pause, quick)
    with pytest.raises(OutcomeUnknown):
        await sender.post(f"http://127.0.0.1:{port}/", "c", {}, patient=False)
    over.set()
    await asyncio.sleep(0.05)
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("trouble", [Fault(status=0, accepted=True), Fault(status=502)])
async def test_a_post_in_a_thread_is_never_repeated_by_itself(wire: Wire, trouble: Fault) -> None:
    await met(wire)
    wire.connector.faults.append(trouble)
    with pytest.raises(OutcomeUnknown):
        await wire.teams.chat.post(replace(PLACE, thread="1"), says("Results."), send_key="k")
    assert wire.connector.tried == 1


@pytest.mark.parametrize("after", ["", "soon", "-3"])
async def test_a_strange_retry_after_does_no_harm(wire: Wire, after: str) -> None:
    wire.connector.faults.append(Fault(status=429, headers={"Retry-After": after}))
    await wire.say(wire.sends.message("Why?"))
    assert len(wire.connector.posts()) == 1


# ── removed, renamed, unknown ────────────────────────────────────────────────


async def test_a_channel_that_never_met_the_coach_is_refused_without_a_request(wire: Wire) -> None:
    with pytest.raises(Refused):
        await wire.teams.chat.post(PLACE, says("A digest."), send_key="k")
    assert wire.connector.tried == 0


async def test_a_removed_coach_posts_no_more_until_it_is_back(wire: Wire) -> None:
    await met(wire)
    await wire.say(wire.sends.removed(BOT, where=TEAM))
    with pytest.raises(Refused) as raised:
        await wire.teams.chat.post(PLACE, says("A digest."), send_key="k")
    assert raised.value.gone
    assert wire.connector.tried == 0
    await wire.say(wire.sends.message("You are back?"))
    assert await wire.teams.chat.post(PLACE, says("A digest."), send_key="k")


async def test_a_restored_channel_is_posted_to_again(wire: Wire) -> None:
    await met(wire)
    await wire.say(wire.sends.update("channelDeleted"))
    with pytest.raises(Refused):
        await wire.teams.chat.post(PLACE, says("A digest."), send_key="k")
    await wire.say(wire.sends.update("channelRestored"))
    assert await wire.teams.chat.post(PLACE, says("A digest."), send_key="k")


async def test_a_reply_refused_because_the_coach_was_removed_is_remembered(wire: Wire) -> None:
    wire.connector.faults.append(Fault(status=403, code="BotNotInConversationRoster"))
    await wire.say(wire.sends.message("Why?"))
    with pytest.raises(Refused):
        await wire.teams.chat.post(PLACE, says("A digest."), send_key="k")


async def test_a_channel_whose_name_is_not_known_is_looked_up(wire: Wire) -> None:
    activity = wire.sends.message("Hello?")
    del activity["channelData"]["channel"]["name"]
    await wire.say(activity)
    wire.connector.channels[TEAM] = [{"id": TEAM, "name": None}, {"id": CHANNEL, "name": "crew"}]
    assert await wire.teams.chat.channel_name(PLACE) == "crew"


async def test_the_general_channel_is_known_by_its_teams_name(wire: Wire) -> None:
    await wire.say(wire.sends.added(BOT, where=TEAM))
    place = Place(workspace=WORKSPACE, channel=TEAM)
    assert await wire.teams.chat.channel_name(place) == "Platform team"


async def test_an_unknown_channel_has_no_name(wire: Wire) -> None:
    assert await wire.teams.chat.channel_name(PLACE) is None


# ── people ───────────────────────────────────────────────────────────────────


async def test_the_members_of_a_channel_are_read_page_by_page_without_bots(wire: Wire) -> None:
    await met(wire)
    wire.connector.rosters[TEAM] = [
        member(ANNA, "Anna Weber", "owner"),
        member(BOT, "Coach"),
        member(BEN, "Ben Ode", "guest"),
        member(CHEN, "Chen Li", tenant="elsewhere"),
        member("29:dora", "Dora Roy"),
    ]
    found = await wire.teams.chat.members(PLACE)
    assert [one.name for one in found] == ["Anna Weber", "Ben Ode", "Chen Li", "Dora Roy"]
    anna, ben, chen, _ = found
    assert (anna.standing.owner, ben.standing.guest, chen.standing.external) == (True, True, True)
    assert anna.zone == "Europe/Berlin"
    assert ben.zone is None


async def test_a_private_channel_has_a_roster_of_its_own(wire: Wire) -> None:
    activity = wire.sends.message("Hello?")
    activity["channelData"]["channel"]["type"] = "private"
    await wire.say(activity)
    wire.connector.rosters[CHANNEL] = [member(ANNA, "Anna Weber")]
    wire.connector.rosters[TEAM] = [member(BEN, "Ben Ode")]
    assert [one.name for one in await wire.teams.chat.members(PLACE)] == ["Anna Weber"]


async def test_a_direct_message_opens_a_chat_once_and_uses_it_then(wire: Wire) -> None:
    await met(wire)
    person = Person(workspace=WORKSPACE, id=BEN)
    first = await wire.teams.chat.direct(person, says("An invitation."), send_key="k")
    await wire.teams.chat.direct(person, says("A reminder."), send_key="l")
    assert [one.path for one in wire.connector.sent] == [
        "v3/conversations",
        f"v3/conversations/a:{BEN}/activities",
        f"v3/conversations/a:{BEN}/activities",
    ]
    assert first.place.private is True


FIRST = Person(workspace=WORKSPACE, id=BEN)  # nobody has a chat with him yet


async def test_a_slow_down_for_the_first_chat_with_a_person_is_told_at_once(wire: Wire) -> None:
    await met(wire)
    wire.connector.faults.append(Fault(status=429, headers={"Retry-After": "10"}))
    with pytest.raises(SlowDown) as raised:
        await wire.teams.chat.direct(FIRST, says("An invitation."), send_key="k")
    assert raised.value.seconds == 10
    assert wire.connector.tried == 1
    assert wire.paused == []


@pytest.mark.parametrize("status", [0, 500, 502, 503, 504])
async def test_a_first_chat_that_was_perhaps_opened_leaves_no_doubt_about_the_message(
    wire: Wire, status: int
) -> None:
    await met(wire)
    wire.connector.faults.append(Fault(status=status))
    with pytest.raises(Unreachable):
        await wire.teams.chat.direct(FIRST, says("An invitation."), send_key="k")
    assert wire.connector.tried == 1
    await wire.teams.chat.direct(FIRST, says("An invitation."), send_key="k")
    assert len(wire.connector.posts()) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(status=0, accepted=True, path="activities"), OutcomeUnknown),
        (Fault(status=504, accepted=True, path="activities"), OutcomeUnknown),
        (Fault(status=429, path="activities"), SlowDown),
    ],
    ids=["dropped", "gateway", "slow down"],
)
async def test_the_first_message_to_a_person_is_never_repeated_by_itself(
    wire: Wire, fault: Fault, error: type[ChatError]
) -> None:
    await met(wire)
    wire.connector.faults.append(fault)
    with pytest.raises(error):
        await wire.teams.chat.direct(FIRST, says("An invitation."), send_key="k")
    assert wire.connector.tried == 2  # the chat, and the message
    assert wire.paused == []


async def test_a_person_who_blocked_the_coach_cannot_be_reached(wire: Wire) -> None:
    await met(wire)
    wire.connector.blocked.add(BEN)
    with pytest.raises(Refused) as raised:
        await wire.teams.chat.direct(FIRST, says("An invitation."), send_key="k")
    assert raised.value.gone


async def test_a_direct_message_uses_the_chat_that_the_person_began(wire: Wire) -> None:
    await met(wire, PERSONAL)
    person = Person(workspace=WORKSPACE, id=ANNA)
    await wire.teams.chat.direct(person, says("An invitation."), send_key="k")
    (sent,) = wire.connector.sent
    assert sent.path == f"v3/conversations/{PERSONAL}/activities"


async def test_nobody_is_written_to_in_a_tenant_that_the_coach_is_not_in(wire: Wire) -> None:
    await met(wire)
    stranger = Person(workspace=Workspace(platform=Platform.TEAMS, id="other"), id=BEN)
    with pytest.raises(Refused):
        await wire.teams.chat.direct(stranger, says("Hello."), send_key="k")
    other = Place(workspace=stranger.workspace, channel=CHANNEL)
    with pytest.raises(Refused):
        await wire.teams.chat.post(other, says("Hello."), send_key="k")
    assert wire.connector.tried == 0


async def test_a_forgotten_person_leaves_no_row(wire: Wire) -> None:
    await met(wire, PERSONAL)
    person = Person(workspace=WORKSPACE, id=ANNA)
    assert await wire.store.references.known(person) is not None
    await wire.store.references.forget(person)
    assert await wire.store.references.known(person) is None
    place = Place(workspace=WORKSPACE, channel=PERSONAL)
    assert await wire.store.references.find(place) is None


async def test_teams_cannot_say_whether_a_send_got_through(wire: Wire) -> None:
    with pytest.raises(LookupImpossible):
        await wire.teams.chat.find(PLACE, "k", since=SINCE)


async def test_the_address_of_a_service_may_change_and_the_new_one_is_used(wire: Wire) -> None:
    await met(wire)
    await wire.store.references.mark(PLACE, gone=False)
    other = wire.connector.service + "emea/"
    activity = wire.sends.message("Hello?") | {"serviceUrl": other}
    await wire.post(activity, wire.connector.signer.token(other))
    await wire.app.close()
    wire.connector.sent.clear()
    await wire.teams.chat.post(PLACE, says("A digest."), send_key="k")
    (sent,) = wire.connector.sent
    assert sent.path == "emea/v3/conversations"


async def test_an_update_of_what_is_gone_is_refused(wire: Wire) -> None:
    await met(wire)
    wire.connector.faults.append(Fault(status=404, code="ActivityNotFoundInConversation"))
    with pytest.raises(Refused):
        await wire.teams.chat.update(Posted(place=PLACE, message="x"), says("Changed."))


async def test_requests_beyond_what_is_in_hand_are_asked_to_come_again(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.teams.app.MOST_IN_HAND", 1)
    hold = asyncio.Event()

    async def wait() -> None:
        await hold.wait()

    wire.stage.before = wait
    assert (await wire.post(wire.sends.message("One?"))).status == 202
    assert (await wire.post(wire.sends.message("Two?"))).status == 503
    hold.set()
    await wire.app.close()
    wire.stage.before = None
    wire.stage.answer = says("Yes.", audience=Audience.THREAD)
    assert (await wire.post(wire.sends.message("Three?"))).status == 202
    await wire.app.close()
