"""Novel networks: examples, a planted network among chance, what chance alone raises, and indifference to threads and order."""

from __future__ import annotations

import json
import random
from collections import Counter

import pytest

from detectors.api import default_params
from detectors.catalogue import PythonDetector
from detectors.examples import run_example
from detectors.network import novel_network
from detectors.network.dealings import read_relations
from detectors.network.novel_network import META, find
from detectors.network.search import Chance, by_chance, limits_of, search, shape_of, weigh
from detectors.network.seeds import STARS
from detectors.network.strangers import strangers
from tests.detectors.network.town import Paid, random_town, relations_of, view_of

DEFAULTS = default_params(META)
SCATTER = [(70, 0, 1), (70, 0, 2), (71, 0, 3), (72, 1, 4), (73, 2, 4), (73, 3, 4)]


def town_with_a_scatter(seed: int) -> list[Paid]:
    """A random town on accounts 5 to 204, and three between 0 and 4, who also pay others now and then."""
    others = [
        (day, payer + 5, payee + 5) for day, payer, payee in random_town(seed, accounts=200, payments=900, days=150)
    ]
    quiet = [(3, 0, 50), (140, 1, 60), (20, 2, 70), (110, 80, 4), (30, 90, 3)]
    return sorted([*others, *SCATTER, *quiet])


@pytest.mark.parametrize("example", [*META.fires, *META.silent], ids=lambda example: example.name)
def test_an_example_holds(example: object) -> None:
    outcome = run_example(PythonDetector(novel_network), example, "fires" if example.flags else "silent")  # type: ignore
    assert outcome.holds, str(outcome)


@pytest.mark.parametrize("seed", range(3))
def test_a_planted_network_is_found_first(seed: int) -> None:
    paid = town_with_a_scatter(seed)
    findings = find(view_of(paid), DEFAULTS)
    facts = [json.loads(text) for text in findings["facts"]]
    best = max(range(len(facts)), key=lambda row: facts[row]["surprisal_mbits"])
    assert {paid[txn] for txn in findings["evidence"][best]} == set(SCATTER)
    assert findings["subject"][best] == 0
    roles = {member["account"]: member["role"] for member in findings["members"][best]}
    assert roles == {0: "payer", 1: "mule", 2: "mule", 3: "mule", 4: "collector"}


@pytest.mark.parametrize(("amount", "strength"), [(10, 100), (100, 300), (1000, 1000), (None, 1000)])
def test_a_network_that_moved_little_is_worth_less_and_never_nothing(amount: int | None, strength: int) -> None:
    paid = town_with_a_scatter(0)
    findings = find(view_of(paid, amount=amount), DEFAULTS)
    (best,) = [
        row for row in range(findings.height) if {paid[txn] for txn in findings["evidence"][row]} == set(SCATTER)
    ]
    assert findings["strength"][best] == strength


def test_a_savings_circle_is_told_as_what_it_looks_like_and_counts_a_quarter() -> None:
    turns = [(60 + 4 * turn, (turn + step) % 7, turn) for turn in range(7) for step in (1, 2, 3)]
    town = [(day, one + 7, other + 7) for day, one, other in random_town(2, accounts=200, payments=500, days=150)]
    paid = sorted([*turns, *town])
    findings = find(view_of(paid), DEFAULTS)
    facts = [json.loads(text) for text in findings["facts"]]
    best = max(range(len(facts)), key=lambda row: facts[row]["surprisal_mbits"])
    assert {paid[txn] for txn in findings["evidence"][best]} == set(turns)
    assert "savings circle" in facts[best]["benign_en"]
    assert findings["strength"][best] == 250
    unknown = find(view_of(paid, amount=None), DEFAULTS)
    (same,) = [row for row in range(unknown.height) if unknown["evidence"][row].equals(findings["evidence"][best])]
    assert json.loads(unknown["facts"][same])["benign_en"] == "", "sums that are not known are not equal"
    assert unknown["strength"][same] == 1000
    scatter = find(view_of(town_with_a_scatter(0)), DEFAULTS)
    assert all(json.loads(text)["benign_en"] == "" for text in scatter["facts"])


def test_threads_and_the_order_of_rows_change_nothing() -> None:
    paid = town_with_a_scatter(5)
    first = find(view_of(paid), DEFAULTS)
    again = find(view_of(paid, threads=2, shuffled=9), DEFAULTS)
    assert first.height
    assert first.equals(again)


def test_a_relation_is_novel_when_its_pair_is_quiet_before_and_after_either_way() -> None:
    paid = [(0, 1, 2), (91, 2, 1), (181, 1, 2), (5, 3, 4), (95, 3, 4), (7, 5, 6), (9, 6, 5), (8, 7, 8), (99, 8, 7)]
    view = view_of(sorted(paid), reversals=frozenset({sorted(paid).index((99, 8, 7))}))
    relations = read_relations(view, DEFAULTS)
    assert [sorted(paid)[txn] for txn in relations.txn] == [(0, 1, 2), (8, 7, 8)]
    assert (relations.population, relations.span) == (8, 182)


