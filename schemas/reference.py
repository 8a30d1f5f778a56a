"""Reference tables: what a run looks things up in. Versioned files named by digest, recorded in every manifest.

Here stands what each table holds and what its cells may be; `detectors.references` reads and judges a file by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

CellCheck = Literal["text", "country", "any_country", "currency", "any_currency", "date", "positive", "whole", "mcc"]
"""What a cell must be. `any_…` also takes `*`; `positive` is a decimal above zero; `mcc` four digits of ISO 18245."""

ReferenceKind = Literal[
    "fx", "thresholds", "baseline", "watchlist", "ownership", "segments", "profiles", "corridors", "places", "calendar",
    "merchants", "lexicon", "prices",
]  # fmt: skip
REFERENCE_KINDS: tuple[str, ...] = ReferenceKind.__args__  # type: ignore[attr-defined]

THRESHOLD_KINDS = ("cash",)
WATCH_KINDS = ("sanctions", "pep", "official", "associate", "armed_group")
Segment = Literal[
    "payroll", "biller", "licensed_agent", "aid_programme", "exchange", "state_account", "savings_circle", "cooperative",
    "licensed_trader", "bureau_de_change", "group_company", "recruiter", "property_agent",
]  # fmt: skip
SEGMENTS: tuple[str, ...] = Segment.__args__  # type: ignore[attr-defined]
"""Lawful roles of an account that explain a pattern. `exchange` is a crypto exchange, `group_company` one of a known group."""
CORRIDOR_KINDS = ("high_risk", "smuggling_route", "gold", "embargo")
PLACE_KINDS = ("border", "mining", "forest", "rural", "port", "checkpoint")
CALENDAR_KINDS = ("harvest", "holiday", "pay_day", "market_day", "crisis")
TOPICS = (
    "advertising", "lodging", "beauty", "pharmacy", "transport", "boats", "engines", "chemicals", "arms", "dual_use",
    "fuel", "waste_oil", "gold", "wildlife", "timber", "wage", "recruitment", "permit", "consulting", "contribution",
    "invoice", "escrow", "forwarding", "aid",
)  # fmt: skip
"""What a merchant sells or a text speaks of."""
SECTORS = (
    "agriculture", "artisanal_mining", "construction", "extractive", "fishing", "forestry", "fuel", "gold_export",
    "gold_refining", "hospitality", "laboratory", "manufacturing", "money_service", "professional", "retail",
    "public_body", "transport", "other",
)  # fmt: skip
COMMODITIES = ("gold", "diesel", "petrol")


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of a reference table: its type, what a cell must be, whether it may be empty, and its vocabulary."""

    type: pl.DataType
    check: CellCheck = "text"
    optional: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a reference table, and which of them name a row. Where it is `dated`, rows of one name must not overlap
    in time: `valid_to` is the first day on which a row no longer holds, empty while it holds.

    `may_be_empty`: a house without such knowledge has a table without rows, and what needs it stays silent.
    """

    columns: dict[str, Cell]
    unique: tuple[str, ...]
    dated: bool = False
    may_be_empty: bool = True

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Column name -> type, in order."""
        return {name: cell.type for name, cell in self.columns.items()}


_TEXT = Cell(pl.String())
_OPTIONAL_TEXT = Cell(pl.String(), optional=True)
_COUNTRY = Cell(pl.String(), "country")
_DATE = Cell(pl.Date(), "date")
_VALID = {"valid_from": _DATE, "valid_to": Cell(pl.Date(), "date", optional=True), "source": _TEXT}
_MONEY = pl.Decimal(22, 4)


def _one_of(*choices: str) -> Cell:
    return Cell(pl.String(), choices=choices)


