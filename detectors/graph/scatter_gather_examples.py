"""Further examples of `scatter-gather`: what else it must find, and what looks like it and it must not. The plainest one stands with it."""

from __future__ import annotations

from schemas.detector import Example

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "fires": (
        Example(
            name="an older payment on the same way does not hide the pattern",
            rows="""
occurred_at          | amount  | from_account | to_account
2026-01-05T09:00:00Z | 1000.00 | SOURCE       | M-1
2026-01-06T09:00:00Z | 950.00  | M-1          | SINK
2026-03-02T09:00:00Z | 5000.00 | SOURCE       | M-1
2026-03-02T09:05:00Z | 5000.00 | SOURCE       | M-2
2026-03-02T09:10:00Z | 5000.00 | SOURCE       | M-3
2026-03-03T10:00:00Z | 4800.00 | M-1          | SINK
2026-03-04T11:00:00Z | 4900.00 | M-2          | SINK
2026-03-08T12:00:00Z | 4700.00 | M-3          | SINK
""",
            flags=("SINK",),
        ),
        Example(
            name="sums count together: one middleman is paid in two parts, another pays in two",
            rows="""
occurred_at          | amount  | from_account | to_account
2026-03-02T09:00:00Z | 3000.00 | SOURCE       | M-1
2026-03-02T09:10:00Z | 2000.00 | SOURCE       | M-1
2026-03-02T09:20:00Z | 4000.00 | SOURCE       | M-2
2026-03-02T09:30:00Z | 6000.00 | SOURCE       | M-3
2026-03-03T10:00:00Z | 4800.00 | M-1          | SINK
2026-03-03T11:00:00Z | 1900.00 | M-2          | SINK
2026-03-03T12:00:00Z | 1950.00 | M-2          | SINK
2026-03-04T12:00:00Z | 5700.00 | M-3          | SINK
""",
            flags=("SINK",),
        ),
        Example(
            name="three currencies, compared in one",
            rows="""
occurred_at | amount     | currency | from_account | to_account
2026-03-02  | 5000.00    | EUR      | SOURCE       | M-1
2026-03-02  | 5000.00    | USD      | SOURCE       | M-2
2026-03-02  | 5000.00    | EUR      | SOURCE       | M-3
2026-03-04  | 6000.00    | USD      | M-1          | SINK
2026-03-04  | 2500000    | XOF      | M-2          | SINK
2026-03-05  | 4500.00    | EUR      | M-3          | SINK
""",
            flags=("SINK",),
        ),
    ),
    "silent": (
        Example(
            name="as in the first example, but the account is known as one of the segment payroll",
            rows="""
occurred_at | amount  | from_account | to_account
2026-03-02  | 9000.00 | SOURCE       | M-1
2026-03-02  | 9500.00 | SOURCE       | M-2
2026-03-02  | 8000.00 | SOURCE       | M-3
2026-03-02  | 7000.00 | SOURCE       | M-4
2026-03-02  | 8100.00 | M-1          | SINK
2026-03-02  | 9120.00 | M-2          | SINK
2026-03-02  | 7600.00 | M-3          | SINK
2026-03-02  | 6700.00 | M-4          | SINK
""",
            tables={
                "segments": "account | segment | valid_from | valid_to | source\n"
                "X|SINK | payroll | 2020-01-01 | | register\n"
            },
        ),
        Example(
            name="wages: four employees pay the same landlord far less than they earn",
            rows="""
occurred_at          | amount  | from_account | to_account
2026-03-02T09:00:00Z | 1500.00 | EMPLOYER     | E-1
2026-03-02T09:00:01Z | 1500.00 | EMPLOYER     | E-2
2026-03-02T09:00:02Z | 1600.00 | EMPLOYER     | E-3
2026-03-02T09:00:03Z | 1700.00 | EMPLOYER     | E-4
2026-03-04T10:00:00Z | 600.00  | E-1          | LANDLORD
2026-03-04T10:10:00Z | 650.00  | E-2          | LANDLORD
2026-03-04T10:20:00Z | 600.00  | E-3          | LANDLORD
2026-03-04T10:30:00Z | 700.00  | E-4          | LANDLORD
""",
        ),
        Example(
            name="two go-betweens only",
            rows="""
occurred_at | amount  | from_account | to_account
2026-03-02  | 5000.00 | PARENT       | CHILD-1
2026-03-02  | 5000.00 | PARENT       | CHILD-2
2026-03-03  | 4900.00 | CHILD-1      | SELLER
2026-03-03  | 4900.00 | CHILD-2      | SELLER
""",
        ),
        Example(
            name="eight calendar days are more than a week",
            rows="""
occurred_at | amount  | from_account | to_account
2026-03-02  | 5000.00 | SOURCE       | M-1
2026-03-04  | 5000.00 | SOURCE       | M-2
2026-03-06  | 5000.00 | SOURCE       | M-3
2026-03-05  | 4800.00 | M-1          | SINK
2026-03-07  | 4800.00 | M-2          | SINK
2026-03-09  | 4800.00 | M-3          | SINK
""",
        ),
        Example(
            name="the order is wrong: each go-between had paid before being paid",
            rows="""
occurred_at          | amount  | from_account | to_account
2026-03-02T09:00:00Z | 4800.00 | M-1          | SINK
2026-03-02T09:05:00Z | 4800.00 | M-2          | SINK
2026-03-02T09:10:00Z | 4800.00 | M-3          | SINK
2026-03-02T15:00:00Z | 5000.00 | SOURCE       | M-1
2026-03-02T15:05:00Z | 5000.00 | SOURCE       | M-2
2026-03-02T15:10:00Z | 5000.00 | SOURCE       | M-3
""",
        ),
        Example(
            name="an aid payment of small sums, spent at one market stall",
            rows="""
occurred_at | amount | from_account | to_account
2026-03-02  | 60.00  | NGO          | FAMILY-1
2026-03-02  | 60.00  | NGO          | FAMILY-2
2026-03-02  | 60.00  | NGO          | FAMILY-3
2026-03-02  | 60.00  | NGO          | FAMILY-4
2026-03-03  | 55.00  | FAMILY-1     | STALL
2026-03-03  | 60.00  | FAMILY-2     | STALL
2026-03-03  | 58.00  | FAMILY-3     | STALL
2026-03-03  | 57.00  | FAMILY-4     | STALL
""",
        ),
    ),
}
