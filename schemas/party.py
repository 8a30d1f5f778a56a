"""Who and what stands behind a transaction, as a message told it: one row a party, one row an account, each at its transaction.

The canonical transaction holds names, ids and countries of the two sides; this holds what has no column there: addresses,
identifiers, dates of birth, intermediaries. Nothing here decides anything; detectors do not see it.
"""

from __future__ import annotations

import polars as pl

PARTY_ROLES = (
    "payer", "payee", "ultimate_payer", "ultimate_payee", "initiator", "conductor", "signatory", "director", "related",
    "underlying_payer", "underlying_payee", "payer_institution", "payee_institution", "sending_institution",
    "receiving_institution", "intermediary_institution", "account_owner", "goods",
)  # fmt: skip
"""What a party does in a transaction. `goods` is what was bought or sold, where a report names it among those involved."""

PARTIES: dict[str, pl.DataType] = {
    "reference": pl.String(),
    "role": pl.String(),
    "kind": pl.String(),
    "name": pl.String(),
    "party": pl.String(),
    "country": pl.String(),
    "born": pl.String(),
    "address": pl.String(),
    "identifiers": pl.String(),
    "details": pl.String(),
}
"""`kind` is one of `PARTY_KINDS`, `institution` or null. `address`, `identifiers` and `details` are canonical JSON: lists of objects, and
an object, all of text. `party` is the identifier by which the submitter knows the party best, if any."""

ACCOUNTS: dict[str, pl.DataType] = {
    "reference": pl.String(),
    "side": pl.String(),
    "account": pl.String(),
    "scheme": pl.String(),
    "institution": pl.String(),
    "institution_name": pl.String(),
    "currency": pl.String(),
    "name": pl.String(),
    "details": pl.String(),
}
"""`side` is from or to; `scheme` says what kind of number `account` is (`iban`, or the message's own code)."""
