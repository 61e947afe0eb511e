"""What pulses do by themselves, round by round: no platform and no other pulse holds it up."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import insert, select, update

from adapters.database.cipher import Cipher, WrongKey
from adapters.database.store import DatabaseStore
from adapters.database.tables.pulses import ballots, pulse_secrets, pulses, sealed_ballots
from adapters.database.tables.sends import sends
from bot.errors import ChatError, Refused, SlowDown, Unreachable
from bot.messages import Message, Person, Place, Platform, Renamed, Workspace
from bot.ports.chat import Member, Posted
from bot.ports.pulses import Pulse, PulseState
from bot.ports.sends import SendState
from bot.scoring import Limits
from knowledge.base import KnowledgeBase
from tests.bot.test_digests import ON, digest, posts
from tests.bot.test_pulse import answered, said
from tests.fakes import WORKSPACE, FakeChat, members
from tests.town import LAUNCH, LEAD, MONDAY, TEAM, Town, town

SERIES = LAUNCH.replace("|0w|", "|2w|")
GONE = Workspace(platform=Platform.SLACK, id="GONE")


class Moody(FakeChat):
    """Fails at edits or at reading members while told to."""

    edits: ChatError | None = None
    reading: ChatError | None = None
    hangs: bool = False
    edited: int = 0
    read: int = 0

    async def update(self, posted: Posted, message: Message) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        if self.edits:
            raise self.edits
        self.edited += 1
        await FakeChat.update(self, posted, message)

    async def members(self, place: Place) -> tuple[Member, ...]:
        self.read += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.reading:
            raise self.reading
        return await FakeChat.members(self, place)


@pytest.fixture
async def chat() -> Moody:
    return Moody(channels={"C1": members(TEAM)}, posts_a_second=10_000.0)


@pytest.fixture
async def here(store: DatabaseStore, base: KnowledgeBase, chat: Moody) -> Town:
    return await town(store, base, chat=chat)


async def shown(here: Town, pulse: Pulse) -> str:
    """What stands in the channel."""
    post = (await here.pulse(pulse)).post
    assert post
    return said(here.chat.standing[post.message])


async def free(here: Town) -> None:
    """Leases and waits, which run by the database's clock, are over."""
    async with here.store.database.writing() as connection:
        await connection.execute(update(sends).values(ready=None))


async def channel(here: Town, name: str) -> str:
    """Another channel with the same people and lead; what launches a pulse there."""
    here.chat.channels[name] = members(TEAM)
    lead = Person(workspace=WORKSPACE, id=LEAD)
    await here.store.roles.add_first_lead(lead, name, now=MONDAY)
    return LAUNCH.replace("C1", name)


# ── changes of the invitation ────────────────────────────────────────────────


async def test_a_platform_that_hangs_holds_up_no_planning(here: Town, chat: Moody) -> None:
    pulse = await here.launch(SERIES)
    await digest(here, ON)
    await answered(here, pulse, TEAM[:6])
    chat.hangs = True
    here.now += timedelta(days=14, minutes=20)  # a count, a close, a digest and the next pulse
    async with asyncio.timeout(5):
        await here.sending.plan()
    kinds = {kind for kind, _ in await here.store.sends.counts()}
    assert {"digest", "pulse.update", "pulse.next", "pulse.result"} <= kinds


async def test_slow_down_to_an_edit_pauses_the_workspace_and_the_edit_follows(
    here: Town, chat: Moody
) -> None:
    pulse = await here.launch()
    await answered(here, pulse, TEAM[:6])
    chat.edits = SlowDown("ratelimited", seconds=1.0)
    await here.pass_time(minutes=20)
    assert await here.store.sends.paused(WORKSPACE)
    assert "0 of 12" in await shown(here, pulse)
    chat.edits = None
    await here.deliver()
    assert "0 of 12" in await shown(here, pulse)  # paused is paused, for edits too
    await asyncio.sleep(1.2)
    await here.deliver()
    assert "6 of 12" in await shown(here, pulse)


@pytest.mark.parametrize("action", ["pulse.close", "pulse.cancel"])
async def test_an_end_is_shown_however_often_the_edit_fails(
    here: Town, chat: Moody, action: str
) -> None:
    pulse = await here.launch()
    await answered(here, pulse, TEAM[:6])
    chat.edits = Unreachable("no route")
    await here.click(LEAD, action, pulse.id)
    for _ in range(here.sending.limits.tries + 1):
        await free(here)
        await here.deliver()
    assert "Answer privately" in str(here.chat.standing)
    chat.edits = None
    await free(here)
    await here.deliver()
    post = (await here.pulse(pulse)).post
    assert post
    assert "Answer privately" not in str(here.chat.standing[post.message])


