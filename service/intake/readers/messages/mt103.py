"""SWIFT MT103: single customer credit transfers as a network or a bank's archive writes them, one after another in a file.

The block structure and the fields of text block 4 are read here; other message types are told and not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from service.intake.readers.block import Block, Source, Wanted
from service.intake.readers.messages.leaves import as_json
from service.intake.readers.messages.mt_text import messages
from service.intake.readers.messages.parts import Row, add_side, code_of, country_of, fitting, given, reference_of
from service.intake.readers.messages.record import KEPT_BYTES, Record, blocks_of

_TYPE = re.compile(r"\{2:([IO])([0-9]{3})")
_BLOCK = re.compile(r"\{([123]):((?:[^{}]|\{[^{}]*\})*)\}")
_FIELD = re.compile(r"^:([0-9]{2}[A-Z]?):", re.MULTILINE)
_SETTLED = re.compile(r"^([0-9]{2})([0-9]{2})([0-9]{2})([A-Z]{3})([0-9,]+)$")
_BIC = re.compile(r"^[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$")
_NUMBERED = re.compile(r"^([1-8])/(.*)$")
_CENTURY_TURNS = 80
_NUMBERED_MEANS = {"4": "born", "5": "birth place", "6": "customer number", "7": "national identity", "8": "more"}
THEIRS = {
    "reference": ":20:", "occurred_at": ":32A:", "amount": ":32A:", "currency": ":32A:", "from_account": ":50:", "to_account": ":59:",
    "from_name": ":50:", "to_name": ":59:", "from_institution": ":52:", "to_institution": ":57:", "purpose": ":70:",
    "end_to_end_id": "{3:{121:}}",
}  # fmt: skip


def open_mt103(path: Path, wanted: Wanted) -> Source:
    """Open a file of messages."""

    def blocks() -> Iterator[Block]:
        yield from blocks_of(_records(path, wanted.encoding))

    return Source("mt103", blocks, theirs=THEIRS, needs_no_mapping=True, kept_bytes=KEPT_BYTES)


def _records(path: Path, encoding: str) -> Iterator[Record]:
    for number, (message, fault) in enumerate(messages(path, encoding), 1):
        where = f"message {number}, line {message.line}"
        yield _record("\n".join(message.lines), where, number) if fault is None else Record(where, fault=fault)


def _record(text: str, where: str, number: int) -> Record:
    head, _, body = text.partition("{4:")
    kind = _TYPE.search(head)
    if kind is None or kind[2] != "103":
        named = f"it is an MT{kind[2]}" if kind else "it has no block 2 that says its type"
        return Record(where, fault=("not_mapped", "{2:}", kind[0] if kind else None, f"{named}; MT103 is read"))
    blocks = dict(_BLOCK.findall(head))
    fields = _fields(body.rpartition("\n-}")[0])
    record = Record(where)
    sender, receiver = _ends(kind[1], blocks.get("1", ""), blocks.get("2", ""))
    _settlement(record, fields)
    record.values["reference"] = reference_of(sender, given(_taken(fields, "20")), number)
    record.values["channel"] = "transfer"
    uetr = re.search(r"\{121:([^{}]*)\}", blocks.get("3", ""))
    record.values["end_to_end_id"] = uetr[1] if uetr else None
    _sides(record, fields, sender, receiver)
    remittance = _taken(fields, "70")
    record.values["purpose"] = fitting(" ".join(remittance.split("\n")) if remittance else None, 1_024)
    record.extra = {f":{tag}:": " ".join(value.split()) for tag, value in fields.items() if value.strip()}
    if blocks.get("3"):
        record.extra["{3:}"] = blocks["3"]
    return record


def _fields(body: str) -> dict[str, str]:
    """The fields of block 4 by tag; a repeated tag gets a number, so that none is lost."""
    marks = list(_FIELD.finditer(body))
    found: dict[str, str] = {}
    ends = [*(mark.start() for mark in marks[1:]), len(body)]
    for mark, end in zip(marks, ends, strict=False):  # without a mark there is no field
        value = body[mark.end() : end].strip("\n")
        tag, number = mark[1], 1
        while tag in found:
            number += 1
            tag = f"{mark[1]}#{number}"
        found[tag] = value
    return found


def _taken(fields: dict[str, str], *tags: str) -> str | None:
    return next((value for tag in tags if (value := fields.pop(tag, "").strip())), None)


def _ends(direction: str, first: str, second: str) -> tuple[str | None, str | None]:
    """Sender and receiver: the own terminal of block 1 is the sender's in an input message and the receiver's in an output one."""
    own = _bic_of(first[3:15])
    if direction == "I":
        return own, _bic_of(second[4:16])
    return _bic_of(second[14:26]), own


def _bic_of(terminal: str) -> str | None:
    """The BIC in a terminal's address: the ninth character names the terminal."""
    bic = (terminal[:8] + terminal[9:12]).removesuffix("XXX")
    return bic if _BIC.match(bic) else None


def _settlement(record: Record, fields: dict[str, str]) -> None:
    written = _taken(fields, "32A")
    found = _SETTLED.match(written or "")
    if found is None:
        record.values |= {"occurred_at": None, "amount": None, "currency": None}
        record.fault = (
            "missing" if written is None else "wrong_type",
            ":32A:",
            written,
            "date, currency and amount as 260131EUR12,50",
        )
        return
    year, month, day, currency, amount = found.groups()
    century = "19" if int(year) >= _CENTURY_TURNS else "20"
    record.values["occurred_at"] = f"{century}{year}-{month}-{day}"
    record.values["currency"] = currency
    record.values["amount"] = amount.replace(",", ".", 1).removesuffix(".")


