"""Whatever becomes of a file on its way, in any form: its rows are accounted for, nothing crashes, nothing hangs.

A share of changes runs with the other tests, five seconds of each form with the slow ones; `tests/benchmarks/spoil.py` goes on for
as long as it is told.
"""

from __future__ import annotations

import random
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.accounted import account_for, draft_from
from support.spoilt import FORMS, PIECES, Change, random_changes

_change = st.tuples(
    st.integers(0, 30_000),
    st.integers(0, 60),
    st.one_of(st.sampled_from(PIECES), st.binary(max_size=3)),
    st.integers(0, 30_000),
)
_SECONDS = 5


def check(form: str, data: bytes, *, draft: bool = False) -> None:
    with tempfile.TemporaryDirectory() as folder:
        account_for(data, Path(folder), name=FORMS[form].name, mapping=FORMS[form].document)
        if draft:
            draft_from(data, Path(folder), FORMS[form].name)


@pytest.mark.parametrize("form", FORMS)
@settings(deadline=timedelta(seconds=10), max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(changes=st.lists(_change, min_size=1, max_size=5))
def test_a_changed_file_keeps_the_account_and_never_crashes(form: str, changes: list[Change]) -> None:
    check(form, FORMS[form].spoilt(changes))


@pytest.mark.parametrize("form", FORMS)
def test_a_file_cut_anywhere_is_answered(form: str) -> None:
    data = FORMS[form].sample
    for at in range(1, len(data), len(data) // 12):
        check(form, data[:at])


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_a_file_changed_at_random_for_five_seconds_keeps_the_account(form: str) -> None:
    chance, end, tries = random.Random(form), time.monotonic() + _SECONDS, 0
    while time.monotonic() < end:
        changes = random_changes(chance)
        try:
            check(form, FORMS[form].spoilt(changes), draft=tries % 10 == 0)
        except BaseException:
            print(f"try {tries} of {form}: {changes!r}")  # noqa: T201 - to try it again
            raise
        tries += 1
    assert tries > 0
