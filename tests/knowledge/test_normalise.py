"""What is searched of a message, whatever script and dress it came in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.levels import mentioned, other_level
from knowledge.model import Language
from knowledge.normalise import MOST_CHARACTERS, language_of, searchable


@pytest.mark.parametrize(
    ("typed", "searched"),
    [
        ("AUDIT LOGS", "audit logs"),
        ("  ｋ８ｓ　集群　", "kubernetes 集群"),
        ("正式環境的叢集與映像檔", "正式环境的集群与镜像"),
        ("資安稽核要看哪些指標？", "安全审计要看哪些指标?"),
        ("测试指标和文件", "测试指标和文件"),
        ("<@U123> who owns <#C1|ops>?", "who owns ?"),
        ("see <https://example.org/x|our page> please", "see our page please"),
        ("https://example.org/secret what is CI?", "what is ci?"),
        ("“curly” ‘quotes’", "\"curly\" 'quotes'"),
        ("zero\u200bwidth and \u202eright to left", "zerowidth and right to left"),
        ("nul\x00 and lone \ud800 surrogate", "nul and lone surrogate"),
        ("line\nbreaks\tand tabs", "line breaks and tabs"),
    ],
)
def test_a_message_is_brought_to_one_form(typed: str, searched: str) -> None:
    assert searchable(typed) == searched


def test_of_a_very_long_message_both_ends_are_searched() -> None:
    text = "log aggregation " + "x" * 100_000 + " who owns security"
    searched = searchable(text)
    assert searched.startswith("log aggregation")
    assert searched.endswith("who owns security")
    assert len(searched) <= MOST_CHARACTERS + 1


@given(st.text(max_size=300))
def test_any_text_at_all_can_be_searched(text: str) -> None:
    assert searchable(searchable(text)) is not None


@pytest.mark.parametrize(
    ("text", "locale", "language"),
    [
        ("who owns it?", "zh-CN", Language.EN),
        ("谁负责", "en-US", Language.ZH),
        ("CKA 这个 certificate 对 SRE 有用吗？", None, Language.ZH),
        ("kubectl 怎么用", None, Language.ZH),
        ("what is 云原生 in one sentence, please, for my boss", None, Language.EN),
        ("??", "zh-TW", Language.ZH),
        ("??", None, Language.EN),
        ("", None, Language.EN),
    ],
)
def test_the_language_is_the_script_and_the_locale_breaks_ties(
    text: str, locale: str | None, language: Language
) -> None:
    assert language_of(text, locale) is language


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("what does level 4 expect", 4),
        ("到了第三级，测试要做到什么", 3),
        ("第 5 级呢", 5),
        ("we are at L3 now", 3),
        ("level 2 or level 3?", None),
        ("what is level 2 about", None),
        ("we have 3 clusters", None),
        ("l3.5 cache", None),
    ],
)
def test_another_level_than_ours_is_noticed(text: str, level: int | None) -> None:
    assert other_level(searchable(text)) == level


def test_all_levels_named_are_found() -> None:
    assert mentioned("from level 1 to level five") == {1, 5}
