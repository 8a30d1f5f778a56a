"""The verifier of keys: each way in which a key file can be another one is named, and a copy without the private half is fine."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from service.journal.keys import SigningKey, receipt_key
from service.journal.verify_keys import changes_of_key, faults_of_keys

PUBLIC, PRIVATE = "receipt.pub.pem", "receipt.pem"


def _key(directory: Path) -> SigningKey:
    directory.mkdir(mode=0o700)
    key = receipt_key(directory)
    (directory / PUBLIC).chmod(0o644)
    return key


def _mode(path: Path, mode: int) -> None:
    path.chmod(mode)


def test_the_pair_that_signed_has_no_fault(tmp_path: Path) -> None:
    key = _key(tmp_path / "keys")
    assert list(faults_of_keys(tmp_path / "keys", [(3, key.fingerprint)])) == []
    (tmp_path / "keys" / PRIVATE).unlink()
    assert list(faults_of_keys(tmp_path / "keys", [(3, key.fingerprint)])) == []
    assert list(faults_of_keys(tmp_path / "none", [])) == []


DAMAGES: dict[str, tuple[str, Callable[[Path, Path], object]]] = {
    "no public key": (PUBLIC, lambda keys, _: (keys / PUBLIC).unlink()),
    "another public key": (PUBLIC, lambda keys, other: (keys / PUBLIC).write_bytes((other / PUBLIC).read_bytes())),
    "no key at all in it": (PUBLIC, lambda keys, _: (keys / PUBLIC).write_bytes(b"")),
    "another private key": (PRIVATE, lambda keys, other: (keys / PRIVATE).write_bytes((other / PRIVATE).read_bytes())),
    "a private key cut short": (
        PRIVATE,
        lambda keys, _: (keys / PRIVATE).write_bytes((keys / PRIVATE).read_bytes()[:60]),
    ),
    "a private key for everybody": (PRIVATE, lambda keys, _: _mode(keys / PRIVATE, 0o644)),
    "a pipe in its place": (PUBLIC, lambda keys, _: ((keys / PUBLIC).unlink(), os.mkfifo(keys / PUBLIC))),
    "a link that leads nowhere": (
        PRIVATE,
        lambda keys, _: ((keys / PRIVATE).unlink(), (keys / PRIVATE).symlink_to("gone")),
    ),
    "another secret for everybody": (
        "second-factor.key",
        lambda keys, _: (keys / "second-factor.key").write_bytes(b"x"),
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_damage_is_named(tmp_path: Path, damage: str) -> None:
    key, _ = _key(tmp_path / "keys"), _key(tmp_path / "other")
    name, act = DAMAGES[damage]
    act(tmp_path / "keys", tmp_path / "other")
    if name == "second-factor.key":
        (tmp_path / "keys" / name).chmod(0o640)
    assert name in [file for file, _ in faults_of_keys(tmp_path / "keys", [(3, key.fingerprint)])]


def test_a_change_of_the_key_is_told_where_it_happened() -> None:
    told = list(changes_of_key([(1, "aa"), (2, "aa"), (5, "bb"), (9, "aa")]))
    assert [sentence.split(",")[0] for sentence in told] == ["from entry 5 on", "from entry 9 on"]
