"""Who may see names, when, and what counts as alike."""

from __future__ import annotations

import polars as pl
import pytest

from detectors.example_table import example_frame
from detectors.examples import snapshot_of
from detectors.lint.structure import RELATIONS
from detectors.relations.lists import SCREENED
from detectors.screening.names import alike, like_names
from schemas.detector import Example

_HEAD = "entry | list | kind | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source\n"


def _rows(*names: str) -> pl.DataFrame:
    lines = [f"2026-03-02 | 10.00 | A-{number} | B | {name}" for number, name in enumerate(names)]
    return example_frame(
        Example(name="x", rows="\n".join(["occurred_at | amount | from_account | to_account | from_name", *lines]))
    )


def _watchlist(*names: str) -> dict[str, str]:
    rows = [f"E-{n} | L | sanctions | {name} | | | | A1 | no | 2020-01-01 | | t" for n, name in enumerate(names)]
    return {"watchlist": _HEAD + "\n".join(rows)}


def test_no_rule_can_read_names_or_owners() -> None:
    assert not set(SCREENED) & RELATIONS.keys()


def test_names_are_not_even_loaded_without_a_watchlist() -> None:
    with snapshot_of(_rows("Sample Person")) as view:
        tables = set(view.sql("select table_name from information_schema.tables")["table_name"])
    assert not tables & set(SCREENED)


@pytest.mark.parametrize(
    "written", ["sample PERSON alpha", "Alpha, Sample Person", "Sâmple  Pérson-Alpha", "Person Alpha Samples"]
)
def test_order_case_accents_and_a_letter_do_not_matter(written: str) -> None:
    with snapshot_of(_rows(written), _watchlist("Sample Person Alpha")) as view:
        assert like_names(view, 900)["similarity"].min() is not None


@pytest.mark.parametrize(
    "written", ["Sample Person", "Simple Parson Aloha", "Alpha", "Sample Person Alpha Junior Third"]
)
def test_another_name_is_not_alike(written: str) -> None:
    with snapshot_of(_rows(written), _watchlist("Sample Person Alpha", "Alpha")) as view:
        assert like_names(view, 900).is_empty()


def test_likeness_is_a_whole_number_per_mille_and_symmetric() -> None:
    names = ["alpha person sample", "alpha person sampl", "a b", ""]
    pairs = [(left, right) for left in names for right in names]
    there = alike([left for left, _ in pairs], [right for _, right in pairs])
    back = alike([right for _, right in pairs], [left for left, _ in pairs])
    assert there == back
    assert all(0 <= score <= 1000 for score in there)
    assert there[0] == 1000
