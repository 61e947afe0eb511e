"""Weekly slots as leads write them, in English and Chinese."""

from datetime import UTC, datetime, time
from itertools import permutations
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.coach import refusal
from bot.errors import Invalid
from bot.messages import Note
from bot.slotreading import read_slot
from bot.zonenames import FAMILIAR, INITIALS, UNNAMED, canonical, cities, countries, offered, zones
from bot.zones import meaning, near
from knowledge.model import Language

WINTER = datetime(2026, 1, 5, 10, tzinfo=UTC)
SUMMER = datetime(2026, 7, 6, 10, tzinfo=UTC)
DAYS = ("mon", "Tuesday", "weds", "每周四", "礼拜五", "週六", "星期7")
TIMES = ("09:00", "9", "0930", "9.30", "9h", "9:15 pm", "noon", "9点半", "下午三点一刻", "晚上11点")
PLACES = ("Europe/Berlin", "new york", "北京时间", "(Asia/Tokyo)", "UTC", "德国", "Asia/Beijing")


def read(text: str, zone: str | None = None, now: datetime = WINTER) -> tuple[int, time, str]:
    return read_slot(text.split(), zone, now)


def refused(text: str, now: datetime = WINTER) -> Invalid:
    with pytest.raises(Invalid) as error:
        read(text, now=now)
    return error.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mon 09:00 Europe/Berlin", (0, time(9), "Europe/Berlin")),
        ("Friday 9am europe/berlin", (4, time(9), "Europe/Berlin")),
        ("sun 12am New York", (6, time(0), "America/New_York")),
        ("tue 23:59", (1, time(23, 59), "Asia/Tokyo")),
        ("mondays 0900 Berlin", (0, time(9), "Europe/Berlin")),
        ("every monday at 9 am in Berlin", (0, time(9), "Europe/Berlin")),
        ("Mon, 9.30 (Europe/Berlin)", (0, time(9, 30), "Europe/Berlin")),
        ("thurs 9h Berlin time", (3, time(9), "Europe/Berlin")),
        ("wed noon UTC", (2, time(12), "UTC")),
        ("wed 12 pm UTC", (2, time(12), "UTC")),
        ("wed midnight GMT", (2, time(0), "GMT")),
        ("sat 5 p.m. san francisco", (5, time(17), "America/Los_Angeles")),
        ("mon 9 São Paulo", (0, time(9), "America/Sao_Paulo")),
        ("mon 10:00_Europe/Berlin", (0, time(10), "Europe/Berlin")),
        ("周一 9:00 Asia/Shanghai", (0, time(9), "Asia/Shanghai")),
        ("周三17：05 Shanghai", (2, time(17, 5), "Asia/Shanghai")),
        ("星期天 下午3点半 上海", (6, time(15, 30), "Asia/Shanghai")),
        ("周五下午3点半北京", (4, time(15, 30), "Asia/Shanghai")),
        ("周五下午 3点半", (4, time(15, 30), "Asia/Tokyo")),
        ("周一，9:00，上海", (0, time(9), "Asia/Shanghai")),
        ("礼拜日 九点 上海", (6, time(9), "Asia/Shanghai")),
        ("每周一上午九点 香港", (0, time(9), "Asia/Hong_Kong")),
        ("周1 9:00", (0, time(9), "Asia/Tokyo")),
        ("星期1 9点05分", (0, time(9, 5), "Asia/Tokyo")),
        ("週一 9點半 紐約", (0, time(9, 30), "America/New_York")),
        ("禮拜三 下午兩點 台北", (2, time(14), "Asia/Taipei")),
        ("周二中午12点", (1, time(12), "Asia/Tokyo")),
        ("周二中午", (1, time(12), "Asia/Tokyo")),
        ("周二中午1点", (1, time(13), "Asia/Tokyo")),
        ("周二凌晨1点", (1, time(1), "Asia/Tokyo")),
        ("周二凌晨12点", (1, time(0), "Asia/Tokyo")),
        ("周二晚8点", (1, time(20), "Asia/Tokyo")),
        ("周二二十三点十五分", (1, time(23, 15), "Asia/Tokyo")),
        ("09:00 mon Europe/Berlin", (0, time(9), "Europe/Berlin")),
        ("Europe/Berlin mon 9", (0, time(9), "Europe/Berlin")),
        ("北京周一9点", (0, time(9), "Asia/Shanghai")),
        ("mon 9am Munich, Germany", (0, time(9), "Europe/Berlin")),
        ("mon 9am, Boston, USA", (0, time(9), "America/New_York")),
        ("mon 9:00 Berlin CET", (0, time(9), "Europe/Berlin")),
        ("mon 9:00 (UTC+8) Shanghai", (0, time(9), "Asia/Shanghai")),
        ("周一9点日本东京", (0, time(9), "Asia/Tokyo")),
        ("周一9点 中国上海 东八区", (0, time(9), "Asia/Shanghai")),
    ],
)
def test_a_slot_is_read_as_people_write_it(text: str, expected: tuple[int, time, str]) -> None:
    assert read(text, "Asia/Tokyo") == expected


