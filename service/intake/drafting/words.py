"""The words that exports use for our columns and values, out of `words.toml` and CLDR, brought to one spelling."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import pycountry
from babel import Locale

from schemas.money import minor_units

_LANGUAGES = ("en", "fr", "es", "pt")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@cache
def words() -> dict[str, Any]:
    """The tables of `words.toml`."""
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))


def spoken(name: str) -> str:
    """A name or value in small letters, without accents, its parts divided by one space: `nameOrig` is `name orig`."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[a-z0-9]+", _HUMP.sub(" ", bare).lower()))


def holds(text: str, word: str) -> bool:
    """Whether the parts of `word` stand in `text`, both `spoken`, one behind the other."""
    return f" {word} " in f" {text} "


@cache
def _by_word(table: str) -> dict[str, str]:
    return {word: ours for ours, several in words()[table].items() for word in several}


def channel_of(value: str) -> str | None:
    """Our channel that a value seems to mean."""
    return _ours("channel", value)


def kind_of(value: str) -> str | None:
    """Our kind of party that a value seems to mean."""
    return _ours("kind", value)


def _ours(table: str, value: str) -> str | None:
    said = spoken(value)
    if said.replace(" ", "_") in words()[table]:
        return said.replace(" ", "_")
    if (whole := _by_word(table).get(said)) is not None:
        return whole
    return next((ours for word, ours in _by_word(table).items() if holds(said, word)), None)


@cache
def _currencies() -> dict[str, str]:
    named = {
        spoken(name): code
        for language in _LANGUAGES
        for code, name in Locale(language).currencies.items()
        if code in minor_units()
    }
    return named | _by_word("currency") | {code.lower(): code for code in minor_units()}


@cache
def _countries() -> dict[str, str]:
    codes = {country.alpha_2: country.alpha_3 for country in pycountry.countries}
    named = {
        spoken(name): code
        for language in _LANGUAGES
        for code, name in Locale(language).territories.items()
        if code in codes
    }
    threes = {three.lower(): two for two, three in codes.items()}
    return named | _by_word("country") | threes | {two.lower(): two for two in codes}


def currency_of(value: str) -> str | None:
    """The ISO 4217 code of a currency by its code or a name of it."""
    return _currencies().get(spoken(value))


def country_of(value: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country by its codes or a name of it."""
    return _countries().get(spoken(value))
