"""Persons, entities, accounts and goods of a goAML transaction, in their my-client and foreign forms alike."""

from __future__ import annotations

from dataclasses import dataclass, field

from service.intake.readers.messages.leaves import Leaves, as_json
from service.intake.readers.messages.parts import Row, code_of, country_of, fitting

_LONGEST = 128
_FORMS = ("", "_my_client")
_PAYERS = frozenset({"BUY", "RMITR", "CASHD"})
_PAYEES = frozenset({"SELL", "BNFCR", "MRCNT", "SPLIR"})
_SINGLE_IDS = (("ssn", "SSN"), ("id_number", "ID"), ("passport_number", "PASSP"), ("tax_number", "TAX"),
               ("incorporation_number", "INCORPORATION"), ("registration_number", "REGISTRATION"),
               ("identification_number", "ID"))  # fmt: skip
_LISTED_IDS = ("identifications/identification", "identification", "entity_identifications/entity_identifier",
               "entity_identifications/entity_identification")  # fmt: skip


@dataclass(slots=True)
class Side:
    """One side of a transaction: who, with which account at which institution, and who else stands there."""

    path: str
    who: Row | None = None
    bank: Row | None = None
    account: Row | None = None
    country: str | None = None
    funds: str | None = None
    others: list[Row] = field(default_factory=list)
    rest: dict[str, str] = field(default_factory=dict)


def sides_of(found: Leaves) -> dict[str, Side]:
    """The sides by `from` and `to`; empty for a transaction that only lists who was involved."""
    sides = {}
    for name in ("from", "to"):
        for form in _FORMS:
            path = f"t_{name}{form}"
            if below := found.below(path):
                sides[name] = _side(below, name, path, prefix=f"{name}_")
    return sides


def multi_party(found: Leaves) -> dict[str, Side]:
    """The sides of a transaction that lists parties by role: who bought, sent or paid in on one, who sold or received on the other.

    Of several with such a role the first makes the side; the others, and those of other roles, are listed as related.
    """
    sides: dict[str, Side] = {}
    others: list[Row] = []
    for below in found.each("involved_parties/party"):
        role = below.peek("role")
        name = "from" if role in _PAYERS else "to" if role in _PAYEES else None
        side = _side(below, name or "from", "involved_parties/party", prefix="", form_behind=True)
        if name is not None and name not in sides:
            sides[name] = side
        else:
            others += [row | {"role": "related"} for row in (side.who, *side.others) if row is not None]
            others += [] if side.who or side.account is None else [_named_by_account(side.account, side)]
    if others:
        sides.setdefault("from", Side("involved_parties/party")).others.extend(others)
    return sides


def _named_by_account(number: Row, side: Side) -> Row:
    """A listed account of which nothing but the number is told."""
    held = [{"scheme": "account", "value": number["account"] or ""}]
    return {"role": "related", "name": number["name"], "party": fitting(number["account"], _LONGEST), "country": side.country,
            "identifiers": as_json(held), "details": number["details"]}  # fmt: skip


def _side(below: Leaves, name: str, path: str, *, prefix: str, form_behind: bool = False) -> Side:
    role = "payer" if name == "from" else "payee"
    side = Side(path, funds=below.peek(f"{prefix}funds_code"), country=country_of(below.peek(f"{prefix}country")))
    for form in _FORMS if form_behind else ("",):
        if held := below.below(f"{prefix}account{form}"):
            _account(side, held, name, role)
        if person_leaves := below.below(f"{prefix}person{form}"):
            side.who = person(person_leaves, role)
        if entity_leaves := below.below(f"{prefix}entity{form}"):
            side.who = _entity(side, entity_leaves, role)
    if conductor := below.below("t_conductor"):
        side.others.append(person(conductor, "conductor"))
    side.rest = below.rest()
    return side


