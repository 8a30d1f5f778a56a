"""How an originator wants its data handled, and what becomes of it when data of several are put together: the strictest of all.

The labels are those of the Traffic Light Protocol 2.0 (FIRST). What a label forbids is decided here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from schemas.canonical import parse_json
from schemas.errors import HandlingForbids, IntegrityError, RequestInvalid

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


class HandlingAsked(BaseModel):
    """What a submitter says of one submission as it sends it. What it leaves out is as agreed with the partner."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tlp: Tlp | None = None
    purpose: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] | None = None
    use: Use | None = None
    onward: Onward | None = None
    caveats: tuple[Caveat, ...] = Field(default=(), max_length=20)

    def document(self) -> dict[str, Any] | None:
        """What was said, and nothing that was not; None where that is nothing."""
        return self.model_dump(mode="json", exclude_defaults=True) or None


DEFAULT = Handling()
"""What holds where an originator has said nothing: shared with nobody outside before it consents."""


def read_asked(text: str) -> HandlingAsked:
    """What a submitter says of the handling, from JSON. Raises RequestInvalid, naming the field."""
    try:
        return HandlingAsked.model_validate(parse_json(text) if text.strip() else {})
    except IntegrityError as error:
        raise RequestInvalid(error.why, where="handling", remedy='Write it as JSON: {"tlp": "RED"}') from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(["handling", *(str(part) for part in first["loc"])])
        remedy = "It has `tlp`, `purpose`, `use`, `onward` and `caveats`; see docs/api.md."
        raise RequestInvalid(first["msg"], where=field, remedy=remedy) from error


def tightened(agreed: Handling, asked: HandlingAsked) -> Handling:
    """What holds for a submission of which its sender said something: what was agreed, and stricter where that was asked.

    Caveats are added to those agreed. Raises RequestInvalid for a limit looser than the one agreed.
    """
    for name, word, holds in _looser(agreed, asked):
        raise RequestInvalid(
            f"this is looser than what was agreed with the partner: {holds}",
            where=f"handling.{name}",
            value=word,
            remedy=f"Leave it out or say {holds} or stricter. To release a submission, say so of it once it is there.",
        )
    caveats = (*agreed.caveats, *(each for each in asked.caveats if each not in agreed.caveats))
    if len(caveats) > 20:
        raise RequestInvalid("a submission has 20 caveats at most, those agreed among them", where="handling.caveats")
    said = asked.model_dump(exclude={"caveats"}, exclude_none=True)
    return agreed.model_copy(update={**said, "caveats": caveats})


def require_no_looser(held: Handling, said: Handling) -> None:
    """Raise HandlingForbids where the unit says of a submission less than what holds for it: its partner alone releases it."""
    loose = [name for name, _, _ in _looser(held, said)]
    if not set(held.caveats) <= set(said.caveats):
        loose.append("caveats")
    for name in loose:
        raise HandlingForbids(
            "this is looser than what holds for the submission",
            where=name,
            remedy="Its partner alone may release it, by an account of its own.",
        )


def kept(before: Handling, now: Handling) -> Handling:
    """What holds for what was sent while `before` was agreed, once `now` is: of each limit the stricter, and every caveat."""
    return now.model_copy(update=together([before, now]).model_dump(include={"tlp", "use", "onward", "caveats"}))


def _looser(held: Handling, said: Handling | HandlingAsked) -> Iterator[tuple[str, str, str]]:
    """The limits of which less is said than holds: name, what is said, what holds."""
    limits: tuple[tuple[str, Sequence[str]], ...] = (("tlp", TLP), ("use", _USES), ("onward", _ONWARD))
    for name, order in limits:
        word, holds = getattr(said, name), getattr(held, name)
        if word is not None and order.index(word) < order.index(holds):
            yield name, word, holds


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
