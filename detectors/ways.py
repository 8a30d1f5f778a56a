"""Countries, channels and times of day in the reader's words. What has no name in a language is written as the code that it is."""

from __future__ import annotations

from functools import cache

from babel import Locale

_CHANNELS = {
    "transfer": ("bank transfer", "virement", "transferencia"),
    "cash_deposit": ("cash deposit", "dépôt d'espèces", "depósito en efectivo"),
    "cash_withdrawal": ("cash withdrawal", "retrait d'espèces", "retiro de efectivo"),
    "mobile_money": ("mobile money", "argent mobile", "dinero móvil"),
    "remittance": ("remittance", "envoi de fonds", "remesa"),
    "card": ("card", "carte", "tarjeta"),
    "cheque": ("cheque", "chèque", "cheque"),
    "trade": ("trade", "commerce", "comercio"),
    "crypto_buy": ("crypto purchase", "achat de crypto", "compra de cripto"),
    "crypto_sell": ("crypto sale", "vente de crypto", "venta de cripto"),
    "fx": ("currency exchange", "change", "cambio de divisas"),
    "fee": ("fee", "frais", "comisión"),
    "other": ("another channel", "autre canal", "otro canal"),
}
"""By channel its name in English, French and Spanish: as the pages name it, for a sentence is stored and never re-made."""
_COLUMN = {"en": 0, "fr": 1, "es": 2}
_HOUR, _MINUTE = 3600, 60


@cache
def write_way(way: str, language: str) -> str:
    """The name of a channel, or of a country by its two letters."""
    if way in _CHANNELS:
        return _CHANNELS[way][_COLUMN[language]]
    return str(Locale(language).territories.get(way, way))


def write_clock(seconds: int, language: str) -> str:
    """`22:00`, `22 h`, `22:30`: seconds since midnight, the seconds only where there are any, and midnight is 0:00."""
    hours, rest = divmod(seconds, _HOUR)
    minutes, left = divmod(rest, _MINUTE)
    if left:
        return f"{hours}:{minutes:02}:{left:02}"
    if language == "fr":
        return f"{hours}\u00a0h" + (f"\u00a0{minutes:02}" if minutes else "")
    return f"{hours}:{minutes:02}"
