"""How an originator wants its data handled, and what becomes of it when data of several are put together: the strictest of all.

The labels are those of the Traffic Light Protocol 2.0 (FIRST). What a label forbids is decided here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.errors import HandlingForbids

Tlp = Literal["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]
TLP: tuple[Tlp, ...] = Tlp.__args__  # type: ignore[attr-defined]
Use = Literal["evidence", "intelligence"]
Onward = Literal["free", "consent", "never"]
Recipient = Literal["own_unit", "authority", "foreign_fiu", "public"]
_USES: tuple[Use, ...] = ("evidence", "intelligence")
_ONWARD: tuple[Onward, ...] = ("free", "consent", "never")
Caveat = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Handling(BaseModel):
    """The caveats of one batch, or of what was derived from several.

    `use`: `intelligence` may guide an inquiry and not stand in a proceeding; `evidence` may do both. `onward`: whether others
    may have it, each with the originator's consent, or nobody.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tlp: Tlp = "AMBER"
    purpose: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] = Field(
        default="financial intelligence",
        description="what the originator gave it for",
        examples=["financial intelligence"],
    )
    use: Use = "intelligence"
    onward: Onward = "consent"
    caveats: tuple[Caveat, ...] = Field(
        default=(),
        max_length=20,
        description="in the originator's own words",
        examples=[["Do not contact the customer."]],
    )


DEFAULT = Handling()
"""What holds where an originator has said nothing: shared with nobody outside before it consents."""


def together(parts: Sequence[Handling]) -> Handling:
    """The handling of what is derived from several: of each limit the strictest, and every purpose and caveat."""
    if not parts:
        return DEFAULT
    return Handling(
        tlp=max((part.tlp for part in parts), key=TLP.index),
        purpose="; ".join(sorted({part.purpose for part in parts}))[:200].strip(),
        use=max((part.use for part in parts), key=_USES.index),
        onward=max((part.onward for part in parts), key=_ONWARD.index),
        caveats=tuple(sorted({caveat for part in parts for caveat in part.caveats}))[:20],
    )


def require_export(handling: Handling, *, recipient: Recipient, use: Use, missing_consent: Sequence[str]) -> None:
    """Raise HandlingForbids, naming the limit, where data so handled may not go to this kind of recipient for this use.

    `missing_consent` are the batches whose originator has not agreed to this recipient.
    """
    if _USES.index(use) < _USES.index(handling.use):
        raise HandlingForbids(
            "an originator allows intelligence use alone", where="use", remedy="Ask the originator for it as evidence."
        )
    if handling.tlp == "RED":
        raise _forbidden("RED stays with those who have it, also within the unit")
    if recipient == "own_unit":
        return
    if handling.tlp == "AMBER+STRICT":
        raise _forbidden("AMBER+STRICT stays within the unit")
    if recipient == "public" and handling.tlp != "CLEAR":
        raise _forbidden(f"{handling.tlp} is not for the public")
    if handling.onward == "never":
        raise HandlingForbids(
            "an originator forbids any onward sharing", where="onward", remedy="Ask the originator itself."
        )
    if handling.onward == "consent" and missing_consent:
        raise HandlingForbids(
            "onward sharing needs the consent of the originator",
            where="onward",
            value=", ".join(missing_consent[:3]) + (", …" if len(missing_consent) > 3 else ""),
            remedy="Somebody else records the consent for each of these batches first.",
        )


def _forbidden(why: str) -> HandlingForbids:
    return HandlingForbids(why, where="tlp", remedy="Leave out what carries this label, or ask its originator.")
