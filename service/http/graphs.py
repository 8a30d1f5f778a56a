"""The flow around an alert for somebody, for the pages and the API alike: recorded as its reading, and wider only for who may follow."""

from __future__ import annotations

from typing import Any

import polars as pl

from schemas.alert import CandidateAlert
from service.alerts.book import Alert
from service.alerts.flows import second_reports
from service.flows.around import Around, Scope, hops_around, picture, whole_days
from service.flows.reading import LedgerReader
from service.http import caveats, review
from service.http.deps import Caller


def flow_of(caller: Caller, alert: str, scope: Scope, hops: int, least: int) -> tuple[Alert, Around | None]:
    """An alert and the picture around its subject; None where there is nothing to draw. `least` is in units.

    Beyond the evidence it needs the permission to follow money, is an entry of its own, and leaves out the rows of other batches
    that were given for named people alone. Raises NotFound, AccessDenied,
    RateLimited.
    """
    found = review.read_alert(caller, alert)
    body = found["body"]
    members = {member["key"]: member["role"] for member in body["members"]}
    evidence = frozenset((each["batch"], each["reference"]) for each in body["evidence"])
    if scope == "evidence":
        rows, left_out = evidence_once(caller, found), (0, 0)
    else:
        gate = caller.office.gate
        gate.require(caller.person, "flows.follow", f"movements around {alert}")
        gate.note_opening(caller.token, caller.person, "flow.read", {"alert": alert, "hops": hops}, f"{alert}:{hops}")
        without = caveats.red_rows(caller, besides={batch for batch, _ in evidence})
        reader = LedgerReader(caller.office.house.ledger, without)
        window = whole_days(body["window_start"], body["window_end"])
        rows, *counts = hops_around(reader, body["subject"], hops, window)
        caller.shown.batches.update(rows["batch"])
        left_out = (counts[0], counts[1])
    return found, picture(rows, body["subject"], members=members, evidence=evidence, least=least, left_out=left_out)


def evidence_once(caller: Caller, found: Alert) -> pl.DataFrame:
    """The evidence of an alert as full rows, each flow once."""
    rows = review.evidence_of(caller, found)
    second = [f"{batch} {reference}" for batch, reference in second_reports(found["body"])]
    return rows.filter(~pl.concat_str("batch", "reference", separator=" ").is_in(second))


def review_rows(caller: Caller, found: Alert) -> tuple[CandidateAlert, list[dict[str, Any]], list[dict[str, Any]]]:
    """An alert, every report of its evidence, and the same with each flow once."""
    rows = review.evidence_of(caller, found).to_dicts()
    second = second_reports(found["body"])
    once = [row for row in rows if (row["batch"], row["reference"]) not in second]
    return CandidateAlert.model_validate(found["body"]), rows, once
