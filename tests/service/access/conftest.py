"""A journal and a ledger in a temporary home, a clock that the test turns, and the means to write an entry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from service.access.accounts import Accounts
from service.access.codes import Seal
from service.access.factors import Factors
from service.access.gate import Gate
from service.access.roles import OPERATOR
from service.access.sessions import Sessions
from service.home import Home
from service.journal.append import Journal, Recorded
from service.ledger.ledger import Ledger


@dataclass
class Office:
    """What the access layer stands on. `now` is in monotonic seconds; `entries` lists what was recorded, newest last."""

    home: Home
    journal: Journal
    ledger: Ledger
    now: float = 1000.0
    accounts: Accounts = field(init=False)
    factors: Factors = field(init=False)
    gate: Gate = field(init=False)

    def __post_init__(self) -> None:
        self.accounts = Accounts(self.ledger.query, self.record, self.time)
        self.factors = Factors(self.ledger.query, self.record, Seal(self.home.keys), self.time)
        self.gate = self.new_gate()

    def new_gate(self, **options: Any) -> Gate:
        """A gate as a server has it after its start: no session, and nobody counted."""
        sessions = Sessions(900, self.clock)
        return Gate(self.accounts, sessions, self.record, self.clock, factors=self.factors, **options)

    def time(self) -> datetime:
        return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=self.now)

    def clock(self) -> float:
        return self.now

    def record(self, type: Any, payload: dict[str, Any], **by: str) -> Recorded:  # noqa: A002
        recorded = self.journal.append(type, payload, **by)  # type: ignore[arg-type]
        self.ledger.project(recorded)
        return recorded

    def entries(self) -> list[Recorded]:
        return list(self.journal.read())

    def types(self) -> list[str]:
        return [recorded.entry.type for recorded in self.entries()]

    def partner(self, partner: str) -> None:
        payload = {"partner": partner, "name": partner.title(), "institution": partner.upper()}
        self.record("partner.registered", payload, actor="operator", role="operator", object=partner)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    home = Home.open(tmp_path / "home")
    journal = Journal.open(home.journal, lambda: datetime(2026, 3, 1, tzinfo=UTC))
    with journal, Ledger.open(home, journal) as ledger:
        yield Office(home, journal, ledger)


@pytest.fixture
def create(office: Office) -> Callable[..., str]:
    """Make an account; its password. A partner is registered on the way."""

    def make(account: str, role: Any, partner: str | None = None) -> str:
        if partner is not None:
            office.partner(partner)
        return office.accounts.create(account, name=account.title(), role=role, partner=partner, by=OPERATOR)

    return make