async def test_a_close_while_an_older_edit_is_under_way_has_the_last_word(here: Town) -> None:
    pulse = await here.launch()
    await answered(here, pulse, TEAM[:6])
    here.now += timedelta(minutes=20)
    await here.sending.plan()
    (taken,) = await here.sending.take_these(WORKSPACE, [f"pulse.update:{pulse.id}"])
    await here.click(LEAD, "pulse.close", pulse.id)
    async with here.store.database.reading() as connection:
        attempts = select(sends.c.attempts).where(sends.c.key == taken.claimed.send.key)
        assert (await connection.execute(attempts)).scalar_one() > taken.claimed.attempt
    await here.sending.deliver(taken)  # its outcome doesn't count: it may show what was before
    assert await here.store.sends.one(WORKSPACE, f"pulse.update:{pulse.id}")
    await free(here)
    await here.deliver()
    assert "Closed: " in await shown(here, pulse)
    assert not await here.store.sends.one(WORKSPACE, f"pulse.update:{pulse.id}")


async def test_an_invitation_that_was_posted_late_shows_what_happened_meanwhile(
    here: Town,
) -> None:
    await here.click(LEAD, "pulse.launch", LAUNCH)
    (pulse,) = await here.store.pulses.open_in(WORKSPACE, "C1")
    (taken,) = await here.sending.take_these(WORKSPACE, [f"pulse.post:{pulse.id}"])
    message = await here.surveying.sender.compose(taken.claimed.send, here.now)
    assert isinstance(message, Message)
    posted = await here.chat.post(taken.claimed.send.place, message, send_key="1")
    await here.click(LEAD, "pulse.close", pulse.id)
    await here.deliver()
    await here.surveying.sender.posted(taken.claimed.send, posted)
    await here.deliver()
    assert "Closed: " in await shown(here, pulse)


async def test_nothing_is_edited_where_nothing_changed_and_nothing_between_quarters(
    here: Town, chat: Moody
) -> None:
    pulse = await here.launch()
    await answered(here, pulse, TEAM[:2])
    await here.pass_time(minutes=20)
    assert chat.edited == 1
    await here.pass_time(minutes=45)
    assert chat.edited == 1
    await answered(here, pulse, TEAM[2:4])
    await here.pass_time(minutes=5)
    assert chat.edited == 1
    assert "2 of 12" in await shown(here, pulse)
    await here.pass_time(minutes=15)
    assert chat.edited == 2


async def test_a_new_end_is_shown_with_the_count_that_was_told(here: Town) -> None:
    pulse = await here.launch()
    before = await shown(here, pulse)
    await answered(here, pulse, TEAM[:3])
    await here.command(LEAD, "extend 3")
    await here.deliver()
    assert "0 of 12" in await shown(here, pulse)
    assert await shown(here, pulse) != before


async def test_edits_leave_no_trace_and_trouble_nobody(here: Town, chat: Moody) -> None:
    pulse = await here.launch()
    await answered(here, pulse, TEAM[:2])
    chat.edits = Refused("message_not_found", gone=True)  # somebody deleted the post
    await here.pass_time(minutes=20)
    async with here.store.database.reading() as connection:
        kinds = set((await connection.execute(select(sends.c.kind))).scalars())
    assert not {"pulse.update", "word"} & kinds
    assert (await here.store.channels.team(WORKSPACE, "C1")).gone is None


# ── one that fails ───────────────────────────────────────────────────────────


async def readable(here: Town, pulse: Pulse, answers: str) -> None:
    """All ballots of a closed pulse read so."""
    async with here.store.database.writing() as connection:
        of = update(ballots).where(ballots.c.pulse == pulse.id)
        await connection.execute(of.values(answers=answers))


async def test_a_result_that_cannot_be_computed_holds_up_no_other(here: Town) -> None:
    bad = await here.launch()
    good = await here.launch(await channel(here, "C2"))
    await answered(here, bad, TEAM[:6])
    for one in TEAM[:6]:
        await here.answer(one, good, 4, channel="C2")
    here.now = bad.closes + timedelta(minutes=1)
    for pulse in (bad, good):
        await here.store.ballots.close(pulse, here.now, Limits())
    await readable(here, bad, "?" * len(bad.statements))
    for _ in range(5):
        await here.sending.plan()
        here.now += timedelta(seconds=5)
    assert (await here.pulse(good)).result
    assert [type(error) for error in here.reports.errors] == [ValueError]
    for _ in range(24 * 12):
        await here.sending.plan()
        here.now += timedelta(minutes=5)
    assert 20 < len(here.reports.errors) < 40  # in a day: more and more seldom, at last each hour
    here.reports.errors.clear()
    await readable(here, bad, "4" * len(bad.statements))
    await here.pass_time(hours=1)
    await here.deliver()
    assert (await here.pulse(bad)).result


