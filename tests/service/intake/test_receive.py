"""The parent's side of a submission, with a reader of a few lines in place of the child: `reference,amount` a line."""

from __future__ import annotations

import io
import shutil
import threading
from collections import namedtuple
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from schemas.batch import REJECTS
from schemas.canonical import digest_file, parse_json, sha256
from schemas.digest_rows import digest_rows
from schemas.errors import (
    ChildFailed,
    Conflict,
    MappingInvalid,
    NotFound,
    RequestInvalid,
    StorageFull,
    TooLarge,
)
from schemas.mapping import parse_mapping
from schemas.transaction import polars_schema
from service import partners
from service.home import Home
from service.intake.jobs import JOBS
from service.intake.receive import Intake, Outcome
from service.journal.append import Journal
from service.journal.receipts import verify_receipt
from service.ledger import views
from service.ledger.batches import duplicates_file
from service.ledger.ledger import Ledger
from service.settings import Settings

MAPPING = {
    "name": "theirs",
    "columns": {"reference": "id", "occurred_at": "when", "amount": "sum", "from_account": "payer"},
    "constants": {"channel": "transfer", "currency": "EUR"},
}


class Reader:
    """Reads `reference,amount` lines; `bad` for an amount is rejected, a first line `refuse` refuses the whole."""

    def __init__(self) -> None:
        self.jobs: list[str] = []
        self.failing = False

    def call(self, job: str, payload: dict[str, Any], on_progress: Any = None) -> dict[str, Any]:
        self.jobs.append(job)
        if self.failing:
            raise ChildFailed("the worker was killed by signal 9")
        return {"read": self._read, "seal_without": self._seal_without}[job](payload)

    def _read(self, payload: dict[str, Any]) -> dict[str, Any]:
        text = Path(payload["original"]).read_text().split()
        if text[0] == "refuse":
            return self._refused(len(text), "this file is not what was agreed")
        lines = [line.split(",") for line in text]
        self.lines = {reference: number for number, (reference, _) in enumerate(lines, 1)}
        bad = [number for number, (_, amount) in enumerate(lines, 1) if amount == "bad"]
        self.rows = _segment([(reference, amount) for reference, amount in lines if amount != "bad"])
        self.rejects = [(number, "not_a_number") for number in bad]
        return self._sealed(payload, duplicates=0)

    def _seal_without(self, payload: dict[str, Any]) -> dict[str, Any]:
        known = pl.read_parquet(payload["known"])
        self.rejects += [(self.lines[row["reference"]], "conflict") for row in known.to_dicts() if not row["same"]]
        self.rows = self.rows.join(known, on="reference", how="anti", maintain_order="left")
        return self._sealed(payload, duplicates=int(known["same"].sum()))

    def _sealed(self, payload: dict[str, Any], *, duplicates: int) -> dict[str, Any]:
        out = Path(payload["out"])
        digest = digest_rows(self.rows) if self.rows.height else None
        if digest:
            self.rows.write_parquet(out / "segment.parquet")
        if self.rejects:
            filled = [(line, "amount", "x", code, "why", "remedy") for line, code in sorted(self.rejects)]
            pl.DataFrame(filled, schema=REJECTS, orient="row").write_parquet(out / "rejects.parquet")
        return {
            **self._told(),
            "status": "read",
            "rows": len(self.lines),
            "accepted": self.rows.height,
            "duplicates": duplicates,
            "rejected": len(self.rejects),
            "segment_digest": digest,
            "segment": str(out / "segment.parquet") if digest else None,
            "rejects": str(out / "rejects.parquet") if self.rejects else None,
            "duplicates_file": self._duplicates(out, duplicates),
            "refusal": None,
        }

    def _duplicates(self, out: Path, count: int) -> str:
        path = out / "duplicates.parquet"
        pl.DataFrame({"line": range(count)}).write_parquet(path)
        return str(path)

    def _refused(self, rows: int, why: str) -> dict[str, Any]:
        counts = {"rows": rows, "accepted": 0, "duplicates": 0, "rejected": rows}
        nothing = dict.fromkeys(("segment_digest", "segment", "rejects", "duplicates_file"))
        return {**self._told(), **counts, **nothing, "status": "refused", "refusal": {"type": "x", "why": why}}

    def _told(self) -> dict[str, Any]:
        told = {"format": "csv", "format_version": 1, "encoding": "utf-8", "delimiter": ",", "skipped": 0, "faulty": 0}
        return {**told, "extra_columns": [], "dropped_columns": []}


