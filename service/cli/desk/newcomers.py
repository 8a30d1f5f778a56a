"""Whether a partner may be registered for the sake of a submission: only where nothing but the file can still be refused.

A file that is refused as a whole is recorded with its receipt, so its partner must then be registered.
"""

from __future__ import annotations

from schemas.errors import NotFound, RequestInvalid
from schemas.handling import DEFAULT, HandlingAsked, tightened


def require_nothing_amiss(
    partner: str, *, replaces: str | None, key: str | None, handling: HandlingAsked | None
) -> None:
    """Raises what the intake would say to a partner who has sent nothing yet. The mapping has been read before."""
    if handling is not None:
        tightened(DEFAULT, handling)
    if replaces is not None:
        raise NotFound(
            "there is no such batch of this partner, who is not registered yet", where=partner, value=replaces,
            remedy="Check --as and --replaces; thalweg batches list shows what there is.",
        )  # fmt: skip
    if key is not None and not key.isprintable():
        raise RequestInvalid("an idempotency key is printable text", where="--key", remedy="Use letters and digits.")
