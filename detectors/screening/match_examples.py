"""Examples of screening. All names, entries and identifiers are invented."""

from __future__ import annotations

from schemas.detector import Example

_HEAD = "entry | list | kind | name | birth_date | identifier | account | grade | humanitarian | valid_from | valid_to | source\n"


def _listed(*rows: str) -> dict[str, str]:
    return {"watchlist": _HEAD + "\n".join(rows)}


_BY_ACCOUNT = _listed("E-1 | L | sanctions | Sample Person Alpha | | | X|A-1 | A1 | no | 2020-01-01 | | test")
_BY_PARTY = _listed("E-1 | L | sanctions | Sample Person Alpha | | P-77 | | A1 | yes | 2020-01-01 | | test")
_BY_NAME = _listed("E-1 | L | sanctions | Sample Person Alpha | | | | A1 | yes | 2020-01-01 | | test")
_PAID = """
occurred_at      | amount | from_account | to_account | from_name | from_party
2026-03-02 09:00 | 100.00 | A-1 | B-1 | {name} | {party}
"""


def _paid(name: str, party: str = "P-1") -> str:
    return _PAID.format(name=name, party=party)


MATCH: dict[str, tuple[Example, ...]] = {
    "fires": (
        Example(name="the list gives the account number", rows=_paid("Somebody"), tables=_BY_ACCOUNT, flags=("A-1",)),
        Example(
            name="only dates are known, and the list gives the party identifier, under a humanitarian carve-out",
            rows="""
occurred_at | amount | from_account | to_account | to_name | to_party
2026-03-02  | 100.00 | B-1 | A-1 | ALPHA, Person Sámple | P-77
""",
            tables=_BY_PARTY,
            flags=("A-1",),
        ),
    ),
    "silent": (
        Example(name="the same name and nothing else", rows=_paid("Sample Person Alpha"), tables=_BY_NAME),
        Example(
            name="an identifier that only begins with the same letters",
            rows=_paid("Sample Person Alpha", "P-770"),
            tables=_BY_PARTY,
        ),
        Example(
            name="a list of exposed people is no sanctions list",
            rows=_paid("Somebody", "P-77"),
            tables=_listed("E-1 | L | pep | Sample Person Alpha | | P-77 | | A1 | no | 2020-01-01 | | test"),
        ),
        Example(
            name="the listing ended on that very day",
            rows=_paid("Somebody", "P-77"),
            tables=_listed("E-1 | L | sanctions | Sample | | P-77 | | A1 | no | 2020-01-01 | 2026-03-02 | test"),
        ),
        Example(
            name="the listing began on the day after",
            rows=_paid("Somebody", "P-77"),
            tables=_listed("E-1 | L | sanctions | Sample | | P-77 | | A1 | no | 2026-03-03 | | test"),
        ),
        Example(
            name="all that the account did is a refund of an earlier payment",
            rows="""
reference | occurred_at | amount | from_account | to_account | reverses
r-1       | 2026-03-02  | 100.00 | A-1          | B-1        | r-9
""",
            tables=_BY_ACCOUNT,
        ),
    ),
}
"""Of `sanctions-match`."""

NAME: dict[str, tuple[Example, ...]] = {
    "fires": (
        Example(
            name="the words in another order, with accents and one letter missing",
            rows=_paid("ÁLPHA Person, Sampl"),
            tables=_BY_NAME,
            flags=("A-1",),
        ),
    ),
    "silent": (
        Example(name="another family name", rows=_paid("Sample Person Brown"), tables=_BY_NAME),
        Example(name="one word of the three", rows=_paid("Alpha"), tables=_BY_NAME),
        Example(
            name="a name that is a little below nine letters of ten", rows=_paid("Sumple Person Aleaf"), tables=_BY_NAME
        ),
        Example(
            name="a match by account number: said by the match, not here",
            rows=_paid("Sample Person Alpha"),
            tables=_BY_ACCOUNT,
        ),
        Example(
            name="a list of exposed people",
            rows=_paid("Sample Person Alpha"),
            tables=_listed("E-1 | L | pep | Sample Person Alpha | | | | A1 | no | 2020-01-01 | | test"),
        ),
    ),
}
"""Of `sanctions-name`."""
