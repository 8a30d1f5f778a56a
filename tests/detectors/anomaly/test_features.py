"""What is measured: every feature against a plain computation by hand, and what must never be measured."""

from __future__ import annotations

import math
import random
import sys
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from subprocess import run
from typing import Any

import polars as pl
import pytest

from detectors.anomaly import features
from detectors.anomaly.components import MOST_NEW
from detectors.anomaly.features import FEATURES, worded, written
from detectors.anomaly.measuring import MOST_PAYEES, account_windows, flagged_legs
from detectors.anomaly.windows import WINDOW, Windows
from tests.detectors.anomaly.worlds import START, segment, snapshot

_COUNTED_ROUTES = """routes as (
    select distinct
        account,
        frame,
        case when direction = 'in' then country else home end as sends_from,
        case when direction = 'in' then home else country end as sends_to
    from listed
    where country is not null and home is not null
),

corridors as (
    select account, frame, count(*) as corridors
    from routes
"""
_CASH = {"cash_deposit", "cash_withdrawal"}


def _measured(rows: list[dict[str, Any]], days: int = 30, **least: int) -> dict[tuple[str, int], dict[str, Any]]:
    with snapshot(segment(rows)) as view:
        windows = Windows(view.as_of_s, days, days, days)
        given = {"least_transactions": 1, "least_turnover": 0} | least
        frame = account_windows(view, windows, **given)
        names = dict(view.sql("select account, name from accounts").iter_rows())
    return {(names[row["account"]], row["window_back"]): row for row in frame.iter_rows(named=True)}


_COUNTRY = {"A": "FR", "B": "FR", "C": "BE", "D": "ES"}
"""Where an account is; nobody knows of E."""


def _wild_rows(seed: int) -> list[dict[str, Any]]:
    dice = random.Random(seed)
    rows: list[dict[str, Any]] = []
    for _ in range(60):
        channel = dice.choice(["transfer", "transfer", "mobile_money", "cash_deposit", "cash_withdrawal"])
        payer, receiver = dice.choices("ABCDE", k=2)
        rows.append(
            {
                "occurred_at": START + timedelta(seconds=dice.randrange(100 * 86_400)),
                "amount": dice.choice([Decimal(9500), Decimal("9000"), Decimal(10_000), Decimal("8999.99"), Decimal(120),
                                       Decimal("0.5"), Decimal(12_500), Decimal("77.20"), Decimal(3_000_000)]),
                "currency": dice.choice(["EUR", "EUR", "USD", "XOF", "GBP"]),
                "channel": channel,
                "from_account": None if channel == "cash_deposit" else payer,
                "to_account": None if channel == "cash_withdrawal" else receiver,
                "precision": dice.choice(["second", "second", "day"]),
                "offset_minutes": dice.choice([0, 60, -300]),
                "from_country": _COUNTRY.get(payer),
                "to_country": _COUNTRY.get(receiver),
            }
        )  # fmt: skip
        if rows[-1]["precision"] == "day":
            rows[-1]["occurred_at"] = rows[-1]["occurred_at"].replace(hour=0, minute=0, second=0)
    return rows


def _is_round(amount: Decimal) -> bool:
    if amount != amount.to_integral_value():
        return False
    return len(str(int(amount)).rstrip("0")) <= 2


def _per_mille(part: int, whole: int) -> int | None:
    return part * 1000 // whole if whole else None


