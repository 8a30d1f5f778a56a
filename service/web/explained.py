"""What detectors found, as a page prints it: observed against threshold, what moved a model, what each added to the score.

It repeats what was frozen with the alert, in the reader's language, and adds no judgement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from detectors.learning.order import NEUTRAL
from schemas.alert import CandidateAlert
from schemas.finding import Finding, IndicatorLine
from service.web import words
from service.web.language import catalogue, number, say

NO_RECORDS: Mapping[str, Mapping[str, Any]] = {}
BAR = 160
"""Width of a bar in pixels; the threshold stands in its middle."""


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """Observed against threshold. `bar` is in pixels of BAR, none where the two cannot be compared; `times` is "1.8×"."""

    label: str
    observed: str
    threshold: str
    sense: str
    bar: int | None
    times: str


@dataclass(frozen=True, slots=True)
class EffectRow:
    """What one feature did to a model's score. `offset` and `bar` are pixels of BAR around the middle."""

    label: str
    observed: str
    peers: str
    effect: str
    up: bool
    offset: int
    bar: int


@dataclass(frozen=True, slots=True)
class Why:
    """What one detector found, frozen when the alert was made. `account` is the one that it found it of, as submitted;
    `left_alone` names the segments whose accounts the detector does not flag, "payroll or aid programme"."""

    detector: str
    kind: str
    account: str
    title: str
    sentence: str
    indicators: tuple[IndicatorRow, ...]
    effects: tuple[EffectRow, ...]
    benign: tuple[str, ...]
    next_step: str
    left_alone: str
    sources: tuple[str, ...]
    logic: str


@dataclass(frozen=True, slots=True)
class PartRow:
    """What one detector added to the score."""

    title: str
    detector: str
    flagged: str
    population: str
    measured: bool
    against: str
    strength: str
    weight: str
    record: str
    learned: str
    share: str
    bar: int


def one_for_each_detector(findings: Sequence[Finding]) -> list[Finding]:
    """The strongest finding of each detector, in the order in which the alert lists them."""
    best: dict[str, Finding] = {}
    for finding in findings:
        kept = best.get(finding.detector)
        if kept is None or finding.strength > kept.strength:
            best[finding.detector] = finding
    return list(best.values())


def why(finding: Finding, language: str) -> Why:
    """A finding with its explanation."""
    told = finding.explanation
    most = max((abs(effect.effect) for effect in told.effects), default=0) or 1
    return Why(
        detector=finding.detector,
        kind=words.KIND.get(finding.kind, finding.kind),
        account=finding.subject_account,
        title=say(told.title, language),
        sentence=say(told.sentence, language),
        indicators=tuple(_indicator(line, language) for line in told.indicators),
        effects=tuple(
            EffectRow(
                label=say(effect.label, language),
                observed=effect.observed,
                peers=effect.peers,
                effect=f"{effect.effect / 1000:+.2f}",
                up=effect.effect >= 0,
                offset=BAR // 2 - (0 if effect.effect >= 0 else round(abs(effect.effect) / most * BAR / 2)),
                bar=round(abs(effect.effect) / most * BAR / 2),
            )
            for effect in told.effects
        ),
        benign=tuple(say(text, language) for text in told.benign),
        next_step=say(told.next_step, language),
        left_alone=either(told.exclusions, language),
        sources=told.sources,
        logic=told.logic_hash[:12],
    )


def either(segments: Sequence[str], language: str) -> str:
    """Segments of accounts as one of them or another: "payroll, biller or aid programme"; nothing where there is none."""
    translated = catalogue(language).gettext
    *some, last = [translated(words.SEGMENT.get(each, each)) for each in segments] or [""]
    return translated(words.EITHER) % {"some": ", ".join(some), "last": last} if some else last


def _indicator(line: IndicatorLine, language: str) -> IndicatorRow:
    """How far beyond its threshold a value lies: observed over threshold, or the other way round where less is more."""
    times: Decimal | None = None
    if line.distance is not None:
        ratio = Decimal(line.distance) / 1000
        times = ratio if line.sense != "at_most" else Decimal(1) / max(ratio, Decimal("0.001"))
    return IndicatorRow(
        label=say(line.label, language),
        observed=say(line.observed, language),
        threshold=say(line.threshold, language),
        sense=words.SENSE.get(line.sense, "%(value)s"),
        bar=None if times is None else min(BAR, max(2, round(BAR // 2 * times))),
        times="" if times is None else _times(times, language),
    )


def _times(value: Decimal, language: str) -> str:
    if value >= 100:
        return f"> {number(100, language)}×"
    return f"{number(value.quantize(Decimal('0.1')), language)}×"


def parts(
    alert: CandidateAlert,
    titles: Mapping[str, str],
    language: str,
    records: Mapping[str, Mapping[str, Any]] = NO_RECORDS,
) -> tuple[PartRow, ...]:
    """What each detector added, as its share of all that was added: the score itself rises ever more slowly with the sum."""
    total = sum(part.points for part in alert.parts) or 1
    # Alerts of before the two were told apart say "chance" of a model too.
    models = {finding.detector for finding in alert.findings if finding.kind == "model"}
    return tuple(
        PartRow(
            title=titles.get(part.detector, part.detector),
            detector=part.detector,
            flagged=number(part.flagged, language),
            population=number(part.population, language),
            measured=part.population > 0,
            against=words.AGAINST[
                "held_back" if part.detector in models and part.against == "chance" else part.against
            ],
            strength=f"{number((Decimal(part.strength) / 10).quantize(Decimal(1)), language)} %",
            weight=number(part.weight, language),
            record=_record(records.get(part.detector), language),
            learned=_learned(part.learned, language),
            share=f"{number(round(Decimal(part.points) * 100 / total), language)} %",
            bar=round(part.points * BAR / total),
        )
        for part in alert.parts
    )


def _record(record: Mapping[str, Any] | None, language: str) -> str:
    """What was decided about the alerts of a detector until now; nothing where nothing was."""
    if record is None:
        return ""
    low, high = (number(round(Decimal(bound) / 10), language) for bound in record["interval_per_mille"])
    counts = {name: number(record[name], language) for name in ("worth", "decided")}
    return catalogue(language).gettext(words.RECORD) % (counts | {"low": low, "high": high})


def _learned(per_mille: int | None, language: str) -> str:
    """What past decisions made of a part; nothing where they left it what the formula made it."""
    if per_mille is None or per_mille == NEUTRAL:
        return ""
    factor = number((Decimal(per_mille) / 1000).quantize(Decimal("0.01")), language)
    return catalogue(language).gettext(words.LEARNED) % {"factor": factor}
