"""Following money: from a transaction or an account, hop by hop, until it ends or the look ends, with all that is unknown told.

Accounts are looked into in rounds, each read at once; pools are whole, so what other money an account had is known too.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from schemas.errors import NotFound, RequestInvalid
from service.flows.found import Found
from service.flows.look import Look, Rates
from service.flows.movements import Pool, SameDay, Trail
from service.flows.order import is_certain
from service.flows.proportional import FINE
from service.flows.question import LIMITS, Limits, Question
from service.flows.reading import ROWS, Reader
from service.flows.telling import told


def follow(asked: Question, reader: Reader, rates: Rates, limits: Limits = LIMITS) -> Found:
    """Follow the money. Raises RequestInvalid for a question that cannot be answered, NotFound for what is not in the ledger."""
    asked = asked.checked()
    look = _begin(asked, reader, rates, limits)
    seeds = look.seeds()
    if not seeds:
        raise NotFound(
            "there is no money to follow here", remedy="Check account, currency and dates, or the direction."
        )
    least = max(1, sum(seeds.values()) * FINE * asked.least_per_mille // 1000)
    for depth in range(1, asked.hops + 1):
        wanted = _beyond(look, [trail for trail, _ in _readings(look, seeds)], least)
        if not wanted or not _look_into(look, wanted, depth, reader, limits):
            break
        seeds = look.seeds()
    (trail, whole), *other = _readings(look, seeds)
    return told(look, seeds, (trail, other[0][0] if other else None), whole, least)


def _readings(look: Look, seeds: dict[int, int]) -> list[tuple[Trail, dict[str, Pool]]]:
    """The money as asked for, and under the other reading of days where the order within one is not known."""
    asked = look.asked.same_day
    others: tuple[SameDay, ...] = () if is_certain(look.movements) else ("held" if asked == "through" else "through",)
    return [look.trail(seeds, reading) for reading in (asked, *others)]


def _beyond(look: Look, trails: list[Trail], least: int) -> dict[str, int]:
    """The accounts where enough of the money ends only because they were not looked into, and the most that any reading says."""
    found: dict[str, int] = {}
    for trail in trails:
        for (kind, account), value in trail.ends.items():
            if kind == "beyond" and account not in look.refused and value >= least:
                found[account] = max(value, found.get(account, 0))
    return found


def _begin(asked: Question, reader: Reader, rates: Rates, limits: Limits) -> Look:
    """The look with what it starts from."""
    if asked.account:
        count = reader.counts([asked.account], asked.until).get(asked.account, 0)
        if not count:
            raise NotFound(
                "no transaction of this account is in the ledger", remedy="Write the account as alerts show it."
            )
        if count > limits.rows_of_one:
            raise RequestInvalid(
                f"this account has {count} transactions, more than the {limits.rows_of_one} that can be looked into",
                where="account", remedy="Follow one of its transactions instead.",
            )  # fmt: skip
        first = reader.rows([asked.account], asked.until)
        asked = _with_currency(asked, sorted(set(first["currency"])))
    else:
        first = reader.named(asked.batch, asked.reference)
        if not first.height:
            raise NotFound("no such transaction is in the ledger", remedy="Check the batch and the reference.")
        if asked.until is not None and first["occurred_at"][0] > asked.until:
            raise RequestInvalid("this transaction is later than that", where="until")
        asked = _with_currency(asked, [first["currency"][0]])
    look = Look(asked, rates, pl.DataFrame(schema=ROWS))
    if asked.account:
        look.looked[asked.account] = 0
        look.count = first.height
    look.add(first)
    return look


def _with_currency(asked: Question, used: list[str]) -> Question:
    """The question with the currency that is followed. Raises RequestInvalid where several could be."""
    if asked.value == "base" or asked.currency in used:
        return asked
    if asked.currency:
        raise RequestInvalid(
            "nothing moved here in this currency", where="currency", value=asked.currency,
            remedy=f"There is {', '.join(used)}.",
        )  # fmt: skip
    if len(used) > 1:
        raise RequestInvalid(
            "this account has several currencies", where="currency", value=", ".join(used),
            remedy="Say which to follow, or follow everything at its value in the base currency.",
        )  # fmt: skip
    return replace(asked, currency=used[0])


def _look_into(look: Look, wanted: dict[str, int], depth: int, reader: Reader, limits: Limits) -> bool:
    """Read the accounts with the most of the money first, as far as the limits go; whether any was read."""
    counts = reader.counts(list(wanted), look.asked.until)
    taken: list[str] = []
    for account, _ in sorted(wanted.items(), key=lambda each: (-each[1], each[0])):
        count = counts.get(account, 0)
        if count > limits.rows_of_one:
            look.refused[account] = "busy"
        elif len(look.looked) + len(taken) >= limits.accounts or look.count + count > limits.rows:
            look.refused[account] = "many"
        else:
            taken.append(account)
            look.count += count
    if taken:
        more = reader.rows(taken, look.asked.until)
        look.looked |= dict.fromkeys(taken, depth)
        look.add(more)
    return bool(taken)
