"""What people type, in whatever shape, and what of it is kept or shown again."""

import time

import pytest

from bot.followups import Facet, FollowUp, follow_up
from bot.hearing import MOST_READ, heard, quoted
from bot.privacy import MOST_KEPT, cleaned
from bot.smalltalk import Talk, small_talk
from knowledge.model import Language


@pytest.mark.parametrize(
    ("text", "talk"),
    [
        ("Hi there!", Talk.GREETING),
        ("你好呀，教练", Talk.GREETING),
        ("good morning everyone", Talk.MORNING),
        ("大家早上好", Talk.MORNING),
        ("晚安囉", Talk.NIGHT),
        ("Thanks, that helped!", Talk.THANKS),
        ("謝謝", Talk.THANKS),
        ("ok sounds good, talk tomorrow", Talk.GOODBYE),
        ("下班了，掰掰", Talk.GOODBYE),
        ("How are you today, coach?", Talk.WELLBEING),
        ("你是真人还是机器人", Talk.IDENTITY),
        ("nice one 👍", Talk.PRAISE),
        ("this bot is garbage", Talk.UPSET),
        ("收到", Talk.AGREED),
        ("what can you do?", Talk.HELP),
        ("有哪些主题", Talk.TOPICS),
        ("Hi there, who are you?", Talk.IDENTITY),
        ("hey coach, how are you today", Talk.WELLBEING),
        ("早上好！你能做什么？", Talk.HELP),
        ("I love you", Talk.PRAISE),
        ("Please turn on the weekly digest", Talk.DIGEST),
        ("turn the digest off", Talk.DIGEST),
        ("How do I set up a weekly digest for our team?", Talk.DIGEST),
        ("can you pause the digest for two weeks", Talk.DIGEST),
        ("when is the next digest?", Talk.DIGEST),
        ("digest", Talk.DIGEST),
        ("请开启周报", Talk.DIGEST),
        ("怎么开启周报？", Talk.DIGEST),
        ("周报怎么关掉", Talk.DIGEST),
        ("請問如何訂閱週報", Talk.DIGEST),
        ("我们想暂停周报", Talk.DIGEST),
        ("把周报打开吧", Talk.DIGEST),
        ("怎么修改周报的时间", Talk.DIGEST),
    ],
)
def test_small_talk_is_recognised_in_both_languages(text: str, talk: Talk) -> None:
    assert small_talk(heard(text).bare) is talk


@pytest.mark.parametrize(
    "text",
    [
        "good morning, how do we start with compliance?",
        "thanks, and who owns that?",
        "help me understand audit logs",
        "你好，集群安全谁负责",
        "hello, compliance",
        "Are we too small for a platform team?",
        "how do we pin images by digest",
        "how do we verify the image digest?",
        "please enable digest pinning for our images",
        "what should a weekly report to management contain?",
        "how do we get weekly security reviews started",
        "should we turn on audit logs",
        "谁来写周报",
        "怎么在周报里体现成熟度",
        "周报应该包含哪些安全指标",
        "怎么开启审计日志",
        "怎么发周报给领导",
    ],
)
def test_a_question_with_politeness_around_it_is_a_question(text: str) -> None:
    assert small_talk(heard(text).bare) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("why?", FollowUp(facet=Facet.WHY)),
        ("為什麼", FollowUp(facet=Facet.WHY)),
        ("那怎么开始", FollowUp(facet=Facet.START)),
        ("ok, and how do we start with that?", FollowUp(facet=Facet.START)),
        ("How do we know we're there?", FollowUp(facet=Facet.EVIDENCE)),
        ("what could go wrong", FollowUp(facet=Facet.PITFALLS)),
        ("what comes next?", FollowUp(facet=Facet.NEXT)),
        ("who owns that?", FollowUp(facet=Facet.OWNER)),
        ("那谁来负责呢", FollowUp(facet=Facet.OWNER)),
        ("tell me more", FollowUp(facet=Facet.MORE)),
        ("related topics", FollowUp(facet=Facet.RELATED)),
        ("and for compliance?", FollowUp(about="compliance")),
        ("what about the CKAD", FollowUp(about="ckad")),
        ("再说说合规呢", FollowUp(about="合规")),
        ("那合规呢？", FollowUp(about="合规")),
    ],
)
def test_follow_ups_are_recognised_in_both_languages(text: str, expected: FollowUp) -> None:
    assert follow_up(heard(text).bare) == expected


