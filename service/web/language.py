"""The languages of the pages: texts from the catalogues beside this file, numbers, money and times by locale.

A text without a translation is shown in English; a test fails for it. Nothing here decides what is shown.
"""

from __future__ import annotations

import gettext
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from schemas.detector import Words
from schemas.money import minor_units

LANGUAGES: dict[str, str] = {"en": "English", "fr": "Français", "es": "Español", "ar": "العربية"}
PROSE = ("en", "fr", "es")
"""The languages that detectors speak. A page in another shows their texts in English, marked as such."""
FOLDER = Path(__file__).parent / "locale"
_TAGS = ("zero", "one", "two", "few", "many", "other")


def plural_tags(language: str) -> tuple[str, ...]:
    """The forms of a plural in the order of a catalogue: those that whole numbers take. French and Spanish say millions
    with a form of their own, which is that of the others here."""
    tags = [tag for tag in _TAGS if tag == "other" or tag in Locale.parse(language).plural_form.tags]
    return tuple(tag for tag in tags if tag != "many" or language == "ar")


class _Catalogue(gettext.NullTranslations):
    """A catalogue held in memory, read from a .po file when it is first asked for."""

    def __init__(
        self, texts: dict[str, str], plurals: dict[str, tuple[str, ...]], language: str, *, drafted: bool = False
    ) -> None:
        super().__init__()
        self.drafted = drafted
        self._texts, self._plurals = texts, plurals
        self._plural_form = Locale.parse(language).plural_form
        self._tags = plural_tags(language)

    def gettext(self, message: str) -> str:
        return self._texts.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        forms = self._plurals.get(msgid1)
        if forms is None:
            return msgid1 if n == 1 else msgid2
        tag = self._plural_form(n)
        return forms[self._tags.index(tag) if tag in self._tags else -1]


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The texts of one language. Raises ValueError where a plural has not the forms that the language has."""
    texts: dict[str, str] = {}
    plurals: dict[str, tuple[str, ...]] = {}
    drafted = False
    source = FOLDER / f"{language}.po"
    if source.exists():
        with source.open("rb") as handle:
            read = read_po(handle, locale=language)
            drafted = "Drafted by machine" in read.header_comment
            for message in read:
                if not message.id or not message.string or message.fuzzy:
                    continue
                if isinstance(message.id, str) and isinstance(message.string, str):
                    texts[message.id] = message.string
                elif not isinstance(message.string, str):
                    if len(message.string) != len(plural_tags(language)):
                        raise ValueError(f"{source.name}: {message.id[0]!r} needs {len(plural_tags(language))} forms")
                    plurals[message.id[0]] = tuple(message.string)
    return _Catalogue(texts, plurals, language, drafted=drafted)


def drafted(language: str) -> bool:
    """Whether the texts of a language were drafted by a machine and wait for somebody who speaks it."""
    return getattr(catalogue(language), "drafted", False)


def direction(language: str) -> str:
    """Which way a language is written: ltr or rtl."""
    return Locale.parse(language).text_direction


def prose_language(language: str) -> str:
    """The language in which a reader of this one gets the texts of detectors."""
    return language if language in PROSE else "en"


def choose(cookie: str | None, accepted: str | None) -> str:
    """The language of a reader: the one they chose, else the first that their browser accepts and we have, else English."""
    if cookie in LANGUAGES:
        return cookie
    for part in (accepted or "").split(",")[:20]:
        code = part.split(";")[0].strip().lower().partition("-")[0]
        if code in LANGUAGES:
            return code
    return "en"


def say(words: Words, language: str) -> str:
    """A text of a detector in a language, or in English where it has no other."""
    return words.get(language) or words["en"]


@lru_cache(20_000)
def number(value: int | Decimal, language: str) -> str:
    """12,345 or 12 345."""
    return format_decimal(value, locale=language)


def points(thousandths: int, language: str) -> str:
    """A score held in thousandths, as whole points, rounded down: 49.9 is not yet the 50 at which a band begins."""
    return number(thousandths // 1000, language)


@lru_cache(20_000)
def money(amount: Decimal, currency: str, language: str) -> str:
    """10,893.27 KES: grouping by locale, the currency's own decimals and any more that there are, the code after the number."""
    decimals = minor_units().get(currency, 2)
    pattern = "#,##0." + "0" * decimals + "#" * (4 - decimals)
    return f"{format_decimal(amount, format=pattern, locale=language)}\u00a0{currency}"


def moment(value: datetime, language: str, *, day_only: bool = False) -> str:
    """23 Oct 2026, 06:37 in UTC; the date alone where no more is known."""
    if day_only:
        return day(value.date(), language)
    return f"{format_date(value, 'd MMM y', locale=language)} {format_datetime(value, 'HH:mm', locale=language)}"


@lru_cache(2_000)
def day(value: date, language: str) -> str:
    """23 Oct 2026."""
    return format_date(value, "d MMM y", locale=language)


def clock(text: str, language: str) -> str:
    """A time of the journal or of an alert (RFC 3339 in UTC, or a date) for a reader; the text itself if it is neither."""
    try:
        if len(text) == len("2026-10-23"):
            return day(date.fromisoformat(text), language)
        return moment(datetime.fromisoformat(text), language)
    except ValueError:
        return text
