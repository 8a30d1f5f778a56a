"""Caveats put together are the strictest of each, and what a caveat forbids is refused by name."""

from __future__ import annotations

import contextlib
import itertools
from typing import Any

import pytest

from schemas.errors import HandlingForbids
from schemas.handling import DEFAULT, TLP, Handling, require_export, together


def test_what_is_derived_from_several_is_as_strict_as_the_strictest_in_any_order() -> None:
    parts = [
        Handling(tlp="GREEN", use="evidence", onward="free", purpose="b", caveats=("one",)),
        Handling(tlp="AMBER", use="evidence", onward="never", purpose="a", caveats=("two", "one")),
        Handling(tlp="CLEAR", use="intelligence", onward="consent", purpose="a"),
    ]
    for order in itertools.permutations(parts):
        found = together(order)
        assert (found.tlp, found.use, found.onward, found.purpose) == ("AMBER", "intelligence", "never", "a; b")
        assert found.caveats == ("one", "two")
    assert together([]) == DEFAULT


@pytest.mark.parametrize(
    ("tlp", "allowed"),
    [
        ("CLEAR", {"own_unit", "authority", "foreign_fiu", "public"}),
        ("GREEN", {"own_unit", "authority", "foreign_fiu"}),
        ("AMBER", {"own_unit", "authority", "foreign_fiu"}),
        ("AMBER+STRICT", {"own_unit"}),
        ("RED", set()),
    ],
)
def test_a_label_reaches_only_those_whom_it_names(tlp: Any, allowed: set[str]) -> None:
    handling = Handling(tlp=tlp, use="evidence", onward="free")
    reached = set()
    for recipient in ("own_unit", "authority", "foreign_fiu", "public"):
        with contextlib.suppress(HandlingForbids):
            require_export(handling, recipient=recipient, use="evidence", missing_consent=[])  # type: ignore[arg-type]
            reached.add(recipient)
    assert reached == allowed
    assert TLP[-1] == "RED"


def test_onward_sharing_needs_every_consent_and_never_means_never() -> None:
    consent = Handling(tlp="GREEN", onward="consent", use="evidence")
    with pytest.raises(HandlingForbids) as refusal:
        require_export(consent, recipient="authority", use="evidence", missing_consent=["b_1"])
    assert (refusal.value.where, refusal.value.value) == ("onward", "b_1")
    require_export(consent, recipient="authority", use="evidence", missing_consent=[])
    require_export(consent, recipient="own_unit", use="evidence", missing_consent=["b_1"])
    never = consent.model_copy(update={"onward": "never"})
    with pytest.raises(HandlingForbids):
        require_export(never, recipient="authority", use="evidence", missing_consent=[])


def test_what_was_given_as_intelligence_is_no_evidence() -> None:
    with pytest.raises(HandlingForbids) as refusal:
        require_export(Handling(use="intelligence"), recipient="own_unit", use="evidence", missing_consent=[])
    assert refusal.value.where == "use"
