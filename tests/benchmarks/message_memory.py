"""How much memory and time a large message takes: a camt.053 statement or a goAML report of the asked size, read by the intake's own child.

The peak is the resident memory of the child (`VmHWM`), its libraries included.

    python tests/benchmarks/message_memory.py [--megabytes 1024] [--kind camt.053|goaml]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

BAR_MEGABYTES = 500  # of a million bytes, as `peak` is told
_ENTRY = (
    "<Ntry><NtryRef>N{n}</NtryRef><Amt Ccy='EUR'>{n}.25</Amt><CdtDbtInd>{way}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
    "<BookgDt><Dt>2025-03-{day:02d}</Dt></BookgDt><ValDt><Dt>2025-03-{day:02d}</Dt></ValDt><AcctSvcrRef>SR{n}</AcctSvcrRef>"
    "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
    "<NtryDtls><TxDtls><Refs><EndToEndId>E2E-{n}</EndToEndId><TxId>TX-{n}</TxId></Refs><Amt Ccy='EUR'>{n}.25</Amt>"
    "<RltdPties><Dbtr><Pty><Nm>Payer {n}</Nm><PstlAdr><StrtNm>Street {n}</StrtNm><BldgNb>{day}</BldgNb><PstCd>1000</PstCd>"
    "<TwnNm>Town</TwnNm><Ctry>BE</Ctry></PstlAdr><Id><PrvtId><Othr><Id>ID{n}</Id></Othr></PrvtId></Id></Pty></Dbtr>"
    "<DbtrAcct><Id><Othr><Id>{other:012d}</Id></Othr></Id></DbtrAcct></RltdPties>"
    "<RltdAgts><DbtrAgt><FinInstnId><BICFI>GEBABEBB</BICFI></FinInstnId></DbtrAgt></RltdAgts>"
    "<RmtInf><Ustrd>Invoice {n} of the month, paid in full with thanks and kind regards</Ustrd></RmtInf>"
    "</TxDtls></NtryDtls></Ntry>\n"
)
_STATEMENT = (
    "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'><BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId>"
    "<CreDtTm>2025-04-01T06:00:00+02:00</CreDtTm></GrpHdr><Stmt><Id>S1</Id><Acct><Id><IBAN>BE71096123456769</IBAN></Id>"
    "<Ownr><Nm>Owner</Nm></Ownr></Acct>\n"
)
_ACCOUNT = "<institution_name>Bank</institution_name><swift>BANKNENI</swift><account>{other:012d}</account>"
_TRANSACTION = (
    "<transaction><transactionnumber>T-{n}</transactionnumber><transaction_location>Town</transaction_location>"
    "<transaction_description>Payment {n} as instructed by the customer at the counter</transaction_description>"
    "<date_transaction>2025-03-{day:02d}T00:00:00</date_transaction><transmode_code>C</transmode_code>"
    "<amount_local>{n}.00</amount_local>"
    "<t_from_my_client><from_funds_code>E</from_funds_code><from_person><gender>F</gender><first_name>First</first_name>"
    "<last_name>Name {n}</last_name><birthdate>1980-01-01T00:00:00</birthdate><id_number>ID{n}</id_number></from_person>"
    "<from_country>NE</from_country></t_from_my_client>"
    f"<t_to><to_funds_code>E</to_funds_code><to_account>{_ACCOUNT}</to_account><to_country>ML</to_country></t_to>"
    "</transaction>\n"
)
_REPORT = (
    "<report><rentity_id>7</rentity_id><submission_code>E</submission_code><report_code>STR</report_code>"
    "<submission_date>2025-04-01T00:00:00</submission_date><currency_code_local>XOF</currency_code_local>\n"
)
_READ = (
    "import json, sys\n"
    "from service.intake.jobs import read\n"
    "found = read(json.loads(sys.argv[1]), lambda _: None)\n"
    "peak = next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM'))\n"
    "print(json.dumps({'peak': (int(peak) << 10) // 10**6, **{k: found[k] for k in ('status', 'rows', 'accepted', 'refusal')}}))\n"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--kind", choices=("camt.053", "goaml"), default="camt.053")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "message.xml"
        with path.open("wb") as handle:
            for piece in _message(asked.kind, asked.megabytes << 20):
                handle.write(piece)
        begun = time.perf_counter()
        found = _read(path, Path(place))
        took = time.perf_counter() - begun
    print(
        f"{asked.kind}, {asked.megabytes} MiB, {found['rows']:,} rows, {found['accepted']:,} accepted, in {took:.0f} s: "
        f"peak {found['peak']} MB resident (bar {BAR_MEGABYTES})"
    )
    if found["status"] != "read" or found["rows"] != found["accepted"] or found["peak"] > BAR_MEGABYTES:
        sys.exit(f"not as it should be: {found}")


def _message(kind: str, size: int) -> Iterator[bytes]:
    head, record, end = (
        (_STATEMENT, _ENTRY, "</Stmt></BkToCstmrStmt></Document>")
        if kind == "camt.053"
        else (_REPORT, _TRANSACTION, "</report>")
    )
    yield head.encode()
    written, n = len(head), 1
    while written < size:
        rows = (
            record.format(n=each, way="CRDT" if each % 3 else "DBIT", day=each % 28 + 1, other=each * 7919 % 10**7)
            for each in range(n, n + 1_000)
        )
        piece = "".join(rows).encode()
        yield piece
        written, n = written + len(piece), n + 1_000
    yield end.encode()


def _read(path: Path, place: Path) -> dict[str, object]:
    import json

    from service.children import _FIXED_VARIABLES

    out = place / "out"
    out.mkdir()
    payload = {"original": str(path), "institution": "BANK", "received_at": "2026-01-01T00:00:00Z", "out": str(out)}
    told = subprocess.run(
        [sys.executable, "-c", _READ, json.dumps(payload)],
        check=True,
        capture_output=True,
        text=True,
        env=_FIXED_VARIABLES | {"PATH": "/usr/bin:/bin", "POLARS_MAX_THREADS": "1"},
    )
    found: dict[str, object] = json.loads(told.stdout)
    return found


if __name__ == "__main__":
    main()
