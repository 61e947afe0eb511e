"""Every sentence that people read in chat, by key, in English and Chinese."""

from datetime import date, datetime
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_datetime, format_interval
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from bot.slots import zone_named
from knowledge.model import Language

FOLDER = Path(__file__).parent
LOCALES = {Language.EN: Locale("en", "GB"), Language.ZH: Locale("zh", "CN", "Hans")}


def language_of(locale: str | None) -> Language | None:
    """The catalogue for a BCP 47 tag; None if the platform gave none."""
    if not locale:
        return None
    return Language.ZH if locale.lower().startswith("zh") else Language.EN


class Wording:
    """The catalogue of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.locale = LOCALES[language]
        self._sentences = _read(language)

    def say(self, key: str, /, **values: object) -> str:
        """The sentence under `key`; `n`, if given, chooses singular or plural.

        Raises KeyError for an unknown key or a value that the sentence needs and wasn't given.
        """
        forms = self._sentences[key]
        plural = len(forms) > 1 and values.get("n") != 1
        return forms[1 if plural else 0].format_map(values)

    def has(self, key: str) -> bool:
        return key in self._sentences

    def number(self, value: float, digits: int = 0) -> str:
        return format_decimal(round(value, digits), locale=self.locale)

    def percent(self, share: float) -> str:
        """A share from 0 to 1 as whole per cent."""
        return format_percent(share, "#,##0%", locale=self.locale)

    def day(self, day: date) -> str:
        return format_date(day, "medium", locale=self.locale)

    def short_day(self, day: date, today: date) -> str:
        """Without the year, where it is this one."""
        if day.year != today.year:
            return self.day(day)
        pattern = "M月d日" if self.language is Language.ZH else "d MMM"
        return format_date(day, pattern, locale=self.locale)

    def days(self, first: date, last: date) -> str:
        """From one day to another: `23–29 Nov 2026`."""
        text = str(format_interval(first, last, "yMMMd", locale=self.locale))
        return text.replace("\u2009", "").replace("至", "–")

    def weekday(self, day: int) -> str:
        """Its whole name; 0 is Monday."""
        return str(self.locale.days["stand-alone"]["wide"][day])

    def moment(self, instant: datetime, zone: str, *, now: datetime | None = None) -> str:
        """Weekday, day and minute in a person's zone (IANA); with the year if not that of `now`."""
        there = zone_named(zone)
        other = now is not None and instant.astimezone(there).year != now.astimezone(there).year
        if self.language is Language.ZH:
            pattern = "y年M月d日 EEEE HH:mm" if other else "M月d日 EEEE HH:mm"
        else:
            pattern = "EEE d MMM y, HH:mm" if other else "EEE d MMM, HH:mm"
        return format_datetime(instant, pattern, tzinfo=there, locale=self.locale)

    def moment_in(self, instant: datetime, zone: str) -> str:
        """The same with the zone's name, for readers in several."""
        return self.say("time.moment_in", moment=self.moment(instant, zone), zone=zone)

    def listing(self, words: list[str]) -> str:
        """Words in a row, as the language joins them."""
        return ("、" if self.language is Language.ZH else ", ").join(words)


@cache
def wording(language: Language) -> Wording:
    return Wording(language)


def _read(language: Language) -> dict[str, tuple[str, ...]]:
    sentences: dict[str, tuple[str, ...]] = {}
    for path in sorted((FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if not message.id:
                    continue
                key = message.id if isinstance(message.id, str) else message.id[0]
                if key in sentences:
                    raise ValueError(f"{path.name}: {key} is already in another file")
                forms = message.string
                sentences[key] = (forms,) if isinstance(forms, str) else tuple(forms or ())
    return sentences
