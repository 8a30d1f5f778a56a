"""The catalogue as pages: what each detector looks for, its source, numbers and examples, and how its alerts were decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from detectors.api import Detector
from schemas.detector import Example
from service.catalogue import Seen, line_of, silent_for
from service.http.deps import Caller
from service.learning.decisions import detector_records
from service.tuning.setting import AS_SHIPPED, Setting, in_force
from service.web import words
from service.web.language import clock, number, say
from service.web.pages import language_of, render, signed_in

router = APIRouter(include_in_schema=False)
Reader = Annotated[Caller, Depends(signed_in("detectors.read"))]
ENOUGH = 30
"""Decided alerts below which a share says too little."""


@dataclass(frozen=True, slots=True)
class Record:
    """How alerts with a detector in them were decided: of `decided` ones, `worth` were worth a look; the 95 % interval in per cent.

    `few` says that they are too few to tell, and then no share is given.
    """

    decided: str
    worth: str
    low: str
    high: str
    few: bool


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    id: str
    title: str
    family: str
    kind: str
    severity: str
    status: str
    waits: bool
    set_so: bool
    lacks: str
    record: Record | None


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """A number of a detector, as it is set. `shipped` is the file's where that is another; `reason`, of the file's, is in English."""

    name: str
    value: str
    shipped: str
    unit: str
    bounds: str
    reason: str


@dataclass(frozen=True, slots=True)
class ExampleTable:
    """An example that ships with a detector: its rows, and the accounts it must flag, none where it must stay silent."""

    name: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DetectorPage:
    """Everything that the page of one detector prints."""

    row: CatalogueRow
    set_by: tuple[str, str, str] | None
    """Who proposed and who approved how it is set, and when; None where it is as its file has it."""
    benign: tuple[str, ...]
    next_step: str
    indicators: tuple[str, ...]
    parameters: tuple[ParameterRow, ...]
    sources: tuple[str, ...]
    needs: tuple[str, ...]
    left_alone: tuple[str, ...]
    fires: tuple[ExampleTable, ...]
    silent: tuple[ExampleTable, ...]
    logic: str


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of detectors beside their files: what runs saw, how their alerts were decided, how people set them."""

    seen: Seen
    records: Mapping[str, Mapping[str, Any]]
    proposals: list[dict[str, Any]]

    @property
    def held(self) -> dict[str, dict[str, Any]]:
        return in_force(self.proposals)


@router.get("/detectors")
def detectors(request: Request, caller: Reader) -> HTMLResponse:
    """Every detector of the catalogue, by family."""
    language, found = language_of(request), caller.office.catalogue().detectors
    told = Told(
        _seen(caller), _records(caller, tuple(each.meta.id for each in found)), caller.office.house.tuning.proposals()
    )
    rows = [_row(each, told, language) for each in found]
    families = {
        family: tuple(each for each in rows if each.family == family)
        for family in dict.fromkeys(r.family for r in rows)
    }
    waiting = tuple((row.id, row.title) for row in rows if row.waits)
    return render(request, "detectors.html", caller.person, families=families, waiting=waiting)


@router.get("/detectors/{detector}")
def one(request: Request, caller: Reader, detector: str) -> HTMLResponse:
    """One detector of the catalogue."""
    language, found = language_of(request), caller.office.catalogue().get(detector)
    meta = found.meta
    told = Told(_seen(caller), _records(caller, (meta.id,)), caller.office.house.tuning.proposals(meta.id))
    held = told.held.get(meta.id)
    numbers = (Setting.of(held) if held else AS_SHIPPED).numbers()
    page = DetectorPage(
        row=_row(found, told, language),
        set_by=(held["proposed_by"], held["decided_by"], clock(held["decided_at"], language)) if held else None,
        benign=tuple(say(each, language) for each in meta.benign),
        next_step=say(meta.next_step, language),
        indicators=tuple(say(each.label, language) for each in meta.indicators),
        parameters=tuple(
            ParameterRow(
                name,
                number(numbers.get(name, each.default), language),
                number(each.default, language) if name in numbers else "",
                words.UNIT[each.unit],
                f"{number(each.least, language)} – {number(each.most, language)}",
                each.reason,
            )
            for name, each in meta.params.items()
        ),
        sources=meta.sources,
        needs=(*meta.needs, *meta.tables),
        left_alone=tuple(words.SEGMENT[each] for each in meta.exclusions),
        fires=tuple(_example(each) for each in meta.fires),
        silent=tuple(_example(each) for each in meta.silent),
        logic=found.logic_hash[:12],
    )
    return render(request, "detector.html", caller.person, page=page)


def _seen(caller: Caller) -> Seen:
    return Seen.of(caller.office.house.runs.all(), caller.office.house.shelf.loaded())


def _records(caller: Caller, detectors: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    return detector_records(caller.office.house.ledger, caller.alerts, detectors)


def _row(found: Detector, told: Told, language: str) -> CatalogueRow:
    meta = found.meta
    line = line_of(found, told.seen, held=told.held)
    return CatalogueRow(
        id=meta.id,
        title=say(meta.title, language),
        family=words.FAMILY[meta.family],
        kind=words.KIND[meta.kind],
        severity=meta.severity,
        status=line["status"],
        waits=any(each["detector"] == meta.id and each["state"] == "waiting" for each in told.proposals),
        set_so=line["set"] is not None,
        lacks=", ".join(silent_for(line)),
        record=_record(told.records[meta.id], language) if meta.id in told.records else None,
    )


def _record(told: Mapping[str, Any], language: str) -> Record:
    low, high = (number(round(each / 10), language) for each in told["interval_per_mille"])
    return Record(
        number(told["decided"], language), number(told["worth"], language), low, high, told["decided"] < ENOUGH
    )


def _example(example: Example) -> ExampleTable:
    head, *rows = [tuple(cell.strip() for cell in line.split("|")) for line in example.rows.strip().splitlines()]
    return ExampleTable(example.name, head, tuple(rows), example.flags)
