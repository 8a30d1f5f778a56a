"""Routes of the catalogue: what there is and what it lacks, a rule judged before anybody relies on it, and backtests."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from detectors.api import Detector
from service.admission import unjudged
from service.catalogue import Seen, line_of
from service.http.deps import Caller, DetectorReader, DetectorTrier
from service.http.detector_shapes import (
    BacktestAsked,
    BacktestOut,
    DetectorOut,
    DetectorWhole,
    ExampleOut,
    FaultOut,
    LintAsked,
    LintOut,
)
from service.http.errors import Problem
from service.runs.judging import judge_text

router = APIRouter(prefix="/v1/detectors", tags=["detectors"])


@router.get("")
def list_detectors(caller: DetectorReader) -> list[DetectorOut]:
    """The detectors: what each is for, where it comes from, its parameters, what else its findings may be, and how much of
    what it needs the latest finished run saw."""
    seen, catalogue = _seen(caller), caller.office.catalogue()
    new = unjudged(catalogue, caller.office.house.home)
    held = caller.office.house.tuning.held()
    return [DetectorOut(**_told(each, seen, new, held)) for each in catalogue.detectors]


@router.post("/lint", responses={409: {"model": Problem}})
def lint_rule(asked: LintAsked, caller: DetectorTrier) -> LintOut:
    """Judge the text of a rule in a child process: every fault of the lint with its line and cure, then every example, with whom
    it flags and why. It is kept nowhere and joins no catalogue; to add it, put the file into a directory that the settings name."""
    office = caller.office
    with office.work.judging():
        judged = judge_text(
            asked.text,
            office.house.home.workroom,
            f"lint-{secrets.token_hex(8)}",
            rule_directories=office.settings.rule_directories,
        )
    faults = [FaultOut.of(each) for each in judged.faults]
    outcomes = [ExampleOut.model_validate(each) for each in judged.outcomes]
    return LintOut(id=judged.id, sound=not faults, examples=judged.examples, faults=faults, outcomes=outcomes)


@router.post(
    "/backtests",
    status_code=202,
    responses={404: {"model": Problem}, 409: {"model": Problem}, 422: {"model": Problem}},
)
def start_backtest(asked: BacktestAsked, caller: DetectorTrier, response: Response) -> BacktestOut:
    """Try a detector with other numbers over everything that was accepted, against how it is set now. 202 while it goes on: ask its
    address. It is recorded that it was tried; what it finds is counted, told and forgotten, and no account is named."""
    work = caller.office.work
    trial = caller.office.house.backtests.trial(
        asked.detector, since=asked.since, until=asked.until, params=asked.params
    )
    backtest = work.backtest(trial, caller.actor)
    response.headers["location"] = f"/v1/detectors/backtests/{backtest}"
    return BacktestOut(**work.backtested(backtest))


@router.get("/backtests/{backtest}", responses={404: {"model": Problem}})
def one_backtest(backtest: str, caller: DetectorTrier) -> BacktestOut:
    """A backtest: how far it is, or how the two differ. The latest ones are remembered until the service ends."""
    return BacktestOut(**caller.office.work.backtested(backtest))


@router.get("/{detector}", responses={404: {"model": Problem}})
def one_detector(detector: str, caller: DetectorReader) -> DetectorWhole:
    """One detector whole: with its examples, its indicators, the bounds of its parameters, and its source."""
    catalogue = caller.office.catalogue()
    found, new = catalogue.get(detector), unjudged(catalogue, caller.office.house.home)
    meta = found.meta.model_dump(mode="json")
    names = ("severity", "weight", "why", "roles", "facts", "indicators", "fires", "silent", "params")
    source = found.source_path.read_text(encoding="utf-8")
    held = caller.office.house.tuning.held()
    return DetectorWhole(
        **_told(found, _seen(caller), new, held), **{name: meta[name] for name in names}, source=source
    )


def _seen(caller: Caller) -> Seen:
    house = caller.office.house
    return Seen.of(house.runs.all(), house.shelf.loaded())


def _told(detector: Detector, seen: Seen, new: frozenset[str], held: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    meta = detector.meta
    return line_of(detector, seen, new, held) | {
        "title": meta.title,
        "benign": list(meta.benign),
        "next_step": meta.next_step,
        "parameters": {
            name: {"default": str(one.default), "unit": one.unit, "reason": one.reason}
            for name, one in meta.params.items()
        },
    }
