"""The desk at a server: the same acts through its HTTP API, by the key of an account or the operator's token."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from schemas.alert import OPEN_STATES
from schemas.handling import HandlingAsked
from service.cli.desk import Step
from service.cli.desk.answers import PARTS, Answer, alert_answer, batch_answer, run_answer, submission_answer
from service.cli.desk.client import Client
from service.cli.desk.mappings import mapping_document
from service.cli.desk.newcomers import require_nothing_amiss
from service.cli.desk.purpose import said_for
from service.cli.desk.sending import Patience, Sender
from service.cli.desk.tuning import TuningThere
from service.cli.printing import say

_PAGE = 200
_POLL_SECONDS = 0.3


class There(TuningThere):
    """See `service.cli.desk.Desk`. `acts_for_partners`: the token is the operator's, who names the partner of a submission."""

    def __init__(self, client: Client, *, acts_for_partners: bool) -> None:
        self._client, self._acts_for_partners = client, acts_for_partners

    def submit(
        self,
        file: Path,
        *,
        partner: str,
        mapping: str | None = None,
        replaces: str | None = None,
        key: str | None = None,
        handling: HandlingAsked | None = None,
        on_step: Step | None = None,
    ) -> Answer:
        if self._acts_for_partners:
            self._ensure_partner(partner, replaces=replaces, key=key, handling=handling)
        said = None if handling is None else handling.document()
        told = self._send(file, on_step, partner=partner, mapping=mapping, replaces=replaces, key=key, handling=said)
        batch = self._client.get(f"/v1/batches/{told['batch']}")
        return submission_answer(batch, batch["receipt"], batch["refusal"])

    def rehearse(
        self,
        file: Path,
        *,
        partner: str,
        mapping: str | None,
        replaces: str | None,
        handling: HandlingAsked | None = None,
        on_step: Step | None,
    ) -> Answer:
        said = None if handling is None else handling.document()
        told = self._send(
            file, on_step,
            partner=partner, mapping=mapping, replaces=replaces, key=None, handling=said, dry_run=True,
        )["rehearsal"]  # fmt: skip
        return {name: value for name, value in told.items() if name != "refusal" or value}

    def _send(
        self, file: Path, on_step: Step | None, *, mapping: str | None, key: str | None, **asked: Any
    ) -> dict[str, Any]:
        asked |= {"name": file.name, "mapping": "" if mapping is None else mapping_document(mapping)}
        sender = Sender(self._client, Patience(), on_step)
        # Packing is for a line: a server on this machine reads the file faster than it is packed.
        return sender.send(file, asked, key=key, packed=not self._acts_for_partners)

    def batches(self, limit: int) -> list[Answer]:
        return [
            {name: each[name] for name in ("batch", "partner", "status")}
            | {"at": each["recorded_at"], "name": each["name"]}
            | each["counts"]
            for each in self._pages("/v1/batches", limit)
        ]

    def batch(self, batch: str) -> Answer:
        found = self._client.get(f"/v1/batches/{batch}")
        return batch_answer(
            submission_answer(found, found["receipt"], found["refusal"]),
            partner=found["partner"],
            name=found["name"],
            at=found["recorded_at"],
            replaces=found["replaces"],
        )

    def rejected_rows(self, batch: str, form: str, out: Path, *, purpose: str = "") -> None:
        with said_for(purpose) as said:
            self._client.fetch(f"/v1/batches/{batch}/rejected-rows?format={form}", out, headers=said)

    def rejects(self, batch: str, limit: int, *, purpose: str = "") -> list[Answer]:
        found: list[Answer] = []
        offset: int | None = 0
        while offset is not None and len(found) < limit:
            most = min(limit - len(found), 10_000)
            with said_for(purpose) as said:
                page = self._client.get(f"/v1/batches/{batch}/rejects", said, limit=most, offset=offset)
            found += page["items"]
            offset = page["next"]
        return found

    def partners(self) -> list[Answer]:
        return [_partner(each) for each in self._client.get("/v1/partners")]

    def add_partner(self, partner: str, *, name: str, institution: str) -> Answer:
        asked = {"partner": partner, "name": name, "institution": institution}
        return _partner(self._client.post("/v1/partners", asked))

    def quota(self, partner: str) -> Answer:
        found: Answer = self._client.get(f"/v1/partners/{quote(partner, safe='')}/quota")
        return found

    def limit_partner(self, partner: str, *, batches_a_day: int | None, bytes_a_day: int | None) -> Answer:
        asked = {"batches_a_day": batches_a_day, "bytes_a_day": bytes_a_day}
        found: Answer = self._client.post(f"/v1/partners/{quote(partner, safe='')}/quota", asked)
        return found

    def start_run(
        self,
        *,
        as_of: datetime | None,
        detectors: list[str] | None,
        on_step: Step | None,
        false_discoveries: int | None = None,
    ) -> Answer:
        asked = {
            "as_of": None if as_of is None else f"{as_of.isoformat()}Z",
            "detectors": detectors,
            "false_discoveries": false_discoveries,
        }
        found = self._client.post("/v1/runs", asked)
        last = None
        while found["status"] == "started":
            time.sleep(_POLL_SECONDS)
            found = self._client.get(f"/v1/runs/{found['run']}")
            step = found.get("progress")
            if on_step is not None and step and step != last:
                on_step(step)
            last = step
        return run_answer(found)

    def references(self) -> list[Answer]:
        tables: list[Answer] = self._client.get("/v1/references")
        return tables

    def load_reference(self, kind: str, file: Path) -> Answer:
        loaded = self._client.send(
            f"/v1/references/{quote(kind, safe='')}", file, fields={"name": file.name}, headers={}
        )
        return {"kind": loaded["kind"], "digest": loaded["digest"]}

    def runs(self) -> list[Answer]:
        return [run_answer(found) for found in self._client.get("/v1/runs")["items"]]

    def alerts(self, limit: int | None, *, decided: bool, below: bool = False) -> list[Answer]:
        return [
            {
                "id": each["id"],
                "score": each["score"] / 1000,
                "severity": each["severity"],
                "subject": each["subject"],
                "why": each["why"]["en"],
                "place": each["place"],
            }
            for each in self._listed(limit, decided=decided, below=below)
        ]

    def alerts_whole(self, limit: int | None, *, decided: bool, below: bool = False) -> Iterator[Answer]:
        for each in self._listed(limit, decided=decided, below=below, include="evidence"):
            yield alert_answer(each["id"], each)

    def alert_bodies(self) -> Iterator[Answer]:
        for each in self._pages("/v1/alerts", None, place="all"):
            yield self._client.get(f"/v1/alerts/{each['id']}")["alert"]

    def cases(self, limit: int) -> list[Answer]:
        found: list[Answer] = []
        cursor = None
        while len(found) < limit:
            page = self._client.get("/v1/cases", limit=min(_PAGE, limit - len(found)), cursor=cursor)
            found += page["items"]
            cursor = page["next"]
            if cursor is None:
                break
        return found

    def case(self, case: str) -> Answer:
        told = self._client.get(f"/v1/cases/{quote(case, safe='')}")
        return {"case": told["case"], "timeline": told["timeline"]}

    def suppressions(self) -> list[Answer]:
        told: list[Answer] = self._client.get("/v1/suppressions")["items"]
        return told

    def sample(self) -> Answer:
        told: Answer = self._client.get("/v1/alerts/sample")
        return told

    def _listed(self, limit: int | None, *, decided: bool, below: bool, **query: Any) -> Iterator[Answer]:
        left, state = limit, None if decided else list(OPEN_STATES)
        for place in PARTS if below else PARTS[:1]:
            for each in self._pages("/v1/alerts", left, state=state, place=place, **query):
                left = None if left is None else left - 1
                yield each

    def alert(self, alert: str) -> Answer:
        found = self._client.get(f"/v1/alerts/{alert}")
        parts = {name: found[name] for name in ("id", "state", "assignee", "revision", "version")}
        return parts | {"body": found["alert"], "acts": found["history"], "records": found["records"]}

    def learning(self) -> Answer:
        told: Answer = self._client.get("/v1/learning")
        return told

    def propose_learning(self) -> Answer:
        made: Answer = self._client.post("/v1/learning/proposals")
        return made

    def promote_learning(self, model: str) -> Answer:
        made: Answer = self._client.post(f"/v1/learning/proposals/{quote(model, safe='')}/promotion")
        return made

    def withdraw_learning(self, why: str) -> Answer:
        made: Answer = self._client.post("/v1/learning/withdrawal", {"why": why})
        return made

    def follow(self, asked: Answer) -> Answer:
        found: Answer = self._client.post("/v1/flows", asked)
        return found

    def accounts(self) -> list[Answer]:
        accounts: list[Answer] = self._client.get("/v1/accounts")
        return accounts

    def add_account(self, account: str, *, name: str, role: str, partner: str | None) -> Answer:
        asked = {"account": account, "name": name, "role": role, "partner": partner}
        made: Answer = self._client.post("/v1/accounts", asked)
        return made

    def change_account(self, account: str, act: str, *, identity: str | None = None) -> Answer:
        asked = {"act": act} if identity is None else {"act": act, "identity": identity}
        changed: Answer = self._client.post(f"/v1/accounts/{account}/changes", asked)
        return changed

    def issue_key(self, account: str, *, label: str, scopes: Sequence[str], days: int | None) -> Answer:
        asked = {"label": label, "scopes": list(scopes) or None, "days": days}
        made: Answer = self._client.post(f"/v1/accounts/{account}/keys", asked)
        return made

    def revoke_key(self, key: str) -> None:
        self._client.post(f"/v1/keys/{key}/revocation")

    def _ensure_partner(
        self, partner: str, *, replaces: str | None, key: str | None, handling: HandlingAsked | None
    ) -> None:
        if partner not in {each["partner"] for each in self.partners()}:
            require_nothing_amiss(partner, replaces=replaces, key=key, handling=handling)
            found = self.add_partner(partner, name=partner, institution=partner.upper())
            say(f"registered the new partner {partner}, with the institution code {found['institution']}")

    def _pages(self, path: str, limit: int | None, **query: Any) -> Iterator[Answer]:
        left, cursor = limit, None
        while left is None or left > 0:
            page = self._client.get(path, limit=_PAGE if left is None else min(left, _PAGE), cursor=cursor, **query)
            yield from page["items"]
            left = None if left is None else left - len(page["items"])
            cursor = page["next"]
            if cursor is None:
                return


def _partner(found: Answer) -> Answer:
    return {name: found[name] for name in ("partner", "name", "institution")}
