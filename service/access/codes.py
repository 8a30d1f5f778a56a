"""The second factor itself: time-based codes (RFC 6238), recovery codes, and the seal on the secret. It keeps and records nothing.

A code is compared in constant time and names its time step, so that whoever keeps the steps can refuse it a second time.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import segno
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from schemas.errors import HomeUnavailable
from service.access.credentials import digest_of, same
from service.durable import write_durably

ISSUER = "Thalweg"
STEP_SECONDS = 30
STEPS_BESIDE = 1
"""A clock may be this many steps off, either way."""
RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
KEY_FILE = "second-factor.key"
_QUIET = 4
"""Modules of white around a QR code, which readers ask for."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A second factor that nobody has confirmed yet: the secret, its address for an application, and that as a QR code.

    `picture` is the data of an SVG path on a square of `side` units: it needs no script and no inline style.
    """

    secret: str
    address: str
    picture: str
    side: int


def new_secret() -> str:
    """160 random bits, in the letters that applications for codes take."""
    return pyotp.random_base32()


def shown(secret: str, account: str) -> Fresh:
    """A secret as its owner takes it over: by hand, by address, or with a camera."""
    address = pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=ISSUER)
    picture, side = _picture(address)
    return Fresh(secret, address, picture, side)


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The time step whose code this is, among those that a clock slightly off would show; None where it is none of them."""
    now = int(at.timestamp()) // STEP_SECONDS
    maker = pyotp.TOTP(secret)
    found = None
    for step in range(now - STEPS_BESIDE, now + STEPS_BESIDE + 1):
        if same(maker.at(datetime.fromtimestamp(step * STEP_SECONDS, UTC)), code):
            found = step
    return found


def recovery_codes() -> list[str]:
    """Ten codes of 74 random bits each, to be shown once; each opens the door one time."""
    return [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(3)) for _ in range(RECOVERY_CODES)
    ]


def recovery_digest(account: str, code: str) -> str:
    """What is stored of a recovery code; the account is in it, so that one table of guesses does not serve for all."""
    return digest_of(f"{account}:{code.strip().lower().replace(' ', '')}")


class Seal:
    """Closes secrets with a key in `keys/` (made at need), so that the journal alone, or a copy of it, opens no door."""

    def __init__(self, keys: Path) -> None:
        self._path = keys / KEY_FILE

    def close(self, secret: str, account: str) -> str:
        """The secret as it may stand in an entry, bound to its account."""
        nonce = secrets.token_bytes(12)
        return base64.b64encode(nonce + self._cipher().encrypt(nonce, secret.encode(), account.encode())).decode()

    def open(self, sealed: str, account: str) -> str:
        """The secret again. Raises HomeUnavailable where it was closed by another key, or for another account."""
        try:
            data = base64.b64decode(sealed, validate=True)
            return self._cipher().decrypt(data[:12], data[12:], account.encode()).decode()
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise HomeUnavailable(
                "a second factor cannot be read with the key of this house",
                where=f"keys/{KEY_FILE}",
                remedy="Restore the key from a backup, or take the factor away with `thalweg users factor`.",
            ) from error

    def _cipher(self) -> AESGCM:
        if not self._path.exists():
            write_durably(self._path, AESGCM.generate_key(256))
        return AESGCM(self._path.read_bytes())


def _picture(address: str) -> tuple[str, int]:
    matrix = segno.make(address, micro=False, error="m").matrix
    dark = [(column, row) for row, line in enumerate(matrix) for column, filled in enumerate(line) if filled]
    return "".join(f"M{column + _QUIET} {row + _QUIET}h1v1h-1z" for column, row in dark), len(matrix) + 2 * _QUIET
