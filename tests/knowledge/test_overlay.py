"""An organisation's own additions: what can be used is used, what can't is said."""

from pathlib import Path

import pytest

from knowledge.model import Language
from knowledge.overlay import load_overlay

KNOWN = {"process.audit-and-logs", "policy.compliance"}
GOOD = """
format: 1
topics:
  process.audit-and-logs:
    note: {en: Loki., zh: 用 Loki。}
    contacts: ["#observability"]
    links:
    - {title: Guide, url: "https://wiki.example.org/logs"}
    questions:
    - asks: ["where are our logs", "日志在哪"]
      answer: {zh: 在 Grafana。}
"""


def test_everything_of_a_good_file_is_there_in_both_languages(tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text(GOOD, encoding="utf-8")
    overlay = load_overlay(tmp_path, KNOWN)
    assert overlay.problems == ()
    assert overlay.notes("process.audit-and-logs", Language.ZH) == ("用 Loki。",)
    assert overlay.contacts("process.audit-and-logs") == ("#observability",)
    (link,) = overlay.links("process.audit-and-logs")
    assert link.title.say(Language.ZH) == "Guide"
    (entry,) = overlay.entries()
    assert entry.questions == ("where are our logs", "日志在哪")
    assert overlay.answers[entry.id].answer.say(Language.EN) == "在 Grafana。"
    assert overlay.notes("policy.compliance", Language.EN) == ()


def test_two_files_add_up_and_a_broken_one_is_left_out_with_its_lines(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.yml").write_text(
        "format: 1\ntopics:\n  process.audit-and-logs:\n    note: Second.\n", encoding="utf-8"
    )
    (tmp_path / "c.yaml").write_text(
        "format: 1\ntopics:\n  policy.compliance:\n    nota: x\n    links:\n"
        "    - {title: t, url: 'javascript:alert(1)'}\n",
        encoding="utf-8",
    )
    overlay = load_overlay(tmp_path, KNOWN)
    assert overlay.notes("process.audit-and-logs", Language.EN) == ("Loki.", "Second.")
    assert overlay.notes("policy.compliance", Language.EN) == ()
    assert [(one.file, one.line) for one in overlay.problems] == [("c.yaml", 4), ("c.yaml", 6)]


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("", 1, ""),
        ("topics: [\n", 2, ""),
        ("format: 1\ntopics:\n  policy.compliance: {}\n", 3, "adds nothing"),
        ("format: 1\ntopics:\n  policy.compliance:\n    note: {}\n", 4, "is empty"),
        ("format: 1\ntopics:\n  policy.compliance:\n    note: ''\n", 4, "is empty"),
        ("format: 2\ntopics: {}\n", 1, ""),
        ("format: 1\ntopics:\n  policy.no-such:\n    note: x\n", 3, "no topic of the base"),
        (
            "format: 1\ntopics:\n  policy.compliance:\n    links:\n    - {title: t, url: wiki}\n",
            5,
            "is no web address: write it whole",
        ),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_why(
    tmp_path: Path, text: str, line: int, word: str
) -> None:
    (tmp_path / "acme.yaml").write_text(text, encoding="utf-8")
    overlay = load_overlay(tmp_path, KNOWN)
    assert overlay.entries() == ()
    assert overlay.problems
    assert overlay.problems[0].line == line
    assert word in overlay.problems[0].message


def test_an_unknown_topic_loses_only_itself(tmp_path: Path) -> None:
    text = f"{GOOD}  policy.no-such:\n    note: x\n"
    (tmp_path / "acme.yaml").write_text(text, encoding="utf-8")
    overlay = load_overlay(tmp_path, KNOWN)
    assert overlay.notes("process.audit-and-logs", Language.EN) == ("Loki.",)
    assert len(overlay.problems) == 1


def test_no_folder_means_nothing_and_a_wrong_one_is_said(tmp_path: Path) -> None:
    assert load_overlay(None, KNOWN).problems == ()
    (problem,) = load_overlay(tmp_path / "gone", KNOWN).problems
    assert "is no folder" in problem.message
