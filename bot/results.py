"""Looking at what pulses found: the last result, the course of all, an export."""

from bot.coach import Routes, language_for
from bot.errors import Invalid, NotFound
from bot.export import as_csv, as_json
from bot.instrument import Instrument
from bot.messages import (
    Chart,
    ChartKind,
    Command,
    Heading,
    Message,
    Note,
    Part,
    Series,
    Table,
    Text,
)
from bot.ports.pulses import ALL, BallotStore, Pulse, PulseStore
from bot.replies import to_asker
from bot.resultpages import ResultPages, band
from bot.roles import Role, Roles
from bot.wording import Wording, wording

SHOWN = 8  # pulses in the chart of the history
EXPORTED = 50
VERBS = {
    "results": ("results", "result", "结果"),
    "history": ("history", "历史"),
    "export": ("export", "导出"),
}


class Results:
    """`/pulse results|history|export`."""

    def __init__(
        self,
        *,
        pulses: PulseStore,
        ballots: BallotStore,
        roles: Roles,
        instrument: Instrument,
        pages: ResultPages,
    ) -> None:
        self._pulses = pulses
        self._ballots = ballots
        self._roles = roles
        self._instrument = instrument
        self._pages = pages

    @property
    def routes(self) -> Routes:
        handlers = {
            "results": self._results,
            "history": self._history,
            "export": self._export,
        }
        return Routes(
            commands={
                f"pulse {verb}": handlers[name] for name, verbs in VERBS.items() for verb in verbs
            }
        )

    async def _results(self, command: Command) -> Message:
        """The last one (of a pillar): all of it for a lead, the channel's page for members."""
        said = wording(language_for(command))
        pulse = (await self._closed(command, 1))[0]
        assert pulse.result is not None
        if await self._roles.of(command) not in (Role.LEAD, Role.ADMIN):
            page = self._pages.public(pulse, pulse.result, said.language)
            return to_asker(said, page.summary, *page.parts)
        comments = await self._ballots.comments(pulse)
        return self._pages.full(pulse, pulse.result, comments, said.language)

    async def _history(self, command: Command) -> Message:
        said = wording(language_for(command))
        found = (await self._closed(command, SHOWN))[::-1]
        title = said.say("pulse.history_title")
        parts: list[Part] = [Heading(text=title)]
        shown = [pulse for pulse in found if pulse.result and pulse.result.pillars]
        if shown:
            parts.append(self._chart(shown, said))
        parts += [self._table(found, said), Note(text=said.say("pulse.history_note"))]
        return to_asker(said, said.say("pulse.history_summary", n=len(found)), *parts)

    def _chart(self, pulses: list[Pulse], said: Wording) -> Chart:
        pillars = [
            pillar
            for pillar in self._instrument.pillars
            if any(pulse.result and pulse.result.pillar(pillar) for pulse in pulses)
        ]
        return Chart(
            kind=ChartKind.LINE,
            title=said.say("pulse.chart_scores"),
            labels=tuple(said.day(pulse.closes.date()) for pulse in pulses),
            series=tuple(
                Series(
                    name=self._instrument.name(pillar, said.language),
                    values=tuple(_value(pulse, pillar) for pulse in pulses),
                )
                for pillar in pillars
            ),
            lowest=0,
            highest=100,
        )

    def _table(self, pulses: list[Pulse], said: Wording) -> Table:
        columns = ("day", "pillar", "answered", "score", "change")
        return Table(
            header=tuple(said.say(f"pulse.history_{column}") for column in columns),
            rows=tuple(row for pulse in pulses for row in self._rows(pulse, said)),
        )

    def _rows(self, pulse: Pulse, said: Wording) -> list[tuple[str, ...]]:
        assert pulse.result is not None
        result = pulse.result
        day = said.day(pulse.closes.date())
        answered = f"{result.respondents}/{result.invited}"
        if result.hidden:
            name = self._instrument.name(pulse.pillar, said.language)
            why = said.say(f"pulse.hidden_short_{result.hidden.value}")
            return [(day, name, answered, why, "–")]
        rows: list[tuple[str, ...]] = []
        for score in result.pillars:
            change = result.change(score.of)
            rows.append(
                (
                    day,
                    self._instrument.name(score.of, said.language),
                    answered,
                    f"{score.value} {band(score, said)} ({score.low}–{score.high})",
                    self._pages.change(change, said) if change else "–",
                )
            )
        return rows

    async def _export(self, command: Command) -> Message:
        if command.place.private:
            raise Invalid("pulse.in_channel")
        await self._roles.require_lead(command)
        said = wording(language_for(command))
        words = command.text.lower().split()[1:]
        found = (await self._closed(command, EXPORTED, skip=("csv", "json")))[::-1]
        text = as_json(found) if "json" in words else as_csv(found)
        await self._roles.note(command, "pulse.exported")
        return to_asker(
            said,
            said.say("pulse.export_summary", n=len(found)),
            Text(text=text),
            Note(text=said.say("pulse.export_note")),
        )

    async def _closed(
        self, command: Command, most: int, *, skip: tuple[str, ...] = ()
    ) -> list[Pulse]:
        """The newest of this channel, or of the pillar that is named. Raises NotFound."""
        if command.place.private:
            raise Invalid("pulse.in_channel")
        self._roles.require_member(command)
        words = [word for word in command.text.split()[1:] if word.lower() not in skip]
        pillar = self._instrument.find(" ".join(words)) if words else ALL
        place = command.place
        found = await self._pulses.closed_in(place.workspace, place.channel, EXPORTED)
        if pillar != ALL:
            found = tuple(pulse for pulse in found if pulse.pillar in (pillar, ALL))
        if not found or pillar is None:
            raise NotFound("pulse.no_results")
        return list(found[:most])


def _value(pulse: Pulse, pillar: str) -> float | None:
    score = pulse.result.pillar(pillar) if pulse.result else None
    return float(score.value) if score else None
