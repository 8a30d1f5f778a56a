"""The eleven kinds of ordinary dealings that SAML-D names: what looks for structures leaves them alone, or the exception is told."""

from __future__ import annotations

from collections import defaultdict

import polars as pl
import pytest

from detectors.catalogue import Catalogue
from detectors.example_table import example_frame
from detectors.examples import snapshot_of
from fixtures.ordinary import INSTANCES, KINDS, ordinary_rows
from schemas.detector import Example

EXCEPTIONS: dict[str, dict[str, str]] = {
    "fan-in": {
        "novel-network": "Payers who never dealt with the account before and pay it in the same weeks are a star of new relations, "
        "just what the pattern measures. In a ledger of a few hundred accounts it is rare; what it is worth is said by its bits."
    },
    "fan-out": {
        "novel-network": "The same star turned round: since the pattern looks for fans that are spread over the whole span, "
        "somebody who pays several for the first time is one. The bits say how little that is in a larger ledger."
    },
}
"""By kind, the detectors that fire on some of it all the same, and why that is right or cannot be told apart."""


@pytest.fixture(scope="module")
def flagged() -> dict[str, set[str]]:
    """By kind, the rules and patterns, live or on test, that have a member of it for their subject."""
    rows = ordinary_rows()
    columns = [name for name in rows.columns if name not in {"kind"}]
    table = [" | ".join(columns)] + [
        " | ".join(value or "" for value in row) for row in rows.select(columns).iter_rows()
    ]
    found: dict[str, set[str]] = defaultdict(set)
    with snapshot_of(example_frame(Example(name="ordinary", rows="\n".join(table)))) as view:
        names = dict(view.sql("select account, name from accounts").iter_rows())
        for detector in Catalogue.load().pick():
            if detector.meta.kind == "model":
                continue
            for subject in detector.find(view, detector.meta.settled({}))["subject"]:
                found[str(names[subject]).rsplit("-", 2)[0]].add(detector.meta.id)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_ordinary_dealings_of_each_kind_raise_nothing_but_the_exceptions_told(
    flagged: dict[str, set[str]], kind: str
) -> None:
    assert flagged[kind] <= set(EXCEPTIONS.get(kind, {}))


def test_equal_seeds_give_equal_rows_and_every_kind_has_its_instances() -> None:
    rows = ordinary_rows()
    assert rows.equals(ordinary_rows())
    assert not rows.equals(ordinary_rows("another"))
    ends = pl.concat([rows.select("kind", account=side) for side in ("from_account", "to_account")]).drop_nulls()
    instances = ends.with_columns(pl.col("account").str.replace(r"-[^-]+$", "")).unique()
    assert set(instances.group_by("kind").len().iter_rows()) == {(kind, INSTANCES) for kind in KINDS}
