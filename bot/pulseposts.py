"""What a pulse says while it runs: the post in the channel, the word to a person."""

from bot.instrument import Instrument
from bot.messages import (
    Audience,
    Button,
    Buttons,
    Heading,
    Message,
    Note,
    Part,
    Style,
    Text,
)
from bot.ports.pulses import Pulse, PulseState
from bot.ports.sends import Change
from bot.wording import Wording, wording
from knowledge.model import Language


class PulsePosts:
    def __init__(self, instrument: Instrument) -> None:
        self._instrument = instrument

    def change(self, pulse: Pulse) -> Change | None:
        """What the invitation is to show now; None if it isn't posted."""
        if pulse.post is None:
            return None
        return Change(stands=pulse.post, message=self.invitation(pulse))

    def invitation(self, pulse: Pulse) -> Message:
        """To the channel: how many answered, never who; no button once it is over."""
        said = wording(pulse.language)
        name = self._instrument.name(pulse.pillar, said.language)
        parts: list[Part] = [Heading(text=said.say("pulse.post_title", pillar=name))]
        if pulse.state is PulseState.CANCELLED:
            summary = said.say("pulse.post_cancelled", pillar=name)
            parts.append(Text(text=summary))
        elif pulse.state is PulseState.CLOSED:
            summary = said.say("pulse.post_closed", answered=pulse.answered or 0, n=pulse.invited)
            parts.append(Text(text=summary))
        else:
            summary = said.say("pulse.post_summary", pillar=name, n=len(pulse.statements))
            parts += [
                Text(text=said.say("pulse.post_text", n=len(pulse.statements))),
                Text(text=self._count(pulse, said), strong=True),
                Buttons(buttons=(_answer(pulse, said),)),
                Note(text=said.say("pulse.post_terms")),
            ]
        return Message(
            parts=tuple(parts),
            summary=summary,
            language=said.language,
            audience=Audience.CHANNEL,
        )

    def personal(self, pulse: Pulse, language: Language, *, again: bool) -> Message:
        """An invitation, or a reminder of it, to one person."""
        said = wording(language)
        name = self._instrument.name(pulse.pillar, said.language)
        closes = said.moment_in(pulse.closes, pulse.zone)
        key = "pulse.reminder_text" if again else "pulse.invite_text"
        text = said.say(key, pillar=name, closes=closes, n=len(pulse.statements))
        mute = Button(label=said.say("pulse.mute_button"), action="pulse.mute")
        return Message(
            parts=(
                Text(text=text),
                Buttons(buttons=(_answer(pulse, said), mute)),
                Note(text=said.say("pulse.post_terms")),
            ),
            summary=text,
            language=said.language,
            audience=Audience.ASKER,
        )

    def stopped(self, pulse: Pulse, language: Language) -> Message:
        """To the lead: the series can't go on."""
        said = wording(language)
        text = said.say(
            "pulse.series_ended", pillar=self._instrument.name(pulse.pillar, said.language)
        )
        return Message(
            parts=(Text(text=text),),
            summary=text,
            language=said.language,
            audience=Audience.ASKER,
        )

    def _count(self, pulse: Pulse, said: Wording) -> str:
        return said.say(
            "pulse.post_count",
            answered=pulse.told,
            n=pulse.invited,
            closes=said.moment_in(pulse.closes, pulse.zone),
        )


def _answer(pulse: Pulse, said: Wording) -> Button:
    return Button(
        label=said.say("pulse.answer_button"),
        action="pulse.answer",
        value=pulse.id,
        style=Style.PRIMARY,
        opens=True,
    )
