"""Following money for somebody, for the pages and the API alike: out of the budget of readings, with an entry that names the purpose."""

from __future__ import annotations

from service.flows.found import Found
from service.flows.over import follow_in
from service.flows.question import Question
from service.http import caveats
from service.http.deps import Caller
from service.http.purposes import require_purpose


def follow_for(caller: Caller, asked: Question, purpose: str) -> Found:
    """Follow the money, and an entry that it was. Nothing is shown without the entry. Raises as `follow`, RateLimited, and
    RequestInvalid where no purpose is given: whoever looks into accounts says what for. What was given for named people alone is
    left out, as if it had not been sent."""
    purpose = require_purpose(purpose)
    asked = asked.checked()
    started = {"account": asked.account} if asked.account else {"batch": asked.batch, "reference": asked.reference}
    payload: dict[str, str | int] = {
        "direction": asked.direction,
        "method": asked.method,
        "value": asked.value,
        **started,
    }
    caller.office.gate.note_following(caller.person, payload, asked.batch, purpose)
    found = follow_in(caller.office.house, asked, without=caveats.red_rows(caller))
    caller.shown.batches.update(step.batch for step in found.steps)
    return found
