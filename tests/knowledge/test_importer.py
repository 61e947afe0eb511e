"""A page of the public model as a skeleton of a base, and two editions compared."""

import pytest
import yaml

from knowledge.editions import Change, differences
from knowledge.importer import import_page, skeleton
from knowledge.yamls import KnowledgeError
from tests.knowledge.pages import PAGE


def told(text: str) -> list[str]:
    with pytest.raises(KnowledgeError) as caught:
        import_page(text, "page.md")
    return [str(problem) for problem in caught.value.problems]


def test_a_page_gives_pillars_and_topics_with_ids_in_mixed_languages() -> None:
    page = import_page(PAGE, "page.md")
    assert [pillar.pillar for pillar in page.pillars] == ["people", "business-outcomes"]
    assert [(topic.id, topic.language) for topic in page.topics().values()] == [
        ("people.overview", "zh"),
        ("people.cncf-certification", "zh"),
        ("people.cncf-certification.cka", "zh"),
        ("business-outcomes.overview", "en"),
    ]
    assert page.topics()["people.cncf-certification.cka"].part_of == "people.cncf-certification"


def test_the_skeleton_holds_titles_texts_and_sources_in_their_own_language() -> None:
    made = yaml.safe_load(skeleton(import_page(PAGE, "page.md")))
    first = made["pillars"][0]["topics"][0]
    assert first["id"] == "people.overview"
    assert first["text"] == {"zh": "第一句。第二句。"}
    assert first["source"] == {"heading": "人员概述", "line": 8}
    assert made["document"]["title"] == "Level 9 - Somewhere"


def test_windows_line_ends_give_the_same_page() -> None:
    assert import_page(PAGE.replace("\n", "\r\n"), "page.md") == import_page(PAGE, "page.md")


def test_a_heading_in_an_unknown_language_gets_a_stable_id() -> None:
    page = PAGE.replace("人员概述", "全然未知")
    first, second = import_page(page, "a.md"), import_page(page, "b.md")
    assert list(first.topics()) == list(second.topics())
    assert next(iter(first.topics())).startswith("people.topic-")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "page.md:1: has no front matter"),
        ("---\ntitle: x\n---\n", "page.md:4: has no pillar"),
        ("---\ndescription: x\n---\n## A\n\ntext\n", "page.md:2: front matter has no `title`"),
        ("---\ntitle: [x\n---\n## A\n\ntext\n", "front matter is no YAML"),
        ("---\ntitle: x\n---\nstray\n## A\n\ntext\n", "page.md:4: text before the first pillar"),
        ("---\ntitle: x\n---\n## A\n#### b\n\ntext\n", "page.md:5: a part (####) without"),
        ("---\ntitle: x\n---\n## A\n##### b\n\ntext\n", "page.md:5: a heading of 5 #"),
        ("---\ntitle: x\n---\n## A\n", "page.md:4: pillar `A` has neither text nor sections"),
        ("---\ntitle: x\n---\n## A\n### B\nx\n### B\ny\n", "page.md:7: `B` gives the id"),
    ],
)
def test_a_malformed_page_is_told_what_and_where(text: str, said: str) -> None:
    assert any(said in one for one in told(text)), told(text)


def test_an_edition_is_the_same_as_itself() -> None:
    page = import_page(PAGE, "page.md")
    assert differences(page, page) == []


def test_what_changed_between_two_editions_is_shown_sentence_by_sentence() -> None:
    newer = (
        PAGE.replace("第二句。", "第二句改了。")
        .replace("### CNCF 认证\n\n#### 认证 Kubernetes 管理员 (CKA)\n\n一句话。\n", "")
        .replace("More of it.", "More of it.\n\n### Return\n\nNew.")
    )
    found = {
        (one.kind, one.id): (one.before, one.after)
        for one in differences(import_page(PAGE, "old.md"), import_page(newer, "new.md"))
    }
    assert found[Change.CHANGED, "people.overview"] == (("第二句。",), ("第二句改了。",))
    assert found[Change.REMOVED, "people.cncf-certification.cka"] == (("一句话。",), ())
    assert found[Change.ADDED, "business-outcomes.return"] == ((), ("New.",))