@pytest.mark.parametrize(
    "text",
    [
        "who signs off audits",
        "how do we start with container scanning in CI?",
        "怎么做容器扫描",
        "有指标就行了，何必折腾日志呢",
        "why does the model ask for audit logs at all?",
    ],
)
def test_a_question_that_names_its_subject_leans_on_nothing(text: str) -> None:
    assert follow_up(heard(text).bare) is None


@pytest.mark.parametrize(
    "unit",
    [
        "hi ",
        "你好，",
        "ok ",
        "why ",
        "和",
        "thanks, ",
        "那",
        "@",
        "((",
        "please ",
        "我想要",
        "the digest on ",
    ],
)
def test_recognising_takes_no_time_however_a_message_repeats_itself(unit: str) -> None:
    begun = time.perf_counter()
    for length in (20, 60, 90, 5000):
        bare = heard((unit * length)[:length] + "!x").bare
        small_talk(bare)
        follow_up(bare)
    assert time.perf_counter() - begun < 2


def test_a_long_message_is_cut_and_that_is_known() -> None:
    said = heard("compliance " * 10_000)
    assert said.cut
    assert len(said.text) <= MOST_READ
    assert not heard("compliance").cut


@pytest.mark.parametrize(
    "text", ["", "   ", "🙂🙂", "\x00\x1b\x07", "\u202e\u2066", "\ud800", "<!channel>"]
)
def test_what_holds_no_words_is_heard_as_nothing(text: str) -> None:
    assert heard(text).bare == ""


def test_the_language_is_that_of_the_text_and_of_the_person_where_there_is_none() -> None:
    assert heard("集群安全谁负责", "en").language is Language.ZH
    assert heard("who owns it", "zh-CN").language is Language.EN
    assert heard("🙂", "zh-CN").language is Language.ZH


def test_a_quote_is_one_short_line_without_anything_invisible() -> None:
    shown = quoted("a\u202eb\x00c\n\x1b[2Jd " + "x" * 500)
    assert shown.startswith("abc [2Jd x")
    assert len(shown) == 80
    assert shown.endswith("…")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("ask <@U123ABC> or <!channel> please", "ask […] or […] please"),
        ("ask @anna.smith please", "ask […] please"),
        ("<at>Anna Smith</at> who owns it", "[…] who owns it"),
        ("mail bo@example.org about logs", "mail […] about logs"),
        ("see https://wiki.corp.example/logs?u=7 for more", "see […] for more"),
        ("node 10.1.2.3:8080 is down", "node […] is down"),
        ("fe80:0:0:0:1:2:3:4 is down", "[…] is down"),
        ("db01.prod.corp.example is slow", "[…] is slow"),
        ("call +49 170 1234567 now", "call […] now"),
        ("call 13812345678 now", "call […] now"),
        ("my password is hunter2, why", "my password is […], why"),
        ("密码是 abc123，怎么办", "密码是 […]，怎么办"),
        ("api_key=AKIA0000 works?", "api_key=[…] works?"),
        ("token ghp_abcdefghij1234567890 leaked", "token […] leaked"),
        ("use 9f86d081884c7d659a2feaa0c55ad015 here", "use […] here"),
        ("on /home/anna/logs", "on /home/[…]/logs"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY----- ok", "[…] ok"),
    ],
)
def test_people_addresses_and_secrets_are_taken_out_of_what_is_kept(text: str, kept: str) -> None:
    assert cleaned(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "who should own cluster security by 2026-11-23?",
        "do we need the CKA/CKAD exams?",
        "Kubernetes 1.31 与 CI/CD 的关系",
        "containerization-and-orchestration at scale",
        "what does the password policy say",
    ],
)
def test_ordinary_questions_are_kept_as_they_are(text: str) -> None:
    assert cleaned(text) == text


def test_no_more_is_kept_than_a_question_needs() -> None:
    assert len(cleaned("why " * 1000)) <= MOST_KEPT
