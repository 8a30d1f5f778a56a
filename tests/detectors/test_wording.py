"""An explanation states what was seen, in English and in French, and the same facts always give the same words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from detectors.ways import write_clock, write_way
from detectors.wording import explain, placeholders, write_money
from schemas.detector import DetectorMeta, Indicator, Parameter
from schemas.finding import Explanation
from schemas.transaction import CHANNELS

NARROW, WIDE = "\u202f", "\u00a0"


def meta(**changes: Any) -> DetectorMeta:
    """A detector with one fact of each kind."""
    words = {"en": "x", "fr": "x"}
    given = {
        "id": "some-rule",
        "title": {"en": "Title", "fr": "Titre"},
        "kind": "rule",
        "family": "generic",
        "tier": "core",
        "status": "live",
        "severity": "low",
        "weight": 1,
        "sources": ("source",),
        "benign": (words,),
        "next_step": words,
        "why": {"en": "{n} in {days}: {total}, {share}", "fr": "{n} en {days} : {total}, {share}"},
        "roles": {"subject": "mule", "senders": "payer", "receivers": "beneficiary"},
        "facts": {"n": "count", "days": "days", "total": "money", "share": "percent", "hours": "hours", "on": "date"},
        "indicators": (
            Indicator(label=words, observed="n", threshold="least", sense="at_least"),
            Indicator(label=words, observed="hours", threshold="window_s", sense="at_most"),
            Indicator(label=words, observed="total", threshold="floor", sense="at_least"),
        ),
        "params": {
            "least": Parameter(default=4, unit="count", least=1, most=100, reason="four of them"),
            "window_s": Parameter(default=172_800, unit="seconds", least=1, most=10**7, reason="two days"),
            "floor": Parameter(default=Decimal("1000.50"), unit="money", least=0, most=10**9, reason="some floor"),
            "factor": Parameter(default=Decimal("1.5"), unit="ratio", least=1, most=9, reason="and a half"),
        },
    }
    return DetectorMeta.model_validate(given | changes)


FACTS = {"n": 1200, "days": 6, "total": "45000.00", "share": 875, "hours": 24, "on": "2026-03-01", "currency": "EUR"}


def explained(facts: dict[str, Any] | None = None, **changes: Any) -> Explanation:
    given = FACTS if facts is None else facts
    return explain(meta(**changes), given, {}, base_currency="EUR", logic_hash="abc")


def saying(text: str, **facts: Any) -> tuple[str, str]:
    sentence = explained(FACTS | facts, why={"en": text, "fr": text}).sentence
    return sentence["en"], sentence["fr"]


def test_numbers_are_written_as_each_language_writes_them() -> None:
    sentence = explained().sentence
    assert sentence["en"] == f"1,200 in 6 days: 45,000.00{WIDE}EUR, 87.5%"
    assert sentence["fr"] == f"1{NARROW}200 en 6{WIDE}jours : 45{NARROW}000,00{WIDE}EUR, 87,5{WIDE}%"


@pytest.mark.parametrize(
    ("currency", "amount", "english"),
    [
        ("EUR", "0.5", "0.50"),
        ("XOF", "5000000", "5,000,000"),
        ("TND", "1.5", "1.500"),
        ("HTG", "1100000", "1,100,000.00"),
    ],
)
def test_money_has_as_many_decimals_as_its_currency(currency: str, amount: str, english: str) -> None:
    assert write_money(Decimal(amount), currency, "en") == f"{english}{WIDE}{currency}"


def test_large_money_keeps_every_digit() -> None:
    assert write_money(Decimal("123456789012345678.91"), "EUR", "en") == f"123,456,789,012,345,678.91{WIDE}EUR"


def test_a_money_fact_is_in_the_currency_that_the_facts_name() -> None:
    assert saying("{total}", total="3900000", currency="XOF")[0] == f"3,900,000{WIDE}XOF"


@pytest.mark.parametrize(
    ("hours", "english"), [(1, "1 hour"), (8, "8 hours"), (24, "1 day"), (48, "2 days"), (26, "26 hours")]
)
def test_hours_that_make_whole_days_are_written_as_days(hours: int, english: str) -> None:
    assert saying("{hours}", hours=hours)[0] == english


def test_one_day_is_singular_in_both_languages() -> None:
    assert saying("{days}", days=1) == ("1 day", f"1{WIDE}jour")


def test_a_date_is_written_out() -> None:
    assert saying("{on}") == ("March 1, 2026", "1 mars 2026")


def test_parameters_can_be_named_in_the_sentence() -> None:
    assert (
        saying("{n} of {least} within {window_s}, {factor} times {floor}")[0]
        == f"1,200 of 4 within 2 days, 1.5 times 1,000.50{WIDE}EUR"
    )


def test_what_is_not_known_is_called_unknown() -> None:
    assert saying("{total}", total=None) == ("unknown", "inconnu")


def test_evidence_that_is_not_listed_is_owned_up_to() -> None:
    english, french = saying("{n} payments", left_out=3000)
    assert english == "1,200 payments (3,000 further transactions are counted but not listed)"
    assert french.endswith(f"(3{NARROW}000 autres opérations sont comptées mais non listées)")


def test_one_payment_that_is_not_listed_is_one_payment() -> None:
    english, french = saying("{n} payments", left_out=1)
    assert english.endswith("(1 further transaction is counted but not listed)")
    assert french.endswith("(1 autre opération est comptée mais non listée)")


def test_indicators_put_observed_against_threshold() -> None:
    count, hours, money = explained().indicators
    assert (count.observed["en"], count.threshold["en"], count.distance) == ("1,200", "4", 300_000)
    assert (hours.observed["fr"], hours.threshold["fr"], hours.distance) == (f"1{WIDE}jour", f"2{WIDE}jours", 500)
    assert (money.observed["en"], money.distance) == (f"45,000.00{WIDE}EUR", 44_977)


def test_money_of_two_currencies_has_no_distance() -> None:
    assert explained(FACTS | {"currency": "XOF"}).indicators[2].distance is None


def test_the_parameters_of_the_run_are_shown_not_the_defaults() -> None:
    said = explain(meta(), FACTS, {"least": 9}, base_currency="EUR", logic_hash="abc")
    assert said.indicators[0].threshold["en"] == "9"


def test_the_rest_is_taken_over_as_it_stands() -> None:
    said = explained()
    assert (said.title, said.sources, said.logic_hash) == ({"en": "Title", "fr": "Titre"}, ("source",), "abc")


@pytest.mark.parametrize(
    ("number", "english"),
    [(0, "no sender today"), (1, "1 sender, 1 of them new today"), (2, "2 senders, 2 of them new today")],
)
def test_of_three_forms_the_first_is_for_none_and_may_be_empty(number: int, english: str) -> None:
    text = "{n|no sender|# sender|# senders}{share||, # of them new|, # of them new} today"
    facts = {"n": "count", "share": "count"}
    detector = meta(why={"en": text, "fr": text}, facts=facts, indicators=())
    said = explain(detector, {"n": number, "share": number}, {}, base_currency="EUR", logic_hash="abc")
    assert said.sentence["en"] == english
    with pytest.raises(ValueError, match="two forms, for one and for more, or three"):
        placeholders("{n|# sender}")


def test_placeholders_with_formats_or_attributes_are_no_plain_names() -> None:
    assert placeholders("{a} {b:>3} {c!r} {d.e} {{f}}") == ("a", "b:>3", "c!r", "d.e")


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (79_200, ("22:00", "22\u00a0h", "22:00")),
        (81_000, ("22:30", "22\u00a0h\u00a030", "22:30")),
        (0, ("0:00", "0\u00a0h", "0:00")),
    ],
)
def test_a_time_of_day_is_written_as_the_language_writes_it(seconds: int, written: tuple[str, ...]) -> None:
    assert tuple(write_clock(seconds, language) for language in ("en", "fr", "es")) == written


def test_countries_and_channels_have_names_and_an_unknown_code_stays_itself() -> None:
    assert [write_way("ML", language) for language in ("en", "fr", "es")] == ["Mali", "Mali", "Mali"]
    assert write_way("CI", "es") != "CI"
    assert write_way("XQ", "fr") == "XQ"
    for channel in CHANNELS:
        assert write_way(channel, "fr") != channel
        assert "_" not in "".join(write_way(channel, language) for language in ("en", "fr", "es"))
