"""An evaluation as one page that stands alone: charts, each with its table, no script, nothing fetched from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from detectors.evaluation.charts import Bar, bars, lines, stacks
from detectors.evaluation.limits import FATES

Answer = dict[str, Any]
Cells = Sequence[object]
_BEST = 12
_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
svg { width: 100%; height: auto; } svg text { font-size: 12px; fill: currentColor; }
.grid { stroke: currentColor; stroke-opacity: .2; } .whisker { stroke: currentColor; stroke-width: 1.5; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; } th, td { padding: .2rem .6rem; border-bottom: 1px solid #8884; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def as_page(answer: Answer, *, title: str) -> str:
    """The page. `answer` is what `report` gives; `title` names what was compared with."""
    page = Element("html", {"lang": "en"})
    head, body = SubElement(page, "head"), SubElement(page, "body")
    SubElement(head, "meta", {"charset": "utf-8"})
    SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": _POLICY})
    SubElement(head, "meta", {"name": "viewport", "content": "width=device-width"})
    SubElement(head, "title").text = f"Evaluation: {title}"
    SubElement(head, "style").text = _STYLE
    SubElement(body, "h1").text = f"Evaluation: {title}"
    _say(
        body,
        f"{answer['alerts']:,} alerts against {answer['patterns']:,} labelled patterns. An alert finds a pattern when it covers at "
        "least half of the pattern's transactions or accounts, at least 30 % of its own belong to it, and it has at most 60 "
        f"members. Intervals hold 95 % of {answer['draws']:,} draws with replacement, seed {answer['seed']}.",
    )
    for part in (_by_budget, _by_rank, _by_leader, _by_fate, _ablations, _alone, _patterns):
        part(body, answer)
    return "<!doctype html>\n" + tostring(page, encoding="unicode", method="html") + "\n"


def _by_budget(body: Element, answer: Answer) -> None:
    rows = answer["budgets"]
    SubElement(body, "h2").text = "Recall and precision"
    for name, key in (("Recall", "recall"), ("Precision", "precision")):
        drawn = [Bar(f"{name} at {r['budget']}", r[f"{key}_per_mille"], r[f"{key}_interval"]) for r in rows]
        body.append(bars(f"{name} by budget", drawn))
    _say(
        body, "Budgets are multiples of the number of patterns. Random is the same alerts in random order, on average."
    )
    _table(
        body,
        ("budget", "alerts", "found", "recall", "95 %", "precision", "95 %", "random recall", "random precision", "lift"),
        (
            (
                r["budget"], r["k"], r["found"], _share(r["recall_per_mille"]), _between(r["recall_interval"]),
                _share(r["precision_per_mille"]), _between(r["precision_interval"]), _share(r["random_recall_per_mille"]),
                _share(r["random_precision_per_mille"]), _share(r["lift_per_mille"]),
            )
            for r in rows
        ),
    )  # fmt: skip


def _by_rank(body: Element, answer: Answer) -> None:
    curve, patterns = answer["curve"], max(1, answer["patterns"])
    SubElement(body, "h2").text = "Down the queue"
    series = {
        "recall": [(each["k"], 1000 * each["found"] // patterns) for each in curve],
        "precision": [(each["k"], 1000 * each["hits"] // each["k"]) for each in curve],
    }
    body.append(lines("Recall and precision down the queue", "alerts looked at", series))
    _table(
        body,
        ("alerts looked at", "patterns found", "alerts that find one", "recall", "precision"),
        (
            (each["k"], each["found"], each["hits"], _share(recall), _share(precision))
            for each, (_, recall), (_, precision) in zip(curve, *series.values(), strict=True)
        ),
        folded=True,
    )


def _by_leader(body: Element, answer: Answer) -> None:
    rows = answer["led_by"]
    SubElement(body, "h2").text = "What the first alerts are led by"
    _say(
        body,
        "Of the alerts at 1x, by the detector that adds most to the score: how many find a pattern, and how many do not.",
    )
    counts = {row["detector"]: [row["right"], row["wrong"]] for row in rows}
    body.append(stacks("The first alerts by the detector that leads them", counts, ("right", "wrong")))
    _table(body, ("detector", "right", "wrong"), ((row["detector"], row["right"], row["wrong"]) for row in rows))


def _by_fate(body: Element, answer: Answer) -> None:
    names = [fate.replace("_", " ") for fate in FATES]
    by_kind = answer["limits"]["by_kind"]
    SubElement(body, "h2").text = "What became of the patterns of each kind"
    _say(
        body,
        f"Within the first {answer['limits']['k']:,} alerts. Ranked low: an alert further down finds it. Merged away: a finding alone "
        "would, and no alert does. In parts: findings that belong to it cover less than half. In a crowd: a finding covers half of it "
        "among much else.",
    )
    counts = {kind: [had[fate] for fate in FATES] for kind, had in by_kind.items()}
    body.append(stacks("Patterns of each kind by what became of them", counts, names))
    _table(
        body,
        ("kind", "planted", *names),
        ((kind, by_kind[kind]["planted"], *those) for kind, those in counts.items()),
    )


def _ablations(body: Element, answer: Answer) -> None:
    rows = answer["ablations"]
    SubElement(body, "h2").text = "The same findings, fused otherwise"
    drawn = [Bar(r["name"], r["budgets"][1]["recall_per_mille"], r["recall_interval"]) for r in rows]
    body.append(bars("Recall at 1x", drawn))
    _say(body, "Recall at 1x. The change is against the queue as it stands, drawn on the same patterns.")
    _table(
        body,
        ("queue", "alerts", "recall", "95 %", "precision", "95 %", "change of recall", "95 %"),
        (
            (
                r["name"], r["alerts"], _share(r["budgets"][1]["recall_per_mille"]), _between(r["recall_interval"]),
                _share(r["budgets"][1]["precision_per_mille"]), _between(r["precision_interval"]),
                _share(r["recall_change"]), _between(r["recall_change_interval"]),
            )
            for r in rows
        ),
    )  # fmt: skip


def _alone(body: Element, answer: Answer) -> None:
    rows = answer["single_detectors"]
    SubElement(body, "h2").text = "Each detector alone"
    body.append(bars("Recall at 1x", [Bar(r["detector"], r["recall_per_mille"]) for r in rows[:_BEST]]))
    _say(body, f"Recall at 1x, the best {_BEST}; all are in the table.")
    _table(
        body,
        ("detector", "alerts", "right", "found at 1x", "found at all", "recall", "precision"),
        (
            (
                r["detector"], r["alerts"], r["right"], r["found_at_1x"], r["found_at_all"],
                _share(r["recall_per_mille"]), _share(r["precision_per_mille"]),
            )
            for r in rows
        ),
        folded=True,
    )  # fmt: skip


def _patterns(body: Element, answer: Answer) -> None:
    SubElement(body, "h2").text = "Each pattern"
    _table(
        body,
        ("pattern", "kind", "transactions", "fate", "rank", "rank of the best finding", "detectors"),
        (
            (
                r["pattern"], r["kind"], r["transactions"], r["fate"].replace("_", " "), r["rank"], r["finding_rank"],
                ", ".join(r["detectors"]),
            )
            for r in answer["limits"]["patterns"]
        ),
        folded=True,
    )  # fmt: skip


def _table(body: Element, heading: Sequence[str], rows: Iterable[Cells], *, folded: bool = False) -> None:
    """A table; a long one is folded until somebody opens it."""
    if folded:
        body = SubElement(body, "details")
        SubElement(body, "summary").text = "The table"
    table = SubElement(SubElement(body, "div", {"class": "wide"}), "table")
    line = SubElement(SubElement(table, "thead"), "tr")
    for name in heading:
        SubElement(line, "th", {"scope": "col"}).text = name
    within = SubElement(table, "tbody")
    for row in rows:
        line = SubElement(within, "tr")
        for value in row:
            words = "-" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
            SubElement(line, "td").text = words


def _say(body: Element, words: str) -> None:
    SubElement(body, "p").text = words


def _share(per_mille: int | None) -> str:
    return "-" if per_mille is None else f"{per_mille / 1000:.3f}"


def _between(interval: Sequence[int]) -> str:
    return " to ".join(f"{bound / 1000:.3f}" for bound in interval)
