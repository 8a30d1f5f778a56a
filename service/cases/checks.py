"""Whether what somebody asks for fits the case: what the table of moves cannot know. Each check raises RequestInvalid.

Only the book of cases calls these, before it writes an entry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from schemas import case_acts as shapes
from schemas.case import MOST_ALERTS, MOST_LISTED, Case, rule_for
from schemas.errors import NotFound, RequestInvalid
from service.access.accounts import Account
from service.access.roles import Actor, Person
from service.access.visibility import Scope, alerts, cases
from service.alerts.book import AlertBook
from service.cases import evidence
from service.home import Home


@dataclass(frozen=True, slots=True)
class Eyes:
    """What somebody may see: which cases, which alerts, and which alerts `inside` a case that they see. A case that names its
    people itself shows them also what waits for people elsewhere."""

    cases: Scope
    alerts: Scope
    inside: Scope

    @classmethod
    def of(cls, person: Person, withheld: frozenset[str] = frozenset()) -> Eyes:
        return cls(cases(person, withheld), alerts(person, withheld=withheld), alerts(person))


@dataclass(frozen=True, slots=True)
class Around:
    """Who asks, what they see, and where a check looks things up."""

    by: Actor
    eyes: Eyes
    home: Home
    alerts: AlertBook
    account: Callable[[str], Account | None]
    case: Callable[[str, Eyes], Case]
    acts: Callable[[str], list[dict[str, Any]]]


def check(case: Case, asked: shapes.Act | shapes.Attach, around: Around) -> None:
    """Raises RequestInvalid where `asked` does not fit the case."""
    found = CHECKS.get(asked.act)
    if found is not None:
        found(case, asked, around)


def require_alerts(asked: tuple[str, ...], around: Around) -> None:
    """That there are such alerts, and that the caller may see them."""
    for alert in asked:
        try:
            around.alerts.get(alert, around.eyes.alerts)
        except NotFound:
            raise RequestInvalid("there is no such alert", where="alerts", value=alert) from None


def _adding(case: Case, asked: shapes.AddAlerts, around: Around) -> None:
    require_alerts(asked.alerts, around)
    _require(bool(set(asked.alerts) - set(case.alerts)), "these alerts are in the case already", "alerts")
    _require_few({*case.alerts, *asked.alerts}, "alerts")
    _undoing(case, asked, around, "remove_alerts")


def _removing(case: Case, asked: shapes.RemoveAlerts, around: Around) -> None:
    _taking_out(case, asked, around)
    _undoing(case, asked, around, "add_alerts")


def _taking_out(case: Case, asked: shapes.RemoveAlerts | shapes.Split, _around: Around) -> None:
    _require(set(asked.alerts) <= set(case.alerts), "these alerts are not all in the case", "alerts")
    _require(bool(set(case.alerts) - set(asked.alerts)), "one alert must stay in the case", "alerts")


def _undoing(case: Case, asked: shapes.AddAlerts | shapes.RemoveAlerts, around: Around, act: str) -> None:
    if asked.undoes is not None:
        undone = [each for each in around.acts(case.id) if each["seq"] == asked.undoes and each["act"] == act]
        _require(bool(undone), "there is no such act to undo", "undoes")


def _ticking(case: Case, asked: shapes.Tick, _around: Around) -> None:
    _marking(case.checklist, asked.item, done=asked.done, field="item")


def _finishing(case: Case, asked: shapes.FinishTask, _around: Around) -> None:
    _marking(case.tasks, asked.task, done=asked.done, field="task")


def _marking(items: tuple[Any, ...], number: int, *, done: bool, field: str) -> None:
    found = next((each for each in items if each.number == number), None)
    _require(found is not None, "the case has no such item", field)
    _require(found is None or (found.done_by is None) == done, "this item is marked so already", field)


def _adding_task(case: Case, asked: shapes.AddTask, around: Around) -> None:
    _require_listed(case.tasks, "text")
    if asked.assignee:
        _require_reviewer(case, asked.assignee, "assignee", around)


def _detaching(case: Case, asked: shapes.Detach, _around: Around) -> None:
    there = {each.number for each in case.attachments if not each.removed}
    _require(asked.attachment in there, "the case has no such file", "attachment")


def _proposing(case: Case, _asked: shapes.Propose, _around: Around) -> None:
    missing = [each.code for each in case.checklist if each.required and each.done_by is None]
    if missing:
        raise RequestInvalid(
            "the checklist has items that a proposal needs", where="checklist", value=", ".join(missing),
            remedy="Mark them as done first.",
        )  # fmt: skip


def _confirming(case: Case, asked: shapes.Confirm, around: Around) -> None:
    """A decision stands on what was read, and never on a file that is gone or changed."""
    frozen = case.proposal.evidence if case.proposal else ""
    _require(asked.evidence == frozen, "this is not the evidence that was proposed on", "evidence")
    evidence.read(around.home, frozen)


def _restricting(_case: Case, asked: shapes.Restrict, around: Around) -> None:
    named = set(asked.people)
    _require(not named or around.by.actor in named, "whoever restricts a case must be among the people named", "people")
    for account in sorted(named):
        _require_open_account(account, "people", around)


def _merging(case: Case, asked: shapes.Merge, around: Around) -> None:
    _require(asked.other != case.id, "a case cannot be merged with itself", "other")
    try:
        other = around.case(asked.other, around.eyes)
    except NotFound:
        raise RequestInvalid("there is no such case", where="other", value=asked.other) from None
    rule_for(other, "merge", account=around.by.actor, role=around.by.role)
    _require(set(other.people) == set(case.people), "the two cases are not shown to the same people", "other")
    _require_few({*case.alerts, *other.alerts}, "other")


def _require(holds: bool, why: str, field: str) -> None:
    if not holds:
        raise RequestInvalid(why, where=field)


def _require_few(alerts_after: set[str], field: str) -> None:
    _require(len(alerts_after) <= MOST_ALERTS, f"a case has at most {MOST_ALERTS} alerts", field)


def _require_listed(items: tuple[Any, ...], field: str) -> None:
    _require(len(items) < MOST_LISTED, f"a case has at most {MOST_LISTED} of these", field)


def _require_open_account(account: str, field: str, around: Around) -> Account:
    found = around.account(account)
    if found is None or not found.active or found.role not in ("analyst", "supervisor"):
        raise RequestInvalid(
            "no open account of an analyst or supervisor has this login", where=field, value=account, remedy="Check it."
        )
    return found


def _require_reviewer(case: Case, account: str, field: str, around: Around) -> None:
    found = _require_open_account(account, field, around)
    try:
        around.case(case.id, Eyes.of(Person(found.account, found.role)))
    except NotFound:
        raise RequestInvalid("this case is restricted, and not to them", where=field, value=account) from None


CHECKS: dict[str, Callable[[Case, Any, Around], None]] = {
    "add_alerts": _adding,
    "remove_alerts": _removing,
    "split": _taking_out,
    "tick": _ticking,
    "finish_task": _finishing,
    "add_item": lambda case, _asked, _around: _require_listed(case.checklist, "text"),
    "add_task": _adding_task,
    "attach": lambda case, _asked, _around: _require_listed(case.attachments, "file"),
    "detach": _detaching,
    "lead": lambda case, asked, around: _require_reviewer(case, asked.lead, "lead", around),
    "propose": _proposing,
    "confirm": _confirming,
    "restrict": _restricting,
    "merge": _merging,
}