@pytest.mark.parametrize(
    ("text", "key", "given"),
    [
        ("", "digest.usage_on", None),
        ("Europe/Berlin", "digest.usage_on", None),
        ("mon", "digest.missing_time", None),
        ("周一 北京", "digest.missing_time", None),
        ("09:00 Europe/Berlin", "digest.missing_day", None),
        ("moonday 09:00 UTC", "digest.bad_day", "moonday"),
        ("mon 25:00 UTC", "digest.bad_time", "25:00"),
        ("mon 09:60 UTC", "digest.bad_time", "09:60"),
        ("mon 13pm UTC", "digest.bad_time", "13pm"),
        ("mon 9.3 UTC", "digest.bad_time", "9.3"),
        ("mon noonish UTC", "digest.bad_time", "noonish"),
        ("周一上午12点", "digest.bad_time", "上午12点"),
        ("mon 09:00 ../../etc/passwd", "digest.unknown_zone", "../../etc/passwd"),
        ("周一 9点 火星", "digest.unknown_zone", "火星"),
        ("mon 09:00 +20:00", "digest.unknown_zone", "+20:00"),
        ("mon 09:00", "digest.no_zone", None),
        ("mon 09:00 Berlin please", "digest.extra_words", "please"),
        ("mon tue 09:00 Berlin", "digest.extra_words", "tue"),
        ("mon 9 10 Berlin", "digest.extra_words", "10"),
        ("mon-fri 9:00 UTC", "digest.extra_words", "fri"),
        ("mon 9:00 Berlin GMT+8", "digest.extra_words", "GMT+8"),
        ("mon 9:00 Berlin Tokyo", "digest.extra_words", "Tokyo"),
    ],
)
def test_what_is_wrong_or_missing_is_named(text: str, key: str, given: str | None) -> None:
    error = refused(text)
    assert (error.key, error.values.get("given")) == (key, given)


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("mon 24:00 UTC", "tue 00:00"),
        ("sun 24:30 UTC", "mon 00:30"),
        ("周一晚上12点", "周二 00:00"),
        ("周日半夜1点", "周一 01:00"),
        ("星期六午夜", "周日 00:00"),
    ],
)
def test_a_time_that_belongs_to_the_next_day_is_not_guessed(text: str, instead: str) -> None:
    error = refused(text)
    assert (error.key, error.values["instead"]) == ("digest.next_day", instead)


