"""Pulses as rows and back."""

from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import RowMapping

from bot.messages import Place, Platform, Workspace
from bot.ports.chat import Posted
from bot.ports.pulses import Pulse, PulseState, PulseStatement
from bot.scoring import Result
from knowledge.model import Language

RESULT = TypeAdapter(Result)
STATEMENTS = TypeAdapter(tuple[PulseStatement, ...])


def row_of(pulse: Pulse) -> dict[str, Any]:
    """A new pulse: nothing is posted, nothing computed."""
    return {
        "workspace": pulse.workspace.key,
        "id": pulse.id,
        "channel": pulse.channel,
        "pillar": pulse.pillar,
        "statements": STATEMENTS.dump_python(pulse.statements, mode="json"),
        "language": pulse.language.value,
        "zone": pulse.zone,
        "lead": pulse.lead,
        "with_lead": pulse.with_lead,
        "opened": pulse.opened,
        "closes": pulse.closes,
        "days": pulse.days,
        "invites": pulse.invites,
        "reminders": pulse.reminders,
        "repeat_weeks": pulse.repeat_weeks,
        "invited": pulse.invited,
        "state": PulseState.OPEN.value,
    }


def pulse_of(row: RowMapping) -> Pulse:
    workspace = workspace_of(row["workspace"])
    return Pulse(
        workspace=workspace,
        id=row["id"],
        channel=row["channel"],
        pillar=row["pillar"],
        statements=STATEMENTS.validate_python(row["statements"]),
        language=Language(row["language"]),
        zone=row["zone"],
        lead=row["lead"],
        with_lead=row["with_lead"],
        opened=row["opened"],
        closes=row["closes"],
        days=row["days"],
        invites=row["invites"],
        reminders=row["reminders"],
        repeat_weeks=row["repeat_weeks"],
        invited=row["invited"],
        state=PulseState(row["state"]),
        answered=row["answered"],
        told=row["shown_answered"] or 0,
        post=_post(workspace, row),
        result=None if row["result"] is None else RESULT.validate_python(row["result"]),
    )


def json_of(result: Result) -> Any:
    return RESULT.dump_python(result, mode="json")


def workspace_of(key: str) -> Workspace:
    platform, _, name = key.partition(":")
    return Workspace(platform=Platform(platform), id=name)


def _post(workspace: Workspace, row: RowMapping) -> Posted | None:
    if row["post_message"] is None:
        return None
    place = Place(workspace=workspace, channel=row["post_channel"], thread=row["post_thread"])
    return Posted(place=place, message=row["post_message"])
