"""`thalweg evaluate`: how much of a labelled truth the queue finds, at what precision."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, cast

import typer

from detectors.evaluation.labels import read_truth
from detectors.evaluation.metrics import Ranked, evaluate
from schemas.errors import RequestInvalid
from service.cli.desk import Desk, open_desk
from service.cli.printing import AsJson, count, show_json


def evaluate_queue(
    context: typer.Context,
    truth: Annotated[Path, typer.Argument(help="CSV: reference, pattern, kind, from_account, to_account.")],
    as_json: AsJson = False,
) -> None:
    """Compare the queue with labelled patterns."""
    if not truth.is_file():
        raise RequestInvalid("there is no such file", where=str(truth), remedy="Check the path.")
    patterns = read_truth(truth)
    with open_desk(context.obj) as desk:
        answer = evaluate(ranked_alerts(desk), patterns)
    if as_json:
        show_json(answer)
    else:
        _tell(answer)


def ranked_alerts(desk: Desk) -> list[Ranked]:
    """Every standing alert as evaluation sees it, best first."""
    return [
        Ranked(
            found["id"],
            frozenset(each["reference"] for each in found["evidence"]),
            frozenset(each["account"] for each in found["members"]),
        )
        for found in desk.alerts_whole(None, decided=True)
    ]


def _tell(answer: dict[str, Any]) -> None:
    print(f"{count(answer['patterns'], 'pattern')}, {count(answer['alerts'], 'alert')}")
    print("budget      k  found  recall  precision")
    for row in cast(list[dict[str, Any]], answer["budgets"]):
        recall, precision = row["recall_per_mille"] / 1000, row["precision_per_mille"] / 1000
        print(f"{row['budget']:>6} {row['k']:>6} {row['found']:>6}  {recall:>6.3f}  {precision:>9.3f}")
    largest = answer["budgets"][-1]
    print(f"by kind, at {largest['budget']}:")
    for kind, counts in largest["by_kind"].items():
        print(f"  {kind:<24} {counts['found']:>4} of {counts['planted']}")
