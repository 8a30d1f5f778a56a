"""What a detector says of itself: identity, source, parameters, examples, roles and the words of its explanation."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.errors import RequestInvalid
from schemas.reference import ReferenceKind, Segment

Kind = Literal["rule", "pattern", "model"]
Status = Literal["draft", "test", "live", "retired"]
Tier = Literal["core", "enriched"]
Severity = Literal["low", "medium", "high", "critical"]
SEVERITIES: tuple[str, ...] = Severity.__args__  # type: ignore[attr-defined]
Family = Literal["generic", "sexual_exploitation", "forced_labour", "migrant_smuggling", "gold_minerals", "narcotics",
                 "arms", "wildlife_timber", "fuel", "extortion", "political_exposure", "sanctions"]  # fmt: skip
Role = Literal["controller", "collector", "mule", "possible_victim", "payer", "beneficiary"]
ROLES: tuple[str, ...] = Role.__args__  # type: ignore[attr-defined]
FactKind = Literal["count", "money", "percent", "days", "hours", "clock", "ratio", "way", "text", "date"]
"""How a fact is written for a reader. `percent` and `ratio` are integers per mille; `hours` and `days` whole numbers; `clock`
a time of day in seconds since midnight; `way` a country's code or a channel, written by its name; `money` a decimal in
the currency that the fact `currency` names."""

WHOLE_UNITS = frozenset({"seconds", "days", "count", "per_mille"})
"""Units of parameters that are whole numbers; `money` and `ratio` are decimals."""

_LARGEST_NUMBER = 10**18
"""No bound of a parameter lies beyond: it fits into the eight bytes in which every engine counts."""
_LONGEST_ID = 64
"""An id names a file, a page and an address."""

Words = dict[str, str]
"""A text by language code; `en` is always there."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Parameter(_Frozen):
    """One number an operator may set: its default, its unit, its bounds and why the default is what it is.

    `default`, `least` and `most` are integers or decimals, never floats. Units: `seconds`, `days`, `count`, `per_mille`,
    `money` (in the base currency), `ratio`.
    """

    default: int | Decimal
    unit: Literal["seconds", "days", "count", "per_mille", "money", "ratio"]
    least: int | Decimal
    most: int | Decimal
    reason: str = Field(min_length=8)

    @model_validator(mode="after")
    def _default_lies_within_bounds(self) -> Parameter:
        if not self.least <= self.default <= self.most:
            raise ValueError(f"default {self.default} lies outside {self.least} to {self.most}")
        numbers = (self.least, self.default, self.most)
        if self.unit in WHOLE_UNITS and any(number != int(number) for number in numbers):
            raise ValueError(f"what is counted in {self.unit} is a whole number")
        if any(not -_LARGEST_NUMBER <= number <= _LARGEST_NUMBER for number in numbers):
            raise ValueError(f"a number is larger than {_LARGEST_NUMBER}")
        return self


class Indicator(_Frozen):
    """One line of the table observed against threshold.

    `observed` names a fact. `threshold` names a parameter or a fact. `sense` says on which side the observed value lies.
    """

    label: Words
    observed: str
    threshold: str
    sense: Literal["at_least", "at_most"]


class Example(_Frozen):
    """A small table of transactions, columns as in the canonical format, and the accounts that must be flagged.

    `rows` is text with `|` between the columns and a header line, and so is each of `tables`, reference tables by kind. `flags`
    holds the flagged subjects' account keys, sorted; it is empty for an example that must stay silent. `params` overrides
    parameters for this example only.
    """

    name: str
    rows: str
    flags: tuple[str, ...] = ()
    params: dict[str, int | Decimal] = Field(default_factory=dict)
    tables: dict[str, str] = Field(default_factory=dict)


class DetectorMeta(_Frozen):
    """Everything about a detector but its logic. See `docs/rule-authors.md` for what each part is for."""

    id: str = Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=_LONGEST_ID)
    title: Words
    kind: Kind
    family: Family
    tier: Tier
    status: Status
    severity: Severity
    weight: int = Field(ge=1, le=10)
    sources: tuple[str, ...] = Field(min_length=1)
    benign: tuple[Words, ...] = Field(min_length=1)
    next_step: Words
    why: Words
    roles: dict[str, Role]
    """For a rule: the roles of `subject`, `senders` and `receivers` as seen from the subject. A pattern names its own members."""
    facts: dict[str, FactKind]
    indicators: tuple[Indicator, ...] = ()
    params: dict[str, Parameter] = Field(default_factory=dict)
    needs: tuple[str, ...] = ()
    """Optional columns without which the detector stays silent."""
    tables: tuple[ReferenceKind, ...] = ()
    """Reference tables without rows of which the detector stays silent."""
    exclusions: tuple[Segment, ...] = ()
    """Segments whose accounts it does not flag: their trade explains what it looks for."""
    peaks: str | None = None
    """For a rule that looks at windows: the parameter that holds their length; see `detectors.peaks`."""
    fires: tuple[Example, ...] = ()
    silent: tuple[Example, ...] = ()

    def settled(self, given: Mapping[str, int | Decimal] | None = None) -> dict[str, int | Decimal]:
        """Every parameter with its value: as given, else its default. Raises RequestInvalid for an unknown one or one out of bounds."""
        values = {name: parameter.default for name, parameter in self.params.items()}
        for name, value in (given or {}).items():
            where = f"{self.id}.{name}"
            parameter = self.params.get(name)
            if parameter is None:
                known = ", ".join(sorted(self.params)) or "none"
                raise RequestInvalid("the detector has no such parameter", where=where, remedy=f"It has: {known}.")
            if not parameter.least <= value <= parameter.most:
                raise RequestInvalid(
                    "the parameter is out of bounds",
                    where=where,
                    value=str(value),
                    remedy=f"Choose a value from {parameter.least} to {parameter.most}.",
                )
            if parameter.unit in WHOLE_UNITS and value != int(value):
                raise RequestInvalid(
                    "the parameter is a whole number", where=where, value=str(value), remedy="Round it."
                )
            values[name] = value
        return values
