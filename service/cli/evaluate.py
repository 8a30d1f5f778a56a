"""`thalweg evaluate`: how much of a labelled truth the queue finds, at what precision, and what keeps it from finding the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from detectors.catalogue import Catalogue
from detectors.evaluation.labels import read_truth
from detectors.evaluation.page import as_page
from detectors.evaluation.resample import DRAWS
from schemas.errors import RequestInvalid
from service.cli.desk import open_desk
from service.cli.printing import AsJson, count, say, show_json, show_table
from service.runs.evaluating import evaluate_alerts

_BEST = 8


def evaluate_queue(
    context: typer.Context,
    truth: Annotated[Path, typer.Argument(help="CSV: reference, pattern, kind, from_account, to_account.")],
    page: Annotated[Path | None, typer.Option(help="Write a page with charts, and a table beside each, here.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws that the intervals come from.")] = 1,
    draws: Annotated[int, typer.Option(min=40, max=100_000, help="How many draws.")] = DRAWS,
    as_json: AsJson = False,
) -> None:
    """Compare the queue with labelled patterns."""
    if not truth.is_file():
        raise RequestInvalid("there is no such file", where=str(truth), remedy="Check the path.")
    settings = context.obj.settings
    patterns = read_truth(truth)
    with open_desk(context.obj) as desk:
        alerts = list(desk.alert_bodies())
    detectors = Catalogue.load(settings.rule_directories).detectors
    answer = evaluate_alerts(
        alerts, patterns, detectors, max_members=settings.max_members, seed=seed, draws=draws
    )  # fmt: skip
    if page is not None:
        _write(page, as_page(answer, title=truth.name))
        say(f"wrote {page}")
    if as_json:
        show_json(answer)
    else:
        tell_evaluation(answer)


def _write(page: Path, text: str) -> None:
    try:
        page.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RequestInvalid(
            "the page cannot be written", where=str(page), remedy="Name a file in a folder that exists."
        ) from error


def tell_evaluation(answer: dict[str, Any]) -> None:
    """An evaluation as people read it: a table for each question."""
    print(f"{count(answer['patterns'], 'pattern')}, {count(answer['alerts'], 'alert')}")
    print(f"Shares are from 0 to 1; in brackets 95 % of {answer['draws']:,} draws, seed {answer['seed']}\n")
    _show([_budget(row) for row in answer["budgets"]])
    print("\nThe same findings, fused otherwise, at 1x:")
    _show([_ablation(row) for row in answer["ablations"]])
    print(f"\nEach detector alone, at 1x, the best {_BEST}:")
    _show([_alone(row) for row in answer["single_detectors"][:_BEST]])
    print("\nWhat the first alerts are led by, at 1x, the most misleading first:")
    _show(answer["led_by"][:_BEST])
    print("\nWhat became of the patterns of each kind, at 1x:")
    _show([{"kind": kind} | had for kind, had in answer["limits"]["by_kind"].items()])


def _show(rows: list[dict[str, Any]]) -> None:
    show_table(rows, list(rows[0]) if rows else [], nothing="There are none.")


def _budget(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "budget": row["budget"],
        "k": row["k"],
        "found": row["found"],
        "recall": _share(row["recall_per_mille"], row["recall_interval"]),
        "precision": _share(row["precision_per_mille"], row["precision_interval"]),
        "random recall": _share(row["random_recall_per_mille"]),
        "lift": "-" if row["lift_per_mille"] is None else _share(row["lift_per_mille"]),
    }


def _ablation(row: dict[str, Any]) -> dict[str, Any]:
    at_1x = row["budgets"][1]
    low, high = (f"{bound / 1000:+.2f}" for bound in row["recall_change_interval"])
    return {
        "queue": row["name"],
        "alerts": row["alerts"],
        "recall": _share(at_1x["recall_per_mille"], row["recall_interval"]),
        "precision": _share(at_1x["precision_per_mille"], row["precision_interval"]),
        "change of recall": f"{row['recall_change'] / 1000:+.2f} [{low} {high}]",
    }


def _alone(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "detector": row["detector"],
        "alerts": row["alerts"],
        "right": row["right"],
        "found": row["found_at_1x"],
        "recall": _share(row["recall_per_mille"]),
        "precision": _share(row["precision_per_mille"]),
    }


def _share(per_mille: int, interval: list[int] | None = None) -> str:
    bounds = "" if interval is None else f" [{interval[0] / 1000:.2f} {interval[1] / 1000:.2f}]"
    return f"{per_mille / 1000:.2f}{bounds}"
