"""What a caveat forbids a caller, refused with an entry: the one way by which routes ask. The operator reads the files anyway."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from schemas.case import MOST_ALERTS, Case
from schemas.errors import HandlingForbids
from service.access.operator import Operator
from service.alerts.book import Filter
from service.handling import named
from service.http.deps import Caller


@contextmanager
def refusals_noted(caller: Caller, what: str) -> Iterator[None]:
    """Note what a caveat forbids in here; the caller still hears which one it is."""
    try:
        yield
    except HandlingForbids as error:
        caller.office.gate.note_refusal(caller.person, error.why, what)
        raise


def require_alert(caller: Caller, found: dict[str, Any]) -> None:
    """Raise HandlingForbids where an alert stands on what was given for named people alone, and nobody has been named."""
    _require(caller, [found], found["alert"])


def require_case(caller: Caller, case: Case) -> None:
    """Raise HandlingForbids as `require_alert` does for each alert of a case; a case that is restricted names its people itself."""
    query = caller.office.house.ledger.query
    if case.people or isinstance(caller.person, Operator) or not named.red_batches(query):
        return
    only = Filter(alerts=case.alerts)
    _require(
        caller, caller.office.house.alerts.page(caller.alerts_there, only=only, limit=MOST_ALERTS, whole=True), case.id
    )


def require_rows(caller: Caller, batches: Iterable[str], what: str) -> None:
    """Raise HandlingForbids where rows of one of these batches were given for named people alone."""
    if not isinstance(caller.person, Operator):
        with refusals_noted(caller, what):
            named.require_none(caller.office.house.ledger.query, batches)


def withheld(caller: Caller, found: Iterable[dict[str, Any]]) -> frozenset[str]:
    """Those of these alerts that `require_alert` would refuse."""
    return (
        frozenset() if isinstance(caller.person, Operator) else named.withheld(caller.office.house.ledger.query, found)
    )


def _require(caller: Caller, alerts: Iterable[dict[str, Any]], what: str) -> None:
    if not isinstance(caller.person, Operator):
        with refusals_noted(caller, what):
            named.require_named(caller.office.house.ledger.query, alerts)
