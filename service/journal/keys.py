"""The house's signing key for receipts: created once, kept in the home, its public half exported for whoever checks.

The private key has no passphrase, since a service must start unattended: the volume is encrypted by the operator.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from schemas.canonical import sha256
from schemas.errors import DigestMismatch, HomeUnavailable, RequestInvalid
from service.durable import rename_durably, write_durably

PRIVATE_FILE, PUBLIC_FILE = "receipt.pem", "receipt.pub.pem"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 key pair. `id` names the public half, so that a receipt says which key checks it."""

    id: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> Ed25519PublicKey:
        return self.private.public_key()

    @property
    def fingerprint(self) -> str:
        """What the journal notes of the key with each receipt: the SHA-256 of the 32 raw bytes of its public half."""
        return sha256(self.public.public_bytes(Encoding.Raw, PublicFormat.Raw))

    def __repr__(self) -> str:
        return f"SigningKey({self.id})"


def key_id(public: Ed25519PublicKey) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the 32 raw bytes of the public key."""
    return sha256(public.public_bytes(Encoding.Raw, PublicFormat.Raw))[:16]


def receipt_key(directory: Path) -> SigningKey:
    """The signing key in `directory` (`keys/` of a home), created if there is none; its public half is always beside it.

    Raises HomeUnavailable where the file is not an Ed25519 key, or is gone while its public half is here, and DigestMismatch
    where the public file is another key's: then receipts were handed out that the published key does not check.
    """
    path = directory / PRIVATE_FILE
    if not path.exists():
        if (directory / PUBLIC_FILE).exists():  # made anew, it would stand beside the half of the one that is lost
            raise _unusable("it is missing, and its public half is here")
        fresh = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _write_private(path, fresh)
    private = _read_private(path)
    key = SigningKey(key_id(private.public_key()), private)
    public_path = directory / PUBLIC_FILE
    exported = key.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    if not public_path.exists():
        write_durably(public_path, exported)
    elif public_path.read_bytes() != exported:
        raise DigestMismatch(
            "the public key is not that of the private key beside it",
            where=f"keys/{PUBLIC_FILE}",
            remedy="Find out which of the two was replaced; if the private key is right, remove the public file.",
        )
    return key


def load_public_key(pem: bytes) -> Ed25519PublicKey:
    """The public key in a PEM file, for checking receipts anywhere. Raises RequestInvalid on anything but Ed25519."""
    try:
        public = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise RequestInvalid(
            "this is not a public key in PEM form", remedy=f"Use the house's {PUBLIC_FILE}."
        ) from error
    if not isinstance(public, Ed25519PublicKey):
        raise RequestInvalid("this public key is not Ed25519", remedy=f"Use the house's {PUBLIC_FILE}.")
    return public


def _write_private(path: Path, data: bytes) -> None:
    """Write the key so that no other user can read it at any moment, whatever the umask."""
    aside = path.with_name(f".{path.name}.new")
    aside.unlink(missing_ok=True)
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(data)
    rename_durably(aside, path)


def _read_private(path: Path) -> Ed25519PrivateKey:
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unusable("it is not a private key in PEM form without passphrase") from error
    except OSError as error:
        raise _unusable(f"it cannot be read: {error.strerror}") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise _unusable("it is not an Ed25519 key")
    return private


def _unusable(why: str) -> HomeUnavailable:
    return HomeUnavailable(
        f"the signing key cannot be used: {why}",
        where=f"keys/{PRIVATE_FILE}",
        remedy="Restore it from a copy; a new key would leave the receipts of the old one to be checked with its public half.",
    )
