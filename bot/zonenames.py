"""By which names people call time zones: IANA's, cities, countries and short forms, made lazily."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global

# What is offered first where several zones would do, in this order.
FAMILIAR = tuple(
    f"{area}/{city}"
    for area, cities in (
        ("Asia", "Shanghai Singapore"),
        ("Europe", "Berlin London Paris"),
        ("America", "New_York Los_Angeles Chicago Denver Sao_Paulo Mexico_City Toronto"),
        ("Asia", "Kolkata Tokyo Hong_Kong Seoul Taipei Dubai Bangkok Jakarta Jerusalem Manila"),
        ("Europe", "Madrid Warsaw Athens Helsinki Kyiv Istanbul Moscow Lisbon Dublin"),
        ("Australia", "Sydney Brisbane Adelaide Perth"),
        ("Africa", "Cairo Johannesburg Lagos Nairobi"),
        ("Pacific", "Auckland Honolulu"),
        ("America", "Phoenix Halifax Anchorage"),
    )
    for city in cities.split()
)
AREAS = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe"),
    *("Indian", "Pacific"),
)
# Cities that have no zone of their own name, and that CLDR doesn't know.
CITIES = {
    "Asia/Shanghai": "beijing peking shenzhen guangzhou hangzhou nanjing chengdu wuhan xian suzhou"
    " tianjin xiamen qingdao dalian 北京 深圳 广州 杭州 南京 成都 武汉 西安 苏州 天津 重庆 厦门"
    " 青岛 大连 长沙 郑州 济南 合肥 宁波 珠海 东莞",
    "Asia/Tokyo": "osaka kyoto 大阪 京都",
    "Asia/Kolkata": "mumbai bombay delhi new_delhi bangalore bengaluru hyderabad pune chennai"
    " 孟买 新德里 班加罗尔",
    "Asia/Ho_Chi_Minh": "hanoi 河内",
    "Asia/Taipei": "hsinchu kaohsiung 新竹 高雄",
    "Europe/Berlin": "munich munchen hamburg frankfurt cologne koln stuttgart dresden leipzig"
    " dusseldorf 慕尼黑 汉堡 法兰克福",
    "Europe/London": "manchester edinburgh cambridge oxford 曼彻斯特 爱丁堡",
    "Europe/Zurich": "geneva basel bern 日内瓦",
    "Europe/Madrid": "barcelona 巴塞罗那",
    "Europe/Rome": "milan milano 米兰",
    "America/Los_Angeles": "san_francisco seattle san_jose san_diego portland palo_alto"
    " los_angeles sf 旧金山 西雅图 圣何塞 硅谷",
    "America/New_York": "nyc new_york_city boston washington washington_dc atlanta miami"
    " philadelphia 波士顿 华盛顿",
    "America/Chicago": "houston dallas austin 休斯敦 达拉斯 奥斯汀",
    "America/Toronto": "montreal ottawa 渥太华",
    "Australia/Sydney": "canberra 堪培拉",
}
COUNTRIES = {
    "US": "us usa america",
    "GB": "uk england scotland wales 英格兰",
    "KR": "korea",
    "CZ": "czech_republic",
    "NL": "holland",
    "TR": "turkey",
    "HK": "hong_kong",
    "AE": "uae 阿联酋",
}
# All of China keeps Beijing time by law, all of Ukraine Kyiv time.
ONE_CLOCK = {"CN": "Asia/Shanghai", "UA": "Europe/Kyiv"}
# Short forms that no zone's own data have; those that they have are found there.
SHORT = {
    "America/New_York": "et eastern us_eastern 美东 东部 美国东部",
    "America/Chicago": "ct central us_central 美中 美国中部",
    "America/Denver": "mt mountain",
    "America/Los_Angeles": "pt pacific us_pacific 美西 太平洋 美国西部",
    "America/Sao_Paulo": "brt",
    "Europe/Berlin": "met mez mesz central_european 中欧",
    "Asia/Shanghai": "bjt",
    "Asia/Singapore": "sgt",
    "Asia/Kuala_Lumpur": "myt",
    "Asia/Manila": "pht",
    "Asia/Bangkok": "ict",
    "Asia/Dubai": "gst",
    "Asia/Riyadh": "ast",
    "Asia/Dhaka": "bst",
}
UNNAMED = frozenset({"Factory", "localtime", "posixrules"})
INITIALS = re.compile(r"(?!UTC|GMT|UCT|PRC|ROC|ROK)[A-Z]{3}(?:\d[A-Z]{3})?")  # EST, PST8PDT
LOCALES = ("en", "zh", "zh_Hant")


def evened(name: str) -> str:
    """A name as it is looked up: small letters without accents, one _ for what parts words."""
    bare = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(one for one in bare if unicodedata.category(one) != "Mn")
    return re.sub(r"[^\w/+]+", "_", bare).strip("_")


def canonical(zone: str) -> str:
    """The zone's name of today, for example Asia/Kolkata for Asia/Calcutta."""
    return str(get_global("zone_aliases").get(zone, zone))


