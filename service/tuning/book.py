"""Propose how a detector is set, and decide on it: each an entry, and only a second person puts a proposal to use.

Runs take what holds when they start and name it in their manifest. Going back to the file is a proposal like any other.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from detectors.api import Detector
from schemas.detector import DetectorMeta
from schemas.errors import AccessDenied, Conflict, NotFound, RequestInvalid
from service.access.roles import OPERATOR, Actor
from service.journal.append import Recorded
from service.ledger.ledger import Ledger
from service.runs.backtest import read_params
from service.tuning.setting import AS_SHIPPED, Answer, Setting, in_force, may_be, proposals

_LONGEST_WHY = 1000
_OF_A_TRIAL = ("since", "until", "findings", "accounts", "snapshot", "silent_for")


class Tuning:
    """How the detectors of a house are set."""

    def __init__(self, ledger: Ledger, record: Callable[..., Recorded], find: Callable[[str], Detector]) -> None:
        """`find` gives a detector by id as its file is now, or raises NotFound."""
        self._ledger, self._record, self._find = ledger, record, find
        self._acting = threading.Lock()

    def proposals(self, detector: str | None = None) -> list[Answer]:
        """Every proposal, or those about one detector; newest first."""
        return [each for each in proposals(self._ledger) if detector is None or each["detector"] == detector]

    def held(self) -> dict[str, Answer]:
        """What holds, by detector: the approved proposals that are in force."""
        return in_force(self.proposals())

    def propose(
        self,
        detector: str,
        *,
        params: Mapping[str, str],
        status: str | None,
        why: str,
        by: Actor,
        reset: bool = False,
        tried: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Propose to set numbers and a status, the rest staying as it is, or with `reset` to go back to the file. `tried` is what a
        backtest of just these numbers told.

        Raises NotFound; RequestInvalid for a number or a status that does not fit, and without a reason; Conflict where that is set
        already or another change of this detector waits.
        """
        why = _said(why)
        with self._acting:
            found = self._find(detector)
            known = self.proposals(detector)
            was = self.now(detector, known)
            wanted = AS_SHIPPED if reset else changed(found.meta, was, read_params(found.meta, params), status)
            if any(each["state"] == "waiting" for each in known):
                raise Conflict("a change of this detector waits already", remedy="Have it decided first.")
            if wanted == was:
                raise Conflict("the detector is set so already")
            if tried is not None and dict(tried["numbers"]) != dict(wanted.params):
                raise RequestInvalid("this backtest tried other numbers", where="backtest", remedy="Try these first.")
            payload = wanted.told | {
                "proposal": f"d_{secrets.token_hex(8)}",
                "detector": detector,
                "was": was.told,
                "why": why,
                "logic_hash": found.logic_hash,
                "tried": None if tried is None else {name: tried[name] for name in _OF_A_TRIAL},
            }
            self._tell("detector.proposed", payload, by)
        return self._proposal(detector, str(payload["proposal"]))

    def decide(self, detector: str, proposal: str, act: str, *, why: str, by: Actor) -> Answer:
        """Approve a proposal, for runs from now on, or refuse it. Whoever made it may refuse it, and so take it back.

        Raises NotFound; AccessDenied for approving one's own and for the operator, who is nobody by name; Conflict where it is
        decided, or the detector has changed since; RequestInvalid for an unknown act, and without a reason to refuse.
        """
        if by.role == OPERATOR.role:
            raise AccessDenied(
                "the operator may not decide how detectors are set",
                remedy="A supervisor does it by name: serve the directory and call with the key of their account.",
            )
        if act not in {"approve", "refuse"}:
            raise RequestInvalid("there is no such act", where="act", value=act, remedy="approve or refuse.")
        why = _said(why) if act == "refuse" or why.strip() else ""
        with self._acting:
            made = self._proposal(detector, proposal)
            if made["state"] != "waiting":
                raise Conflict("this is decided already", value=proposal)
            if act == "approve":
                if made["proposed_by"] == by.actor:
                    raise AccessDenied("who proposed this may not approve it", remedy="Ask another supervisor.")
                if made["logic_hash"] != self._find(detector).logic_hash:
                    raise Conflict(
                        "the detector has changed since this was proposed", remedy="Refuse it and propose again."
                    )
            told = {"proposal": proposal, "detector": detector, "act": act, "why": why}
            self._tell("detector.decided", told, by)
        return self._proposal(detector, proposal)

    def now(self, detector: str, known: list[Answer] | None = None) -> Setting:
        """How a detector is set."""
        held = in_force(self.proposals(detector) if known is None else known).get(detector)
        return AS_SHIPPED if held is None else Setting.of(held)

    def _proposal(self, detector: str, proposal: str) -> Answer:
        for found in self.proposals(detector):
            if found["proposal"] == proposal:
                return found
        raise NotFound("there is no such proposal", value=proposal, remedy="The page of the detector lists them.")

    def _tell(self, kind: Any, payload: Answer, by: Actor) -> None:
        self._record(kind, payload, actor=by.actor, role=by.role, session=by.session, object=payload["detector"])


def changed(
    meta: DetectorMeta, was: Setting, numbers: Mapping[str, int | Decimal], status: str | None = None
) -> Setting:
    """A setting with some numbers, and the status where one is given, changed. What is then the file's own is not in it."""
    if status:
        may_be(meta, status)
    merged = dict(was.params) | {name: str(value) for name, value in numbers.items()}
    other = {
        name: text
        for name, text in merged.items()
        if name not in meta.params or Decimal(text) != Decimal(meta.params[name].default)
    }
    kept = status or was.status
    return Setting(other, "" if kept == meta.status else kept)


def _said(why: str) -> str:
    if not why.strip() or len(why) > _LONGEST_WHY:
        raise RequestInvalid("say why, in a few words", where="why", remedy=f"At most {_LONGEST_WHY} characters.")
    return why.strip()
