from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from schemas.errors import Conflict, RequestInvalid
from service import partners
from service.home import Home
from service.journal.append import Journal
from service.ledger import views
from service.ledger.ledger import Ledger


class House:
    def __init__(self, root: Path) -> None:
        self.home = Home.open(root)
        self.journal = Journal.open(self.home.journal, lambda: datetime(2026, 3, 1, tzinfo=UTC))
        self.ledger = Ledger.open(self.home, self.journal)

    def register(self, **changes: Any) -> views.Partner:
        asked = {"partner": "bank-a", "name": "Bank A", "institution": "BKAAMLBA", **changes}
        return partners.register(self.journal, self.ledger, actor="ada", role="admin", **asked)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.ledger.close()


def test_a_registered_partner_is_recorded_and_found(house: House) -> None:
    registered = house.register()
    assert registered == views.partner(house.ledger, "bank-a")
    assert (registered.name, registered.institution) == ("Bank A", "BKAAMLBA")
    assert [each.entry.type for each in house.journal.read()] == ["partner.registered"]


def test_registering_the_same_partner_again_changes_nothing(house: House) -> None:
    assert house.register() == house.register()
    assert house.journal.size == 1


def test_an_id_keeps_the_meaning_that_it_was_given_first(house: House) -> None:
    house.register()
    with pytest.raises(Conflict, match="another name or institution"):
        house.register(institution="OTHER")


def test_one_partner_registered_by_many_at_once_is_one_entry(house: House) -> None:
    threads = [threading.Thread(target=house.register) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert house.journal.size == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"partner": "Bank A"},
        {"partner": ""},
        {"partner": "-a"},
        {"partner": "a\n"},
        {"partner": "a" * 65},
        {"name": " "},
        {"name": "x\ny"},
        {"institution": ""},
        {"institution": "A|B"},
        {"institution": "x" * 65},
    ],
)
def test_a_partner_that_cannot_be_told_apart_or_shown_is_refused(house: House, changes: dict[str, str]) -> None:
    with pytest.raises(RequestInvalid):
        house.register(**changes)
    assert house.journal.size == 0