@cache
def zones() -> dict[str, str]:
    """The IANA names that are taken, evened; fixed offsets and abbreviations are not."""
    return {evened(name): zone for name in sorted(available_timezones()) if (zone := _taken(name))}


def _taken(name: str) -> str | None:
    today = canonical(name)
    if today in ("Etc/UTC", "Etc/GMT"):
        return today.removeprefix("Etc/")
    if "/" not in name:
        return None if name in UNNAMED or INITIALS.fullmatch(name) else today
    return None if name.startswith(("Etc/", "posix/", "right/", "SystemV/")) else name


@cache
def cities() -> dict[str, str]:
    """Zones by city: IANA's where only one has it, CLDR's in three scripts, and some more."""
    several: dict[str, set[str]] = {}
    for zone in zones().values():
        area, _, city = zone.rpartition("/")
        if area.partition("/")[0] in AREAS and not (
            area == "Australia" and canonical(zone) != zone
        ):
            several.setdefault(evened(city), set()).add(canonical(zone))
    found = {city: names.pop() for city, names in several.items() if len(names) == 1}
    for locale in LOCALES:
        for zone, about in Locale.parse(locale).time_zones.items():
            if "city" in about and not zone.startswith("Etc/"):
                found.setdefault(evened(about["city"]), canonical(zone))
    return {**found, **dict(_listed(CITIES))}


@cache
def countries() -> dict[str, str]:
    """Codes of the countries that have zones, by their names."""
    # The world, and the unknown country, have Etc/ zones there.
    zones_of = get_global("territory_zones").items()
    codes = {code for code, inside in zones_of if not any(one.startswith("Etc/") for one in inside)}
    found = {
        evened(name): code
        for locale in LOCALES
        for code, name in Locale.parse(locale).territories.items()
        if code in codes
    }
    return {**found, **dict(_listed(COUNTRIES))}


def _listed(table: dict[str, str]) -> Iterator[tuple[str, str]]:
    for meaning, names in table.items():
        for name in names.split():
            yield name, meaning


@cache
def offered() -> tuple[str, ...]:
    """Zones in the order in which they are offered: the familiar, then one for each clock."""
    every = map(canonical, get_global("windows_zone_mapping").values())
    rest = (zone for zone in every if not zone.startswith("Etc/"))
    return tuple(dict.fromkeys((*FAMILIAR, *rest)))


@cache
def short_forms(year: int) -> dict[str, tuple[str, ...]]:
    """What abbreviations may mean, as their zones write them in this year."""
    found: dict[str, list[str]] = {}
    for zone in offered():
        for month in (1, 7):
            name = datetime(year, month, 1, tzinfo=ZoneInfo(zone)).tzname() or ""
            if name.isalpha():
                found.setdefault(evened(name), []).append(zone)
    for name, zone in _listed(SHORT):
        found.setdefault(name, []).append(zone)
    return {name: _likely(meant) for name, meant in found.items()}


def _likely(meant: list[str]) -> tuple[str, ...]:
    """The familiar ones where there are any, each once."""
    known = [zone for zone in meant if zone in FAMILIAR or zone in SHORT]
    return tuple(dict.fromkeys(known or meant))
