"""Examples of `smurf-ring`: what it must find, and what looks like it and it must not."""

from __future__ import annotations

from schemas.detector import Example

_FIVE = """
occurred_at          | amount  | from_account | to_account
2026-03-02T09:00:00Z | 1900.00 | S-1          | B-1
2026-03-03T09:00:00Z | 1800.00 | S-2          | B-1
2026-03-04T09:00:00Z | 1950.00 | S-3          | B-1
2026-03-09T09:00:00Z | 1850.00 | S-1          | B-2
2026-03-10T09:00:00Z | 1900.00 | S-2          | B-2
"""

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "fires": (
        Example(
            name="dates only: three senders pay each of two within a fortnight",
            rows="""
occurred_at | amount  | from_account | to_account
2026-03-02  | 1900.00 | S-1          | B-1
2026-03-03  | 1800.00 | S-2          | B-1
2026-03-04  | 1950.00 | S-3          | B-1
2026-03-09  | 1850.00 | S-1          | B-2
2026-03-10  | 1900.00 | S-2          | B-2
2026-03-15  | 1900.00 | S-3          | B-2
""",
            flags=("B-1",),
        ),
        Example(
            name="three beneficiaries are one ring, and so is one who sends in parts; the last second of the fortnight",
            rows=f"""{_FIVE}2026-03-08T09:00:00Z | 990.00  | S-3          | B-3
2026-03-08T10:00:00Z | 990.00  | S-3          | B-2
2026-03-16T08:59:59Z | 990.00  | S-3          | B-2
2026-03-10T09:00:00Z | 1900.00 | S-1          | B-3
2026-03-11T09:00:00Z | 1900.00 | S-2          | B-3
""",
            flags=("B-2",),
        ),
    ),
    "silent": (
        Example(name="two senders in common only", rows=_FIVE),
        Example(
            name="the sixth payment comes one second after the fortnight",
            rows=f"{_FIVE}2026-03-16T09:00:00Z | 1900.00 | S-3          | B-2\n",
        ),
        Example(
            name="a family: one of those they support has sent money back",
            rows="2026-02-01T09:00:00Z | 150.00  | B-2          | S-3\n".join(
                [_FIVE, "2026-03-12T09:00:00Z | 1900.00 | S-3          | B-2\n"]
            ),
        ),
        Example(
            name="one of the payments is as large as the threshold",
            rows=f"{_FIVE}2026-03-12T09:00:00Z | 10000.00 | S-3         | B-2\n",
        ),
        Example(
            name="rent and fees: small sums that never near the threshold",
            rows="""
occurred_at | amount | from_account | to_account
2026-03-02  | 400.00 | T-1          | LANDLORD
2026-03-02  | 420.00 | T-2          | LANDLORD
2026-03-02  | 410.00 | T-3          | LANDLORD
2026-03-05  | 150.00 | T-1          | SCHOOL
2026-03-05  | 150.00 | T-2          | SCHOOL
2026-03-06  | 150.00 | T-3          | SCHOOL
""",
        ),
        Example(
            name="two shops of one street that have other customers as well",
            rows=f"""{_FIVE}2026-03-12T09:00:00Z | 1900.00 | S-3          | B-2
2026-03-04T10:00:00Z | 3000.00 | C-1          | B-2
2026-03-05T10:00:00Z | 2700.00 | C-2          | B-2
""",
        ),
        Example(
            name="the sixth payment reverses another",
            rows="""
reference | occurred_at | amount  | from_account | to_account | reverses
p-0       | 2026-03-01  | 1900.00 | B-2          | S-3        |
p-1       | 2026-03-02  | 1900.00 | S-1          | B-1        |
p-2       | 2026-03-03  | 1800.00 | S-2          | B-1        |
p-3       | 2026-03-04  | 1950.00 | S-3          | B-1        |
p-4       | 2026-03-09  | 1850.00 | S-1          | B-2        |
p-5       | 2026-03-10  | 1900.00 | S-2          | B-2        |
p-6       | 2026-03-11  | 1900.00 | S-3          | B-2        | p-0
""",
        ),
    ),
}
