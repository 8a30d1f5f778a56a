"""Every route that takes the id of something that somebody owns, every role that may use it, somebody who does not own it: the
answer is the one for an id that never was, and it is recorded.

What is owned by whom is listed by the name of the parameter; a parameter that is not listed fails, and so does a route of an owned
thing without a request that would work for its owner.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.routes import ROUTES

from service.access.roles import OPERATOR, PERMISSIONS, Permission

Since = Callable[[], list[str]]
HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account\n"
OWNED = {"batch": "bank-a", "upload": "bank-a", "alert": "supervisor", "case": "supervisor", "suppression": "supervisor",
         "key": "analyst"}  # fmt: skip
"""What is owned, and by whom in this world: submissions by a partner, what is restricted by the people named, tokens by their maker."""
NOBODYS = {"run", "detector", "backtest", "kind", "model", "partner", "account", "entity", "digest", "name", "number",
           "other", "proposal"}  # fmt: skip
"""What is everybody's who has the permission; an entity is an account, whose rows are filtered by what they stand on."""
STRANGERS = {"partner": "bank-b", "analyst": "analyst2", "supervisor": "supervisor2", "auditor": "auditor"}
REVIEWED = {"batches.read", "handling.consent"}
"""By these, reviewers see the submissions of all partners: there a partner alone can be a stranger."""
KEEPERS: set[tuple[str, str]] = {
    ("POST", "/v1/keys/{key}/revocation"),
    ("POST", "/keys/{key}/revocation"),
    ("POST", "/v1/batches/{batch}/people"),
}
"""Where an admin ends a key of whomever it is, and a supervisor names people for the data of whomever it is: what they are for."""
SOON = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
EXPORT = {"recipient": "x", "kind": "own_unit", "use": "intelligence", "purpose": "x"}
ACT: dict[str, Any] = {"json": {"act": "note", "note": "x"}, "headers": {"if-match": '"1"'}}
ASKED: dict[tuple[str, str], dict[str, Any]] = {
    ("PATCH", "/v1/uploads/{upload}"): {
        "content": b"",
        "headers": {"upload-offset": "0", "upload-complete": "?0", "content-type": "application/partial-upload"},
    },
    ("DELETE", "/v1/uploads/{upload}"): {},
    ("OPTIONS", "/v1/uploads/{upload}"): {},
    ("POST", "/v1/alerts/{alert}/decisions"): {
        "json": {"act": "dismiss", "reason": "data_error"},
        "headers": {"if-match": '"1"'},
    },
    ("POST", "/v1/alerts/{alert}/assignment"): {"json": {"act": "assign"}, "headers": {"if-match": '"1"'}},
    ("POST", "/v1/alerts/{alert}/notes"): {"json": {"note": "x"}},
    ("POST", "/v1/alerts/{alert}/restriction"): {"json": {"people": []}, "headers": {"if-match": '"1"'}},
    ("POST", "/v1/alerts/{alert}/exports"): {"json": EXPORT},
    ("POST", "/v1/cases/{case}/acts"): ACT,
    ("POST", "/v1/cases/{case}/attachments"): {"files": {"file": ("x.txt", b"x")}, "headers": {"if-match": '"1"'}},
    ("POST", "/v1/cases/{case}/exports"): {"json": EXPORT},
    ("POST", "/v1/suppressions/{suppression}/decisions"): {"json": {"act": "approve"}},
    ("POST", "/v1/batches/{batch}/handling"): {"json": {"tlp": "CLEAR"}},
    ("POST", "/v1/account/tokens/{key}/revocation"): {},
    ("POST", "/account/tokens/{key}/revocation"): {},
    ("POST", "/alerts/{alert}/decisions"): {"data": {"revision": "1", "decision": "dismiss:data_error"}},
    ("POST", "/alerts/{alert}/assignment"): {"data": {"act": "assign", "revision": "1", "assignee": ""}},
    ("POST", "/alerts/{alert}/notes"): {"data": {"text": "x"}},
    ("POST", "/alerts/{alert}/suppressions"): {"data": {"until": SOON, "reason": "x"}},
    ("POST", "/suppressions/{suppression}/decisions"): {"data": {"act": "approve"}},
    ("POST", "/batches/{batch}/rejects"): {"data": {"purpose": "x"}},
    ("POST", "/cases/{case}/acts"): {"data": {"act": "note", "note": "x", "revision": "1"}},
    ("POST", "/cases/{case}/attachments"): {"files": {"file": ("x.txt", b"x")}, "data": {"revision": "1"}},
}


def _owned_in(path: str) -> list[str]:
    return [name for name in re.findall(r"{(\w+)}", path) if name in OWNED]


def _cells() -> list[tuple[str, str, str]]:
    """Route and stranger: everybody whose role may use the route, and who does not own what it names."""
    found = []
    for (method, path), (permission, _) in sorted(ROUTES.items()):
        if permission is None or not _owned_in(path) or (method, path) in KEEPERS:
            continue
        found += [(method, path, STRANGERS[role]) for role in _strangers_to(permission)]
    return found


