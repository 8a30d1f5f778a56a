"""Evaluate a queue against labelled patterns: as it stands, with the same findings fused otherwise, and each detector alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from detectors.api import Detector
from detectors.evaluation.labels import Pattern
from detectors.evaluation.limits import Seen
from detectors.evaluation.metrics import Ranked
from detectors.evaluation.report import Queues, report
from detectors.evaluation.resample import DRAWS
from detectors.rank import OWN_SURPRISAL
from service.runs.refusion import Refusion

Record = dict[str, Any]


def evaluate_alerts(
    alerts: Sequence[Record],
    patterns: Sequence[Pattern],
    detectors: Iterable[Detector],
    *,
    max_members: int,
    seed: int = 1,
    draws: int = DRAWS,
) -> Record:
    """See `detectors.evaluation.report`. `alerts` are bodies of alerts, best first; `detectors` all that may have made them."""
    refusion = Refusion(alerts, {each.meta.id: each for each in detectors}, max_members=max_members)
    ranks = {finding["id"]: rank for rank, alert in enumerate(alerts, start=1) for finding in alert["findings"]}
    seen = [
        Seen(each["detector"], shown(each, "id"), ranks.get(each["id"]))
        for alert in alerts
        for each in alert["findings"]
    ]
    ablations = {name: _ranked(refusion.fuse(keep)) for name, keep in ABLATIONS.items()}
    ablations["without fusion"] = _ranked(sorted(alerts, key=_by_best_part))
    found_by = sorted({each["detector"] for each in refusion.findings})
    alone = {name: _ranked(refusion.fuse(_made_by(name))) for name in found_by}
    leaders = [alert["parts"][0]["detector"] for alert in alerts]
    return report(Queues(_ranked(alerts), ablations, alone, seen, leaders), patterns, seed=seed, draws=draws)


def shown(record: Mapping[str, Any], name: str) -> Ranked:
    """An alert or a finding as evaluation sees it."""
    references = frozenset(each["reference"] for each in record["evidence"])
    return Ranked(record[name], references, frozenset(each["account"] for each in record["members"]))


def is_network(finding: Mapping[str, Any]) -> bool:
    """Whether a pattern weighed it against a null model of the whole population, as networks of new relations are."""
    return finding["kind"] == "pattern" and OWN_SURPRISAL in finding["facts"]


ABLATIONS: dict[str, Callable[[Record], bool]] = {
    "all, fused again": lambda finding: True,
    "without rules": lambda finding: finding["kind"] != "rule",
    "without patterns": lambda finding: finding["kind"] != "pattern",
    "without networks": lambda finding: not is_network(finding),
    "without models": lambda finding: finding["kind"] != "model",
}
"""The same findings less some, fused again. The first is the control: of one run it is the queue itself."""


def _made_by(name: str) -> Callable[[Record], bool]:
    return lambda finding: finding["detector"] == name


def _by_best_part(alert: Record) -> tuple[int, str]:
    """The order without fusion: by what the best single detector is worth."""
    return (-max(part["points"] for part in alert["parts"]), alert["key"])


def _ranked(alerts: Iterable[Record]) -> list[Ranked]:
    return [shown(each, "key") for each in alerts]
