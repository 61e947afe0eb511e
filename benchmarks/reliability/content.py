"""Channels that are not quiet: closed pulses with results, actions, questions; in bulk."""

import hashlib
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.database.pulserows import json_of, row_of
from adapters.database.tables.asking import answers_given, gaps
from adapters.database.tables.pulses import actions, pulses
from bot.instrument import Instrument
from bot.messages import Platform, Workspace
from bot.ports.actions import ActionState
from bot.ports.asking import GapReason
from bot.ports.pulses import Pulse, PulseState
from bot.scoring import Count, Result, places_of, scores, shown_groups
from knowledge.load import load
from knowledge.model import Language

PULSES = 8  # of each channel, closed
EVERY = timedelta(weeks=6)  # one is closed; the last a day ago
OPEN_ACTIONS = 4
DONE_ACTIONS = 2
TOPICS_ASKED = 5
GAPS = 3
PEOPLE = 12  # invited; two thirds answered
Channel = tuple[Workspace, str]


async def fill(connection: AsyncConnection, names: Sequence[Channel], now: datetime) -> None:
    """Inside the caller's transaction; all of a channel's weeks are alike but for their dates."""
    made: dict[Any, list[dict[str, Any]]] = {pulses: [], actions: [], answers_given: [], gaps: []}
    templates = [_pulse(number, now) for number in range(PULSES)]
    for workspace, channel in names:
        own = {"workspace": workspace.key, "channel": channel}
        made[pulses] += [{**one, **own, "id": f"{channel}-{one['id']}"} for one in templates]
        made[actions] += [
            {**own, **_action(channel, number, now)}
            for number in range(OPEN_ACTIONS + DONE_ACTIONS)
        ]
        made[answers_given] += [
            {**own, "day": now.date(), "topic": topic, "times": 2}
            for topic in _topics()[:TOPICS_ASKED]
        ]
        made[gaps] += [{**own, **_gap(channel, number, now)} for number in range(GAPS)]
    for table, rows in made.items():
        await connection.execute(insert(table), rows)


@cache
def _instrument() -> Instrument:
    return Instrument(load(examples=False))


@cache
def _topics() -> tuple[str, ...]:
    """Of the first pillar that has statements."""
    instrument = _instrument()
    return tuple(
        dict.fromkeys(
            one.topic for pillar in instrument.pillars for one in instrument.statements(pillar, [])
        )
    )


def _pulse(number: int, now: datetime) -> dict[str, Any]:
    """A row without its channel."""
    instrument = _instrument()
    pillar = instrument.pillars[number % len(instrument.pillars)]
    closes = now - timedelta(days=1) - number * EVERY
    pulse = Pulse(
        workspace=Workspace(platform=Platform.SLACK, id=""),
        id=f"pulse{number}",
        channel="",
        pillar=pillar,
        statements=instrument.statements(pillar, []),
        language=Language.EN,
        zone="UTC",
        lead="lead",
        with_lead=True,
        opened=closes - timedelta(days=7),
        closes=closes,
        days=7,
        invites=True,
        reminders=True,
        invited=PEOPLE,
    )
    result = _result(pulse, random.Random(number))
    ended = {"state": PulseState.CLOSED.value, "answered": result.respondents}
    return {**row_of(pulse), **ended, "result": json_of(result)}


def _result(pulse: Pulse, chance: random.Random) -> Result:
    respondents = PEOPLE * 2 // 3
    ballots = [tuple(chance.randint(1, 5) for _ in pulse.statements) for _ in range(respondents)]
    count = Count(statements=[(one.id, one.topic) for one in pulse.statements])
    for answers in ballots:
        count.add(answers, 1)
    statements = count.results((), 5)
    groups = shown_groups(statements)
    sums = places_of(groups, pulse.order)
    for answers in ballots:
        sums.add(answers, 1)
    return Result(
        invited=PEOPLE,
        respondents=respondents,
        statements=statements,
        topics=scores(sums, [name for name in groups if "." in name], 5),
        pillars=scores(sums, [name for name in groups if "." not in name], 5),
        comments=True,
    )


def _action(channel: str, number: int, now: datetime) -> dict[str, Any]:
    is_open = number < OPEN_ACTIONS
    state = ActionState.OPEN if is_open else ActionState.DONE
    return {
        "id": f"{channel}-action{number}",
        "topic": _topics()[number],
        "title": f"Agree on what we do about the weakest topic, part {number}",
        "owner": "Ada" if number % 2 else "",
        "due_week": f"{now + timedelta(weeks=1):%G-W%V}",
        "author": "lead",
        "created": now - timedelta(days=20),
        "state": state.value,
        "ended": None if is_open else now - timedelta(days=2),
    }


def _gap(channel: str, number: int, now: datetime) -> dict[str, Any]:
    text = f"how do we plan for the {number} other teams that need us?"
    return {
        "id": f"{channel}-gap{number}",
        "text_hash": hashlib.sha256(text.encode()).hexdigest(),
        "text": text,
        "language": Language.EN.value,
        "reason": GapReason.NOT_COVERED.value,
        "nearest": list(_topics()[:2]),
        "asked": now - timedelta(days=1),
        "times": 1 + number,
    }
