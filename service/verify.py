"""Holds a whole home against its journal: every file that an entry names is read again and its digest compared.

It opens no ledger, writes nothing, and may run beside a server. One bad file never stops the rest, and nothing that an entry
names is passed over in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from schemas.canonical import digest_file
from schemas.digest_rows import RowDigest
from schemas.journal import ENTRIES_PER_FILE, Entry, payloads_file
from schemas.run import Manifest
from schemas.transaction import polars_schema
from service.home import Home
from service.journal.verify import JournalReport, verify_journal
from service.journal.verify_keys import Signed, changes_of_key, faults_of_keys

_KEPT_FOLDERS = ("originals", "segments", "batches", "runs", "reference", "code")
_REMEDIES = {
    "journal": "Stop the service and keep this directory as it is: it shows what was done. Compare the journal with heads and "
    "receipts that others keep, put it back from a copy, and start.",
    "originals": "Put the file back from a copy; whoever submitted it has the same bytes, and a receipt with their digest.",
    "segments": "Put the file back from a copy; until then, alerts and runs that need its rows answer with its name.",
    "batches": "Put the file back from a copy; the original that it was read from has the rows.",
    "runs": "Put the file back from a copy; where the manifest holds, `thalweg replay` tells whether the run comes out as recorded.",
    "reference": "Put the table back from a copy; runs that used it cannot be replayed without it.",
    "code": "Put the source back from a copy, or from the release that ran.",
    "ledger.duckdb": "Find out who changed it. Keep a copy of it, and make it anew with `thalweg rebuild`: the journal has everything.",
    "keys": "Compare the public key with the copies that partners keep, and find out who could write here. Put the right pair "
    "back with mode 0600; receipts that another key signed are not of this house.",
}


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A file, relative to the home, that is not what was recorded, and why."""

    file: str
    why: str

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return _REMEDIES.get(self.file.split("/")[0], _REMEDIES["journal"])


@dataclass(frozen=True, slots=True)
class HomeReport:
    """`checked` counts the files that were held against the journal, its own included; `problems` are sorted.

    `unaccounted` are files that no entry names, such as a crash leaves behind, and `notes` what a person should know of
    keys and modes: told, and not a problem. `erased` are the entries whose payload was erased, so that the files they named cannot be
    known; each is a problem as well.
    """

    ok: bool
    checked: int
    problems: tuple[Problem, ...]
    unaccounted: tuple[str, ...]
    erased: tuple[int, ...]
    notes: tuple[str, ...]
    journal: JournalReport

    def with_ledger(self, differences: Iterable[tuple[str, str]]) -> HomeReport:
        """The report with what sets the ledger apart from one that is made anew: (table or view, how)."""
        found = {Problem("ledger.duckdb", f"{name}: {how}" if name else how) for name, how in differences}
        problems = tuple(sorted({*self.problems, *found}))
        return replace(self, ok=not problems, checked=self.checked + 1, problems=problems)

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON values."""
        return {
            "ok": self.ok,
            "checked": self.checked,
            "problems": [{"file": each.file, "why": each.why, "remedy": each.remedy} for each in self.problems],
            "unaccounted": list(self.unaccounted),
            "erased": list(self.erased),
            "notes": list(self.notes),
            "journal": self.journal.as_dict(),
        }


def verify_home(home: Home, *, expect_at_least: tuple[int, str] | None = None) -> HomeReport:
    """Verify the journal of `home` and every file that its entries name. `expect_at_least` is as in `verify_journal`."""
    named = _Named(home.root)
    journal = verify_journal(home.journal, expect_at_least=expect_at_least, visit=named.add)
    named.add_what_manifests_name()
    if journal.first_bad:
        bad = journal.first_bad
        named.problems.append(Problem(f"journal/{bad.file}", f"entry {bad.seq}, line {bad.line}: {bad.why}"))
    named.problems += _faults(home.root, named.claims)
    named.problems += _erasures(journal.erased)
    named.problems += [Problem(f"keys/{file}", why) for file, why in faults_of_keys(home.keys, named.signed)]
    files = {claim.file for claim in named.claims}
    problems = tuple(sorted(set(named.problems)))
    return HomeReport(
        ok=not problems,
        checked=len(files) + 2 * -(-journal.entries // ENTRIES_PER_FILE),
        problems=problems,
        unaccounted=tuple(sorted(set(_files_of(home.root)) - files)),
        erased=journal.erased,
        notes=(*changes_of_key(named.signed), *_openness(home.root)),
        journal=journal,
    )


@dataclass(frozen=True, slots=True, order=True)
class _Claim:
    """That a file has a digest, as an entry says: of its bytes, or of the canonical rows of a segment."""

    file: str
    of_rows: bool
    digest: str
    source: str = field(compare=False)
    """Who says so, for the reader."""


@dataclass(slots=True)
class _Named:
    """What the entries of a journal say of files, gathered as they are visited."""

    root: Path
    claims: set[_Claim] = field(default_factory=set)
    signed: list[Signed] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, entry: Entry, payload: dict[str, Any] | None) -> None:
        """Note the claims of one entry."""
        if payload is None:
            return
        source = f"entry {entry.seq} ({entry.type})"
        if entry.type in {"batch.accepted", "batch.refused"}:
            self._claim("originals/{}", payload.get("original"), source, "original")
            if payload.get("segment") is not None:  # none where every row was a duplicate or rejected
                self._claim("segments/{}.parquet", payload.get("segment"), source, "segment", of_rows=True)
            self._claim_files("", payload.get("files"), source)
            if isinstance(key := payload.get("receipt_key"), str):  # entries of earlier versions do not say
                self.signed.append((entry.seq, key))
        elif entry.type == "reference.loaded":
            self._claim("reference/{}.csv", payload.get("digest"), source, "digest")
        elif entry.type == "run.started":
            self._claim(f"runs/{entry.object}/manifest.json", payload.get("manifest"), source, "manifest")
        elif entry.type in {"run.finished", "run.incomplete"}:
            self._claim_files(f"runs/{entry.object}/", payload.get("files"), source)
        else:
            self._claim_files("", payload.get("files", {}), source)

    def add_what_manifests_name(self) -> None:
        """Note what the manifests name in turn: segments, reference tables and the detectors' code."""
        for claim in sorted(self.claims):
            if not claim.file.endswith("/manifest.json") or _fault(self.root, claim):
                continue  # a bad manifest is named as such, and nothing in it is relied on
            try:
                manifest = Manifest.model_validate_json((self.root / claim.file).read_bytes())
            except ValidationError:
                self.problems.append(Problem(claim.file, "this is not a manifest that this version can read"))
                continue
            for segment in manifest.segments:
                self._claim("segments/{}.parquet", segment.digest, claim.file, "segment", of_rows=True)
            for table in manifest.references:
                self._claim("reference/{}.csv", table.digest, claim.file, "reference")
            for detector in manifest.detectors:
                self._claim("code/{}", detector.code_digest, claim.file, "code")

    def _claim_files(self, base: str, files: object, source: str) -> None:
        if not isinstance(files, dict):
            self.problems.append(Problem(base or "journal", f"{source} does not say which files it made"))
            return
        for name, digest in files.items():
            self._claim(f"{base}{name}", digest, source, "files")

    def _claim(self, pattern: str, digest: object, source: str, what: str, *, of_rows: bool = False) -> None:
        if not isinstance(digest, str):
            self.problems.append(Problem(pattern.format("…"), f"{source} gives no digest of its {what}"))
            return
        self.claims.add(_Claim(pattern.format(digest) if "{}" in pattern else pattern, of_rows, digest, source))


