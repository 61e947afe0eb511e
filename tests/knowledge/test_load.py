"""The loader: every problem at once, with file and line."""

from pathlib import Path

import pytest

from knowledge.base import KnowledgeBase
from knowledge.check import thin_spots
from knowledge.load import load, sheets
from knowledge.model import Language
from knowledge.yamls import KnowledgeError
from tests.knowledge.pages import HEAD, write_base

TOPICS = 25
PILLARS = ["people", "process", "policy", "technology", "business-outcomes"]


def problems_of(folder: Path) -> list[str]:
    with pytest.raises(KnowledgeError) as caught:
        load(folder)
    return [str(problem) for problem in caught.value.problems]


def test_the_shipped_base_has_every_topic_in_the_order_of_the_document(base: KnowledgeBase) -> None:
    assert [pillar.pillar for pillar in base.pillars] == PILLARS
    assert len(base.topics) == TOPICS


def test_the_shipped_base_keeps_what_it_promises() -> None:
    assert [str(problem) for problem in thin_spots(sheets())] == []


def test_each_pillar_has_five_to_eight_statements_spread_over_topics(base: KnowledgeBase) -> None:
    for pillar in base.pillars:
        assert 5 <= len(pillar.statements) <= 8
        topics = {statement.topic for statement in pillar.statements}
        assert len(topics) >= min(3, len(pillar.topics))


def test_there_are_enough_messages_that_must_not_be_answered() -> None:
    negatives = load().negatives[0]
    for language in Language:
        kinds = [kind for author in negatives.authors for kind in author.kinds.values()]
        assert sum(len(kind.of(language)) for kind in kinds) >= 150


def test_two_files_with_problems_are_both_told_with_their_lines(tmp_path: Path) -> None:
    write_base(tmp_path, "one")
    (tmp_path / "people.yaml").write_text(HEAD + "- id: people.one\n  tittle: x\n", "utf-8")
    (tmp_path / "process.yaml").write_text("format: 1\n  pillar: [broken\n", "utf-8")
    told = problems_of(tmp_path)
    assert "people.yaml:9: `topics.0.title` is missing" in told
    assert any(one.startswith("people.yaml:10: `topics.0.tittle` is not a field") for one in told)
    assert any(one.startswith("process.yaml:2: ") for one in told)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("id: people.one", "id: process.one", 9, "belongs to pillar `process`"),
        ("says: {en: The model says one.", "says: {en: ''", 12, "is empty"),
        ("model: {en: Now.", "model: {en: A. B. C. D.", 28, "has 4 sentences"),
        ("keywords: {en: [one]", "related: [people.two]\n  keywords: {en: [one]", 31, "no topic"),
        ("title: {en: one,", "title: {en: one}\n  title: {en: one,", 11, "is written twice"),
    ],
)
def test_a_mistake_is_told_where_it_stands(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    write_base(tmp_path, "one")
    path = tmp_path / "people.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    told = problems_of(tmp_path)
    assert any(one.startswith(f"people.yaml:{line}: ") and said in one for one in told), told


def test_an_id_used_twice_is_told(tmp_path: Path) -> None:
    write_base(tmp_path, "one", "one")
    assert any("`people.one` is used twice" in one for one in problems_of(tmp_path))


def test_an_empty_folder_says_what_is_expected(tmp_path: Path) -> None:
    assert "no pillar files" in problems_of(tmp_path)[0]


def test_a_file_that_is_not_text_is_told_and_not_half_read(tmp_path: Path) -> None:
    write_base(tmp_path, "one")
    (tmp_path / "process.yaml").write_bytes(b"\xff\xfe\x00bad")
    assert problems_of(tmp_path) == ["process.yaml:1: is not UTF-8 text: save it as UTF-8"]


def test_a_question_about_an_unknown_topic_is_told(tmp_path: Path) -> None:
    write_base(tmp_path, "one")
    (tmp_path / "questions").mkdir()
    (tmp_path / "questions" / "sre.yaml").write_text(
        "format: 1\nauthor: sre\nview: x\nquestions:\n  people.none: {en: [what]}\n", "utf-8"
    )
    assert problems_of(tmp_path) == ["questions/sre.yaml:5: `people.none` is no topic of this base"]


def test_a_thin_base_can_be_used_and_its_thin_spots_are_told(tmp_path: Path) -> None:
    write_base(tmp_path, "one")
    assert len(load(tmp_path).topics) == 1
    told = [problem.message for problem in thin_spots(sheets(tmp_path))]
    assert any("statements" in one for one in told)
    assert any("phrasings in en" in one for one in told)
