"""The second factor: taken up with a code, asked for at the door, refused when it is shown again, and kept through a rebuild."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from schemas.errors import AccessDenied, Conflict, HomeUnavailable, NotAuthenticated, RateLimited, RequestInvalid
from service.access.codes import Seal, shown
from service.access.gate import CODES_PER_ACCOUNT, STEP_SECONDS
from service.access.roles import OPERATOR, Actor, Person
from service.ledger.ledger import Ledger

Create = Callable[..., str]
LOGIN = "a.diallo"


def _code(office: Any, secret: str, steps: int = 0) -> str:
    return str(pyotp.TOTP(secret).at(office.time() + timedelta(seconds=30 * steps)))


@pytest.fixture
def enrolled(office: Any, create: Create) -> tuple[str, str, list[str]]:
    """The password, the secret and the recovery codes of an analyst with a second factor."""
    password = create(LOGIN, "analyst")
    secret = office.factors.begin(LOGIN).secret
    codes = office.factors.confirm(Person(LOGIN, "analyst"), secret, _code(office, secret))
    office.now += 60
    return password, secret, codes


def _second(office: Any, password: str, code: str) -> Any:
    token, person = office.gate.sign_in(LOGIN, password, "10.0.0.1")
    assert person is None
    assert office.gate.with_session(token) is None
    return office.gate.second_step(token, code, "10.0.0.1")


def test_a_password_alone_opens_nothing_and_the_code_opens_a_session(office: Any, enrolled: Any) -> None:
    password, secret, _ = enrolled
    token, person = _second(office, password, _code(office, secret))
    assert office.gate.with_session(token) == person
    assert office.types() == ["account.created", "factor.enrolled", "session.opened"]


def test_a_code_is_refused_the_second_time_also_after_a_restart_and_a_rebuild(office: Any, enrolled: Any) -> None:
    password, secret, codes = enrolled
    code = _code(office, secret)
    _second(office, password, code)
    _second(office, password, codes[0])
    office.gate = office.new_gate()
    for used in (code, _code(office, secret, -1), codes[0]):
        with pytest.raises(NotAuthenticated):
            _second(office, password, used)
    office.ledger.close()
    office.home.ledger.unlink()
    with Ledger.open(office.home, office.journal) as rebuilt:
        assert rebuilt.query("select count(*) from factor_uses")[0][0] == 3
        spent = rebuilt.query("select account from factor_uses where code is not null")
        assert spent == [(LOGIN,)]


def test_the_code_that_took_the_factor_up_does_not_open_the_door(office: Any, create: Create) -> None:
    password = create(LOGIN, "analyst")
    secret = office.factors.begin(LOGIN).secret
    code = _code(office, secret)
    office.factors.confirm(Person(LOGIN, "analyst"), secret, code)
    with pytest.raises(NotAuthenticated):
        _second(office, password, code)


@pytest.mark.parametrize(("steps", "opens"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_half_a_minute_off_and_no_more(office: Any, enrolled: Any, steps: int, opens: bool) -> None:
    password, secret, _ = enrolled
    office.now += 600
    code = _code(office, secret, steps)
    if opens:
        _second(office, password, code)
    else:
        with pytest.raises(NotAuthenticated):
            _second(office, password, code)


def test_guessing_codes_is_stopped_for_the_account_from_wherever_it_comes(office: Any, enrolled: Any) -> None:
    password, secret, _ = enrolled
    token, _ = office.gate.sign_in(LOGIN, password, "10.0.0.1")
    for number in range(CODES_PER_ACCOUNT):
        with pytest.raises(NotAuthenticated):
            office.gate.second_step(token, "000000x", f"10.0.0.{number}")
    with pytest.raises(RateLimited):
        office.gate.second_step(token, _code(office, secret), "10.0.0.9")
    office.now += 901
    with pytest.raises(NotAuthenticated):  # and the sign-in has waited too long by then
        office.gate.second_step(token, _code(office, secret), "10.0.0.9")
    _second(office, password, _code(office, secret))


def test_a_sign_in_waits_five_minutes_for_its_code(office: Any, enrolled: Any) -> None:
    password, secret, _ = enrolled
    token, _ = office.gate.sign_in(LOGIN, password, "10.0.0.1")
    office.now += STEP_SECONDS + 1
    with pytest.raises(NotAuthenticated):
        office.gate.second_step(token, _code(office, secret), "10.0.0.1")


def test_neither_secret_nor_recovery_code_stands_in_the_journal(office: Any, enrolled: Any) -> None:
    _, secret, codes = enrolled
    written = str(office.entries())
    assert all(each not in written for each in (secret, *codes))
    sealed = office.ledger.query("select secret from current_factors")[0][0]
    assert Seal(office.home.keys).open(sealed, LOGIN) == secret
    with pytest.raises(HomeUnavailable):
        Seal(office.home.keys).open(sealed, "b.toure")


def test_whoever_finds_an_open_session_cannot_replace_the_factor(office: Any, enrolled: Any) -> None:
    with pytest.raises(Conflict):
        office.factors.begin(LOGIN)
    with pytest.raises(Conflict):
        office.factors.confirm(Person(LOGIN, "analyst"), "A" * 32, _code(office, "A" * 32))


def test_a_factor_counts_only_once_a_code_of_it_was_shown(office: Any, create: Create) -> None:
    create(LOGIN, "analyst")
    secret = office.factors.begin(LOGIN).secret
    with pytest.raises(RequestInvalid):
        office.factors.confirm(Person(LOGIN, "analyst"), secret, "12345")
    assert not office.factors.has(LOGIN)


def test_where_a_use_cannot_be_recorded_the_code_opens_nothing(office: Any, enrolled: Any, monkeypatch: Any) -> None:
    password, secret, _ = enrolled
    token, _ = office.gate.sign_in(LOGIN, password, "10.0.0.1")
    monkeypatch.setattr(office.journal, "_failed", "whether entry 7 is on disk is unknown")
    with pytest.raises(HomeUnavailable):
        office.gate.second_step(token, _code(office, secret), "10.0.0.1")
    assert office.gate.sessions._sessions == {}


def test_a_role_that_needs_a_factor_may_do_nothing_before_it_has_one(office: Any, create: Create) -> None:
    password = create(LOGIN, "analyst")
    gate = office.new_gate(factor_roles=("analyst",))
    token, person = gate.sign_in(LOGIN, password, "10.0.0.1")
    assert person.owes == "factor"
    assert person.may("account.own")
    with pytest.raises(AccessDenied):
        gate.require(person, "alerts.read", "GET /v1/alerts")
    secret = office.factors.begin(LOGIN).secret
    office.factors.confirm(person, secret, _code(office, secret))
    assert gate.with_session(token).may("alerts.read")


def test_nobody_both_gives_a_password_and_takes_the_factor_away(office: Any, enrolled: Any) -> None:
    one, other = Actor("admin-1", "admin"), Actor("admin-2", "admin")
    office.factors.remove(LOGIN, by=one)
    with pytest.raises(AccessDenied):
        office.accounts.set_password(LOGIN, by=one)
    office.accounts.set_password(LOGIN, by=other)
    assert office.accounts.gave_password(LOGIN) == "admin-2"


def test_a_password_that_somebody_else_gave_has_to_be_changed_first(office: Any, create: Create) -> None:
    create(LOGIN, "analyst")
    given = office.accounts.set_password(LOGIN, by=Actor("admin-1", "admin"))
    assert office.accounts.by_password(LOGIN, given) is None, "without a factor another person opens it"
    office.accounts.set_active(LOGIN, True, by=OPERATOR)
    _, person = office.gate.sign_in(LOGIN, given, "10.0.0.1")
    assert (person.owes, person.may("alerts.read")) == ("password", False)
    office.accounts.set_password(LOGIN, by=Actor.of(person), password="a password of her own")
    _, person = office.gate.sign_in(LOGIN, "a password of her own", "10.0.0.1")
    assert (person.owes, person.may("alerts.read")) == ("", True)


def test_a_token_does_what_it_names_until_its_day(office: Any, create: Create) -> None:
    create(LOGIN, "supervisor")
    text = office.accounts.issue_key(LOGIN, by=OPERATOR, label="report", scopes=["runs.read"], days=2)
    person = office.gate.with_key(text, "10.0.0.1")
    assert person.may("runs.read")
    assert not any(person.may(each) for each in ("alerts.read", "runs.start", "account.own"))
    office.now += 2 * 86_400
    with pytest.raises(NotAuthenticated):
        office.gate.with_key(text, "10.0.0.1")
    assert [key.active for key in office.accounts.keys(LOGIN)] == [False]


@pytest.mark.parametrize(
    ("scopes", "days"), [(["accounts.manage"], 2), ([], 2), (["runs.read"], 0), (["runs.read"], 400)]
)
def test_a_token_may_nothing_that_its_holder_may_not_and_not_for_ever(
    office: Any, create: Create, scopes: Any, days: int
) -> None:
    create(LOGIN, "supervisor")
    with pytest.raises(RequestInvalid):
        office.accounts.issue_key(LOGIN, by=OPERATOR, scopes=scopes, days=days)


def test_the_address_of_a_factor_is_one_that_applications_take() -> None:
    fresh = shown("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", LOGIN)
    read = pyotp.parse_uri(fresh.address)
    assert (read.secret, read.name, read.issuer) == ("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", LOGIN, "Thalweg")
    assert fresh.picture.startswith("M4 4h1v1h-1z")
