"""From a request to what a submission asks for, and from what became of it to an answer: the same for every way in."""

from __future__ import annotations

import re
from typing import Any

from fastapi.responses import JSONResponse

from schemas.canonical import parse_json, sha256
from schemas.errors import KeyMissing, MappingInvalid, RequestInvalid, ThalwegError
from schemas.handling import HandlingAsked, read_asked, tightened
from schemas.mapping import Mapping, parse_mapping, read_mapping, shipped_mapping
from service.access.operator import Operator
from service.http.deps import Caller
from service.http.errors import plain_problem
from service.http.shapes import BatchOut, Rehearsal
from service.intake.receive import Outcome
from service.ledger import views
from service.uploads.asked import Asked
from service.uploads.queue import Result

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def asked_of(caller: Caller, fields: dict[str, str], *, key: str | None, rehearsal: bool = False) -> Asked:
    """What a request asks for. `fields` are those of `POST /v1/batches`, from its query or its form.

    Raises RequestInvalid, MappingInvalid, KeyMissing.
    """
    if key is not None and not key.isprintable():
        raise RequestInvalid("an idempotency key is printable text", where="Idempotency-Key")
    mapping = mapping_of(fields.get("mapping", ""))
    partner, handling = for_whom(caller, fields.get("partner", "")), read_asked(fields.get("handling", ""))
    _require_agreed(caller, partner, handling, key)
    return Asked(
        partner=partner,
        name=fields.get("name") or "submission",
        mapping=None if mapping is None else mapping.model_dump(mode="json", by_alias=True, exclude_none=True),
        replaces=fields.get("replaces") or None,
        key=key,
        actor=caller.actor.actor,
        role=caller.actor.role,
        session=caller.actor.session,
        rehearsal=rehearsal,
        handling=handling.document(),
    )


def _require_agreed(caller: Caller, partner: str, handling: HandlingAsked, key: str | None) -> None:
    """Raise RequestInvalid, before the bytes come, where less is asked for than is agreed. What was recorded under the key is
    answered as before, whatever has been agreed since."""
    house = caller.office.house
    if handling.document() is not None and (
        key is None or views.batch_of_key(house.ledger, partner, sha256(key.encode())) is None
    ):
        tightened(house.handling.of_partner(partner), handling)


def require_key(caller: Caller, key: str | None, *, rehearsal: bool) -> None:
    """Raise KeyMissing where the settings ask for an idempotency key and there is none. A rehearsal has no effect to repeat."""
    if key is None and caller.office.settings.require_idempotency_key and not rehearsal:
        raise KeyMissing(
            "a submission here needs an idempotency key",
            where="Idempotency-Key",
            remedy="Send a new one with each new submission, and the same again when you try again.",
        )


def for_whom(caller: Caller, named: str) -> str:
    """Whose submission it is: what an operator names, and for anybody else their own partner, whatever they name."""
    person = caller.person
    if isinstance(person, Operator):
        if not named:
            raise RequestInvalid("an operator says for whom", where="partner", remedy="Name a registered partner.")
        return named
    if person.partner is None:
        caller.office.gate.refuse(person, "an account without a partner", "submission")
    if named not in ("", person.partner):
        raise RequestInvalid(
            f"this key submits for {person.partner} alone", where="partner", value=named, remedy="Leave it out."
        )
    return person.partner


def mapping_of(text: str) -> Mapping | None:
    """The mapping that a submission names, or that it brings along as TOML or JSON; None for the Thalweg format."""
    if not text.strip():
        return None
    if _NAME.fullmatch(text):
        return shipped_mapping(text)
    if not text.lstrip().startswith("{"):
        return read_mapping(text)
    try:
        document = parse_json(text)
    except ThalwegError as error:
        raise MappingInvalid(error.why, where="mapping") from error
    return parse_mapping(document)


def answer_to(result: Result, headers: dict[str, str] | None = None) -> JSONResponse:
    """201 for what was accepted, 200 for what was before or was only rehearsed, 422 for what was refused as a whole."""
    if result.outcome is None:
        return JSONResponse(Rehearsal(**result.rehearsed or {}).model_dump(mode="json"), headers=headers)
    return _answer(result.outcome, headers or {})


def _answer(outcome: Outcome, headers: dict[str, str]) -> JSONResponse:
    out = BatchOut.of(outcome.batch, outcome.receipt)
    headers = {"location": f"/v1/batches/{out.batch}"} | headers
    if outcome.batch.status != "refused":
        return JSONResponse(out.model_dump(mode="json"), 200 if outcome.repeated else 201, headers=headers)
    told: dict[str, Any] = parse_json(outcome.batch.refusal) if outcome.batch.refusal else {}
    problem = plain_problem(
        422,
        told.get("why", "the submission is refused as a whole"),
        slug=told.get("type", "submission-refused"),
        remedy=told.get("remedy", f"See /v1/batches/{out.batch}/rejects, mend the file and submit it again."),
    ).model_copy(update={"field": told.get("where"), "value": told.get("value")})
    body = problem.model_dump(exclude_none=True) | {"batch": out.model_dump(mode="json")}
    return JSONResponse(body, 422, headers=headers, media_type="application/problem+json")
