"""What tests of the service share: a small world as CSV, and a partner who has submitted it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from service import partners
from service.house import House

OPERATOR: dict[str, str] = {"actor": "operator", "role": "operator"}
RULES = ("cash-structuring", "inbound-many-senders", "pass-through", "scatter-gather")
"""The detectors that most tests run: all kinds but models, whose libraries take seconds to import."""

_HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account"
_START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def csv_rows(*rows: tuple[str, float, str, str, str, str]) -> str:
    """Canonical CSV from (reference, hours after the start, channel, amount, from, to)."""
    lines = [_HEADER]
    for reference, hours, channel, amount, payer, payee in rows:
        moment = (_START + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")
        lines.append(f"{reference},{moment},{channel},{amount},EUR,{payer},{payee}")
    return "\n".join(lines) + "\n"


def world_csv() -> str:
    """Sixty ordinary payments, three cash deposits that hide a large sum, and one source, four middlemen, one sink."""
    rows: list[tuple[str, float, str, str, str, str]] = []
    for number in range(60):
        rows.append(
            (f"o{number}", 30.0 * number, "transfer", f"{40 + number}.50", f"P-{number % 12}", f"S-{number % 5}")
        )
    for number, amount in enumerate(("4200.00", "3900.00", "4500.00")):
        rows.append((f"c{number}", 100 + 30.0 * number, "cash_deposit", amount, "", "SPLIT"))
    for number in range(4):
        rows.append((f"out{number}", 200 + number, "transfer", "9000.00", "SOURCE", f"MID-{number}"))
        rows.append((f"in{number}", 220 + number, "transfer", "8800.00", f"MID-{number}", "SINK"))
    return csv_rows(*rows)


def splits_csv(accounts: int) -> str:
    """So many accounts, each with three cash deposits that hide a large sum: an alert on each, in addition to those of the world."""
    amounts = ("4200.00", "3900.00", "4500.00")
    return csv_rows(
        *(
            (f"s{account}-{number}", 100 + 30.0 * number, "cash_deposit", amount, "", f"SPLIT-{account}")
            for account in range(accounts)
            for number, amount in enumerate(amounts)
        )
    )


Opener = Callable[..., AbstractContextManager[House]]


def register(house: House, partner: str, institution: str) -> None:
    partners.register(house.journal, house.ledger, partner=partner, name=partner, institution=institution, **OPERATOR)


def submit(house: House, path: Path, partner: str, **options: Any) -> str:
    """Submit a file and give its batch."""
    outcome = house.intake.submit(path, partner=partner, name=path.name, mapping=None, **OPERATOR, **options)
    assert outcome.batch.status == "accepted"
    return outcome.batch.batch