async def test_many_pulses_that_cannot_be_closed_hold_up_no_other(here: Town) -> None:
    model = await here.launch()
    names = [f"g{number}" for number in range(60)]
    before = model.closes - timedelta(hours=1)
    for name in names:
        lost = replace(model, workspace=GONE, id=name, channel=name, closes=before)
        await here.store.pulses.launch(lost, (), ())
    stranger = Cipher((Fernet.generate_key().decode(),)).seal(b"x" * 32)
    async with here.store.database.writing() as connection:
        theirs = update(pulse_secrets).where(pulse_secrets.c.workspace == GONE.key)
        await connection.execute(theirs.values(sealed=stranger))
        rows = [
            {"workspace": GONE.key, "pulse": name, "key": str(key), "sealed": b"?"}
            for name in names
            for key in range(5)
        ]
        await connection.execute(insert(sealed_ballots), rows)
    here.now = model.closes + timedelta(minutes=1)
    for _ in range(2):
        await here.sending.plan()
    assert {type(error) for error in here.reports.errors} == {WrongKey}
    assert len(here.reports.errors) == len(names)
    assert (await here.pulse(model)).state is PulseState.CLOSED


async def test_series_whose_channels_cannot_be_read_hold_up_no_other(
    here: Town, chat: Moody
) -> None:
    model = await here.launch(SERIES)
    for number in range(120):
        opened = model.opened - timedelta(hours=1)
        lost = replace(model, workspace=GONE, id=f"g{number}", channel=f"G{number}", opened=opened)
        await here.store.pulses.launch(lost, (), ())
    here.now = model.opened + timedelta(days=14, minutes=1)
    chat.read = 0
    for _ in range(4):
        await here.sending.plan()
    assert chat.read == 0  # that is for whoever delivers
    await here.deliver()
    opened_now = await here.store.pulses.open_in(WORKSPACE, "C1")
    assert [one.pillar for one in opened_now] == ["process"]


async def test_a_series_goes_on_when_its_channel_can_be_read_again(here: Town, chat: Moody) -> None:
    await here.launch(SERIES)
    chat.reading = Unreachable("no route")
    await here.pass_time(days=15)
    assert not await here.store.pulses.open_in(WORKSPACE, "C1")
    chat.reading = None
    await free(here)
    await here.deliver()
    assert len(await here.store.pulses.open_in(WORKSPACE, "C1")) == 1


async def test_a_series_whose_channel_stays_unreadable_ends_with_a_word(
    here: Town, chat: Moody
) -> None:
    await here.launch(SERIES)
    chat.reading = Refused("not_in_channel")
    here.now += timedelta(days=14)
    await here.deliver()
    here.now += timedelta(days=7, hours=1)
    await free(here)
    await here.deliver()
    await here.deliver()  # the word
    assert "ended" in said(here.chat.directs[-1][1])
    async with here.store.database.reading() as connection:
        coming = select(pulses.c.id).where(pulses.c.next_start.is_not(None))
        assert (await connection.execute(coming)).first() is None


async def test_slow_down_while_members_are_read_pauses_the_workspace(
    here: Town, chat: Moody
) -> None:
    await here.launch(SERIES)
    chat.reading = SlowDown("ratelimited", seconds=30.0)
    await here.pass_time(days=14)
    assert await here.store.sends.paused(WORKSPACE)


# ── channels that move or go ─────────────────────────────────────────────────


async def moved(here: Town, new: str) -> None:
    renamed = Renamed(**here._from(LEAD), new_channel=new)
    await here.roles.renamed(renamed)
    await here.digesting.settings.renamed(renamed)


async def test_a_moved_channel_gets_no_second_digest_of_a_week(here: Town) -> None:
    await digest(here, ON)
    await here.pass_time(days=7)
    assert len(posts(here)) == 1
    await moved(here, "C9")
    here.chat.channels["C9"] = members(TEAM)
    answer = await digest(here, "on fri 09:00 UTC", channel="C9")
    assert "20 Mar" in answer.summary  # this week has had its own
    await here.pass_time(days=5)
    assert len(posts(here)) == 1


async def test_a_digest_that_waits_goes_to_where_its_channel_is_now(here: Town) -> None:
    await digest(here, ON)
    here.now += timedelta(days=7)
    await here.sending.plan()
    await moved(here, "C9")
    await here.deliver()
    assert [place.channel for place, *_ in here.chat.posts] == ["C9"]


async def test_a_pulse_ends_and_goes_on_where_its_channel_is_now(here: Town) -> None:
    pulse = await here.launch(SERIES)
    await answered(here, pulse, TEAM[:6])
    await moved(here, "C9")
    here.chat.channels["C9"] = here.chat.channels.pop("C1")
    await here.pass_time(days=14, hours=1)
    assert "Closed: " in await shown(here, pulse)
    assert {place.channel for place, *_ in here.chat.posts[1:]} == {"C9"}
    assert len(await here.store.pulses.open_in(WORKSPACE, "C9")) == 1


async def test_nobody_is_asked_about_a_channel_that_is_gone_and_the_lead_has_the_report(
    here: Town,
) -> None:
    pulse = await here.launch()
    await answered(here, pulse, TEAM[:6])
    await here.store.channels.gone(WORKSPACE, "C1", "archived")
    here.chat.directs.clear()
    await here.pass_time(days=8)
    assert [person.id for person, *_ in here.chat.directs] == [LEAD]
    report = await here.store.sends.one(WORKSPACE, f"pulse.report:{pulse.id}")
    assert report
    assert report.state is SendState.SENT
