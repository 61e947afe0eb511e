"""Leads, admins and the audit trail, on both databases."""

import asyncio
from datetime import UTC, datetime, timedelta

from adapters.database.store import DatabaseStore
from bot.messages import Person, Platform, Workspace
from bot.ports.roles import Act

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ACME = Workspace(platform=Platform.SLACK, id="ACME")
OTHER = Workspace(platform=Platform.SLACK, id="OTHER")


def person(name: str, workspace: Workspace = ACME) -> Person:
    return Person(workspace=workspace, id=name)


async def test_leads_are_of_one_channel_in_one_workspace_longest_first(
    store: DatabaseStore,
) -> None:
    roles = store.roles
    for minute, name in enumerate(("bo", "anna")):
        later = NOW + timedelta(minutes=minute)
        assert await roles.add_lead(person(name), "C1", by=person("x"), now=later)
    assert not await roles.add_lead(person("bo"), "C1", by=person("x"), now=NOW)
    assert await roles.leads(ACME, "C1") == (person("bo"), person("anna"))
    assert await roles.leads(ACME, "C2") == ()
    assert await roles.leads(OTHER, "C1") == ()
    assert await roles.led_by(person("anna")) == ("C1",)
    assert await roles.led_by(person("anna", OTHER)) == ()


async def test_of_many_who_come_first_at_once_one_leads(store: DatabaseStore) -> None:
    names = [f"p{number}" for number in range(8)]
    became = await asyncio.gather(
        *(store.roles.add_first_lead(person(name), "C1", now=NOW) for name in names)
    )
    assert sum(became) == 1
    assert len(await store.roles.leads(ACME, "C1")) == 1


async def test_two_leads_who_remove_each_other_at_once_leave_one(store: DatabaseStore) -> None:
    roles = store.roles
    anna, bo = person("anna"), person("bo")
    for one in (anna, bo):
        await roles.add_lead(one, "C1", by=one, now=NOW)
    await asyncio.gather(
        roles.remove_lead(anna, "C1", by=bo, now=NOW, leave_one=True),
        roles.remove_lead(bo, "C1", by=anna, now=NOW, leave_one=True),
    )
    assert len(await roles.leads(ACME, "C1")) == 1


async def test_the_trail_says_who_did_what_newest_first_and_only_here(
    store: DatabaseStore,
) -> None:
    roles = store.roles
    await roles.add_lead(person("anna"), "C1", by=person("x"), now=NOW)
    await roles.remove_lead(
        person("anna"), "C1", by=person("y"), now=NOW + timedelta(hours=1), leave_one=False
    )
    await roles.add_admin(person("root"), by=person("x"), now=NOW)
    act = Act(workspace=OTHER, channel="C1", by="z", what="lead.added", at=NOW)
    await roles.note(act)
    here = await roles.trail(ACME, "C1", most=10)
    assert [(one.what, one.by, one.subject) for one in here] == [
        ("lead.removed", "y", "anna"),
        ("lead.added", "x", "anna"),
    ]
    assert len(await roles.trail(ACME, None, most=10)) == 3
    assert len(await roles.trail(ACME, None, most=1)) == 1
    assert await roles.trail(OTHER, None, most=10) == (act,)


async def test_a_forgotten_person_has_no_rights_and_no_name_in_the_trail(
    store: DatabaseStore,
) -> None:
    roles = store.roles
    anna = person("anna")
    await roles.add_lead(anna, "C1", by=anna, now=NOW)
    await roles.add_admin(anna, by=anna, now=NOW)
    await roles.add_lead(person("anna", OTHER), "C1", by=person("anna", OTHER), now=NOW)
    await roles.forget(anna, stand_in="somebody")
    assert await roles.leads(ACME, "C1") == ()
    assert await roles.admins(ACME) == ()
    trail = await roles.trail(ACME, None, most=10)
    assert {name for act in trail for name in (act.by, act.subject)} == {"somebody"}
    assert await roles.leads(OTHER, "C1") == (person("anna", OTHER),)