class InProcess:
    """The real jobs of the child, without a child."""

    def call(self, job: str, payload: dict[str, Any], on_progress: Any = None) -> dict[str, Any]:
        return JOBS[job](payload, lambda _: None)


def _segment(lines: list[tuple[str, str]]) -> pl.DataFrame:
    count = len(lines)
    known = pl.DataFrame(
        {
            "reference": [reference for reference, _ in lines],
            "occurred_at": [datetime(2026, 1, 1)] * count,
            "precision": ["second"] * count,
            "channel": ["transfer"] * count,
            "amount": [Decimal(amount) for _, amount in lines],
            "currency": ["EUR"] * count,
            "from_account": ["A-1"] * count,
            "from_key": ["X|A-1"] * count,
        },
        schema_overrides={"amount": polars_schema()["amount"], "reference": pl.String},
    )
    missing = [pl.lit(None).alias(name) for name in polars_schema() if name not in known.columns]
    return known.with_columns(missing).select(polars_schema().names()).cast(dict(polars_schema()))


@dataclass
class House:
    """An intake that stands in a real home, and short words for what the tests do with it."""

    root: Path
    reader: Reader = field(default_factory=Reader)
    ticks: int = 0

    def __post_init__(self) -> None:
        self.home = Home.open(self.root)
        self.journal = Journal.open(self.home.journal, self.clock)
        self.ledger = Ledger.open(self.home, self.journal)
        self.settings = Settings(reserve_bytes=0, max_upload_bytes=10_000)
        self.intake = self.fresh_intake()
        for partner in ("bank-a", "bank-b"):
            partners.register(
                self.journal,
                self.ledger,
                partner=partner,
                name=partner,
                institution=partner.upper(),
                actor="ada",
                role="admin",
            )

    def fresh_intake(self) -> Intake:
        return Intake(self.home, self.journal, self.ledger, self.reader, self.clock, self.settings)

    def clock(self) -> datetime:
        self.ticks += 1
        return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=self.ticks)

    def submit(self, text: str, partner: str = "bank-a", **asked: Any) -> Outcome:
        asked = {"name": "march.csv", "mapping": None, "actor": partner, "role": "partner", **asked}
        return self.intake.submit(io.BytesIO(text.encode()), partner=partner, **asked)

    def recorded(self) -> list[str]:
        return [each.entry.type for each in self.journal.read() if each.entry.type.startswith("batch.")]

    def references(self) -> list[tuple[str, str]]:
        return self.ledger.query("select submitter, reference from current_transactions order by all")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path / "home")
    yield house
    house.ledger.close()
    house.journal.close()


def _counts(outcome: Outcome) -> tuple[int, int, int, int]:
    counts = outcome.receipt.counts
    return counts.rows, counts.accepted, counts.duplicates, counts.rejected


def test_an_accepted_submission_is_kept_sealed_recorded_shown_and_receipted(house: House) -> None:
    text = "r1,10\nr2,20\nr3,bad\n"
    outcome = house.submit(text, session="s-1")
    batch, home = outcome.batch, house.home
    assert (batch.status, _counts(outcome), outcome.repeated) == ("accepted", (3, 2, 0, 1), False)
    assert (home.originals / sha256(text.encode())).read_text() == text
    assert [path.name for path in home.segments.iterdir()] == [f"{batch.segment}.parquet"]
    assert house.references() == [("bank-a", "r1"), ("bank-a", "r2")]
    assert views.rejects(house.ledger, batch.batch)["line"].to_list() == [3]
    verify_receipt(outcome.receipt, house.intake.public_key)
    entry = list(house.journal.read())[-1].entry
    assert (entry.type, entry.actor, entry.role, entry.session) == ("batch.accepted", "bank-a", "partner", "s-1")
    assert (entry.object, entry.at) == (batch.batch, outcome.receipt.at)
    assert list(home.spool.iterdir()) == []


