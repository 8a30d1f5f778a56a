"""Accounts and keys: each change one entry, secrets shown once and stored as hashes, and the fold of the entries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schemas.errors import Conflict, NotFound, RequestInvalid
from service.access.credentials import hash_password, new_key, password_fits, same, split_key
from service.access.roles import OPERATOR, PERMISSIONS, ROLES, Person
from service.journal.append import Journal
from service.ledger.ledger import Ledger

Create = Callable[..., str]


def test_an_account_is_an_entry_and_its_password_opens_it(office: Any, create: Create) -> None:
    password = create("a.diallo", "analyst")
    assert office.types() == ["account.created"]
    found = office.accounts.by_password("a.diallo", password)
    assert (found.account, found.role, found.active) == ("a.diallo", "analyst", True)
    assert office.accounts.by_password("a.diallo", password + "x") is None
    assert office.accounts.by_password("nobody", password) is None


def test_no_secret_stands_in_an_entry_or_in_the_clear_anywhere(office: Any, create: Create, tmp_path: Path) -> None:
    password = create("bank", "partner", "bank")
    key = office.accounts.issue_key("bank", by=OPERATOR)
    secret = split_key(key)[1]  # type: ignore[index]
    office.ledger.query("select 1")
    for path in tmp_path.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert password.encode() not in data, path
            assert secret.encode() not in data, path
            if path.suffix == ".ndjson" and "payload" not in path.name:
                assert b"argon2" not in data, path


def test_a_login_is_taken_once(office: Any, create: Create) -> None:
    create("a.diallo", "analyst")
    with pytest.raises(Conflict, match="taken"):
        create("a.diallo", "admin")
    assert office.types() == ["account.created"]


@pytest.mark.parametrize("login", ["", "A.Diallo", "a..b", "a b", "9lives", "a/b", "é", "x" * 65, "a\n"])
def test_a_login_has_one_plain_form(office: Any, login: str) -> None:
    with pytest.raises(RequestInvalid):
        office.accounts.create(login, name="N", role="analyst", by=OPERATOR)
    assert office.types() == []


@pytest.mark.parametrize("login", ["operator", "thalweg", "unknown", "system"])
def test_nobody_can_take_a_name_that_the_journal_gives_to_no_account(office: Any, login: str) -> None:
    with pytest.raises(RequestInvalid, match="reserved"):
        office.accounts.create(login, name="N", role="admin", by=OPERATOR)
    assert office.types() == []


def test_a_partner_account_names_a_registered_partner_and_others_name_none(office: Any) -> None:
    with pytest.raises(NotFound):
        office.accounts.create("bank", name="Bank", role="partner", partner="bank", by=OPERATOR)
    with pytest.raises(RequestInvalid):
        office.accounts.create("bank", name="Bank", role="partner", by=OPERATOR)
    office.partner("bank")
    with pytest.raises(RequestInvalid):
        office.accounts.create("spy", name="Spy", role="analyst", partner="bank", by=OPERATOR)
    office.accounts.create("bank", name="Bank", role="partner", partner="bank", by=OPERATOR)


def test_a_closed_account_opens_neither_by_password_nor_by_key(office: Any, create: Create) -> None:
    password = create("bank", "partner", "bank")
    key = office.accounts.issue_key("bank", by=OPERATOR)
    assert office.accounts.by_key(key).partner == "bank"
    office.accounts.set_active("bank", False, by=OPERATOR)
    assert office.accounts.by_key(key) is None
    assert office.accounts.by_password("bank", password) is None
    office.accounts.set_active("bank", True, by=OPERATOR)
    assert office.accounts.by_key(key).account == "bank"
    assert office.accounts.by_password("bank", password).name == "Bank"


def test_a_new_password_ends_the_old_one_and_changes_nothing_else(office: Any, create: Create) -> None:
    old = create("a.diallo", "supervisor")
    new = office.accounts.set_password("a.diallo", by=OPERATOR)
    assert office.accounts.by_password("a.diallo", old) is None
    assert office.accounts.by_password("a.diallo", new).role == "supervisor"


def test_a_revoked_key_is_dead_and_its_sister_lives(office: Any, create: Create) -> None:
    create("bank", "partner", "bank")
    one, two = (office.accounts.issue_key("bank", by=OPERATOR) for _ in range(2))
    office.accounts.revoke_key(split_key(one)[0], by=OPERATOR)  # type: ignore[index]
    assert office.accounts.by_key(one) is None
    assert office.accounts.by_key(two).account == "bank"
    assert {key.key: key.active for key in office.accounts.keys("bank")} == {
        split_key(one)[0]: False,  # type: ignore[index]
        split_key(two)[0]: True,  # type: ignore[index]
    }
    with pytest.raises(NotFound):
        office.accounts.revoke_key(split_key(one)[0], by=OPERATOR)  # type: ignore[index]


def test_half_a_key_or_the_secret_of_another_opens_nothing(office: Any, create: Create) -> None:
    create("bank", "partner", "bank")
    one, two = (office.accounts.issue_key("bank", by=OPERATOR) for _ in range(2))
    mixed = one[: one.rindex("_")] if one.count("_") == 2 else one[:24]
    crossed = f"thalweg_{split_key(one)[0]}_{split_key(two)[1]}"  # type: ignore[index]
    for text in ("", "thalweg_", mixed, crossed, one[:-1], one + "a", f" {one}", new_key()[1]):
        assert office.accounts.by_key(text) is None


def test_the_ledger_made_anew_knows_the_same_people(office: Any, create: Create, tmp_path: Path) -> None:
    password = create("bank", "partner", "bank")
    key = office.accounts.issue_key("bank", by=OPERATOR)
    office.accounts.set_active("bank", False, by=OPERATOR)
    office.accounts.set_active("bank", True, by=OPERATOR)
    before = office.ledger.digests()
    office.ledger.close()
    (office.ledger._home.ledger).unlink()
    with Ledger.open(office.ledger._home, office.journal) as again:
        assert again.digests() == before
        office.accounts._query = office.accounts._recall = again.query
        assert office.accounts.by_key(key).account == "bank"
        assert office.accounts.by_password("bank", password).active


def test_where_no_entry_can_be_written_nothing_is_done(office: Any, create: Create) -> None:
    journal: Journal = office.journal
    create("a.diallo", "analyst")
    journal.close()
    with pytest.raises(Exception, match="nothing more is recorded"):
        create("b.toure", "analyst")
    assert [account.account for account in office.accounts.all()] == ["a.diallo"]


@pytest.mark.parametrize("password", ["short", "x" * 11, "x" * 257])
def test_a_password_is_neither_short_nor_endless(password: str) -> None:
    with pytest.raises(RequestInvalid):
        hash_password(password)
    assert not password_fits("x" * 100_000, hash_password("x" * 12))


def test_texts_are_compared_whole() -> None:
    assert same("é", "é")
    assert not same("a", "ab")


def test_every_permission_is_given_by_name_and_an_admin_sees_no_case() -> None:
    for permission, roles in PERMISSIONS.items():
        assert set(roles) <= set(ROLES)
        for role in ROLES:
            assert Person("p", role).may(permission) is (role in roles)
    assert [permission for permission, roles in PERMISSIONS.items() if "admin" in roles] == [
        "metrics.read",
        "references.read",
        "references.load",
        "accounts.manage",
        "account.own",
    ]
    assert {permission for permission, roles in PERMISSIONS.items() if "partner" in roles} == {
        "batches.submit",
        "batches.read",
        "account.own",
    }
