"""What is known of one account: identifiers as submitted, counterparties, alerts and cases, and who looked. Reads only.

Identifiers come masked from here unless a caller says otherwise; what a page does not get it cannot print.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from service.access.visibility import Scope
from service.cases.checks import Eyes
from service.handling.named import red_batches
from service.ledger import views
from service.ledger.views import Reads

READ_BACK, EACH, PAGE, MOST_ALERTS, MOST_LOOKS = 500, 12, 25, 100, 50
"""How many transactions identifiers are read from, how many of each kind are shown, and how much of lists."""
KINDS = ("account", "name", "party", "institution", "country", "kind", "phone", "device", "place")
MASKED = frozenset({"account", "name", "party", "phone", "device"})
"""What tells who somebody is. Institutions, countries and kinds are shown as they are."""
SUFFIX = 2


@dataclass(frozen=True, slots=True)
class Identifier:
    """One value that was submitted of an account, how often, and when last."""

    kind: str
    value: str
    times: int
    last: datetime
    masked: bool


@dataclass(frozen=True, slots=True)
class Counterparty:
    """Whom an account exchanged money with: sums by (direction, currency)."""

    key: str
    transactions: int
    last: datetime
    sums: tuple[tuple[str, str, Decimal], ...]


def mask(value: str, kind: str) -> str:
    """A value that cannot be read back: of a name the first letters, of a number the last two characters where it is long."""
    if kind == "name":
        return " ".join(f"{word[0]}•••" for word in value.split())
    return f"••••{value[-SUFFIX:]}" if len(value) >= 6 else "••••"


def masked_key(key: str) -> str:
    """An account key with its institution in clear and its number masked."""
    institution, bar, account = key.rpartition("|")
    return f"{institution}{bar}{mask(account, 'account')}"


def find(ledger: Reads, text: str) -> list[str]:
    """The keys of accounts that are written so: the whole key, or the account as submitted at any institution. At most 50, and
    none that stands only in what was given for named people alone (RED)."""
    plain = text.strip()
    ways = sorted({plain, plain.replace(" ", ""), plain.replace(" ", "").upper()} - {""})
    if not ways:
        return []
    likes = " or ".join(["{key} = ? or suffix({key}, ?)"] * len(ways))
    params = [sorted(red_batches(ledger.query)), *(each for way in ways for each in (way, f"|{way}"))]
    shown = "from current_transactions where not list_contains(?::varchar[], batch) and"
    rows = ledger.query(
        f"select from_key {shown} ({likes.format(key='from_key')}) union"
        f" select to_key {shown} ({likes.format(key='to_key')}) order by 1 limit 50",
        [*params, *params],
    )
    return [key for (key,) in rows]


def identifiers(ledger: Reads, key: str, *, clear: bool) -> tuple[list[Identifier], int]:
    """What was submitted of an account in its latest 500 transactions, most frequent first; and how many were read.

    Phone and device are of who paid, so they are taken from payments that the account sent. Masked unless `clear`. What was given
    for named people alone (RED) is left out.
    """
    rows = not_red(ledger, views.account_transactions(ledger, key, limit=READ_BACK).to_dicts())
    times: dict[str, Counter[str]] = defaultdict(Counter)
    last: dict[tuple[str, str], datetime] = {}
    for row in rows:
        side = "from" if row["direction"] == "out" else "to"
        for kind in KINDS:
            own = kind in {"phone", "device", "place"}
            value = (row[kind] if side == "from" else None) if own else row[f"{side}_{kind}"]
            if value:
                times[kind][value] += 1
                last.setdefault((kind, value), row["occurred_at"])
    found = []
    for kind in KINDS:
        for value, count in sorted(times[kind].items(), key=lambda item: (-item[1], item[0]))[:EACH]:
            hidden = kind in MASKED and not clear
            found.append(Identifier(kind, mask(value, kind) if hidden else value, count, last[kind, value], hidden))
    return found, len(rows)


def not_red(ledger: Reads, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without those that an originator gave for named people alone: nobody is named for an account's page."""
    red = red_batches(ledger.query)
    return [row for row in rows if row["batch"] not in red]


def counterparties(ledger: Reads, key: str, *, offset: int = 0, limit: int = PAGE) -> list[Counterparty]:
    """With whom an account exchanged money, most often first. Two reports of one transfer count twice, as in the sums;
    what is RED counts for nothing here."""
    red = sorted(red_batches(ledger.query))
    rows = ledger.query(
        f"{_SIDES}, top as (select other, count(*) as times, max(occurred_at) as latest from sides where other is not null"
        " group by other order by times desc, other limit ? offset ?)"
        " select t.other, t.times, t.latest, s.direction, s.currency, sum(s.amount)::decimal(38,4)"
        " from top as t join sides as s on s.other = t.other group by all order by t.times desc, t.other, s.direction, s.currency",
        [key, red, key, red, limit, offset],
    )
    grouped: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        grouped[row[0]].append(row)
    return [
        Counterparty(other, group[0][1], group[0][2], tuple((row[3], row[4], row[5]) for row in group))
        for other, group in grouped.items()
    ]


def alerts_of(ledger: Reads, key: str, scope: Scope) -> list[dict[str, Any]]:
    """The alerts that name an account, in which role, best first; those that the caller may see."""
    names = ("alert", "role", "score", "severity", "state", "family", "detectors", "window_end", "subject")
    rows = ledger.query(
        "with named as (select alert, role from standing_members where account = ?)"
        " select alert, n.role, score, severity, state, family, detectors, window_end, subject from kept_alerts"
        f" join named as n using (alert) where {scope.where} order by score desc, alert limit ?",
        [key, *scope.params, MOST_ALERTS],
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def cases_of(ledger: Reads, alerts: Iterable[str], eyes: Eyes) -> list[dict[str, Any]]:
    """The cases that one of these alerts is in and that the caller may see, changed last first."""
    rows = ledger.query(
        "select case_id, title, state from standing_cases where list_has_any(alerts, ?::varchar[])"
        f" and {eyes.cases.where} order by seq desc",
        [list(alerts), *eyes.cases.params],
    )
    return [dict(zip(("case", "title", "state"), row, strict=True)) for row in rows]


def looks(ledger: Reads, key: str) -> list[dict[str, Any]]:
    """Who opened the page of an account or saw its identifiers in clear, latest first."""
    rows = ledger.query(
        "select recorded_at, actor, role, look, reason from entity_looks where account = ? order by seq desc limit ?",
        [key, MOST_LOOKS],
    )
    return [dict(zip(("at", "actor", "role", "look", "reason"), row, strict=True)) for row in rows]


_SIDES = """
with sides as (
    select occurred_at, amount, currency, 'out' as direction, to_key as other from current_transactions
    where from_key = ? and not list_contains(?::varchar[], batch)
    union all
    select occurred_at, amount, currency, 'in', from_key from current_transactions
    where to_key = ? and not list_contains(?::varchar[], batch)
)
"""