def _by_hand(rows: list[dict[str, Any]], days: int) -> dict[tuple[str, int], dict[str, Any]]:
    """The same features by a loop over rows. Rates as in the examples' reference table; no rate for GBP."""
    rates = {"EUR": Decimal(1), "USD": Decimal("0.8"), "XOF": Decimal("0.0015244902")}
    limits = {"EUR": 10_000, "USD": 12_500, "XOF": Decimal(6_559_570), "GBP": None}
    last_day = max(row["occurred_at"] for row in rows).date()
    ordered = sorted(enumerate(rows), key=lambda pair: (pair[1]["occurred_at"], pair[0]))
    met: set[frozenset[str]] = set()
    sides: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    for place, row in ordered:
        a, b = row["from_account"], row["to_account"]
        new = a is not None and b is not None and a != b and frozenset((a, b)) not in met
        if new:
            met.add(frozenset((a, b)))
        rate = rates.get(row["currency"])
        base = None if rate is None else (row["amount"] * rate).quantize(Decimal("0.0001"))
        back = (last_day - row["occurred_at"].date()).days // days
        for account, other, way in ((a, b, "out"), (b, a, "in")):
            if account is not None:
                sides[account, back].append(
                    row | {"other": other, "way": way, "base": base, "new": new, "place": place}
                )
    found = {key: _features_by_hand(legs, limits) for key, legs in sides.items()}
    for key in found:
        found[key] |= _relations_by_hand(key, sides) | {"dwell_hours": _dwell_by_hand(*key, sides)}
        found[key] |= {"component": _tied_by_hand(key, sides)}
    return found


def _others(
    account: str, back: int, sides: dict[tuple[str, int], list[dict[str, Any]]]
) -> dict[str, dict[str, Decimal]]:
    """What each other account gave and got in the window."""
    found: dict[str, dict[str, Decimal]] = {}
    for leg in sides.get((account, back), []):
        if leg["other"] is not None:
            ways = found.setdefault(leg["other"], {})
            ways[leg["way"]] = ways.get(leg["way"], Decimal(0)) + (leg["base"] or Decimal(0))
    return found


def _relations_by_hand(key: tuple[str, int], sides: dict[tuple[str, int], list[dict[str, Any]]]) -> dict[str, Any]:
    account, back = key
    others = _others(account, back, sides)

    def pays(one: str) -> set[str]:
        return {other for other, ways in _others(one, back, sides).items() if "out" in ways and other != one}

    gave = sum((ways.get("out", Decimal(0)) for ways in others.values()), Decimal(0))
    exchanged = sum((sum(ways.values()) for ways in others.values()), Decimal(0))
    returned = sum(
        (2 * min(ways.get("in", Decimal(0)), ways.get("out", Decimal(0))) for ways in others.values()), Decimal(0)
    )
    circled = sum(
        (others[b]["out"] for b in pays(account) if any(account in pays(c) for c in pays(b) - {account})), Decimal(0)
    )
    contacts = sum(len(_others(other, back, sides)) for other in others)
    return {
        "reciprocity": _per_mille(sum(len(ways) == 2 for ways in others.values()), len(others)),
        "returned_share": _per_mille(int(returned), int(exchanged)),
        "circled_share": _per_mille(int(circled), int(gave)),
        "neighbour_degree": contacts // len(others) if others else None,
    }


def _tied_by_hand(key: tuple[str, int], sides: dict[tuple[str, int], list[dict[str, Any]]]) -> int:
    """Among five accounts none has too many new relations to tie."""
    reached, waiting = {key[0]}, [key[0]]
    while waiting:
        for leg in sides.get((waiting.pop(), key[1]), []):
            if leg["new"] and leg["other"] not in reached:
                reached.add(leg["other"])
                waiting.append(leg["other"])
    return len(reached)


def _dwell_by_hand(account: str, back: int, sides: dict[tuple[str, int], list[dict[str, Any]]]) -> int | None:
    """Over all windows, in order; of a payment to oneself the receipt comes first."""
    everything = [(leg, window) for (holder, window), legs in sides.items() if holder == account for leg in legs]
    everything.sort(key=lambda each: (each[0]["occurred_at"], each[0]["place"], each[0]["way"] == "out"))
    waits, last = [], None
    for leg, window in everything:
        if leg["way"] == "in":
            last = leg["occurred_at"]
        elif last is not None and window == back:
            waits.append(int((leg["occurred_at"] - last).total_seconds()))
    return sum(waits) // len(waits) // 3600 if waits else None


def _unlike(values: list[Any]) -> int:
    pairs = sum(values.count(value) for value in values)
    return 1000 - pairs * 1000 // len(values) ** 2


