"""What a line of the audit trail is about, in words that people know, instead of an id."""

from bot.instrument import Instrument
from bot.messages import Person
from bot.plaintext import one_line
from bot.ports import Store
from bot.ports.asking import TaughtState
from bot.ports.roles import Act
from bot.roles import Roles
from bot.slots import monday_of
from bot.wording import Wording

MOST = 60  # characters of a title


class Subjects:
    """Names the subjects of acts."""

    def __init__(self, store: Store, roles: Roles, instrument: Instrument) -> None:
        self._store = store
        self._roles = roles
        self._instrument = instrument

    async def name(self, act: Act, said: Wording) -> str:
        """For a person to read; empty if there is none or it is not kept any more."""
        if not act.subject:
            return ""
        match act.what.partition(".")[0]:
            case "pulse":
                return await self._pulse(act, act.subject, said)
            case "action":
                action = await self._store.actions.action(act.workspace, act.subject)
                return one_line(action.title, MOST) if action else ""
            case "taught":
                return await self._taught(act)
            case "lead" | "admin":
                return await self._roles.name(Person(workspace=act.workspace, id=act.subject))
            case "deliveries":
                return await self._send(act, said)
        return act.subject

    async def _pulse(self, act: Act, id: str, said: Wording) -> str:
        pulse = await self._store.pulses.pulse(act.workspace, id)
        if pulse is None:
            return ""
        pillar = self._instrument.name(pulse.pillar, said.language)
        return said.say("audit.about_pulse", pillar=pillar, day=said.day(pulse.opened.date()))

    async def _taught(self, act: Act) -> str:
        for state in TaughtState:
            for one in await self._store.asking.taught(act.workspace, state=state):
                if one.id == act.subject:
                    return one_line(one.questions[0] if one.questions else one.text, MOST)
        return ""

    async def _send(self, act: Act, said: Wording) -> str:
        """Of a send's key, such as `digest:C12:2026-W47` or `pulse.post:PULSE`."""
        kind, *_, last = act.subject.split(":")
        about = last if is_week(last) else await self._pulse(act, last, said)
        return f"{kind_of(kind, said)} {about}".rstrip()


def kind_of(kind: str, said: Wording) -> str:
    """A kind of send in words."""
    key = f"deliveries.kind_{kind.replace('.', '_')}"
    return said.say(key if said.has(key) else "deliveries.kind_other")


def is_week(text: str) -> bool:
    try:
        monday_of(text)
    except ValueError:
        return False
    return True
