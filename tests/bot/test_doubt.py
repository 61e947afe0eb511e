"""After a try with an unknown outcome: what stands is looked for, in time and in parts."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from adapters.database.store import DatabaseStore
from bot.errors import OutcomeUnknown
from bot.messages import Message, Person, Place
from bot.ports.chat import Begun, Posted
from bot.ports.sends import SendState
from tests.fakes import FakeChat
from tests.office import Office, Platform


@dataclass(kw_only=True, slots=True)
class Behind(Platform):
    """Its clock is behind the database's."""

    by: timedelta

    async def find(
        self, where: Place | Person, send_key: str, *, since: datetime
    ) -> Posted | Begun | None:
        if datetime.now(UTC) - self.by < since:
            return None
        return await Platform.find(self, where, send_key, since=since)


async def test_a_post_is_found_although_the_platforms_clock_is_behind(
    store: DatabaseStore,
) -> None:
    office = Office(store=store, chat=Behind(by=timedelta(minutes=20)))
    office.chat.answers, office.chat.accepts = [OutcomeUnknown("reset")], True
    await office.plan()
    await office.try_once()
    await office.try_again()
    assert (await office.outcome()).state is SendState.SENT
    assert len(office.chat.posts) == 1


@dataclass(kw_only=True, slots=True)
class InPart(Platform):
    """Of what it was given the first of two parts stands."""

    continued: list[Begun | None] = field(default_factory=list)

    async def post(
        self, place: Place, message: Message, *, send_key: str, begun: Begun | None = None
    ) -> Posted:
        self.continued.append(begun)
        return await Platform.post(self, place, message, send_key=send_key)

    async def direct(
        self, person: Person, message: Message, *, send_key: str, begun: Begun | None = None
    ) -> Posted:
        self.continued.append(begun)
        if self.answers:
            raise self.answers.pop() or AssertionError
        return await FakeChat.direct(self, person, message, send_key=send_key)

    async def find(
        self, where: Place | Person, send_key: str, *, since: datetime
    ) -> Posted | Begun | None:
        place = where if isinstance(where, Place) else Place(workspace=where.workspace, channel="D")
        return Begun(posted=Posted(place=place, message="m1"), parts=frozenset({0}))


@pytest.mark.parametrize("person", [None, "ada"], ids=["post", "direct"])
async def test_what_stands_in_part_is_gone_on_with(
    store: DatabaseStore, person: str | None
) -> None:
    chat = InPart(answers=[OutcomeUnknown("reset")])
    office = Office(store=store, chat=chat)
    await office.plan(person=person)
    await office.try_once()
    await office.try_again()
    assert (await office.outcome()).state is SendState.SENT
    first, again = chat.continued
    assert first is None
    assert again
    assert again.parts == {0}


async def test_a_direct_send_that_got_through_is_not_made_twice_where_one_can_look(
    store: DatabaseStore,
) -> None:
    @dataclass(kw_only=True, slots=True)
    class Searchable(Platform):
        async def direct(
            self, person: Person, message: Message, *, send_key: str, begun: Begun | None = None
        ) -> Posted:
            place = Place(workspace=person.workspace, channel="D", private=True)
            return await self.post(place, message, send_key=send_key)

    office = Office(store=store, chat=Searchable(answers=[OutcomeUnknown("reset")], accepts=True))
    await office.plan(person="ada")
    await office.try_once()
    await office.try_again()
    assert (await office.outcome()).state is SendState.SENT
    assert len(office.chat.posts) == 1