def _where_it_was(leg: dict[str, Any]) -> datetime:
    """Local time; of a bare date the date itself."""
    local = timedelta(minutes=leg["offset_minutes"] if leg["precision"] == "second" else 0)
    moment: datetime = leg["occurred_at"] + local
    return moment


def _features_by_hand(legs: list[dict[str, Any]], limits: dict[str, Any]) -> dict[str, Any]:
    ways = {way: [leg for leg in legs if leg["way"] == way] for way in ("in", "out")}
    money = {
        way: int(sum((leg["base"] for leg in found if leg["base"] is not None), Decimal(0)))
        for way, found in ways.items()
    }
    others = {way: {leg["other"] for leg in found} - {None} for way, found in ways.items()}
    limited = [leg for leg in legs if limits[leg["currency"]] is not None]
    timed = [leg for leg in legs if leg["precision"] == "second"]
    by_day: dict[object, int] = defaultdict(int)
    for leg in legs:
        by_day[leg["occurred_at"].date()] += 1
    hour = [_where_it_was(leg).hour for leg in timed]
    return {
        "money_in": money["in"],
        "money_out": money["out"],
        "largest": int(max((leg["base"] for leg in legs if leg["base"] is not None), default=Decimal(0))),
        "count_in": len(ways["in"]),
        "count_out": len(ways["out"]),
        "senders": len(others["in"]),
        "receivers": len(others["out"]),
        "days_active": len(by_day),
        "busiest_day": max(by_day.values()),
        "new_share": _per_mille(sum(leg["new"] for leg in legs), len(others["in"] | others["out"])),
        "passed_on": _per_mille(min(money.values()), max(money.values())),
        "round_share": _per_mille(sum(_is_round(leg["amount"]) for leg in legs), len(legs)),
        "near_threshold_share": _per_mille(
            sum(Decimal("0.9") * limits[leg["currency"]] <= leg["amount"] < limits[leg["currency"]] for leg in limited),
            len(limited),
        ),
        "cash_share": _per_mille(sum(leg["channel"] in _CASH for leg in legs), len(legs)),
        "night_share": _per_mille(sum(value < 5 for value in hour), len(timed)),
        "weekend_share": _per_mille(sum(_where_it_was(leg).weekday() >= 5 for leg in legs), len(legs)),
        "amount_variety": _unlike([(leg["currency"], leg["amount"]) for leg in legs]),
        "channel_variety": _unlike([leg["channel"] for leg in legs]),
        "burstiness": sum(count**2 for count in by_day.values()) * 1000 // len(legs) ** 2,
        "corridors": len(
            {(leg["from_country"], leg["to_country"]) for leg in legs if leg["from_country"] and leg["to_country"]}
        )
        or None,
    }


@pytest.mark.parametrize("seed", range(6))
def test_every_feature_is_what_a_count_by_hand_gives(seed: int) -> None:
    rows = _wild_rows(seed)
    days = (30, 7)[seed % 2]
    expected = _by_hand(rows, days)
    found = {key: {name: row[name] for name in FEATURES} for key, row in _measured(rows, days).items()}
    assert found == expected


def _payment(day: int, amount: int = 100, **more: Any) -> dict[str, Any]:
    at = START + timedelta(days=day, hours=12)
    return {"occurred_at": at, "amount": Decimal(amount), "from_account": "A", "to_account": "B"} | more


def test_a_window_is_whole_days_and_ends_with_the_day_of_now() -> None:
    found = _measured([_payment(0), _payment(1), _payment(30)])
    assert [(key, row["count_out"]) for key, row in sorted(found.items()) if key[0] == "A"] == [
        (("A", 0), 2),
        (("A", 1), 1),
    ]
    windows = Windows(int((START + timedelta(days=30)).replace(tzinfo=UTC).timestamp()), 30, 7, 90)
    assert [datetime.fromtimestamp(second, UTC).replace(tzinfo=None) for second in windows.span_s(30, 0)] == [
        START + timedelta(days=1),
        START + timedelta(days=31, seconds=-1),
    ]


