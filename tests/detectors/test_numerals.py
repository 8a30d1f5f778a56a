"""Numbers are written exactly as babel writes them, which is what the explanations of earlier runs are frozen in."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from detectors.numerals import write_decimal, write_whole
from detectors.wording import LANGUAGES

PATTERNS = {"#,##0": (0, 0), "#,##0.00": (2, 2), "#,##0.000": (3, 3), "#,##0.#": (0, 1), "#,##0.##": (0, 2)}


@pytest.mark.parametrize("language", LANGUAGES)
@given(st.integers(-(10**20), 10**20) | st.integers(-20_000, 20_000))
def test_whole_numbers_are_written_as_babel_writes_them(language: str, number: int) -> None:
    assert write_whole(number, language) == format_decimal(number, locale=language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("pattern", PATTERNS)
@given(st.decimals(-(10**20), 10**20, places=4) | st.decimals(-20, 20_000, places=3))
def test_decimals_are_written_as_babel_writes_them(language: str, pattern: str, number: Decimal) -> None:
    least, most = PATTERNS[pattern]
    assert write_decimal(number, language, least=least, most=most) == format_decimal(
        number, format=pattern, locale=language
    )
