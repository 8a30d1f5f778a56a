"""Opaque ids of accounts, for addresses and for the chained part of the journal: an account's number never stands in either.

An id is the account's key under AES-SIV with a secret of this house: the same account has the same id, nobody without the secret can
tell one from the other or make one up, and no table is needed to read it back.
"""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from schemas.errors import HomeUnavailable, NotFound
from service.durable import write_durably

_FILE, _BYTES, _BLOCK, _LONGEST = "entities.key", 64, 32, 1200


class EntityIds:
    """Ids under the secret in a directory of keys, which is made where there is none."""

    def __init__(self, keys: Path) -> None:
        path = keys / _FILE
        if not path.exists():
            write_durably(path, os.urandom(_BYTES))
        secret = path.read_bytes()
        if len(secret) != _BYTES:
            raise HomeUnavailable(
                "the key of the accounts' ids is damaged", where=f"keys/{_FILE}",
                remedy="Put it back from a copy; without it a new one is made, and addresses that were kept lead nowhere.",
            )  # fmt: skip
        self._cipher = AESSIV(secret)

    def of(self, key: str) -> str:
        """The id of an account key."""
        data = key.encode()
        padded = data + b"\0" * (-len(data) % _BLOCK)  # so that the length of an id says little of the number's
        return f"e_{base64.b32encode(self._cipher.encrypt(padded, None)).decode().rstrip('=').lower()}"

    def key(self, entity: str) -> str:
        """The account key behind an id. Raises NotFound for anything that is not one of ours."""
        text = entity.removeprefix("e_")
        try:
            if not entity.startswith("e_") or len(entity) > _LONGEST or text != text.lower():
                raise ValueError("not an id")
            data = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
            return self._cipher.decrypt(data, None).rstrip(b"\0").decode()
        except (binascii.Error, ValueError, InvalidTag) as error:
            raise NotFound("there is no such account", value=entity[:40]) from error