@pytest.mark.parametrize(
    ("name", "key", "offered"),
    [
        ("GMT+8", "digest.zone_offset", ("Asia/Shanghai", "Asia/Singapore")),
        ("UTC+8", "digest.zone_offset", ("Asia/Shanghai", "Asia/Singapore")),
        ("utc8", "digest.zone_offset", ("Asia/Shanghai", "Asia/Singapore")),
        ("+08:00", "digest.zone_offset", ("Asia/Shanghai", "Asia/Singapore")),
        ("东八区", "digest.zone_offset", ("Asia/Shanghai", "Asia/Singapore")),
        ("東8區", "digest.zone_offset", ("Asia/Shanghai", "Asia/Singapore")),
        ("西五区", "digest.zone_offset", ("America/New_York",)),
        ("UTC+5:30", "digest.zone_offset", ("Asia/Kolkata",)),
        ("PST", "digest.zone_short", ("America/Los_Angeles",)),
        ("pdt", "digest.zone_short", ("America/Los_Angeles",)),
        ("EST", "digest.zone_short", ("America/New_York",)),
        ("EST5EDT", "digest.zone_short", ("America/New_York",)),
        ("CST", "digest.zone_short", ("America/Chicago", "Asia/Shanghai")),
        ("IST", "digest.zone_short", ("Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin")),
        ("BST", "digest.zone_short", ("Europe/London",)),
        ("CET", "digest.zone_short", ("Europe/Berlin", "Europe/Paris")),
        ("MET", "digest.zone_short", ("Europe/Berlin",)),
        ("JST", "digest.zone_short", ("Asia/Tokyo",)),
        ("SGT", "digest.zone_short", ("Asia/Singapore",)),
        ("Pacific Time", "digest.zone_short", ("America/Los_Angeles",)),
        ("美东时间", "digest.zone_short", ("America/New_York",)),
        ("Etc/GMT+8", "digest.zone_reversed", ("America/Los_Angeles", "Asia/Shanghai")),
        ("USA", "digest.zone_several", ("America/New_York", "America/Los_Angeles")),
        ("美国", "digest.zone_several", ("America/New_York", "America/Los_Angeles")),
        ("Russia", "digest.zone_several", ("Europe/Moscow",)),
        ("Europe/Shanghai", "digest.bad_zone", ("Asia/Shanghai",)),
        ("Europe/Berlim", "digest.bad_zone", ("Europe/Berlin",)),
    ],
)
def test_a_zone_that_is_not_certain_is_asked_back_with_the_right_cities(
    name: str, key: str, offered: tuple[str, ...]
) -> None:
    for text in (f"mon 9:00 {name}", f"{name} 9:00 mon"):
        error = refused(text)
        assert error.key == key
        assert error.values["given"] == name
        near = error.values["near"]
        assert isinstance(near, tuple)
        assert set(offered) <= set(near)
        assert not any(zone.startswith("Etc/") for zone in near)


def test_cities_are_offered_by_the_clocks_of_today() -> None:
    assert "Europe/London" in refused("mon 9 UTC+1", SUMMER).values["near"]  # type: ignore[operator]
    assert "Europe/London" not in refused("mon 9 UTC+1").values["near"]  # type: ignore[operator]


@pytest.mark.parametrize(
    ("names", "zone"),
    [
        ("China 中国 北京 深圳 北京时间 Asia/Beijing PRC 上海市 重庆", "Asia/Shanghai"),
        ("Japan 日本 东京 東京 大阪 JAPAN 日本时间", "Asia/Tokyo"),
        ("India 印度 孟买 Bangalore", "Asia/Kolkata"),
        ("Germany 德国 柏林 慕尼黑 Europe/Munich", "Europe/Berlin"),
        ("香港 Hongkong", "Asia/Hong_Kong"),
        ("台北 台湾 臺北", "Asia/Taipei"),
        ("新加坡 Singapore", "Asia/Singapore"),
        ("首尔 首爾 韩国", "Asia/Seoul"),
        ("伦敦 英国 UK GB", "Europe/London"),
        ("纽约 紐約 波士顿", "America/New_York"),
        ("旧金山 舊金山 西雅图", "America/Los_Angeles"),
        ("UTC utc Etc/UTC Zulu GMT0 UTC+0 零时区", "UTC"),
    ],
)
def test_cities_and_countries_of_one_clock_are_taken(names: str, zone: str) -> None:
    for name in names.split():
        assert read(f"周一 9:00 {name}")[2] == zone


