"""Propose learned weights, promote them, withdraw them: each an entry, and only a second person puts a proposal to use.

A run takes the weights that are promoted when it starts and names them in its manifest. What they make of an alert stands in the alert.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from detectors.learning.compare import Comparison, Measure
from detectors.learning.decisions import FULL, Decision
from detectors.learning.learn import LEAST_DECISIONS, LEAST_OF_EACH, PRIOR, Proposal, TooFew, learn, shortage
from detectors.learning.order import FORMULA, KIND, Weights, parse_weights, write_weights
from schemas.canonical import parse_json, sha256
from schemas.errors import AccessDenied, Conflict, DigestMismatch, NotFound, RequestInvalid
from service.access.roles import OPERATOR, Actor
from service.durable import write_durably
from service.home import Home
from service.journal.append import Recorded
from service.learning.decisions import decisions, without_bearing
from service.ledger.ledger import Ledger

Answer = dict[str, Any]
AFRESH = 50
"""Decisions that must have come since the last proposal. Who may try again and again on the same ones will once be lucky."""
_LONGEST_WHY = 1000


def promoted(ledger: Ledger) -> str | None:
    """The digest of the weights that order the queue; None where the formula does."""
    rows = ledger.query(
        "select act, model from learning_acts where act in ('promoted', 'withdrawn') order by seq desc limit 1"
    )
    return str(rows[0][1]) if rows and rows[0][0] == "promoted" else None


class Learning:
    """The learned weights of a house."""

    def __init__(self, home: Home, ledger: Ledger, record: Callable[..., Recorded]) -> None:
        self._home, self._ledger, self._record = home, ledger, record
        self._acting = threading.Lock()

    def told(self) -> Answer:
        """What orders the queue, what was proposed (newest first), and what there is to learn from."""
        found = decisions(self._ledger)
        return {
            "promoted": promoted(self._ledger),
            "decisions": _counted(found)
            | {
                "without_bearing": without_bearing(self._ledger),
                "needed": LEAST_DECISIONS,
                "needed_of_each": LEAST_OF_EACH,
                "missing": shortage(found) or self._too_soon(found),
            },
            "proposals": self._proposals(),
        }

    def propose(self, *, by: Actor) -> Answer:
        """Learn from the decisions that there are, and record what came of it, better or not. Raises Conflict where there are too few,
        or too few new ones since the last proposal."""
        with self._acting:
            found = decisions(self._ledger)
            if (early := self._too_soon(found)) is not None:
                raise Conflict(early, remedy="Decide more alerts first.")
            against = promoted(self._ledger)
            made = learn(found, self._weights(against) if against else FORMULA)
            if isinstance(made, TooFew):
                raise Conflict(f"there is not enough to learn from yet: {made.why}", remedy="Decide more alerts first.")
            data = _file(made, found)
            model = sha256(data)
            write_durably(self._home.reference / f"{model}.csv", data)
            payload = _payload(made, found, model, against)
            self._tell("learning.proposed", payload, by)
        return self._proposal(model)

    def promote(self, model: str, *, by: Actor) -> Answer:
        """Put a proposal to use. Raises NotFound; Conflict where it is not the latest, was not better, or was tried against another
        order than the present one; AccessDenied for whoever proposed it, and for the operator, who is nobody by name."""
        if by.role == OPERATOR.role:
            raise AccessDenied(
                "the operator may not promote what orders the queue",
                remedy="A supervisor does it by name: serve the directory and call with the key of their account.",
            )
        with self._acting:
            found = self._proposal(model)
            if found["proposed_by"] == by.actor:
                raise AccessDenied("who proposed this may not promote it", remedy="Ask another supervisor.")
            if found != self._proposals()[0]:
                raise Conflict(
                    "there is a newer proposal", value=model, remedy="Look at that one: thalweg learning show."
                )
            if not found["better"]:
                raise Conflict(
                    "this order was not better than the present one on later decisions",
                    value=model,
                    remedy="The present order stands. Propose again when there are more decisions.",
                )
            if found["against"] != promoted(self._ledger):
                raise Conflict("the present order is not the one that this was tried against", remedy="Propose again.")
            self._weights(model)
            self._tell("learning.promoted", {"model": model, "instead_of": found["against"]}, by)
        return self._proposal(model)

    def withdraw(self, why: str, *, by: Actor) -> Answer:
        """Go back to the formula. Raises Conflict where it orders the queue already, RequestInvalid without a reason."""
        if not why.strip() or len(why) > _LONGEST_WHY:
            raise RequestInvalid("say why, in a few words", where="why", remedy=f"At most {_LONGEST_WHY} characters.")
        with self._acting:
            model = promoted(self._ledger)
            if model is None:
                raise Conflict("the formula orders the queue already")
            self._tell("learning.withdrawn", {"model": model, "why": why.strip()}, by)
        return self._proposal(model)

    def _weights(self, model: str) -> Weights:
        path = self._home.reference / f"{model}.csv"
        data = path.read_bytes() if path.exists() else b""
        if sha256(data) != model:
            raise DigestMismatch("learned weights are missing or changed", where=path.name, remedy="Put the file back.")
        return parse_weights(data, model, path.name)

    def _too_soon(self, found: list[Decision]) -> str | None:
        latest = self._ledger.query("select max(seq) from learning_acts where act = 'proposed'")[0][0]
        since = sum(1 for each in found if latest is None or each.seq > latest)
        if latest is None or since >= AFRESH:
            return None
        return f"{since} decisions count since the last proposal, and {AFRESH} are needed before another"

    def _proposals(self) -> list[Answer]:
        acts = self._ledger.query("select act, model, actor, recorded_at, body from learning_acts order by seq")
        told: dict[str, Answer] = {}
        for act, model, actor, at, body in acts:
            if act == "proposed":
                facts = {name: value for name, value in parse_json(body).items() if name != "files"}
                told.pop(model, None)
                told[model] = facts | {"proposed_by": actor, "proposed_at": at, "acts": []}
            else:
                why = parse_json(body).get("why")
                told[model]["acts"].append({"act": act, "actor": actor, "at": at} | ({"why": why} if why else {}))
        return list(reversed(told.values()))

    def _proposal(self, model: str) -> Answer:
        for found in self._proposals():
            if found["model"] == model:
                return found
        raise NotFound("there is no such proposal", value=model, remedy="thalweg learning show lists them.")

    def _tell(self, kind: Any, payload: Answer, by: Actor) -> None:
        self._record(kind, payload, actor=by.actor, role=by.role, session=by.session, object=payload["model"])


def _file(made: Proposal, found: list[Decision]) -> bytes:
    rows = [
        (detector, each.per_mille, each.record.worth // FULL, each.record.decided // FULL)
        for detector, each in made.learned.items()
    ]
    return write_weights(rows, [f"{KIND}: per mille of the formula's weight", f"decisions up to entry {found[-1].seq}"])


def _payload(made: Proposal, found: list[Decision], model: str, against: str | None) -> Answer:
    return {
        "model": model,
        "files": {f"reference/{model}.csv": model},
        "against": against,
        "decisions": _counted(found),
        "prior": PRIOR,
        "common_per_mille": made.common,
        "detectors": [
            {
                "detector": detector,
                "per_mille": each.per_mille,
                "worth": each.record.worth // FULL,
                "decided": each.record.decided // FULL,
                "shrunk_per_mille": each.shrunk,
            }
            for detector, each in made.learned.items()
        ],
        "comparison": _compared(made.comparison),
        "better": made.comparison.is_better,
    }


def _counted(found: list[Decision]) -> Answer:
    """What there is to learn from. `by_learned_order` were made from a queue that learned weights had ordered already: such decisions
    confirm what was learned more easily than they contradict it."""
    return {
        "count": len(found),
        "worth": sum(each.worth for each in found),
        "sampled": sum(each.sampled for each in found),
        "by_learned_order": sum(each.ordered_by != "" for each in found),
    }


def _compared(found: Comparison) -> Answer:
    def measure(each: Measure) -> Answer:
        return {"per_mille": each.precision, "interval_per_mille": list(each.interval)}

    counts = {name: getattr(found, name) for name in ("decisions", "worth", "sampled", "left_out", "budget")}
    return counts | {name: measure(getattr(found, name)) for name in ("present", "proposed", "gain")}
