"""Following money over HTTP: for whom, with a purpose, recorded, out of the budget, and never with an account in an address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Since = Callable[[], list[str]]
HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account\n"
_numbers = iter(range(1000))


@pytest.fixture
def chain(world: Any) -> tuple[str, str]:
    """A deposit that moves on twice: the batch, and the mark that its accounts and references carry."""
    mark = f"F{next(_numbers)}"
    rows = (
        f"{mark}-1,2026-03-02T09:00:00Z,cash_deposit,900.50,EUR,,{mark}A\n"
        f"{mark}-2,2026-03-02T10:00:00Z,transfer,800.50,EUR,{mark}A,{mark}B\n"
        f"{mark}-3,2026-03-03,cash_withdrawal,500,EUR,{mark}B,\n"
    )
    return world.submit("bank-a", (HEADER + rows).encode())["batch"], mark


def _key(world: Any, mark: str, side: str) -> str:
    rows = world.house.ledger.query("select distinct to_key from transactions where to_key like ?", [f"%{mark}{side}"])
    return str(rows[0][0])


def test_money_is_followed_to_its_ends_and_that_it_was_is_recorded(world: Any, chain: tuple[str, str]) -> None:
    batch, mark = chain
    size = world.house.journal.size
    asked = {"batch": batch, "reference": f"{mark}-1", "purpose": "alert a_1"}
    answer = world.program("analyst").post("/v1/flows", json=asked)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    found = {(end["kind"], end["place"]["account"]): end["amount"] for end in told["ends"]}
    assert found == {
        ("cash", f"{mark}B"): "500.0000",
        ("held", f"{mark}A"): "100.0000",
        ("held", f"{mark}B"): "300.5000",
    }
    assert (told["followed"], told["currency"], told["unknown_per_mille"]) == ("900.5000", "EUR", 0)
    assert [step["hop"] for step in told["steps"]] == [1, 2, 3]
    (recorded,) = world.house.journal.read(size)
    assert (recorded.entry.type, recorded.entry.purpose, recorded.entry.object) == ("flow.followed", "alert a_1", batch)
    assert recorded.payload["reference"] == f"{mark}-1"


def test_an_account_is_looked_back_from(world: Any, chain: tuple[str, str]) -> None:
    _, mark = chain
    asked = {"account": _key(world, mark, "B"), "direction": "backward", "purpose": "x", "method": "proportional"}
    told = world.program("supervisor").post("/v1/flows", json=asked).json()
    assert [(end["kind"], end["place"]["account"], end["per_mille"]) for end in told["ends"]] == [
        ("cash", f"{mark}A", 1000)
    ]


@pytest.mark.parametrize(
    ("asked", "status", "kind"),
    [
        ({"account": "X|1"}, 422, "request-invalid"),
        ({"account": "X|1", "purpose": " "}, 422, "request-invalid"),
        ({"purpose": "x"}, 422, "request-invalid"),
        ({"account": "X|1", "purpose": "x", "hops": 99}, 422, "request-invalid"),
        ({"account": "X|1", "purpose": "x", "amount": "-3"}, 422, "request-invalid"),
        ({"account": "X|none", "purpose": "x"}, 404, "not-found"),
        ({"batch": "b_none", "reference": "1", "purpose": "x"}, 404, "not-found"),
    ],
)
def test_what_cannot_be_followed_is_a_problem_that_says_why(world: Any, asked: Any, status: int, kind: str) -> None:
    answer = world.program("analyst").post("/v1/flows", json=asked)
    assert answer.status_code == status, answer.text
    assert answer.json()["type"].endswith(f"/{kind}")


def test_questions_count_against_the_budget_of_readings(
    world: Any, chain: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch, mark = chain
    limiter = world.app.state.office.gate._reads
    monkeypatch.setattr(limiter, "_times", 0)
    size = world.house.journal.size
    asked = {"batch": batch, "reference": f"{mark}-1", "purpose": "x"}
    answer = world.program("analyst").post("/v1/flows", json=asked)
    assert answer.status_code == 429
    assert world.entries(size) == ["access.denied"]
