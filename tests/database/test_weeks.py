"""What digests are made of, read for many channels: nothing gets mixed up."""

from datetime import UTC, datetime, time, timedelta

from adapters.database.store import DatabaseStore
from bot.messages import Place, Platform, Workspace
from bot.ports.actions import Action, ActionState
from bot.ports.asking import GapReason
from bot.ports.channels import PastDigest, Slot, SlotKind, Team
from bot.ports.weeks import Channel, ChannelWeek
from knowledge.model import Language
from tests.noting import counted

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
WEEK = timedelta(days=7)
ACME = Workspace(platform=Platform.SLACK, id="T1")
OTHER = Workspace(platform=Platform.TEAMS, id="T2")


async def read(store: DatabaseStore, *channels: Channel) -> dict[Channel, ChannelWeek]:
    found = await store.weeks.of(
        channels, since=NOW - WEEK, most_pulses=40, most_ended=9, most_gaps=2, most_past=3
    )
    return dict(found)


async def fill(store: DatabaseStore, workspace: Workspace, channel: str, number: int) -> None:
    place = Place(workspace=workspace, channel=channel)
    await store.channels.put_team(Team(workspace=workspace, channel=channel, name=f"n{number}"))
    await store.channels.put_slot(
        Slot(
            workspace=workspace,
            channel=channel,
            kind=SlotKind.DIGEST,
            weekday=number,
            at=time(9),
            zone="UTC",
        )
    )
    for one in range(number):
        await store.asking.keep(counted(place, "people.overview", NOW))
        await store.asking.add_gap(
            place,
            text=f"how {one}?",
            language=Language.EN,
            reason=GapReason.NOT_COVERED,
            nearest=(),
            now=NOW,
        )
        await store.actions.add(_action(workspace, channel, f"{channel}{one}"))


def _action(workspace: Workspace, channel: str, name: str) -> Action:
    return Action(
        workspace=workspace,
        id=name,
        channel=channel,
        topic="people.overview",
        title=name,
        owner="p1",
        due_week="2026-W20",
        author="p1",
        created=NOW,
        state=ActionState.OPEN,
        ended=None,
        pulse=None,
    )


async def test_the_same_channel_id_in_two_workspaces_is_two_channels(store: DatabaseStore) -> None:
    await fill(store, ACME, "C1", 1)
    await fill(store, OTHER, "C1", 2)
    await fill(store, ACME, "C2", 4)
    found = await read(store, (ACME, "C1"), (OTHER, "C1"), (ACME, "C9"))
    assert set(found) == {(ACME, "C1"), (OTHER, "C1"), (ACME, "C9")}
    for channel, number in (((ACME, "C1"), 1), ((OTHER, "C1"), 2)):
        week = found[channel]
        assert week.team.name == f"n{number}"
        assert week.slot is not None
        assert week.slot.weekday == number
        assert week.answered == ((NOW.date(), "people.overview", number),)
        assert (len(week.gaps), len(week.actions)) == (number, number)
    empty = found[ACME, "C9"]
    assert empty.team == Team(workspace=ACME, channel="C9")
    assert empty.slot is None
    kept = (empty.gaps, empty.actions, empty.answered, empty.past, empty.closed, empty.open)
    assert kept == ((),) * 6


async def test_the_most_is_for_each_channel_and_the_first_are_taken(store: DatabaseStore) -> None:
    past = [
        PastDigest(
            workspace=ACME,
            channel=channel,
            kind=kind,
            week=f"2026-W0{week}",
            made=NOW,
            headline="h",
            text="t",
            quiet=week % 2 == 0,
        )
        for channel in ("C1", "C2")
        for kind in SlotKind
        for week in range(1, 6)
    ]
    await store.channels.keep_digests(past)
    await fill(store, ACME, "C1", 3)
    found = await read(store, (ACME, "C1"), (ACME, "C2"))
    weeks = (("2026-W05", False), ("2026-W04", True), ("2026-W03", False))
    assert found[ACME, "C1"].past == found[ACME, "C2"].past == weeks
    assert len(found[ACME, "C1"].gaps) == 2
    assert await store.asking.gaps(ACME, "C1", since=NOW - WEEK, most=2) == found[ACME, "C1"].gaps


async def test_what_was_before_that_is_left_out(store: DatabaseStore) -> None:
    await fill(store, ACME, "C1", 2)
    later = NOW + 2 * WEEK
    found = await store.weeks.of(
        [(ACME, "C1")], since=later, most_pulses=1, most_ended=9, most_gaps=9, most_past=9
    )
    week = found[ACME, "C1"]
    assert (week.gaps, week.answered, len(week.actions)) == ((), (), 2)
