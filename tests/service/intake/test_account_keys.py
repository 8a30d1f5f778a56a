"""One account has one key, whoever reports it; two accounts never share one."""

from __future__ import annotations

import hashlib
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException

from service.intake.account_keys import account_keys


def key(account: str | None, institution: str | None = None, *, crypto: bool = False) -> Any:
    return account_keys(
        pl.Series([account], dtype=pl.String), pl.Series([institution], dtype=pl.String), pl.Series([crypto]), "BANK"
    )[0]


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ("GB82WEST12345698765432", "GB82WEST12345698765432"),
        ("gb82 west 1234 5698 7654 32", "GB82WEST12345698765432"),
        ("GB82WEST12345698765433", "BANK|GB82WEST12345698765433"),
        ("GB82WEST1234569876543", "BANK|GB82WEST1234569876543"),
        ("ZZ82WEST12345698765432", "BANK|ZZ82WEST12345698765432"),
        ("+22370000000", "+22370000000"),
        ("+223 70 00 00 00", "+22370000000"),
        ("+0123456789", "BANK|+0123456789"),
        ("22370000000", "BANK|22370000000"),
        ("0xAbCdef0123456789abcdef0123456789ABCDEF01", "0xabcdef0123456789abcdef0123456789abcdef01"),
        ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"),
        ("BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"),
        ("bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp", "BANK|bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp"),
        ("bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr",) * 2,
        ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "BANK|1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        ("41", "BANK|41"),
        (None, None),
    ],
)
def test_what_stands_for_itself_and_what_needs_its_institution(account: str | None, expected: str | None) -> None:
    assert key(account) == expected


def test_the_rows_institution_comes_before_the_partners() -> None:
    assert key("41", "OTHER") == "OTHER|41"
    assert key("GB82WEST12345698765432", "OTHER") == "GB82WEST12345698765432"


def test_a_base58_address_stands_for_itself_where_crypto_changes_hands() -> None:
    assert key("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", crypto=True) == "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
    assert key("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", crypto=True) == "BANK|1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"
    body = b"\x41" + bytes(range(20))
    raw = int.from_bytes(body + hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4], "big")
    letters = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    text = ""
    while raw:
        raw, digit = divmod(raw, 58)
        text = letters[digit] + text
    assert key(text, crypto=True) == text


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["GB", "FR", "DE", "ML", "SN", "BE", "XK"]),
            st.integers(0, 99),
            st.text("0123456789AZ", min_size=11, max_size=26),
        )
    )
)
def test_an_iban_is_valid_exactly_when_the_library_says_so(parts: list[tuple[str, int, str]]) -> None:
    texts = [f"{country}{check:02d}{body}" for country, check, body in parts]
    # Give every other text the check digits that hold.
    texts = [mended(text) if index % 2 else text for index, text in enumerate(texts)]
    keys = account_keys(
        pl.Series(texts, dtype=pl.String),
        pl.Series([None] * len(texts), dtype=pl.String),
        pl.Series([False] * len(texts), dtype=pl.Boolean),
        "BANK",
    )
    for text, found in zip(texts, keys, strict=True):
        assert (found == text) == checks_out(text)


def mended(text: str) -> str:
    rest = text[4:] + text[:2] + "00"
    return f"{text[:2]}{98 - int(''.join(str(int(letter, 36)) for letter in rest)) % 97:02d}{text[4:]}"


def checks_out(text: str) -> bool:
    try:
        iban = IBAN(text, allow_invalid=True)
        right_length = iban.length == iban.spec.iban_length
    except SchwiftyException:
        return False
    return right_length and int("".join(str(int(letter, 36)) for letter in text[4:] + text[:4])) % 97 == 1
