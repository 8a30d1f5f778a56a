"""Fuse the findings of standing alerts again, all or some of them: what would the queue be without the rules, say.

No detector runs again. The findings, and what each detector's record in the baseline was, are read from the alerts themselves;
the fusing is the one that a run does. For evaluation alone: nothing of this is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import polars as pl

from detectors.api import Detector
from detectors.as_set import under
from detectors.findings import Names
from schemas.canonical import canonical_json
from schemas.finding import RAW_FINDING
from service.runs.candidates import candidate_alerts

Record = dict[str, Any]
Report = tuple[str, str]


class Refusion:
    """The findings of some alerts, ready to be fused again and again."""

    def __init__(self, alerts: Sequence[Record], detectors: Mapping[str, Detector], *, max_members: int) -> None:
        """`alerts` are the bodies of standing alerts. Findings of a detector that is not among `detectors` are left out."""
        # Only live detectors raise alerts: whatever their status is now, they were live when these were raised.
        self._detectors = {name: under(each, "live") for name, each in detectors.items()}
        self._max_members = max_members
        found = {each["id"]: each for alert in alerts for each in alert["findings"] if each["detector"] in detectors}
        self.findings: list[Record] = [found[name] for name in sorted(found)]
        records = {
            part["detector"]: (part["detector"], part["flagged"], part["population"])
            for alert in alerts
            for part in alert["parts"]
        }
        schema = {"detector": pl.String(), "flagged": pl.Int64(), "population": pl.Int64()}
        self._baseline = pl.DataFrame(sorted(records.values()), schema=schema, orient="row")
        self._names = StoredNames(self.findings, alerts)

    def fuse(self, keep: Callable[[Record], bool] = lambda finding: True) -> list[Record]:
        """The candidate alerts that the findings which `keep` lets through would have made, best first."""
        named: dict[str, list[Record]] = {}
        for finding in filter(keep, self.findings):
            named.setdefault(finding["detector"], []).append(finding)
        raws = {detector: self._names.raw(findings) for detector, findings in named.items()}
        chosen = [self._detectors[detector] for detector in sorted(named)]
        return candidate_alerts(chosen, raws, named, self._baseline, self._names, max_members=self._max_members)


class StoredNames(Names):
    """Numbers for accounts and transactions as a run would give them, made from stored findings: accounts in key order, and the
    reports that two partners sent of one flow as one transaction."""

    def __init__(self, findings: Sequence[Record], alerts: Sequence[Record]) -> None:
        named = {member["key"]: member["account"] for each in findings for member in each["members"]}
        named |= {each["subject"]: each["subject_account"] for each in findings}
        self._keys = sorted(named)
        self._shown = [named[key] for key in self._keys]
        self._numbers = {key: number for number, key in enumerate(self._keys)}
        self._flows: list[list[Report]] = []
        self._txns: dict[Report, int] = {}
        groups = [[_report(ref) for ref in group] for alert in alerts for group in alert.get("same_flow", ())]
        for group in groups + [[_report(ref)] for each in findings for ref in each["evidence"]]:
            if group[0] not in self._txns:
                self._txns |= dict.fromkeys(group, len(self._flows))
                self._flows.append(group)

    def raw(self, findings: Sequence[Record]) -> pl.DataFrame:
        """Findings as a detector would have given them, in the same order."""
        rows = [
            {
                "subject": self._numbers[each["subject"]],
                "window_start_s": _seconds(each["window_start"]),
                "window_end_s": _seconds(each["window_end"]),
                "strength": each["strength"],
                "evidence": sorted({self._txns[_report(ref)] for ref in each["evidence"]}),
                "members": [{"account": self._numbers[m["key"]], "role": m["role"]} for m in each["members"]],
                "facts": canonical_json(each["facts"]).decode(),
            }
            for each in findings
        ]
        return pl.DataFrame(rows, schema=RAW_FINDING)

    def account(self, number: int) -> tuple[str, str]:
        return self._shown[number], self._keys[number]

    def evidence(self, txns: Sequence[int]) -> list[dict[str, str]]:
        return [{"batch": batch, "reference": reference} for txn in txns for batch, reference in self._flows[txn]]

    def same_flow(self, txns: Sequence[int]) -> list[list[dict[str, str]]]:
        return [self.evidence([txn]) for txn in txns if len(self._flows[txn]) > 1]

    def members(self, members: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
        return [
            {"account": self._shown[m["account"]], "key": self._keys[m["account"]], "role": m["role"]} for m in members
        ]


def _report(ref: Mapping[str, str]) -> Report:
    return ref["batch"], ref["reference"]


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())
