"""The pages of flows: the table says what the picture shows on every day, money is followed by a form, and no account is in an address."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest

Since = Callable[[], list[str]]
HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account,from_country,to_country\n"
_numbers = iter(range(1000))


@pytest.fixture
def case(world: Any) -> tuple[str, str, str]:
    """An alert on a chain of five days with cash, two currencies, a time without an hour and a country that is not stated."""
    mark = f"P{next(_numbers)}"
    rows = (
        f"{mark}-1,2026-03-02T23:30:00+02:00,cash_deposit,900.50,EUR,,{mark}A,,SN\n"
        f"{mark}-2,2026-03-03T10:00:00Z,transfer,800.50,EUR,{mark}A,{mark}B,SN,FR\n"
        f"{mark}-3,2026-03-04,cash_withdrawal,500,EUR,{mark}B,,FR,\n"
        f"{mark}-4,2026-03-05T10:00:00Z,transfer,70000,XOF,{mark}A,{mark}B,SN,FR\n"
        f"{mark}-5,2026-03-06T10:00:00Z,transfer,5,EUR,{mark}C,{mark}A,,SN\n"
    )
    batch = world.submit("bank-a", (HEADER + rows).encode())["batch"]
    ((key,),) = world.house.ledger.query(
        "select distinct from_key from transactions where reference = ?", [f"{mark}-2"]
    )
    ((far,),) = world.house.ledger.query(
        "select distinct from_key from transactions where reference = ?", [f"{mark}-5"]
    )
    members = [
        {"account": f"{mark}A", "key": key, "role": "collector"},
        {"account": f"{mark}C", "key": far, "role": "possible_victim"},
    ]
    window = {"window_start": "2026-03-02T00:00:00Z", "window_end": "2026-03-06T23:59:59Z"}
    references = tuple(f"{mark}-{nth}" for nth in range(1, 6))
    alert = world.alert(batch, references, subject=key, subject_account=f"{mark}A", members=members, **window)
    return alert, batch, mark


def _rows(page: str) -> list[tuple[str, ...]]:
    """The table rows that are shown: from, to, transactions, amounts, first, last, evidence."""
    found = re.findall(r'<tr data-link="\d+">(.*?)</tr>', page)
    return [
        tuple(unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<td.*?>(.*?)</td>", row)) for row in found
    ]


def _curves(page: str) -> list[str]:
    return re.findall(r'<path data-link="(\d+)" class="link(?: seen)?" ', page)


@pytest.mark.parametrize("scope", ["evidence", "around"])
def test_on_every_day_the_table_has_a_row_for_each_curve_and_all_that_moved_by_then(
    world: Any, case: Any, scope: str
) -> None:
    alert, _, _ = case
    browser = world.browser("analyst")
    counts = []
    for days in range(5):
        until = date(2026, 3, 2) + timedelta(days=days)
        page = browser.get(f"/alerts/{alert}/flow?scope={scope}&hops=2&until={until}").text
        rows = _rows(page)
        assert len(rows) == len(_curves(page))
        assert len(_curves(page)) == len(re.findall(r'<tr data-link="\d+">', page))
        counts.append((len(rows), sum(int(row[2]) for row in rows)))
    assert counts == [(1, 1), (2, 2), (3, 3), (3, 4), (4, 5)]


def test_the_interface_tells_the_same_as_the_table_of_the_page(world: Any, case: Any) -> None:
    alert, _, _ = case
    for until, many in (("2026-03-02", 1), ("2026-03-04", 3), ("2027-01-01", 4)):
        told = world.program("auditor").get(f"/v1/alerts/{alert}/graph", params={"until": until}).json()
        page = _rows(world.browser("auditor").get(f"/alerts/{alert}/flow?until={until}").text)
        assert [each["transactions"] for each in told["edges"]] == [int(row[2]) for row in page]
        assert len(told["edges"]) == many
    assert {"EUR": "5.0000"} in [each["amounts"] for each in told["edges"]]
    assert {each["role"] for each in told["nodes"]} == {"subject", "protect", "other", "cash"}
    assert world.program("auditor").get(f"/v1/alerts/{alert}/graph?scope=around").status_code == 403


def test_the_script_is_given_what_the_table_says(world: Any, case: Any) -> None:
    alert, _, _ = case
    page = world.browser("analyst").get(f"/alerts/{alert}/flow").text
    data = json.loads(re.search(r'id="flow-data">(.*?)</script>', page)[1])  # type: ignore[index]
    assert [[day, count, *amounts.items()] for day, count, amounts in next(iter(data["moved"].values()))] == [
        [1, 1, ("EUR", "8005000")],
        [3, 1, ("XOF", "700000000")],
    ]
    assert len(data["moved"]) == 1, "what moved on one day alone stands in the table"
    assert sorted(data["first"]) == [0, 1, 2, 4]
    assert (len(data["from"]), len(data["to"]), len(data["days"]), data["until"]) == (4, 4, 5, 4)
    assert "<script>" not in page
    assert re.findall(r"<script ([^>]*)>", page)[-1] == 'type="application/json" id="flow-data"'


def test_roles_differ_by_shape_and_possible_victims_stand_apart(world: Any, case: Any) -> None:
    alert, _, mark = case
    page = world.browser("analyst").get(f"/alerts/{alert}/flow").text
    shapes = dict(re.findall(r'<path class="(\w+)" d="[^"]*?([a-z][^"]*)"><title>', page))
    assert len(set(shapes.values())) == len(shapes) == 4
    assert f"<title>{mark}C, may need protection</title>" in page


def test_a_least_amount_leaves_small_movements_out_and_counts_them(world: Any, case: Any) -> None:
    alert, _, _ = case
    page = world.browser("analyst").get(f"/alerts/{alert}/flow?least=400").text
    assert len(_rows(page)) == 3
    assert "Movements below the least amount, not drawn: 1" in page
    assert "Nothing moved here" in world.browser("analyst").get(f"/alerts/{alert}/flow?least=90000000").text


def test_looking_around_is_recorded_once_and_only_for_who_may_follow(world: Any, case: Any, since: Since) -> None:
    alert, _, _ = case
    browser = world.browser("supervisor")
    before = len(since())
    for _ in range(2):
        assert browser.get(f"/alerts/{alert}/flow?scope=around&hops=1").status_code == 200
    assert since()[before:] == ["alert.read", "flow.read"]
    assert world.browser("auditor").get(f"/alerts/{alert}/flow").status_code == 200
    assert world.browser("auditor").get(f"/alerts/{alert}/flow?scope=around").status_code == 403


def test_money_is_followed_by_a_form_and_the_account_is_in_no_address(world: Any, case: Any, since: Since) -> None:
    alert, batch, mark = case
    browser = world.browser("analyst")
    form = browser.get(f"/follow?alert={alert}").text
    assert f'value="alert {alert}"' in form
    before = len(since())
    page = browser.post("/follow", data={"batch": batch, "reference": f"{mark}-1", "purpose": f"alert {alert}"})
    assert page.status_code == 200
    text = unescape(re.sub(r"<[^>]+>", " ", page.text))
    for said in ("Where 900.50\u00a0EUR went", "paid out in cash", "500.00\u00a0EUR", "still on the account"):
        assert said in text
    assert since()[before:] == ["flow.followed"]
    addresses = re.findall(r'(?:href|action|src)="([^"]*)"', page.text)
    assert not [each for each in addresses if mark in each]


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ({"account": "X|1"}, 422, "say what it is for"),
        ({"account": "X|none", "purpose": "x"}, 404, "no transaction of this account is in the ledger"),
        ({"account": "X|1", "purpose": "x", "amount": "much"}, 422, "this is not an amount"),
        ({"account": "X|1", "purpose": "x", "since": "1.3.2026"}, 422, "this is not a date"),
        ({"account": "X|1", "purpose": "x", "hops": "-1"}, 422, "this is not a whole number"),
        ({"account": "X|1", "purpose": "x", "method": "lifo"}, 422, "this is none of fifo, proportional"),
    ],
)
def test_a_form_that_cannot_be_answered_comes_back_with_what_was_typed(
    world: Any, typed: Any, status: int, said: str
) -> None:
    answer = world.browser("analyst").post("/follow", data=typed)
    assert answer.status_code == status
    assert said in unescape(answer.text).lower()
    assert f'value="{typed["account"]}"' in answer.text


def test_every_transaction_is_on_the_timeline_and_in_a_corridor_stated_or_not(world: Any, case: Any) -> None:
    alert, _, _ = case
    browser = world.browser("analyst")
    local, utc = (browser.get(f"/alerts/{alert}/timeline?on={clock}").text for clock in ("local", "utc"))
    for page in (local, utc):
        assert page.count('<rect class="step') == 5
        assert "Not stated" in page
    assert "23:00–23:59" in local
    assert "21:00–21:59" in utc
    table = local.partition('id="corridors"')[2]
    rows = [re.sub(r"<[^>]+>", " ", row).split() for row in re.findall(r"<tr><td>\d.*?</tr>", table)]
    assert sum(int(re.search(r"</svg> (\d+)<", row)[1]) for row in re.findall(r"<tr><td>\d.*?</tr>", table)) == 5  # type: ignore[index]
    assert rows[0][:4] == ["1", "SN", "FR", "2"]
    assert {(" ".join(row)).count("Not stated") for row in rows} == {0, 1}


def test_an_alert_that_is_not_there_has_no_pages(world: Any) -> None:
    for place in ("flow", "timeline"):
        assert world.browser("analyst").get(f"/alerts/a_none/{place}").status_code == 404
