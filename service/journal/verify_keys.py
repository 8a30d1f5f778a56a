"""Holds the keys of a house against what its journal says was signed with them.

It shares no code with the keeper of the keys but the form of a fingerprint, writes nothing, and must never make a key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from schemas.canonical import sha256

_PUBLIC, _PRIVATE = "receipt.pub.pem", "receipt.pem"
_FOR_OTHERS = 0o077

Signed = tuple[int, str]
"""An entry whose receipt was signed, and the fingerprint of the key: SHA-256 of the 32 bytes of its public half."""


def faults_of_keys(keys: Path, signed: Sequence[Signed]) -> Iterator[tuple[str, str]]:
    """(file below `keys`, why) for each key that is not as it must be. `signed` is in the order of the entries.

    The private key may be absent, as it should be in a copy that is handed to an auditor.
    """
    public = _half(keys / _PUBLIC, _public)
    private = _half(keys / _PRIVATE, _public_of_private)
    if signed:
        seq, fingerprint = signed[-1]
        if public is None:
            yield _PUBLIC, f"the file is missing; the receipt of entry {seq} was signed with the key {fingerprint}"
        elif isinstance(public, bytes) and sha256(public) != fingerprint:
            yield _PUBLIC, f"this is the key {sha256(public)}; the receipt of entry {seq} was signed with {fingerprint}"
    for name, found in ((_PUBLIC, public), (_PRIVATE, private)):
        if isinstance(found, str):
            yield name, found
    if isinstance(public, bytes) and isinstance(private, bytes) and public != private:
        yield _PRIVATE, f"the public half beside it, {_PUBLIC}, is another key's"
    for path in sorted(keys.iterdir()) if keys.is_dir() else ():
        mode = path.lstat().st_mode  # of a link itself: one that leads elsewhere is not the house's own key
        if path.name != _PUBLIC and mode & _FOR_OTHERS:
            yield path.name, f"others than its owner may use it: its mode is {mode & 0o777:o}, not 600"


def changes_of_key(signed: Sequence[Signed]) -> Iterator[str]:
    """A sentence for each entry from which on receipts were signed with another key than before."""
    for (_, before), (seq, after) in pairwise(signed):
        if before != after:
            yield f"from entry {seq} on, receipts are signed with the key {after}, before it with {before}"


def _half(path: Path, load: Callable[[bytes], Ed25519PublicKey]) -> bytes | str | None:
    """The 32 bytes of the public half of the key in a file, why they cannot be had, or None where there is no file."""
    if not path.exists():
        return None
    if not path.is_file():  # a pipe would be waited for
        return "this is no file"
    try:
        return load(path.read_bytes()).public_bytes(Encoding.Raw, PublicFormat.Raw)
    except OSError as error:
        return f"the file cannot be read: {error.strerror}"
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return "this is not an Ed25519 key in PEM form without passphrase"


def _public(data: bytes) -> Ed25519PublicKey:
    key = load_pem_public_key(data)
    if not isinstance(key, Ed25519PublicKey):
        raise TypeError("another kind of key")
    return key


def _public_of_private(data: bytes) -> Ed25519PublicKey:
    key = load_pem_private_key(data, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("another kind of key")
    return key.public_key()
