"""RED inside the unit: what stands on it is read by people who were named, and by nobody before somebody was.

A supervisor names them by restricting the alert, or the case, to them. The line of an alert in the queue is no reading of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemas.errors import HandlingForbids
from service.access.accounts import Query

_MARK = '"tlp":"RED"'
"""In canonical JSON no text of an originator's can look so: a quotation mark in it is escaped."""
_RED = """
select b.batch from batches as b
left join current_batch_handling as h on h.batch = b.batch
left join current_partner_handling as p on p.partner = b.partner
where contains(coalesce(h.handling, p.handling, ''), ?)
"""


def red_batches(query: Query) -> frozenset[str]:
    """The batches whose originator gave them for named people alone."""
    return frozenset(batch for (batch,) in query(_RED, [_MARK]))


def withheld(query: Query, alerts: Iterable[dict[str, Any]]) -> frozenset[str]:
    """Those of these alerts (`alert`, `body`) that stand on RED and are restricted to nobody yet. Where evidence was left out for
    its number, whatever is RED counts."""
    red = red_batches(query)
    found = [each["alert"] for each in alerts if red and _stands_on(each["body"], red)]
    if not found:
        return frozenset()
    named = query("select alert from current_restrictions where list_contains(?::varchar[], alert)", [found])
    return frozenset(found) - {alert for (alert,) in named}


def require_named(query: Query, alerts: Iterable[dict[str, Any]]) -> None:
    """Raise HandlingForbids for alerts of which one is `withheld`."""
    for alert in sorted(withheld(query, alerts)):
        raise HandlingForbids(
            "its originator gave some of it for named people alone (RED)",
            where="tlp",
            value=alert,
            remedy="A supervisor restricts the alert to the people who may read it.",
        )


def require_none(query: Query, batches: Iterable[str]) -> None:
    """Raise HandlingForbids where one of these batches is RED: rows that no alert was restricted for."""
    if not red_batches(query).isdisjoint(batches):
        raise HandlingForbids(
            "some of what was found was given for named people alone (RED)",
            where="tlp",
            remedy="Read it in an alert that a supervisor restricted to you, or ask its originator.",
        )


def _stands_on(body: dict[str, Any], red: frozenset[str]) -> bool:
    return bool(body.get("evidence_left_out", 0)) or any(each["batch"] in red for each in body["evidence"])
