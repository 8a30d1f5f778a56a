"""Further examples of `round-trip`: what else it must find, and what looks like it and it must not. The plainest one stands with it."""

from __future__ import annotations

from schemas.detector import Example

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "fires": (
        Example(
            name="five hops in three weeks",
            rows="""
occurred_at          | amount   | from_account | to_account
2026-03-02T09:00:00Z | 40000.00 | ORIGIN       | SHELL-1
2026-03-05T09:00:00Z | 39000.00 | SHELL-1      | SHELL-2
2026-03-09T09:00:00Z | 38000.00 | SHELL-2      | SHELL-3
2026-03-15T09:00:00Z | 37000.00 | SHELL-3      | SHELL-4
2026-03-22T09:00:00Z | 36000.00 | SHELL-4      | ORIGIN
""",
            flags=("ORIGIN",),
        ),
        Example(
            name="out to a stranger and back a week later",
            rows="""
occurred_at          | amount  | from_account | to_account
2026-03-02T09:00:00Z | 5000.00 | ORIGIN       | STRANGER
2026-03-09T09:00:00Z | 4800.00 | STRANGER     | ORIGIN
""",
            flags=("ORIGIN",),
        ),
    ),
    "silent": (
        Example(
            name="as in the first example, but the account is known as one of the segment savings_circle",
            rows="""
occurred_at | amount  | from_account | to_account
2026-03-02  | 9500.00 | B            | C
2026-03-02  | 9000.00 | C            | A
2026-03-02  | 9900.00 | A            | B
""",
            tables={
                "segments": "account | segment | valid_from | valid_to | source\n"
                "X|A | savings_circle | 2020-01-01 | | register\n"
            },
        ),
        Example(
            name="two firms that buy from each other every week",
            rows="""
occurred_at | amount  | from_account | to_account
2026-02-02  | 3000.00 | FIRM-1       | FIRM-2
2026-02-09  | 700.00  | FIRM-2       | FIRM-1
2026-02-16  | 1500.00 | FIRM-1       | FIRM-2
2026-03-02  | 2000.00 | FIRM-1       | FIRM-2
2026-03-09  | 1950.00 | FIRM-2       | FIRM-1
""",
        ),
        Example(
            name="a friend lends a friend some money and has it back after payday",
            rows="""
occurred_at          | amount | from_account | to_account
2026-03-02T09:00:00Z | 300.00 | FRIEND-1     | FRIEND-2
2026-03-28T09:00:00Z | 300.00 | FRIEND-2     | FRIEND-1
""",
        ),
        Example(
            name="a purchase is refunded",
            rows="""
reference | occurred_at | amount  | from_account | to_account | reverses
p-1       | 2026-03-02  | 1200.00 | BUYER        | SELLER     |
p-2       | 2026-03-09  | 1200.00 | SELLER       | BUYER      | p-1
""",
        ),
        Example(
            name="a savings circle of five, each in turn",
            rows="""
occurred_at | amount | from_account | to_account
2026-03-02  | 200.00 | M-2          | M-1
2026-03-02  | 200.00 | M-3          | M-1
2026-03-02  | 200.00 | M-4          | M-1
2026-03-02  | 200.00 | M-5          | M-1
2026-03-09  | 200.00 | M-1          | M-2
2026-03-09  | 200.00 | M-3          | M-2
2026-03-09  | 200.00 | M-4          | M-2
2026-03-09  | 200.00 | M-5          | M-2
2026-03-16  | 200.00 | M-1          | M-3
2026-03-16  | 200.00 | M-2          | M-3
2026-03-16  | 200.00 | M-4          | M-3
2026-03-16  | 200.00 | M-5          | M-3
""",
        ),
        Example(
            name="three companies of a group that settle accounts all the time",
            rows="""
occurred_at | amount  | from_account | to_account
2026-01-05  | 900.00  | GROUP-1      | GROUP-2
2026-01-05  | 4000.00 | GROUP-2      | GROUP-3
2026-01-06  | 300.00  | GROUP-3      | GROUP-1
2026-01-19  | 1100.00 | GROUP-1      | GROUP-2
2026-01-19  | 3000.00 | GROUP-2      | GROUP-3
2026-01-20  | 500.00  | GROUP-3      | GROUP-1
2026-03-02  | 5000.00 | GROUP-1      | GROUP-2
2026-03-03  | 4900.00 | GROUP-2      | GROUP-3
2026-03-04  | 4800.00 | GROUP-3      | GROUP-1
""",
        ),
        Example(
            name="the payments run round, but not in an order in which money could",
            rows="""
occurred_at          | amount  | from_account | to_account
2026-03-02T09:00:00Z | 5000.00 | C            | A
2026-03-04T09:00:00Z | 4900.00 | B            | C
2026-03-06T09:00:00Z | 5000.00 | A            | B
2026-03-10T09:00:00Z | 2000.00 | C            | A
""",
        ),
    ),
}
