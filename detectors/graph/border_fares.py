"""What border-convergence reads: payments of strangers, where they were paid in, what lies at a border, who deals with whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from detectors.api import Params, SnapshotView
from detectors.graph.frames import to_units
from detectors.graph.legs import DAY_S, LEGS, query

_PAYMENTS = f"""
with {LEGS},
crowds as (
    select payee, t_s // $window_s as slot, count(*) as payments from legs group by payee, slot
),
heavy as (
    -- A window lies in two neighbouring slots of its own length.
    select payee, first_slot from (select payee, unnest([slot - 1, slot]) as first_slot, payments from crowds)
    group by payee, first_slot having sum(payments) >= $least_senders
),
near as materialized (
    select distinct payee, unnest([first_slot, first_slot + 1]) as slot from heavy
),
strangers as (
    -- Payments to the payee, with the moment at which the two first dealt with each other, either way.
    select l.payee, l.payer, l.txn, l.t_s, l.t_end_s, l.amount, l.day,
           least(there.first_s, coalesce(back.first_s, there.first_s)) as known_s
    from legs as l
    semi join near on near.payee = l.payee and near.slot = l.t_s // $window_s
    join pairs as there on there.from_account = l.payer and there.to_account = l.payee
    left join pairs as back on back.from_account = l.payee and back.to_account = l.payer
),
enough as (
    select payee from strangers where t_s - known_s < $window_s
    group by payee having count(distinct payer) >= $least_senders
)
select s.payee, s.payer, s.txn, s.t_s as start_s, s.t_end_s as end_s, s.amount, s.known_s, s.day, t.place, t.agent,
       cast(t.from_country as varchar) as from_country, cast(t.to_country as varchar) as to_country,
       split_part(a.key, '|', 1) as institution
from strangers as s semi join enough on enough.payee = s.payee
join transactions as t on t.txn = s.txn join accounts as a on a.account = s.payer
order by s.payee, s.t_s, s.txn
"""
_KNOWN_PLACES = "select distinct place from places where kind = 'border'"
_ROUTES = """select distinct country, from_day, to_day from (
    select from_country as country, from_day, to_day from corridors where kind = 'smuggling_route'
    union all select to_country, from_day, to_day from corridors where kind = 'smuggling_route'
) where country <> '*'"""
_AT_BORDER = """
select f.account, f.txn, f.t_s from flows as f join transactions as t on t.txn = f.txn
where not f.is_reversal and f.account in (select unnest(?::integer[])) and t.place in (select unnest(?::varchar[]))
order by f.account, f.txn
"""
_RELATED = """
with sides as (select unnest(?::integer[]) as payee, unnest(?::integer[]) as payer)
select one.payee, p.from_account as one, p.to_account as other, p.first_s
from sides as one join pairs as p on p.from_account = one.payer
join sides as other on other.payee = one.payee and other.payer = p.to_account
order by one.payee, one, other
"""


class Fare(NamedTuple):
    """A payment to a payee; `known_s` is when the two first dealt with each other, `place` where it was paid in if known."""

    payee: int
    payer: int
    txn: int
    start_s: int
    end_s: int
    amount: int
    known_s: int
    place: str | None
    on_route: bool


@dataclass(frozen=True)
class Borders:
    """Listed places at a border, as the data writes them, and countries on listed routes with the days on which that holds."""

    places: tuple[str, ...]
    routes: tuple[tuple[str, int, int], ...]

    @property
    def listed(self) -> bool:
        """Whether any list says what lies at a border."""
        return bool(self.places or self.routes)


@dataclass(frozen=True)
class Evidence:
    """All about one payee: payments to it by start, who among its payers deals with whom since when, and its payments at a border."""

    fares: Sequence[Fare]
    related: Sequence[tuple[int, int, int]]
    touches: Sequence[tuple[int, int]]
    listed: bool

    def near_border(self, opens_s: int, params: Params) -> set[int]:
        """The payee's payments at a border near the window that opens then."""
        window_s = int(params["window_days"]) * DAY_S
        since_s = opens_s + window_s - int(params["near_days"]) * DAY_S
        return {txn for txn, t_s in self.touches if since_s <= t_s < opens_s + 2 * window_s}


def read_borders(view: SnapshotView) -> Borders:
    """What the lists say of borders."""
    return Borders(tuple(view.sql(_KNOWN_PLACES)["place"]), tuple(view.sql(_ROUTES).iter_rows()))


def read_fares(view: SnapshotView, borders: Borders, params: Params) -> list[Fare]:
    """The payments to every payee that enough strangers pay, by payee and start."""
    rows = view.sql(query(_PAYMENTS, {**params, "window_s": int(params["window_days"]) * DAY_S}))
    return [_fare(row, borders) for row in rows.iter_rows(named=True)]


def border_payments(view: SnapshotView, borders: Borders, fares: Sequence[Fare]) -> Mapping[int, list[tuple[int, int]]]:
    """By payee: its payments at a listed place, as number and start."""
    payees = sorted({fare.payee for fare in fares}) if borders.places else []
    touches: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for account, txn, t_s in view.sql(_AT_BORDER, [payees, list(borders.places)]).iter_rows():
        touches[account].append((txn, t_s))
    return touches


def relations(view: SnapshotView, fares: Sequence[Fare]) -> Mapping[int, list[tuple[int, int, int]]]:
    """By payee: which of its payers paid which other, and since when."""
    sides = sorted({(fare.payee, fare.payer) for fare in fares})
    related: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    given = [[payee for payee, _ in sides], [payer for _, payer in sides]]
    for payee, one, other, first_s in view.sql(_RELATED, given).iter_rows():
        related[payee].append((one, other, first_s))
    return related


def _fare(row: Mapping[str, Any], borders: Borders) -> Fare:
    place: str | None = None
    if row["place"] is not None:
        place = None if row["place"] in borders.places else f"place {row['place']}"
    elif row["agent"] is not None:
        place = f"agent {row['agent']}"
    else:
        place = f"{row['from_country']} {row['institution']}"
    on_route = any(
        row["to_country"] == country and since <= row["day"] < until for country, since, until in borders.routes
    )
    return Fare(
        row["payee"], row["payer"], row["txn"], row["start_s"], row["end_s"], to_units(row["amount"]), row["known_s"],
        place, on_route,
    )  # fmt: skip
