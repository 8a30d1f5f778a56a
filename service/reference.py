"""The shelf of reference tables in a home: loaded whole or not at all, kept by digest, the latest of each kind in use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from detectors.references import default_reference, parse_reference
from schemas.canonical import parse_json, sha256
from schemas.errors import ReferenceInvalid
from schemas.reference import REFERENCE_KINDS
from service.durable import write_durably
from service.home import Home
from service.journal.append import Journal
from service.ledger.ledger import Ledger


class ReferenceShelf:
    """Load tables and say which are in use."""

    def __init__(self, home: Home, journal: Journal, ledger: Ledger) -> None:
        self._home, self._journal, self._ledger = home, journal, ledger

    def load(
        self, kind: str, data: bytes, *, name: str, base_currency: str, actor: str, role: str, session: str = ""
    ) -> str:
        """Take a table into use and give its digest. Raises ReferenceInvalid; then the table in use stays as it was.

        The same bytes that are in use already are not loaded again.
        """
        rows = parse_reference(kind, data, name)
        if kind == "fx" and rows["base"][0] != base_currency:
            raise ReferenceInvalid(
                f"the rates are in {rows['base'][0]}, but this ledger counts in {base_currency}",
                where=name,
                remedy="Convert the rates, or set THALWEG_BASE_CURRENCY before the first run.",
            )
        digest = sha256(data)
        if self._in_use().get(kind) == digest:
            return digest
        write_durably(self._home.reference / f"{digest}.csv", data)
        payload = {"kind": kind, "digest": digest, "name": Path(name).name, "rows": rows.height}
        self._ledger.project(
            self._journal.append("reference.loaded", payload, actor=actor, role=role, session=session, object=kind)
        )
        return digest

    def current(self) -> dict[str, str]:
        """The digest of the table in use, by kind. A kind that nobody has loaded yet gets the table that ships with Thalweg."""
        in_use = self._in_use()
        for kind in REFERENCE_KINDS:
            if kind not in in_use:
                data = default_reference(kind)
                base = parse_reference(kind, data)["base"][0] if kind == "fx" else ""
                in_use[kind] = self.load(
                    kind, data, name=f"{kind}.csv", base_currency=base, actor="thalweg", role="system"
                )
        return in_use

    def loaded(self) -> dict[str, dict[str, Any]]:
        """The tables that were loaded and are in use, by kind: digest, name, rows and when. What they hold is not in it."""
        rows = self._ledger.query("select kind, payload, recorded_at from references_loaded order by seq")
        told = {str(kind): parse_json(payload) | {"at": str(at)} for kind, payload, at in rows}
        return {
            kind: {name: each[name] for name in ("digest", "name", "rows", "at")} for kind, each in sorted(told.items())
        }

    def _in_use(self) -> dict[str, str]:
        rows = self._ledger.query("select kind, digest from references_loaded order by seq")
        return {str(kind): str(digest) for kind, digest in rows}