def _strangers_to(permission: Permission) -> list[str]:
    roles = ("partner",) if permission in REVIEWED else PERMISSIONS[permission]
    return [role for role in roles if role in STRANGERS and role in PERMISSIONS[permission]]


@pytest.fixture(scope="module")
def theirs(world: Any) -> dict[str, str]:
    """One thing of each owner, by the name of its parameter."""
    if world.house.accounts.find("supervisor2") is None:
        world.house.accounts.create("supervisor2", name="Second", role="supervisor", by=OPERATOR)
        world.keys["supervisor2"] = world.house.accounts.issue_key("supervisor2", by=OPERATOR)
    line = "OWN-1,2026-03-02T10:00:00Z,transfer,10.50,EUR,OWN-A,OWN-B\n"
    batch = world.submit("bank-a", (HEADER + line).encode())["batch"]
    begun = world.program("bank-a").post("/v1/batches", headers={"upload-complete": "?0", "upload-length": "9"})
    alert, supervisor = world.alert(), world.program("supervisor")
    case = supervisor.post("/v1/cases", json={"title": "Theirs", "alerts": [alert]}).json()["case"]["id"]
    until = {"alert": alert, "until": SOON, "reason": "x"}
    suppression = supervisor.post("/v1/suppressions", json=until).json()["suppression"]
    asked = {"label": "mine", "scopes": ["alerts.read"], "days": 1}
    made = world.browser("analyst").post("/v1/account/tokens", json=asked).json()["token"]
    people = {"json": {"people": ["supervisor"]}, "headers": {"if-match": '"1"'}}
    assert supervisor.post(f"/v1/alerts/{alert}/restriction", **people).status_code == 200
    return {"batch": batch, "upload": begun.headers["location"].rpartition("/")[2], "alert": alert, "case": case,
            "suppression": suppression, "key": made.split("_")[1]}  # fmt: skip


NEVER = {"batch": "b_0000000000000000", "upload": "u_0000000000000000", "alert": "a_00000000000000000000",
         "case": "c_0000000000000000", "suppression": "s_0000000000000000", "key": "0000000000000000"}  # fmt: skip


def test_every_parameter_is_owned_or_nobodys() -> None:
    named = {name for _, path in ROUTES for name in re.findall(r"{(\w+)}", path)}
    assert named == OWNED.keys() | NOBODYS


def test_every_route_that_changes_an_owned_thing_is_asked_as_its_owner_would() -> None:
    changing = {(method, path) for method, path, _ in _cells() if method != "GET"}
    assert changing == ASKED.keys()


@pytest.mark.parametrize("cell", _cells(), ids=" ".join)
def test_what_is_somebody_elses_is_as_what_never_was(
    world: Any, theirs: dict[str, str], cell: tuple[str, str, str], since: Since
) -> None:
    method, path, stranger = cell
    gate = world.app.state.office.gate
    by_person = "account.own" in str(ROUTES[method, path][0]) or not path.startswith("/v1/")
    caller = world.browser(stranger) if by_person else world.program(stranger)
    said = []
    for known in (theirs, NEVER):
        gate._refusals.forget(stranger)
        address = path.format(**(known | {"number": "1"}))
        answer = caller.request(method, address, **ASKED.get((method, path), {}))
        said.append((answer.status_code, answer.text.replace(known[_owned_in(path)[0]], "ID")))
    assert said[0] == said[1]
    assert said[0][0] == 404, said[0]
    assert set(since()) == {"access.denied"}


def test_nothing_comes_in_by_an_id_inside_a_request(world: Any, theirs: dict[str, str]) -> None:
    """Ids in a body or a query are no way round: an alert for a case or a suppression, a batch to replace or to go on after."""
    asked: list[tuple[str, str, str, dict[str, Any], str]] = [
        ("analyst2", "POST", "/v1/cases", {"json": {"title": "x", "alerts": ["ID"]}}, "alert"),
        ("analyst2", "POST", "/v1/suppressions", {"json": {"alert": "ID", "until": SOON, "reason": "x"}}, "alert"),
        ("analyst2", "GET", "/v1/cases", {"params": {"alert": "ID"}}, "alert"),
        ("bank-b", "GET", "/v1/batches", {"params": {"cursor": "ID"}}, "batch"),
        ("bank-b", "POST", "/v1/batches", {"params": {"replaces": "ID"}, "content": HEADER.encode()}, "batch"),
    ]  # fmt: skip
    for account, method, path, rest, kind in asked:
        said = []
        for id in (theirs[kind], NEVER[kind]):  # noqa: A001 - it is one
            answer = world.program(account).request(method, path, **_with(rest, id))
            said.append((answer.status_code, answer.text.replace(id, "ID")))
        assert said[0] == said[1], (account, method, path)


def _with(asked: Any, id: str) -> Any:  # noqa: A002 - it is one
    if isinstance(asked, dict):
        return {name: _with(each, id) for name, each in asked.items()}
    if isinstance(asked, list):
        return [_with(each, id) for each in asked]
    return id if asked == "ID" else asked
