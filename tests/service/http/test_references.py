"""Reference tables over HTTP: taken into use whole or not at all, and shown to nobody."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from schemas.reference import REFERENCE_KINDS, TABLES

Since = Callable[[], list[str]]
SEGMENTS = "account,segment,valid_from,valid_to,source\nBANK-A|41,payroll,2026-01-01,,register\n"
WATCHLIST = (
    "entry,list,kind,name,birth_date,identifier,account,grade,humanitarian,valid_from,valid_to,source\n"
    "E-1,UN,sanctions,Xaviera Quibble,,,BANK-A|41,A1,no,2026-01-01,,list\n"
)


def _in_use(world: Any, kind: str) -> dict[str, Any]:
    (found,) = (each for each in world.program("admin").get("/v1/references").json() if each["kind"] == kind)
    return dict(found)


def test_a_table_is_taken_into_use_and_told_by_its_digest_and_rows(world: Any, since: Since) -> None:
    loaded = world.program("admin").post("/v1/references/segments", params={"name": "s.csv"}, content=SEGMENTS)
    assert loaded.status_code == 200, loaded.text
    assert (loaded.json()["rows"], loaded.json()["name"]) == (1, "s.csv")
    assert _in_use(world, "segments") == loaded.json()
    assert since() == ["reference.loaded"]
    again = world.program("admin").post("/v1/references/segments", files={"file": ("s.csv", SEGMENTS)})
    assert again.json() == loaded.json(), "the same bytes again change nothing"
    assert since() == ["reference.loaded"]


@pytest.mark.parametrize(
    ("table", "place"),
    [
        (SEGMENTS.replace("payroll", "bakery"), "row 1, column segment"),
        (SEGMENTS + "BANK-A|41,payroll,2026-02-01,,register\n", "row 2, column valid_from"),
        (SEGMENTS + SEGMENTS.splitlines()[1] + "\n", "row 2, column valid_from"),
        (SEGMENTS.replace("2026-01-01", "1.1.26"), "row 1, column valid_from"),
        ("account\nBANK-A|41\n", "table.csv"),
        (b"\xff\xfe", "table.csv"),
    ],
)
def test_a_faulty_table_is_refused_whole_with_its_place_and_the_old_one_stays(
    world: Any, table: str | bytes, place: str, since: Since
) -> None:
    before = _in_use(world, "segments")
    answer = world.program("admin").post("/v1/references/segments", content=table)
    assert answer.status_code == 422
    assert place in answer.json()["field"]
    assert _in_use(world, "segments") == before
    assert since() == []


@pytest.mark.parametrize(
    ("kind", "table", "place"),
    [
        ("fx", "currency,base,date,rate\nDOL,EUR,2026-01-01,1\n", "row 1, column currency"),
        ("fx", "currency,base,date,rate\nUSD,EUR,2026-01-01,1\nUSD,EUR,2026-01-01,2\n", "row 2"),
        (
            "thresholds",
            "country,currency,kind,amount,valid_from,valid_to,source\nXX,EUR,cash,1,2026-01-01,,s\n",
            "row 1",
        ),
    ],
)
def test_unknown_codes_and_duplicates_in_other_tables_leave_them_as_they_are(
    world: Any, kind: str, table: str, place: str, since: Since
) -> None:
    before = _in_use(world, kind)
    answer = world.program("admin").post(f"/v1/references/{kind}", content=table)
    assert (answer.status_code, place in answer.json()["field"], bool(answer.json()["remedy"])) == (422, True, True)
    assert _in_use(world, kind) == before
    assert since() == []


def test_of_two_admins_who_replace_the_same_table_the_slower_is_told(world: Any, since: Since) -> None:
    admin, read = world.program("admin"), _in_use(world, "segments")["digest"]
    first, second = SEGMENTS.replace("|41", "|42"), SEGMENTS.replace("|41", "|43")
    taken = admin.post("/v1/references/segments", content=first, headers={"if-match": f'"{read}"'})
    assert (taken.status_code, taken.headers["etag"]) == (200, f'"{taken.json()["digest"]}"')
    stale = admin.post("/v1/references/segments", content=second, headers={"if-match": f'"{read}"'})
    assert (stale.status_code, stale.json()["type"].rpartition("/")[2]) == (409, "stale-version")
    assert _in_use(world, "segments") == taken.json()
    assert since() == ["reference.loaded"]
    again = admin.post("/v1/references/segments", content=second, headers={"if-match": taken.headers["etag"]})
    assert again.status_code == 200


def test_a_kind_that_there_is_not_is_refused_with_those_that_there_are(world: Any) -> None:
    answer = world.program("admin").post("/v1/references/lists", content=SEGMENTS)
    assert answer.status_code == 422
    assert all(kind in answer.json()["remedy"] for kind in REFERENCE_KINDS)
    assert set(TABLES) == set(REFERENCE_KINDS)


def test_what_a_watchlist_holds_is_in_no_answer_no_journal_line_and_no_log(
    world: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert world.program("admin").post("/v1/references/watchlist", content=WATCHLIST).status_code == 200
        broken = WATCHLIST.replace(",A1,", ",Z9,")
        refused = world.program("admin").post("/v1/references/watchlist", content=broken)
    assert refused.status_code == 422
    told = [refused.text, caplog.text, *capfd.readouterr()]
    for account in ("bank-a", "analyst", "supervisor", "auditor", "admin"):
        told += [
            world.program(account).get(path).text
            for path in ("/v1/references", "/v1/references/watchlist", "/v1/journal")
        ]
    told += [path.read_text("utf-8") for path in world.house.home.journal.glob("*.ndjson")]
    assert not [text for text in told if "Quibble" in text or "E-1" in text]
    assert world.program("bank-a").get("/v1/references").status_code == 403
    assert world.program("bank-a").post("/v1/references/watchlist", content=WATCHLIST).status_code == 403


def test_a_table_may_be_larger_than_a_form_and_not_larger_than_a_submission(world: Any) -> None:
    row = "P{number},ML,border,survey\n"
    table = "place,country,kind,source\n" + "".join(row.format(number=number) for number in range(7000))
    assert 64 * 1024 < len(table) < 200_000
    assert world.program("admin").post("/v1/references/places", content=table).json()["rows"] == 7000
    assert world.program("admin").post("/v1/references/places", content="x" * 300_000).status_code == 413
