"""An activity of Teams as what the coach handles; pure, and strict about shapes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from adapters.teams import events
from adapters.teams.payload import Fields, Malformed
from adapters.teams.reference import THREAD, Kind, Reference
from adapters.teams.text import command, said, without_tags
from bot.messages import (
    Click,
    Command,
    Inbound,
    Person,
    Place,
    Platform,
    Question,
    Submission,
    Workspace,
)

MOST_TEXT = 28_000  # characters; Teams lets nobody type more
FIELD = "field."
# What our buttons carry beside action, value, form and context.
TYPED = "typed"  # an action: as if its value had been typed
ON = "on"  # the message beneath a dialog
OPENED_BY, OPENED_WITH = "opened_by", "opened_with"  # the action and value that open it again


class Way(StrEnum):
    """How the answer goes back."""

    MESSAGE = "message"  # a new message in the conversation
    CARD = "adaptiveCard/action"  # in the answer to the card's action
    DIALOG = "task/fetch"  # a dialog opens
    SUBMITTED = "task/submit"  # the dialog goes on, or closes
    QUERY = "composeExtension/query"  # a list to insert from
    ASKED = "composeExtension/fetchTask"  # a dialog about a message
    ASKED_ON = "composeExtension/submitAction"  # the same, going on
    EVENT = "event"  # something happened; a greeting at most


class UnknownInvoke(Exception):
    """An invoke that this bot has no answer to: 501, as the SDK says it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrived:
    """One activity, understood."""

    way: Way
    reference: Reference
    person: Person
    place: Place
    inbounds: tuple[Inbound, ...] = ()
    card: str | None = None  # the message that was clicked
    event: events.Event | None = None
    locale: str | None = None
    zone: str | None = None  # IANA
    query: str = ""
    data: Mapping[str, str] | None = None  # what the clicked button carried


def read(payload: Mapping[str, Any], received: datetime) -> Arrived | None:
    """None for what the coach has no use for. Raises Malformed or UnknownInvoke."""
    activity = Fields(payload)
    kind = activity.id("type")
    if kind == "invoke":
        return _invoke(_Reader(activity, received))
    if kind == "message":
        return _message(_Reader(activity, received))
    if kind in ("conversationUpdate", "installationUpdate"):
        return _happened(_Reader(activity, received), kind)
    return None


class _Reader:
    """What all activities have in common."""

    def __init__(self, activity: Fields, received: datetime) -> None:
        self.activity = activity
        self.bot = activity.object("recipient").id("id")
        conversation = activity.object("conversation")
        data = activity.object("channelData")
        tenant = data.object("tenant").maybe_id("id") or conversation.maybe_id("tenantId")
        if tenant is None:
            raise Malformed("channelData.tenant.id must be an id")
        self.reference = _reference(activity, conversation, data, tenant, self.bot)
        workspace = Workspace(platform=Platform.TEAMS, id=tenant)
        self.person = Person(workspace=workspace, id=activity.object("from").id("id"))
        self.place = Place(
            workspace=workspace,
            channel=self.reference.channel,
            thread=self.reference.thread,
            private=self.reference.kind is Kind.PERSONAL,
        )
        client = _client(activity)
        locale, zone = activity.text("locale"), activity.text("localTimezone")
        self.locale = client.text("locale") or locale or None
        self.zone = client.text("timezone") or zone or None
        # An activity's id is unique in its conversation only.
        delivery = f"{conversation.id('id')}|{activity.id('id')}"
        self.common: dict[str, Any] = {
            "person": self.person,
            "place": self.place,
            "delivery": delivery,
            "received": received,
            "locale": self.locale,
        }

    def arrived(self, way: Way, *inbounds: Inbound, **more: Any) -> Arrived:
        return Arrived(
            way=way,
            reference=self.reference,
            person=self.person,
            place=self.place,
            inbounds=inbounds,
            locale=self.locale,
            zone=self.zone,
            **more,
        )

    def typed(self) -> Inbound:
        """A command or a question."""
        text, mentions = said(self.activity, self.bot, self.person.workspace)
        return self.spoken(text, mentions)

    def spoken(self, text: str, mentions: tuple[Person, ...] = ()) -> Inbound:
        if len(text) > MOST_TEXT:
            raise Malformed(f"text must have at most {MOST_TEXT} characters")
        found = command(text)
        if found is None:
            return Question(**self.common, text=text, mentions=mentions)
        return Command(**self.common, name=found[0], text=found[1], mentions=mentions)

    def acted(self, data: Fields, card: str | None) -> tuple[Inbound, Mapping[str, str]]:
        """What one of our own buttons carried, and what came with it."""
        carried = data.object("coach").texts("")
        if "form" in carried:
            values = data.texts(FIELD)
            context = carried.get("context", "")
            form = carried["form"]
            return Submission(**self.common, form=form, context=context, values=values), carried
        if carried.get("action") == TYPED:
            return self.spoken(carried.get("value", "")), carried
        if "action" in carried:
            value = carried.get("value", "")
            action = carried["action"]
            return Click(**self.common, action=action, value=value, message=card), carried
        raise Malformed("the data of this action must be the coach's own")


