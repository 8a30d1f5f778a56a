"""Cases and suppressions as commands tell them: read only, with what people wrote printed plainly."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from support.commands import thalweg

from schemas.case_acts import ACT, Opening
from service.access.roles import Actor
from service.alerts.book import EVERYTHING
from service.cases.checks import Eyes
from service.house import open_house, utc_now
from service.settings import Settings

ANA = Actor("ana", "analyst")
ALL = Eyes(EVERYTHING, EVERYTHING, EVERYTHING)


def test_a_case_and_a_suppression_are_told_as_they_stand(home: Path) -> None:
    with open_house(Settings(home=home, threads=1)) as house:
        alert = house.alerts.page(EVERYTHING)[0]["alert"]
        case = house.cases.open(Opening(title="Deposits \x1b[31m of a week", alerts=(alert,)), by=ANA, eyes=ALL)
        asked = ACT.validate_python({"act": "note", "note": "The branch was asked."})
        house.cases.act(case.id, asked, by=ANA, eyes=ALL, revision=1)
        until = utc_now().date() + timedelta(days=9)
        house.suppressions.propose(alert, until=until, reason="Known.", by=ANA, alerts=EVERYTHING)
    (listed,) = thalweg(home, "cases", "list", "--json").records
    assert (listed["id"], listed["revision"], listed["alerts"]) == (case.id, 2, [alert])
    shown = thalweg(home, "cases", "show", case.id)
    assert "The branch was asked." in shown.out
    assert "\x1b" not in shown.out + thalweg(home, "cases", "list").out
    told = thalweg(home, "cases", "show", case.id, "--json").record
    assert [each["act"] for each in told["timeline"]] == ["open", "note"]
    (suppression,) = thalweg(home, "cases", "suppressions", "--json").records
    assert (suppression["state"], suppression["in_force"], suppression["expires_at"][:10]) == (
        "proposed",
        False,
        str(until),
    )
    assert "proposed" in thalweg(home, "cases", "suppressions").out
    absent = thalweg(home, "cases", "show", "c_none")
    assert absent.code == 1
    assert "no such case" in absent.err


def test_the_table_of_acts_needs_no_data_directory(tmp_path: Path) -> None:
    told = thalweg(tmp_path / "none", "cases", "acts")
    assert told.code == 0
    assert "not the proposer" in told.out
    assert not (tmp_path / "none").exists()
