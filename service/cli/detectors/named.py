"""Which detectors somebody means by a name, and why those of them that were refused were."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from detectors.api import Detector
from detectors.catalogue import Catalogue, names_of
from schemas.errors import DetectorInvalid
from service.cli.printing import complain


def sound(catalogue: Catalogue, ids: Sequence[str], refused: Sequence[DetectorInvalid]) -> tuple[Detector, ...]:
    """Those of these ids that can be run. Raises NotFound for one that is neither in the catalogue nor was refused."""
    known = {each.meta.id for each in catalogue.detectors}
    told = {name for fault in refused for name in names_of(fault)}
    return catalogue.pick([each for each in ids if each in known or each not in told])


def complain_of(refused: Sequence[DetectorInvalid]) -> None:
    """Say every fault. Exit 1 where there is one."""
    for fault in refused:
        complain(fault)
    if refused:
        raise typer.Exit(1)
