"""Following money for somebody, for the pages and the API alike: out of the budget of readings, with an entry that names the purpose."""

from __future__ import annotations

from schemas.errors import RequestInvalid
from service.flows.found import Found
from service.flows.over import follow_in
from service.flows.question import Question
from service.http import caveats
from service.http.deps import Caller

LONGEST_PURPOSE = 200


def follow_for(caller: Caller, asked: Question, purpose: str) -> Found:
    """Follow the money, and an entry that it was. Nothing is shown without the entry. Raises as `follow`, RateLimited, and
    RequestInvalid where no purpose is given: whoever looks into accounts says what for. HandlingForbids where it passes through
    what was given for named people alone."""
    purpose = " ".join(purpose.split())
    if not purpose:
        raise RequestInvalid(
            "say what it is for", where="purpose", remedy="Name the alert or the matter; it is recorded with your name."
        )
    asked = asked.checked()
    started = {"account": asked.account} if asked.account else {"batch": asked.batch, "reference": asked.reference}
    payload: dict[str, str | int] = {
        "direction": asked.direction,
        "method": asked.method,
        "value": asked.value,
        **started,
    }
    caller.office.gate.note_following(caller.person, payload, asked.batch, purpose[:LONGEST_PURPOSE])
    found = follow_in(caller.office.house, asked)
    batches = {step.batch for step in found.steps}
    caveats.require_rows(caller, batches, "money that was followed")
    caller.shown.batches.update(batches)
    return found
