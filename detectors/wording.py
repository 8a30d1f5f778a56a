"""Put facts into words: a template and numbers become a frozen Explanation in English, French and Spanish.

It adds no judgement and drops no number; the same facts give the same text on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from string import Formatter
from typing import Any, NamedTuple

from babel import Locale
from babel.dates import format_date
from babel.units import format_unit

from detectors.numerals import write_decimal, write_whole
from detectors.ways import write_clock, write_way
from schemas.canonical import written
from schemas.detector import DetectorMeta
from schemas.finding import Effect, Explanation
from schemas.money import minor_units

LANGUAGES = ("en", "fr", "es")
Fact = int | str | None
Part = tuple[str, str, tuple[str, ...]]
"""Of a template: literal text, the name that follows it (empty at the end) and its forms, none or two."""
Value = int | Decimal | str

_LOCALES = {language: Locale(language) for language in LANGUAGES}
_UNKNOWN = {"en": "unknown", "fr": "inconnu", "es": "desconocido"}
_LEFT_OUT = {
    "en": " ({left_out|# further transaction is|# further transactions are} counted but not listed)",
    "fr": " ({left_out|# autre opération est comptée mais non listée|# autres opérations sont comptées mais non listées})",
    "es": " ({left_out|# operación más se cuenta pero no se lista|# operaciones más se cuentan pero no se listan})",
}
_FORMS = (0, 2, 3)
"""Into how many forms a placeholder may be parted: the number alone, one and more, or none, one and more."""
_OWN = ("sentence", "indicators", "effects")
"""What an explanation does not share with those of the same detector's other findings."""
_NBSP = "\u00a0"
_HOUR, _DAY = 3600, 86_400
_SECONDS_IN = {"seconds": 1, "hours": _HOUR, "days": _DAY}


def explain(
    meta: DetectorMeta,
    facts: Mapping[str, Fact],
    params: Mapping[str, int | Decimal],
    *,
    base_currency: str,
    logic_hash: str,
    effects: tuple[Effect, ...] = (),
) -> Explanation:
    """The explanation of one finding, ready to be stored and never re-made.

    `facts` are those of the finding (`currency` names that of its money facts), `params` the values that the run used.
    """
    explainer = Explainer(meta, params, base_currency=base_currency, logic_hash=logic_hash)
    return Explanation.model_validate(explainer.explain(facts, effects))


class Explainer:
    """The explanations of one detector's findings in one run, as the JSON values of `schemas.finding.Explanation`.

    What is the same for all of them is written once, and shared: what it gives must not be changed.
    """

    def __init__(
        self, meta: DetectorMeta, params: Mapping[str, int | Decimal], *, base_currency: str, logic_hash: str
    ) -> None:
        """`params` are the values that the run used."""
        self._meta, self._base_currency = meta, base_currency
        self._params = _named_params(meta, params, base_currency)
        self._limits = {name: _everywhere(value) for name, value in self._params.items()}
        self._why = {language: _with_numbers(text, self._params, language) for language, text in meta.why.items()}
        compared = {name for line in meta.indicators for name in (line.observed, line.threshold)}
        self._told = (compared | {name for parts in self._why.values() for _, name, _ in parts}) - self._params.keys()
        whole = Explanation(
            title=meta.title,
            sentence={},
            indicators=(),
            benign=meta.benign,
            next_step=meta.next_step,
            sources=meta.sources,
            exclusions=meta.exclusions,
            logic_hash=logic_hash,
        )
        self._same = whole.model_dump(mode="json")
        self._written = {name: written(value) for name, value in self._same.items() if name not in _OWN}
        self._labels = [dict(indicator.label) for indicator in meta.indicators]
        self._lines_written = [
            {"label": written(label)}
            | ({"threshold": written(self._limits[line.threshold])} if line.threshold in self._limits else {})
            for label, line in zip(self._labels, meta.indicators, strict=True)
        ]

    def explain(self, facts: Mapping[str, Fact], effects: tuple[Effect, ...] = ()) -> dict[str, Any]:
        """The explanation of the finding with these `facts`."""
        known = _named_facts(self._meta, facts, self._base_currency)
        said = {name: _everywhere(value) for name, value in known.items() if name in self._told} | self._limits
        known |= self._params
        return self._same | {
            "sentence": {
                language: _sentence(parts, known, said, language) + _not_listed(facts, language)
                for language, parts in self._why.items()
            },
            "indicators": [
                {
                    "label": label,
                    "observed": said[indicator.observed],
                    "threshold": said[indicator.threshold],
                    "sense": indicator.sense,
                    "distance": _distance(known[indicator.observed], known[indicator.threshold]),
                }
                for label, indicator in zip(self._labels, self._meta.indicators, strict=True)
            ],
            "effects": [effect.model_dump(mode="json") for effect in effects],
        }

    def shortened(self, explanation: dict[str, Any]) -> dict[str, Any]:
        """An explanation that `explain` gave, to be written down: what is the same for all stands in it as written once."""
        lines = zip(explanation["indicators"], self._lines_written, strict=True)
        return explanation | self._written | {"indicators": [line | same for line, same in lines]}