def test_a_shuffle_keeps_how_often_each_pays_and_is_paid_in_two_weeks() -> None:
    relations = relations_of(random_town(1, accounts=50, payments=400, days=60), accounts=50, days=60)
    shuffled = relations.shuffled(7, 0)
    assert len(shuffled) >= len(relations) - 40
    assert shuffled.payee.tolist() != relations.payee[: len(shuffled)].tolist()
    kept = Counter(zip((shuffled.day // 14).tolist(), shuffled.payee.tolist(), strict=True))
    was = Counter(zip((relations.day // 14).tolist(), relations.payee.tolist(), strict=True))
    assert not kept - was
    assert shuffled.payee.tolist() == relations.shuffled(7, 0).payee.tolist()
    assert shuffled.payee.tolist() != relations.shuffled(7, 1).payee[: len(shuffled)].tolist()


def test_a_fan_over_a_whole_year_shows_in_who_is_met_only_once() -> None:
    """Account 0 knows two and pays eight others once, a month or more apart; account 1 does, too, and knows thirty."""
    fans = [(40 * number + hub, hub, 10 + 8 * hub + number) for hub in (0, 1) for number in range(8)]
    known = [(0, 90), (0, 91), *((1, payee) for payee in range(60, 90)), *((payer, 95) for payer in range(30, 60))]
    relations = relations_of(sorted(fans), accounts=100, days=360, known=known)
    found = strangers(relations, limits_of(DEFAULTS), Counter())
    assert [{int(relations.payer[edge]) for edge in each.edges} for each in found] == [{0}]
    assert {shape_of(each) for each in found} == {"strangers_paid"}
    assert found[0].score > max(
        (each.score for each in strangers(relations.redrawn(1, 0), limits_of(DEFAULTS), Counter())), default=0
    )


def test_partners_count_as_known_who_deal_twice_either_way() -> None:
    paid = [(0, 1, 2), (2, 2, 1), (3, 1, 3), (4, 4, 1), (9, 4, 1)]
    relations = read_relations(view_of(paid), DEFAULTS)
    (one, three) = relations.accounts.tolist()
    assert (one, three) == (1, 3)
    assert (relations.knows.tolist(), relations.known_by.tolist()) == ([1, 0], [2, 0])
    assert relations.once.tolist() == [True]


@pytest.mark.parametrize("seed", range(5))
def test_relations_and_whom_an_account_knows_are_those_of_plain_counting(seed: int) -> None:
    paid = random_town(seed, accounts=12, payments=70, days=400)
    refunds = frozenset(random.Random(seed).sample(range(len(paid)), 12))
    dealings: dict[frozenset[int], list[int]] = {}
    for txn, (_, payer, payee) in enumerate(paid):
        dealings.setdefault(frozenset({payer, payee}), []).append(txn)

    def of(txn: int) -> list[int]:
        return [other for other in dealings[frozenset(paid[txn][1:])] if other != txn]

    relations = read_relations(view_of(paid, reversals=refunds, shuffled=seed), DEFAULTS)

    novel = [
        txn
        for txn, (day, *_) in enumerate(paid)
        if txn not in refunds and all(abs(paid[other][0] - day) > 90 for other in of(txn))
    ]
    assert relations.txn.tolist() == novel
    assert relations.once.tolist() == [not of(txn) for txn in novel]
    ends = [
        (int(relations.accounts[one]), int(relations.accounts[two]))
        for one, two in zip(relations.payer, relations.payee, strict=True)
    ]
    assert ends == [paid[txn][1:] for txn in novel]
    known = {paid[txn][1:] for txn in range(len(paid)) if of(txn)}
    for account, knows, known_by in zip(relations.accounts, relations.knows, relations.known_by, strict=True):
        assert knows == sum(1 for payer, _ in known if payer == account)
        assert known_by == sum(1 for _, payee in known if payee == account)


@pytest.mark.slow
def test_chance_alone_is_seldom_called_anything_else() -> None:
    """Of worlds of pure chance one in twenty may have a network that twenty shuffles do not reach; stars and rings both look."""
    shuffles, worlds, raised = 20, 8, 0
    for number in range(worlds):
        relations = relations_of(random_town(number, accounts=60, payments=150, days=60), accounts=60, days=60)
        found = search(relations, DEFAULTS, Counter())
        chance = by_chance(relations, DEFAULTS, seed=number, chance=Chance(shuffles))
        raised += any(each.false_share <= 50 for each in weigh(found, chance, Chance(shuffles)))
    assert raised <= 3


def test_a_star_is_measured_by_the_exchange_that_breaks_it() -> None:
    fan = [(30 + number % 5, number + 10, 0) for number in range(12)]
    relations = relations_of(sorted([*fan, *random_town(3, accounts=80, payments=300, days=90)]), accounts=80, days=90)
    found = [network for network in search(relations, DEFAULTS, Counter()) if network.shapes <= STARS]
    kept = search(relations.shuffled(1, 0), DEFAULTS, Counter(), STARS)
    broken = search(relations.scattered(1, 0), DEFAULTS, Counter(), STARS)
    best = found[0].score
    assert max(network.score for network in kept) > best // 2
    assert max((network.score for network in broken), default=0) < best // 2
