"""A sample of every form that is read, ways to spoil it, and what must hold whatever became of it.

`changed` puts bytes in place of others, `reshaped` alters the content while the form stays whole: cells of a table, members of an
object, columns and their types, elements of a message. Both are functions of their changes alone, so that a find can be had again.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from random import Random
from typing import Any

from lxml import etree

from schemas.mapping import SHIPPED
from support.goaml_reports import account, both, entity, report, transaction
from support.iso_messages import PACS009, PAIN001, booked, details, notification, pacs008, statement, transfer
from support.spoilt_tables import NDJSON, TABLE, cells_changed, members_changed, typed_columns, written
from support.swift_messages import mt103
from support.workbooks import good, with_part, workbook

Change = tuple[int, int, bytes, int]
"""Where, how much or which deed, what instead, and from where else."""

_OTHER = "<RltdPties><Dbtr><Nm>Ines</Nm></Dbtr><DbtrAcct><Id><IBAN>BE71096123456769</IBAN></Id></DbtrAcct></RltdPties>"
_SIDES = both(f"<from_account>{account('41')}</from_account>", f"<to_entity>{entity()}</to_entity>")
_ENTRIES = (booked("CRDT", "5.00", details(_OTHER, "")), booked("DBIT", "6.00"))
_SHEET = "xl/worksheets/sheet1.xml"
_CSV = b"""reference,occurred_at,channel,amount,currency,from_account,to_account,purpose
T1,2024-05-01,transfer,1.50,EUR,A,B,plain
T2,2024-05-01T10:00:00Z,card,2,EUR,A,,"quoted, with ""quotes"" and
a line break"
T3,2024-05-02T10:00:00+02:00,cash_deposit,3,XOF,,"B",K\xc3\xb6ln
T1,2024-05-01,transfer,1.50,EUR,A,B,plain
T5,2024-05-03,transfer,5,EUR,A,B,
"""
_WALLETS = b"""transaction_id;completed_at;type;status;amount;currency;sender_msisdn;sender_name;receiver_msisdn;receiver_name;\
agent_code;agent_town;handset;reference_text;balance_after
M1;2025-05-01 13:45:00;P2P;COMPLETED;1500.00;XOF;+22376000001;Awa;+22376000002;Ines;;;H-1;loyer;900.00
M2;2025-05-01 23:30:00;CASH_IN;COMPLETED;2500.00;XOF;700100;Kiosk;+22376000001;Awa;700100;Mopti;;;
M3;2025-05-02 08:00:00;CASH_OUT;COMPLETED;2000.00;XOF;+22376000002;Ines;700100;Kiosk;700100;Mopti;;;
M4;2025-05-02 08:01:00;P2P;FAILED;10.00;XOF;+22376000002;Ines;+22376000001;Awa;;;;;
"""
PIECES = [
    *(b"<", b">", b"</", b"&", b"&amp;", b"&#0;", b"&x;", b"<!--", b"<![CDATA[", b"<!DOCTYPE a>", b"<?a?>", b'"', b'""', b"\x00"),
    *(b"\n", b"\r", b"\r\n", b"<Nm>", b"</Nm>", b"<a/>", b"9" * 40, b"-1", b"1e9", b"2025-02-30", b"-}", b"{1:", b"{4:", b":32A:"),
    *(b"\xc2\x85", b"\xe2\x80\xae", b"#2", b"/", b"|", b"NaN", b'r="99999999"', b't="e"', b"<f>", b"</row>", b"\xe9", b"\xff", b"$"),
    *(b",", b";", b"\t", b"\x1e", b" ", b"\xef\xbb\xbf", b"{", b"}", b"[", b"\\", b"\\ud800", b":", b"null", b"PAR1", b"'", b"=1+1"),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """A sample of one form, whose content `reshape` alters; `mapping` names a shipped one."""

    sample: bytes
    reshape: Callable[[bytes, list[Change]], bytes]
    name: str = "file"
    mapping: str | None = None

    def spoilt(self, changes: list[Change]) -> bytes:
        """The sample after these changes: of an odd number of them the content, else the bytes."""
        return (self.reshape if len(changes) % 2 else changed)(self.sample, changes)

    @property
    def document(self) -> dict[str, Any] | None:
        """The mapping that goes with the sample."""
        return None if self.mapping is None else tomllib.loads((SHIPPED / f"{self.mapping}.toml").read_text("utf-8"))


def changed(data: bytes, changes: list[Change]) -> bytes:
    """Some bytes put in place of others; where there are none to put, a stretch from elsewhere."""
    for place, length, piece, origin in changes:
        at, source = place % (len(data) + 1), origin % (len(data) + 1)
        data = data[:at] + (piece or data[source : source + length * 8]) + data[at + length :]
    return data


def random_changes(chance: Random) -> list[Change]:
    """One to six changes."""
    return [
        (
            chance.randrange(30_000),
            chance.randrange(60),
            b"" if chance.random() < 0.3 else chance.choice(PIECES),
            chance.randrange(30_000),
        )
        for _ in range(chance.randint(1, 6))
    ]


def _elements_changed(data: bytes, changes: list[Change]) -> bytes:
    """Well-formed XML of which elements were dropped, doubled, moved elsewhere, renamed or given another text."""
    root = etree.fromstring(data)
    for place, deed, piece, origin in changes:
        nodes = list(root.iter())
        one, other = nodes[place % len(nodes)], nodes[origin % len(nodes)]
        parent = one.getparent()
        if deed % 5 == 0 and parent is not None:
            parent.remove(one)
        elif deed % 5 == 1 and parent is not None:
            parent.append(deepcopy(one))
        elif deed % 5 == 2 and len(nodes) < 2_000:
            one.append(deepcopy(other))
        elif deed % 5 == 3:
            one.tag = other.tag
        else:
            one.text = "".join(letter for letter in piece.decode("latin-1") if letter.isprintable()) or "0"
    return etree.tostring(root)


def _sheet_changed(data: bytes, changes: list[Change]) -> bytes:
    """The workbook with its sheet altered, since any other byte only breaks the archive."""
    alter = changed if changes[0][0] % 2 else _elements_changed
    return with_part(data, _SHEET, lambda old: alter(old, changes))


FORMS: dict[str, Form] = {
    "csv": Form(_CSV, cells_changed),
    "mobile-money": Form(_WALLETS, cells_changed, mapping="mobile-money"),
    "ndjson": Form(NDJSON, members_changed, name="file.ndjson"),
    "parquet": Form(written(TABLE), typed_columns),
    "xlsx": Form(workbook([good("R-1"), good("R-2", 2.5), good("R-3", "=1+1")]), _sheet_changed),
    "goaml": Form(report(transaction("T-1", _SIDES), transaction("T-2", _SIDES)).encode(), _elements_changed),
    "pacs.008": Form(pacs008(transfer(1), transfer(2), transfer(1)).encode(), _elements_changed),
    "pacs.009": Form(PACS009.encode(), _elements_changed),
    "pain.001": Form(PAIN001.encode(), _elements_changed),
    "camt.053": Form(statement(*_ENTRIES).encode(), _elements_changed),
    "camt.054": Form(notification(*_ENTRIES).encode(), _elements_changed),
    "mt103": Form((mt103(1) + mt103(2) + mt103(1)).encode(), changed),
}