def test_the_entry_names_every_file_of_the_batch_with_its_digest(house: House) -> None:
    house.submit("r1,10\nr2,bad\n")
    payload = list(house.journal.read())[-1].payload
    assert payload is not None
    assert {name: digest_file(house.home.root / name) for name in payload["files"]} == payload["files"]
    assert sorted(name.partition("/")[0] for name in payload["files"]) == ["batches", "originals", "segments"]


def test_a_path_is_taken_in_as_a_stream_is(house: House, tmp_path: Path) -> None:
    path = tmp_path / "march.csv"
    path.write_text("r1,10\n")
    house.intake.submit(path, partner="bank-a", name="march.csv", mapping=None, actor="ada", role="admin")
    assert house.submit("r1,10\n").repeated
    assert path.exists()


def test_a_refused_submission_keeps_its_original_and_is_receipted_as_refused(house: House) -> None:
    outcome = house.submit("refuse\nr1\n")
    assert (outcome.receipt.status, _counts(outcome), outcome.batch.segment) == ("refused", (2, 0, 0, 2), None)
    assert "not what was agreed" in (outcome.batch.refusal or "")
    assert (house.recorded(), house.references()) == (["batch.refused"], [])
    assert len(list(house.home.originals.iterdir())) == 1


def test_the_same_bytes_again_give_the_same_receipt_and_no_second_entry(house: House) -> None:
    first, second = house.submit("r1,10\n"), house.submit("r1,10\n", name="renamed.csv")
    assert (second.receipt, second.repeated) == (first.receipt, True)
    assert house.recorded() == ["batch.accepted"]


def test_the_same_bytes_and_key_give_the_same_receipt_even_when_refused(house: House) -> None:
    first = house.submit("refuse\n", idempotency_key="k")
    assert house.submit("refuse\n", idempotency_key="k").receipt == first.receipt
    assert house.recorded() == ["batch.refused"]


def test_a_refused_submission_without_a_key_is_judged_anew(house: House) -> None:
    house.submit("refuse\n")
    assert not house.submit("refuse\n").repeated
    assert house.recorded() == ["batch.refused", "batch.refused"]


@pytest.mark.parametrize(
    ("text", "asked"), [("r2,10\n", {}), ("r1,10\n", {"mapping": MAPPING}), ("r1,10\n", {"replaces": "b_1"})]
)
def test_a_key_that_was_used_for_something_else_is_a_conflict(house: House, text: str, asked: dict[str, Any]) -> None:
    house.submit("r1,10\n", idempotency_key="k")
    with pytest.raises(Conflict, match="idempotency key was used"):
        house.submit(text, idempotency_key="k", **asked)
    assert house.recorded() == ["batch.accepted"]


def test_a_key_belongs_to_one_partner(house: House) -> None:
    house.submit("r1,10\n", idempotency_key="k")
    assert not house.submit("r9,10\n", "bank-b", idempotency_key="k").repeated


def test_another_mapping_makes_another_submission_of_the_same_bytes(house: House) -> None:
    house.submit("r1,10\n")
    second = house.submit("r1,10\n", mapping=MAPPING)
    assert (second.repeated, _counts(second)) == (False, (1, 0, 1, 0))
    assert parse_mapping(parse_json(second.batch.mapping or "")).digest() == second.batch.mapping_digest
    assert house.submit("r1,10\n", mapping=MAPPING | {"drop": []}).receipt == second.receipt


def test_transactions_sent_before_are_duplicates_and_changed_ones_are_conflicts_with_their_line(house: House) -> None:
    house.submit("r1,10\nr2,20\n")
    outcome = house.submit("".join(f"n{number},1\n" for number in range(20)) + "r2,99\nr1,10\n")
    assert _counts(outcome) == (22, 20, 1, 1)
    found = views.rejects(house.ledger, outcome.batch.batch)
    assert list(zip(found["line"], found["code"], strict=True)) == [(21, "conflict")]
    assert house.ledger.query("select amount from current_transactions where reference = 'r2'") == [(Decimal(20),)]


def test_a_batch_of_nothing_but_duplicates_is_accepted_without_a_segment(house: House) -> None:
    house.submit("r1,10\nr2,20\n")
    outcome = house.submit("r2,20\nr1,10\n")
    assert (outcome.batch.status, _counts(outcome), outcome.batch.segment) == ("accepted", (2, 0, 2, 0), None)


