"""What is said in cases, of suppressions and of accounts stands in the journal: a rebuild gives it again, and verify reads its files."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from support.standing import candidate, stand

from schemas.case_acts import ACT, Attach, Opening
from service.access.roles import Actor
from service.alerts.book import EVERYTHING
from service.cases import evidence
from service.cases.checks import Eyes
from service.house import House, utc_now
from service.journal.append import Journal
from service.ledger.ledger import Ledger
from service.verify import verify_home

ANA = Actor("ana", "analyst")
ALL = Eyes(EVERYTHING, EVERYTHING, EVERYTHING)


def test_a_rebuild_from_the_journal_gives_the_same_ledger(house: House, tmp_path: Path) -> None:
    one, other = stand(house, candidate(), candidate())
    case = house.cases.open(Opening(title="Once more", alerts=(one, other)), by=ANA, eyes=ALL)
    for asked in (
        {"act": "pause", "reason": "Away"},
        {"act": "resume"},
        {"act": "split", "alerts": [other], "title": "Half"},
    ):
        case = house.cases.act(case.id, ACT.validate_python(asked), by=ANA, eyes=ALL, revision=case.revision)
    house.entities.unmask("BANK|SPLIT", "To write to the bank", by=ANA)
    house.entities.compare("BANK|SPLIT", "BANK|SINK", "unsure", stands_on=("phone",), by=ANA)
    until = utc_now().date() + timedelta(days=30)
    house.suppressions.propose(one, until=until, reason="A shop", by=ANA, alerts=EVERYTHING)
    before = house.ledger.digests()
    copy = type(house.home)(tmp_path)
    for name in ("originals", "segments", "runs", "batches", "reference"):
        (tmp_path / name).symlink_to(house.home.root / name)
    journal = Journal.open(house.home.journal, lambda: pytest.fail("a rebuild asked for the time"))
    Ledger.rebuild(copy, journal)
    with Ledger.open(copy, journal) as ledger:
        again = ledger.digests()
    tables = ("case_versions", "case_acts", "suppressions", "entity_looks", "comparisons", "alert_members")
    assert [name for name in tables if not house.ledger.query(f"select 1 from {name} limit 1")] == []
    assert again == before


def test_verify_names_a_file_of_a_case_that_has_changed(house: House) -> None:
    (alert,) = stand(house, candidate())
    case = house.cases.open(Opening(title="With a file", alerts=(alert,)), by=ANA, eyes=ALL)
    digest = evidence.keep(house.home, b"a slip")
    asked = Attach(act="attach", name="slip.txt", digest=digest, size=6)
    files = {f"originals/{digest}": digest}
    house.cases.act(case.id, asked, by=ANA, eyes=ALL, revision=case.revision, files=files)
    assert _faults(house) == []
    (house.home.originals / digest).write_bytes(b"another slip")
    assert _faults(house) == [f"originals/{digest}"]
    (house.home.originals / digest).write_bytes(b"a slip")


def _faults(house: House) -> list[str]:
    return [each.file for each in verify_home(house.home).problems if each.file.startswith("originals/")]
