"""What a proposal stands on, frozen: one file with the alerts, their transactions, the checklist and the files' digests.

It is kept as an original under its SHA-256, so that whoever decides, and whoever asks years later, reads the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from schemas.canonical import canonical_json, sha256
from schemas.case import Case
from schemas.errors import DigestMismatch
from service.alerts.book import Alert
from service.durable import write_durably
from service.home import Home
from service.ledger import views
from service.ledger.views import Reads

VERSION = 1


def frozen(ledger: Reads, case: Case, alerts: Sequence[Alert]) -> bytes:
    """The canonical JSON of everything that a proposal stands on. Money and times are text, as in the API."""
    return canonical_json(
        {
            "v": VERSION,
            "case": case.id,
            "revision": case.revision,
            "title": case.title,
            "alerts": [_alert(ledger, each) for each in alerts],
            "checklist": [each.model_dump(mode="json") for each in case.checklist],
            "attachments": [each.model_dump(mode="json") for each in case.attachments if not each.removed],
        }
    )


def keep(home: Home, data: bytes) -> str:
    """Keep the bytes under their digest, durably; the digest."""
    digest = sha256(data)
    path = home.originals / digest
    if not path.exists():
        write_durably(path, data)
    return digest


def read(home: Home, digest: str) -> bytes:
    """The bytes that were kept under a digest. Raises DigestMismatch where they are gone or are not those."""
    path = home.originals / digest
    data = path.read_bytes() if path.is_file() else b""
    if not path.is_file() or sha256(data) != digest:
        raise DigestMismatch(
            "a file of a case is missing or changed",
            where=f"originals/{digest}",
            remedy="Put the file back from a copy; `thalweg verify` names every file that is not as recorded.",
        )
    return data


def _alert(ledger: Reads, alert: Alert) -> dict[str, Any]:
    references = [(each["batch"], each["reference"]) for each in alert["body"]["evidence"]]
    rows = views.transactions(ledger, references).drop("seq", "extra", strict=False).to_dicts()
    return {
        "alert": alert["alert"],
        "version": alert["version"],
        "run": alert["run"],
        "body": {name: value for name, value in alert["body"].items() if name != "place"},  # never which are the sample
        "transactions": [{name: _plain(value) for name, value in row.items()} for row in rows],
    }


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, Decimal | date):
        return str(value)
    return value