def _sides(record: Record, fields: dict[str, str], sender: str | None, receiver: str | None) -> None:
    chain = {tag: _institution(fields, tag) for tag in ("51", "52", "53", "54", "55", "56", "57")}
    roles = {"51": "sending_institution", "53": "intermediary_institution", "54": "intermediary_institution",
             "55": "intermediary_institution", "56": "intermediary_institution"}  # fmt: skip
    banks = {"from": chain["52"] or _by_bic(sender), "to": chain["57"] or _by_bic(receiver)}
    for side, role, options in (("from", "payer", ("50A", "50F", "50K", "50")), ("to", "payee", ("59A", "59F", "59"))):
        bank = banks[side]
        bank = None if bank is None else bank | {"role": f"{role}_institution"}
        who, number = _customer(fields, options, role)
        held: Row | None = None
        if number is not None:
            held = {
                "side": side,
                "account": number,
                "institution": code_of(bank),
                "institution_name": bank["name"] if bank else None,
            }
        add_side(record, side, who, bank, held)
    record.parties += [row | {"role": roles[tag]} for tag, row in chain.items() if row is not None and tag in roles]
    record.parties += [
        row | {"role": role}
        for row, role in ((_by_bic(sender), "sending_institution"), (_by_bic(receiver), "receiving_institution"))
        if row is not None
    ]


def _by_bic(bic: str | None) -> Row | None:
    if bic is None:
        return None
    held = as_json([{"scheme": "BIC", "value": bic}])
    return {"kind": "institution", "name": None, "party": bic, "country": country_of(bic[4:6]), "identifiers": held}


def _institution(fields: dict[str, str], tag: str) -> Row | None:
    """An institution by BIC (option A), by place (B), by clearing code (C) or by name and address (D)."""
    value = _taken(fields, *(f"{tag}{option}" for option in "ABCD"))
    if value is None:
        return None
    number, lines = _account_of(value.split("\n"))
    if lines and _BIC.match(lines[0]):
        row = _by_bic(lines[0]) or {}
        return row | ({"details": as_json({"account": number})} if number else {})
    name, address = (lines[0], lines[1:]) if lines else (None, [])
    code = number.lstrip("/") if number else None
    return {
        "kind": "institution",
        "name": name,
        "party": fitting(code or name, 64),
        "country": None,
        "address": as_json([{str(at): line for at, line in enumerate(address, 1)}] if address else None),
        "identifiers": as_json([{"scheme": "clearing", "value": code}] if code else None),
    }


def _customer(fields: dict[str, str], options: tuple[str, ...], role: str) -> tuple[Row | None, str | None]:
    """The ordering or beneficiary customer and its account."""
    option = next((tag for tag in options if tag in fields), None)
    value = None if option is None else _taken(fields, option)
    if option is None or value is None:
        return None, None
    number, lines = _account_of(value.split("\n"))
    if option.endswith("A") and lines and _BIC.match(lines[0]):
        return (_by_bic(lines[0]) or {}) | {"role": role}, number
    if option.endswith("F"):
        return _structured(lines, role), number
    name, address = (lines[0], lines[1:]) if lines else (None, [])
    written = {str(at): line for at, line in enumerate(address, 1)}
    return {
        "role": role,
        "kind": None,
        "name": name,
        "party": None,
        "country": None,
        "address": as_json([written] if written else None),
    }, number


def _account_of(lines: list[str]) -> tuple[str | None, list[str]]:
    """The account in a first line that begins with a slash, without the slash and a debit or credit mark; and the other lines."""
    lines = [line.strip() for line in lines if line.strip()]
    if not lines or not lines[0].startswith("/"):
        return None, lines
    number = re.sub(r"^/[CD]/", "/", lines[0])[1:].strip()
    return number or None, lines[1:]


def _structured(lines: list[str], role: str) -> Row:
    """Option F: numbered lines; or an identifier such as PASS/FR/123 in place of the account."""
    identifiers: list[dict[str, str]] = []
    parts: dict[str, list[str]] = {}
    for line in lines:
        found = _NUMBERED.match(line)
        if found is not None:
            parts.setdefault(found[1], []).append(found[2].strip())
        elif line.count("/") >= 2:
            scheme, country, value = line.split("/", 2)
            identifiers.append({"scheme": scheme, "value": value, "country": country})
        else:
            parts.setdefault("1", []).append(line)
    places = parts.get("3", [])
    for number in ("6", "7"):
        for line in parts.get(number, []):
            identifiers.append({"scheme": _NUMBERED_MEANS[number], "value": line})
    address = {**{f"address {at}": line for at, line in enumerate(parts.get("2", []), 1)},
               **{f"place {at}": line for at, line in enumerate(places, 1)}}  # fmt: skip
    born = "".join(parts.get("4", []))
    return {
        "role": role,
        "kind": "person" if born else None,
        "name": " ".join(parts.get("1", [])) or None,
        "born": f"{born[:4]}-{born[4:6]}-{born[6:8]}" if re.fullmatch(r"[0-9]{8}", born) else None,
        "country": country_of(*(place[:2] for place in places)),
        "party": fitting(identifiers[0]["value"] if identifiers else None, 128),
        "address": as_json([address] if address else None),
        "identifiers": as_json(identifiers),
        "details": as_json(
            {_NUMBERED_MEANS[number]: " ".join(parts[number]) for number in ("5", "8") if number in parts}
        ),
    }
