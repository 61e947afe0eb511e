"""Weekdays and times of day as people write them in English and Chinese (pure)."""

import re
from datetime import time

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SIGNS = "一二三四五六日"
DAY = re.compile(
    r"(?<![A-Za-z/_])(?:(?:every|each)\s+)?(?P<name>mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?"
    r"|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?)s?\.?(?![A-Za-z/_])"
    r"|每?[个個]?(?:[周週]|星期|[礼禮]拜)(?P<sign>[一二三四五六日天]|[1-7](?!\d))",
    re.IGNORECASE,
)

# For each part of the day the hours that are said with it (first, last), and what is added to
# them; 24 and more is a time of the next day. At night the weekday said is that of the evening.
PLAIN = ((0, 24, 0),)
MORNING = ((0, 11, 0),)
NIGHT = ((0, 4, 24), (5, 11, 12), (12, 12, 12), (17, 23, 0))
PARTS = {
    "am": ((12, 12, -12), (0, 11, 0)),
    "pm": ((12, 12, 0), (1, 11, 12)),
    "noon": ((12, 12, 0),),
    "midday": ((12, 12, 0),),
    "midnight": ((12, 12, -12), (0, 0, 0)),
    "凌晨": ((12, 12, -12), (0, 6, 0)),
    "淩晨": ((12, 12, -12), (0, 6, 0)),
    **dict.fromkeys(("清晨", "早上", "早晨", "上午", "早"), MORNING),
    "中午": ((11, 12, 0), (1, 2, 12)),
    "下午": ((12, 23, 0), (1, 11, 12)),
    "傍晚": ((4, 8, 12), (16, 20, 0)),
    **dict.fromkeys(("晚上", "夜里", "夜裡", "夜裏", "深夜", "半夜", "午夜", "晚"), NIGHT),
}
NAMED = {"noon": 12, "midday": 12, "midnight": 0, "中午": 12, "正午": 12, "午夜": 24}
QUARTERS = {"半": 30, "一刻": 15, "三刻": 45}

HAN = r"[零〇一二两兩三四五六七八九十]{1,3}"
CLOCK = re.compile(
    rf"""(?<![A-Za-z0-9_/+:.-])
    (?:
        (?: (?P<before>{"|".join(part for part in PARTS if not part.isascii())}) \s* )?
        (?P<hour> \d{{1,2}} | {HAN}(?=\s*[点點时時]) )
        (?:
            [:.h](?P<minute>\d{{2}})
            | (?<=\d\d)(?P<military>\d{{2}})
            | \s*[点點时時]\s* (?P<past> 半|一刻|三刻 | \d{{1,2}}(?!\d) | {HAN} )? \s*[分整钟鐘]?
        )?
        (?: \s* (?P<after> a\.?m\.? | p\.?m\.? | noon | midday | midnight | h | uhr | o'?clock ) )?
        | (?P<word> {"|".join(NAMED)} )
    )(?![A-Za-z0-9:] | \.\d)""",
    re.IGNORECASE | re.VERBOSE,
)


def weekday(found: re.Match[str]) -> int:
    """What a match of DAY says; 0 is Monday."""
    sign = found["sign"]
    if sign is None:
        return DAYS.index(found["name"][:3].lower())
    return int(sign) - 1 if sign.isdigit() else SIGNS.index(sign.replace("天", "日"))


def day_word(day: int, *, chinese: bool) -> str:
    """How to write a weekday, for example `tue` or `周二`."""
    return f"周{SIGNS[day]}" if chinese else DAYS[day]


def clock(found: re.Match[str]) -> tuple[int, time] | None:
    """What a match of CLOCK says: days later than the weekday named, and the time of that day.

    None where it is no time of day. Where 24:00 or 晚上12点 is written, it is a day later.
    """
    if found["word"]:
        hours: int | None = NAMED[found["word"].lower()]
        minutes: int | None = 0
    else:
        hours = _hours(found)
        past = found["past"]
        minutes = QUARTERS.get(
            past or "", number(past or found["minute"] or found["military"] or "0")
        )
    if hours is None or minutes is None or minutes > 59:
        return None
    return hours // 24, time(hours % 24, minutes)


def _hours(found: re.Match[str]) -> int | None:
    said = number(found["hour"])
    before = (found["before"] or "").lower()
    after = (found["after"] or "").lower().replace(".", "")
    if said is None or (before and after in PARTS):
        return None
    for first, last, more in PARTS.get(before or after, PLAIN):
        if first <= said <= last:
            return said + more
    return None


def number(text: str) -> int | None:
    """A whole number in digits, or up to 99 in Chinese numerals; None for anything else."""
    if text.isdecimal():
        return int(text)
    even = text.translate(str.maketrans("〇两兩", "零二二"))
    return NUMERALS.get(even)


def _numerals() -> dict[str, int]:
    digits = "零一二三四五六七八九"
    found = {digit: value for value, digit in enumerate(digits)}
    found |= {f"零{digit}": value for value, digit in enumerate(digits)}
    for value in range(10, 100):
        tens, units = divmod(value, 10)
        rest = digits[units] if units else ""
        found[f"{digits[tens]}十{rest}"] = value
        if tens == 1:
            found[f"十{rest}"] = value
    return found


NUMERALS = _numerals()
