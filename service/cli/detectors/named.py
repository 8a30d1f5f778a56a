"""Which detectors somebody means by a name, and why those of them that were refused were."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from detectors.api import Detector
from detectors.catalogue import Catalogue
from detectors.rulefile import read_rule_file
from schemas.errors import DetectorInvalid
from service.cli.printing import complain


def faults_of(catalogue: Catalogue, ids: Sequence[str]) -> list[DetectorInvalid]:
    """Why detectors of these ids were refused: the faults of the files that say so of themselves, or are so called."""
    return [fault for fault in catalogue.refused if not _names_of(fault).isdisjoint(ids)]


def _names_of(fault: DetectorInvalid) -> set[str | None]:
    """What somebody may call the detector that a fault is about: its file's name without the ending, and its id."""
    path = Path((fault.where or "").rpartition(":")[0])
    try:
        written = read_rule_file(path).head.get("id")
    except DetectorInvalid:  # it cannot be read, which is then the fault itself
        written = None
    return {path.stem, fault.where, str(written)}


def sound(catalogue: Catalogue, ids: Sequence[str], refused: Sequence[DetectorInvalid]) -> tuple[Detector, ...]:
    """Those of these ids that can be run. Raises NotFound for one that is neither in the catalogue nor was refused."""
    known = {each.meta.id for each in catalogue.detectors}
    told = {name for fault in refused for name in _names_of(fault)}
    return catalogue.pick([each for each in ids if each in known or each not in told])


def complain_of(refused: Sequence[DetectorInvalid]) -> None:
    """Say every fault. Exit 1 where there is one."""
    for fault in refused:
        complain(fault)
    if refused:
        raise typer.Exit(1)