def test_what_happens_after_now_is_not_seen() -> None:
    rows = [_payment(0), _payment(1), _payment(1, occurred_at=START + timedelta(days=1, hours=18))]
    with snapshot(segment(rows), as_of=START + timedelta(days=1, hours=13)) as view:
        frame = account_windows(view, Windows(view.as_of_s, 30, 30, 30), least_transactions=1, least_turnover=0)
    assert frame["count_out"].to_list() == [2, 0]


def test_accounts_that_do_too_little_to_be_compared_are_left_out() -> None:
    rows = [_payment(day) for day in range(4)] + [_payment(1, 5000, from_account="C", to_account="D")]
    assert {key[0] for key in _measured(rows, least_transactions=4)} == {"A", "B"}


def test_materiality_marks_accounts_and_leaves_them_among_the_peers() -> None:
    rows = [_payment(day) for day in range(4)] + [_payment(1, 5000, from_account="C", to_account="D")]
    material = {key[0]: row["is_material"] for key, row in _measured(rows, least_turnover=5000).items()}
    assert material == {"A": False, "B": False, "C": True, "D": True}


def test_an_hour_that_nobody_recorded_is_unknown_and_not_daytime() -> None:
    found = _measured(
        [_payment(0, precision="day", occurred_at=START), _payment(1, precision="day", occurred_at=START)]
    )
    assert found["A", 0]["night_share"] is None


def test_amounts_without_a_rate_count_as_transactions_and_not_as_money() -> None:
    found = _measured([_payment(0), _payment(1, currency="GBP")])
    assert (found["A", 0]["money_out"], found["A", 0]["count_out"], found["A", 0]["unpriced"]) == (100, 2, 1)


def test_sums_beyond_every_integer_are_capped_and_do_not_overflow() -> None:
    huge = 999_999_999_999_999_999
    found = _measured(
        [_payment(day, huge) for day in range(12)] + [_payment(1, huge, from_account="B", to_account="A")]
    )
    assert found["A", 0]["money_out"] == 9_000_000_000_000_000
    assert found["A", 0]["passed_on"] == 1000


def test_the_legs_of_a_flagged_account_say_what_they_count_towards() -> None:
    rows = [_payment(0, 100), _payment(0, 200), _payment(3, 300), _payment(5, 1, from_account="E")]
    with snapshot(segment(rows)) as view:
        windows = Windows(view.as_of_s, 30, 30, 30)
        measured = account_windows(view, windows, least_transactions=3, least_turnover=0)
        legs = flagged_legs(view, windows, measured.filter(account=0).select(WINDOW))
    assert legs.select("txn", "is_largest", "is_busiest_day", "is_new", "is_out").rows() == [
        (0, False, True, True, True),
        (1, False, True, False, True),
        (2, True, False, False, True),
    ]


def test_a_circle_through_a_hub_is_not_counted() -> None:
    ring = [_payment(1), _payment(2, from_account="B", to_account="C"), _payment(3, from_account="C", to_account="A")]
    assert _measured(ring)["A", 0]["circled_share"] == 1000
    busy = [_payment(4, 1, from_account="B", to_account=f"X-{turn}") for turn in range(MOST_PAYEES)]
    assert _measured(ring + busy)["A", 0]["circled_share"] is not None
    assert _measured(ring + busy)["A", 0]["circled_share"] == 0
    assert _measured(ring + busy[1:])["A", 0]["circled_share"] == 1000


def test_a_second_country_is_usual_whatever_the_country() -> None:
    # A spread so wide that two routes more, there and back, lie within it: whoever sends money home is like those who do not.
    assert (math.log(4) - math.log(2)) / FEATURES["corridors"].least_spread < 1


def test_the_frame_holds_a_week_a_month_and_a_quarter_that_end_with_the_day_of_now_and_the_week_before() -> None:
    rows = [_payment(day, precision="second") for day in (0, 25, 60, 61, 85, 88, 95)]
    with snapshot(segment(rows)) as view:
        frame = account_windows(view, Windows(view.as_of_s, 30, 7, 90), least_transactions=1, least_turnover=0)
        names = dict(view.sql("select account, name from accounts").iter_rows())
    found = frame.filter(pl.col("account").replace_strict(names) == "A")
    counts = found.select("days", "window_back", "count_out").rows()
    assert counts == [(7, 0, 1), (7, 1, 2), (30, 0, 3), (30, 1, 2), (30, 2, 1), (30, 3, 1), (90, 0, 6)]


