"""`thalweg evaluate`: how much of a labelled truth the queue finds, at what precision."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, cast

import typer

from detectors.evaluation.labels import read_truth
from detectors.evaluation.metrics import Ranked, evaluate
from service.alerts.book import EVERYTHING
from service.cli.printing import AsJson, show
from service.house import House, open_house

_EVERY = 1_000_000


def evaluate_command(
    context: typer.Context,
    truth: Annotated[Path, typer.Argument(help="CSV: reference, pattern, kind, from_account, to_account.")],
    as_json: AsJson = False,
) -> None:
    """Compare the queue with labelled patterns."""
    patterns = read_truth(truth)
    with open_house(context.obj) as house:
        answer = evaluate(ranked_alerts(house), patterns)
    if as_json:
        show(answer, as_json)
    else:
        _print_table(answer)


def ranked_alerts(house: House) -> list[Ranked]:
    """Every standing alert as evaluation sees it, best first."""
    page = house.alerts.page(EVERYTHING, limit=_EVERY)
    bodies = (house.alerts.get(each["alert"], EVERYTHING) for each in page)
    return [
        Ranked(
            found["alert"],
            frozenset(each["reference"] for each in found["body"]["evidence"]),
            frozenset(each["account"] for each in found["body"]["members"]),
        )
        for found in bodies
    ]


def _print_table(answer: dict[str, Any]) -> None:
    print(f"{answer['patterns']} patterns, {answer['alerts']} alerts")
    print("budget      k  found  recall  precision")
    for row in cast(list[dict[str, Any]], answer["budgets"]):
        recall, precision = row["recall_per_mille"] / 1000, row["precision_per_mille"] / 1000
        print(f"{row['budget']:>6} {row['k']:>6} {row['found']:>6}  {recall:>6.3f}  {precision:>9.3f}")
    largest = answer["budgets"][-1]
    print(f"by kind, at {largest['budget']}:")
    for kind, counts in largest["by_kind"].items():
        print(f"  {kind:<24} {counts['found']:>4} of {counts['planted']}")
