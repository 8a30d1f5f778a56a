"""The first text of a new rule: whole, silent as a draft, with a comment on every part that an author decides."""

from __future__ import annotations

import re
from typing import get_args

from schemas.detector import Family
from schemas.errors import RequestInvalid

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 60
_TEXT = '''/*---
# Everything up to the closing line is TOML; docs/rule-authors.md says what each key is for.
# Write the examples below first: what you mean, and who looks like it and is innocent.
id = "{id}"
# What an analyst reads at the top of the alert: what happens, no adjective, no accusation.
title.en = "Several cash deposits within a week"
title.fr = "Plusieurs dépôts d'espèces en une semaine"
title.es = "Varios depósitos en efectivo en una semana"
family = "{family}"
# `core` needs only what every row has; `enriched` names the columns in `needs`, and is silent where they are empty:
# needs = ["phone"]            # optional columns; `tables` names reference tables likewise
# exclusions = ["payroll"]     # segments whose accounts this rule leaves alone
tier = "core"
# `draft` runs nowhere by itself. `test` is recorded without an alert, `live` alerts: both want two silent examples for
# each that fires, and every text in English, French and Spanish.
status = "draft"
severity = "low"
weight = 1
# The document behind it, or "our judgement". No source, no rule.
sources = ["our judgement, to be replaced by the document that describes it"]
# What else it may be: two or three.
benign = [
    {{ en = "A shop that banks its takings", fr = "Un commerce qui dépose sa recette", es = "Una tienda que ingresa sus ventas" }},
]
next_step.en = "Ask for the deposit slips."
next_step.fr = "Demander les bordereaux de dépôt."
next_step.es = "Pedir los resguardos de depósito."
# One true sentence with numbers: names between braces are facts or parameters; `{{n|# x|# xs}}` writes one or more.
why.en = "{{deposits|# cash deposit|# cash deposits}} within {{window_s}}, {{total}} in all"
why.fr = "{{deposits|# dépôt d'espèces|# dépôts d'espèces}} en {{window_s}}, {{total}} au total"
why.es = "{{deposits|# depósito en efectivo|# depósitos en efectivo}} en {{window_s}}, {{total}} en total"
# The rule gives one row for each window that ends at a transaction; the runner keeps the strongest ones.
peaks = "window_s"

# The mildest roles that are true: possible victims and payers are never shown as suspects.
[roles]
subject = "beneficiary"
senders = "payer"
receivers = "beneficiary"

# Each further column of the SELECT, and how it is written for a reader.
[facts]
deposits = "count"
total = "money"

[[indicators]]
label = {{ en = "Cash deposits", fr = "Dépôts d'espèces", es = "Depósitos en efectivo" }}
observed = "deposits"
threshold = "at_least"
sense = "at_least"

# Every number is a parameter with bounds and a reason that a supervisor can defend.
[params.window_s]
default = 604800
unit = "seconds"
least = 3600
most = 2678400
reason = "A week: once round the days on which people are paid and markets are held"

[params.at_least]
default = 3
unit = "count"
least = 2
most = 1000
reason = "Two deposits in a week are common; say here where your number comes from"

[bases.typical]
rows = """
occurred_at      | channel      | amount | to_account
2026-03-02 09:00 | cash_deposit | 100.00 | A-1
2026-03-04 09:00 | cash_deposit | 120.00 | A-1
2026-03-09 08:59 | cash_deposit | 110.00 | A-1
"""

[[fires]]
name = "three deposits in a week"
base = "typical"
flags = ["A-1"]

[[silent]]
name = "the third comes a second too late"
base = "typical"
change.3.occurred_at = "2026-03-09 09:00"

[[silent]]
name = "three transfers are no deposits"
rows = """
occurred_at      | channel  | amount | from_account | to_account
2026-03-02 09:00 | transfer | 100.00 | B-1          | A-1
2026-03-04 09:00 | transfer | 120.00 | B-2          | A-1
2026-03-05 09:00 | transfer | 110.00 | B-3          | A-1
"""
---*/
with legs as (
    -- The rows that count. Filter hard here: what follows costs by the row.
    select account, txn, t_s, t_end_s, amount_base
    from flows
    where channel = 'cash_deposit' and direction = 'in' and amount_base is not null and not is_reversal
),
windows as (
    -- A window must hold for certain: half open, so that a week of dates is seven calendar days.
    select account, txn, t_s, t_end_s, count(*) over week as deposits, sum(amount_base) over week as total,
           min(t_s) over week as start_s
    from legs
    window week as (partition by account order by t_s range between ($window_s - 1) preceding and current row)
)
select account as subject, start_s as window_start_s, t_end_s as window_end_s,
       -- 500 at the threshold, 1000 at twice the threshold.
       least(per_mille(deposits, $at_least) // 2, 1000) as strength,
       txn, t_s, total as size, deposits, total
from windows
where deposits >= $at_least and t_end_s - start_s < $window_s
'''


def skeleton(detector: str, family: str) -> str:
    """The text of a new rule of this id. Raises RequestInvalid for an id or a family that cannot be one."""
    if not _ID.fullmatch(detector) or len(detector) > _LONGEST:
        raise RequestInvalid(
            "an id is small letters and digits, with single hyphens between them", where="ID", value=detector,
            remedy="For example: cash-before-border.",
        )  # fmt: skip
    if family not in get_args(Family):
        raise RequestInvalid(
            "there is no such family", where="--family", value=family, remedy=f"One of: {', '.join(get_args(Family))}."
        )
    return _TEXT.format(id=detector, family=family)