@cache
def placeholders(template: str) -> tuple[str, ...]:
    """The names between braces, in order: of `{count}` and of `{count|# sender|# senders}`, which writes the first form for one
    and the second for more, the number in place of `#`; of three forms the first is for none, and may be empty. A format or an
    attribute is part of the name, so it is unknown.

    Raises ValueError where a brace is not closed, or where there are neither two forms nor three.
    """
    return tuple(name for _, name, _ in _parts(template) if name)


@cache
def _parts(template: str) -> tuple[Part, ...]:
    parts = []
    for text, inside, spec, conversion in Formatter().parse(template):
        whole = f"{inside or ''}{'!' + conversion if conversion else ''}{':' + spec if spec else ''}"
        name, *forms = whole.split("|")
        if len(forms) not in _FORMS:
            raise ValueError(f"`{whole}` needs two forms, for one and for more, or three, the first for none")
        parts.append((text, name, tuple(forms)))
    return tuple(parts)


@lru_cache(maxsize=4096)
def write_money(amount: Decimal, currency: str, language: str) -> str:
    """`45,000.00 EUR`, `45 000,00 EUR`: as many decimal places as the currency has."""
    digits = minor_units().get(currency, 4)
    return f"{write_decimal(amount, language, least=digits, most=digits)}{_NBSP}{currency}"


def write_whole_money(amount: int, currency: str, language: str) -> str:
    """`45,200 EUR`, `45 200 EUR`: whole units only, for sums that were rounded to them."""
    return f"{write_whole(amount, language)}{_NBSP}{currency}"


def write_number(kind: str, value: int, language: str) -> str:
    """A value of a kind of fact that needs no currency, as the language writes it."""
    return _write(kind, value, language)


class _Named(NamedTuple):
    """A value with what it needs to be written: a fact kind or a parameter unit, and the currency if it is money."""

    kind: str
    value: Value | None
    currency: str

    def written(self, language: str) -> str:
        if self.value is None:
            return _UNKNOWN[language]
        if self.kind == "money":
            return write_money(Decimal(self.value), self.currency, language)
        return _write(self.kind, self.value, language)

    def in_form(self, written: str, forms: tuple[str, ...], language: str) -> str:
        """The value as `written`, or the one of its forms that fits it, the value in place of `#`."""
        if not forms:
            return written
        *none, one, more = forms
        if none and self.value is not None and int(self.value) == 0:
            return none[0].replace("#", written)
        return (one if self.value is not None and _is_one(int(self.value), language) else more).replace("#", written)

    def magnitude(self) -> Decimal | None:
        """The value as a plain number: durations in seconds, money in its own currency."""
        if self.value is None or self.kind in {"text", "way", "clock", "date"}:
            return None
        return Decimal(self.value) * _SECONDS_IN.get(self.kind, 1)


def _named_facts(meta: DetectorMeta, facts: Mapping[str, Fact], base_currency: str) -> dict[str, _Named]:
    currency = str(facts.get("currency") or base_currency)
    return {name: _Named(kind, facts.get(name), currency) for name, kind in meta.facts.items()}


