"""Whatever becomes of a message on its way, its records are accounted for, nothing crashes, nothing hangs.

A few hundred changes run with the other tests; `THALWEG_FUZZ_SECONDS=60 pytest tests/service/intake/test_mutated_messages.py -m slow`
goes on for so long with each reader.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from support.goaml_reports import account, both, entity, report, transaction
from support.iso_messages import PACS009, PAIN001, booked, details, pacs008, statement, transfer
from support.swift_messages import mt103
from support.workbooks import good, with_part, workbook

from service.intake.jobs import read
from service.intake.rejects import SENTENCES

_OTHER = "<RltdPties><Dbtr><Nm>Ines</Nm></Dbtr><DbtrAcct><Id><IBAN>BE71096123456769</IBAN></Id></DbtrAcct></RltdPties>"
_SIDES = both(f"<from_account>{account('41')}</from_account>", f"<to_entity>{entity()}</to_entity>")
_BOOK = workbook([good("R-1"), good("R-2", 2.5), good("R-3", "=1+1")])
SAMPLES: dict[str, bytes] = {
    "pacs.008": pacs008(transfer(1), transfer(2), transfer(1)).encode(),
    "pacs.009": PACS009.encode(),
    "pain.001": PAIN001.encode(),
    "camt.053": statement(booked("CRDT", "5.00", details(_OTHER, "")), booked("DBIT", "6.00")).encode(),
    "goaml": report(transaction("T-1", _SIDES), transaction("T-2", _SIDES)).encode(),
    "mt103": (mt103(1) + mt103(2) + mt103(1)).encode(),
    "xlsx": _BOOK,
}
_SHEET = "xl/worksheets/sheet1.xml"
_PIECES = [
    *(
        b"<",
        b">",
        b"</",
        b"&",
        b"&amp;",
        b"&#0;",
        b"&x;",
        b"<!--",
        b"<![CDATA[",
        b"<!DOCTYPE a>",
        b"<?a?>",
        b'"',
        b"\x00",
        b"\xff",
    ),
    *(
        b"\n",
        b"\r\n",
        b"<Nm>",
        b"</Nm>",
        b"<a/>",
        b"9" * 40,
        b"-1",
        b"1e9",
        b"2025-02-30",
        b"-}",
        b"{1:",
        b"{4:",
        b":32A:",
        b"$",
    ),
    *(
        b"\xc2\x85",
        b"\xe2\x80\xae",
        b"#2",
        b"/",
        b"|",
        b"NaN",
        b'r="99999999"',
        b't="e"',
        b"<f>",
        b"</row>",
        "é".encode("cp1252"),
    ),
]
Change = tuple[int, int, bytes, int]
_change = st.tuples(
    st.integers(0, 30_000),
    st.integers(0, 60),
    st.one_of(st.sampled_from(_PIECES), st.binary(max_size=3)),
    st.integers(0, 30_000),
)


def changed(data: bytes, changes: list[Change]) -> bytes:
    """Some bytes put in place of others; where there are none to put, a stretch from elsewhere."""
    for place, length, piece, origin in changes:
        at, source = place % (len(data) + 1), origin % (len(data) + 1)
        data = data[:at] + (piece or data[source : source + length * 8]) + data[at + length :]
    return data


def reshaped(data: bytes, changes: list[Change]) -> bytes:
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


def mutated(kind: str, changes: list[Change]) -> bytes:
    """A changed message; of a workbook mostly the sheet inside, since any other byte only breaks the archive."""
    alter = reshaped if len(changes) % 2 and kind != "mt103" else changed
    if kind == "xlsx" and len(changes) != 2:
        return with_part(_BOOK, _SHEET, lambda old: alter(old, changes))
    if kind != "xlsx":
        return alter(SAMPLES[kind], changes)
    return changed(SAMPLES[kind], changes)


def check(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        original = Path(folder) / "original"
        original.write_bytes(data)
        payload = {
            "original": str(original),
            "institution": "BANK",
            "received_at": "2026-01-01T00:00:00Z",
            "out": folder,
        }
        found = read(payload | {"max_reject_per_mille": 999}, lambda _: None)
        assert found["rows"] == found["accepted"] + found["duplicates"] + found["rejected"]
        assert found["status"] == "read" or found["refusal"]["why"]
        if found["rejects"]:
            rejects = pl.read_parquet(found["rejects"])
            assert rejects["line"].n_unique() == found["faulty"]
            assert set(rejects["code"]) <= set(SENTENCES)
        if found["status"] == "read" and found["segment"]:
            references = set(pl.read_parquet(found["segment"])["reference"])
            for path in filter(None, found["beside"].values()):
                assert set(pl.read_parquet(path)["reference"]) <= references
        left = {path.name for path in Path(folder).iterdir()}
        assert not [name for name in left if name.endswith("-read.parquet") or name.startswith("part-")]


@pytest.mark.parametrize("kind", SAMPLES)
@settings(deadline=timedelta(seconds=10), max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(changes=st.lists(_change, min_size=1, max_size=5))
def test_a_changed_message_keeps_the_account_and_never_crashes(kind: str, changes: list[Change]) -> None:
    check(mutated(kind, changes))


@pytest.mark.parametrize("kind", SAMPLES)
def test_a_message_cut_anywhere_is_answered(kind: str) -> None:
    data = SAMPLES[kind]
    for at in range(1, len(data), len(data) // 20):
        check(data[:at])


@pytest.mark.slow
@pytest.mark.parametrize("kind", SAMPLES)
def test_a_message_changed_at_random_for_a_long_time_keeps_the_account(kind: str) -> None:
    seed = int(os.environ.get("THALWEG_FUZZ_SEED", "1"))
    chance, end = random.Random(f"{kind} {seed}"), time.monotonic() + float(os.environ.get("THALWEG_FUZZ_SECONDS", "5"))
    tries = 0
    while time.monotonic() < end:
        changes = [_random_change(chance.randrange, chance) for _ in range(chance.randint(1, 6))]
        data = mutated(kind, changes)
        try:
            check(data)
        except BaseException:
            print(f"seed {seed}, try {tries}: {changes!r}")  # noqa: T201 - to try it again
            raise
        tries += 1
    assert tries > 0


def _random_change(number: Callable[[int], int], chance: random.Random) -> Change:
    piece = b"" if chance.random() < 0.3 else chance.choice(_PIECES)
    return number(30_000), number(60), piece, number(30_000)
