"""Parties and accounts stand in the ledger with their transactions, are answered for by the journal, and come back on a rebuild."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.houses import OPERATOR, Opener, register, submit
from support.iso_messages import pacs008, transfer

from schemas.errors import DigestMismatch
from service.house import House
from service.ledger.batches import beside_file
from service.ledger.ledger import Ledger

_PARTIES = "select reference, role, name from current_parties order by all"
_ACCOUNTS = "select reference, side, key, scheme from current_accounts order by all"


@pytest.fixture
def messages(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "first.xml", tmp_path / "second.xml"]
    paths[0].write_text(pacs008(transfer(1), transfer(2)))
    paths[1].write_text(pacs008(transfer(2), transfer(3)))
    return paths


def shown(ledger: Ledger) -> tuple[Any, Any]:
    return ledger.query(_PARTIES, []), ledger.query(_ACCOUNTS, [])


def taken(house: House, path: Path) -> str:
    register(house, "river", "RIVRMLBA")
    return submit(house, path, "river")


def test_the_ledger_shows_parties_and_accounts_with_their_keys_and_a_rebuild_gives_the_same(
    tmp_path, open_at: Opener, messages
):
    with open_at(tmp_path / "home") as house:
        batch = taken(house, messages[0])
        parties, accounts = shown(house.ledger)
        assert len(parties) == 10
        assert ("M-1/T-1", "payee", "Jean Petit") in parties
        assert ("M-1/T-1", "from", "RIVRMLBA|41", "BBAN") in accounts
        files = house.ledger.query("select files from batches", [])[0][0]
        assert f"batches/{batch}/parties.parquet" in files
        assert f"batches/{batch}/accounts.parquet" in files
        home, journal = house.home, house.journal
        house.ledger.close()
        Ledger.rebuild(home, journal)
        again = Ledger.open(home, journal)
        assert shown(again) == (parties, accounts)
        again.close()


def test_a_transaction_that_came_before_brings_no_parties_a_second_time(tmp_path, open_at: Opener, messages):
    with open_at(tmp_path / "home") as house:
        taken(house, messages[0])
        second = house.intake.submit(messages[1], partner="river", name="second.xml", mapping=None, **OPERATOR)
        assert second.batch.counts.model_dump() == {"rows": 2, "accepted": 1, "duplicates": 1, "rejected": 0}
        parties, _ = shown(house.ledger)
        assert sorted({reference for reference, _, _ in parties}) == ["M-1/T-1", "M-1/T-2", "M-1/T-3"]
        assert len(parties) == 15


def test_a_changed_file_of_parties_is_found_and_not_loaded(tmp_path, open_at: Opener, messages):
    with open_at(tmp_path / "home") as house:
        batch = taken(house, messages[0])
        home, journal = house.home, house.journal
        path = beside_file(home, batch, "parties")
        path.write_bytes(path.read_bytes() + b"x")
        house.ledger.close()
        with pytest.raises(DigestMismatch, match="has changed"):
            Ledger.rebuild(home, journal)
