"""Writing a rule from the first text to an alert: new, lint, try, and a run that takes it up from a directory of the mission's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.commands import serving, thalweg

COUNTS = {"present": 1, "changed": 0, "kept": 0, "lost": 1, "gained": 0}


def test_a_new_rule_passes_the_lint_as_a_draft_and_is_written_once(tmp_path: Path) -> None:
    home, rules = tmp_path / "home", tmp_path / "rules"
    made = thalweg(home, "detectors", "new", "my-rule", "--family", "fuel", "--directory", str(rules), "--json")
    assert (made.code, made.record) == (0, {"id": "my-rule", "written": str(rules / "my-rule.sql")})
    assert thalweg(home, "detectors", "lint", str(rules / "my-rule.sql")).code == 0
    again = thalweg(home, "detectors", "new", "my-rule", "--directory", str(rules))
    hint = f"export THALWEG_RULE_DIRECTORIES={rules}"
    assert hint in thalweg(home, "detectors", "new", "second", "--directory", str(rules)).err
    named = thalweg(home, "detectors", "new", "third", THALWEG_RULE_DIRECTORIES=str(rules))
    assert (rules / "third.sql").is_file()
    assert "export" not in named.err
    assert (again.code, "already" in again.err) == (2, True)
    assert not home.exists()


@pytest.mark.parametrize(
    "words", [["My Rule"], ["a--b"], ["../x"], ["cash-structuring"], ["fine", "--family", "crime"]], ids=" ".join
)
def test_an_id_that_cannot_be_one_writes_nothing(tmp_path: Path, words: list[str]) -> None:
    told = thalweg(tmp_path / "home", "detectors", "new", *words, "--directory", str(tmp_path / "rules"))
    assert told.code == 2
    assert not list(tmp_path.rglob("*.sql"))


def test_the_lint_tells_every_fault_with_file_line_and_cure(tmp_path: Path) -> None:
    home, rules = tmp_path / "home", tmp_path / "rules"
    thalweg(home, "detectors", "new", "my-rule", "--directory", str(rules))
    path = rules / "my-rule.sql"
    text = path.read_text("utf-8")
    path.write_text(text.replace("least = 2\n", "least = 5\n").replace("t_end_s - start_s", "random()"))
    told = thalweg(home, "detectors", "lint", "my-rule", "--json", THALWEG_RULE_DIRECTORIES=str(rules))
    assert told.code == 1
    assert all(list(each) == ["file", "line", "why", "value", "remedy"] for each in told.records)
    assert {each["file"] for each in told.records} == {str(path)}
    path.write_text(text.replace("deposits >= $at_least and", "deposits > $at_least and"))
    broken = thalweg(home, "detectors", "lint", str(path))
    line = text[: text.index('"three deposits in a week"')].count("\n") + 1
    assert broken.code == 1
    assert f"{path}:{line}: the example `three deposits in a week` does not hold" in broken.err
    assert thalweg(home, "detectors", "lint", str(path), "--no-examples").code == 0
    assert thalweg(home, "detectors", "lint", "no-such").code == 1
    assert thalweg(home, "detectors", "lint", "scatter-gather").code == 2


def test_several_rules_are_judged_at_a_time_and_each_is_told_as_it_is_done(tmp_path: Path) -> None:
    home, rules = tmp_path / "home", tmp_path / "rules"
    paths = [str(rules / f"rule-{letter}.sql") for letter in "ab"]
    for path in paths:
        thalweg(home, "detectors", "new", Path(path).stem, "--directory", str(rules))
    Path(paths[0]).write_text(Path(paths[0]).read_text("utf-8").replace("t_end_s - start_s", "random()"))
    told = thalweg(home, "detectors", "lint", *paths)
    steps = [line for line in told.err.splitlines() if " of 2  " in line]
    assert [line[:6] for line in steps] == ["1 of 2", "2 of 2"]
    assert sorted(line[8:] for line in steps) == ["rule-a.sql  1 fault", "rule-b  3 examples, 0 faults"]
    both = thalweg(home, "detectors", "lint", *paths, "--json")
    assert [each["file"] for each in both.records] == [paths[0]]
    assert " of 2" not in both.err


def test_an_author_is_shown_whom_an_example_flags_on_which_rows_and_why(tmp_path: Path) -> None:
    home, rules = tmp_path / "home", tmp_path / "rules"
    said = {"THALWEG_RULE_DIRECTORIES": str(rules)}
    thalweg(home, "detectors", "new", "my-rule", "--directory", str(rules))
    sound = thalweg(home, "detectors", "test", "my-rule", **said)
    assert sound.code == 0
    assert "my-rule: fires 'three deposits in a week' holds: A-1" in sound.out
    assert "my-rule: silent 'three transfers are no deposits' holds: nobody" in sound.out
    path = rules / "my-rule.sql"
    path.write_text(path.read_text("utf-8").replace("channel = 'cash_deposit'", "channel is not null"))
    loose = thalweg(home, "detectors", "test", "my-rule", **said)
    assert loose.code == 1
    _, _, wrong = loose.out.partition(
        "silent 'three transfers are no deposits' does not hold: it must flag nobody and flags A-1"
    )
    assert "strength 500" in wrong
    assert " (at least 3)" in wrong
    assert "beneficiary: A-1" in wrong
    assert "0002  2026-03-04T09:00:00Z  transfer  120.00 EUR  B-2 -> A-1" in wrong


def _with_a_phone_and_an_owner(rule: str) -> str:
    """The example that fires, with the column and the table that the rule needs: without them it would not hold."""
    rows, flags, rest = rule.partition('flags = ["A-1"]\n')
    told = rows.replace("| to_account\n", "| to_account | phone\n").replace("| A-1\n", "| A-1 | 1\n")
    owners = "owner | owned | share_per_mille | controls | valid_from | valid_to | source\n"
    owned = "X | Y | 500 | no | 2020-01-01 | | test\n"
    return f'{told}{flags}\n[fires.tables]\nownership = """\n{owners}{owned}"""\n{rest}'


def test_a_rule_of_the_missions_own_joins_the_catalogue_runs_and_says_what_it_lacks(home: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    said = {"THALWEG_RULE_DIRECTORIES": str(rules)}
    for name in ("my-rule", "needy-rule"):
        thalweg(home, "detectors", "new", name, "--directory", str(rules))
        path = rules / f"{name}.sql"
        path.write_text(path.read_text("utf-8").replace('status = "draft"', 'status = "live"'))
    needs = 'needs = ["phone"]\ntables = ["ownership"]\nexclusions = ["payroll"]\ntier = "enriched"'
    path.write_text(_with_a_phone_and_an_owner(path.read_text("utf-8").replace('tier = "core"', needs)))
    (rules / "broken.sql").write_text("no head")
    assert thalweg(home, "detectors", "lint", "my-rule", **said).code == 0
    chosen = ["--detector", "my-rule", "--detector", "needy-rule"]
    run = thalweg(home, "runs", "start", *chosen, "--json", **said).record
    mine, needy = run["detectors"]
    assert (mine["findings"], "silent_for" in mine) == (1, False)
    assert (needy["findings"], needy["silent_for"]) == (0, ["phone", "table ownership"])
    assert any("my-rule" in each["detectors"] for each in thalweg(home, "alerts", "list", "--json").records)
    listed = thalweg(home, "detectors", "list", "--json", **said)
    assert listed.code == 1
    assert "broken.sql:1" in listed.err
    (record,) = (each for each in listed.records if each["id"] == "needy-rule")
    assert record["coverage"] == {"phone": 0.0}
    assert (record["empty_tables"], record["exclusions"]) == (["ownership"], ["payroll"])
    shown = thalweg(home, "detectors", "show", "needy-rule", **said).out
    assert "needs the column phone: 0.0% of the transactions have it" in shown
    assert "silent: three transfers are no deposits" in shown


def test_a_backtest_is_told_the_same_by_the_house_and_by_its_server_but_for_accounts(home: Path) -> None:
    words = ["detectors", "backtest", "cash-structuring", "--since", "2026-01-01", "--param", "at_least=4"]
    here = thalweg(home, *words, "--json").record
    assert here["findings"] == COUNTS
    assert here["lost"][0]["account"] == "BANK|SPLIT"
    shown = thalweg(home, *words).out
    assert "BANK|SPLIT" in shown
    assert "2026-W11" in shown
    with serving(home):
        there = thalweg(home, *words, "--json").record
    apart = ("lost", "gained", "snapshot")
    assert {name: told for name, told in there.items() if name not in apart} == {
        name: told for name, told in here.items() if name not in apart
    }
    assert "SPLIT" not in str(there)


def test_a_pattern_and_a_model_are_tried_with_other_numbers_as_a_rule_is(home: Path) -> None:
    words = ["detectors", "backtest"]
    tried = thalweg(home, *words, "scatter-gather", "--since", "2026-01-01", "--param", "least_middlemen=9", "--json")
    assert (tried.record["findings"], tried.record["lost"][0]["account"]) == (COUNTS, "BANK|SINK")
    model = thalweg(home, *words, "unusual-account", "--since", "2026-01-01", "--param", "window_days=14", "--json")
    assert (model.code, model.record["params"]) == (0, {"window_days": "14"})
    unknown = thalweg(home, *words, "scatter-gather", "--since", "2026-01-01", "--param", "middlemen=9")
    assert (unknown.code, "least_middlemen" in unknown.err) == (2, True)
    beyond = thalweg(home, *words, "scatter-gather", "--since", "2026-01-01", "--param", "least_middlemen=1")
    assert (beyond.code, "scatter-gather.least_middlemen" in beyond.err) == (2, True)


@pytest.mark.parametrize("detector", ["cash-structuring", "scatter-gather", "sanctions-match", "unusual-account"])
def test_a_detector_of_every_kind_is_shown_with_its_numbers_its_examples_and_its_source(
    tmp_path: Path, detector: str
) -> None:
    shown = thalweg(tmp_path / "home", "detectors", "show", detector)
    record = thalweg(tmp_path / "home", "detectors", "show", detector, "--json").record
    assert (shown.code, record["id"]) == (0, detector)
    for name, parameter in record["params"].items():
        assert f"  {name} = {parameter['default']} {parameter['unit']}, {parameter['least']} to" in shown.out
    for kind in ("fires", "silent"):
        assert record[kind]
        assert all(f"  {kind}: {example['name']}" in shown.out for example in record[kind])
    assert ("\nselect " if record["kind"] == "rule" else "\ndef find(") in shown.out
    assert not (tmp_path / "home").exists()


def test_a_backtest_of_what_cannot_be_tried_ends_without_one(home: Path) -> None:
    words = ["detectors", "backtest", "cash-structuring", "--since"]
    assert thalweg(home, *words, "yesterday").code == 2
    assert thalweg(home, *words, "2026-01-01", "--param", "at_least").code == 2
    assert thalweg(home, *words, "2026-01-01", "--param", "at_least=0").code == 2
    assert thalweg(home, "detectors", "backtest", "no-such", "--since", "2026-01-01").code == 1


def test_a_table_is_loaded_and_listed_through_the_server_that_holds_the_house(home: Path, tmp_path: Path) -> None:
    table = tmp_path / "segments.csv"
    table.write_text("account,segment,valid_from,valid_to,source\nBANK|A,payroll,2026-01-01,,register\n")
    with serving(home):
        loaded = thalweg(home, "references", "load", "segments", str(table), "--json").record
        listed = thalweg(home, "references", "list", "--json").records
    assert list(loaded) == ["kind", "digest"]
    (found,) = (each for each in listed if each["kind"] == "segments")
    assert list(found) == ["kind", "digest", "name", "rows", "at"]
    assert (found["digest"], found["rows"]) == (loaded["digest"], 1)
    assert thalweg(home, "references", "list", "--json").records == listed
    table.write_text("account,segment\n")
    assert thalweg(home, "references", "load", "segments", str(table)).code == 1
    assert thalweg(home, "references", "list", "--json").records == listed


def test_an_account_that_is_known_is_left_alone_and_the_run_counts_it(home: Path, tmp_path: Path) -> None:
    rules, table = tmp_path / "rules", tmp_path / "segments.csv"
    said = {"THALWEG_RULE_DIRECTORIES": str(rules)}
    thalweg(home, "detectors", "new", "my-rule", "--directory", str(rules))
    path = rules / "my-rule.sql"
    live = path.read_text("utf-8").replace('status = "draft"', 'status = "live"')
    path.write_text(live.replace("severity =", 'exclusions = ["payroll", "biller"]\nseverity ='))
    words = ["runs", "start", "--detector", "my-rule", "--json"]
    (before,) = thalweg(home, *words, **said).record["detectors"]
    alert = next(
        each["id"] for each in thalweg(home, "alerts", "list", "--json").records if "my-rule" in each["detectors"]
    )
    told = "my-rule leaves alone accounts known as payroll or biller; this one is not listed so for these days"
    assert told in thalweg(home, "alerts", "show", alert).out
    table.write_text("account,segment,valid_from,valid_to,source\nBANK|SPLIT,payroll,2026-01-01,,register\n")
    assert thalweg(home, "references", "load", "segments", str(table)).code == 0
    (after,) = thalweg(home, *words, **said).record["detectors"]
    assert (before["findings"], after["findings"]) == (1, 0)
    assert "left_out" not in before
    assert after["left_out"] == {"known_segments": 1}
