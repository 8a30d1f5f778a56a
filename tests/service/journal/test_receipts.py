"""Receipts and the key that signs them: any change to any field is seen, with the public key alone."""

from __future__ import annotations

import base64
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from schemas.batch import BatchCounts, Receipt
from schemas.canonical import canonical_json, sha256
from schemas.errors import DigestMismatch, HomeUnavailable, RequestInvalid
from service.journal.keys import PRIVATE_FILE, PUBLIC_FILE, SigningKey, load_public_key, receipt_key
from service.journal.receipts import sign_receipt, verify_receipt


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return receipt_key(tmp_path)


@pytest.fixture
def receipt(key: SigningKey) -> Receipt:
    return _receipt(key)


def _receipt(key: SigningKey) -> Receipt:
    return sign_receipt(
        key,
        batch="b-7f3a",
        partner="bank-a",
        status="accepted",
        original="0a" * 32,
        segment="1b" * 32,
        counts=BatchCounts(rows=10, accepted=7, duplicates=2, rejected=1),
        at="2025-03-01T08:00:00.000000Z",
    )


def test_a_receipt_checks_with_the_exported_public_key_alone(receipt: Receipt, tmp_path: Path) -> None:
    verify_receipt(receipt, load_public_key((tmp_path / PUBLIC_FILE).read_bytes()))


def test_a_receipt_survives_being_written_as_json_and_read_back(receipt: Receipt, key: SigningKey) -> None:
    verify_receipt(Receipt.model_validate_json(receipt.model_dump_json()), key.public)


def test_signing_the_same_again_gives_the_same_receipt(receipt: Receipt, key: SigningKey) -> None:
    assert _receipt(key) == receipt


def test_the_signature_is_over_the_canonical_json_of_the_other_fields(receipt: Receipt, key: SigningKey) -> None:
    fields = receipt.model_dump(mode="json")
    signature = base64.b64decode(fields.pop("signature"))
    key.public.verify(signature, canonical_json(fields))


MUTATIONS: dict[str, list[Any]] = {
    "v": [2],
    "batch": ["b-7f3b", ""],
    "partner": ["bank-b", "bank-a "],
    "status": ["refused"],
    "original": ["0a" * 31 + "0b", "0A" * 32],
    "segment": ["1b" * 31 + "1c", None],
    "counts": [
        BatchCounts(rows=11, accepted=8, duplicates=2, rejected=1),
        BatchCounts(rows=10, accepted=8, duplicates=1, rejected=1),
        BatchCounts(rows=10, accepted=7, duplicates=3, rejected=0),
    ],
    "at": ["2025-03-01T08:00:00.000001Z"],
    "key": ["0" * 16, ""],
    "signature": ["", "AAAA", "not base64", "é"],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in MUTATIONS.items() for value in values]
)
def test_a_receipt_with_another_value_in_any_field_is_refused(
    receipt: Receipt, key: SigningKey, field: str, value: object
) -> None:
    with pytest.raises(DigestMismatch):
        verify_receipt(receipt.model_copy(update={field: value}), key.public)


def test_the_mutations_cover_every_field_of_a_receipt() -> None:
    assert set(MUTATIONS) == set(Receipt.model_fields)


def test_no_character_of_the_signature_can_be_changed(receipt: Receipt, key: SigningKey) -> None:
    for place, old in enumerate(receipt.signature):
        for new in "AQgw/=\n":
            if new != old:
                changed = receipt.signature[:place] + new + receipt.signature[place + 1 :]
                with pytest.raises(DigestMismatch):
                    verify_receipt(receipt.model_copy(update={"signature": changed}), key.public)


def test_another_houses_key_does_not_check_it(receipt: Receipt, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with pytest.raises(DigestMismatch, match="another key"):
        verify_receipt(receipt, receipt_key(tmp_path / "other").public)


def test_the_key_is_made_once_and_only_its_owner_can_read_it(key: SigningKey, tmp_path: Path) -> None:
    again = receipt_key(tmp_path)
    assert again.id == key.id
    assert stat.S_IMODE((tmp_path / PRIVATE_FILE).stat().st_mode) == 0o600


def test_the_key_id_is_the_beginning_of_the_digest_of_the_raw_public_key(key: SigningKey) -> None:
    assert key.id == sha256(key.public.public_bytes(Encoding.Raw, PublicFormat.Raw))[:16]


def test_a_key_never_shows_its_secret_when_printed(key: SigningKey) -> None:
    assert repr(key) == f"SigningKey({key.id})"


def test_a_lost_public_file_is_exported_again(key: SigningKey, tmp_path: Path) -> None:
    exported = (tmp_path / PUBLIC_FILE).read_bytes()
    (tmp_path / PUBLIC_FILE).unlink()
    receipt_key(tmp_path)
    assert (tmp_path / PUBLIC_FILE).read_bytes() == exported


def test_a_public_file_of_another_key_is_refused(key: SigningKey, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    receipt_key(tmp_path / "other")
    (tmp_path / PUBLIC_FILE).write_bytes((tmp_path / "other" / PUBLIC_FILE).read_bytes())
    with pytest.raises(DigestMismatch, match="public key"):
        receipt_key(tmp_path)


def test_a_lost_private_key_is_not_made_anew_beside_the_public_half_of_the_lost_one(
    key: SigningKey, tmp_path: Path
) -> None:
    (tmp_path / "receipt.pem").unlink()
    with pytest.raises(HomeUnavailable, match="public half"):
        receipt_key(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["receipt.pub.pem"]


def test_a_file_that_is_no_usable_private_key_is_refused_and_left_alone(key: SigningKey, tmp_path: Path) -> None:
    locked = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    other_kind = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for wrong in (b"", b"garbage", locked, other_kind):
        (tmp_path / PRIVATE_FILE).write_bytes(wrong)
        with pytest.raises(HomeUnavailable, match="signing key"):
            receipt_key(tmp_path)
        assert (tmp_path / PRIVATE_FILE).read_bytes() == wrong


def test_a_file_that_is_no_ed25519_public_key_is_refused() -> None:
    other_kind = generate_private_key(SECP256R1()).public_key()
    for wrong in (b"", b"garbage", other_kind.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)):
        with pytest.raises(RequestInvalid):
            load_public_key(wrong)
