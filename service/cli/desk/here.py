"""The desk in the house itself: commands act as the operator, on the open data directory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import cast

from schemas.alert import OPEN_STATES
from schemas.batch import Receipt
from schemas.canonical import parse_json
from schemas.errors import NotFound
from schemas.handling import HandlingAsked, tightened
from service import partners as registry
from service.access.accounts import Account
from service.access.roles import OPERATOR, Permission, Role
from service.alerts.book import EVERYTHING, Filter
from service.alerts.sample import below_the_line
from service.cases.checks import Eyes
from service.catalogue import tables_in_use
from service.cli.desk import Step
from service.cli.desk.answers import PARTS, Answer, alert_answer, batch_answer, run_answer, submission_answer
from service.cli.desk.mappings import mapping_document
from service.cli.desk.newcomers import require_nothing_amiss
from service.cli.desk.tuning import TuningHere
from service.cli.printing import OPERATOR_ACTS, say
from service.flows.over import as_answer, follow_in
from service.flows.question import Question
from service.house import House, utc_now
from service.http.case_shapes import CaseLine
from service.intake.receive import receipt
from service.intake.rehearse import rehearse
from service.intake.unknown import unknown_columns
from service.journal.keys import receipt_key
from service.learning.decisions import detector_records
from service.ledger import views
from service.quotas import quota_of, set_quota
from service.uploads.queue import rejected_rows_of

_EVERY = 1_000_000
_ALL = Eyes(EVERYTHING, EVERYTHING, EVERYTHING)
_PAGE = 200


class Here(TuningHere):
    """See `service.cli.desk.Desk`."""

    def __init__(self, house: House) -> None:
        self._house = house

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
        document = None if mapping is None else mapping_document(mapping)
        if key is None:
            self._require_agreed(partner, handling)
        self._ensure_partner(partner, replaces=replaces, key=key, handling=handling)
        outcome = self._house.intake.submit(
            file, partner=partner, name=file.name, mapping=document, replaces=replaces, idempotency_key=key,
            handling=handling, on_progress=on_step, **OPERATOR_ACTS,
        )  # fmt: skip
        return _submission(outcome.batch, outcome.receipt)

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
        house = self._house
        self._require_agreed(partner, handling)
        told = rehearse(
            house.home, house.ledger, house.intake_child, file,
            partner=partner, name=file.name, mapping=None if mapping is None else mapping_document(mapping),
            replaces=replaces, max_reject_per_mille=house.settings.max_reject_per_mille, now=utc_now(),
            goaml_schema=house.settings.goaml_schema, on_progress=on_step,
        )  # fmt: skip
        return {name: value for name, value in told.items() if name != "refusal" or value}

    def _require_agreed(self, partner: str, handling: HandlingAsked | None) -> None:
        """Raise RequestInvalid where less is asked for than is agreed, before a new partner is registered for it."""
        if handling is not None:
            tightened(self._house.handling.of_partner(partner), handling)

    def rejected_rows(self, batch: str, form: str, out: Path, *, purpose: str = "") -> None:
        found = views.batch(self._house.ledger, batch)
        self._house.intake_child.call("rejected_rows", rejected_rows_of(self._house.home, found, form, out))

    def batches(self, limit: int) -> list[Answer]:
        return [
            {
                "batch": each.batch,
                "partner": each.partner,
                "status": each.status,
                "at": each.recorded_at,
                "name": each.name,
            }
            | each.counts.model_dump()
            for each in views.batches(self._house.ledger, limit=limit)
        ]

    def batch(self, batch: str) -> Answer:
        found = views.batch(self._house.ledger, batch)
        told = _submission(found, receipt(receipt_key(self._house.home.keys), found))
        return batch_answer(told, partner=found.partner, name=found.name, at=found.recorded_at, replaces=found.replaces)

    def rejects(self, batch: str, limit: int, *, purpose: str = "") -> list[Answer]:
        views.batch(self._house.ledger, batch)
        return views.rejects(self._house.ledger, batch, limit=limit).to_dicts()

    def partners(self) -> list[Answer]:
        return [_partner(found) for found in views.partners(self._house.ledger)]

    def add_partner(self, partner: str, *, name: str, institution: str) -> Answer:
        house = self._house
        return _partner(
            registry.register(
                house.journal, house.ledger, partner=partner, name=name, institution=institution, **OPERATOR_ACTS
            )
        )

    def quota(self, partner: str) -> Answer:
        return asdict(quota_of(self._house.ledger, partner, utc_now()))

    def limit_partner(self, partner: str, *, batches_a_day: int | None, bytes_a_day: int | None) -> Answer:
        set_quota(self._house, partner, batches_a_day=batches_a_day, bytes_a_day=bytes_a_day, **OPERATOR_ACTS)
        return self.quota(partner)

    def start_run(
        self,
        *,
        as_of: datetime | None,
        detectors: list[str] | None,
        on_step: Step | None,
        false_discoveries: int | None = None,
    ) -> Answer:
        return run_answer(
            self._house.runs.start(
                as_of=as_of,
                detectors=detectors,
                false_discoveries=false_discoveries,
                on_progress=on_step,
                **OPERATOR_ACTS,
            )
        )

    def references(self) -> list[Answer]:
        return tables_in_use(self._house.shelf.loaded())

    def load_reference(self, kind: str, file: Path) -> Answer:
        base = self._house.settings.base_currency
        digest = self._house.shelf.load(kind, file.read_bytes(), name=file.name, base_currency=base, **OPERATOR_ACTS)
        return {"kind": kind, "digest": digest}

    def runs(self) -> list[Answer]:
        return [run_answer(found) for found in self._house.runs.all()]

    def alerts(self, limit: int | None, *, decided: bool, below: bool = False) -> list[Answer]:
        return [
            {
                "id": found["alert"],
                "score": found["score"] / 1000,
                "severity": found["severity"],
                "subject": found["subject"],
                "why": found["why_en"],
                "place": found["place"],
            }
            for found in self._listed(limit, decided=decided, below=below)
        ]

    def alerts_whole(self, limit: int | None, *, decided: bool, below: bool = False) -> Iterator[Answer]:
        for each in self._listed(limit, decided=decided, below=below, whole=True):
            yield alert_answer(each["alert"], each["body"])

    def alert_bodies(self) -> Iterator[Answer]:
        yield from (each["body"] for each in self._paged(Filter(), _EVERY, whole=True))

    def follow(self, asked: Answer) -> Answer:
        given = {name: value for name, value in asked.items() if name != "purpose"}
        amount = None if given["amount"] is None else Decimal(given["amount"])
        times = {name: _utc(given[name]) for name in ("since", "until")}
        return as_answer(follow_in(self._house, Question(**given | times | {"amount": amount})))

    def cases(self, limit: int) -> list[Answer]:
        found = self._house.cases.page(_ALL, limit=limit)
        return [CaseLine.of(case).model_dump(mode="json") for _, case in found]

    def case(self, case: str) -> Answer:
        found = self._house.cases.get(case, _ALL)
        return {"case": found.model_dump(mode="json"), "timeline": self._house.cases.acts(case)}

    def suppressions(self) -> list[Answer]:
        return self._house.suppressions.all(EVERYTHING)

    def sample(self) -> Answer:
        return below_the_line(self._house.ledger, EVERYTHING)

    def _listed(self, limit: int | None, *, decided: bool, below: bool, whole: bool = False) -> Iterator[Answer]:
        left = limit or _EVERY
        for place in PARTS if below else PARTS[:1]:
            only = Filter(states=None if decided else OPEN_STATES, place=place)
            for each in self._paged(only, left, whole=whole):
                left -= 1
                yield each

    def _paged(self, only: Filter, left: int, *, whole: bool) -> Iterator[Answer]:
        after = None
        while left > 0:
            found = self._house.alerts.page(EVERYTHING, only=only, after=after, limit=min(left, _PAGE), whole=whole)
            yield from found
            if len(found) < _PAGE:
                return
            after, left = (found[-1]["score"], found[-1]["alert"]), left - len(found)

    def alert(self, alert: str) -> Answer:
        found = self._house.alerts.get(alert, EVERYTHING)
        parts = {name: found[name] for name in ("state", "assignee", "revision", "version", "body")}
        records = detector_records(self._house.ledger, EVERYTHING, tuple(found["body"]["detectors"]))
        return {"id": found["alert"]} | parts | {"acts": self._house.alerts.acts(alert), "records": records}

    def learning(self) -> Answer:
        return self._house.learning.told()

    def propose_learning(self) -> Answer:
        return self._house.learning.propose(by=OPERATOR)

    def promote_learning(self, model: str) -> Answer:
        return self._house.learning.promote(model, by=OPERATOR)

    def withdraw_learning(self, why: str) -> Answer:
        return self._house.learning.withdraw(why, by=OPERATOR)

    def accounts(self) -> list[Answer]:
        return [self._account(found) for found in self._house.accounts.all()]

    def add_account(self, account: str, *, name: str, role: str, partner: str | None) -> Answer:
        password = self._house.accounts.create(account, name=name, role=_role(role), partner=partner, by=OPERATOR)
        return self._found(account) | {"password": password}

    def change_account(self, account: str, act: str, *, identity: str | None = None) -> Answer:
        accounts = self._house.accounts
        made = {"password": accounts.set_password(account, by=OPERATOR)} if act == "password" else {}
        if act == "factor":
            self._house.factors.remove(account, by=OPERATOR)
        elif act == "link":
            accounts.link(account, identity, by=OPERATOR)
        elif act != "password":
            accounts.set_active(account, act == "open", by=OPERATOR)
        return self._found(account) | made

    def issue_key(self, account: str, *, label: str, scopes: Sequence[str], days: int | None) -> Answer:
        asked = [
            cast(Permission, each) for each in scopes
        ] or None  # Accounts.issue_key refuses what is none of the role's
        key = self._house.accounts.issue_key(account, by=OPERATOR, label=label, scopes=asked, days=days)
        return {"account": account, "key": key}

    def revoke_key(self, key: str) -> None:
        self._house.accounts.revoke_key(key, by=OPERATOR)

    def _found(self, account: str) -> Answer:
        found = self._house.accounts.find(account)
        if found is None:
            raise NotFound("no such account", where="account", value=account)
        return self._account(found)

    def _account(self, found: Account) -> Answer:
        return {
            "account": found.account,
            "name": found.name,
            "role": found.role,
            "partner": found.partner,
            "active": found.active,
            "since": found.since,
            "keys": [key.key for key in self._house.accounts.keys(found.account) if key.active],
        }

    def _ensure_partner(
        self, partner: str, *, replaces: str | None, key: str | None, handling: HandlingAsked | None
    ) -> None:
        try:
            views.partner(self._house.ledger, partner)
        except NotFound:
            require_nothing_amiss(partner, replaces=replaces, key=key, handling=handling)
            found = self.add_partner(partner, name=partner, institution=partner.upper())
            say(f"registered the new partner {partner}, with the institution code {found['institution']}")


def _submission(batch: views.Batch, signed: Receipt) -> Answer:
    told = {"batch": batch.batch, "status": batch.status, "format": batch.format} | batch.counts.model_dump()
    told["unknown_columns"] = [each.model_dump() for each in unknown_columns(batch.extra_columns)]
    told["notes"] = parse_json(batch.notes) if batch.notes else []
    refusal = parse_json(batch.refusal) if batch.refusal else None
    return submission_answer(told, signed.model_dump(mode="json"), refusal)


def _partner(found: views.Partner) -> Answer:
    return {"partner": found.partner, "name": found.name, "institution": found.institution}


def _utc(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


def _role(name: str) -> Role:
    return cast(Role, name)  # Accounts.create refuses what is no role
