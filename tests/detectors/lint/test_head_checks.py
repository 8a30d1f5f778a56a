"""Each check of the head and of the examples refuses what it is for, at the right line, with a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from detectors.sqlrule import judge_rule
from schemas.errors import DetectorInvalid
from tests.detectors.lint.drafts import HEAD, spoil, write_rule


def faults_of(tmp_path: Path, head: str) -> list[DetectorInvalid]:
    return judge_rule(write_rule(tmp_path, head=head))[1]


BAD_HEAD = {
    "a key that is missing": ('severity = "low"\n', "", "`severity`: this key is missing"),
    "a key that there is not": ('severity = "low"', 'severity = "low"\nseverety = "low"', "there is no such key"),
    "text in place of a number": ("weight = 1", 'weight = "one"', "`weight`: it should be a whole number"),
    "half a second": ("least = 3600", "least = 3600.5", "counted in seconds is a whole number"),
    "a bound beyond every engine": ("most = 604800", "most = 1" + "0" * 30, "larger than"),
    "a bound that is no number": ("most = 604800", "most = nan", "finite"),
    "an id as long as a page": ('id = "large-deposits"', f'id = "{"x" * 65}"', "64 characters"),
    "an example on a list of bases": ('name = "one alone"', 'name = "one alone"\nbase = ["x"]', "a base that is not"),
    "a base whose parameters are text": (
        "[[fires]]",
        '[bases.b]\nrows = "x"\nparams = "x"\n\n[[fires]]',
        "a base has `rows`",
    ),
    "an amount that no partner could send": (
        "2026-03-01 10:00 | cash_deposit | 200.00",
        "2026-03-01 10:00 | cash_deposit | -2",
        "not positive",
    ),
    "an amount without end": (
        "2026-03-01 10:00 | cash_deposit | 200.00",
        "2026-03-01 10:00 | cash_deposit | Infinity",
        "not positive",
    ),
    "an amount that is no number": (
        "2026-03-01 10:00 | cash_deposit | 200.00",
        "2026-03-01 10:00 | cash_deposit | 2oo",
        "decimal numbers",
    ),
    "a currency that there is not": (
        'occurred_at      | channel      | amount | to_account\n2026-03-01 09:00 | cash_deposit | 100.00 | A-1\n"""',
        'occurred_at      | currency | amount | to_account\n2026-03-01 09:00 | QQQ      | 100.00 | A-1\n"""',
        "QQQ is not an ISO 4217 code",
    ),
    "no French title": ('title.fr = "Gros dépôts"\n', "", "missing in `fr`"),
    "no Spanish title": ('title.es = "Grandes depósitos"\n', "", "missing in `es`"),
    "no French next step": ('next_step.fr = "Demander"\n', "", "missing in `fr`"),
    "no French look-alike": (', fr = "Un commerce"', "", "missing in `fr`"),
    "a sentence that asks for no fact": (
        'why.en = "{deposits} deposits, {total} in all"',
        'why.en = "Suspicious"',
        "states no fact",
    ),
    "a sentence that asks for what is not given": (
        'why.en = "{deposits} deposits',
        'why.en = "{count} deposits',
        "neither fact nor parameter",
    ),
    "a sentence that reaches into a value": (
        'why.en = "{deposits} deposits',
        'why.en = "{deposits.__class__} deposits',
        "neither fact nor parameter",
    ),
    "a sentence with a format of its own": (
        'why.en = "{deposits} deposits',
        'why.en = "{deposits:>9} deposits',
        "neither fact nor parameter",
    ),
    "a sentence with an open brace": (
        'why.en = "{deposits} deposits',
        'why.en = "{deposits deposits',
        "cannot be read",
    ),
    "two languages that state other facts": (
        'why.fr = "{deposits} dépôts, {total} au total"',
        'why.fr = "{deposits} dépôts"',
        "same facts",
    ),
    "an indicator of no fact": ('observed = "deposits"', 'observed = "at_least"', "names no fact"),
    "an indicator against nothing": ('threshold = "at_least"', 'threshold = "nothing"', "neither parameter nor fact"),
    "an indicator of two kinds": ('observed = "deposits"', 'observed = "total"', "different kinds"),
    "a member without a role": ('senders = "payer"\n', "", "roles"),
    "a member that rules do not have": ('senders = "payer"', 'senders = "payer"\nmiddlemen = "mule"', "roles"),
    "a role that does not exist": ('senders = "payer"', 'senders = "criminal"', "does not fit at `roles.senders`"),
    "a fact with a name that is taken": ('total = "money"', 'total = "money"\nleft_out = "count"', "taken"),
    "a fact of no kind": ('total = "money"', 'total = "euros"', "does not fit at `facts.total`"),
    "a default out of bounds": ("default = 2\n", "default = 20\n", "outside 1 to 9"),
    "a parameter without a reason": (
        'reason = "Two deposits in a day"',
        'reason = ""',
        "does not fit at `params.at_least.reason`",
    ),
    "a parameter in floating point": ("least = 3600", "least = nan", "does not fit at `params.window_s"),
    "an unknown key": ("weight = 1", "weight = 1\ncolour = 3", "does not fit at `colour`"),
    "no weight": ("weight = 1\n", "", "does not fit at `weight`"),
    "an id with capitals": ('id = "large-deposits"', 'id = "Large"', "does not fit at `id`"),
    "TOML that is broken": ("weight = 1", "weight = = 1", "not valid TOML"),
    "an end of the comment": ('next_step.en = "Ask"', 'next_step.en = "Ask */"', "`*/`"),
    "no example that fires": ('flags = ["A-1"]', "flags = []", "flags nobody"),
    "a silent example that flags": ('name = "one alone"', 'name = "one alone"\nflags = ["A-1"]', "stays silent flags"),
    "an account that is not in the example": ('flags = ["A-1"]', 'flags = ["A-9"]', "not in it"),
    "two examples of one name": ('name = "one alone"', 'name = "two on one day"', "one name"),
    "a table with a column too few": (
        "2026-03-01 10:00 | cash_deposit | 200.00 | A-1",
        "2026-03-01 10:00 | 200.00 | A-1",
        "3 cells under 4",
    ),
    "a table with an unknown column": ("amount | to_account", "amount | to", "header"),
    "a table with a time that cannot be": ("2026-03-01 10:00", "2026-03-41 10:00", "cannot be read"),
    "a table with an amount that cannot be": ("200.00", "2oo.00", "cannot be read"),
    "a table with a channel that does not exist": (
        "cash_deposit | 200.00",
        "cash_desposit | 200.00",
        "unknown channel",
    ),
    "an example with an unknown parameter": (
        'name = "one alone"',
        'name = "one alone"\nparams = { colour = 3 }',
        "sets a parameter",
    ),
    "an example with a parameter out of bounds": (
        'name = "one alone"',
        'name = "one alone"\nparams = { at_least = 10 }',
        "sets a parameter",
    ),
}


