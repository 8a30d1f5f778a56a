"""A mapping: how one partner's layout becomes the canonical one, as a TOML document that a person can read and check.

It renames, fills in, translates and drops; it never computes a value that the file does not hold. Every error names the key
and what to do.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from schemas.canonical import digest_json
from schemas.errors import MappingInvalid
from schemas.transaction import SUBMITTED, SUBMITTED_NAMES

SHIPPED = Path(__file__).parent / "formats"
ROW = "@row"
OTHERWISE = "*"
Encoding = Literal[
    "utf-8",
    "utf-16",
    "cp1250",
    "cp1251",
    "cp1252",
    "cp1253",
    "cp1254",
    "cp1256",
    "iso-8859-1",
    "iso-8859-15",
    "cp437",
    "cp850",
]
ENCODINGS: tuple[str, ...] = Encoding.__args__  # type: ignore[attr-defined]
_UNKNOWN_DIRECTIVE = re.compile("%(?![YmbdHIpMSzf])|(?<![.])%f")
_REQUIRED = tuple(column.name for column in SUBMITTED if column.required)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class FormatHints(_Frozen):
    """What cannot be seen in the file. `delimiter` is found from the header where it is not given.

    `sheet` is the sheet of a workbook; without it the workbook must have one visible sheet.
    """

    delimiter: Literal[",", ";", "\t", "|"] | None = None
    encoding: Encoding = "utf-8"
    sheet: str | None = Field(default=None, min_length=1, max_length=31)


class TimeRule(_Frozen):
    """How a source column says when. Either `column` (with `format` and `zone` as needed) or `step` with `start` and `unit`.

    `format` uses the strftime letters Y m b d H I p M S z, and f behind a point; without it the text is RFC 3339, with or
    without offset. `zone` is the IANA zone of times without an offset. `precision = "day"` keeps the date as written and drops
    the time of day.
    """

    column: str | None = None
    format: str | None = None
    zone: str | None = None
    step: str | None = None
    start: str | None = None
    unit: Literal["day", "hour"] = "day"
    precision: Literal["day", "second"] | None = None

    @field_validator("zone")
    @classmethod
    def _the_zone_exists(cls, zone: str | None) -> str | None:
        if zone is not None:
            try:
                ZoneInfo(zone)
            except (KeyError, OSError, ValueError) as error:  # ZoneInfo raises KeyError for an unknown zone
                raise ValueError(f"{zone!r} is not a time zone; use a name such as Africa/Bamako") from error
        return zone

    @field_validator("format")
    @classmethod
    def _the_format_gives_a_date(cls, text: str | None) -> str | None:
        if text is not None and not ("%Y" in text and ("%m" in text or "%b" in text) and "%d" in text):
            raise ValueError("the format needs %Y, %m or %b, and %d")
        if text is not None and _UNKNOWN_DIRECTIVE.search(text):
            raise ValueError("the format takes %Y %m %b %d %H %I %p %M %S %z, and %f behind a point")
        return text

    @model_validator(mode="after")
    def _one_way_of_telling_time(self) -> TimeRule:
        if (self.column is None) == (self.step is None):
            raise ValueError("give either `column` or `step`")
        if self.step is not None:
            if self.start is None:
                raise ValueError("`step` needs `start`, the date of step 0")
            date.fromisoformat(self.start)
        return self

    @property
    def source(self) -> str:
        """The column that is read."""
        return self.column or self.step or ""

    @property
    def keeps_day(self) -> bool:
        """Whether only the date is kept."""
        if self.precision is not None:
            return self.precision == "day"
        if self.step is not None:
            return self.unit == "day"
        return self.format is not None and not any(letter in self.format for letter in ("%H", "%I"))


class When(_Frozen):
    """Where every source column in `if` has the given value, our columns in `set` get theirs.

    An empty text clears the column, and `@name` takes the value of the source column `name`. Later rules win.
    """

    given: dict[str, str] = Field(alias="if", min_length=1)
    set: dict[str, str] = Field(min_length=1)

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


class Mapping(_Frozen):
    """A partner's layout. `columns` says ours = "theirs"; the tables beside it say what else is needed.

    Order of application: `skip`, `columns` and `constants`, `nulls`, `values`, `when`, `time`, `rounding`. `drop` names source
    columns that are never read; columns that no key names are kept in `extra`.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")
    about: str = ""
    reference: str | None = None
    drop: tuple[str, ...] = ()
    format: FormatHints = FormatHints()
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    nulls: dict[str, tuple[str, ...]] = {}
    when: tuple[When, ...] = ()
    time: TimeRule | None = None
    rounding: dict[Literal["amount", "latitude", "longitude"], Literal["half_even"]] = {}
    skip: dict[str, tuple[str, ...]] = {}

    @field_validator("drop", mode="before")
    @classmethod
    def _lists_are_tuples(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("when", mode="before")
    @classmethod
    def _tables_are_tuples(cls, value: Any) -> Any:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("nulls", "skip", mode="before")
    @classmethod
    def _inner_lists_are_tuples(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {key: tuple(items) if isinstance(items, list) else items for key, items in value.items()}

    @model_validator(mode="after")
    def _every_key_makes_sense(self) -> Mapping:
        for table in ("columns", "constants", "values", "nulls"):
            _known(table, getattr(self, table))
        for rule in self.when:
            _known("when.set", rule.set)
        if self.reference is not None and (not self.reference.endswith(ROW) or self.reference.count(ROW) != 1):
            raise ValueError(f'reference: write "{ROW}", with text before it if you like; for a column use [columns]')
        for ours in (*self.values, *self.rounding):
            if ours not in self.columns:
                raise ValueError(f"{ours}: only a column named in [columns] can be translated or rounded")
        missing = [ours for ours in _REQUIRED if ours not in self.provided]
        if missing:
            raise ValueError(f"nothing gives {', '.join(missing)}; add them to [columns] or [constants]")
        if not {"from_account", "to_account"} & self.provided:
            raise ValueError("nothing gives from_account or to_account; add at least one to [columns]")
        used = sorted(set(self.drop) & self.sources)
        if used:
            raise ValueError(
                f"drop: {', '.join(used)} is used elsewhere in the mapping; a dropped column is never read"
            )
        return self

    @property
    def provided(self) -> frozenset[str]:
        """Our columns that the mapping gives a value."""
        names = {*self.columns, *self.constants}
        names.update(ours for rule in self.when for ours in rule.set)
        names.update(["occurred_at"] if self.time else [], ["reference"] if self.reference else [])
        return frozenset(names)

    @property
    def sources(self) -> frozenset[str]:
        """The source columns that the mapping reads."""
        names = {*self.columns.values(), *self.skip}
        names.update(column for rule in self.when for column in rule.given)
        names.update(text[1:] for rule in self.when for text in rule.set.values() if text.startswith("@"))
        names.update([self.time.source] if self.time else [])
        return frozenset(names)

    def digest(self) -> str:
        """SHA-256 of the canonical JSON of the mapping: two texts that mean the same have the same digest."""
        document = self.model_dump(mode="json", by_alias=True)
        if self.format.sheet is None:  # so that a mapping that names none has the digest that it always had
            del document["format"]["sheet"]
        return digest_json(document)


def _known(table: str, ours: Any) -> None:
    unknown = sorted(set(ours).difference(SUBMITTED_NAMES))
    if unknown:
        raise ValueError(f"{table}: {', '.join(unknown)} is not a canonical column; ours stands on the left")


def parse_mapping(document: dict[str, Any], *, where: str = "mapping") -> Mapping:
    """The mapping that a parsed TOML document describes. Raises MappingInvalid, naming the key and the remedy."""
    if "draft" in document:
        raise MappingInvalid(
            "the mapping is a draft that nobody has confirmed",
            where=f"{where}: draft",
            remedy="Look at every line of it, then take out the line `draft = true`.",
        )
    try:
        return Mapping.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"]) or "the document"
        why = first["msg"].removeprefix("Value error, ")
        raise MappingInvalid(
            f"the mapping is not valid at {key}: {why}",
            where=f"{where}: {key}",
            remedy="See docs/formats.md for the keys of a mapping.",
        ) from error


def read_mapping(text: str, *, where: str = "mapping") -> Mapping:
    """The mapping in a TOML text. Raises MappingInvalid where it is not TOML or not a mapping."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingInvalid(
            f"the mapping is not TOML: {error}", where=where, remedy="Correct the line; text goes in quotes."
        ) from error
    return parse_mapping(document, where=where)


def shipped_mappings() -> tuple[str, ...]:
    """The names of the mappings that come with Thalweg."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.toml")))


def shipped_mapping(name: str) -> Mapping:
    """A mapping that comes with Thalweg, by name. Raises MappingInvalid, naming those there are."""
    if name not in shipped_mappings():
        raise MappingInvalid(
            "no mapping of this name is shipped",
            value=name,
            remedy=f"Use one of {', '.join(shipped_mappings())}, or the path of a TOML file.",
        )
    return read_mapping((SHIPPED / f"{name}.toml").read_text("utf-8"), where=f"{name}.toml")
