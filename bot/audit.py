"""`/coach audit`: leads can read what leads did."""

from bot.coach import Routes, language_for
from bot.messages import Command, Message, Note, Person, Table
from bot.ports.roles import RoleStore
from bot.replies import to_asker, word
from bot.roles import Roles
from bot.subjects import Subjects
from bot.wording import wording

SHOWN = 30


class Audit:
    def __init__(self, *, store: RoleStore, roles: Roles, subjects: Subjects) -> None:
        self._store = store
        self._roles = roles
        self._subjects = subjects

    @property
    def routes(self) -> Routes:
        return Routes(
            commands={"coach audit": self._show, "coach 审计": self._show},
            alone=frozenset({"coach audit", "coach 审计"}),
        )

    async def _show(self, command: Command) -> Message:
        """Of this channel; of the whole workspace for an admin in private."""
        said = wording(language_for(command))
        place = command.place
        if place.private:
            await self._roles.require_admin(command)
        else:
            await self._roles.require_lead(command)
        channel = None if place.private else place.channel
        acts = await self._store.trail(place.workspace, channel, most=SHOWN)
        if not acts:
            return word(said, said.say("privacy.audit_empty"))
        names: dict[str, str] = {}
        for act in acts:
            if act.by not in names:
                names[act.by] = await self._roles.name(Person(workspace=place.workspace, id=act.by))
        rows = []
        for act in acts:
            key = f"audit.{act.what}"
            what = said.say(key) if said.has(key) else act.what
            about = await self._subjects.name(act, said)
            rows.append((said.moment(act.at, "UTC"), names[act.by], what, about or "–"))
        columns = ("when", "who", "what", "subject")
        return to_asker(
            said,
            said.say("privacy.audit_summary", n=len(acts)),
            Table(
                header=tuple(said.say(f"privacy.audit_{column}") for column in columns),
                rows=tuple(rows),
                title=said.say("privacy.audit_title"),
            ),
            Note(text=said.say("privacy.audit_note")),
        )
