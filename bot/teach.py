"""Leads teach the coach their own answers: proposed, read again, then published."""

import secrets
from collections.abc import Callable
from datetime import datetime

from bot.coach import Routes, language_for
from bot.errors import Invalid, NotFound
from bot.gaps import Gaps
from bot.hearing import quoted
from bot.messages import (
    Audience,
    Button,
    Buttons,
    Choice,
    Click,
    Command,
    Facts,
    Form,
    Heading,
    Inbound,
    Message,
    Note,
    Option,
    Part,
    Style,
    Submission,
    Text,
    TextField,
    Tone,
)
from bot.ports.asking import AskStore, Gap, Taught, TaughtState
from bot.roles import Roles
from bot.taught import TaughtEntries
from bot.wording import Wording, wording
from knowledge.base import KnowledgeBase
from knowledge.normalise import language_of, visible

FORM = "teach.entry"
MOST_TEXT = 600  # characters of an answer: a screen has room for it beside the model's
MOST_QUESTIONS = 10
MOST_QUESTION = 200  # characters
MOST_SHOWN = 10


class Teach:
    """`/coach teach` and `/coach taught`."""

    def __init__(
        self,
        *,
        base: KnowledgeBase,
        store: AskStore,
        entries: TaughtEntries,
        roles: Roles,
        gaps: Gaps,
        clock: Callable[[], datetime],
    ) -> None:
        self._base = base
        self._store = store
        self._entries = entries
        self._roles = roles
        self._gaps = gaps
        self._clock = clock

    @property
    def routes(self) -> Routes:
        return Routes(
            commands={
                "coach teach": self._teach,
                "coach 教": self._teach,
                "coach taught": self._list,
                "coach 已教": self._list,
            },
            clicks={
                "teach.open": self._open,
                "teach.gap": self._for_gap,
                "teach.publish": self._publish,
                "teach.reject": self._reject,
            },
            forms={FORM: self._submitted},
            alone=frozenset({"coach teach", "coach 教", "coach taught", "coach 已教"}),
        )

    async def _teach(self, command: Command) -> Message:
        await self._roles.require_lead(command)
        return self._form(command, None)

    async def _open(self, click: Click) -> Message:
        await self._roles.require_lead(click)
        return self._form(click, None)

    async def _for_gap(self, click: Click) -> Message:
        await self._roles.require_lead(click)
        gap = await self._gaps.find(click, click.value)
        if gap is None:
            raise NotFound("gaps.gone")
        return self._form(click, gap)

    def _form(self, inbound: Inbound, gap: Gap | None) -> Message:
        said = wording(language_for(inbound))
        nearest = gap.nearest[0] if gap and gap.nearest else None
        form = Form(
            form=FORM,
            title=said.say("teach.title"),
            note=said.say("teach.note"),
            context=gap.id if gap else "",
            submit=said.say("teach.submit"),
            fields=(
                Choice(
                    name="topic",
                    label=said.say("teach.topic"),
                    options=self._options(said),
                    initial=nearest if nearest in self._base.topics else None,
                ),
                *_texts(said, gap.text if gap else None),
            ),
        )
        return Message(
            parts=(form,), summary=form.title, language=said.language, audience=Audience.ASKER
        )

    def _options(self, said: Wording) -> tuple[Option, ...]:
        return tuple(
            Option(
                label=f"{pillar.title.say(said.language)} › {topic.title.say(said.language)}",
                value=topic.id,
            )
            for pillar in self._base.pillars
            for topic in pillar.topics
        )

    async def _submitted(self, form: Submission) -> Message:
        await self._roles.require_lead(form)
        taught = self._read(form)
        await self._store.propose(form.place.workspace, taught)
        await self._roles.note(form, "taught.proposed", taught.id)
        if form.context and await self._gaps.find(form, form.context):
            await self._store.close_gap(form.place.workspace, form.context)
        said = wording(language_for(form))
        text = said.say("teach.proposed")
        return Message(
            parts=(Note(text=text, tone=Tone.SUCCESS), *self._shown(taught, said)),
            summary=text,
            language=said.language,
            audience=Audience.ASKER,
        )

    def _read(self, form: Submission) -> Taught:
        topic = form.values.get("topic", "")
        if topic not in self._base.topics:
            raise Invalid("teach.which_topic")
        lines = [visible(line).strip() for line in form.values.get("questions", "").splitlines()]
        questions = tuple(dict.fromkeys(line for line in lines if line))
        if not questions or any(len(line) > MOST_QUESTION for line in questions):
            raise Invalid("teach.bad_questions", most=MOST_QUESTION)
        if len(questions) > MOST_QUESTIONS:
            raise Invalid("teach.many_questions", most=MOST_QUESTIONS, n=len(questions))
        text = visible(form.values.get("text", "")).strip()
        if not text or len(text) > MOST_TEXT:
            raise Invalid("teach.bad_text", most=MOST_TEXT, n=len(text))
        return Taught(
            id=secrets.token_hex(6),
            topic=topic,
            questions=questions,
            text=text,
            language=language_of(text, form.locale),
            state=TaughtState.PROPOSED,
            author=form.person.id,
            created=self._clock(),
        )

    def _shown(self, taught: Taught, said: Wording) -> tuple[Part, ...]:
        topic = self._base.topics.get(taught.topic)
        facts = Facts(
            pairs=(
                (said.say("teach.topic"), topic.title.say(said.language) if topic else "–"),
                (said.say("teach.questions"), " / ".join(quoted(q) for q in taught.questions)),
                (said.say("teach.text"), taught.text),
            )
        )
        publish = Button(
            label=said.say("teach.button_publish"),
            action="teach.publish",
            value=taught.id,
            style=Style.PRIMARY,
        )
        both = taught.state is TaughtState.PROPOSED
        label = said.say("teach.button_reject") if both else said.say("teach.button_withdraw")
        reject = Button(label=label, action="teach.reject", value=taught.id, style=Style.DANGER)
        return (facts, Buttons(buttons=(publish, reject) if both else (reject,)))

    async def _publish(self, click: Click) -> Message:
        return await self._review(click, TaughtState.PUBLISHED)

    async def _reject(self, click: Click) -> Message:
        return await self._review(click, TaughtState.REJECTED)

    async def _review(self, click: Click, state: TaughtState) -> Message:
        await self._roles.require_lead(click)
        workspace = click.place.workspace
        taught = await self._store.review(
            workspace, click.value, state=state, reviewer=click.person.id
        )
        if taught is None:
            raise NotFound("teach.gone")
        self._entries.changed(workspace)
        await self._roles.note(click, f"taught.{state}", taught.id)
        said = wording(language_for(click))
        published = state is TaughtState.PUBLISHED
        text = said.say("teach.published") if published else said.say("teach.rejected")
        return Message(
            parts=(Note(text=text, tone=Tone.SUCCESS),),
            summary=text,
            language=said.language,
            audience=Audience.ASKER,
            replaces=True,
        )

    async def _list(self, command: Command) -> Message:
        await self._roles.require_lead(command)
        said = wording(language_for(command))
        workspace = command.place.workspace
        parts: list[Part] = []
        for state in (TaughtState.PROPOSED, TaughtState.PUBLISHED):
            entries = await self._store.taught(workspace, state=state)
            if entries:
                proposed = state is TaughtState.PROPOSED
                title = "teach.list_proposed" if proposed else "teach.list_published"
                parts.append(Heading(text=said.say(title, n=len(entries))))
            for one in entries[:MOST_SHOWN]:
                parts += self._shown(one, said)
        if not parts:
            parts.append(Text(text=said.say("teach.list_empty")))
        more = Button(label=said.say("teach.button_new"), action="teach.open", opens=True)
        parts.append(Buttons(buttons=(more,)))
        return Message(
            parts=tuple(parts),
            summary=said.say("teach.list_summary"),
            language=said.language,
            audience=Audience.ASKER,
        )


def _texts(said: Wording, question: str | None) -> tuple[TextField, TextField]:
    questions = TextField(
        name="questions",
        label=said.say("teach.questions"),
        multiline=True,
        most=MOST_QUESTIONS * (MOST_QUESTION + 1),
        initial=question,
        hint=said.say("teach.questions_hint"),
    )
    text = TextField(
        name="text",
        label=said.say("teach.text"),
        multiline=True,
        most=MOST_TEXT,
        hint=said.say("teach.text_hint"),
    )
    return questions, text
