"""Receipts: what a submitter keeps to show later which bytes it handed in, when, and what was counted.

A receipt is checked with the public key alone, offline. It tells nothing of what the journal holds beside this submission.
"""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from schemas.batch import BatchCounts, BatchStatus, Receipt
from schemas.canonical import canonical_json
from schemas.errors import DigestMismatch
from service.journal.keys import SigningKey, key_id


def sign_receipt(
    key: SigningKey,
    *,
    batch: str,
    partner: str,
    status: BatchStatus,
    original: str,
    segment: str | None,
    counts: BatchCounts,
    at: str,
) -> Receipt:
    """A receipt for one submission. The same arguments and key give the same bytes: a retry gets an equal receipt."""
    unsigned = Receipt(
        batch=batch,
        partner=partner,
        status=status,
        original=original,
        segment=segment,
        counts=counts,
        at=at,
        key=key.id,
        signature="",
    )
    signature = base64.b64encode(key.private.sign(signed_bytes(unsigned))).decode()
    return unsigned.model_copy(update={"signature": signature})


def verify_receipt(receipt: Receipt, public_key: Ed25519PublicKey) -> None:
    """Return if `public_key` signed exactly this receipt; raise DigestMismatch otherwise."""
    if receipt.key != key_id(public_key):
        raise _refused("it names another key", receipt)
    try:
        signature = base64.b64decode(receipt.signature, validate=True)
        if base64.b64encode(signature).decode() != receipt.signature:
            raise _refused("its signature is not in plain base64", receipt)
        public_key.verify(signature, signed_bytes(receipt))
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise _refused("its signature does not fit it", receipt) from error


def signed_bytes(receipt: Receipt) -> bytes:
    """What the signature is over: the canonical JSON of every field but the signature."""
    return canonical_json(receipt.model_dump(mode="json", exclude={"signature"}))


def _refused(why: str, receipt: Receipt) -> DigestMismatch:
    return DigestMismatch(
        f"the receipt is not one that this key signed: {why}",
        where=f"receipt of batch {receipt.batch}",
        remedy="Compare it with the copy of the other side, and check that the public key is the house's.",
    )