TABLES: dict[str, Table] = {
    # `rate` is units of `base` for one unit of `currency`, from `date` until the next date of that currency.
    "fx": Table(
        {
            "currency": Cell(pl.String(), "currency"),
            "base": Cell(pl.String(), "currency"),
            "date": _DATE,
            "rate": Cell(pl.Decimal(16, 10), "positive"),
        },
        unique=("currency", "date"),
        may_be_empty=False,
    ),
    # Reporting thresholds. With currency `*` the amount is in the base currency.
    "thresholds": Table(
        {
            "country": Cell(pl.String(), "any_country"),
            "currency": Cell(pl.String(), "any_currency"),
            "kind": _one_of(*THRESHOLD_KINDS),
            "amount": Cell(_MONEY, "positive"),
            **_VALID,
        },
        unique=("country", "currency", "kind"),
        dated=True,
        may_be_empty=False,
    ),
    # How many subjects each detector flags among how many, in a frozen reference population: what makes a finding surprising.
    "baseline": Table(
        {"detector": _TEXT, "flagged": Cell(pl.Int64(), "whole"), "population": Cell(pl.Int64(), "whole")},
        unique=("detector",),
        may_be_empty=False,
    ),
    # One row a name or an identifier of an entry. `identifier` is a party's id as partners send it, `account` an account key.
    # `grade` is the Admiralty grade of the source, A1 to F6; `humanitarian` says that a carve-out applies.
    "watchlist": Table(
        {
            "entry": _TEXT,
            "list": _TEXT,
            "kind": _one_of(*WATCH_KINDS),
            "name": _OPTIONAL_TEXT,
            "birth_date": Cell(pl.Date(), "date", optional=True),
            "identifier": _OPTIONAL_TEXT,
            "account": _OPTIONAL_TEXT,
            "grade": _one_of(*(f"{letter}{digit}" for letter in "ABCDEF" for digit in "123456")),
            "humanitarian": _one_of("yes", "no"),
            **_VALID,
        },
        unique=("list", "entry", "name", "identifier", "account"),
        dated=True,
    ),
    # Who owns or controls whom: both sides are a watchlist entry, a party's id or an account key.
    "ownership": Table(
        {
            "owner": _TEXT,
            "owned": _TEXT,
            "share_per_mille": Cell(pl.Int64(), "whole"),
            "controls": _one_of("yes", "no"),
            **_VALID,
        },
        unique=("owner", "owned"),
        dated=True,
    ),
    "segments": Table(
        {"account": _TEXT, "segment": _one_of(*SEGMENTS), **_VALID}, unique=("account", "segment"), dated=True
    ),
    # What the institution knows of an account: money a month in `currency`, and licensed output a month where there is one.
    "profiles": Table(
        {
            "account": _TEXT,
            "sector": _one_of(*SECTORS),
            "currency": Cell(pl.String(), "currency", optional=True),
            "monthly_income": Cell(_MONEY, "positive", optional=True),
            "licensed_output": Cell(_MONEY, "positive", optional=True),
            **_VALID,
        },
        unique=("account",),
        dated=True,
    ),
    # A leg of a route, or a relation between two countries: `step` numbers the legs of a route from 1.
    "corridors": Table(
        {
            "kind": _one_of(*CORRIDOR_KINDS),
            "route": _TEXT,
            "step": Cell(pl.Int64(), "whole"),
            "from_country": Cell(pl.String(), "any_country"),
            "to_country": _COUNTRY,
            **_VALID,
        },
        unique=("kind", "route", "step", "from_country", "to_country"),
        dated=True,
    ),
    # `place` as partners write it: case, accents and spaces do not matter.
    "places": Table(
        {"place": _TEXT, "country": _COUNTRY, "kind": _one_of(*PLACE_KINDS), "source": _TEXT},
        unique=("place", "country", "kind"),
    ),
    # `last_day` is included.
    "calendar": Table(
        {
            "country": Cell(pl.String(), "any_country"),
            "kind": _one_of(*CALENDAR_KINDS),
            "name": _TEXT,
            "first_day": _DATE,
            "last_day": _DATE,
            "source": _TEXT,
        },
        unique=("country", "kind", "name", "first_day"),
    ),
    "merchants": Table(
        {"merchant_category": Cell(pl.String(), "mcc"), "topic": _one_of(*TOPICS), "source": _TEXT},
        unique=("merchant_category", "topic"),
    ),
    # Whole words, in any case and with or without accents; a term may be several words.
    "lexicon": Table(
        {"topic": _one_of(*TOPICS), "language": _one_of("en", "fr", "es", "ar", "*"), "term": _TEXT, "source": _TEXT},
        unique=("topic", "language", "term"),
    ),
    # Of one gram of gold or one litre of fuel, from `date` until the next date of that commodity.
    "prices": Table(
        {
            "commodity": _one_of(*COMMODITIES),
            "date": _DATE,
            "currency": Cell(pl.String(), "currency"),
            "price": Cell(pl.Decimal(22, 10), "positive"),
            "source": _TEXT,
        },
        unique=("commodity", "date"),
    ),
}
"""Every kind of reference table."""

FX = TABLES["fx"].schema
THRESHOLDS = TABLES["thresholds"].schema
BASELINE = TABLES["baseline"].schema
