"""What an act makes of a case: a pure fold over entries, so that a rebuild of the ledger gives the same cases to the letter.

It decides nothing: whether an act is allowed was decided before it was recorded (`schemas.case.rule_for`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from schemas import case_acts as shapes
from schemas.case import ACTS, STANDARD_ITEMS, UNDER_REVIEW, Attachment, Case, CheckItem, Decision, Proposal, Task
from schemas.case_acts import RECORDED

Told = dict[str, Any]
"""The payload of an entry: `case`, `asked` (an act as `schemas.case` shapes it), and what the book added to it."""


def opened(told: Told, *, at: str, actor: str) -> Case:
    """A new case, from the payload of its `case.opened`."""
    opening = shapes.Opening.model_validate(told["asked"])
    return Case(
        id=told["case"],
        revision=1,
        state="draft",
        title=opening.title,
        opened_at=at,
        opened_by=actor,
        changed_at=at,
        lead=actor,
        due_at=end_of(opening.due),
        alerts=opening.alerts,
        checklist=tuple(
            CheckItem(number=number, code=code, required=required)
            for number, (code, required) in enumerate(STANDARD_ITEMS.items(), start=1)
        ),
    )


def after(case: Case, told: Told, *, at: str, actor: str, other: Case | None = None) -> Case:
    """The case after one act. `other` is the one that a merge takes in."""
    asked = RECORDED.validate_python(told["asked"])
    rule = ACTS[asked.act]
    changes = _CHANGES[asked.act](case, asked, told, at, actor) if asked.act in _CHANGES else {}
    if other is not None:
        changes |= _taken_in(case, other)
    if rule.voids and case.state in UNDER_REVIEW:
        changes |= {"state": "draft", "proposal": None, "reviewer": None}
    elif rule.to is not None:
        changes["state"] = rule.to
    return case.model_copy(update=changes | {"revision": case.revision + 1, "changed_at": at})


def ended_by_merge(case: Case, into: str, *, at: str) -> Case:
    """The case that was taken into another."""
    return case.model_copy(
        update={"state": "merged", "merged_into": into, "revision": case.revision + 1, "changed_at": at}
    )


def born_by_split(case: Case, told: Told, *, at: str, actor: str) -> Case:
    """The new case of a split: under the restriction, the lead and the due time of the one that it comes from."""
    asked = shapes.Split.model_validate(told["asked"])
    opening = {"case": told["into"], "asked": {"title": asked.title, "alerts": list(asked.alerts)}}
    kept = {"people": case.people, "lead": case.lead, "due_at": case.due_at, "split_from": case.id}
    return opened(opening, at=at, actor=actor).model_copy(update=kept)


def end_of(day: date | None) -> str | None:
    """The last moment of a day in UTC."""
    return None if day is None else f"{day.isoformat()}T23:59:59.000000Z"


def moment(text: str) -> datetime:
    """A time of an entry."""
    return datetime.fromisoformat(text)


def _later(due: str | None, since: str | None, until: str) -> str | None:
    if due is None or since is None:
        return due
    moved = moment(due) + (moment(until) - moment(since))
    return moved.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _taken_in(case: Case, other: Case) -> Told:
    """What a merge takes over. Standard items that were done in either are done; files and tasks are numbered on."""
    done = {item.code: item for item in other.checklist if item.code and item.done_by}
    kept = [
        item.model_copy(update={"done_by": found.done_by, "done_at": found.done_at})
        if item.done_by is None and (found := done.get(item.code))
        else item
        for item in case.checklist
    ]
    own = [item for item in other.checklist if not item.code]
    return {
        "alerts": case.alerts + tuple(each for each in other.alerts if each not in case.alerts),
        "checklist": tuple(kept) + tuple(_numbered(own, len(kept))),
        "tasks": case.tasks + tuple(_numbered(other.tasks, len(case.tasks))),
        "attachments": case.attachments + tuple(_numbered(other.attachments, len(case.attachments))),
        "merged_from": (*case.merged_from, other.id),
    }


def _numbered(items: Any, start: int) -> list[Any]:
    return [each.model_copy(update={"number": start + number}) for number, each in enumerate(items, start=1)]


def _marked(items: tuple[Any, ...], number: int, done: bool, at: str, actor: str) -> tuple[Any, ...]:
    marks = {"done_by": actor if done else None, "done_at": at if done else None}
    return tuple(each.model_copy(update=marks) if each.number == number else each for each in items)


def _attached(case: Case, asked: Any, _told: Told, at: str, actor: str) -> Told:
    made = Attachment(
        number=len(case.attachments) + 1, name=asked.name, digest=asked.digest, size=asked.size, by=actor, at=at
    )
    return {"attachments": (*case.attachments, made)}


def _proposed(_case: Case, asked: Any, told: Told, at: str, actor: str) -> Told:
    made = Proposal(
        outcome=asked.outcome,
        reason=asked.reason,
        by=actor,
        at=at,
        evidence=told["evidence"],
        size=told["size"],
        versions=told["versions"],
    )
    return {"proposal": made, "reviewer": None}


def _decided(case: Case, asked: Any, _told: Told, at: str, actor: str) -> Told:
    return {"decision": Decision(proposal=case.proposal, by=actor, at=at, note=asked.note)}


def _task(case: Case, asked: Any) -> Task:
    return Task(number=len(case.tasks) + 1, text=asked.text, assignee=asked.assignee, due=end_of(asked.due))


_DRAFT: Told = {"proposal": None, "reviewer": None}
_CHANGES: dict[str, Callable[[Case, Any, Told, str, str], Told]] = {
    "add_alerts": lambda case, asked, *_: {
        "alerts": case.alerts + tuple(dict.fromkeys(each for each in asked.alerts if each not in case.alerts))
    },
    "remove_alerts": lambda case, asked, *_: {"alerts": tuple(a for a in case.alerts if a not in asked.alerts)},
    "rename": lambda _case, asked, *_: {"title": asked.title},
    "lead": lambda _case, asked, *_: {"lead": asked.lead},
    "tick": lambda case, asked, _told, at, actor: {
        "checklist": _marked(case.checklist, asked.item, asked.done, at, actor)
    },
    "add_item": lambda case, asked, *_: {
        "checklist": (*case.checklist, CheckItem(number=len(case.checklist) + 1, text=asked.text))
    },
    "add_task": lambda case, asked, *_: {"tasks": (*case.tasks, _task(case, asked))},
    "finish_task": lambda case, asked, _told, at, actor: {
        "tasks": _marked(case.tasks, asked.task, asked.done, at, actor)
    },
    "attach": _attached,
    "detach": lambda case, asked, *_: {
        "attachments": tuple(
            each.model_copy(update={"removed": True}) if each.number == asked.attachment else each
            for each in case.attachments
        )
    },
    "set_due": lambda _case, asked, *_: {"due_at": end_of(asked.due)},
    "pause": lambda _case, asked, _told, at, _actor: {"paused_at": at, "pause_reason": asked.reason},
    "resume": lambda case, _asked, _told, at, _actor: {
        "paused_at": None, "pause_reason": "", "due_at": _later(case.due_at, case.paused_at, at)
    },
    "propose": _proposed,
    "review": lambda _case, _asked, _told, _at, actor: {"reviewer": actor},
    "confirm": _decided,
    "return": lambda *_: dict(_DRAFT),
    "withdraw": lambda *_: dict(_DRAFT),
    "reopen": lambda *_: _DRAFT | {"decision": None},
    "restrict": lambda _case, asked, *_: {"people": tuple(sorted(set(asked.people)))},
    "split": lambda case, asked, *_: {"alerts": tuple(a for a in case.alerts if a not in asked.alerts)},
}  # fmt: skip
"""Act -> which fields of the case it changes. An act that is not here changes none: a note stands in the timeline alone."""
