"""Further examples of `border-convergence`: what else it must find, and what looks like it and it must not."""

from __future__ import annotations

from schemas.detector import Example

_BORDER = {"places": "place | country | kind | source\nFrontera | ES | border | example"}
_HEAD = "occurred_at | channel         | amount | place      | from_account | to_account\n"
_THREE = f"""{_HEAD}2026-03-02  | transfer        | 200.00 | Capital    | S-1          | PAYEE
2026-03-03  | transfer        | 200.00 | River town | S-2          | PAYEE
2026-03-05  | transfer        | 220.00 | Hill town  | S-3          | PAYEE
2026-03-09  | cash_withdrawal | 700.00 | Frontera   | PAYEE        |
"""
_FOURTH = "2026-03-08  | transfer        | 180.00 | Capital    | S-4          | PAYEE\n"

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "fires": (
        Example(
            name="no places in the data and no list: six senders in three countries",
            rows="""
occurred_at          | amount | from_country | from_account | to_account
2026-03-02T09:00:00Z | 200.00 | HT           | S-1          | PAYEE
2026-03-03T09:00:00Z | 200.00 | HT           | S-2          | PAYEE
2026-03-05T09:00:00Z | 220.00 | DO           | S-3          | PAYEE
2026-03-06T09:00:00Z | 220.00 | DO           | S-4          | PAYEE
2026-03-07T09:00:00Z | 220.00 | US           | S-5          | PAYEE
2026-03-09T08:59:59Z | 180.00 | US           | S-6          | PAYEE
""",
            flags=("PAYEE",),
        ),
        Example(
            name="agents stand for places, and the payee's country is on a listed route",
            rows="""
occurred_at | amount | agent | to_country | from_account | to_account
2026-03-02  | 200.00 | AG-1  | NE         | S-1          | PAYEE
2026-03-03  | 200.00 | AG-2  | NE         | S-2          | PAYEE
2026-03-05  | 220.00 | AG-3  | NE         | S-3          | PAYEE
2026-03-08  | 180.00 | AG-3  | NE         | S-4          | PAYEE
""",
            tables={
                "corridors": "kind | route | step | from_country | to_country | valid_from | valid_to | source\n"
                "smuggling_route | north | 1 | NE | LY | 2020-01-01 | | example"
            },
            flags=("PAYEE",),
        ),
    ),
    "silent": (
        Example(
            name="no list says where borders are: five strangers are too few to speak for themselves",
            rows="""
occurred_at          | amount | from_country | from_account | to_account
2026-03-02T09:00:00Z | 200.00 | HT           | S-1          | PAYEE
2026-03-03T09:00:00Z | 200.00 | HT           | S-2          | PAYEE
2026-03-05T09:00:00Z | 220.00 | DO           | S-3          | PAYEE
2026-03-06T09:00:00Z | 220.00 | DO           | S-4          | PAYEE
2026-03-07T09:00:00Z | 220.00 | US           | S-5          | PAYEE
""",
        ),
        Example(name="three senders only", rows=_THREE, tables=_BORDER),
        Example(
            name="the payee is at no border",
            rows=f"{_THREE.replace('Frontera  ', 'Sea town  ')}{_FOURTH}"
            "2026-03-09  | cash_withdrawal | 700.00 | Frontera   | OTHER        |\n",
            tables=_BORDER,
        ),
        Example(
            name="dates only: eight calendar days are more than seven days",
            rows=f"{_THREE}{_FOURTH.replace('03-08', '03-09')}",
            tables=_BORDER,
        ),
        Example(
            name="relatives: two of the four have paid each other",
            rows=f"{_THREE}{_FOURTH}2026-02-01  | transfer        | 50.00  | Capital    | S-4          | S-1\n",
            tables=_BORDER,
        ),
        Example(
            name="a customer of old is no stranger",
            rows=f"{_THREE}{_FOURTH}2026-01-05  | transfer        | 50.00  | Capital    | S-4          | PAYEE\n",
            tables=_BORDER,
        ),
        Example(
            name="all of them in two towns",
            rows=f"{_THREE.replace('Hill town ', 'River town')}{_FOURTH}",
            tables=_BORDER,
        ),
        Example(
            name="a market trader whom known customers pay more",
            rows=f"{_HEAD}2026-01-05  | transfer        | 900.00 | Frontera   | C-1          | PAYEE\n"
            f"2026-03-04  | transfer        | 900.00 | Frontera   | C-1          | PAYEE\n{_THREE.removeprefix(_HEAD)}{_FOURTH}",
            tables=_BORDER,
        ),
        Example(
            name="a licensed agent",
            rows=f"{_THREE}{_FOURTH}",
            tables={
                **_BORDER,
                "segments": "account | segment | valid_from | valid_to | source\n"
                "X|PAYEE | licensed_agent | 2020-01-01 | | register",
            },
        ),
        Example(
            name="the fourth payment reverses another",
            rows=f"reference | reverses | {_HEAD}"
            "p-0 |     | 2026-03-01  | transfer        | 180.00 | Capital    | PAYEE        | S-4\n"
            + "".join(
                f"p-{number} | {'p-0' if number == 5 else '   '} | {line}\n"
                for number, line in enumerate(f"{_THREE}{_FOURTH}".removeprefix(_HEAD).splitlines(), start=1)
            ),
            tables=_BORDER,
        ),
    ),
}
