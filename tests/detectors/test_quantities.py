"""What amounts are read from payment texts, and which are left out because two readers would read them differently."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import polars as pl
import pytest

from detectors.examples import snapshot_of
from schemas.transaction import polars_schema


def read(*texts: str) -> list[tuple[int, str, Decimal]]:
    rows = [
        dict.fromkeys(polars_schema())
        | {
            "reference": f"{number:03d}",
            "occurred_at": datetime(2026, 3, 2),
            "precision": "day",
            "channel": "transfer",
            "amount": Decimal(100),
            "currency": "EUR",
            "from_key": "X|A",
            "to_key": "X|B",
            "purpose": text,
        }
        for number, text in enumerate(texts)
    ]
    with snapshot_of(pl.DataFrame(rows, schema=polars_schema())) as view:
        return list(view.sql("select txn, unit, quantity from quantities order by txn, unit").iter_rows())


@pytest.mark.parametrize(
    ("text", "unit", "quantity"),
    [
        ("Gold 2.5 kg", "gram", "2500"),
        ("achat d'or 2,5 Kg Kayes", "gram", "2500"),
        ("250 g", "gram", "250"),
        ("250G poudre d'or", "gram", "250"),
        ("(250 grammes)", "gram", "250"),
        ("0.250 kg", "gram", "250"),
        ("0,125 kilos de oro", "gram", "125"),
        ("10 oz bar", "gram", "311.0350"),
        ("5 troy ounces", "gram", "155.5175"),
        ("ذهب ٢٥٠ غرام", "gram", "250"),
        ("1 200 litres", "litre", "1200"),
        ("1 200 000 litres", "litre", "1200000"),
        ("1,200.5 l diesel", "litre", "1200.5"),
        ("1.200,5 litros", "litre", "1200.5"),
        ("12.345.678 L", "litre", "12345678"),
        ("1'200 l", "litre", "1200"),
        ("33m3", "litre", "33000"),
        ("2 metres cubes", "litre", "2000"),
        ("10 barils", "litre", "1589.8730"),
        ("facture 2026 de 40 litres", "litre", "40"),
        ("2.5 kg (2500 g)", "gram", "2500"),
    ],
)
def test_an_amount_with_its_unit_is_read(text: str, unit: str, quantity: str) -> None:
    assert read(text) == [(0, unit, Decimal(quantity))]


@pytest.mark.parametrize(
    "text",
    [
        "gold",
        "invoice 250",
        "price 60/g",
        "A250 g",
        "250 goats",
        "1.200 kg",
        "1,200 litres",
        "2 kg 500 g",
        "1.2.3 kg",
        "0 g",
        "9999999999999999999999 kg",
        "kg 250",
    ],
)
def test_what_two_readers_would_read_differently_is_left_out(text: str) -> None:
    assert read(text) == []


def test_grams_and_litres_of_one_text_stand_apart_and_each_transaction_has_its_own() -> None:
    found = read("40 litres, 2 kg", "nothing", "40 litres, 2 kg")
    assert found == [(txn, unit, Decimal(much)) for txn in (0, 2) for unit, much in (("gram", 2000), ("litre", 40))]
