"""Examples of ownership. All entries, identifiers and companies are invented."""

from __future__ import annotations

from schemas.detector import Example

_WATCHED = """
entry | list | kind | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source
E-1 | L | sanctions | | | P-1 | | A1 | no | {since} | | test
E-2 | L | sanctions | | | P-2 | | A1 | yes | 2020-01-01 | | test
"""
_OWNED = "owner | owned | share_per_mille | controls | valid_from | valid_to | source\n"
_PAID = """
occurred_at      | amount | from_account | to_account | from_party
2026-03-02 09:00 | 100.00 | A-1          | B-1        | C-1
"""


def _example(
    name: str, *stakes: str, flags: tuple[str, ...] = (), since: str = "2020-01-01", rows: str = _PAID
) -> Example:
    tables = {"watchlist": _WATCHED.format(since=since), "ownership": _OWNED + "\n".join(stakes)}
    return Example(name=name, rows=rows, tables=tables, flags=flags)


EXAMPLES: dict[str, tuple[Example, ...]] = {
    "fires": (
        _example(
            "two listed parties have half together",
            "E-1 | C-1 | 300 | no | 2020-01-01 | | test",
            "P-2 | C-1 | 200 | no | 2020-01-01 | | test",
            flags=("A-1",),
        ),
        _example(
            "only dates are known: four steps, one of them by control, the last to the account by its key",
            "E-1 | C-7 | 500 | no | 2020-01-01 | | test",
            "C-7 | C-8 | 100 | yes | 2020-01-01 | | test",
            "C-8 | C-9 | 1000 | no | 2020-01-01 | | test",
            "C-9 | X|A-1 | 600 | no | 2020-01-01 | 2026-03-03 | test",
            flags=("A-1",),
            rows="""
occurred_at | amount | from_account | to_account
2026-03-02  | 100.00 | A-1          | B-1
""",
        ),
    ),
    "silent": (
        _example(
            "one thousandth less than half",
            "E-1 | C-1 | 300 | no | 2020-01-01 | | test",
            "E-2 | C-1 | 199 | no | 2020-01-01 | | test",
        ),
        _example(
            "five steps",
            "E-1 | C-6 | 1000 | no | 2020-01-01 | | test",
            "C-6 | C-7 | 1000 | no | 2020-01-01 | | test",
            "C-7 | C-8 | 1000 | no | 2020-01-01 | | test",
            "C-8 | C-9 | 1000 | no | 2020-01-01 | | test",
            "C-9 | C-1 | 1000 | no | 2020-01-01 | | test",
        ),
        _example("the share was sold on the day before", "E-1 | C-1 | 1000 | no | 2020-01-01 | 2026-03-02 | test"),
        _example(
            "the owner was listed on the day after", "E-1 | C-1 | 1000 | no | 2020-01-01 | | test", since="2026-03-03"
        ),
        _example(
            "the two halves were held one after the other",
            "E-1 | C-1 | 300 | no | 2020-01-01 | 2026-01-01 | test",
            "E-2 | C-1 | 300 | no | 2026-01-01 | | test",
        ),
        _example(
            "a company in between of which listed parties have less than half",
            "E-1 | C-2 | 400 | no | 2020-01-01 | | test",
            "C-2 | C-1 | 1000 | no | 2020-01-01 | | test",
        ),
        _example("the listed party is owned, and does not own", "C-1 | E-1 | 1000 | no | 2020-01-01 | | test"),
    ),
}
