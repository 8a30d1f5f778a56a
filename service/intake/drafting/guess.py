"""Which column of a sample is which of ours: the name first, held against the values; each guess with its reasons and a confidence.

A guess is never certain. `high` is a plain name with values that fit it and hardly anything else; `medium` a name that fits with
values that may; `low` only one of the two. Every column of ours is given at most once, and so is every column of theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from schemas.transaction import SUBMITTED_NAMES
from service.intake.drafting.profile import Profile, fit, unwanted
from service.intake.drafting.words import holds, spoken, words

Confidence = Literal["high", "medium", "low"]
_EXACT, _SIDE, _PART = 6, 5, 2
_BY_VALUES_ALONE = ("occurred_at", "amount", "currency", "from_account", "to_account", "reference", "channel")
_STRONG = 2
_ITSELF = 8


@dataclass(frozen=True, slots=True)
class Guess:
    """That a column of theirs is one of ours, with the reason."""

    ours: str
    column: Profile
    confidence: Confidence
    why: str


@dataclass(frozen=True, slots=True)
class _Match:
    ours: str
    column: Profile
    by_name: float
    strength: int
    why: str

    @property
    def weight(self) -> tuple[float, int, int]:
        return (self.by_name + self.strength, self.strength, -SUBMITTED_NAMES.index(self.ours))


def guesses(columns: list[Profile]) -> list[Guess]:
    """The best guess for each of our columns that one of theirs may be, in the order of the format."""
    matches = sorted((match for column in columns if not unwanted(column) for match in _matches(column)), key=_order)
    taken: dict[str, Guess] = {}
    used: set[str] = set()
    for match in matches:
        if match.ours not in taken and match.column.name not in used:
            taken[match.ours] = Guess(match.ours, match.column, _confidence(match), match.why)
            used.add(match.column.name)
    return sorted(taken.values(), key=lambda guess: SUBMITTED_NAMES.index(guess.ours))


def rivals(columns: list[Profile], guess: Guess) -> list[str]:
    """Other columns whose name and values would fit as well, for a person to choose between."""
    return [
        column.name
        for column in columns
        if column.name != guess.column.name
        and not unwanted(column)
        and any(match.ours == guess.ours and match.by_name >= _PART for match in _matches(column))
    ]


def _order(match: _Match) -> tuple[float, int, int, str]:
    total, strength, place = match.weight
    return (-total, -strength, -place, match.column.name)


def _matches(column: Profile) -> Iterator[_Match]:
    for ours in SUBMITTED_NAMES:
        found = fit(ours, column)
        if found is None:
            continue
        strength, seen = found
        by_name = _by_name(ours, column.said)
        if by_name:
            yield _Match(ours, column, by_name, strength, f"its name says so; {seen}")
        elif strength >= _STRONG and ours in _BY_VALUES_ALONE and _alone(ours, seen):
            yield _Match(ours, column, 0, strength, f"by its values alone: {seen}")


def _alone(ours: str, seen: str) -> bool:
    """Whether values say enough without a name: those of an account only where they are IBANs."""
    return not ours.endswith("account") or "IBAN" in seen


def _by_name(ours: str, said: str) -> float:
    """How well a name fits: a whole name best, and of those the likelier; then side and thing; then a part of the name."""
    if said == spoken(ours):
        return _ITSELF
    side, _, thing = ours.partition("_")
    tables = words()
    if side in tables["side"]:
        return _by_side(said.split(), tables["side"][side], tables["thing"][thing])
    names: list[str] = tables["whole"][ours]
    if said in names:
        return _EXACT - names.index(said) / 100
    return _PART if any(holds(said, name) for name in names if len(name) > _STRONG) else 0


def _by_side(parts: list[str], sides: list[str], things: list[str]) -> float:
    """A name such as `orig_acct`: a word for the side, and the rest a word for the thing."""
    for at, part in enumerate(parts):
        if part in sides:
            rest = " ".join(parts[:at] + parts[at + 1 :])
            if rest in things:
                return _SIDE - things.index(rest) / 100
            return _PART if rest and any(rest.startswith(thing) for thing in things if thing) else 0
    return 0


def _confidence(match: _Match) -> Confidence:
    if match.by_name >= _SIDE - 0.5 and match.strength >= _STRONG:
        return "high"
    if match.by_name >= _SIDE - 0.5 or (match.by_name and match.strength >= _STRONG):
        return "medium"
    return "low"
