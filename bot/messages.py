"""What comes in and what goes out, in words that every chat platform shares.

Text in a Message is plain text: no markup of any platform; adapters escape it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from knowledge.model import Language


class Platform(StrEnum):
    SLACK = "slack"
    TEAMS = "teams"
    TERMINAL = "terminal"


@dataclass(frozen=True, kw_only=True, slots=True)
class Workspace:
    """A Slack team, a Teams tenant, or the terminal; everything stored belongs to one."""

    platform: Platform
    id: str

    @property
    def key(self) -> str:
        """How rows name their workspace, for example `slack:T0123`."""
        return f"{self.platform}:{self.id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    workspace: Workspace
    id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where something was said; `channel` is the conversation's id, also of a direct one."""

    workspace: Workspace
    channel: str
    thread: str | None = None  # the thread's root on the platform; None outside threads
    private: bool = False  # a direct conversation with the coach: nobody else reads it


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What the platform says of the person; rights that the coach gives are in its own store."""

    admin: bool = False  # Slack admin or owner: of the whole workspace
    owner: bool = False  # owns the team that this channel belongs to (Teams): leads here
    guest: bool = False  # a guest of the workspace
    external: bool = False  # of another organisation, in a shared channel


MEMBER = Standing()


@dataclass(frozen=True, kw_only=True, slots=True)
class Inbound:
    """What every delivery of a platform carries."""

    person: Person
    place: Place
    delivery: str  # the platform's id of this delivery: the same when it is repeated
    received: datetime  # aware, UTC
    locale: str | None = None  # BCP 47 as the platform gives it, for example zh-CN
    standing: Standing = MEMBER


@dataclass(frozen=True, kw_only=True, slots=True)
class Question(Inbound):
    """Free text meant for the coach; mentions of the coach itself are already removed."""

    text: str
    mentions: tuple[Person, ...] = ()  # people named in the text, in order


@dataclass(frozen=True, kw_only=True, slots=True)
class Command(Inbound):
    """A command by name (`coach`, `pulse`, `digest`) with the rest of its line."""

    name: str
    text: str = ""
    mentions: tuple[Person, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Click(Inbound):
    """A button or a menu entry that was chosen."""

    action: str
    value: str = ""
    message: str | None = None  # the platform's id of the message it stands on


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission(Inbound):
    """A form that was sent; `values` holds the fields by name, absent ones left out."""

    form: str
    context: str = ""  # what the form carried: never trusted, checked against the store
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened(Inbound):
    """The coach's own page (Slack App Home, a personal chat) was opened."""

    view: str = "home"


@dataclass(frozen=True, kw_only=True, slots=True)
class Joined(Inbound):
    """Somebody came into the place: the coach itself, or `who`."""

    coach: bool
    who: tuple[Person, ...] = ()
    channel_name: str | None = None


class Leaving(StrEnum):
    """Why a conversation or an installation ended."""

    REMOVED = "removed"  # the coach was taken out of the channel
    ARCHIVED = "archived"
    DELETED = "deleted"
    UNINSTALLED = "uninstalled"  # from the whole workspace
    PERSON = "person"  # a person left the channel


@dataclass(frozen=True, kw_only=True, slots=True)
class Left(Inbound):
    why: Leaving
    who: tuple[Person, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Renamed(Inbound):
    """The channel has a new name, a new id, or both."""

    channel_name: str | None = None
    new_channel: str | None = None


# ── out ──────────────────────────────────────────────────────────────────────


class Audience(StrEnum):
    ASKER = "asker"  # only the person who asked sees it
    THREAD = "thread"  # everybody in the thread
    CHANNEL = "channel"  # a new message to the whole channel


class Tone(StrEnum):
    PLAIN = "plain"
    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"


class Style(StrEnum):
    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, kw_only=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    text: str
    strong: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Bullets:
    items: tuple[str, ...]
    ordered: bool = False
    title: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    pairs: tuple[tuple[str, str], ...]  # label, value


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]  # each as long as the header
    title: str | None = None


class ChartKind(StrEnum):
    BAR = "bar"  # one value a label and series, side by side
    STACKED = "stacked"  # parts of a whole a label
    LINE = "line"  # labels are instants in order


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    name: str
    values: tuple[float | None, ...]  # one a label; None where there is no number


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """Numbers as a picture; the text equivalent is made of the same numbers."""

    kind: ChartKind
    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""  # written after each number, for example " %"
    lowest: float | None = None  # of the axis; None: the platform chooses
    highest: float | None = None

    def as_text(self) -> str:
        """Every number in words: one line a label."""
        lines = []
        for place, label in enumerate(self.labels):
            numbers = [
                f"{one.name} {_number(one.values[place])}{self.unit}"
                for one in self.series
                if one.values[place] is not None
            ]
            comma = "，" if _is_wide(label) else ", "
            lines.append(labelled(label, comma.join(numbers) or "–"))
        return "\n".join([self.title, *lines])


def labelled(label: str, text: str) -> str:
    """The text behind its label, with the colon that the label's script uses."""
    return f"{label.removesuffix('。')}：{text}" if _is_wide(label) else f"{label}: {text}"


def _is_wide(text: str) -> bool:
    return text[-1:] >= "\u2e80"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}".removesuffix(".0")


@dataclass(frozen=True, kw_only=True, slots=True)
class Button:
    """`action` and `value` come back as a Click; a form is opened by an action that returns one."""

    label: str
    action: str
    value: str = ""
    style: Style = Style.PLAIN
    opens: bool = False  # the click opens a form: Teams must know when it shows the button


@dataclass(frozen=True, kw_only=True, slots=True)
class Buttons:
    buttons: tuple[Button, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Feedback:
    """Helpful or not helpful; comes back as Click `ask.helpful` or `ask.unhelpful` with `value`."""

    value: str
    helpful: str  # the two labels
    unhelpful: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """Small print, or an alert when the tone says so."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceLine:
    """Where an answer comes from; always shown."""

    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    label: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One of several options (several, if `many`: values joined by commas)."""

    name: str
    label: str
    options: tuple[Option, ...]
    initial: str | None = None
    optional: bool = False
    many: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """A choice along a line, lowest first, with an answer beside it that is off the scale."""

    name: str
    label: str
    options: tuple[Option, ...]
    apart: Option | None = None  # "doesn't apply to me / don't know"
    initial: str | None = None
    optional: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TextField:
    name: str
    label: str
    multiline: bool = False
    most: int = 3000  # characters
    initial: str | None = None
    optional: bool = False
    hint: str | None = None


Field = Choice | Scale | TextField


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """Shown as a modal, a dialog or prompts; comes back as Submission `form` with `context`."""

    form: str
    title: str
    fields: tuple[Field, ...]
    submit: str
    context: str = ""
    note: str | None = None  # terms and the like, above the fields


Part = (
    Heading | Text | Bullets | Facts | Table | Chart | Buttons | Feedback | Note | SourceLine | Form
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One thing the coach says, whole: what to show, to whom, and what it replaces."""

    parts: tuple[Part, ...]
    summary: str  # plain text: the notification, and the fallback where nothing else can be shown
    language: Language
    audience: Audience = Audience.THREAD
    replaces: bool = False  # takes the place of the message that was clicked

    def form(self) -> Form | None:
        """The form to open, if this message is one."""
        return next((part for part in self.parts if isinstance(part, Form)), None)
