"""What the pages of a detector's setting print: proposals, changes and counts in the reader's language. It decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from detectors.api import Detector
from service.http.deps import Caller
from service.tuning.setting import Answer, Setting, shown_status
from service.web import words
from service.web.language import clock, number

NUMBER = "p_"
"""How the fields of a form begin that hold a number of the detector."""
_COUNTS = ("present", "changed", "kept", "lost", "gained")


@dataclass(frozen=True, slots=True)
class NumberField:
    """A number as a form asks for it: `value` as programs write it. `shipped` and `bounds` are for the reader."""

    name: str
    value: str
    unit: str
    shipped: str
    bounds: str


@dataclass(frozen=True, slots=True)
class Change:
    """A number or the status, before and after."""

    name: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class ProposalShown:
    """A proposal, what it changes, and what became of it. `may_approve`, `may_refuse`: this reader, now."""

    proposal: str
    by: str
    at: str
    why: str
    changes: tuple[Change, ...]
    tried: Mapping[str, str]
    state: str
    decided: tuple[str, str, str] | None
    own: bool
    may_approve: bool
    may_refuse: bool


@dataclass(frozen=True, slots=True)
class SettingPage:
    """How a detector is set, and what was proposed of it. `fields` stand in the forms of those who may propose."""

    detector: str
    title: str
    status: str
    held: ProposalShown | None
    waiting: ProposalShown | None
    earlier: tuple[ProposalShown, ...]
    fields: tuple[NumberField, ...]
    statuses: tuple[tuple[str, str], ...]
    since: str
    until: str
    may_try: bool
    may_propose: bool


@dataclass(frozen=True, slots=True)
class TriedPage:
    """A backtest: how far it is, why it failed, or the counts of both sides in all and by week."""

    detector: str
    title: str
    backtest: str
    going: str
    cause: str
    changes: tuple[Change, ...]
    period: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    weeks: tuple[tuple[str, tuple[str, ...]], ...]
    silent: str
    fields: tuple[tuple[str, str], ...]
    may_propose: bool


def number_fields(found: Detector, present: Setting, form: Mapping[str, str], language: str) -> tuple[NumberField, ...]:
    """Every number of a detector for a form: as somebody wrote it, else as it is set."""
    return tuple(
        NumberField(
            name,
            form.get(NUMBER + name) or present.params.get(name, str(each.default)),
            words.UNIT[each.unit],
            number(each.default, language),
            f"{number(each.least, language)} – {number(each.most, language)}",
        )
        for name, each in found.meta.params.items()
    )


def proposal_shown(each: Answer, found: Detector, caller: Caller, language: str) -> ProposalShown:
    """A proposal for a reader, and what they may do with it."""
    waits, own = each["state"] == "waiting", each["proposed_by"] == caller.person.account
    decides = waits and caller.person.may("detectors.decide")
    counted = each["tried"]
    decided = (each["decided_by"], clock(each["decided_at"], language), each["decided_why"]) if not waits else None
    return ProposalShown(
        proposal=each["proposal"],
        by=each["proposed_by"],
        at=clock(each["proposed_at"], language),
        why=each["why"],
        changes=changes_of(found, Setting.of(each["was"]), Setting.of(each), language),
        tried=_counted(counted, language) if counted else {},
        state=each["state"],
        decided=decided,
        own=own,
        may_approve=decides and not own,
        may_refuse=decides,
    )


def changes_of(found: Detector, was: Setting, now: Setting, language: str) -> tuple[Change, ...]:
    """What differs between two settings; a number that the file no longer has is told as it was written."""
    changes = []
    for name in sorted({*was.params, *now.params}):
        known = found.meta.params.get(name)
        shipped = str(known.default) if known else ""
        before, after = was.params.get(name, shipped), now.params.get(name, shipped)
        if before != after:
            changes.append(Change(name, *(_shown(text, language) for text in (before, after))))
    statuses = [shown_status(found.meta, each) for each in (was, now)]
    if statuses[0] != statuses[1]:
        changes.append(Change("", *(words.DETECTOR_STATUS[each] for each in statuses)))
    return tuple(changes)


def _shown(text: str, language: str) -> str:
    return number(next(iter(Setting({"": text}).numbers().values())), language) if text else ""


def _counted(counted: Mapping[str, Any], language: str) -> dict[str, str]:
    """What a backtest counted, for a sentence."""
    counts = {name: number(counted["findings"][name], language) for name in _COUNTS}
    return counts | {"period": period_of(counted, language)}


def period_of(counted: Mapping[str, Any], language: str) -> str:
    """The days of a backtest."""
    days = [clock(counted[name], language) for name in ("since", "until") if counted[name]]
    return " – ".join(days)


def all_numbers(found: Detector, result: Mapping[str, Any]) -> dict[str, str]:
    """Every number of the changed side, so that a proposal made of it is just what was tried."""
    return {name: result["numbers"].get(name, str(each.default)) for name, each in found.meta.params.items()}


def cells_of(counts: Mapping[str, Any], language: str) -> tuple[str, ...]:
    """The counts of one line, in the order of the columns."""
    return tuple(number(counts[name], language) for name in _COUNTS)
