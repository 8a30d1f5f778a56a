"""Reference tables: the shipped ones are valid, and a faulty one is refused whole, with its place."""

from __future__ import annotations

import pytest

from detectors.catalogue import Catalogue
from detectors.references import default_reference, parse_reference
from schemas.errors import ReferenceInvalid
from schemas.reference import REFERENCE_KINDS, TABLES

FX_HEAD = "currency,base,date,rate\n"
TH_HEAD = "country,currency,kind,amount,valid_from,valid_to,source\n"


@pytest.mark.parametrize("kind", REFERENCE_KINDS)
def test_the_shipped_tables_are_valid(kind: str) -> None:
    rows = parse_reference(kind, default_reference(kind))
    assert dict(rows.schema) == TABLES[kind].schema
    assert rows.height > 0 or TABLES[kind].may_be_empty


def test_the_shipped_baseline_knows_every_detector_that_runs() -> None:
    known = set(parse_reference("baseline", default_reference("baseline"))["detector"])
    assert {each.meta.id for each in Catalogue.load().detectors if each.meta.status in ("test", "live")} <= known


def test_the_order_of_rows_does_not_matter() -> None:
    one = FX_HEAD + "USD,EUR,2026-01-01,0.9\nXOF,EUR,2026-01-01,0.0015244902\n"
    two = FX_HEAD + "XOF,EUR,2026-01-01,0.0015244902\nUSD,EUR,2026-01-01,0.9\n"
    assert parse_reference("fx", one.encode()).equals(parse_reference("fx", two.encode()))


@pytest.mark.parametrize(
    ("kind", "text", "place"),
    [
        ("fx", FX_HEAD + "USD,EUR,2026-01-01,0.9\nUSD,EUR,2026-01-01,0.8\n", "row 2"),
        ("fx", FX_HEAD + "USD,EUR,2026-02-30,0.9\n", "column date"),
        ("fx", FX_HEAD + "USD,EUR,2026-01-01,-0.9\n", "column rate"),
        ("fx", FX_HEAD + "USD,EUR,2026-01-01,0.000\n", "column rate"),
        ("fx", FX_HEAD + "USD,EUR,2026-01-01,1e3\n", "column rate"),
        ("fx", FX_HEAD + "DOL,EUR,2026-01-01,1\n", "column currency"),
        ("fx", FX_HEAD + "EUR,EUR,2026-01-01,1\n", "column currency"),
        ("fx", FX_HEAD + "USD,EUR,2026-01-01,1\nXOF,USD,2026-01-01,1\n", "column base"),
        ("fx", FX_HEAD, "table"),
        ("fx", "currency,base,date\nUSD,EUR,2026-01-01\n", "table"),
        ("thresholds", TH_HEAD + "XX,EUR,cash,1,2026-01-01,,s\n", "column country"),
        ("thresholds", TH_HEAD + "ML,XOF,wire,1,2026-01-01,,s\n", "column kind"),
        ("thresholds", TH_HEAD + "ML,XOF,cash,1,2026-01-01,2026-01-01,s\n", "column valid_to"),
        ("thresholds", TH_HEAD + "ML,XOF,cash,1,2026-01-01,,s\nML,XOF,cash,2,2026-02-01,,s\n", "row 2"),
        ("thresholds", TH_HEAD + "ML,XOF,cash,1,2026-01-01,2026-03-01,s\nML,XOF,cash,2,2026-02-01,,s\n", "row 2"),
        ("baseline", "detector,flagged,population\na,3,2\n", "column flagged"),
        ("baseline", "detector,flagged,population\na,1,2\na,1,2\n", "row 2"),
    ],
)
def test_a_faulty_table_is_refused_with_its_place(kind: str, text: str, place: str) -> None:
    with pytest.raises(ReferenceInvalid) as caught:
        parse_reference(kind, text.encode())
    assert place in (caught.value.where or "")
    assert caught.value.remedy


def test_thresholds_that_follow_one_another_are_accepted() -> None:
    text = TH_HEAD + "ML,XOF,cash,1,2026-01-01,2026-02-01,s\nML,XOF,cash,2,2026-02-01,,s\nSN,XOF,cash,2,2026-01-15,,s\n"
    assert parse_reference("thresholds", text.encode()).height == 3


def test_bytes_that_are_no_table_are_refused() -> None:
    with pytest.raises(ReferenceInvalid, match="not a UTF-8 CSV table"):
        parse_reference("fx", b"\xff\xfe\x00")
