"""The part of both desks that tries detectors and sets them: in the house itself, and through a server."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from urllib.parse import quote

from schemas.errors import ChildFailed
from service.access.roles import OPERATOR
from service.cli.desk import Answer, Step
from service.cli.desk.client import Client
from service.cli.printing import OPERATOR_ACTS

if TYPE_CHECKING:
    from service.house import House

_POLL_SECONDS = 0.3


class TuningHere:
    """See `service.cli.desk.Desk`."""

    _house: House

    def backtest(
        self, detector: str, *, since: str, until: str | None, params: dict[str, str], on_step: Step | None
    ) -> Answer:
        backtests = self._house.backtests
        trial = backtests.trial(detector, since=since, until=until, params=params)
        return backtests.carry_out(trial, on_progress=on_step, **OPERATOR_ACTS)

    def detector_proposals(self, detector: str) -> list[Answer]:
        return self._house.tuning.proposals(detector)

    def propose_detector(
        self,
        detector: str,
        *,
        params: dict[str, str],
        status: str | None,
        why: str,
        reset: bool,
        tried: Answer | None,
    ) -> Answer:
        return self._house.tuning.propose(
            detector, params=params, status=status, why=why, by=OPERATOR, reset=reset, tried=tried
        )

    def decide_detector(self, detector: str, proposal: str, act: str, *, why: str) -> Answer:
        return self._house.tuning.decide(detector, proposal, act, why=why, by=OPERATOR)


class TuningThere:
    """See `service.cli.desk.Desk`."""

    _client: Client

    def backtest(
        self, detector: str, *, since: str, until: str | None, params: dict[str, str], on_step: Step | None
    ) -> Answer:
        asked = {"detector": detector, "since": since, "until": until, "params": params}
        found = self._client.post("/v1/detectors/backtests", asked)
        last = None
        while found["status"] == "started":
            time.sleep(_POLL_SECONDS)
            found = self._client.get(f"/v1/detectors/backtests/{found['backtest']}")
            step = found.get("progress")
            if on_step is not None and step and step != last:
                on_step(step)
            last = step
        if found["status"] == "failed":
            raise ChildFailed(found["cause"]["why"], remedy=found["cause"].get("remedy"))
        told: Answer = found["result"] | {"backtest": found["backtest"]}
        return told

    def detector_proposals(self, detector: str) -> list[Answer]:
        told: list[Answer] = self._client.get(f"/v1/detectors/{quote(detector, safe='')}/proposals")
        return told

    def propose_detector(
        self,
        detector: str,
        *,
        params: dict[str, str],
        status: str | None,
        why: str,
        reset: bool,
        tried: Answer | None,
    ) -> Answer:
        asked = {"params": params, "status": status, "why": why, "reset": reset}
        asked |= {"backtest": tried["backtest"]} if tried else {}
        made: Answer = self._client.post(f"/v1/detectors/{quote(detector, safe='')}/proposals", asked)
        return made

    def decide_detector(self, detector: str, proposal: str, act: str, *, why: str) -> Answer:
        place = f"/v1/detectors/{quote(detector, safe='')}/proposals/{quote(proposal, safe='')}/decisions"
        made: Answer = self._client.post(place, {"act": act, "why": why})
        return made
