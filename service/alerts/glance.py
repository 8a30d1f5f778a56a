"""What a list shows of an alert beside its sentence: how much money, and between which countries.

It comes from the alert's evidence, which a version never changes, so it is worked out once for each and then remembered.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from schemas.canonical import parse_json
from service.alerts.flows import second_reports
from service.ledger import views

_REMEMBERED = 20_000
Corridor = tuple[str, str]
"""Two countries by code, from and to; empty where it is not stated."""


@dataclass(frozen=True, slots=True)
class Glance:
    """`amounts` by currency, the one of most payments first; `corridors` between two countries likewise. A flow that two
    partners reported counts once. `more` says that the alert keeps only a part of its evidence, so that the sums are too low."""

    amounts: tuple[tuple[str, Decimal], ...] = ()
    corridors: tuple[Corridor, ...] = ()
    more: bool = False
    why: Mapping[str, str] | None = None


class Glances:
    """What there is to see of alerts at a glance, remembered by version."""

    def __init__(self, ledger: views.Reads) -> None:
        self._ledger = ledger
        self._known: OrderedDict[tuple[str, int], Glance] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, found: Sequence[Mapping[str, Any]]) -> dict[str, Glance]:
        """For each of these standing alerts, by id. Raises DigestMismatch where a segment is not as recorded."""
        keys = [(str(each["alert"]), int(each["version"])) for each in found]
        with self._lock:
            known = {key: self._known[key] for key in keys if key in self._known}
        made = self._look([key for key in keys if key not in known])
        with self._lock:
            self._known.update(made)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return {alert: (known | made)[alert, version] for alert, version in keys}

    def _look(self, keys: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Glance]:
        if not keys:
            return {}
        rows = self._ledger.query(
            "select v.alert, v.version, v.body from alert_versions as v join (select unnest(?::varchar[]) as alert,"
            " unnest(?::integer[]) as version) as w on w.alert = v.alert and w.version = v.version",
            [[alert for alert, _ in keys], [version for _, version in keys]],
        )
        bodies = {(alert, version): parse_json(body) for alert, version, body in rows}
        wanted = {(each["batch"], each["reference"]) for body in bodies.values() for each in body["evidence"]}
        paid = {}
        if wanted:
            columns = ("batch", "reference", "amount", "currency", "from_country", "to_country")
            paid = {row[:2]: row[2:] for row in views.transactions(self._ledger, sorted(wanted)).select(columns).rows()}
        return {key: _glance(body, paid) for key, body in bodies.items()}


def _glance(body: Mapping[str, Any], paid: Mapping[tuple[Any, ...], tuple[Any, ...]]) -> Glance:
    again = second_reports(body)
    sums: dict[str, Decimal] = defaultdict(Decimal)
    payments: Counter[str] = Counter()
    ways: Counter[Corridor] = Counter()
    for each in body["evidence"]:
        report = (each["batch"], each["reference"])
        if report in again or report not in paid:
            continue
        amount, currency, source, target = paid[report]
        sums[currency] += amount
        payments[currency] += 1
        if source and target and source != target:
            ways[source, target] += 1
    return Glance(
        amounts=tuple((each, sums[each]) for each in sorted(sums, key=lambda each: (-payments[each], each))),
        corridors=tuple(sorted(ways, key=lambda each: (-ways[each], each))),
        more=bool(body.get("evidence_left_out")),
        why=body["why"],
    )
