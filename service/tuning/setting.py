"""How detectors are set, folded from what was proposed and decided. It reads acts and files of detectors and writes nothing.

A setting is whole: the numbers other than the file's, and the status where that is another. An empty one is the file's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from detectors.api import Detector
from detectors.as_set import under
from detectors.catalogue import Catalogue
from schemas.canonical import parse_json
from schemas.detector import DetectorMeta, Status
from schemas.errors import DetectorInvalid, RequestInvalid
from service.runs.told import entries_told

if TYPE_CHECKING:
    from service.ledger.ledger import Ledger

Answer = dict[str, Any]
SetStatus = Literal["live", "test", "off"]
STATUSES: tuple[SetStatus, ...] = SetStatus.__args__  # type: ignore[attr-defined]
_IN_MANIFESTS: dict[SetStatus, Status] = {"live": "live", "test": "test", "off": "retired"}
"""What a manifest calls it. `retired` runs only where it is named, and then raises no alert."""
_RUNS = frozenset({"live", "test"})
"""Statuses of files that were judged for it: a draft is made to run in its file, where its examples are asked for."""
Act = tuple[str, Mapping[str, Any], str, str]
"""What was done (`proposed`, `approve`, `refuse`), the payload of its entry, who did it, when."""


@dataclass(frozen=True, slots=True)
class Setting:
    """The numbers of a detector that are not its file's, as text, and its status, empty where it is the file's."""

    params: Mapping[str, str] = field(default_factory=dict)
    status: str = ""

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Setting:
        """As entries and answers tell it."""
        return cls(dict(told["params"]), told["status"] or "")

    @property
    def told(self) -> Answer:
        return {"params": dict(sorted(self.params.items())), "status": self.status or None}

    def numbers(self) -> dict[str, int | Decimal]:
        """The numbers as numbers: they were checked when they were proposed."""
        return {
            name: int(text) if text.lstrip("-").isdecimal() else Decimal(text) for name, text in self.params.items()
        }


AS_SHIPPED = Setting()


def fold(acts: Iterable[Act]) -> dict[str, Answer]:
    """Every proposal by id, in order, with its `state` (waiting, approved or refused) and who decided it, when and why."""
    told: dict[str, Answer] = {}
    for act, payload, actor, at in acts:
        if act == "proposed":
            undecided = {"state": "waiting", "decided_by": None, "decided_at": None, "decided_why": None}
            told[payload["proposal"]] = dict(payload) | {"proposed_by": actor, "proposed_at": at} | undecided
        else:
            state = "approved" if act == "approve" else "refused"
            decided = {"state": state, "decided_by": actor, "decided_at": at, "decided_why": payload["why"]}
            told[payload["proposal"]] |= decided
    return told


def proposals(ledger: Ledger) -> list[Answer]:
    """Every proposal, newest first."""
    rows = ledger.query("select act, body, actor, recorded_at from detector_acts order by seq")
    return list(reversed(fold((act, parse_json(body), actor, at) for act, body, actor, at in rows).values()))


def proposals_in_journal(directory: Path) -> list[Answer]:
    """The same from the files of a journal, which need not be held."""
    told = entries_told(directory, "detector.")
    acts = [
        (payload.get("act", "proposed"), payload, entry["actor"], entry["at"])
        for entry, payload in told
        if entry["type"] in {"detector.proposed", "detector.decided"}
    ]
    return list(reversed(fold(acts).values()))


def in_force(found: Iterable[Answer]) -> dict[str, Answer]:
    """The approved proposals that hold, by detector: the latest of each, unless that goes back to the file. `found` is newest first."""
    latest: dict[str, Answer] = {}
    for each in found:
        if each["state"] == "approved":
            latest.setdefault(each["detector"], each)
    return {detector: each for detector, each in latest.items() if Setting.of(each) != AS_SHIPPED}


@dataclass(frozen=True, slots=True)
class Fitted:
    """A catalogue as it is set: the detectors under their statuses, and the numbers by detector. `left_out` says which numbers no
    longer fit the file and so are not used."""

    catalogue: Catalogue
    numbers: Mapping[str, Mapping[str, int | Decimal]]
    left_out: tuple[DetectorInvalid, ...] = ()


def fitted(catalogue: Catalogue, held: Mapping[str, Answer]) -> Fitted:
    """A catalogue with what holds of it put to use. A detector that is not in the catalogue is passed over."""
    numbers: dict[str, Mapping[str, int | Decimal]] = {}
    left_out: list[DetectorInvalid] = []
    found: list[Detector] = []
    for detector in catalogue.detectors:
        meta, told = detector.meta, held.get(detector.meta.id)
        if told is None:
            found.append(detector)
            continue
        setting = Setting.of(told)
        numbers[meta.id], misfits = _fitting(meta, setting)
        left_out += misfits
        found.append(under(detector, status_of(meta, setting)))
    return Fitted(Catalogue(tuple(found), catalogue.refused), numbers, tuple(left_out))


def status_of(meta: DetectorMeta, setting: Setting) -> Status:
    """The status under which a detector runs, as manifests call it. What its file has made a draft or retired since stays that."""
    if setting.status not in STATUSES or meta.status not in _RUNS:
        return meta.status
    return _IN_MANIFESTS[setting.status]


def shown_status(meta: DetectorMeta, setting: Setting) -> str:
    """The status as people are told it."""
    return setting.status if setting.status and meta.status in _RUNS else meta.status


def may_be(meta: DetectorMeta, status: str) -> None:
    """Whether a detector may be set so. Raises RequestInvalid."""
    if status not in STATUSES:
        raise RequestInvalid("there is no such status", where="status", value=status, remedy="live, test or off.")
    if meta.status not in _RUNS:
        raise RequestInvalid(
            "a draft and what is retired are set in their file",
            where="status",
            value=meta.status,
            remedy="Mend the file; its examples are asked for there.",
        )


def _fitting(meta: DetectorMeta, setting: Setting) -> tuple[dict[str, int | Decimal], list[DetectorInvalid]]:
    fitting: dict[str, int | Decimal] = {}
    misfits = []
    for name, value in setting.numbers().items():
        try:
            meta.settled({name: value})
            fitting[name] = value
        except RequestInvalid as error:
            remedy = "The file's own number is used. Propose another, or to go back to the file."
            misfits.append(
                DetectorInvalid(f"what was set no longer fits: {error.why}", where=error.where, value=str(value), remedy=remedy)
            )  # fmt: skip
    return fitting, misfits
