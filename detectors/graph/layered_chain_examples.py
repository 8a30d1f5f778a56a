"""Further examples of `layered-chain`: what else it must find, and what looks like it and it must not. The plainest one stands with it."""

from __future__ import annotations

from schemas.detector import Example

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "fires": (
        Example(
            name="one day, no hours known, in no order: three payments",
            rows="""
occurred_at | amount  | from_account | to_account
2026-03-02  | 4600.00 | M-1          | M-2
2026-03-02  | 4300.00 | M-2          | LAST
2026-03-02  | 5000.00 | ORIGIN       | M-1
2026-03-02  | 300.00  | M-1          | SHOP
""",
            flags=("LAST",),
        ),
        Example(
            name="exactly 85 per cent each time, one second below 72 hours, over two currencies",
            rows="""
occurred_at          | amount  | currency | from_account | to_account
2026-03-02T09:00:00Z | 8000.00 | EUR      | ORIGIN       | M-1
2026-03-05T08:59:59Z | 8500.00 | USD      | M-1          | M-2
2026-03-08T08:59:58Z | 5780.00 | EUR      | M-2          | LAST
""",
            flags=("LAST",),
        ),
    ),
    "silent": (
        Example(
            name="as in the first example, but the account is known as one of the segment licensed_trader",
            rows="""
occurred_at          | amount   | from_account | to_account
2026-03-02T09:00:00Z | 10000.00 | ORIGIN       | M-1
2026-03-03T09:00:00Z | 9500.00  | M-1          | M-2
2026-03-05T09:00:00Z | 9000.00  | M-2          | M-3
2026-03-06T09:00:00Z | 8700.00  | M-3          | LAST
""",
            tables={
                "segments": "account | segment | valid_from | valid_to | source\n"
                "X|LAST | licensed_trader | 2020-01-01 | | register\n"
            },
        ),
        Example(
            name="two payments only",
            rows="""
occurred_at          | amount   | from_account | to_account
2026-03-02T09:00:00Z | 10000.00 | BUYER        | TRADER
2026-03-03T09:00:00Z | 9500.00  | TRADER       | MAKER
""",
        ),
        Example(
            name="one cent too little is handed on",
            rows="""
occurred_at          | amount   | from_account | to_account
2026-03-02T09:00:00Z | 10000.00 | ORIGIN       | M-1
2026-03-03T09:00:00Z | 8499.99  | M-1          | M-2
2026-03-04T09:00:00Z | 8000.00  | M-2          | LAST
""",
        ),
        Example(
            name="one waits for 72 hours",
            rows="""
occurred_at          | amount   | from_account | to_account
2026-03-02T09:00:00Z | 10000.00 | ORIGIN       | M-1
2026-03-05T09:00:00Z | 9500.00  | M-1          | M-2
2026-03-06T09:00:00Z | 9000.00  | M-2          | LAST
""",
        ),
        Example(
            name="dates only: four calendar days are more than 72 hours",
            rows="""
occurred_at | amount   | from_account | to_account
2026-03-02  | 10000.00 | ORIGIN       | M-1
2026-03-05  | 9500.00  | M-1          | M-2
2026-03-06  | 9000.00  | M-2          | LAST
""",
        ),
        Example(
            name="a supply chain of firms that are paid and pay all day",
            rows="""
occurred_at          | amount   | from_account | to_account
2026-03-02T09:00:00Z | 10000.00 | SHOP         | WHOLESALER
2026-03-02T10:00:00Z | 9000.00  | SHOP-2       | WHOLESALER
2026-03-02T12:00:00Z | 9500.00  | WHOLESALER   | IMPORTER
2026-03-03T09:00:00Z | 9200.00  | IMPORTER     | MAKER
2026-03-03T10:00:00Z | 7000.00  | IMPORTER     | CARRIER
2026-03-03T11:00:00Z | 16000.00 | SHOP-3       | IMPORTER
""",
        ),
        Example(
            name="wages, rent and a mortgage",
            rows="""
occurred_at | amount  | from_account | to_account
2026-03-02  | 2500.00 | EMPLOYER     | TENANT
2026-03-03  | 900.00  | TENANT       | LANDLORD
2026-03-04  | 850.00  | LANDLORD     | BANK
""",
        ),
        Example(
            name="the payments are in no order in which money could go on",
            rows="""
occurred_at          | amount   | from_account | to_account
2026-03-02T09:00:00Z | 9000.00  | M-2          | LAST
2026-03-03T09:00:00Z | 9500.00  | M-1          | M-2
2026-03-04T09:00:00Z | 10000.00 | ORIGIN       | M-1
""",
        ),
        Example(
            name="a payment on the way reverses another one",
            rows="""
reference | occurred_at          | amount   | from_account | to_account | reverses
p-1       | 2026-03-01T09:00:00Z | 9500.00  | M-2          | M-1        |
p-2       | 2026-03-02T09:00:00Z | 10000.00 | ORIGIN       | M-1        |
p-3       | 2026-03-03T09:00:00Z | 9500.00  | M-1          | M-2        | p-1
p-4       | 2026-03-04T09:00:00Z | 9400.00  | M-2          | LAST       |
""",
        ),
    ),
}
