"""Registers partner missions: who may submit, and the institution that their accounts belong to."""

from __future__ import annotations

import re
import threading
from typing import Final

from schemas.errors import Conflict, NotFound, RequestInvalid
from service.journal.append import Journal
from service.ledger import views
from service.ledger.ledger import Ledger
from service.ledger.views import Partner

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_LONGEST: Final = {"name": 256, "institution": 64}
_registering = threading.Lock()


def register(
    journal: Journal,
    ledger: Ledger,
    *,
    partner: str,
    name: str,
    institution: str,
    actor: str,
    role: str,
    session: str = "",
) -> Partner:
    """Register a partner under a short id of your choice (`bank-a`); it is part of the order of transactions, so it stays.

    Registering the same again gives what stands. Raises RequestInvalid for a bad id, name or institution code, and Conflict
    where the id is taken by another name or institution.
    """
    if not _ID.fullmatch(partner):
        raise RequestInvalid(
            "a partner's id is 1 to 64 lower-case letters, digits and hyphens", where="partner", value=partner
        )
    for field, text in (("name", name), ("institution", institution)):
        if not text.strip() or len(text) > _LONGEST[field] or not text.isprintable():
            why = f"must be 1 to {_LONGEST[field]} printable characters"
            raise RequestInvalid(f"a partner's {field} {why}", where=field, value=text)
    if "|" in institution:
        raise RequestInvalid(
            "an institution code must not hold '|', which joins it to the account",
            where="institution",
            value=institution,
        )
    with _registering:
        ledger.catch_up()
        found = _standing(ledger, partner)
        if found is not None:
            if (found.name, found.institution) != (name, institution):
                raise Conflict(
                    "this partner is registered with another name or institution",
                    where=partner,
                    remedy="Choose another id; what was submitted under this one keeps its meaning.",
                )
            return found
        payload = {"partner": partner, "name": name, "institution": institution}
        recorded = journal.append(
            "partner.registered", payload, actor=actor, role=role, session=session, object=partner
        )
        ledger.project(recorded)
    return views.partner(ledger, partner)


def _standing(ledger: Ledger, partner: str) -> Partner | None:
    try:
        return views.partner(ledger, partner)
    except NotFound:
        return None
