"""The kept standing alerts: what the fold keeps, entry by entry, is what the versions and acts say when they are folded at once."""

from __future__ import annotations

from pathlib import Path

import duckdb
from support.houses import OPERATOR, RULES, csv_rows, submit

from service.access.roles import Actor
from service.alerts.book import EVERYTHING, Filter
from service.house import House
from service.ledger import migrate
from service.ledger.migrate import shipped

ANA, SUE = Actor("ana", "analyst"), Actor("sue", "supervisor")
STEP = "0014_kept_alerts.sql"


def test_a_ledger_that_takes_on_the_kept_alerts_has_those_that_a_fold_keeps(house: House, tmp_path: Path) -> None:
    house.runs.start(detectors=RULES, **OPERATOR)
    alerts = house.alerts.page(EVERYTHING, limit=1000)
    split = next(each["alert"] for each in alerts if each["subject_account"] == "SPLIT")
    other = next(each["alert"] for each in alerts if each["alert"] != split)
    act = house.alerts.act
    act(split, "assign", assignee="ana", by=ANA, scope=EVERYTHING, revision=1)
    act(other, "assign", assignee="ana", by=ANA, scope=EVERYTHING, revision=1)
    act(other, "release", by=ANA, scope=EVERYTHING, revision=2)
    house.alerts.note(split, "Seen.", by=ANA, scope=EVERYTHING)
    more = tmp_path / "more.csv"
    more.write_text(csv_rows(("c9", 170.0, "cash_deposit", "4800.00", "", "SPLIT")))
    submit(house, more, "bank")
    house.runs.start(detectors=RULES, **OPERATOR)
    found = {each["alert"]: each for each in house.alerts.page(EVERYTHING, limit=1000, only=Filter())}
    assert (found[split]["version"], found[split]["revision"], found[split]["assignee"]) == (2, 4, "ana")
    assert found[split]["first_raised"] < found[split]["recorded_at"]
    assert (found[other]["state"], found[other]["assignee"], found[other]["revision"]) == ("new", None, 3)

    with duckdb.connect() as before:
        migrate.apply(before, [step for step in shipped() if step.name < STEP])
        for table in ("alert_versions", "alert_acts"):
            rows = house.ledger.frame(f"select * from {table}").to_arrow()  # noqa: F841 - read by name in the next line
            before.execute(f"insert into {table} by name select * from rows")
        migrate.apply(before, [step for step in shipped() if step.name == STEP])
        anew = before.execute("select * from kept_alerts order by alert").fetchall()
    assert anew == house.ledger.query("select * from kept_alerts order by alert")
