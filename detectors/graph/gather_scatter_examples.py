"""Further examples of `gather-scatter`: what else it must find, and what looks like it and it must not. The plainest one stands with it."""

from __future__ import annotations

from schemas.detector import Example

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "fires": (
        Example(
            name="a small bill paid in between does not hide it",
            rows="""
occurred_at          | amount  | from_account | to_account
2026-03-02T09:00:00Z | 2000.00 | S-1          | HUB
2026-03-02T10:00:00Z | 1500.00 | S-2          | HUB
2026-03-02T11:00:00Z | 120.00  | HUB          | POWER
2026-03-02T12:00:00Z | 1800.00 | S-3          | HUB
2026-03-03T09:00:00Z | 2200.00 | S-4          | HUB
2026-03-03T18:00:00Z | 1900.00 | HUB          | R-1
2026-03-04T09:00:00Z | 1800.00 | HUB          | R-2
2026-03-04T10:00:00Z | 1700.00 | HUB          | R-3
2026-03-04T11:00:00Z | 1600.00 | HUB          | R-4
""",
            flags=("HUB",),
        ),
    ),
    "silent": (
        Example(
            name="as in the first example, but the account is known as one of the segment licensed_trader",
            rows="""
occurred_at | amount  | from_account | to_account
2026-03-02  | 2000.00 | S-1          | HUB
2026-03-02  | 1500.00 | S-2          | HUB
2026-03-02  | 1800.00 | S-3          | HUB
2026-03-02  | 2200.00 | S-4          | HUB
2026-03-02  | 2500.00 | S-5          | HUB
2026-03-02  | 2400.00 | HUB          | R-1
2026-03-02  | 2300.00 | HUB          | R-2
2026-03-02  | 2350.00 | HUB          | R-3
2026-03-02  | 2400.00 | HUB          | R-4
""",
            tables={
                "segments": "account | segment | valid_from | valid_to | source\n"
                "X|HUB | licensed_trader | 2020-01-01 | | register\n"
            },
        ),
        Example(
            name="a trader is paid and pays in turns",
            rows="""
occurred_at          | amount  | from_account | to_account
2026-03-02T08:00:00Z | 1000.00 | C-1          | TRADER
2026-03-02T09:00:00Z | 900.00  | TRADER       | W-1
2026-03-02T14:00:00Z | 1100.00 | C-2          | TRADER
2026-03-02T16:00:00Z | 1000.00 | TRADER       | W-2
2026-03-03T08:00:00Z | 900.00  | C-3          | TRADER
2026-03-03T09:00:00Z | 950.00  | TRADER       | W-3
2026-03-03T14:00:00Z | 1000.00 | C-4          | TRADER
2026-03-03T16:00:00Z | 900.00  | TRADER       | W-4
""",
        ),
        Example(
            name="a savings circle: all pay the organiser, who pays it back to the same members",
            rows="""
occurred_at          | amount  | from_account | to_account
2026-03-02T08:00:00Z | 1000.00 | M-1          | ORGANISER
2026-03-02T08:10:00Z | 1000.00 | M-2          | ORGANISER
2026-03-02T08:20:00Z | 1000.00 | M-3          | ORGANISER
2026-03-02T08:30:00Z | 1000.00 | M-4          | ORGANISER
2026-03-02T08:40:00Z | 1000.00 | M-5          | ORGANISER
2026-03-03T09:00:00Z | 1200.00 | ORGANISER    | M-1
2026-03-03T09:10:00Z | 1200.00 | ORGANISER    | M-2
2026-03-03T09:20:00Z | 1200.00 | ORGANISER    | M-3
2026-03-03T09:30:00Z | 1200.00 | ORGANISER    | M-4
""",
        ),
        Example(
            name="a shop keeps its margin and pays two suppliers",
            rows="""
occurred_at | amount  | from_account | to_account
2026-03-02  | 500.00  | C-1          | SHOP
2026-03-02  | 700.00  | C-2          | SHOP
2026-03-02  | 600.00  | C-3          | SHOP
2026-03-02  | 900.00  | C-4          | SHOP
2026-03-02  | 800.00  | C-5          | SHOP
2026-03-03  | 1500.00 | SHOP         | W-1
2026-03-03  | 1400.00 | SHOP         | W-2
""",
        ),
        Example(
            name="four calendar days are more than 72 hours",
            rows="""
occurred_at | amount  | from_account | to_account
2026-03-02  | 2000.00 | S-1          | HUB
2026-03-03  | 2000.00 | S-2          | HUB
2026-03-03  | 2000.00 | S-3          | HUB
2026-03-04  | 2000.00 | S-4          | HUB
2026-03-04  | 1900.00 | HUB          | R-1
2026-03-05  | 1900.00 | HUB          | R-2
2026-03-05  | 1900.00 | HUB          | R-3
2026-03-05  | 1900.00 | HUB          | R-4
""",
        ),
    ),
}