def _reference(
    activity: Fields, conversation: Fields, data: Fields, tenant: str, bot: str
) -> Reference:
    channel, _, thread = conversation.id("id").partition(THREAD)
    try:
        kind = Kind(conversation.text("conversationType") or Kind.PERSONAL)
    except ValueError as error:
        raise Malformed("conversation.conversationType must be known") from error
    in_channel, team = data.object("channel"), data.object("team")
    name = in_channel.text("name") or conversation.text("name")
    if channel == team.text("id"):  # General has no name of its own
        name = team.text("name")
    return Reference(
        service_url=activity.id("serviceUrl"),
        tenant=tenant,
        bot=bot,
        kind=kind,
        channel=channel,
        thread=thread or None,
        team=team.maybe_id("id"),
        own_roster=in_channel.text("type") in ("private", "shared"),
        person=activity.object("from").maybe_id("id") if kind is Kind.PERSONAL else None,
        name=name or None,
    )


def _client(activity: Fields) -> Fields:
    for entity in activity.objects("entities"):
        if entity.text("type") == "clientInfo":
            return entity
    return Fields({})


def _message(reader: _Reader) -> Arrived:
    """Something typed, or an action of a client that knows no Action.Execute."""
    activity = reader.activity
    if activity.has("value") and not activity.text("text").strip():
        card = activity.maybe_id("replyToId")
        inbound, carried = reader.acted(activity.object("value"), card)
        return reader.arrived(Way.MESSAGE, inbound, card=card, data=carried)
    return reader.arrived(Way.MESSAGE, reader.typed())


def _happened(reader: _Reader, kind: str) -> Arrived:
    event = events.read(reader.activity, kind, reader.bot)
    told = reader.common | {"channel_name": reader.reference.name}
    inbounds = events.inbounds(event, told, reader.person.workspace)
    return reader.arrived(Way.EVENT, *inbounds, event=event)


def _invoke(reader: _Reader) -> Arrived:
    activity = reader.activity
    try:
        way = Way(activity.text("name"))
    except ValueError as error:
        raise UnknownInvoke from error
    value = activity.object("value")
    card = activity.maybe_id("replyToId")
    match way:
        case Way.CARD:
            inbound, carried = reader.acted(value.object("action").object("data"), card)
        case Way.DIALOG | Way.SUBMITTED | Way.ASKED_ON:
            inbound, carried = reader.acted(value.object("data"), card)
        case Way.ASKED:
            return reader.arrived(way, _asked(reader, value))
        case Way.QUERY:
            return reader.arrived(way, query=_query(value))
        case _:
            raise UnknownInvoke
    return reader.arrived(way, inbound, card=carried.get(ON, card), data=carried)


def _asked(reader: _Reader, value: Fields) -> Inbound:
    """ "Ask the coach" on somebody's message: its text, answered to the asker alone."""
    body = value.object("messagePayload").object("body")
    content = body.text("content")
    text = without_tags(content) if body.text("contentType") != "text" else content.strip()
    if len(text) > MOST_TEXT:
        raise Malformed(f"text must have at most {MOST_TEXT} characters")
    return Command(**reader.common, name="coach", text=text)


def _query(value: Fields) -> str:
    for parameter in value.objects("parameters"):
        if parameter.text("name") == "query":
            return parameter.text("value").strip()
    return ""


def again(refused: Submission, action: str, value: str) -> Inbound:
    """The delivery that gives the form of a refused one once more."""
    common: dict[str, Any] = {
        "person": refused.person,
        "place": refused.place,
        "delivery": f"{refused.delivery}|again",
        "received": refused.received,
        "locale": refused.locale,
    }
    typed = command(value) if action == TYPED else None
    if typed is not None:
        return Command(**common, name=typed[0], text=typed[1])
    return Click(**common, action=action, value=value)
