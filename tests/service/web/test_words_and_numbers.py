"""The languages: every text has its French, numbers and money are exact, and what is not known falls back to English."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_dir
from hypothesis import given
from hypothesis import strategies as st

from schemas.alert import MOVES, REASONS
from schemas.detector import ROLES, SEVERITIES, Family
from schemas.journal import EntryType
from schemas.reference import SEGMENTS
from schemas.transaction import CHANNELS
from service.web import language, words
from service.web.explained import either
from service.web.told import told, told_whole

WEB = Path(language.__file__).parent
TRANSLATED = [each for each in language.LANGUAGES if each != "en"]


def _texts() -> Iterator[tuple[str, Any]]:
    """Every text of the templates and of the code, with where it stands."""
    found = extract_from_dir(
        WEB,
        method_map=[("**.py", "python"), ("templates/**.html", "jinja2")],
        options_map={"templates/**.html": {"silent": "false", "newstyle_gettext": "true", "trim_blocks": "true"}},
        keywords={"_": None, "mark": None, "gettext": None, "ngettext": (1, 2)},
    )
    for name, line, message, *_ in found:
        yield f"{name}:{line}", message


@pytest.mark.parametrize("lang", TRANSLATED)
def test_every_text_of_the_pages_is_translated_and_nothing_else_is(lang: str) -> None:
    said = {message: place for place, message in _texts()}
    catalogue = language.catalogue(lang)
    assert [said[each] for each in said if isinstance(each, str) and each not in catalogue._texts] == []  # type: ignore[attr-defined]
    plurals = {each[0]: place for each, place in said.items() if isinstance(each, tuple)}
    assert plurals.keys() == catalogue._plurals.keys()  # type: ignore[attr-defined]
    assert catalogue._texts.keys() <= said.keys()  # type: ignore[attr-defined]


@pytest.mark.parametrize("lang", TRANSLATED)
def test_a_translation_fills_in_what_its_text_fills_in(lang: str) -> None:
    catalogue = language.catalogue(lang)
    for place, message in _texts():
        if isinstance(message, str):
            assert _filled(catalogue.gettext(message)) == _filled(message), place
        else:
            for count in (0, 1, 2, 5, 11, 100, 1_000_000):
                assert _filled(catalogue.ngettext(*message, count)) == _filled(message[1]), place


def _filled(text: str) -> set[str]:
    return {part.split(")")[0] for part in text.split("%(")[1:]}


@pytest.mark.parametrize("lang", ["es", "ar"])
def test_what_a_machine_drafted_is_said_to_be_so(lang: str) -> None:
    assert language.drafted(lang)
    assert "Drafted by machine" in (WEB / "locale" / f"{lang}.po").read_text().splitlines()[0]


def test_arabic_has_a_form_for_two_and_goes_from_right_to_left() -> None:
    said = [language.catalogue("ar").ngettext("%(count)s alert", "%(count)s alerts", count) for count in (1, 2, 3, 11)]
    assert len(set(said)) == 4
    assert [language.direction(each) for each in language.LANGUAGES] == ["ltr", "ltr", "ltr", "rtl"]
    assert language.prose_language("ar") == "en"


def test_every_code_has_a_word() -> None:
    assert set(words.SEVERITY) == set(words.BARS) == set(SEVERITIES)
    assert set(words.ROLE) == set(ROLES)
    assert set(words.REASON) == set(REASONS)
    assert set(words.CHANNEL) == set(CHANNELS)
    assert set(words.FAMILY) == set(Family.__args__)  # type: ignore[attr-defined]
    assert set(words.SEGMENT) == set(SEGMENTS)
    assert {act for _, act in MOVES} <= set(words.DONE)
    assert {at for at, _ in MOVES} | {move.to for move in MOVES.values()} == set(words.STATE)


def test_every_entry_of_the_journal_has_a_word() -> None:
    assert set(words.ENTRY) == set(EntryType.__args__)  # type: ignore[attr-defined]


def test_what_went_wrong_is_told_in_the_readers_language_with_what_changes_in_it() -> None:
    assert told("a note has at most 4000 characters", "fr") == "Une note compte au plus 4000 caractères"
    assert told("a note has at most 4000 characters", "en") == "A note has at most 4000 characters"
    assert told_whole("no such alert", None, "fr") == "Il n’y a pas d’alerte de ce nom."
    assert told("the column `x` is odd", "fr") == "The column `x` is odd", "what is not known stays as it is"


def test_segments_that_are_left_alone_read_as_a_choice() -> None:
    assert either((), "en") == ""
    assert either(("payroll",), "en") == "payroll"
    assert either(("payroll", "biller", "aid_programme"), "en") == "payroll, biller or aid programme"
    assert either(("payroll", "aid_programme"), "fr") == "paie ou programme d’aide"


def test_no_word_for_a_role_accuses() -> None:
    for text in words.ROLE.values():
        assert not any(accusing in text for accusing in ("suspect", "criminal", "offender", "launder", "mule"))


@pytest.mark.parametrize(
    ("cookie", "accepted", "chosen"),
    [
        ("fr", "en", "fr"),
        ("xx", "fr-FR,fr;q=0.9", "fr"),
        (None, "de-DE,de;q=0.9,fr;q=0.5", "fr"),
        (None, "de", "en"),
        (None, None, "en"),
        ("", "en-GB,fr", "en"),
    ],
)
def test_a_reader_gets_the_language_they_chose_or_the_first_we_have(cookie: str, accepted: str, chosen: str) -> None:
    assert language.choose(cookie, accepted) == chosen


@pytest.mark.parametrize(
    ("amount", "currency", "lang", "written"),
    [
        ("10893.2700", "KES", "en", "10,893.27\u00a0KES"),
        ("10893.2700", "EUR", "fr", "10\u202f893,27\u00a0EUR"),
        ("5000.0000", "XOF", "en", "5,000\u00a0XOF"),
        ("5000.5000", "XOF", "en", "5,000.5\u00a0XOF"),
        ("0.0001", "EUR", "en", "0.0001\u00a0EUR"),
        ("12.3450", "TND", "en", "12.345\u00a0TND"),
    ],
)
def test_money_has_its_own_decimals_and_loses_none(amount: str, currency: str, lang: str, written: str) -> None:
    assert language.money(Decimal(amount), currency, lang) == written


@given(st.decimals(min_value=0, max_value=Decimal(10) ** 18, places=4, allow_nan=False, allow_infinity=False))
def test_no_digit_of_an_amount_is_ever_lost(amount: Decimal) -> None:
    written = language.money(amount, "EUR", "en").removesuffix("\u00a0EUR").replace(",", "")
    assert Decimal(written) == amount


def test_a_time_is_shown_as_exactly_as_it_is_known() -> None:
    at = datetime(2026, 3, 2, 6, 37)
    assert language.moment(at, "en") == "2 Mar 2026 06:37"
    assert language.moment(at, "en", day_only=True) == "2 Mar 2026"
    assert language.day(date(2026, 8, 2), "fr") == "2 août 2026"
    assert language.clock("2026-03-02T06:37:12.000001Z", "fr") == "2 mars 2026 06:37"
    assert language.clock("not a time", "en") == "not a time"


def test_a_text_of_a_detector_falls_back_to_english() -> None:
    assert language.say({"en": "six"}, "fr") == "six"
    assert language.say({"en": "six", "fr": ""}, "fr") == "six"
    assert language.say({"en": "six", "fr": "seis"}, "fr") == "seis"