def test_every_city_and_every_zone_on_offer_exists() -> None:
    every = available_timezones()
    assert {*FAMILIAR, *offered(), *cities().values()} <= every


def test_every_country_has_zones_that_exist() -> None:
    every = available_timezones()
    for name in countries():
        found = meaning(name, WINTER)
        assert found
        assert set(found.zones) <= every


REFUSED_KINDS = {name for name in available_timezones() if name.startswith("Etc/")} - {
    name for name in available_timezones() if canonical(name) in ("Etc/UTC", "Etc/GMT")
} | {name for name in available_timezones() if name in UNNAMED or INITIALS.fullmatch(name)}


def test_only_offsets_and_abbreviations_are_refused_kinds() -> None:
    named = {name for name in REFUSED_KINDS if not name.startswith("Etc/")} - UNNAMED
    assert named <= {
        *("CET", "EET", "MET", "WET", "EST", "HST", "MST"),
        *("CST6CDT", "EST5EDT", "MST7MDT", "PST8PDT"),
    }


@given(
    st.sampled_from(sorted(available_timezones() - REFUSED_KINDS)),
    st.sampled_from((str, str.upper, str.lower, str.title, str.swapcase)),
)
def test_every_zone_of_the_database_is_taken_in_any_case(name: str, case: type[str]) -> None:
    zone = read(f"mon 9:00 {case(name)}")[2]
    for now in (WINTER, SUMMER):
        ours, theirs = (now.astimezone(ZoneInfo(one)).utcoffset() for one in (zone, name))
        assert ours == theirs


@given(st.sampled_from(sorted(REFUSED_KINDS - UNNAMED)))
def test_no_zone_of_a_refused_kind_is_taken(name: str) -> None:
    found = meaning(name, WINTER)
    assert found is None or found.ask


@given(st.sampled_from(DAYS), st.sampled_from(TIMES), st.sampled_from(PLACES))
def test_the_order_of_day_time_and_place_makes_no_difference(
    day: str, clock: str, place: str
) -> None:
    read_ones = {read(" ".join(order)) for order in permutations((day, clock, place))}
    assert len(read_ones) == 1


WORDS = st.lists(
    st.one_of(
        st.sampled_from(
            [*DAYS, *TIMES, *PLACES, "GMT+8", "CST", "东八区", "24:00", "+", "点", "周"]
        ),
        st.sampled_from(sorted(zones())),
        st.text(max_size=8),
    ),
    max_size=6,
)


@given(WORDS, st.sampled_from((" ", "", "，")))
def test_any_text_is_a_slot_or_is_refused_in_both_languages(words: list[str], joint: str) -> None:
    try:
        _, at, zone = read(joint.join(words), "UTC")
    except Invalid as error:
        for language in Language:
            (note,) = refusal(error, language).parts
            assert isinstance(note, Note)
            assert note.text
        return
    assert (at.second, ZoneInfo(zone).key) == (0, zone)


@given(st.text(max_size=30))
def test_what_is_near_to_any_text_are_zones_that_are_taken(text: str) -> None:
    assert set(near(text, WINTER)) <= available_timezones()


def test_long_text_is_read_in_a_moment() -> None:
    assert refused("mon 9:00 " + "一 " * 4000).key
    assert refused("mon 9:00 " + "点" * 4000).key


def test_what_was_typed_is_quoted_as_it_was_typed() -> None:
    said = refusal(refused("mon 10:00 Europe Berlim"), Language.EN).summary
    assert "“Europe Berlim”" in said
    assert "_" not in said.replace("America/New_York", "")


def test_in_chinese_the_zones_to_choose_from_begin_with_shanghai() -> None:
    assert "：Asia/Shanghai、" in refusal(refused("周一 9点 火星"), Language.ZH).summary
    assert "Asia/Shanghai、Asia/Singapore" in refusal(refused("周一9点东八区"), Language.ZH).summary