def _named_params(meta: DetectorMeta, params: Mapping[str, int | Decimal], base_currency: str) -> dict[str, _Named]:
    named = {}
    for name, parameter in meta.params.items():
        value = params.get(name, parameter.default)
        # As a fact a ratio is per mille; as a parameter it is written as it is meant, 1.5 for one and a half.
        named[name] = _Named(parameter.unit, value * 1000 if parameter.unit == "ratio" else value, base_currency)
    return named


@lru_cache(maxsize=16_384)
def _everywhere(value: _Named) -> dict[str, str]:
    return {language: value.written(language) for language in LANGUAGES}


@lru_cache(maxsize=4096)
def _is_one(count: int, language: str) -> bool:
    return _LOCALES[language].plural_form(count) == "one"


def _with_numbers(template: str, params: Mapping[str, _Named], language: str) -> tuple[Part, ...]:
    """The parts of a template in which the parameters, which are the same for every finding, are written out."""
    parts: list[Part] = []
    before = ""
    for text, name, forms in _parts(template):
        before += text
        if name in params:
            before += params[name].in_form(params[name].written(language), forms, language)
        elif name:
            parts.append((before, name, forms))
            before = ""
    return (*parts, (before, "", ()))


def _sentence(
    parts: Sequence[Part], known: Mapping[str, _Named], said: Mapping[str, Mapping[str, str]], language: str
) -> str:
    return "".join(
        text + (known[name].in_form(said[name][language], forms, language) if name else "")
        for text, name, forms in parts
    )


def _not_listed(facts: Mapping[str, Fact], language: str) -> str:
    left_out = facts.get("left_out")
    if not left_out:
        return ""
    named = {"left_out": _Named("count", left_out, "")}
    return _sentence(_parts(_LEFT_OUT[language]), named, {"left_out": _everywhere(named["left_out"])}, language)


def _distance(observed: _Named, threshold: _Named) -> int | None:
    """Observed over threshold, per mille and rounded down; None where the two cannot be compared."""
    above, below = observed.magnitude(), threshold.magnitude()
    if above is None or not below or (observed.kind == "money" and observed.currency != threshold.currency):
        return None
    return int(above * 1000 // below)


@lru_cache(maxsize=4096)
def _write(kind: str, value: Value, language: str) -> str:
    return _WRITERS.get(kind, _text)(value, language)


def _text(value: Value, language: str) -> str:
    return str(value)


def _count(value: Value, language: str) -> str:
    return write_whole(int(value), language)


def _percent(value: Value, language: str) -> str:
    gap = _NBSP if language in {"fr", "es"} else ""
    return f"{write_decimal(Decimal(value) / 10, language, least=0, most=1)}{gap}%"


def _ratio(value: Value, language: str) -> str:
    return write_decimal(Decimal(value) / 1000, language, least=0, most=2)


def _duration(value: Value, language: str, seconds: int) -> str:
    """In days where they come out even: 24 hours on rows that name only the date mean one calendar day."""
    total, locale = int(value) * seconds, _LOCALES[language]
    for unit, size in (("day", _DAY), ("hour", _HOUR)):
        if total and total % size == 0:
            return str(format_unit(total // size, f"duration-{unit}", length="long", locale=locale))
    return str(format_unit(total, "duration-second", length="long", locale=locale))


def _date(value: Value, language: str) -> str:
    return str(format_date(date.fromisoformat(str(value)), format="long", locale=_LOCALES[language]))


_WRITERS: dict[str, Callable[[Value, str], str]] = {
    "count": _count,
    "percent": _percent,
    "per_mille": _percent,
    "ratio": _ratio,
    "days": lambda value, language: _duration(value, language, _DAY),
    "hours": lambda value, language: _duration(value, language, _HOUR),
    "seconds": lambda value, language: _duration(value, language, 1),
    "clock": lambda value, language: write_clock(int(value), language),
    "way": lambda value, language: write_way(str(value), language),
    "date": _date,
}
