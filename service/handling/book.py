"""What originators allow, as entries and as the ledger shows it; what alerts inherit; and the one way by which an alert leaves.

A partner's word on its own batches is the partner's; the house keeps to it by code. Nothing here tells a partner of alerts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schemas.canonical import canonical_json, sha256
from schemas.case import Case
from schemas.errors import MoveRefused, RequestInvalid
from schemas.handling import DEFAULT, Handling, Recipient, Use, require_export, together
from service.access.accounts import Query, Record
from service.access.roles import Actor
from service.handling.agreed import agreed
from service.handling.named import red_batches

if TYPE_CHECKING:
    from schemas.journal import EntryType

_OF_BATCHES = """
select b.batch, b.partner, coalesce(h.handling, p.handling)
from batches as b
left join current_batch_handling as h on h.batch = b.batch
left join current_partner_handling as p on p.partner = b.partner
"""
_AGREED = """
select c.batch from handling_consents as c join entries as e using (seq) where c.recipient = ? and e.actor <> ?
"""
"""The batches that may go to a recipient, by the word of somebody else: nobody both records a consent and stands on it."""


@dataclass(frozen=True, slots=True)
class Inherited:
    """What something derived carries: the handling, whose data it stands on, and from which batches."""

    handling: Handling
    owners: tuple[str, ...]
    batches: tuple[str, ...]
    asking: tuple[str, ...]
    """The batches whose originator has to agree to whoever else gets it."""
    whole: bool
    """Whether all its evidence was looked at. Where some was left out for its number, every batch of the house counts."""


@dataclass(frozen=True, slots=True)
class Export:
    """To whom an alert goes, for what use and why."""

    recipient: str
    kind: Recipient
    use: Use
    purpose: str


class HandlingBook:
    """Originators' words and what follows from them."""

    def __init__(self, query: Query, record: Record) -> None:
        self._query, self._record = query, record

    def of_partner(self, partner: str) -> Handling:
        """What holds for the batches of a partner where it says nothing else of one."""
        return agreed(self._query, partner)

    def of_batch(self, batch: str) -> Handling:
        """What holds for one batch."""
        rows = self._query(f"{_OF_BATCHES} where b.batch = ?", [batch])
        return _read(rows[0][2]) if rows else DEFAULT

    def of_batches(self, batches: Iterable[str], *, whole: bool = True) -> Handling:
        """The strictest of what holds for these batches; of every batch of the house where these are not the `whole`."""
        named = "where list_contains(?::varchar[], b.batch)" if whole else ""
        rows = self._query(f"{_OF_BATCHES} {named}", [sorted(batches)] if whole else [])
        return together([_read(row[2]) for row in rows])

    def batches_of_account(self, key: str) -> list[str]:
        """The batches in force that an account stands in, as far as its page tells of them: without RED."""
        rows = self._query(
            "select distinct batch from current_transactions where from_key = ? or to_key = ?", [key, key]
        )
        return sorted({batch for (batch,) in rows} - red_batches(self._query))

    def of_alert(self, body: dict[str, Any]) -> Inherited:
        """What an alert inherits from the batches that its evidence stands in."""
        return self.of_alerts([body])

    def of_alerts(self, bodies: Sequence[dict[str, Any]]) -> Inherited:
        """What is inherited by that which was derived from several alerts: from all batches that the evidence stands in."""
        whole = not any(body.get("evidence_left_out", 0) for body in bodies)
        batches = sorted({each["batch"] for body in bodies for each in body["evidence"]})
        named = "where list_contains(?::varchar[], b.batch)" if whole else ""
        rows = self._query(f"{_OF_BATCHES} {named} order by b.batch", [batches] if whole else [])
        parts = {row[0]: _read(row[2]) for row in rows}
        return Inherited(
            handling=together(list(parts.values())),
            owners=tuple(sorted({row[1] for row in rows})),
            batches=tuple(parts),
            asking=tuple(batch for batch, handling in parts.items() if handling.onward != "free"),
            whole=whole,
        )

    def set_partner(self, partner: str, handling: Handling, *, by: Actor) -> None:
        """Record what holds for a partner's batches, of now and to come, where it says nothing else of one."""
        payload = {"partner": partner, "handling": handling.model_dump(mode="json")}
        self._record("partner.handled", payload, actor=by.actor, role=by.role, session=by.session, object=partner)

    def set_batch(self, batch: str, partner: str, handling: Handling, *, by: Actor) -> None:
        """Record what a partner says of one batch of its own."""
        payload = {"batch": batch, "partner": partner, "handling": handling.model_dump(mode="json")}
        self._record("batch.handled", payload, actor=by.actor, role=by.role, session=by.session, object=batch)

    def consent(self, batch: str, recipient: str, document: str, *, by: Actor) -> None:
        """Record that an originator agreed that a recipient may have a batch, and the document that says so."""
        payload = {"batch": batch, "recipient": _name(recipient), "document": document}
        self._record("handling.consented", payload, actor=by.actor, role=by.role, session=by.session, object=batch)

    def export(self, found: dict[str, Any], export: Export, *, by: Actor) -> dict[str, Any]:
        """An alert as a document for somebody else, with its handling on it. Raises HandlingForbids where a caveat forbids it.

        The entry that says what left, to whom and why stands before the document does.
        """
        body = found["body"] | {"id": found["alert"], "version": found["version"]}
        told = {"alert": found["alert"], "version": found["version"]}
        return self._leave("alert.exported", {"alert": body}, told, self.of_alert(found["body"]), export=export, by=by)

    def export_case(self, case: Case, evidence: dict[str, Any], export: Export, *, by: Actor) -> dict[str, Any]:
        """What a decided case stands on, as `export` does an alert: everything that was frozen, with the strictest of its handling.

        Raises MoveRefused for a case that two people have not decided to pass on.
        """
        if case.decision is None or case.decision.proposal.outcome != "disseminate":
            raise MoveRefused(
                "a case leaves once two people have decided to pass it on", where=f"case {case.id}", value=case.state
            )
        inherited = self.of_alerts([each["body"] for each in evidence["alerts"]])
        told = {"case": case.id, "evidence": case.decision.proposal.evidence}
        return self._leave("case.exported", {"case": evidence}, told, inherited, export=export, by=by)

    def _leave(
        self,
        kind: EntryType,
        what: dict[str, Any],
        told: dict[str, Any],
        inherited: Inherited,
        *,
        export: Export,
        by: Actor,
    ) -> dict[str, Any]:
        """The document of an export, recorded. Raises HandlingForbids."""
        recipient = _name(export.recipient)
        agreed = {row[0] for row in self._query(_AGREED, [recipient, by.actor])}
        missing = [batch for batch in inherited.asking if batch not in agreed]
        require_export(inherited.handling, recipient=export.kind, use=export.use, missing_consent=missing)
        head = {
            "handling": inherited.handling.model_dump(mode="json"),
            "owners": list(inherited.owners),
            "recipient": recipient,
            "use": export.use,
            "purpose": export.purpose,
        }
        digest = sha256(canonical_json(head | what))
        self._record(
            kind, head | told | {"kind": export.kind, "digest": digest},
            actor=by.actor, role=by.role, session=by.session, object=str(next(iter(told.values()))), purpose=export.purpose,
        )  # fmt: skip
        return head | what | {"digest": digest}


def _name(recipient: str) -> str:
    """A recipient as it is compared: so that a consent is not missed, nor found, for a space or a capital."""
    name = " ".join(recipient.split()).casefold()
    if not name:
        raise RequestInvalid("the recipient has a name", where="recipient")
    return name


def _read(text: str | None) -> Handling:
    return DEFAULT if text is None else Handling.model_validate_json(text)
