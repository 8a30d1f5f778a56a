"""How the examples of detectors are told at a terminal: what fired, whom it names on which rows and why, and what does not hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from service.cli.printing import cell, count, plain

_ROWS = 20
"""Rows of a finding that a terminal is shown; `--json` has all."""
_SENSES = {"at_least": "at least", "at_most": "at most"}


def tell_examples(records: Sequence[dict[str, Any]], *, whole: bool) -> None:
    """What `Outcome.as_record` gave, for people: with `whole` every example, else those alone that do not hold; then the verdict."""
    failed = [record for record in records if not record["holds"]]
    for record in records if whole else failed:
        print(plain(_verdict(record)))
        for line in _findings(record):
            print(plain(f"  {line}"))
    verdict = f"{count(len(failed), 'does', 'do')} not hold" if failed else "all hold"
    kinds = len({record["id"] for record in records})
    print(f"{count(len(records), 'example')} of {count(kinds, 'detector')}: {verdict}")


def _verdict(record: dict[str, Any]) -> str:
    head = f"{record['id']}: {record['kind']} {record['example']!r}"
    expected, flagged = (", ".join(record[name]) or "nobody" for name in ("expected", "flagged"))
    if record["holds"]:
        return f"{head} holds: {flagged}"
    return f"{head} does not hold: it must flag {expected} and flags {flagged}"


def _findings(record: dict[str, Any]) -> Iterator[str]:
    if record["lacks"]:
        yield f"it has no {', no '.join(record['lacks'])}, without which the detector stays silent"
    for found in record["findings"]:
        yield from _finding(found)
    left_out = record["count"] - len(record["findings"])
    if left_out:
        yield f"and {count(left_out, 'finding')} more"


def _finding(found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['subject']}, {found['window_start']} to {found['window_end']}, strength {found['strength']}"
    yield f"  {found['sentence']['en']}"
    for line in found["observed"]:
        limit = f"{_SENSES[line['sense']]} {line['threshold']['en']}"
        yield f"  {line['label']['en']}: {line['observed']['en']} ({limit})"
    for role, accounts in _by_role(found["members"]).items():
        yield f"  {role.replace('_', ' ')}: {', '.join(accounts)}"
    for row in found["transactions"][:_ROWS]:
        way = f"{cell(row['from_account'])} -> {cell(row['to_account'])}"
        yield f"  {row['reference']}  {row['occurred_at']}  {row['channel']}  {row['amount']} {row['currency']}  {way}"
    left_out = len(found["transactions"]) - _ROWS
    if left_out > 0:
        yield f"  and {count(left_out, 'row')} more"


def _by_role(members: Sequence[dict[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for member in members:
        found.setdefault(member["role"], []).append(member["account"])
    return found
