"""Alerts whose evidence makes a picture of flows: a few movements that a test names, or as many as a picture holds."""

from __future__ import annotations

from itertools import count

from support.worlds import World

HEADER = "reference,occurred_at,channel,amount,currency,from_account,to_account\n"
_numbers = count(1)


def flow_alert(world: World, rows: list[tuple[str, str, int, int]]) -> str:
    """An alert on the account S whose evidence is these rows: payer, payee, amount, day of March."""
    mark = f"W{next(_numbers)}"
    lines = [
        f"{mark}-{nth},2026-03-{day:02d}T10:00:00Z,transfer,{amount}.50,EUR,ACC-{mark}{payer},ACC-{mark}{payee}"
        for nth, (payer, payee, amount, day) in enumerate(rows)
    ]
    batch = world.submit("bank-a", (HEADER + "\n".join(lines) + "\n").encode())["batch"]
    ((key,),) = world.house.ledger.query(
        "select distinct to_key from transactions where to_key like ? limit 1", [f"%ACC-{mark}S"]
    )
    references = tuple(f"{mark}-{nth}" for nth in range(len(rows)))
    members = [{"account": f"ACC-{mark}S", "key": key, "role": "collector"}]
    return world.alert(batch, references, subject=key, subject_account=f"ACC-{mark}S", members=members)


def large_flow_alert(world: World) -> str:
    """An alert whose evidence is five hundred accounts and fifteen hundred movements."""
    rows = [(f"P{nth % 480}", "S", 10 + nth, 2 + nth % 5) for nth in range(480)]
    rows += [(f"P{nth % 480}", f"R{nth % 19}", 10 + nth, 2 + nth % 5) for nth in range(1020)]
    return flow_alert(world, rows)
