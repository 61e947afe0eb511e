"""A send as a row of its table, and back."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Row, literal_column

from adapters.database.tables.sends import sends
from bot.messages import Person, Place, Platform, Workspace
from bot.ports.chat import Posted
from bot.ports.sends import Claimed, Delivery, Send, SendState


def waiting(table: FromClause) -> ColumnElement[bool]:
    """Not done yet. Spelt out: with a parameter no database would use the indexes on these."""
    return table.c.state == literal_column(f"'{SendState.WAITING.value}'")


WAITING = waiting(sends)


def this(workspace: Workspace, key: str) -> ColumnElement[bool]:
    """The one row of this key."""
    return (sends.c.workspace == workspace.key) & (sends.c.key == key)


def row_key(send: Send) -> tuple[str, str]:
    """What is unique to a send: its workspace and its key."""
    return send.place.workspace.key, send.key


def row_of(workspace: Workspace, send: Send) -> dict[str, object]:
    person = send.person
    return {
        "workspace": workspace.key,
        "key": send.key,
        "kind": send.kind,
        "channel": send.place.channel,
        "thread": send.place.thread,
        "private": send.place.private,
        "person": person.id if person else None,
        "target": f"person:{person.id}" if person else f"channel:{send.place.channel}",
        "subject": send.subject,
        "due": send.due,
        "late_after": send.late_after,
        "state": SendState.WAITING.value,
        "attempts": 0,
        "doubtful": 0,
        "before": 0,
    }


def workspace_of(key: str) -> Workspace:
    """The inverse of Workspace.key."""
    platform, _, of = key.partition(":")
    return Workspace(platform=Platform(platform), id=of)


def send_of(row: Row[Any]) -> Send:
    workspace = workspace_of(row.workspace)
    return Send(
        key=row.key,
        kind=row.kind,
        place=Place(
            workspace=workspace, channel=row.channel, thread=row.thread, private=row.private
        ),
        person=Person(workspace=workspace, id=row.person) if row.person is not None else None,
        subject=row.subject,
        due=row.due,
        late_after=row.late_after,
    )


def delivery_of(row: Row[Any]) -> Delivery:
    send = send_of(row)
    place = Place(
        workspace=send.place.workspace,
        channel=row.message_channel or send.place.channel,
        thread=row.message_thread,
    )
    return Delivery(
        send=send,
        state=SendState(row.state),
        attempts=row.attempts,
        finished=row.finished,
        reason=row.reason,
        posted=Posted(place=place, message=row.message) if row.message else None,
    )


def claimed_of(row: Row[Any]) -> Claimed:
    """A row as it came back from being claimed."""
    return Claimed(
        send=send_of(row),
        attempt=row.attempts,
        tries=row.attempts - row.before,
        doubtful=row.doubtful > 1,
        first_try=row.first_try,
    )
