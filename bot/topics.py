"""What there is to ask about: help, all topics, the topics of a pillar, the home page."""

from bot.messages import Bullets, Heading, Note, Part, Text
from bot.showing import Showing
from knowledge.model import Pillar


def help_parts(showing: Showing) -> tuple[Part, ...]:
    """What the coach is for, with examples that work."""
    said = showing.said
    examples = (said.say("help.example_1"), said.say("help.example_2"), said.say("help.example_3"))
    return (
        Text(text=said.say("help.intro")),
        Bullets(title=said.say("help.examples"), items=examples),
        Bullets(
            title=said.say("help.also"),
            items=(
                said.say("help.follow_ups"),
                said.say("help.topics"),
                said.say("help.leads"),
                said.say("help.pulse"),
            ),
        ),
        showing.pillars(),
        Note(text=said.say("help.privacy")),
    )


def home_parts(showing: Showing) -> tuple[Part, ...]:
    """The coach's own page."""
    return (Heading(text=showing.said.say("help.home_title")), *help_parts(showing))


def all_topics(showing: Showing) -> tuple[Part, ...]:
    """Every pillar with its topics by name; a pillar's button lists them to choose from."""
    said = showing.said
    lines = tuple(
        said.say(
            "topics.pillar",
            pillar=pillar.title.say(showing.language),
            topics=said.listing([topic.title.say(showing.language) for topic in pillar.topics]),
        )
        for pillar in showing.base.pillars
    )
    level = showing.base.document.level.say(showing.language)
    title = said.say("topics.all", n=len(showing.base.topics), level=level)
    return (Text(text=title), Bullets(items=lines), showing.pillars())


def pillar_topics(showing: Showing, pillar: Pillar) -> tuple[Part, ...]:
    """The topics of one pillar to choose from."""
    title = showing.said.say("topics.of_pillar", pillar=pillar.title.say(showing.language))
    return (Text(text=title), showing.choices([topic.id for topic in pillar.topics]))
