"""How the people of one pulse overlap with those of others that asked the same."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.tables.pulses import pulse_audience
from bot.ports.pulses import Pulse
from bot.scoring import Neighbour


async def neighbours_of(
    connection: AsyncConnection, pulse: Pulse, others: Sequence[Pulse]
) -> tuple[Neighbour, ...]:
    """Each by itself; and several together, because a department less its teams may be a few."""
    found: list[Neighbour] = []
    alike = [other for other in others if set(pulse.order) & set(other.order)]
    near = await _reached(connection, pulse, alike)
    for other in near:
        common = frozenset(pulse.order) & frozenset(other.order)
        shared = await _shared(connection, pulse, other)
        if shared:
            found.append(
                Neighbour(
                    statements=common,
                    only_theirs=other.invited - shared,
                    only_ours=pulse.invited - shared,
                    respondents=other.answered or 0,
                )
            )
    if len(near) > 1:
        found += await _together(connection, pulse, near)
    return tuple(found)


async def _reached(
    connection: AsyncConnection, pulse: Pulse, others: Sequence[Pulse]
) -> list[Pulse]:
    """Those with common people, those with people in common with them, and so on."""
    names, reached, before = {other.id for other in others}, {pulse.id}, 0
    while len(reached) > before:
        before = len(reached)
        theirs = _people(pulse, reached, pulse_audience.c.person)
        wanted = _people(pulse, names - reached, pulse_audience.c.pulse).distinct()
        more = wanted.where(pulse_audience.c.person.in_(theirs))
        reached |= set((await connection.execute(more)).scalars())
    return [other for other in others if other.id in reached]


def _people(pulse: Pulse, names: Collection[str], column: ColumnElement[str]) -> Select[str]:
    return select(column).where(
        pulse_audience.c.workspace == pulse.workspace.key, pulse_audience.c.pulse.in_(names)
    )


async def _shared(connection: AsyncConnection, pulse: Pulse, other: Pulse) -> int:
    there = pulse_audience.alias()
    both = (
        select(func.count())
        .select_from(pulse_audience)
        .join(
            there,
            and_(
                there.c.workspace == pulse_audience.c.workspace,
                there.c.person == pulse_audience.c.person,
                there.c.pulse == other.id,
            ),
        )
        .where(
            pulse_audience.c.workspace == pulse.workspace.key,
            pulse_audience.c.pulse == pulse.id,
        )
    )
    return int((await connection.execute(both)).scalar_one())


async def _together(
    connection: AsyncConnection, pulse: Pulse, near: Sequence[Pulse]
) -> list[Neighbour]:
    """Who is in one of these pulses alone is what is left when the others are subtracted."""
    alone = (
        select(func.min(pulse_audience.c.pulse).label("pulse"))
        .where(
            pulse_audience.c.workspace == pulse.workspace.key,
            pulse_audience.c.pulse.in_([pulse.id, *(other.id for other in near)]),
        )
        .group_by(pulse_audience.c.person)
        .having(func.count() == 1)
        .subquery()
    )
    counted = select(alone.c.pulse, func.count()).group_by(alone.c.pulse)
    left = {name: number for name, number in (await connection.execute(counted)).all()}
    return [
        Neighbour(
            statements=frozenset(pulse.order) & frozenset(other.order),
            only_theirs=left.get(other.id, 0),
            only_ours=left.get(pulse.id, 0),
            respondents=pulse.answered or 0,  # compared by each pulse itself
        )
        for other in near
    ]