def test_what_another_partner_has_sent_changes_nothing(house: House) -> None:
    """The answer to B is the same, to the byte, whether or not A sent the very same file before."""
    text = "r1,10\nr2,20\n"
    house.submit(text, "bank-a")
    after_a = house.submit(text, "bank-b").batch
    other = House(house.root.with_name("alone"))
    alone = other.submit(text, "bank-b").batch
    other.ledger.close()
    same = ("status", "rows", "accepted", "duplicates", "rejected", "segment", "refusal", "files", "name")
    assert [getattr(after_a, name) for name in same] == [getattr(alone, name) for name in same]
    assert house.references() == [(bank, reference) for bank in ("bank-a", "bank-b") for reference in ("r1", "r2")]


def test_a_correction_replaces_its_batch_and_may_use_its_references_again(house: House) -> None:
    first = house.submit("r1,10\nr2,20\n")
    second = house.submit("r1,11\n", replaces=first.batch.batch)
    assert (second.batch.replaces, _counts(second)) == (first.batch.batch, (1, 1, 0, 0))
    assert house.references() == [("bank-a", "r1")]
    before = views.current_batches(house.ledger, first.batch.seq)
    assert [batch.batch for batch in before] == [first.batch.batch]


def test_a_retried_correction_gives_the_same_receipt(house: House) -> None:
    first = house.submit("r1,10\n")
    second = house.submit("r1,11\n", replaces=first.batch.batch)
    assert house.submit("r1,11\n", replaces=first.batch.batch).receipt == second.receipt
    assert house.submit("r1,11\n").receipt == second.receipt


def test_going_back_to_replaced_bytes_is_a_new_batch_on_the_same_segment(house: House) -> None:
    first = house.submit("r1,10\n")
    second = house.submit("r1,11\n", replaces=first.batch.batch)
    third = house.submit("r1,10\n", replaces=second.batch.batch)
    assert (third.repeated, third.batch.segment) == (False, first.batch.segment)
    assert house.ledger.query("select batch, amount from current_transactions") == [(third.batch.batch, Decimal(10))]


def test_only_ones_own_current_accepted_batch_can_be_replaced(house: House) -> None:
    own, other = house.submit("r1,10\n"), house.submit("r1,10\n", "bank-b")
    refused = house.submit("refuse\n")
    house.submit("r1,11\n", replaces=own.batch.batch)
    for replaces, error in (
        (other.batch.batch, NotFound),
        ("b_none", NotFound),
        (own.batch.batch, Conflict),
        (refused.batch.batch, Conflict),
    ):
        entries = house.recorded()
        with pytest.raises(error):
            house.submit("r1,12\n", replaces=replaces)
        assert house.recorded() == entries
    assert list(house.home.spool.iterdir()) == []


