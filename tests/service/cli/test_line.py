"""Commands about the line of the queue's budget: the same from the house itself and through a server that holds it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.commands import serving, thalweg
from support.houses import RULES, splits_csv

NARROW = {"THALWEG_ALERTS_PER_MILLE": "0", "THALWEG_ALERTS_LEAST": "1", "THALWEG_REVIEW_SAMPLE": "1"}
CHOSEN = tuple(word for rule in RULES for word in ("--detector", rule))
TOLD = (
    ("alerts", "list", "--json"),
    ("alerts", "list", "--all", "--json"),
    ("alerts", "list", "--all", "--limit", "3", "--json"),
    ("alerts", "list", "--all"),
    ("alerts", "sample", "--json"),
    ("alerts", "sample"),
)


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory, world: Path) -> Path:
    """A home whose one run had room for one alert above the line and drew one from below it."""
    home = tmp_path_factory.mktemp("narrow") / "home"
    (home.parent / "splits.csv").write_text(splits_csv(3))
    for file in (world, home.parent / "splits.csv"):
        assert thalweg(home, "submit", str(file), "--as", "bank").code == 0
    told = thalweg(home, "runs", "start", *CHOSEN, **NARROW)
    assert "2 of them for the queue, 3 below the line" in told.out
    return home


def test_the_list_ends_at_the_line_and_with_all_goes_on_below_it(narrow: Path) -> None:
    above = thalweg(narrow, "alerts", "list", "--json").records
    every = thalweg(narrow, "alerts", "list", "--all", "--json").records
    assert sorted(each["place"] for each in above) == ["queue", "sample"]
    assert every[:2] == above
    below = every[2:]
    assert len(below) == 3
    assert {each["place"] for each in below} == {"below"}
    assert [each["score"] for each in below] == sorted((each["score"] for each in below), reverse=True)
    assert thalweg(narrow, "alerts", "list", "--all", "--limit", "3", "--json").records == every[:3]
    assert thalweg(narrow, "alerts", "show", "3", "--json").record["id"] == every[2]["id"], "ranks go on below the line"


def test_people_see_which_alerts_lie_below_the_line_and_not_which_was_drawn(narrow: Path) -> None:
    head, *lines = thalweg(narrow, "alerts", "list", "--all").out.splitlines()
    assert head.split()[0].lower() == "line"
    assert ["below" in line.split()[0] for line in lines] == [False, False] + [True] * (len(lines) - 2)
    assert "sample" not in "".join(lines)
    assert not thalweg(narrow, "alerts", "list").out.lower().startswith("line"), "no column where all lie above it"


def test_of_a_sample_that_nobody_has_decided_nothing_is_claimed(narrow: Path) -> None:
    found = thalweg(narrow, "alerts", "sample", "--json").record
    every = thalweg(narrow, "alerts", "list", "--all", "--json").records
    assert found == {
        "below": len(every) - 2, "sampled": 1, "decided": 0, "escalated": 0,
        "share_per_mille": None, "interval_per_mille": None,
    }  # fmt: skip
    assert "nothing is known of the rest" in thalweg(narrow, "alerts", "sample").out


def test_an_evaluation_does_not_depend_on_the_budget(narrow: Path, tmp_path: Path) -> None:
    truth = tmp_path / "truth.csv"
    truth.write_text(
        "reference,pattern,kind,from_account,to_account\n"
        + "".join(f"c{n},p,structuring,,SPLIT\nout{n},q,layers,SOURCE,MID-{n}\n" for n in range(3))
    )
    ask = ("evaluate", str(truth), "--draws", "40", "--json")
    before, wide = thalweg(narrow, *ask).record, Path(shutil.copytree(narrow, tmp_path / "wide"))
    thalweg(wide, "runs", "start", *CHOSEN)
    assert {each["place"] for each in thalweg(wide, "alerts", "list", "--all", "--json").records} == {"queue", "sample"}
    assert thalweg(wide, *ask).record == before


def test_through_a_server_the_answers_are_the_same_and_an_analysts_key_is_not_told_of_the_sample(narrow: Path) -> None:
    thalweg(narrow, "users", "add", "ana", "--name", "Ana", "--role", "analyst")
    key = thalweg(narrow, "keys", "issue", "ana", "--json").record["key"]
    before = [thalweg(narrow, *words).out for words in TOLD]
    with serving(narrow) as url:
        assert [thalweg(narrow, *words).out for words in TOLD] == before
        as_ana = {"THALWEG_URL": url, "THALWEG_TOKEN": key}
        every = thalweg(narrow, "alerts", "list", "--all", "--json", **as_ana).records
        assert [each["place"] for each in every] == ["queue", "queue"] + ["below"] * (len(every) - 2)
        assert thalweg(narrow, "alerts", "sample", **as_ana).code == 1
