"""What the pages of runs print: rows and numbers in the reader's language. It computes nothing of what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from detectors.anomaly.declared import DECLARED
from detectors.anomaly.drift import split
from detectors.exclusions import NOTE as KNOWN_SEGMENTS
from service.web import words
from service.web.language import catalogue, clock, number, say


@dataclass(frozen=True, slots=True)
class RunRow:
    run: str
    time: str
    status: str
    findings: str
    alerts: str
    seconds: str
    digest: str

    @classmethod
    def of(cls, found: Mapping[str, Any], language: str) -> RunRow:
        return cls(
            run=found["run"],
            time=clock(found["at"], language),
            status=found["status"],
            findings=number(found["findings"], language),
            alerts=number(found["alerts"], language),
            seconds=_seconds(found["seconds"], language),
            digest=found["digest"] or "",
        )


@dataclass(frozen=True, slots=True)
class RunPage:
    row: RunRow
    manifest: str
    going: bool
    step: str
    cause: str
    may_replay: bool
    detectors: tuple[dict[str, Any], ...]
    replays: tuple[dict[str, str], ...]
    verdict: dict[str, Any] | None
    places: str = ""
    drift: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Of each feature, and of the score, how far it has moved by the last window: a cell for each of `models`."""
    models: tuple[str, ...] = ()
    suppressed: tuple[tuple[str, str], ...] = ()
    """Each suppression that alerts of the run fell under, and how many."""

    @classmethod
    def of(
        cls,
        found: Mapping[str, Any],
        step: Mapping[str, Any] | None,
        *,
        may_replay: bool,
        verdict: dict[str, Any] | None,
        language: str,
    ) -> RunPage:
        """`found` is the run as it is told, `step` the one that it is at while it goes on."""
        return cls(
            row=RunRow.of(found, language),
            manifest=found["manifest"] or "",
            going=found["status"] == "started" and step is not None,
            step=" ".join(str(part) for part in (step or {}).values()),
            cause=(found["cause"] or {}).get("why", ""),
            may_replay=may_replay and bool(found["digest"]),
            detectors=tuple(_detector_row(each, found["notes"], language) for each in found["detectors"]),
            replays=tuple(
                {"time": clock(each["at"], language), "verdict": each["verdict"]} for each in found.get("replays", ())
            ),
            verdict=verdict,
            places=_places(found["places"], language),
            drift=_drift(found["drift"], language),
            models=tuple(found["drift"]),
            suppressed=tuple(
                (each["suppression"], number(each["alerts"], language)) for each in found.get("suppressed", ())
            ),
        )


def _detector_row(each: dict[str, Any], notes: dict[str, Any], language: str) -> dict[str, Any]:
    """A detector of a run, with what it lacked and how many findings were left alone because their account is known."""
    known = notes.get(each["id"], {}).get(KNOWN_SEGMENTS, 0)
    return {
        **each,
        "seconds": _seconds(each["seconds"], language),
        "silent": ", ".join(each.get("silent_for", ())),
        "known": number(known, language) if known else "",
    }


def _places(places: Mapping[str, int], language: str) -> str:
    """How many alerts lie where. Those drawn for review are not told apart here: who knows which they are judges them otherwise."""
    if not places:
        return ""
    counts = {"queue": places["queue"] + places["sample"], "below": places["below"]}
    return catalogue(language).gettext(words.PLACES) % {name: number(count, language) for name, count in counts.items()}


def _drift(drift: Mapping[str, Mapping[str, int]], language: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The features that moved most first. Runs of before it was measured have none."""
    names = {name for moved in drift.values() for name in moved}
    ranked = sorted(names, key=lambda name: (-max(moved.get(name, -1) for moved in drift.values()), name))
    return tuple(
        (_feature(name, language), tuple(_moved(moved.get(name), language) for moved in drift.values()))
        for name in ranked
    )


def _feature(name: str, language: str) -> str:
    feature, days = split(name)
    texts = catalogue(language)
    told = say(DECLARED[feature].label, language) if feature in DECLARED else texts.gettext(words.THE_SCORE)
    return told if days is None else f"{told}, {number(days, language)} {texts.gettext(words.UNIT['days'])}"


def _moved(per_mille: int | None, language: str) -> str:
    return "" if per_mille is None else f"{number(round(Decimal(per_mille) / 10), language)} %"


def _seconds(text: str | None, language: str) -> str:
    return "" if text is None else number(Decimal(text), language)
