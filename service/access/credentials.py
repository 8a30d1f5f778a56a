"""Passwords and keys: made here, shown once, stored only as argon2 or SHA-256. Nothing here writes or logs a secret."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from functools import cache

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from schemas.errors import RequestInvalid

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 256
_KEY = re.compile(r"^thalweg_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$")


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(),))


@cache
def _nobodys_hash() -> str:
    return _hasher().hash(secrets.token_urlsafe(32))


def new_password() -> str:
    """A password of 120 random bits, to be shown once."""
    return secrets.token_urlsafe(15)


def hash_password(password: str) -> str:
    """The argon2 hash to store. Raises RequestInvalid for a password that is too short or too long."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise RequestInvalid(
            f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters",
            where="password",
            remedy="A few random words make a good one.",
        )
    return _hasher().hash(password)


def password_fits(password: str, stored: str | None) -> bool:
    """Whether a password is the one. With nothing stored it takes just as long and is False, so that time tells nothing."""
    if len(password) > LONGEST_PASSWORD:
        return False
    try:
        fits = _hasher().verify(password, stored or _nobodys_hash())
    except UnknownHashError:
        return False
    return fits and stored is not None


def new_key() -> tuple[str, str, str]:
    """A key of 256 random bits: its public id, the text to show once, and the SHA-256 to store."""
    public, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    return public, f"thalweg_{public}_{secret}", digest_of(secret)


def split_key(text: str) -> tuple[str, str] | None:
    """The public id and the secret of a key; None where the text has not the form of one."""
    match = _KEY.fullmatch(text)
    return (match[1], match[2]) if match else None


def digest_of(secret: str) -> str:
    """What is stored of a key or a session. The secret is random, so a plain SHA-256 cannot be searched."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two texts are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())
