"""Further examples of `earner-to-collector`: what else it must find, and what looks like it and it must not."""

from __future__ import annotations

from schemas.detector import Example

_THREE = """
occurred_at          | amount | from_account | to_account
2026-03-02T20:00:00Z | 100.00 | C-1          | E-1
2026-03-03T10:00:00Z | 90.00  | E-1          | BOSS
2026-03-04T21:00:00Z | 80.00  | C-3          | E-2
2026-03-05T10:00:00Z | 70.00  | E-2          | BOSS
2026-03-07T23:00:00Z | 100.00 | C-1          | E-3
"""

EXAMPLES: dict[str, tuple[Example, ...]] = {
    "fires": (
        Example(
            name="dates only, paid in cash, and handed on in two parts",
            rows="""
occurred_at | channel      | amount | from_account | to_account
2026-03-02  | cash_deposit | 100.00 |              | E-1
2026-03-02  | transfer     | 50.00  | E-1          | BOSS
2026-03-02  | transfer     | 40.00  | E-1          | BOSS
2026-03-05  | cash_deposit | 90.00  |              | E-2
2026-03-05  | transfer     | 80.00  | E-2          | BOSS
2026-03-09  | transfer     | 120.00 | C-1          | E-3
2026-03-09  | transfer     | 100.00 | E-3          | BOSS
""",
            flags=("BOSS",),
        ),
    ),
    "silent": (
        Example(name="two people only", rows=_THREE),
        Example(
            name="the third keeps a cent more than a fifth",
            rows=f"{_THREE}2026-03-08T10:00:00Z | 79.99  | E-3          | BOSS\n",
        ),
        Example(
            name="the third hands on after 24 hours, to the second",
            rows=f"{_THREE}2026-03-08T23:00:00Z | 90.00  | E-3          | BOSS\n",
        ),
        Example(
            name="what the third hands on is the collector's own money",
            rows=f"{_THREE.replace('100.00 | C-1          | E-3', '100.00 | BOSS         | E-3')}"
            "2026-03-08T10:00:00Z | 90.00  | E-3          | BOSS\n",
        ),
        Example(
            name="what the third hands on was a refund",
            rows="""
reference | occurred_at          | amount | from_account | to_account | reverses
p-0       | 2026-03-01T20:00:00Z | 100.00 | E-3          | SHOP       |
p-1       | 2026-03-02T20:00:00Z | 100.00 | C-1          | E-1        |
p-2       | 2026-03-03T10:00:00Z | 90.00  | E-1          | BOSS       |
p-3       | 2026-03-04T21:00:00Z | 80.00  | C-3          | E-2        |
p-4       | 2026-03-05T10:00:00Z | 70.00  | E-2          | BOSS       |
p-5       | 2026-03-07T23:00:00Z | 100.00 | SHOP         | E-3        | p-0
p-6       | 2026-03-08T10:00:00Z | 90.00  | E-3          | BOSS       |
""",
        ),
        Example(
            name="dates only: the next day is more than 24 hours",
            rows="""
occurred_at | amount | from_account | to_account
2026-03-02  | 100.00 | C-1          | E-1
2026-03-03  | 90.00  | E-1          | BOSS
2026-03-04  | 80.00  | C-3          | E-2
2026-03-05  | 70.00  | E-2          | BOSS
2026-03-07  | 100.00 | C-1          | E-3
2026-03-08  | 90.00  | E-3          | BOSS
""",
        ),
        Example(
            name="wages and rent: four tenants pay one landlord a third of what they earn",
            rows="""
occurred_at | amount  | from_account | to_account
2026-03-02  | 1500.00 | EMPLOYER     | T-1
2026-03-02  | 1600.00 | EMPLOYER     | T-2
2026-03-02  | 1700.00 | EMPLOYER     | T-3
2026-03-02  | 1500.00 | EMPLOYER     | T-4
2026-03-02  | 500.00  | T-1          | LANDLORD
2026-03-02  | 550.00  | T-2          | LANDLORD
2026-03-02  | 600.00  | T-3          | LANDLORD
2026-03-02  | 500.00  | T-4          | LANDLORD
""",
        ),
        Example(
            name="a licensed agent whom sub-agents send the day's float",
            rows=f"{_THREE}2026-03-08T10:00:00Z | 90.00  | E-3          | BOSS\n",
            tables={
                "segments": "account | segment | valid_from | valid_to | source\n"
                "X|BOSS  | licensed_agent | 2020-01-01 | | register\n"
            },
        ),
    ),
}
