"""What the parts of an ISO 20022 message say: parties, institutions, accounts and times, whatever the version calls them.

Each function takes what it understands out of the leaves it is given; the rest stays with the party or the account as details.
"""

from __future__ import annotations

import re
from functools import cache

import pycountry

from service.intake.readers.messages.leaves import Leaves, as_json
from service.intake.readers.messages.record import Record

Row = dict[str, str | None]

_WITH_OFFSET = re.compile(r"\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$")
_BEGINS_WITH_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:$|[TZ+-])")
_LONGEST_INSTITUTION = 64
_LONGEST = 128
_NONE_GIVEN = frozenset({"NOTPROVIDED", "NOT PROVIDED", "NONREF", "N/A", "NA", "NONE", "NULL"})


@cache
def countries() -> frozenset[str]:
    """The alpha-2 codes of ISO 3166-1."""
    return frozenset(country.alpha_2 for country in pycountry.countries)


def country_of(*codes: str | None) -> str | None:
    """The first of the codes that is a country: messages write others too, and a payment is not refused for those."""
    return next((code for code in codes if code in countries()), None)


def given(text: str | None) -> str | None:
    """An identifier, or None where the message only says that there is none."""
    return None if text is None or text.upper() in _NONE_GIVEN else text


def moment(text: str | None) -> str | None:
    """A time with offset as it is; of one without, and of a date with a zone, the date: the hour would be a guess."""
    if text is None or _WITH_OFFSET.match(text):
        return text
    return text[:10] if _BEGINS_WITH_DATE.match(text) else text


def fitting(text: str | None, longest: int) -> str | None:
    """The text where it has room in its column; else None, so that it stays where it is kept whole."""
    return text if text is not None and len(text) <= longest else None


def party(found: Leaves, role: str) -> Row | None:
    """A party, or the institution that stands in a party's place."""
    institution = found.below("Agt/FinInstnId") or found.below("FinInstnId")
    if institution:
        return _institution(institution, role)
    inner = found.below("Pty") or found
    if not inner:
        return None
    address = inner.below("PstlAdr")
    place, residence = address.peek("Ctry"), inner.take("CtryOfRes")
    kind = "person" if inner.peek_below("Id/PrvtId") else "business" if inner.peek_below("Id/OrgId") else None
    born = inner.take("Id/PrvtId/DtAndPlcOfBirth/BirthDt")
    identifiers = _identifiers(inner)
    row: Row = {"role": role, "kind": kind, "name": inner.take("Nm"), "born": born}
    row["country"] = country_of(residence, place)
    row["party"] = fitting(next((each["value"] for each in identifiers), None), _LONGEST)
    row["address"] = as_json([address.rest()] if address else None)
    row["identifiers"] = as_json(identifiers)
    row["details"] = as_json(inner.rest() | ({"CtryOfRes": residence} if residence else {}))
    return row


def _identifiers(found: Leaves) -> list[dict[str, str]]:
    listed = []
    for path, scheme in (("OrgId/LEI", "LEI"), ("OrgId/AnyBIC", "BIC"), ("OrgId/BICOrBEI", "BIC")):
        if value := found.take(f"Id/{path}"):
            listed.append({"scheme": scheme, "value": value})
    for kind in ("OrgId", "PrvtId"):
        for other in found.each(f"Id/{kind}/Othr"):
            if value := other.take("Id"):
                listed.append(
                    {"scheme": other.take("SchmeNm/Cd", "SchmeNm/Prtry") or kind, "value": value}
                    | ({"issuer": issuer} if (issuer := other.take("Issr")) else {})
                )
    return listed


def _institution(found: Leaves, role: str) -> Row:
    address = found.below("PstlAdr")
    identifiers = []
    bic, lei = found.take("BICFI", "BIC"), found.take("LEI")
    member, system = (
        found.take("ClrSysMmbId/MmbId"),
        found.take("ClrSysMmbId/ClrSysId/Cd", "ClrSysMmbId/ClrSysId/Prtry"),
    )
    other = found.take("Othr/Id")
    for scheme, value in (("BIC", bic), ("LEI", lei), (system or "clearing", member), ("other", other)):
        if value:
            identifiers.append({"scheme": scheme, "value": value})
    code = bic or (f"{system}:{member}" if system and member else member) or other or lei
    return {
        "role": role,
        "kind": "institution",
        "name": found.take("Nm"),
        "party": fitting(code, _LONGEST),
        "country": country_of(address.peek("Ctry"), bic[4:6] if bic else None),
        "address": as_json([address.rest()] if address else None),
        "identifiers": as_json(identifiers),
        "details": as_json(found.rest()),
    }


def agent(found: Leaves, role: str) -> Row | None:
    """An institution in a payment chain, from what stands below `DbtrAgt` and its like."""
    inner = found.below("FinInstnId")
    if not inner:
        return None
    row = _institution(inner, role)
    branch = found.rest()
    return row | ({"details": as_json(branch)} if branch and row["details"] is None else {})


def code_of(institution: Row | None) -> str | None:
    """The institution as the canonical columns write it; None where the code has no room there, or a bar that keys use."""
    code = None if institution is None else fitting(institution["party"], _LONGEST_INSTITUTION)
    return None if code is None or "|" in code else code


def account(found: Leaves, side: str, institution: Row | None) -> Row | None:
    """An account of one side, with its number in `account`; None where the message names none."""
    if not found:
        return None
    iban = found.take("Id/IBAN")
    number = iban or found.take("Id/Othr/Id", "Id/PrtryAcct/Id", "Id/BBAN", "Id/UPIC")
    scheme = "iban" if iban else found.take("Id/Othr/SchmeNm/Cd", "Id/Othr/SchmeNm/Prtry")
    if number is None:
        number, scheme = found.take("Prxy/Id"), found.peek("Prxy/Tp/Cd", "Prxy/Tp/Prtry")
    return {
        "side": side,
        "account": number,
        "scheme": scheme,
        "institution": code_of(institution),
        "institution_name": None if institution is None else institution["name"],
        "currency": found.take("Ccy"),
        "name": found.take("Nm"),
        "details": as_json(found.rest()),
    }


def add_side(record: Record, side: str, who: Row | None, bank: Row | None, number: Row | None) -> None:
    """Fill the canonical columns of one side, and list who and what stands there.

    Where the message names no account but knows the party by an identifier, the identifier stands for the account, so that the
    money of one person is seen together; a mere name never does.
    """
    values = record.values
    record.parties += [row for row in (who, bank) if row is not None]
    if number is not None:
        record.accounts.append(number)
    values[f"{side}_institution"] = code_of(bank)
    values[f"{side}_account"] = None if number is None else number["account"]
    if who is None:
        values[f"{side}_country"] = None if bank is None else bank["country"]
        return
    if values[f"{side}_account"] is None:
        values[f"{side}_account"] = fitting(who["party"], _LONGEST)
    values[f"{side}_name"] = fitting(who["name"], 512)
    values[f"{side}_party"] = who["party"]
    values[f"{side}_kind"] = who["kind"] if who["kind"] in {"person", "business"} else None
    values[f"{side}_country"] = country_of(who["country"], None if bank is None else bank["country"])


def reference_of(message: str | None, own: str | None, number: int) -> str:
    """An id that is unique for the submitter: the message's and the transaction's own, or its place in the message.

    Ids too long for the column are cut, and the place keeps them apart.
    """
    start = given(message) or "message"
    whole = f"{start}/{own}" if own else f"{start}/#{number}"
    return whole if len(whole) <= _LONGEST else f"{whole[:110]}…#{number}"
