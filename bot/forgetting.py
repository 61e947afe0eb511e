"""`/coach forget me`: what is kept of a person goes, after one question back."""

import secrets

from bot.coach import Routes, language_for
from bot.errors import Invalid
from bot.messages import (
    Bullets,
    Button,
    Buttons,
    Click,
    Command,
    Message,
    Note,
    Person,
    Style,
    Text,
    Tone,
)
from bot.ports import Store
from bot.replies import instead, to_asker
from bot.roles import Roles
from bot.wording import wording

VERBS = ("forget", "忘记", "忘记我")
MINE = frozenset({"", "me", "我"})


class Forgetting:
    """`/coach forget me`, click `privacy.forget`."""

    def __init__(self, *, store: Store, roles: Roles) -> None:
        self._store = store
        self._roles = roles

    @property
    def routes(self) -> Routes:
        return Routes(
            commands={f"coach {verb}": self._ask for verb in VERBS},
            clicks={"privacy.forget": self._forget, "privacy.keep": self._keep},
        )

    async def _ask(self, command: Command) -> Message:
        if command.text.partition(" ")[2].strip().lower() not in MINE:
            raise Invalid("privacy.only_me")
        said = wording(language_for(command))
        goes = ("ballots", "invitations", "mutes", "votes", "rights", "owner")
        yes = Button(
            label=said.say("privacy.forget_button"), action="privacy.forget", style=Style.DANGER
        )
        no = Button(label=said.say("privacy.keep_button"), action="privacy.keep")
        title = said.say("privacy.goes_title")
        return to_asker(
            said,
            title,
            Bullets(items=tuple(said.say(f"privacy.goes_{one}") for one in goes), title=title),
            Text(text=said.say("privacy.stays")),
            Note(text=said.say("privacy.lead_warning"), tone=Tone.WARNING),
            Buttons(buttons=(yes, no)),
        )

    async def _forget(self, click: Click) -> Message:
        said = wording(language_for(click))
        name = await self._roles.name(click.person)
        kept = await forget_person(self._store, click.person, name)
        return instead(said, said.say("privacy.forgotten", n=kept), Tone.SUCCESS)

    async def _keep(self, click: Click) -> Message:
        said = wording(language_for(click))
        return instead(said, said.say("privacy.kept"))


async def forget_person(store: Store, person: Person, name: str) -> int:
    """Everything kept of this person, in every feature; how many ballots were taken back.

    `name` is the one that actions may carry.
    """
    stand_in = f"forgotten-{secrets.token_hex(4)}"
    names = tuple({person.id, f"@{person.id}", name, f"@{name}", f"<@{person.id}>"})
    kept = await store.pulse_people.forget(person, stand_in=stand_in)
    await store.actions.forget(person, names=names, stand_in=stand_in)
    await store.asking.forget_person(person)
    await store.references.forget(person)
    await store.roles.forget(person, stand_in=stand_in)
    return kept["ballots"]
