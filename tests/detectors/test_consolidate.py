"""Consolidation: what belongs together, what does not, and that nothing is lost or snowballs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from detectors.consolidate import Sighting, consolidate

DAY = 86_400


def sighting(
    name: str,
    subject: int,
    evidence: set[int],
    *,
    start: int = 0,
    end: int = 10,
    points: int = 100,
    pointing: bool = False,
    whole: bool = False,
) -> Sighting:
    return Sighting(
        name=name,
        detector="d",
        subject=subject,
        start_s=start * DAY,
        end_s=end * DAY,
        points=points,
        evidence=frozenset(evidence),
        members=frozenset({subject}),
        pointing=pointing,
        whole=whole,
    )


def groups(*sightings: Sighting, **caps: int) -> list[list[str]]:
    return [sorted(sightings[at].name for at in each.positions) for each in consolidate(sightings, **caps)]


def test_findings_about_one_subject_in_overlapping_windows_are_one_alert() -> None:
    assert groups(sighting("a", 1, {1}), sighting("b", 1, {2}, start=5, end=20)) == [["a", "b"]]


def test_findings_about_one_subject_half_a_year_apart_are_two_alerts() -> None:
    assert groups(sighting("a", 1, {1}), sighting("b", 1, {2}, start=200, end=210)) == [["a"], ["b"]]


def test_half_the_evidence_in_common_joins_two_subjects() -> None:
    assert groups(sighting("a", 1, {1, 2, 3, 4}), sighting("b", 2, {3, 4, 5, 6})) == [["a", "b"]]


def test_less_than_half_the_evidence_in_common_does_not() -> None:
    assert groups(sighting("a", 1, {1, 2, 3, 4, 5}), sighting("b", 2, {5, 6, 7, 8, 9})) == [["a"], ["b"]]


def test_a_chain_of_neighbours_does_not_become_one_alert() -> None:
    chain = [sighting(f"{n}", n, {n * 2, n * 2 + 1, n * 2 + 2, n * 2 + 3}, points=100 - n) for n in range(6)]
    assert all(len(group) <= 2 for group in groups(*chain))


def test_what_does_not_fit_is_linked_and_not_lost() -> None:
    first, second = sighting("a", 1, set(range(8)), points=200), sighting("b", 1, set(range(6, 14)))
    one, two = consolidate([first, second], max_evidence=10)
    assert (one.positions, two.positions, two.linked) == ([0], [1], [0])


def test_the_best_finding_comes_first_in_its_alert() -> None:
    (alert,) = consolidate([sighting("weak", 1, {1}, points=5), sighting("strong", 1, {2}, points=50)])
    assert alert.positions == [1, 0]


def test_what_a_model_finds_joins_the_alert_of_a_rule_and_widens_it_by_nothing() -> None:
    rule = sighting("rule", 1, {1, 2}, points=10)
    model = sighting("model", 1, {2, 3, 4, 5}, end=30, points=90, pointing=True)
    (alert,) = consolidate([model, rule])
    assert (alert.positions, alert.evidence, alert.members, alert.pointing) == ([1, 0], {1, 2}, {1}, False)


def test_a_full_alert_has_room_for_what_a_model_finds() -> None:
    rule, model = sighting("rule", 1, set(range(8))), sighting("model", 1, set(range(20)), pointing=True)
    (alert,) = consolidate([rule, model], max_evidence=8, max_members=1)
    assert alert.positions == [0, 1]


def test_what_a_model_finds_of_another_account_joins_only_with_half_of_what_is_unusual_there() -> None:
    rule = sighting("rule", 1, {1, 2})
    office = sighting("office", 2, {1, 2, 3, 4, 5}, points=1, pointing=True)
    middleman = sighting("middleman", 3, {1, 2, 6, 7}, points=1, pointing=True)
    assert groups(rule, office, middleman) == [["middleman", "rule"], ["office"]]
    assert groups(rule, sighting("another rule", 2, {1, 2, 3, 4, 5}, points=1)) == [["another rule", "rule"]]


def test_an_alert_of_models_alone_keeps_what_they_found() -> None:
    one = sighting("one", 1, {1, 2, 3, 4}, points=9, pointing=True)
    (alert,) = consolidate([one, sighting("two", 2, {3, 4, 5}, pointing=True, points=5)])
    assert (alert.evidence, alert.members, alert.pointing) == ({1, 2, 3, 4, 5}, {1, 2}, True)


@given(st.lists(st.tuples(st.integers(0, 3), st.sets(st.integers(0, 12), min_size=1), st.integers(0, 30)), max_size=9))
def test_models_change_nothing_about_the_alerts_of_rules(drawn: list[tuple[int, set[int], int]]) -> None:
    rules = [sighting(f"r{n}", n % 4, {n, n + 1, n + 2}, points=n, start=n, end=n + 9) for n in range(8)]
    models = [
        sighting(f"m{n}", subject, evidence, start=start, end=start + 30, points=start, pointing=True)
        for n, (subject, evidence, start) in enumerate(drawn)
    ]
    alone, together = consolidate(rules), consolidate([*rules, *models])
    told = [([at for at in each.positions if at < len(rules)], each.members, each.evidence) for each in together]
    assert told[: len(alone)] == [(each.positions, each.members, each.evidence) for each in alone]
    assert all(each.pointing for each in together[len(alone) :])


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.sets(st.integers(0, 12), min_size=1, max_size=6),
            st.integers(0, 30),
            st.integers(0, 9),
        ),
        max_size=25,
    )
)
def test_every_finding_is_in_exactly_one_alert_within_the_caps(
    drawn: list[tuple[int, set[int], int, int]],
) -> None:
    sightings = [
        sighting(str(n), subject, evidence, start=start, end=start + 5, points=points)
        for n, (subject, evidence, start, points) in enumerate(drawn)
    ]
    found = consolidate(sightings, max_members=2, max_evidence=8)
    assert sorted(at for each in found for at in each.positions) == list(range(len(sightings)))
    assert all(len(each.members) <= 2 and len(each.evidence) <= 8 for each in found if len(each.positions) > 1)


@given(st.permutations(list(range(8))))
def test_the_order_of_findings_does_not_matter(order: list[int]) -> None:
    made = [sighting(str(n), n % 3, {n, n + 1, n + 2}, points=n % 4) for n in range(8)]
    shuffled = [made[at] for at in order]
    assert sorted(groups(*made)) == sorted(groups(*shuffled))


def test_a_network_found_whole_is_not_buried_by_what_else_its_subject_does() -> None:
    network = sighting("n", 1, {1, 2, 3}, points=9000, whole=True)
    busy = sighting("b", 1, set(range(2, 40)), points=5000)
    within = sighting("w", 2, {3, 50}, points=4000)
    assert groups(network, busy, within) == [["n", "w"], ["b"]]


def test_the_same_matter_seen_wider_joins_a_network_up_to_three_times_its_size() -> None:
    network = sighting("n", 1, {1, 2, 3, 4}, points=9000, whole=True)
    assert groups(network, sighting("r", 2, set(range(1, 13)), points=10)) == [["n", "r"]]
    assert groups(network, sighting("r", 2, set(range(1, 14)), points=10)) == [["n"], ["r"]]


def test_a_network_joins_an_alert_with_half_of_the_smaller_and_a_third_of_the_larger() -> None:
    rule = sighting("r", 1, {1, 2, 3, 4}, points=9000)
    assert groups(rule, sighting("n", 1, {3, 4, 5}, points=100, whole=True)) == [["n", "r"]]
    assert groups(rule, sighting("n", 1, {4, 5}, points=100, whole=True)) == [["r"], ["n"]]