def test_many_submissions_of_one_file_at_once_have_one_effect(house: House) -> None:
    found: list[Outcome] = []
    lock = threading.Lock()

    def call(
        self: Reader, job: str, payload: dict[str, Any], on_progress: Any = None, real: Any = Reader.call
    ) -> dict[str, Any]:
        with lock:
            return real(self, job, payload)

    house.reader.call = call.__get__(house.reader)  # type: ignore[method-assign]
    threads = [threading.Thread(target=lambda: found.append(house.submit("r1,10\n"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({outcome.receipt.signature for outcome in found}) == 1
    assert [outcome.repeated for outcome in found].count(False) == 1
    assert (house.recorded(), house.references()) == (["batch.accepted"], [("bank-a", "r1")])


def test_a_child_that_dies_leaves_nothing_recorded_and_the_next_try_works(house: House) -> None:
    house.reader.failing = True
    with pytest.raises(ChildFailed):
        house.submit("r1,10\n")
    assert (house.recorded(), list(house.home.spool.iterdir())) == ([], [])
    house.reader.failing = False
    assert house.submit("r1,10\n").batch.status == "accepted"


def test_a_full_volume_is_said_before_anything_is_taken(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    house.settings = Settings(reserve_bytes=1000)
    house.intake = house.fresh_intake()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10_000, 9_500, 500))
    with pytest.raises(StorageFull, match="no room"):
        house.submit("r1,10\n")
    assert (list(house.home.originals.iterdir()), house.recorded()) == ([], [])


def test_a_submission_over_the_limit_is_refused_while_it_arrives(house: House) -> None:
    with pytest.raises(TooLarge, match="10000 bytes"):
        house.submit("x" * 10_001)
    assert (list(house.home.originals.iterdir()), list(house.home.spool.iterdir())) == ([], [])


def test_bytes_that_are_not_those_that_were_meant_are_not_taken(house: House) -> None:
    with pytest.raises(RequestInvalid, match="not those that were meant"):
        house.submit("r1,10\n", content_digest=sha256(b"r1,11\n"))
    assert (list(house.home.originals.iterdir()), house.recorded()) == ([], [])
    assert house.submit("r1,10\n", content_digest=sha256(b"r1,10\n").upper()).batch.status == "accepted"


def test_an_unknown_partner_is_told_so(house: House) -> None:
    with pytest.raises(NotFound, match="no such partner"):
        house.submit("r1,10\n", "bank-z")


def test_a_mapping_that_is_not_valid_is_said_before_anything_is_taken(house: House) -> None:
    with pytest.raises(MappingInvalid, match="not valid"):
        house.submit("r1,10\n", mapping={"rate": 0.1})
    assert (list(house.home.originals.iterdir()), house.recorded()) == ([], [])


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd", "passwd"), ("a\\b.csv", "b.csv"), ("x\ny\ud800.csv", "x?y?.csv"), ("dir/", "submission")],
)
def test_a_file_name_is_recorded_as_a_plain_printable_name(house: House, name: str, kept: str) -> None:
    assert house.submit("r1,10\n", name=name).batch.name == kept


def test_leftovers_in_the_spool_are_cleared_when_intake_starts(house: House) -> None:
    (house.home.spool / "b_old").mkdir()
    (house.home.spool / "b_old" / "original").write_text("half")
    (house.home.spool / "stray").write_text("x")
    house.fresh_intake()
    assert list(house.home.spool.iterdir()) == []


def test_the_real_reader_names_the_lines_of_conflicts_and_duplicates(house: House) -> None:
    house.intake = Intake(house.home, house.journal, house.ledger, InProcess(), house.clock, house.settings)
    head = "reference,occurred_at,channel,amount,currency,from_account,to_account\n"
    row = "{},2026-01-01T10:00:00Z,transfer,{},EUR,A-1,A-2\n"
    first = house.submit(head + row.format("r1", "10.00") + row.format("r2", "20.00"))
    many = "".join(row.format(f"n{number}", "1") for number in range(20))
    second = house.submit(head + many + row.format("r1", "10.0") + row.format("r2", "21") + row.format("n3", "1"))
    assert (_counts(first), _counts(second)) == ((2, 2, 0, 0), (23, 20, 2, 1))
    rejects = views.rejects(house.ledger, second.batch.batch)
    assert rejects.select("line", "value", "code").rows() == [(23, "r2", "conflict")]
    assert first.batch.batch in rejects["reason"][0]
    repeated = pl.read_parquet(duplicates_file(house.home, second.batch.batch))
    assert repeated["line"].to_list() == [22, 24]
    assert house.submit(head + "".join(row.format(f"n{number}", "2") for number in range(20))).batch.status == "refused"


def test_the_ledger_can_be_rebuilt_from_what_was_submitted(house: House) -> None:
    first = house.submit("r1,10\nr2,bad\n")
    house.submit("r1,11\n", replaces=first.batch.batch)
    house.submit("refuse\n")
    house.submit("r1,11\nr7,1\n")
    before = house.ledger.digests()
    house.ledger.close()
    Ledger.rebuild(house.home, house.journal)
    house.ledger = Ledger.open(house.home, house.journal)
    assert house.ledger.digests() == before


@pytest.mark.parametrize(
    "text", ["", "\n", "\ufeff", "a,b\n1,2\n", "%PDF-1.7\n", "reference,amount\n", '[{"a": 1}]', "a\0b"]
)
def test_a_file_that_the_real_reader_refuses_whole_is_recorded_and_says_why(house: House, text: str) -> None:
    house.intake = Intake(house.home, house.journal, house.ledger, InProcess(), house.clock, house.settings)
    refused = house.submit(text)
    assert (refused.batch.status, _counts(refused)) == ("refused", (0, 0, 0, 0))
    said = parse_json(refused.batch.refusal)
    assert said["why"]
    assert said["remedy"]