@pytest.mark.parametrize(("old", "new", "why"), BAD_HEAD.values(), ids=list(BAD_HEAD))
def test_a_head_that_does_not_fit_is_refused(tmp_path: Path, old: str, new: str, why: str) -> None:
    found = faults_of(tmp_path, spoil(HEAD, old, new))
    assert any(why in fault.why for fault in found), [str(fault) for fault in found]
    assert all(fault.remedy for fault in found)


def test_a_rule_needs_two_silent_examples_for_each_that_fires(tmp_path: Path) -> None:
    at = HEAD.rindex("[[silent]]")
    (fault,) = faults_of(tmp_path, HEAD[:at])
    assert "1 example(s) fire and only 1 stay silent" in fault.why
    assert faults_of(tmp_path, spoil(HEAD[:at], 'status = "test"', 'status = "draft"')) == []


@pytest.mark.parametrize("status", ["test", "live"])
def test_nothing_lets_a_rule_without_examples_run(tmp_path: Path, status: str) -> None:
    bare = spoil(HEAD[: HEAD.index("[[fires]]")], 'status = "test"', f'status = "{status}"')
    assert {fault.why for fault in faults_of(tmp_path, bare)} == {
        "no example fires",
        "0 example(s) fire and only 0 stay silent",
    }


def test_a_fault_of_the_head_names_the_line_of_its_key(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, spoil(HEAD, "default = 2\n", "default = 20\n"))
    lines = (tmp_path / "rule.sql").read_text(encoding="utf-8").splitlines()
    assert lines[int(str(fault.where).rsplit(":", 1)[1]) - 1] == "[params.at_least]"


def test_a_fault_holds_on_to_nothing_that_was_open_when_it_was_found(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, spoil(HEAD, "default = 2\n", "default = 20\n"))
    assert (fault.__context__, fault.__cause__) == (None, None)
