"""Passes a question that the model doesn't answer to the people who know the channel."""

from bot.coach import Routes
from bot.errors import ChatError, NotAllowed, StoreUnavailable
from bot.hearing import quoted
from bot.messages import (
    Audience,
    Button,
    Buttons,
    Click,
    Inbound,
    Message,
    Note,
    Part,
    Person,
    Text,
    Tone,
)
from bot.ports.chat import Chat
from bot.roles import Roles, is_visitor
from bot.values import About, about
from bot.wording import wording
from knowledge.model import Language

MOST_LEADS = 3


class Handover:
    """Names the leads of a channel, and tells them when a person asks for it."""

    def __init__(self, roles: Roles, chat: Chat) -> None:
        self._roles = roles
        self._chat = chat

    @property
    def routes(self) -> Routes:
        return Routes(clicks={"ask.handover": self._hand_over})

    async def offer(
        self, inbound: Inbound, question: str, language: Language, *, memory: bool
    ) -> tuple[Part, ...]:
        """Who might know, and a button to pass the question on; nothing where nobody is known."""
        names = await self._names(inbound, memory=memory)
        if not names or not question:
            return ()
        said = wording(language)
        text = Text(text=said.say("ask.handover_offer", names=said.listing(list(names))))
        if is_visitor(inbound):
            return (text,)
        value = About(language=language).asking(question).value()
        button = Button(label=said.say("ask.button_handover"), action="ask.handover", value=value)
        return (text, Buttons(buttons=(button,)))

    async def who(self, inbound: Inbound, language: Language, *, memory: bool) -> tuple[Part, ...]:
        """Whom to ask here about ownership."""
        names = await self._names(inbound, memory=memory)
        if not names:
            return ()
        said = wording(language)
        return (Text(text=said.say("ask.leads_here", names=said.listing(list(names)))),)

    async def _names(self, inbound: Inbound, *, memory: bool) -> tuple[str, ...]:
        if not memory or inbound.place.private:
            return ()
        try:
            return (await self._roles.lead_names(inbound))[:MOST_LEADS]
        except StoreUnavailable:
            return ()

    async def _hand_over(self, click: Click) -> Message:
        self._roles.require_member(click)
        carried = about(click.value)
        leads = (await self._roles.leads(click))[:MOST_LEADS]
        if not leads:
            raise NotAllowed("roles.no_lead_yet")
        told = [lead for lead in leads if await self._tell(click, lead, carried)]
        said = wording(carried.language)
        if told:
            names = said.listing([await self._roles.name(lead) for lead in told])
            text, tone = said.say("ask.handed_over", names=names), Tone.SUCCESS
        else:
            text, tone = said.say("ask.handover_failed"), Tone.WARNING
        return Message(
            parts=(Note(text=text, tone=tone),),
            summary=text,
            language=carried.language,
            audience=Audience.ASKER,
        )

    async def _tell(self, click: Click, lead: Person, carried: About) -> bool:
        said = wording(carried.language)
        name = await self._roles.name(click.person)
        text = said.say("ask.handover_word", name=name, question=quoted(carried.question, 200))
        hint = said.say("ask.handover_hint")
        message = Message(
            parts=(Text(text=text), Note(text=hint)),
            summary=text,
            language=carried.language,
            audience=Audience.ASKER,
        )
        try:
            await self._chat.direct(lead, message, send_key=f"handover:{click.delivery}:{lead.id}")
        except ChatError:
            return False
        return True
