"""What was agreed with a partner for all that it submits, as the ledger shows it."""

from __future__ import annotations

from schemas.handling import DEFAULT, Handling
from service.access.accounts import Query


def agreed(query: Query, partner: str) -> Handling:
    """What holds for the submissions of a partner where nothing else is said of one."""
    rows = query("select handling from current_partner_handling where partner = ?", [partner])
    return Handling.model_validate_json(rows[0][0]) if rows else DEFAULT
