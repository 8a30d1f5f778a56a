"""What reviewers do with cases, for the pages and for the API alike: read with an entry, act by the table, take files in and out."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from fastapi.responses import Response

from schemas.case import LARGEST_ATTACHMENT, MOST_ALERTS, Case, plain_name
from schemas.case_acts import ACT, Act, Attach, Opening
from schemas.errors import AccessDenied, NotFound, RequestInvalid
from service.alerts.book import Filter
from service.cases import evidence
from service.cases.book import Listed, Position
from service.cases.checks import Eyes
from service.http.deps import Caller
from service.http.spooling import Spooled
from service.intake import spool

_SAFE = {
    "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
}
"""What comes out of a case is bytes that somebody sent: saved, never shown, and never run by this site's leave."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of a case: what it is called, and its bytes, found to be as recorded."""

    name: str
    digest: str
    data: bytes


def eyes_of(caller: Caller) -> Eyes:
    """What there is for the caller of cases and alerts: nothing that waits for people to be named."""
    return Eyes.of(caller.person, caller.withheld)


def read_case(caller: Caller, case: str) -> Case:
    """One case, and an entry that it was read. Raises NotFound for none, for one that is hidden and for one with something in it
    that was given for people who have yet to be named, alike."""
    found = look_at(caller, case)
    caller.office.gate.note_opening(caller.token, caller.person, "case.read", {"case": case}, case)
    only = Filter(alerts=found.alerts)
    for alert in caller.office.house.alerts.page(eyes_of(caller).inside, only=only, limit=MOST_ALERTS, whole=True):
        caller.shown.add(alert["body"])
    return found


def look_at(caller: Caller, case: str) -> Case:
    """One case for an act upon it, without an entry that it was read."""
    try:
        return caller.office.house.cases.get(case, eyes_of(caller))
    except NotFound:
        caller.office.gate.hide(caller.person, "case", case)


def open_case(caller: Caller, opening: Opening, *, case: str | None = None) -> Case:
    """Open a case. Raises RequestInvalid for alerts that are not there, or not theirs to see, alike."""
    return caller.office.house.cases.open(opening, by=caller.actor, eyes=eyes_of(caller), case=case)


def act_on(
    caller: Caller, case: str, asked: Act | Attach, *, revision: int, files: dict[str, str] | None = None
) -> Case:
    """Do one act. Raises what the book raises; a refusal by the table of moves is an entry of its own."""
    try:
        return caller.office.house.cases.act(
            case, asked, by=caller.actor, eyes=eyes_of(caller), revision=revision, files=files
        )
    except NotFound:
        caller.office.gate.hide(caller.person, "case", case)
    except AccessDenied as error:
        record_refusal(caller, error, f"{asked.act} {case}")
        raise


def attach(caller: Caller, case: str, body: Spooled, *, revision: int) -> Case:
    """Keep a file that has arrived as an original under its digest, and note it in the case."""
    look_at(caller, case)
    if not body.name:
        raise RequestInvalid("the form holds no file", where="file", remedy="Send the file as the part `file`.")
    house = caller.office.house
    folder = body.path.with_name(f"{body.path.name}-attachment")
    folder.mkdir(mode=0o700)
    try:
        kept = spool.keep(
            body.path, folder, house.home, largest=LARGEST_ATTACHMENT, reserve=house.settings.reserve_bytes
        )
    finally:
        for left in folder.iterdir():
            left.unlink()
        folder.rmdir()
    asked = Attach(act="attach", name=plain_name(body.name), digest=kept.digest, size=kept.size)
    return act_on(caller, case, asked, revision=revision, files={f"originals/{kept.digest}": kept.digest})


def attachment(caller: Caller, case: str, number: int) -> Kept:
    """A file of a case that the caller may read. Raises NotFound, and DigestMismatch where it is not as recorded."""
    found = read_case(caller, case)
    for each in found.attachments:
        if each.number == number and not each.removed:
            return Kept(each.name, each.digest, evidence.read(caller.office.house.home, each.digest))
    raise NotFound("the case has no such file", value=str(number))


def frozen_evidence(caller: Caller, case: str) -> Kept:
    """What the proposal stands on. Raises NotFound where there is none."""
    found = read_case(caller, case)
    proposal = found.proposal or (found.decision.proposal if found.decision else None)
    if proposal is None:
        raise NotFound("nothing is proposed in this case", value=case)
    data = evidence.read(caller.office.house.home, proposal.evidence)
    return Kept(f"{case}-evidence.json", proposal.evidence, data)


def saved(kept: Kept) -> Response:
    """A file to be saved, never to be shown: whatever it is called, a browser is told that it is bytes."""
    headers = _SAFE | {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(kept.name, safe='')}",
        "x-digest-sha-256": kept.digest,
    }
    return Response(kept.data, media_type="application/octet-stream", headers=headers)


def page_of(caller: Caller, only: Listed, cursor: str | None, limit: int) -> tuple[list[Case], str | None]:
    """A page of cases, changed last first, and the cursor of the next; None at the end."""
    book = caller.office.house.cases
    found = book.page(eyes_of(caller), only=only, before=position_of(cursor), limit=limit + 1)
    shown = [case for _, case in found[:limit]]
    return shown, f"{found[limit - 1][0]}.{shown[-1].id}" if len(found) > limit else None


def position_of(cursor: str | None) -> Position | None:
    """The place that a cursor names. Raises RequestInvalid."""
    if not cursor:
        return None
    seq, _, case = cursor.partition(".")
    if not (seq.isascii() and seq.isdigit() and len(seq) <= 15 and case.startswith("c_")):
        raise RequestInvalid("this cursor is not one of ours", where="cursor", remedy="Start without one.")
    return int(seq), case


def shaped(act: dict[str, object]) -> Act:
    """An act from a form. Raises RequestInvalid, naming the first field that does not fit."""
    try:
        return ACT.validate_python(act)
    except ValueError as error:
        faults = error.errors() if hasattr(error, "errors") else []
        where = ".".join(str(part) for part in faults[0]["loc"]) if faults else "act"
        raise RequestInvalid("the request has fields that are missing or not valid", where=where) from None


def record_refusal(caller: Caller, error: AccessDenied, what: str) -> None:
    """Note an attempt that the table refuses; the caller still hears why, since they may see the case."""
    try:
        caller.office.gate.refuse(caller.person, error.why, what)
    except AccessDenied:
        return
