from __future__ import annotations

import threading
from decimal import Decimal
from typing import Any

import pytest

from schemas.errors import DigestMismatch, HomeUnavailable, JournalBroken
from service.journal.append import Journal, Recorded
from service.ledger import views
from service.ledger.ledger import Ledger


def _count(ledger: Ledger, table: str) -> int:
    return int(ledger.query(f"select count(*) from {table}")[0][0])


def test_an_entry_becomes_a_row_in_the_listing_and_in_its_own_table(house: Any, ledger: Ledger) -> None:
    ledger.project(house.partner())
    assert ledger.query("select seq, type, actor, object from entries") == [(0, "partner.registered", "ada", "bank-a")]
    assert ledger.query("select partner, name, institution from partners") == [("bank-a", "Bank-A", "BANK-A")]
    assert ledger.applied == 1


def test_a_batch_brings_its_transactions_with_exact_amounts(house: Any, ledger: Ledger, rows: Any) -> None:
    ledger.project(house.batch("b_1", rows(["r1", "r2"], amount="123456789012345678.1234")))
    found = ledger.query("select seq, row, reference, amount from transactions order by reference")
    amount = Decimal("123456789012345678.1234")
    assert found == [(0, 0, "r1", amount), (0, 1, "r2", amount)]


def test_what_is_looked_at_is_the_segment_as_it_was_sealed(house: Any, ledger: Ledger, rows: Any) -> None:
    sealed = rows(["r1", "r2", "r3"])
    ledger.project(house.batch("b_1", sealed))
    frame = views.transactions(ledger, [("b_1", reference) for reference in sealed["reference"]])
    assert frame.drop("batch", "seq", "submitter").equals(sealed)


def test_projecting_an_entry_twice_changes_nothing(house: Any, ledger: Ledger, rows: Any) -> None:
    first, second = house.partner(), house.batch("b_1", rows(["r1"]))
    for recorded in (first, second, first, second):
        ledger.project(recorded)
    assert (_count(ledger, "entries"), _count(ledger, "transactions"), ledger.applied) == (2, 1, 2)


def test_projecting_a_later_entry_first_applies_the_earlier_ones_too(house: Any, ledger: Ledger, rows: Any) -> None:
    house.partner()
    house.batch("b_1", rows(["r1"]))
    ledger.project(house.partner("bank-b"))
    assert (ledger.applied, _count(ledger, "transactions"), _count(ledger, "partners")) == (3, 1, 2)


def test_many_threads_that_project_apply_each_entry_once(house: Any, ledger: Ledger) -> None:
    entries = [house.partner(f"p{number}") for number in range(40)]
    threads = [threading.Thread(target=ledger.project, args=[entry]) for entry in reversed(entries)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledger.query("select count(*), count(distinct seq), max(seq) from applied") == [(40, 40, 39)]
    assert [row[0] for row in ledger.query("select seq from entries")] == list(range(40))


def test_readers_on_many_threads_each_get_their_own_answer(house: Any, ledger: Ledger) -> None:
    for number in range(20):
        ledger.project(house.partner(f"p{number}"))
    wrong = []

    def read(number: int) -> None:
        for _ in range(25):
            if ledger.query("select partner from partners where seq = ?", [number]) != [(f"p{number}",)]:
                wrong.append(number)

    threads = [threading.Thread(target=read, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_entry_of_a_forked_journal_is_refused(house: Any, ledger: Ledger, tmp_path: Any) -> None:
    ledger.project(house.partner())
    ledger.project(house.partner("bank-b"))
    fork = Journal.open(tmp_path / "fork", house.clock)
    other = fork.append(
        "partner.registered", {"partner": "x", "name": "x", "institution": "x"}, actor="eve", role="admin"
    )
    fork.close()
    with pytest.raises(JournalBroken, match="another entry"):
        ledger.project(other)


def test_a_segment_that_changed_after_it_was_recorded_is_not_loaded(house: Any, ledger: Ledger, rows: Any) -> None:
    recorded = house.batch("b_1", rows(["r1", "r2"]))
    path = next(house.home.segments.iterdir())
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(DigestMismatch, match="changed") as raised:
        ledger.project(recorded)
    assert raised.value.where == f"segments/{path.name}"
    assert (ledger.applied, _count(ledger, "batches"), _count(ledger, "transactions")) == (0, 0, 0)


def test_a_missing_segment_holds_the_ledger_back_until_the_file_is_there_again(
    house: Any, ledger: Ledger, rows: Any
) -> None:
    recorded = house.batch("b_1", rows(["r1", "r2"]))
    path = next(house.home.segments.iterdir())
    hidden = path.rename(house.home.spool / "hidden")
    with pytest.raises(DigestMismatch, match="missing"):
        ledger.project(recorded)
    with pytest.raises(DigestMismatch, match="missing"):
        ledger.project(house.partner())
    hidden.rename(path)
    ledger.catch_up()
    assert (ledger.applied, _count(ledger, "transactions"), _count(ledger, "partners")) == (2, 2, 1)


def test_a_count_that_the_segment_does_not_hold_is_refused(house: Any, ledger: Ledger, rows: Any) -> None:
    counts = {"rows": 3, "accepted": 3, "duplicates": 0, "rejected": 0}
    with pytest.raises(DigestMismatch, match="holds 2 rows, the journal recorded 3"):
        ledger.project(house.batch("b_1", rows(["r1", "r2"]), counts=counts))


def test_a_batch_whose_payload_was_erased_keeps_its_place_in_the_listing(house: Any, ledger: Ledger, rows: Any) -> None:
    recorded = house.batch("b_1", rows(["r1"]))
    ledger.project(Recorded(recorded.entry, None))
    assert (_count(ledger, "entries"), _count(ledger, "batches"), _count(ledger, "transactions")) == (1, 0, 0)


def test_the_state_of_a_run_is_told_by_its_entries(house: Any, ledger: Ledger) -> None:
    for status in ("started", "failed", "replayed"):
        ledger.project(house.run("run-1", status))
    assert [row[0] for row in ledger.query("select status from runs where run = 'run-1' order by seq")] == [
        "started",
        "failed",
        "replayed",
    ]


def test_a_closed_ledger_says_so(house: Any, ledger: Ledger) -> None:
    recorded = house.partner()
    ledger.close()
    ledger.close()
    with pytest.raises(HomeUnavailable, match="closed"):
        ledger.query("select 1")
    with pytest.raises(HomeUnavailable, match="closed"):
        ledger.project(recorded)


def test_a_replaced_batch_leaves_the_current_view_but_not_the_earlier_snapshot(
    house: Any, ledger: Ledger, rows: Any
) -> None:
    ledger.project(house.batch("b_1", rows(["r1", "r2"])))
    ledger.project(house.batch("b_2", rows(["r1"], amount="11"), replaces="b_1"))
    ledger.project(house.batch("b_3", rows([]), replaces="b_2"))
    at = "select batch from batches_as_of(?) order by batch"
    assert [ledger.query(at, [seq]) for seq in (-1, 0, 1, 2)] == [[], [("b_1",)], [("b_2",)], [("b_3",)]]
    assert ledger.query("select count(*) from current_transactions") == [(0,)]
