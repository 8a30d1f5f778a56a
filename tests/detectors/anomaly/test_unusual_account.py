"""The model as a detector: whom it flags, whom it leaves alone, and what it says."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import polars as pl
import pytest

from detectors.anomaly.drift import SCORE, noted
from detectors.anomaly.features import FEATURES
from detectors.anomaly.telling import MOST_EVIDENCE
from detectors.anomaly.unusual_account import META, find
from detectors.api import default_params
from detectors.catalogue import Catalogue
from detectors.examples import run_example
from detectors.findings import Names, name_findings
from schemas.canonical import canonical_json
from schemas.detector import Example
from schemas.finding import RAW_FINDING
from tests.detectors.anomaly.worlds import START, lawful_rows, night_collector, segment, snapshot

SMALL: dict[str, int | Decimal] = {"share": 50, "fdr_per_mille": 400}
"""A few hundred accounts cannot show that one in a thousand is rare: in small worlds more is allowed."""
_CASES = [("fires", example) for example in META.fires] + [("silent", example) for example in META.silent]


def _found(frame: pl.DataFrame, *, threads: int = 1, **params: int | Decimal) -> dict[str, dict[str, object]]:
    with snapshot(frame, threads=threads) as view:
        rows = find(view, default_params(META) | SMALL | params)
        names = dict(view.sql("select account, name from accounts").iter_rows())
    return {names[row["subject"]]: row | {"facts": json.loads(row["facts"])} for row in rows.iter_rows(named=True)}


@pytest.fixture(scope="module")
def world() -> pl.DataFrame:
    return segment(lawful_rows(1, accounts=300, transactions=5000) + night_collector("Z", senders=60))


@pytest.mark.parametrize(("kind", "example"), _CASES, ids=[example.name for _, example in _CASES])
def test_the_example_holds(kind: str, example: Example) -> None:
    outcome = run_example(Catalogue.load().get(META.id), example, kind)  # type: ignore[arg-type]
    assert outcome.holds, str(outcome)


def test_an_account_unlike_its_peers_is_found_with_reasons_that_are_its_own(world: pl.DataFrame) -> None:
    found = _found(world)
    assert set(found) == {"Z"}
    row = found["Z"]
    facts = row["facts"]
    assert 500 <= row["strength"] <= 1000
    assert facts["score"] >= facts["score_bar"]
    assert sum(effect["effect"] for effect in facts["effects"]) == facts["score"]
    by_feature = {effect["feature"]: effect for effect in facts["effects"]}
    assert by_feature["money_in"]["observed"] == "240\u202f000 EUR"
    assert by_feature["senders"]["observed"] == "60"
    assert facts["turnover"] == "430000"
    assert row["members"] == [{"account": row["subject"], "role": "beneficiary"}]


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_in_a_world_of_equals_nobody_is_unusual(seed: int) -> None:
    assert _found(segment(lawful_rows(seed, accounts=400, transactions=6000))) == {}


def test_what_is_immaterial_is_not_flagged(world: pl.DataFrame) -> None:
    assert "Z" not in _found(world, least_turnover=Decimal(430_001))
    assert "Z" in _found(world)


def test_the_rate_of_false_discoveries_is_what_an_operator_turns(world: pl.DataFrame) -> None:
    flagged = [set(_found(world, fdr_per_mille=fdr, least_distance=3)) for fdr in (1, 100, 400, 1000)]
    assert all(fewer <= more for fewer, more in pairwise(flagged))
    assert flagged[0] == set()
    assert {"Z"} < flagged[-1]


def test_how_rare_an_account_is_goes_with_the_finding(world: pl.DataFrame) -> None:
    facts = _found(world)["Z"]["facts"]
    # Rarer than all that were held back, or the only one of them as rare as itself.
    assert (facts["held_back"] + 1).bit_length() - 2 <= facts["surprisal_mbits"] / 1000
    assert 2 ** (facts["surprisal_mbits"] / 1000) <= facts["held_back"] + 1


def test_what_lies_too_near_its_peers_is_not_flagged(world: pl.DataFrame) -> None:
    assert _found(world, least_distance=Decimal(100)) == {}


def test_two_accounts_that_do_the_same_are_flagged_alike() -> None:
    rows = lawful_rows(1, accounts=600, transactions=9000) + night_collector("Y", 60) + night_collector("Z", 60)
    found = _found(segment(rows))
    assert {"Y", "Z"} <= set(found)
    assert found["Y"]["facts"]["effects"] == found["Z"]["facts"]["effects"]


def test_the_cap_keeps_the_rarest_as_they_were_and_says_how_many_it_left_out() -> None:
    frame = segment(
        lawful_rows(1, accounts=300, transactions=5000) + night_collector("Y", 30) + night_collector("Z", 60)
    )
    many = {"share": 50, "least_distance": 1}
    everybody = _found(frame, **many)
    with snapshot(frame) as view:
        kept = find(view, default_params(META) | SMALL | many | {"most_findings": 2})
        assert view.notes[META.id]["accounts beyond the cap"] == len(everybody) - 2
    strengths = sorted((row["strength"] for row in everybody.values()), reverse=True)
    assert sorted(kept["strength"].to_list(), reverse=True) == strengths[:2]
    by_subject = {row["subject"]: row["facts"] for row in everybody.values()}
    assert [json.loads(facts) for facts in kept["facts"]] == [by_subject[subject] for subject in kept["subject"]]


def test_evidence_is_capped_sorted_and_the_accounts_own(world: pl.DataFrame) -> None:
    row = _found(world)["Z"]
    evidence = row["evidence"]
    assert len(evidence) == MOST_EVIDENCE
    assert evidence == sorted(set(evidence))
    assert row["facts"]["left_out"] == 80 - MOST_EVIDENCE
    with snapshot(world) as view:
        own = view.sql("select txn from flows where account = ?", [row["subject"]])["txn"].to_list()
    assert set(evidence) <= set(own)


def test_an_account_is_reported_once_in_its_most_unusual_window() -> None:
    rows = lawful_rows(5, accounts=300, transactions=12_000, days=90) + night_collector("Z", senders=60)
    row = _found(segment(rows))["Z"]
    assert row["window_end_s"] - row["window_start_s"] == 30 * 86_400 - 1
    with snapshot(segment(rows)) as view:
        times = view.sql("select txn, t_s from flows where account = ?", [row["subject"]])
    behind = times.filter(pl.col("txn").is_in(row["evidence"]))["t_s"]
    assert behind.is_between(row["window_start_s"], row["window_end_s"]).all()


def test_the_frame_is_that_of_every_detector(world: pl.DataFrame) -> None:
    with snapshot(world) as view:
        frame = find(view, default_params(META) | SMALL)
        empty = find(view, default_params(META) | {"least_peers": 10_000})
    assert dict(frame.schema) == RAW_FINDING
    assert dict(empty.schema) == RAW_FINDING
    assert frame.equals(frame.sort("subject", "window_start_s", "window_end_s"))
    facts = frame["facts"][0]
    assert canonical_json(json.loads(facts)).decode() == facts
    assert set(json.loads(facts)) - {"effects"} == set(META.facts)


def test_neither_thread_count_nor_row_order_changes_the_frame(world: pl.DataFrame) -> None:
    shuffled = world.sample(fraction=1, shuffle=True, seed=9)
    frames = []
    for frame, threads in ((world, 1), (shuffled, 2), (shuffled.reverse(), 8)):
        with snapshot(frame, threads=threads) as view:
            frames.append(find(view, default_params(META) | SMALL))
    assert frames[1].equals(frames[0])
    assert frames[2].equals(frames[0])


def test_a_small_reference_still_finds_it_and_is_drawn_by_the_seed(world: pl.DataFrame) -> None:
    found = _found(world, reference=120)
    assert "Z" in found
    assert found["Z"]["facts"]["reference"] == 120
    assert found["Z"]["facts"]["held_back"] == 120


def test_the_run_is_told_who_the_peers_were_and_how_far_things_moved() -> None:
    rows = lawful_rows(5, accounts=300, transactions=12_000, days=90)
    with snapshot(segment(rows)) as view:
        find(view, default_params(META) | SMALL)
        told = view.notes[META.id]
        last = view.as_of_s // 86_400
        # In the last week 24 accounts did enough, which is too few to compare them with each other.
        measured = view.sql(
            "select count(*) as rows from ("
            "select account, (? - day) // 30 as back from flows group by all having count(*) >= 5 "
            "union all select account, 90 from flows where ? - day < 90 and ? - 89 >= (select min(day) from flows) "
            "group by all having count(*) >= 5)",
            [last] * 3,
        )
    assert sum(count for name, count in told.items() if "peers of rung" in name) == measured["rows"].item()
    assert told["groups of peers"] >= 2
    assert told["accounts in the smallest group of peers"] >= 30
    assert told["hubs that no circle leads through"] == 0
    assert {name for name in FEATURES if noted(name) in told} >= {"money_in", "cash_share", "circled_share"}
    assert told[noted("cash_share")] == 0
    assert told[noted(SCORE)] < 200


def test_drift_is_told_of_a_week_and_a_quarter_too_where_the_data_reach_back_twice_as_far() -> None:
    rows = lawful_rows(5, accounts=40, transactions=4_000, days=180)
    late = START + timedelta(days=173)
    rows = [row | {"amount": row["amount"] * 100} if row["occurred_at"] >= late else row for row in rows]
    params = default_params(META) | SMALL | {"least_short_transactions": 3}
    with snapshot(segment(rows)) as view:
        found = find(view, params)
        told = view.notes[META.id]
    assert told[noted("money_in", 7)] > 900
    assert told[noted("count_in", 7)] < 400
    assert told[noted("count_in", 90)] < 400
    assert {noted(SCORE), noted(SCORE, 7), noted(SCORE, 90)} <= told.keys()
    # The week before is there to be compared with, and nobody is judged in it.
    last = view.as_of_s // 86_400
    ends = {
        (row["window_end_s"] // 86_400, row["window_end_s"] - row["window_start_s"])
        for row in found.iter_rows(named=True)
    }
    assert all(end == last or length > 29 * 86_400 for end, length in ends)


def test_an_empty_snapshot_flags_nobody() -> None:
    assert _found(segment(lawful_rows(1, accounts=10, transactions=4))) == {}


def test_the_words_are_true_in_both_languages_and_name_the_peers(world: pl.DataFrame) -> None:
    detector = Catalogue.load().get(META.id)
    with snapshot(world) as view:
        raw = find(view, default_params(META) | SMALL)
        record = name_findings(detector, raw, Names(view, [raw]), default_params(META) | SMALL, "EUR")[0].finding
    sentence = record["explanation"]["sentence"]
    facts = record["facts"]
    assert sentence["en"].startswith(f"Unlike {facts['peer_size']} similar accounts (")
    assert "against a usual" in sentence["en"]
    assert "au lieu de" in sentence["fr"]
    assert "{" not in sentence["en"] + sentence["fr"]
    assert {effect["label"]["fr"] for effect in record["explanation"]["effects"]} >= {"argent reçu"}
