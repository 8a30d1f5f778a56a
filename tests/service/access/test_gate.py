"""The gate: refusals tell nothing and are recorded, sessions end, floods are stopped, and readings are counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from schemas.errors import AccessDenied, NotAuthenticated, NotFound, RateLimited, ThalwegError
from service.access.gate import READS_PER_HOUR, REFUSALS_PER_HOUR, SIGN_INS_PER_LOGIN
from service.access.limits import Limiter
from service.access.operator import Operator
from service.access.roles import OPERATOR, Person
from service.access.sessions import OLDEST_SECONDS, Sessions
from service.access.visibility import NOTHING, Sight, alerts

Create = Callable[..., str]


def test_a_wrong_login_and_a_wrong_password_are_the_same_refusal(office: Any, create: Create) -> None:
    create("a.diallo", "analyst")
    answers = []
    for login in ("a.diallo", "nobody"):
        with pytest.raises(NotAuthenticated) as refusal:
            office.gate.sign_in(login, "not the password", "10.0.0.1")
        answers.append(refusal.value.as_dict())
    assert answers[0] == answers[1]
    assert office.types() == ["account.created", "access.denied", "access.denied"]
    assert "not the password" not in str(office.entries())


def test_signing_in_and_out_are_entries_and_end_the_session(office: Any, create: Create) -> None:
    token, person = office.gate.sign_in("a.diallo", create("a.diallo", "analyst"), "10.0.0.1")
    assert office.gate.with_session(token) == person
    office.gate.sign_out(token, person)
    assert office.gate.with_session(token) is None
    assert office.types() == ["account.created", "session.opened", "session.closed"]
    assert token not in str(office.entries())


def test_a_session_ends_after_fifteen_idle_minutes_and_not_before(office: Any, create: Create) -> None:
    token, person = office.gate.sign_in("a.diallo", create("a.diallo", "analyst"), "10.0.0.1")
    office.now += 900
    assert office.gate.with_session(token) == person
    office.now += 901
    assert office.gate.with_session(token) is None


def test_a_session_ends_after_twelve_hours_however_busy() -> None:
    now = 0.0
    sessions = Sessions(900, lambda: now)
    token, _ = sessions.open("a.diallo")
    while now <= OLDEST_SECONDS:
        assert sessions.find(token) is not None
        now += 600
    assert sessions.find(token) is None


def test_a_closed_accounts_next_call_is_refused(office: Any, create: Create) -> None:
    token, _ = office.gate.sign_in("a.diallo", create("a.diallo", "analyst"), "10.0.0.1")
    office.accounts.set_active("a.diallo", False, by=OPERATOR)
    assert office.gate.with_session(token) is None


def test_guessing_a_password_is_stopped_for_the_login_and_others_go_on(office: Any, create: Create) -> None:
    password = create("a.diallo", "analyst")
    create("b.toure", "analyst")
    for _ in range(SIGN_INS_PER_LOGIN):
        with pytest.raises(NotAuthenticated):
            office.gate.sign_in("a.diallo", "not the password", "10.0.0.1")
    with pytest.raises(RateLimited) as refusal:
        office.gate.sign_in("a.diallo", password, "10.0.0.2")
    assert 0 < refusal.value.retry_seconds <= 900
    with pytest.raises(NotAuthenticated):
        office.gate.sign_in("b.toure", "not the password", "10.0.0.3")
    office.now += 901
    office.gate.sign_in("a.diallo", password, "10.0.0.2")


def test_a_flood_of_wrong_keys_is_stopped_and_cannot_fill_the_journal(office: Any) -> None:
    for _ in range(REFUSALS_PER_HOUR):
        with pytest.raises(NotAuthenticated):
            office.gate.with_key("thalweg_0_0", "10.0.0.1")
    for _ in range(5):
        with pytest.raises(RateLimited):
            office.gate.with_key("thalweg_0_0", "10.0.0.1")
    assert len(office.entries()) == REFUSALS_PER_HOUR


def test_a_refusal_for_want_of_the_role_is_recorded_with_what_was_asked(office: Any) -> None:
    auditor = Person("o.sow", "auditor", session="s1")
    office.gate.require(auditor, "journal.read", "GET /v1/journal")
    with pytest.raises(AccessDenied):
        office.gate.require(auditor, "alerts.act", "POST /v1/alerts/a-1/decisions")
    entry = office.entries()[-1]
    assert (entry.entry.type, entry.entry.actor, entry.entry.session) == ("access.denied", "o.sow", "s1")
    assert entry.payload["asked"] == "POST /v1/alerts/a-1/decisions"


def test_what_is_hidden_and_what_does_not_exist_are_one_answer(office: Any) -> None:
    answers = []
    for name in ("b-theirs", "b-none"):
        with pytest.raises(NotFound) as hidden:
            office.gate.hide(Person("bank", "partner", "bank"), "batch", name)
        answers.append(hidden.value.as_dict())
    assert answers[0] == answers[1]
    assert office.types() == ["access.denied", "access.denied"]


def test_reading_an_alert_is_recorded_once_in_a_session_for_each_version(office: Any, create: Create) -> None:
    token, person = office.gate.sign_in("a.diallo", create("a.diallo", "analyst"), "10.0.0.1")
    for version in (1, 1, 2):
        office.gate.note_reading(token, person, "al-1", version)
    assert office.types().count("alert.read") == 2


def test_bulk_reading_meets_the_hourly_budget_with_an_entry(office: Any) -> None:
    thief = Person("a.diallo", "analyst")
    for number in range(READS_PER_HOUR):
        office.gate._reads.take("a.diallo")
        assert number < READS_PER_HOUR
    with pytest.raises(RateLimited):
        office.gate.note_reading(None, thief, "al-1", 1)
    assert office.types() == ["access.denied"]
    office.now += 3601
    office.gate.note_reading(None, thief, "al-1", 1)
    assert office.types() == ["access.denied", "alert.read"]


def test_several_readings_fit_the_budget_together_or_none_counts(office: Any) -> None:
    thief, page = Person("a.diallo", "analyst"), [(f"al-{number}", 1) for number in range(200)]
    office.gate.note_readings(None, thief, page)
    with pytest.raises(RateLimited):
        office.gate.note_readings(None, thief, page)
    assert office.types() == ["alert.read"] * 200 + ["access.denied"]
    office.gate.note_readings(None, thief, page[:100])
    assert office.types().count("alert.read") == READS_PER_HOUR


def test_what_a_session_has_read_is_not_counted_again_in_a_list(office: Any, create: Create) -> None:
    token, person = office.gate.sign_in("a.diallo", create("a.diallo", "analyst"), "10.0.0.1")
    office.gate.note_reading(token, person, "al-1", 1)
    office.gate.note_readings(token, person, [("al-1", 1), ("al-2", 1)])
    office.gate.note_readings(token, person, [("al-1", 1), ("al-2", 1)])
    assert office.types().count("alert.read") == 2


def test_the_operator_is_known_by_the_token_of_this_server_alone(office: Any) -> None:
    gate = office.new_gate(operator_token="of this life")
    assert gate.with_key("of this life", "10.0.0.1") == Operator()
    with pytest.raises(NotAuthenticated):
        office.gate.with_key("of this life", "10.0.0.1")
    with pytest.raises(NotAuthenticated):
        gate.with_key("of this life@bank-a", "10.0.0.1")
    assert [Operator().may(each) for each in ("batches.submit", "alerts.act", "alerts.restrict")] == [
        True,
        False,
        False,
    ]


def test_no_reading_goes_unrecorded_where_the_journal_cannot_be_written(office: Any) -> None:
    office.journal.close()
    with pytest.raises(ThalwegError):
        office.gate.note_reading(None, Person("a.diallo", "analyst"), "al-1", 1)


def test_a_session_is_not_opened_where_it_cannot_be_recorded(office: Any, create: Create) -> None:
    password = create("a.diallo", "analyst")
    office.journal.close()
    with pytest.raises(ThalwegError):
        office.gate.sign_in("a.diallo", password, "10.0.0.1")
    assert office.gate.sessions._sessions == {}


def test_a_limit_is_a_moving_window() -> None:
    now = 0.0
    limit = Limiter(2, 10, lambda: now)
    assert [limit.take("k"), limit.take("k"), limit.take("k"), limit.take("other")] == [0, 0, 10, 0]
    now = 10.0
    assert limit.take("k") == 0
    assert (limit.take("k", 2), limit.take("k", 1)) == (10, 0)
    assert limit.take("new", 3) == 10
    limit.forget("k")
    limit.give_back("k")
    assert limit.take("k") == 0
    limit.give_back("k")
    assert [limit.take("k"), limit.take("k"), limit.take("k")] == [0, 0, 10]


@pytest.mark.parametrize(
    "person",
    [
        Person("bank", "partner"),
        Person("bank", "partner", ""),
        Person("root", "admin"),
        Person("bank", "partner", "none"),
    ],
)
def test_whoever_is_nobodys_partner_sees_no_batch(office: Any, person: Person) -> None:
    office.ledger.query("select 1")
    sight = Sight(office.ledger, person)
    assert sight.batches() == []
    with pytest.raises(NotFound):
        sight.batch("b-1")
    with pytest.raises(NotFound):
        sight.rejects("b-1")


def test_partners_and_admins_see_no_alert_at_all(office: Any) -> None:
    for person in (Person("bank", "partner", "bank"), Person("root", "admin")):
        assert alerts(person) == NOTHING
        assert not Sight(office.ledger, person).sees_alert("al-1")


def test_a_restricted_alert_is_seen_by_the_people_named_and_by_nobody_else(office: Any) -> None:
    def seen(account: str, role: Any) -> list[str]:
        scope = alerts(Person(account, role))
        rows = office.ledger.query(
            f"select alert from (values ('al-1'), ('al-2')) as t(alert) where {scope.where} order by alert",
            scope.params,
        )
        found = [row[0] for row in rows]
        sight = Sight(office.ledger, Person(account, role))
        assert [alert for alert in ("al-1", "al-2") if sight.sees_alert(alert)] == found
        return found

    def restrict(people: list[str]) -> None:
        payload = {"alert": "al-1", "people": people}
        office.record("alert.restricted", payload, actor="s.ba", role="supervisor", object="al-1")

    assert seen("a.diallo", "analyst") == ["al-1", "al-2"]
    restrict(["s.ba", "a.diallo"])
    assert seen("a.diallo", "analyst") == ["al-1", "al-2"]
    assert seen("b.toure", "analyst") == ["al-2"]
    assert seen("o.sow", "auditor") == ["al-2"]
    assert seen("x.sy", "supervisor") == ["al-2"]
    restrict([])
    assert seen("b.toure", "analyst") == ["al-1", "al-2"]
