"""Candidate alerts: what an alert is made of where a model has a word in it, and flows that two partners reported."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import duckdb
import polars as pl

from detectors.api import Detector, SnapshotView
from detectors.findings import Named, Names, name_findings
from schemas.alert import CandidateAlert
from schemas.canonical import canonical_json
from schemas.detector import DetectorMeta
from schemas.finding import RAW_FINDING
from service.runs.candidates import candidate_alerts
from service.runs.outputs import bodies_of_alerts

DAY = 86_400
RECORD = pl.DataFrame(
    {"detector": ["rule", "model"], "flagged": [9, 1], "population": [100, 1000]},
    schema={"detector": pl.String, "flagged": pl.Int64, "population": pl.Int64},
)
"""Of the two the model is by far the rarer, so that its findings are worth more."""


def detector(name: str, kind: str) -> Detector:
    meta = DetectorMeta.model_validate(
        {
            "id": name,
            "title": {"en": name, "fr": name},
            "kind": kind,
            "family": "generic",
            "tier": "core",
            "status": "live",
            "severity": "low",
            "weight": 5,
            "sources": ("a test",),
            "benign": ({"en": "anything", "fr": "tout"},),
            "next_step": {"en": "None.", "fr": "Aucune."},
            "why": {"en": f"by a {kind}", "fr": f"par {kind}"},
            "roles": {},
            "facts": {},
        }
    )
    return cast(
        Detector,
        SimpleNamespace(meta=meta, logic_hash="", prose_hash="", code_digest="", source_path=Path("a-test")),
    )


def found(subject: int, evidence: list[int], *others: int, role: str = "collector", days: int = 1) -> dict[str, Any]:
    members = {subject: role} | dict.fromkeys(others, "payer")
    return {
        "subject": subject,
        "window_start_s": 0,
        "window_end_s": days * DAY - 1,
        "strength": 1000,
        "evidence": evidence,
        "members": [{"account": account, "role": members[account]} for account in sorted(members)],
        "facts": "{}",
    }


def alerts(
    *, rule: tuple[dict[str, Any], ...] = (), model: tuple[dict[str, Any], ...] = (), twice: tuple[int, ...] = ()
) -> list[CandidateAlert]:
    """The alerts of these findings over fifty accounts and five hundred payments, of which those in `twice` have two reports."""
    made, _ = made_of(rule, model, twice)
    return [CandidateAlert.model_validate_json(canonical_json(each)) for each in made]


def made_of(
    rule: tuple[dict[str, Any], ...], model: tuple[dict[str, Any], ...], twice: tuple[int, ...], owner: str = ""
) -> tuple[list[dict[str, Any]], list[Named]]:
    """The same alerts and their findings as a run has them. Accounts are called by their number and `owner`."""
    connection = duckdb.connect()
    connection.execute(
        "create table accounts as select range::integer as account, 'X|' || range as key, range || ? as name"
        " from range(50)",
        [owner],
    )
    connection.execute(
        "create table reports as select range::integer as txn, 'b_1' as batch, 'r-' || range as reference"
        " from range(500) union all select unnest(?::integer[]), 'b_2', 's-' || unnest(?::integer[])",
        [list(twice), list(twice)],
    )
    frames = {name: pl.DataFrame(rows, schema=RAW_FINDING) for name, rows in (("rule", rule), ("model", model))}
    names = Names(SnapshotView(connection, 0, "EUR", "seed"), list(frames.values()))
    chosen = [detector("rule", "rule"), detector("model", "model")]
    named = {each.meta.id: name_findings(each, frames[each.meta.id], names, {}, "EUR") for each in chosen}
    records = {name: [finding for finding, _ in found] for name, found in named.items()}
    made = candidate_alerts(chosen, frames, records, RECORD, names, max_members=20)
    return made, [each for found in named.values() for each in found]


RULE = found(1, [10, 11], 2)
MODEL = found(1, [11, 12, 13, 14], role="beneficiary", days=30)
SHAPE = ("key", "subject", "why", "members", "evidence", "window_start", "window_end", "evidence_left_out")


def test_a_model_adds_its_points_and_its_words_to_an_alert_and_neither_members_nor_evidence_nor_days() -> None:
    (plain,), (joined,) = alerts(rule=(RULE,)), alerts(rule=(RULE,), model=(MODEL,))
    assert [getattr(joined, name) for name in SHAPE] == [getattr(plain, name) for name in SHAPE]
    assert (plain.detectors, joined.detectors) == (("rule",), ("model", "rule"))
    assert joined.score > plain.score
    assert [finding.explanation.sentence["en"] for finding in joined.findings] == ["by a rule", "by a model"]


def test_an_alert_of_a_model_alone_has_its_members_evidence_and_days() -> None:
    (alone,) = alerts(model=(MODEL,))
    assert [each.reference for each in alone.evidence] == ["r-11", "r-12", "r-13", "r-14"]
    assert [(each.key, each.role) for each in alone.members] == [("X|1", "beneficiary")]
    assert alone.window_end == "1970-01-30T23:59:59Z"


def test_what_a_model_lists_is_not_counted_as_left_out_of_an_alert_of_a_rule() -> None:
    (alert,) = alerts(rule=(found(1, list(range(390))),), model=(found(1, list(range(380, 420)), days=30),))
    assert (len(alert.evidence), alert.evidence_left_out) == (390, 0)


def test_two_reports_of_one_flow_both_stand_in_the_evidence_and_are_named_as_one_flow() -> None:
    (alert,) = alerts(rule=(RULE,), twice=(11, 300))
    assert [(each.batch, each.reference) for each in alert.evidence] == [
        ("b_1", "r-10"),
        ("b_1", "r-11"),
        ("b_2", "s-11"),
    ]
    assert [[each.reference for each in group] for group in alert.same_flow] == [["r-11", "s-11"]]


def test_an_alert_without_a_second_report_names_no_flow_twice() -> None:
    (alert,) = alerts(rule=(RULE,), twice=(300,))
    assert alert.same_flow == ()


def test_a_flow_beyond_what_is_listed_is_counted_as_left_out_once_and_named_nowhere() -> None:
    (alert,) = alerts(rule=(found(1, list(range(402))),), twice=(3, 401))
    assert (len(alert.evidence), alert.evidence_left_out) == (401, 2)
    assert [[each.reference for each in group] for group in alert.same_flow] == [["r-3", "s-3"]]


def test_a_model_says_that_it_was_measured_against_accounts_held_back_and_a_network_against_chance() -> None:
    own = {"facts": '{"surprisal_mbits": 9000}'}
    (alert,) = alerts(rule=(found(1, [1, 2]) | own,), model=(found(1, [1, 2]) | own,))
    assert {part.detector: part.against for part in alert.parts} == {"rule": "chance", "model": "held_back"}
    (plain,) = alerts(rule=(found(1, [1, 2]),))
    assert [part.against for part in plain.parts] == ["baseline"]


def test_what_is_written_piece_by_piece_is_the_canonical_json_of_the_whole() -> None:
    made, named = made_of((RULE, found(2, [30, 31])), (MODEL,), (11,), owner=' "Ñ"\\\n\u2028')
    assert [body for _, body in named] == [canonical_json(finding) for finding, _ in named]
    assert bodies_of_alerts(made, named) == [canonical_json(alert) for alert in made]
    assert len(made) == 2
