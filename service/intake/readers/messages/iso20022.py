"""ISO 20022 messages, told apart by namespace: pacs.008, pacs.009, pain.001, camt.053, camt.054 in any version, also in envelopes.

The records are read one by one; a file of any size needs the memory of one block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from service.intake.readers.block import Block, Source, refuse
from service.intake.readers.messages.leaves import Leaves, leaves_of, line_of, local
from service.intake.readers.messages.payments import Place, payment
from service.intake.readers.messages.record import KEPT_BYTES, Record, blocks_of
from service.intake.readers.messages.statements import entry
from service.intake.readers.messages.stream import elements, forget

_NAME = re.compile(r"(?:^|[:$/])((?:[a-z]{4})\.[0-9]{3})\.[0-9]{3}\.[0-9]{2}$")
_PAYMENTS = ("pacs.008", "pacs.009", "pain.001")
_STATEMENTS = ("camt.053", "camt.054")
TAKEN = (*_PAYMENTS, *_STATEMENTS)
_TRANSACTION, _ENTRY, _DETAILS = "CdtTrfTxInf", "Ntry", "TxDtls"
_WAITING = 1_000
THEIRS = {
    "payments": {
        "reference": "PmtId", "occurred_at": "IntrBkSttlmDt", "amount": "IntrBkSttlmAmt", "currency": "IntrBkSttlmAmt@Ccy",
        "from_account": "DbtrAcct", "to_account": "CdtrAcct", "from_name": "Dbtr/Nm", "to_name": "Cdtr/Nm",
        "from_institution": "DbtrAgt", "to_institution": "CdtrAgt", "purpose": "RmtInf", "end_to_end_id": "PmtId/EndToEndId",
    },
    "pain.001": {"occurred_at": "ReqdExctnDt", "amount": "Amt/InstdAmt", "currency": "Amt/InstdAmt@Ccy"},
    "statements": {
        "reference": "AcctSvcrRef", "occurred_at": "BookgDt", "amount": "Amt", "currency": "Amt@Ccy", "purpose": "RmtInf",
        "end_to_end_id": "Refs/EndToEndId",
    },
}  # fmt: skip


def kind_of(namespace: str | None) -> str | None:
    """The message that a namespace names, such as pacs.008; None where it names none."""
    found = _NAME.search(namespace or "")
    return found[1] if found else None


def open_iso20022(path: Path, names: list[etree.QName]) -> Source:
    """Open a message whose first elements have these names. Raises SubmissionRefused for a message of another kind."""
    kinds = [kind for name in names if (kind := kind_of(name.namespace))]
    kind = next((kind for kind in kinds if kind in TAKEN), None)
    if kind is None:
        what = f"the message is {kinds[-1]}" if kinds else f"the XML begins with the element {names[0].localname[:60]}"
        raise refuse(
            f"{what}, which is not read",
            f"Send {', '.join(TAKEN)} or a goAML report; docs/formats.md says what each becomes.",
        )
    theirs = THEIRS["payments" if kind in _PAYMENTS else "statements"] | THEIRS.get(kind, {})

    def blocks() -> Iterator[Block]:
        yield from blocks_of(_Reading().records(path))

    return Source(kind, blocks, theirs=theirs, needs_no_mapping=True, kept_bytes=KEPT_BYTES)


@dataclass(slots=True)
class _Around:
    """What stands around records and is the same for many: read once, with a count of the records below it."""

    but: frozenset[str]
    element: etree._Element | None = None
    leaves: Leaves = field(default_factory=lambda: Leaves({}))
    count: int = 0

    def of(self, element: etree._Element) -> Leaves:
        """The leaves of `element`, to be taken from."""
        if element is not self.element:
            self.element, self.leaves, self.count = element, Leaves(leaves_of(element, self.but)), 0
        return self.leaves.copy()


@dataclass(slots=True)
class _Reading:
    """The state of reading one file."""

    body: _Around = field(default_factory=lambda: _Around(frozenset({_TRANSACTION, "PmtInf", "Stmt", "Ntfctn"})))
    group: _Around = field(default_factory=lambda: _Around(frozenset({_TRANSACTION})))
    statement: _Around = field(default_factory=lambda: _Around(frozenset({_ENTRY, "Bal", "TxsSummry"})))
    waiting: list[tuple[Leaves, int | None]] = field(default_factory=list)
    several: bool = False

    def records(self, path: Path) -> Iterator[Record]:
        for element in elements(path, (_TRANSACTION, _ENTRY, _DETAILS)):
            kind, name = kind_of(etree.QName(element).namespace), local(element)
            if kind in _PAYMENTS and name == _TRANSACTION:
                yield self._payment(str(kind), element)
            elif kind in _STATEMENTS and name == _DETAILS:
                self.waiting.append((Leaves(leaves_of(element)), line_of(element)))
                if len(self.waiting) > _WAITING:
                    self.several = True
                    yield from self._details(element)
            elif kind in _STATEMENTS and name == _ENTRY:
                yield from self._entry(element)
            elif name != _DETAILS:
                detail = f"the record belongs to no message that is read, by its namespace; line {line_of(element)}"
                yield Record(name, fault=("not_mapped", name, etree.QName(element).namespace, detail))
            forget(element)

    def _payment(self, kind: str, element: etree._Element) -> Record:
        parent = _parent(element)
        grouped = local(parent) == "PmtInf"
        group = self.group.of(parent) if grouped else Leaves({})
        head = self.body.of(_parent(parent) if grouped else parent)
        self.body.count += 1
        place = Place(self.body.count, f"{_TRANSACTION} {self.body.count}, line {line_of(element)}")
        return payment(kind, Leaves(leaves_of(element)), head, group, place)

    def _entry(self, element: etree._Element) -> Iterator[Record]:
        if self.waiting:
            self.several |= len(self.waiting) > 1
            yield from self._details(element)
        elif not self.several:
            yield self._one(element, Leaves(leaves_of(element)), None, line_of(element))
        self.several = False

    def _details(self, inside: etree._Element) -> Iterator[Record]:
        """The details that wait, with the entry as far as it has been read."""
        around = inside
        while local(around) != _ENTRY:
            around = _parent(around)
        found = leaves_of(around) if around is inside else leaves_of(around, frozenset({"NtryDtls"}))
        for details, line in self.waiting:
            yield self._one(around, Leaves(dict(found)), details, line)
        self.waiting = []

    def _one(self, around: etree._Element, found: Leaves, details: Leaves | None, line: int | None) -> Record:
        parent = _parent(around)
        statement = self.statement.of(parent)
        head = self.body.of(_parent(parent))
        self.statement.count += 1
        name = _ENTRY if details is None else _DETAILS
        place = Place(self.statement.count, f"{name} {self.statement.count} of its statement, line {line}")
        return entry(found, details, statement, head, place, alone=not self.several)


def _parent(element: etree._Element) -> etree._Element:
    """The element around a record. Raises SubmissionRefused where there is none: a record alone is no message."""
    parent = element.getparent()
    if parent is None:
        raise refuse("a record stands outside any message", "Send the whole message.", where=f"line {line_of(element)}")
    return parent