def test_each_length_of_window_is_what_it_is_alone() -> None:
    rows = _wild_rows(7)
    alone = {days: _measured(rows, days) for days in (7, 30, 90)}
    with snapshot(segment(rows)) as view:
        together = account_windows(view, Windows(view.as_of_s, 30, 7, 90), least_transactions=1, least_turnover=0)
        names = dict(view.sql("select account, name from accounts").iter_rows())
    assert set(together["days"]) == {7, 30, 90}
    for row in together.iter_rows(named=True):
        same = alone[row["days"]][names[row["account"]], row["window_back"]]
        assert row == same


def test_new_relations_tie_over_any_number_of_steps_and_not_through_who_has_too_many() -> None:
    chain = [_payment(1), _payment(2, from_account="B", to_account="C"), _payment(3, from_account="C", to_account="D")]
    assert _measured(chain)["A", 0]["component"] == 4
    busy = [_payment(4, 1, from_account="B", to_account=f"X-{turn}") for turn in range(MOST_NEW - 2)]
    assert _measured(chain + busy)["A", 0]["component"] == 4 + len(busy)
    crowded = _measured([*chain, *busy, _payment(5, 1, from_account="B", to_account="Y")])
    assert [crowded[account, 0]["component"] for account in "ABCD"] == [1, None, 2, 2]
    assert _measured([*chain, _payment(40), _payment(41, from_account="E")])["A", 0]["component"] == 1


def test_every_feature_is_declared_whole() -> None:
    with snapshot(segment([_payment(0)])) as view:
        windows = Windows(view.as_of_s, 30, 30, 30)
        measured = account_windows(view, windows, least_transactions=1, least_turnover=0)
        legs = flagged_legs(view, windows, measured.select(WINDOW))
    for name, feature in FEATURES.items():
        assert feature.name == name
        assert set(feature.label) == {"en", "fr", "es"}
        assert len(feature.meaning) > 10
        assert feature.least_spread > 0
        assert legs.schema[feature.concerns].__class__.__name__ == "Boolean"


def test_nothing_that_could_stand_for_origin_or_identity_is_read() -> None:
    for path in Path(features.__file__).parent.glob("*.sql"):
        # How many routes there are may be counted, in this one place and after they were told apart; nothing reads which.
        read = path.read_text().replace(_COUNTED_ROUTES, "").replace("amount, home, country, direction\n", "amount\n")
        statement = "\n".join(line for line in read.splitlines() if not line.startswith("--"))
        for forbidden in ("country", "name", "phone", "device", "place", "purpose", "latitude", "home"):
            assert forbidden not in statement, f"{path.name} reads {forbidden}"


def test_values_are_written_the_same_in_every_language() -> None:
    assert written(45_200, "money", "EUR") == "45\u202f200 EUR"
    assert written(875, "per_mille", "EUR") == "88\u202f%"
    assert written(12, "count", "EUR") == "12"
    assert written(None, "per_mille", "EUR") == "–"


def test_declaring_the_model_imports_no_model_library() -> None:
    code = (
        "import sys; import detectors.anomaly.unusual_account, detectors.anomaly.ensemble, service.runs.fingerprint;"
        "heavy = {'pyod', 'sklearn', 'scipy', 'numba'} & {name.split('.')[0] for name in sys.modules}; assert not heavy, heavy"
    )
    done = run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_values_within_a_sentence_are_written_as_its_language_writes_numbers() -> None:
    spoken = {language: worded(45_200, "money", "EUR", language) for language in ("en", "fr", "es")}
    assert spoken == {"en": "45,200\u00a0EUR", "fr": "45\u202f200\u00a0EUR", "es": "45.200\u00a0EUR"}
    assert [worded(875, "per_mille", "EUR", language) for language in ("en", "fr")] == ["88%", "88\u00a0%"]
    assert worded(None, "count", "EUR", "es") == "–"
