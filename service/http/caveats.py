"""What a caveat forbids a caller, refused with an entry: the one way by which routes ask. The operator reads the files anyway."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from schemas.errors import HandlingForbids
from service.access.operator import Operator
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


def require_rows(caller: Caller, batches: Iterable[str], what: str) -> None:
    """Raise HandlingForbids where rows of one of these batches were given for named people alone."""
    if not isinstance(caller.person, Operator):
        with refusals_noted(caller, what):
            named.require_none(caller.office.house.ledger.query, batches)


def red_rows(caller: Caller, besides: Iterable[str] = ()) -> frozenset[str]:
    """The batches whose rows the caller is not shown, as if they had not been sent: RED, and not among those `besides`."""
    if isinstance(caller.person, Operator):
        return frozenset()
    return named.red_batches(caller.office.house.ledger.query).difference(besides)
