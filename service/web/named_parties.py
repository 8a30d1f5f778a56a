"""Parties that messages name beside an account's transactions, as its page prints them: neutral words, masked values."""

from __future__ import annotations

from dataclasses import dataclass

from service.entities.behind import Described, Party
from service.web import words
from service.web.language import moment, number

HOLDERS = {
    "person": words.mark("person"),
    "business": words.mark("business"),
    "public_body": words.mark("public body"),
    "ngo": words.mark("non-profit organisation"),
    "agent": words.mark("agent"),
    "exchange": words.mark("crypto exchange"),
}
_INSTITUTION = words.mark("institution")
PARTY_WORDS = {
    "payer": words.mark("pays"),
    "payee": words.mark("is paid"),
    "ultimate_payer": words.mark("pays in the end"),
    "ultimate_payee": words.mark("is paid in the end"),
    "underlying_payer": words.mark("pays in the payment that this covers"),
    "underlying_payee": words.mark("is paid in the payment that this covers"),
    "initiator": words.mark("gave the order"),
    "conductor": words.mark("carried it out at the counter"),
    "signatory": words.mark("may sign for an account of it"),
    "director": words.mark("directs a business of it"),
    "related": words.mark("is named beside it"),
    "account_owner": words.mark("owns an account of it"),
    "payer_institution": words.mark("institution that pays"),
    "payee_institution": words.mark("institution that is paid"),
    "sending_institution": words.mark("institution that sends"),
    "receiving_institution": words.mark("institution that receives"),
    "intermediary_institution": words.mark("institution between them"),
    "goods": words.mark("goods that were paid for"),
}
"""Where a party stands in a payment, and nothing about what it did wrong."""


@dataclass(frozen=True, slots=True)
class PartyRow:
    """A party that messages name, as the page prints it; what is masked is masked here already."""

    role: str
    kind: str
    name: str
    country: str
    born: str
    address: str
    identifiers: tuple[str, ...]
    times: str
    last: str


def party_row(each: Party, language: str) -> PartyRow:
    """A party in the reader's language; names and identifiers as they come, masked or not."""
    kind = _INSTITUTION if each.kind == "institution" else HOLDERS.get(each.kind or "", "")
    return PartyRow(
        PARTY_WORDS[each.role], kind, each.name or each.party or "", each.country or "", each.born or "", each.address or "",
        each.identifiers, number(each.times, language), moment(each.last, language, day_only=True),
    )  # fmt: skip


def described_line(each: Described) -> str:
    """How messages describe the account, in one line."""
    return ", ".join(text for text in (each.scheme, each.institution_name, each.currency, each.name) if text)
