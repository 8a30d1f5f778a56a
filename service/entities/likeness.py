"""Which accounts may have the same holder, on what that stands, and what people said of it.

A pair stands on an identifier that both share in what was submitted; nothing is guessed from behaviour, and nothing is merged. An
identifier that many accounts share, as the phone of an agent, tells nothing and is passed over, which is said.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Literal

from service.entities.looking import READ_BACK, not_red
from service.handling.named import red_batches
from service.ledger import views
from service.ledger.segments import segments_of
from service.ledger.views import Reads

Verdict = Literal["same", "unsure", "different"]
VERDICTS: tuple[Verdict, ...] = Verdict.__args__  # type: ignore[attr-defined]
Basis = Literal["party", "name", "phone", "device"]
SHARED_BY_MOST, SHORTEST_NAME, MOST_PAIRS = 20, 5, 50


@dataclass(frozen=True, slots=True)
class Candidate:
    """Another account, what it shares, and what was said of the pair, if anything."""

    key: str
    stands_on: tuple[Basis, ...]
    verdict: Verdict | None
    decided_by: str
    decided_at: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """Candidates, undecided first; the kinds of identifier that the account has at all, and those shared by too many to tell."""

    candidates: tuple[Candidate, ...]
    looked_at: tuple[Basis, ...]
    too_common: tuple[Basis, ...]


def pair(one: str, other: str) -> tuple[str, str]:
    """The two accounts of a pair, in the order in which it is recorded."""
    return (one, other) if one < other else (other, one)


def candidates(ledger: Reads, key: str) -> Likeness:
    """The accounts that share an identifier with this one in what stands now. Reads a few columns of every segment."""
    own = _own(ledger, key)
    if not own:
        return Likeness(tuple(_said(ledger, key, {})), (), ())
    shared: dict[tuple[Basis, str], set[str]] = defaultdict(set)
    for basis, value, other in _sharing(ledger, own):
        shared[basis, value].add(other)
    common = {basis for (basis, _), others in shared.items() if len(others) > SHARED_BY_MOST}
    stands_on: dict[str, set[Basis]] = defaultdict(set)
    for (basis, _), others in shared.items():
        if len(others) <= SHARED_BY_MOST:
            for other in others - {key}:
                stands_on[other].add(basis)
    found = _said(ledger, key, stands_on)
    found.sort(key=lambda each: (each.verdict is not None, -len(each.stands_on), each.key))
    looked_at: tuple[Basis, ...] = tuple(basis for basis in _BASES if any(kind == basis for kind, _ in own))
    return Likeness(tuple(found[:MOST_PAIRS]), looked_at, tuple(basis for basis in _BASES if basis in common))


def same_as(ledger: Reads, key: str) -> list[str]:
    """The accounts of which people said that they have the same holder."""
    return [other for other, (verdict, *_) in _verdicts(ledger, key).items() if verdict == "same"]


_BASES: tuple[Basis, ...] = Basis.__args__  # type: ignore[attr-defined]


def _own(ledger: Reads, key: str) -> set[tuple[Basis, str]]:
    """What the account's latest transactions say of its holder. A party's id means something at its submitter alone."""
    own: set[tuple[Basis, str]] = set()
    for row in not_red(ledger, views.account_transactions(ledger, key, limit=READ_BACK).to_dicts()):
        side = "from" if row["direction"] == "out" else "to"
        if row[f"{side}_party"]:
            own.add(("party", f"{row['submitter']}|{row[f'{side}_party']}"))
        if row[f"{side}_name"] and len(_plain(row[f"{side}_name"])) >= SHORTEST_NAME:
            own.add(("name", _plain(row[f"{side}_name"])))
        if side == "from":
            own |= {(basis, row[basis]) for basis in ("phone", "device") if row[basis]}
    return own


def _plain(name: str) -> str:
    """A name without its case and its spaces: as `_SQUEEZED` makes it of a column."""
    return name.lower().translate(_SPACES)


_SPACES = {ord(each): None for each in " \t\u00a0"}
_SQUEEZED = "translate(lower({}), ' ' || chr(9) || chr(160), '')"


def _sharing(ledger: Reads, own: set[tuple[Basis, str]]) -> list[tuple[Basis, str, str]]:
    """Every (kind, value, account) in the current segments for the values of `own`: one pass over seven columns, which keeps the
    rows that hold one of the values; only these are looked at closer."""
    red = red_batches(ledger.query)
    batches = ledger.query("select seq, partner, batch from current_batches where segment is not null order by seq")
    open_ones = [(seq, partner) for seq, partner, batch in batches if batch not in red]
    files = {str(path): partner for seq, partner in open_ones for _, path in segments_of(ledger, [seq]).values()}
    wanted = {basis: sorted(value for kind, value in own if kind == basis) for basis in _BASES}
    parties = sorted({each.partition("|")[2] for each in wanted["party"]})
    columns = {
        "from_party": parties,
        "to_party": parties,
        _SQUEEZED.format("from_name"): wanted["name"],
        _SQUEEZED.format("to_name"): wanted["name"],
        "phone": wanted["phone"],
        "device": wanted["device"],
    }
    held = " or ".join(f"{column} in ({', '.join('?' * len(values))})" for column, values in columns.items() if values)
    hits = [value for values in columns.values() for value in values]
    return ledger.query(
        "with submitted as (select unnest(?::varchar[]) as filename, unnest(?::varchar[]) as partner),"
        " hits as materialized (select filename, from_key, to_key, from_party, to_party, from_name, to_name, phone, device"
        f"  from read_parquet(?, filename = true) where {held}),"
        " sides as ("
        f"  select partner || '|' || from_party as party, {_SQUEEZED.format('from_name')} as name, phone, device, from_key as key"
        "   from hits join submitted using (filename) where from_key is not null"
        f"  union all select partner || '|' || to_party, {_SQUEEZED.format('to_name')}, null, null, to_key"
        "   from hits join submitted using (filename) where to_key is not null"
        " )"
        " select distinct 'party', party, key from sides where list_contains(?::varchar[], party)"
        " union all select distinct 'name', name, key from sides where list_contains(?::varchar[], name)"
        " union all select distinct 'phone', phone, key from sides where list_contains(?::varchar[], phone)"
        " union all select distinct 'device', device, key from sides where list_contains(?::varchar[], device)",
        [list(files), list(files.values()), list(files), *hits, *(wanted[basis] for basis in _BASES)],
    )


def _verdicts(ledger: Reads, key: str) -> dict[str, tuple[Any, ...]]:
    rows = ledger.query(
        "select case when one = ? then other else one end, verdict, actor, recorded_at from current_comparisons"
        " where one = ? or other = ? order by seq desc",
        [key, key, key],
    )
    return {other: told for other, *told in rows}  # type: ignore[misc]


def _said(ledger: Reads, key: str, stands_on: dict[str, set[Basis]]) -> list[Candidate]:
    """The candidates and whatever else was compared, with what was said."""
    said = _verdicts(ledger, key)
    found = []
    for other in sorted(stands_on.keys() | said.keys()):
        verdict, by, at = said.get(other, (None, "", ""))
        bases = tuple(basis for basis in _BASES if basis in stands_on.get(other, set()))
        found.append(Candidate(other, bases, verdict, by, at))
    return found
