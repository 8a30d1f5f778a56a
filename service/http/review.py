"""What reviewers do with alerts, for the pages and for the API alike: read with an entry, act by the table of moves, restrict."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import polars as pl

from schemas.errors import AccessDenied, NotFound, RequestInvalid, StaleVersion
from service.alerts.book import SORTS, Alert, Filter, Position, Sort
from service.http.deps import Caller
from service.learning.decisions import detector_records
from service.ledger import views

MOST_PEOPLE = 50
_HIGHEST = 2**31
"""More than any score: what stands in a cursor may be anything."""
OPEN = ("new", "assigned")
DECIDED = ("escalated", "dismissed")


def read_alert(caller: Caller, alert: str, *, version: int | None = None) -> Alert:
    """One alert, and an entry that it was read. Raises NotFound for none, for one that is hidden and for one whose originators
    gave it for people who have yet to be named, alike."""
    found = look_at(caller, alert, version=version)
    caller.office.gate.note_reading(caller.token, caller.person, alert, found["version"])
    caller.shown.add(found["body"])
    return found


def look_at(caller: Caller, alert: str, *, version: int | None = None, to_name: bool = False) -> Alert:
    """One alert that the caller may see, for an act upon it; nobody is shown it by this. `to_name`: to name its people, who may
    have to be named before anybody sees it."""
    scope = caller.alerts_there if to_name else caller.alerts
    try:
        return caller.office.house.alerts.get(alert, scope, version=version)
    except NotFound:
        caller.office.gate.hide(caller.person, "alert", alert)


def place_told(caller: Caller, found: Alert) -> str:
    """Where an alert lies, as far as the caller may know: whoever judges an alert as a sample judges it otherwise."""
    place: str = found["place"]
    return "queue" if place == "sample" and not caller.person.may("alerts.sample") else place


def records_of(caller: Caller, found: Alert) -> dict[str, dict[str, Any]]:
    """Of each detector in an alert what was decided about its alerts until now, as far as the caller may see them."""
    return detector_records(caller.office.house.ledger, caller.alerts, tuple(found["body"]["detectors"]))


def evidence_of(caller: Caller, found: Alert) -> pl.DataFrame:
    """The transactions that an alert which the caller may read is made of, in total order."""
    references = [(each["batch"], each["reference"]) for each in found["body"]["evidence"]]
    return views.transactions(caller.office.house.ledger, references)


def act_on(
    caller: Caller,
    alert: str,
    act: str,
    *,
    revision: int,
    reason: str | None = None,
    note: str | None = None,
    assignee: str | None = None,
) -> Alert:
    """Move an alert. Raises NotFound, StaleVersion, MoveRefused, RequestInvalid; AccessDenied with an entry."""
    gate, house = caller.office.gate, caller.office.house
    look_at(caller, alert)
    if act == "assign":
        _check_assignee(caller, alert, assignee)
    try:
        return house.alerts.act(
            alert,
            act,
            by=caller.actor,
            scope=caller.alerts,
            revision=revision,
            reason=reason or None,
            note=note or None,
            assignee=assignee if act == "assign" else None,
        )
    except NotFound:
        gate.hide(caller.person, "alert", alert)
    except AccessDenied as error:
        gate.refuse(caller.person, error.why, f"{act} {alert}")


def note_on(caller: Caller, alert: str, note: str) -> Alert:
    """Write a note beside an alert."""
    try:
        return caller.office.house.alerts.note(alert, note, by=caller.actor, scope=caller.alerts)
    except NotFound:
        caller.office.gate.hide(caller.person, "alert", alert)


def restrict(caller: Caller, alert: str, people: list[str], *, revision: int) -> Alert:
    """Show an alert to these people alone, the caller among them; an empty list shows it to all again."""
    house = caller.office.house
    found = look_at(caller, alert, to_name=True)
    if found["revision"] != revision:
        raise StaleVersion("the alert has changed since it was opened", where=f"alert {alert}", value=str(revision))
    named = sorted(set(people))
    if len(named) > MOST_PEOPLE:
        raise RequestInvalid(f"at most {MOST_PEOPLE} people can be named", where="people")
    if named and caller.person.account not in named:
        raise RequestInvalid(
            "whoever restricts an alert must be among the people named", where="people", remedy="Add your own login."
        )
    for account in named:
        _check_reviewer(caller, account, "people")
    by = caller.actor
    house.record(
        "alert.restricted",
        {"alert": alert, "people": named},
        actor=by.actor, role=by.role, session=by.session, object=alert,
    )  # fmt: skip
    return house.alerts.get(alert, caller.alerts_there)


def reviewers(caller: Caller, alert: str) -> list[str]:
    """Who an alert can be assigned to: open accounts that may act on alerts and may see this one."""
    return [
        account.account
        for account in caller.office.house.accounts.all()
        if account.active and account.role in ("analyst", "supervisor") and _may_see(caller, account.account, alert)
    ]


def all_reviewers(caller: Caller) -> list[str]:
    """Who alerts can be assigned to: open accounts that may act on them. Whether one may see each alert is asked when it is."""
    accounts = caller.office.house.accounts.all()
    return [account.account for account in accounts if account.active and account.role in ("analyst", "supervisor")]


def cursor_of(found: Alert, sort: Sort = "score") -> str:
    """Where a page ends, as an opaque text for an address."""
    text = f"{sort}|{found[SORTS[sort][0]]}|{found['alert']}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def position_of(cursor: str | None, sort: Sort = "score") -> Position | None:
    """The place that a cursor names. Raises RequestInvalid, also for a cursor of a list that is sorted otherwise."""
    if not cursor:
        return None
    try:
        found = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        sorted_by, place, alert = found.split("|")
        if sorted_by != sort or not alert:
            raise ValueError("of another list")
        if sort != "score":
            return place, alert
        if abs(score := int(place)) > _HIGHEST:
            raise ValueError("no score")
        return score, alert
    except (binascii.Error, ValueError) as error:
        raise RequestInvalid("this cursor is not one of ours", where="cursor", remedy="Start without one.") from error


def page_of(
    caller: Caller, only: Filter, cursor: str | None, limit: int, *, whole: bool = False, sort: Sort = "score"
) -> tuple[list[Alert], str | None]:
    """A page of alerts, best first unless sorted otherwise, and the cursor of the next; None at the end.

    With their bodies (`whole`) each of them counts as read: an entry for each, out of the same budget. Where the budget has
    not room for the page, RateLimited is raised and none is shown.
    """
    book = caller.office.house.alerts
    after = position_of(cursor, sort)
    found = book.page(caller.alerts, only=only, after=after, limit=limit + 1, whole=whole, sort=sort)
    shown = found[:limit]
    if whole:
        readings = [(each["alert"], each["version"]) for each in shown]
        caller.office.gate.note_readings(caller.token, caller.person, readings)
    return shown, cursor_of(found[limit - 1], sort) if len(found) > limit else None


def _check_assignee(caller: Caller, alert: str, assignee: str | None) -> None:
    if assignee:
        _check_reviewer(caller, assignee, "assignee")
        if not _may_see(caller, assignee, alert):
            raise RequestInvalid("this alert is restricted, and not to them", where="assignee", value=assignee)


def _check_reviewer(caller: Caller, account: str, field: str) -> None:
    found = caller.office.house.accounts.find(account)
    if found is None or not found.active or found.role not in ("analyst", "supervisor"):
        raise RequestInvalid(
            "no open account of an analyst or supervisor has this login", where=field, value=account, remedy="Check it."
        )


def _may_see(caller: Caller, account: str, alert: str) -> bool:
    rows: list[tuple[Any, ...]] = caller.office.house.ledger.query(
        "select people from current_restrictions where alert = ?", [alert]
    )
    return not rows or account in rows[0][0]
