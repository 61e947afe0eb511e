"""A workspace's week for its admins: what goes on in its teams, by name, without their scores."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.languages import in_languages
from bot.messages import Audience, Facts, Heading, Message, Note, Part, Table, Text, Workspace
from bot.plaintext import one_line
from bot.ports.actions import ActionStore
from bot.ports.asking import AskStore
from bot.ports.channels import ChannelStore, Slot, SlotKind, Team
from bot.ports.pulses import PulseStore
from bot.slots import WEEK
from bot.wording import Wording, wording
from knowledge.model import Language

MOST_TEAMS = 20  # lines of the table
LONGEST_NAME = 60  # characters
MOST_READ = 500  # teams looked at


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamLine:
    name: str
    last_pulse: datetime | None
    open_pulses: int
    open_actions: int
    questions: int  # this week


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkspaceWeek:
    week: str
    own: Team  # the channel that reads it
    lines: tuple[TeamLine, ...]  # by name: teams are never ranked
    more: int  # teams that were not looked at

    def totals(self) -> Mapping[str, int]:
        return {
            "teams": len(self.lines) + self.more,
            "pulses": sum(one.open_pulses for one in self.lines),
            "actions": sum(one.open_actions for one in self.lines),
            "questions": sum(one.questions for one in self.lines),
        }


def key_for(kind: SlotKind, name: str) -> str:
    """Of a sentence about digests; the roll-up's own where it has one."""
    own = f"{kind.value}.{name}"
    return own if wording(Language.EN).has(own) else f"digest.{name}"


class Rollup:
    def __init__(
        self,
        *,
        channels: ChannelStore,
        pulses: PulseStore,
        actions: ActionStore,
        asking: AskStore,
    ) -> None:
        self._channels = channels
        self._pulses = pulses
        self._actions = actions
        self._asking = asking

    async def of(self, slot: Slot, week: str, at: datetime) -> WorkspaceWeek:
        """As it stands at `at`."""
        teams = [one for one in await self._channels.teams(slot.workspace) if not one.gone]
        lines = [await self._line(slot.workspace, team, at) for team in teams[:MOST_READ]]
        return WorkspaceWeek(
            week=week,
            own=await self._channels.team(slot.workspace, slot.channel),
            lines=tuple(sorted(lines, key=lambda one: one.name.casefold())),
            more=max(0, len(teams) - MOST_READ),
        )

    async def _line(self, workspace: Workspace, team: Team, at: datetime) -> TeamLine:
        closed = await self._pulses.closed_in(workspace, team.channel, 1)
        asked = await self._asking.asked(workspace, team.channel, since=at - WEEK)
        return TeamLine(
            name=team.name or team.channel,
            last_pulse=closed[0].closes if closed else None,
            open_pulses=len(await self._pulses.open_in(workspace, team.channel)),
            open_actions=len(await self._actions.open_in(workspace, team.channel)),
            questions=sum(one.answered for one in asked),
        )

    @staticmethod
    def message(week: WorkspaceWeek) -> Message:
        """For the admins' channel, in its language or both."""
        return in_languages(week.own.language, lambda language: _message(week, language))


def _message(week: WorkspaceWeek, language: Language) -> Message:
    said = wording(language)
    totals = week.totals()
    first = said.say(
        "rollup.head",
        teams=said.say("rollup.head_teams", n=totals["teams"]),
        questions=said.say("rollup.head_questions", n=totals["questions"]),
    )
    parts: list[Part] = [
        Heading(text=said.say("rollup.title", week=week.week)),
        Text(text=first, strong=True),
        Facts(
            pairs=tuple(
                (said.say(f"rollup.{what}"), said.number(number)) for what, number in totals.items()
            )
        ),
    ]
    if week.lines:
        parts.append(_table(week, said))
    parts.append(Note(text="\n".join(_notes(week, said))))
    return Message(parts=tuple(parts), summary=first, language=language, audience=Audience.CHANNEL)


def _notes(week: WorkspaceWeek, said: Wording) -> list[str]:
    notes = [said.say("rollup.note")]
    shown = min(len(week.lines), MOST_TEAMS)
    if more := week.totals()["teams"] - shown:
        notes.append(said.say("rollup.more", n=more, shown=shown))
    return notes


def _table(week: WorkspaceWeek, said: Wording) -> Table:
    header = ("team", "last_pulse", "pulses", "actions", "questions")
    rows = tuple(
        (
            one_line(one.name, LONGEST_NAME) or "–",
            said.day(one.last_pulse.date()) if one.last_pulse else "–",
            said.number(one.open_pulses),
            said.number(one.open_actions),
            said.number(one.questions),
        )
        for one in week.lines[:MOST_TEAMS]
    )
    return Table(header=tuple(said.say(f"rollup.{what}") for what in header), rows=rows)