def _account(side: Side, held: Leaves, name: str, role: str) -> None:
    side.bank = _bank(held, f"{role}_institution")
    iban = held.take("iban")
    if owner := held.below("t_entity"):
        side.who = _entity(side, owner, role)
    for signatory in held.each("signatory"):
        primary = signatory.peek("is_primary") in {"true", "1"}
        found = signatory.below("t_person")
        row = person(found, role if primary and side.who is None else "signatory")
        row["details"] = row["details"] or as_json(signatory.rest())
        if row["role"] == role:
            side.who = row
        else:
            side.others.append(row)
    number = iban or held.take("account")
    side.account = {
        "side": name,
        "account": number,
        "scheme": "iban" if iban else None,
        "institution": code_of(side.bank),
        "institution_name": None if side.bank is None else side.bank["name"],
        "currency": held.take("currency_code"),
        "name": held.take("account_name"),
        "details": as_json(held.rest()),
    }
    if number is None and side.account["name"] is None and side.account["details"] is None:
        side.account = None


def _bank(held: Leaves, role: str) -> Row | None:
    name, code, swift = held.take("institution_name"), held.take("institution_code"), held.take("swift")
    country = held.take("institution_country")
    if not (name or code or swift):
        return None
    identifiers = [
        {"scheme": scheme, "value": value} for scheme, value in (("BIC", swift), ("national", code)) if value
    ]
    return {
        "role": role,
        "kind": "institution",
        "name": name,
        "party": fitting(swift or code, _LONGEST),
        "country": country_of(country, swift[4:6] if swift else None),
        "identifiers": as_json(identifiers),
        "details": as_json({"branch": branch} if (branch := held.take("branch")) else {}),
    }


def person(found: Leaves, role: str) -> Row:
    """A natural person."""
    parts = [found.take(part) for part in ("first_name", "middle_name", "prefix", "last_name")]
    addresses = [address.rest() for address in found.each("addresses/address")]
    identifiers = _identifiers(found)
    born = found.take("birthdate")
    return {
        "role": role,
        "kind": "person",
        "name": " ".join(filter(None, parts)) or None,
        "born": born[:10] if born else None,
        "country": country_of(found.peek("residence"), *(each.get("country_code") for each in addresses), found.peek("nationality1")),
        "party": fitting(next((each["value"] for each in identifiers), None), _LONGEST),
        "address": as_json(addresses),
        "identifiers": as_json(identifiers),
        "details": as_json(found.rest()),
    }  # fmt: skip


def _entity(side: Side, found: Leaves, role: str) -> Row:
    side.others += [person(director, "director") for director in found.each("director_id")]
    for path in ("related_persons/entity_related_person", "related_persons/account_related_person"):
        for related in found.each(path):
            if inner := related.below("person") or related.below("t_person"):
                side.others.append(person(inner, "related"))
    addresses = [address.rest() for address in found.each("addresses/address")]
    identifiers = _identifiers(found)
    return {
        "role": role,
        "kind": "business",
        "name": found.take("name", "commercial_name"),
        "country": country_of(found.peek("incorporation_country_code"), *(each.get("country_code") for each in addresses)),
        "party": fitting(next((each["value"] for each in identifiers), None), _LONGEST),
        "address": as_json(addresses),
        "identifiers": as_json(identifiers),
        "details": as_json(found.rest()),
    }  # fmt: skip


def good(found: Leaves) -> Row:
    """Something that was bought or sold."""
    address = found.below("address").rest()
    identifiers = _identifiers(found)
    name = " ".join(filter(None, (found.take("item_type"), found.take("item_make"), found.take("description")))) or None
    return {
        "role": "goods",
        "name": name,
        "party": fitting(next((each["value"] for each in identifiers), None), _LONGEST),
        "country": country_of(address.get("country_code")),
        "address": as_json([address] if address else None),
        "identifiers": as_json(identifiers),
        "details": as_json(found.rest()),
    }


def _identifiers(found: Leaves) -> list[dict[str, str]]:
    listed = []
    for path, scheme in _SINGLE_IDS:
        if value := found.take(path):
            country = found.take("passport_country") if scheme == "PASSP" else None
            listed.append({"scheme": scheme, "value": value} | ({"country": country} if country else {}))
    for path in _LISTED_IDS:
        for each in found.each(path):
            if value := each.take("number"):
                document = {"scheme": each.take("type") or "document", "value": value}
                listed.append(document | each.rest())
    return listed
