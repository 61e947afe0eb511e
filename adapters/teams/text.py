"""What somebody typed in Teams: mentions resolved, commands told from questions."""

import html
import re

from adapters.teams.payload import Fields
from bot.messages import Person, Workspace

COMMANDS = ("coach", "pulse", "digest")
COMMAND = re.compile(rf"\s*(/?)({'|'.join(COMMANDS)})(?:\s+(.*))?$", re.IGNORECASE | re.DOTALL)
MOST_WORDS = 8  # of a command without its slash; longer texts are questions
QUESTION_MARKS = ("?", "？")
AT = re.compile(r"</?at[^<>]*>", re.IGNORECASE)
TAG = re.compile(r"<(?:br|/p|/div|/li)[^<>]*>", re.IGNORECASE)
ANY_TAG = re.compile(r"<[^<>]*>")


def said(activity: Fields, bot: str, workspace: Workspace) -> tuple[str, tuple[Person, ...]]:
    """The text without the coach's own mention, and the people that it names, in order."""
    text = activity.text("text")
    people = []
    for entity in activity.objects("entities"):
        if entity.text("type") != "mention":
            continue
        who = entity.object("mentioned").id("id")
        shown = entity.text("text")
        if who == bot:
            text = text.replace(shown, " ") if shown else text
        else:
            people.append(Person(workspace=workspace, id=who))
            text = text.replace(shown, f"@{AT.sub('', shown)}", 1) if shown else text
    text = AT.sub("", text).replace("&nbsp;", " ").replace("\xa0", " ")
    return text.strip(), tuple(people)


def command(text: str) -> tuple[str, str] | None:
    """Name and rest of a command, `/pulse people` or `pulse people`; None for a question.

    Without the slash, a longer sentence or one with a question mark is a question.
    """
    match = COMMAND.match(text)
    if match is None:
        return None
    slash, name, rest = match[1], match[2].lower(), (match[3] or "").strip()
    is_sentence = len(rest.split()) > MOST_WORDS or rest.endswith(QUESTION_MARKS)
    return None if not slash and is_sentence else (name, rest)


def without_tags(content: str) -> str:
    """The text of a message that Teams gives as HTML."""
    return html.unescape(ANY_TAG.sub("", TAG.sub("\n", content))).replace("\xa0", " ").strip()
