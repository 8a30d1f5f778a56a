"""Currencies and their minor units, from ISO 4217; the largest amount a ledger takes."""

from __future__ import annotations

from functools import cache

from iso4217 import Currency

MAX_INTEGER_DIGITS = 18
NO_CURRENCY = "XXX"
"""What ISO 4217 writes of a transaction in no currency."""
NOT_WEIGHED = ("XTS", NO_CURRENCY)
"""Codes that name no currency: for tests, and for none. Amounts in them cannot be weighed, so no row in one is taken."""


@cache
def minor_units() -> dict[str, int]:
    """Decimal places by currency code. Codes without a minor unit (gold, test codes) take four, the scale of a segment."""
    return {currency.code: 4 if currency.exponent is None else currency.exponent for currency in Currency}
