"""The key of an account: what names it for everybody, whoever reports it.

A valid IBAN, an E.164 number or a crypto address stands for itself. Anything else is `institution|account`, where the
institution is the row's, or else the one that the partner is registered for. An institution never holds the bar, so two
accounts cannot share a key.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl
import pycountry
from schwifty import registry
from schwifty.exceptions import InvalidCountryCode

_ODD = r"^(?:[A-Za-z] *[A-Za-z] *[0-9] *[0-9].*[ a-z]|\+.* |0 *[xX]|[bB] *[cC] *1)"
"""How the rarer forms look: with spaces, in small letters, or a crypto address. Most accounts need no such closer look."""
_IBAN = "^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"
_PHONE = r"^\+[1-9][0-9]{6,14}$"
_ETHEREUM = "^0[xX][0-9a-fA-F]{40}$"
_BECH32 = "^(?:bc1[02-9ac-hj-np-z]{11,71}|BC1[02-9AC-HJ-NP-Z]{11,71})$"
_BASE58 = "^[1-9A-HJ-NP-Za-km-z]{26,35}$"
_BASE58_LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_IBAN_STEP = 7
"""As many letters, of two digits each, behind a rest by 97 still fit 64 bits."""
_CRYPTO = ("crypto_buy", "crypto_sell")

Bytes = npt.NDArray[np.uint8]
Marks = npt.NDArray[np.bool_]
Longs = npt.NDArray[np.int64]


def account_keys(account: pl.Series, institution: pl.Series, crypto: pl.Series, registered: str) -> pl.Series:
    """The key of each account; null where there is no account.

    `institution` is the row's own, null where it gives none; `crypto` says whether the row buys or sells crypto assets, in
    which case base58check addresses stand for themselves too; `registered` is the partner's institution.
    """
    owner = institution if institution.null_count() == 0 else institution.fill_null(registered)
    itself, odd = _looked_at(account)
    if crypto.any():
        odd |= crypto.to_numpy() & account.is_not_null().to_numpy()
    rows = pl.DataFrame({"account": account, "crypto": crypto, "owner": owner, "itself": itself, "odd": odd})
    written = pl.concat_str("owner", pl.lit("|"), "account")
    usual = rows.select(pl.when("itself").then("account").otherwise(written).alias("usual"))["usual"]
    if not odd.any():
        return usual
    selves = _standing_for_themselves(rows.filter("odd").select("account", "crypto").unique())
    frame = rows.with_columns(usual).join(selves, on=["account", "crypto"], how="left", maintain_order="left")
    return frame.select(pl.coalesce("self", "usual").alias("key"))["key"]


def _looked_at(account: pl.Series) -> tuple[Marks, Marks]:
    """Which accounts are phone numbers or valid IBANs as they stand, and which need a closer look; false where there is none.

    Where a text sorts tells how it begins, and so which pattern is worth trying: on most plain numbers none is.
    """
    itself, odd = np.zeros(len(account), dtype=bool), np.zeros(len(account), dtype=bool)
    low = np.flatnonzero(_marks(account < "00"))  # a plus sign, or a nought and a space
    if len(low):
        itself[low] = _marks(account.gather(low).str.contains(_PHONE))
        odd[low] = ~itself[low]
    letters = np.flatnonzero(_marks(account >= "A"))
    if len(letters):
        texts = account.gather(letters)
        shaped = _marks(texts.str.contains(_IBAN))
        itself[letters[shaped]] = _hold_as_ibans(texts.filter(pl.Series(shaped)))
        odd[letters] = ~shaped
    odd |= _marks((account >= "0:") & (account < "1"))  # a nought and a letter
    closer = np.flatnonzero(odd)
    if len(closer):
        odd[closer] = _marks(account.gather(closer).str.contains(_ODD))
    return itself, odd


def _marks(found: pl.Series) -> Marks:
    return found.fill_null(value=False).to_numpy()


def _standing_for_themselves(known: pl.DataFrame) -> pl.DataFrame:
    """Of distinct accounts, not null, those that need no institution: `account`, `crypto` and `self`, how the key writes them."""
    close = pl.col("account").str.replace_all(" ", "", literal=True)
    shaped = known.with_columns(close.alias("close")).with_columns(
        pl.col("close").str.to_uppercase().alias("upper"),
    )
    tests = {
        "iban": (shaped["upper"], shaped["upper"].str.contains(_IBAN), _valid_ibans),
        "bech32": (shaped["close"].str.to_lowercase(), shaped["close"].str.contains(_BECH32), _valid_bech32),
        "base58": (shaped["close"], shaped["close"].str.contains(_BASE58) & shaped["crypto"], _valid_base58),
        "phone": (shaped["close"], shaped["close"].str.contains(_PHONE), None),
        "ethereum": (shaped["close"].str.to_lowercase(), shaped["close"].str.contains(_ETHEREUM), None),
    }
    found = pl.Series([None] * shaped.height, dtype=pl.String)
    for text, candidate, checked in tests.values():
        holds = candidate
        if checked is not None and candidate.any():
            good = checked(text.filter(candidate).unique())
            holds = candidate & text.is_in(good.implode())
        if holds.any():
            found = pl.select(pl.when(holds & found.is_null()).then(text).otherwise(found))[:, 0]
    return shaped.select("account", "crypto", found.alias("self")).drop_nulls("self")


def _by_length(text: pl.Series) -> list[tuple[pl.Series, Bytes]]:
    """ASCII texts grouped by length, each group with its bytes as a matrix of one row a text."""
    groups = []
    for group in pl.DataFrame({"text": text, "length": text.str.len_bytes()}).partition_by("length"):
        joined = np.frombuffer(group["text"].str.join("").item().encode(), np.uint8)
        groups.append((group["text"], joined.reshape(group.height, -1)))
    return groups


def _kept(parts: list[pl.Series]) -> pl.Series:
    return pl.concat(parts) if parts else pl.Series([], dtype=pl.String)


@cache
def _due_lengths() -> Longs:
    """The length of an IBAN by the two letters of its country, else 0; Kosovo has IBANs and no ISO 3166-1 code."""
    lengths = np.zeros((128, 128), dtype=np.int64)
    for country in [*(country.alpha_2 for country in pycountry.countries), "XK"]:
        with suppress(InvalidCountryCode):
            lengths[ord(country[0]), ord(country[1])] = registry.get_iban_spec(country).iban_length
    return lengths


def _valid_ibans(text: pl.Series) -> pl.Series:
    return text.filter(pl.Series(_hold_as_ibans(text)))


def _hold_as_ibans(text: pl.Series) -> Marks:
    """Whose length is their country's and whose check digits hold (ISO 13616, modulus 97). Each text has the shape of one."""
    lengths = text.str.len_bytes().to_numpy()
    holds = np.zeros(len(text), dtype=bool)
    for length in np.unique(lengths):
        index = np.flatnonzero(lengths == length)
        chars = np.frombuffer(text.gather(index).str.join("").item().encode(), np.uint8).reshape(len(index), -1)
        due = _due_lengths()[chars[:, 0], chars[:, 1]] == length
        holds[index[due]] = _rest_by_97(np.roll(chars[due], -4, axis=1)) == 1
    return holds


