"""What a lead can do to a pulse that is open: close early, extend, cancel, remind, end a series."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.coach import Routes, language_for
from bot.errors import Invalid, NotFound, TooLate
from bot.instrument import Instrument
from bot.invitations import as_in, reminders_now, update
from bot.messages import Button, Buttons, Click, Command, Inbound, Message, Style, Text, Tone
from bot.ports.pulses import BallotStore, Pulse, PulseState, PulseStore
from bot.pulsesender import PulseSender
from bot.replies import instead, to_asker, word
from bot.roles import Roles
from bot.scoring import Limits
from bot.wording import Wording, wording

LONGEST = timedelta(days=28)  # from the launch to the close
MOST_DAYS = 14  # of one extension
QUIET = timedelta(hours=20)  # between two reminders by hand
VERBS = {
    "close": ("close", "关闭", "结束"),
    "extend": ("extend", "延长"),
    "cancel": ("cancel", "取消"),
    "remind": ("remind", "提醒"),
    "stop": ("stop", "停止"),
}


class Running:
    """`/pulse close|extend|cancel|remind|stop`."""

    def __init__(
        self,
        *,
        pulses: PulseStore,
        ballots: BallotStore,
        sender: PulseSender,
        roles: Roles,
        instrument: Instrument,
        limits: Limits,
        clock: Callable[[], datetime],
    ) -> None:
        self._pulses = pulses
        self._ballots = ballots
        self._sender = sender
        self._roles = roles
        self._instrument = instrument
        self._limits = limits
        self._clock = clock

    @property
    def routes(self) -> Routes:
        handlers: dict[str, Callable[[Command], Awaitable[Message]]] = {
            "close": self._ask_close,
            "extend": self._extend,
            "cancel": self._ask_cancel,
            "remind": self._remind,
            "stop": self._stop,
        }
        return Routes(
            commands={
                f"pulse {verb}": handlers[name] for name, verbs in VERBS.items() for verb in verbs
            },
            clicks={
                "pulse.close": self._close,
                "pulse.cancel": self._cancel,
                "pulse.keep": self._keep,
            },
        )

    async def _ask_close(self, command: Command) -> Message:
        pulse = await self._meant(command)
        said = wording(language_for(command))
        count = await self._ballots.count(pulse)
        key = "pulse.close_sure" if count >= self._limits.scores else "pulse.close_sure_few"
        return self._sure(pulse, said, key, "close")

    async def _ask_cancel(self, command: Command) -> Message:
        pulse = await self._meant(command)
        said = wording(language_for(command))
        return self._sure(pulse, said, "pulse.cancel_sure", "cancel")

    def _sure(self, pulse: Pulse, said: Wording, key: str, verb: str) -> Message:
        """With the number that everybody is told: one that followed each answer at once would
        tell whose it was."""
        text = said.say(
            key,
            pillar=self._instrument.name(pulse.pillar, said.language),
            answered=pulse.told,
            n=pulse.invited,
            least=self._limits.scores,
        )
        yes = Button(
            label=said.say(f"pulse.{verb}_button"),
            action=f"pulse.{verb}",
            value=pulse.id,
            style=Style.DANGER,
        )
        no = Button(label=said.say("pulse.keep_button"), action="pulse.keep")
        return to_asker(said, text, Text(text=text), Buttons(buttons=(yes, no)))

    async def _close(self, click: Click) -> Message:
        pulse = await self._open(click, click.value)
        now = self._clock()
        if not await self._ballots.close(pulse, now, self._limits, [update(pulse, now)]):
            raise TooLate("pulse.not_open")
        await self._roles.note(as_in(click, pulse.channel), "pulse.closed", pulse.id)
        await self._sender.settle(now)
        return self._done(click, pulse, "pulse.closed")

    async def _cancel(self, click: Click) -> Message:
        pulse = await self._open(click, click.value)
        now = self._clock()
        if not await self._pulses.cancel(pulse, now, [update(pulse, now)]):
            raise TooLate("pulse.not_open")
        await self._roles.note(as_in(click, pulse.channel), "pulse.cancelled", pulse.id)
        return self._done(click, pulse, "pulse.cancelled")

    async def _keep(self, click: Click) -> Message:
        said = wording(language_for(click))
        return instead(said, said.say("pulse.kept"))

    def _done(self, click: Click, pulse: Pulse, key: str) -> Message:
        said = wording(language_for(click))
        name = self._instrument.name(pulse.pillar, said.language)
        return instead(said, said.say(key, pillar=name), Tone.SUCCESS)

    async def _extend(self, command: Command) -> Message:
        said = wording(language_for(command))
        days, rest = _days(command.text)
        pulse = await self._meant(command, rest)
        closes = pulse.closes + timedelta(days=days)
        if closes > pulse.opened + LONGEST:
            latest = said.moment(pulse.opened + LONGEST, pulse.zone)
            raise Invalid("pulse.extend_too_long", latest=latest)
        if not await self._pulses.extend(pulse, closes, [update(pulse, self._clock())]):
            raise TooLate("pulse.not_open")
        await self._roles.note(command, "pulse.extended", pulse.id)
        text = said.say(
            "pulse.extended",
            pillar=self._instrument.name(pulse.pillar, said.language),
            closes=said.moment(closes, pulse.zone),
        )
        return word(said, text, Tone.SUCCESS)

    async def _remind(self, command: Command) -> Message:
        said = wording(language_for(command))
        pulse = await self._meant(command)
        now = self._clock()
        sends = reminders_now(pulse, await self._pulses.audience(pulse), now)
        if not await self._pulses.remind(pulse, sends, now, not_since=now - QUIET):
            raise TooLate("pulse.reminded_already")
        await self._roles.note(command, "pulse.reminded", pulse.id)
        return word(said, said.say("pulse.reminded"), Tone.SUCCESS)

    async def _stop(self, command: Command) -> Message:
        """The pulse that is open goes on; no other follows."""
        await self._require(command)
        said = wording(language_for(command))
        place = command.place
        latest = [
            *await self._pulses.open_in(place.workspace, place.channel),
            *await self._pulses.closed_in(place.workspace, place.channel, most=20),
        ]
        stopped = [pulse for pulse in latest if await self._pulses.stop_repeating(pulse)]
        if not stopped:
            raise NotFound("pulse.no_series")
        await self._roles.note(command, "pulse.stopped", stopped[0].id)
        return word(said, said.say("pulse.stopped"), Tone.SUCCESS)

    async def _meant(self, command: Command, rest: str | None = None) -> Pulse:
        """The open pulse that the lead means: the only one, or the one whose pillar they name."""
        await self._require(command)
        place = command.place
        found = await self._pulses.open_in(place.workspace, place.channel)
        name = command.text.partition(" ")[2].strip() if rest is None else rest
        if name:
            pillar = self._instrument.find(name)
            found = tuple(pulse for pulse in found if pulse.pillar == pillar)
        if not found:
            raise NotFound("pulse.none_meant")
        if len(found) > 1:
            said = wording(language_for(command))
            names = [self._instrument.name(one.pillar, said.language) for one in found]
            raise Invalid("pulse.which", names=said.listing(names))
        return found[0]

    async def _open(self, click: Click, pulse: str) -> Pulse:
        found = await self._pulses.pulse(click.person.workspace, pulse)
        if found is None:
            raise NotFound("pulse.none_meant")
        await self._require(as_in(click, found.channel))
        if found.state is not PulseState.OPEN:
            raise TooLate("pulse.not_open")
        return found

    async def _require(self, inbound: Inbound) -> None:
        if inbound.place.private:
            raise Invalid("pulse.in_channel")
        await self._roles.require_lead(inbound)


def _days(text: str) -> tuple[int, str]:
    """`extend 3`, `extend people 3`, `延长 3 天`: how many days, and what else was said."""
    words = [one.rstrip("天dD+").lstrip("+") for one in text.split()[1:]]
    numbers = [one for one in words if one.isascii() and one.isdigit()]
    if len(numbers) != 1 or not 1 <= int(numbers[0][:4]) <= MOST_DAYS:
        raise Invalid("pulse.extend_usage", most=MOST_DAYS)
    unit = {"", "day", "days"}
    return int(numbers[0]), " ".join(
        one for one in words if one not in numbers and one.lower() not in unit
    )
