"""What the model states is in the base, and the base says nothing in the model's name beyond it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field, RootModel

from knowledge.base import KnowledgeBase
from knowledge.model import Basis, Bilingual, Language, Topic
from knowledge.yamls import read

FILE = Path(__file__).parent / "coverage.yaml"


class Stated(BaseModel):
    """One thing that the model states, and the fields that say it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: str
    about: str
    where: tuple[str, ...] = Field(alias="in", min_length=1)


class Table(RootModel[tuple[Stated, ...]]):
    """All that the model states at this level."""


STATED = read(FILE, Table, FILE.name)[0].root


def in_the_models_name(topic: Topic) -> dict[str, Bilingual]:
    """The texts of a topic that speak for the model, by their paths."""
    return dict(_texts(topic))


def _texts(topic: Topic) -> Iterator[tuple[str, Bilingual]]:
    yield "says", topic.says
    if topic.next is not None:
        yield "next", topic.next
    for place, step in enumerate(topic.do):
        if step.basis is Basis.MODEL:
            yield f"do.{place}", step
    for answer in topic.answers:
        if answer.model is not None:
            yield f"answers.{answer.id}.model", answer.model


@pytest.mark.parametrize("stated", STATED, ids=lambda one: f"{one.topic}: {one.about}")
def test_what_the_model_states_is_said_where_the_table_points(
    stated: Stated, base: KnowledgeBase
) -> None:
    texts = in_the_models_name(base.topics[stated.topic])
    missing = [path for path in stated.where if path not in texts]
    assert missing == []
    assert all(texts[path].say(language) for path in stated.where for language in Language)


def test_every_topic_has_its_statements(base: KnowledgeBase) -> None:
    assert set(base.topics) - {one.topic for one in STATED} == set()


def test_no_statement_stands_in_the_table_twice() -> None:
    named = [(one.topic, one.about) for one in STATED]
    assert len(named) == len(set(named))


def test_every_step_of_the_model_rests_on_a_statement(base: KnowledgeBase) -> None:
    """A step, a `says` or a `next` in the model's name that no statement backs is our advice."""
    backed = {(one.topic, path) for one in STATED for path in one.where}
    unbacked = [
        f"{topic.id}: {path}"
        for topic in base.topics.values()
        for path in in_the_models_name(topic)
        if not path.startswith("answers.") and (topic.id, path) not in backed
    ]
    assert unbacked == []