def _rest_by_97(chars: Bytes) -> Longs:
    """Each row of digits and capital letters, a letter read as two digits from 10 on, as one number modulo 97."""
    rest = np.zeros(len(chars), dtype=np.int64)
    for number, column in enumerate(chars.T.copy(), start=1):
        letter = column >= ord("A")
        weight, nought = (np.where(letter, 100, 10), np.where(letter, 55, 48)) if letter.any() else (10, 48)
        rest = rest * weight + column - nought
        if number % _IBAN_STEP == 0:
            rest %= 97
    return rest % 97


def _valid_bech32(text: pl.Series) -> pl.Series:
    """Those whose checksum holds (BIP 173 for version 0, BIP 350 for later ones). Lower case."""
    values = np.zeros(128, dtype=np.int64)
    values[[ord(letter) for letter in _BECH32_LETTERS]] = range(32)
    prefix = [3, 3, 0, 2, 3]  # "bc", expanded
    parts = []
    for group, chars in _by_length(text):
        sums = np.ones(len(group), dtype=np.int64)
        data = values[chars[:, 3:]]
        for column in [*(np.full(len(group), value) for value in prefix), *data.T]:
            sums = _bech32_step(sums, column)
        constant = np.where(data[:, 0] == 0, 1, 0x2BC830A3)
        parts.append(group.filter(pl.Series(sums == constant)))
    return _kept(parts)


def _bech32_step(sums: npt.NDArray[np.int64], value: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    top = sums >> 25
    sums = ((sums & 0x1FFFFFF) << 5) ^ value
    for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
        sums ^= np.where((top >> bit) & 1, generator, 0)
    return sums


def _valid_base58(text: pl.Series) -> pl.Series:
    """Those with 25 bytes whose last four are the double SHA-256 of the others (Bitcoin, Tron). A loop over distinct addresses."""
    return pl.Series([address for address in text if _base58check(address)], dtype=pl.String)


def _base58check(address: str) -> bool:
    number = 0
    for letter in address:
        number = number * 58 + _BASE58_LETTERS.index(letter)
    zeros = len(address) - len(address.lstrip("1"))
    body = number.to_bytes((number.bit_length() + 7) // 8, "big")
    raw = b"\x00" * zeros + body
    return len(raw) == 25 and hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]


def is_crypto(channel: pl.Series) -> pl.Series:
    """Whether each row's channel buys or sells crypto assets."""
    return channel.cast(pl.String).is_in(_CRYPTO)