def _faults(root: Path, claims: set[_Claim]) -> Iterator[Problem]:
    bad: set[str] = set()
    for claim in sorted(claims):  # of one file, the bytes before the rows: a file with other bytes is not parsed
        if claim.of_rows and claim.file in bad:
            continue
        if why := _fault(root, claim):
            bad.add(claim.file)
            yield Problem(claim.file, why)


def _erasures(erased: tuple[int, ...]) -> Iterator[Problem]:
    for seq in erased:
        why = (
            f"entry {seq}, line {seq % ENTRIES_PER_FILE + 1}: its payload was destroyed, and no act that does so exists"
        )
        yield Problem(f"journal/{payloads_file(seq)}", why)


def _openness(root: Path) -> Iterator[str]:
    """The directory keeps others out, whatever the modes below it; a copy may have lost that."""
    if root.is_dir() and (mode := root.stat().st_mode & 0o777) & 0o077:
        yield f"others than its owner may enter the data directory: its mode is {mode:o}, not 700"


def _fault(root: Path, claim: _Claim) -> str | None:
    """Why the file is not as claimed, or None."""
    path = root / claim.file
    if not path.resolve().is_relative_to(root.resolve()):
        return f"{claim.source} names a file outside the home"
    if not path.is_file():
        return f"the file is missing; {claim.source} names it"
    try:
        found = _digest_segment(path) if claim.of_rows else digest_file(path)
    except OSError as error:
        return f"the file cannot be read: {error.strerror or error}"
    except (pa.ArrowException, pl.exceptions.PolarsError, pl.exceptions.PanicException, ValueError, TypeError) as error:
        return f"the file is not a segment: {type(error).__name__}"
    if found == claim.digest:
        return None
    return (
        f"its {'rows have' if claim.of_rows else 'bytes have'} the digest {found}; {claim.source} says {claim.digest}"
    )


def _digest_segment(path: Path) -> str:
    """The digest of the rows, read in pieces so that a large segment needs little memory."""
    schema = polars_schema()
    digest = RowDigest(schema)
    with pq.ParquetFile(path) as file:
        if file.schema_arrow.names != list(schema):
            raise ValueError("the columns are not those of a segment")
        for batch in file.iter_batches():
            batch.validate(full=True)  # a damaged file may hold text that is not UTF-8, at which polars panics
            frame = pl.from_arrow(batch)
            if isinstance(frame, pl.DataFrame):
                digest.add(frame)
    return digest.hexdigest()


def _files_of(root: Path) -> Iterator[str]:
    for folder in _KEPT_FOLDERS:
        for path in (root / folder).rglob("*"):
            if not path.is_dir():
                yield path.relative_to(root).as_posix()
