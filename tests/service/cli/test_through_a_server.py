"""Commands beside a running server: they find it, go through it, and get the same answers as without it."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from support.commands import serving, thalweg
from support.houses import csv_rows

from schemas.errors import AccessDenied, HomeUnavailable, RequestInvalid
from service.cli.desk.client import Client
from service.cli.desk.running import NOTE, Server

SAME = [
    ["alerts", "list", "--json"],
    ["alerts", "list"],
    ["alerts", "show", "1"],
    ["batches", "list", "--json"],
    ["runs", "list", "--json"],
    ["partners", "list", "--json"],
    ["users", "list", "--json"],
    ["keys", "list", "--json"],
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> Iterator[Path]:
    """A home with an account and its key, held by a server. Before it was, the answers to SAME were kept beside it."""
    home = tmp_path_factory.mktemp("served") / "home"
    subprocess.run(["cp", "-r", str(prepared), str(home)], check=True)
    thalweg(home, "users", "add", "a.diallo", "--name", "Aminata Diallo", "--role", "analyst")
    key = thalweg(home, "keys", "issue", "a.diallo", "--json").record["key"]
    before = [thalweg(home, *words).out for words in SAME]
    (home.parent / "before.json").write_text(json.dumps(before))
    (home.parent / "key").write_text(key)
    with serving(home):
        yield home


@pytest.mark.parametrize("number", range(len(SAME)), ids=[" ".join(words) for words in SAME])
def test_through_the_server_a_command_answers_as_it_did_without_it(served: Path, number: int) -> None:
    before = json.loads((served.parent / "before.json").read_text())[number]
    told = thalweg(served, *SAME[number])
    assert (told.code, told.out) == (0, before), told.err


def test_a_submission_and_a_run_go_through_the_server(served: Path, tmp_path: Path) -> None:
    file = tmp_path / "more.csv"
    file.write_text(csv_rows(("n1", 900, "transfer", "10.00", "A", "B"), ("n2", 901, "transfer", "11.00", "A", "B")))
    told = thalweg(served, "submit", str(file), "--as", "second-bank", "--key", "k1", "--json")
    assert told.code == 0, told.err
    assert told.record["digest"] == told.record["receipt"]["segment"]
    assert told.record["receipt"]["partner"] == "second-bank"
    assert thalweg(served, "submit", str(file), "--as", "second-bank", "--key", "k1", "--json").record == told.record
    run = thalweg(served, "runs", "start", "--detector", "cash-structuring", "--as-of", "2026-12-31", "--json")
    assert run.code == 0, run.err
    assert (run.record["status"], [each["id"] for each in run.record["detectors"]]) == (
        "finished",
        ["cash-structuring"],
    )
    nothing = thalweg(served, "submit", str(file), "--as", "newcomer", "--replaces", told.record["batch"])
    assert nothing.code == 1
    assert "newcomer" not in {each["partner"] for each in thalweg(served, "partners", "list", "--json").records}
    bad = tmp_path / "bad.csv"
    bad.write_text(csv_rows(("r1", 1, "transfer", "-1.00", "A", "B")))
    refused = thalweg(served, "submit", str(bad), "--as", "second-bank", "--json")
    assert (refused.code, refused.record["status"]) == (1, "refused")
    assert refused.record["refusal"]["remedy"]


def test_a_mapping_file_goes_along_and_gives_what_it_gives_without_a_server(served: Path, tmp_path: Path) -> None:
    mapping, file = tmp_path / "ours.toml", tmp_path / 'odd "name" é.csv'
    mapping.write_text(
        'name = "ours"\n[columns]\nreference = "id"\nchannel = "what"\namount = "sum"\nfrom_account = "a"\nto_account = "b"\n'
        '[constants]\ncurrency = "EUR"\n[time]\ncolumn = "when"\n'
    )
    file.write_text("id,when,what,sum,a,b\nm1,2026-03-02,transfer,12.50,A,B\n")
    words = ["submit", str(file), "--as", "third-bank", "--mapping", str(mapping), "--json"]
    told = thalweg(served, *words)
    assert (told.code, told.record["accepted"]) == (0, 1), told.err
    assert thalweg(tmp_path / "other", *words).record["digest"] == told.record["digest"]
    listed = thalweg(served, "batches", "list", "--json", "--limit", "1").record
    assert (listed["partner"], listed["name"]) == ("third-bank", file.name)
    bad = thalweg(served, "submit", str(file), "--as", "third-bank", "--mapping", str(file), "--json")
    assert bad.code == 2


def test_what_needs_no_ledger_works_beside_the_server_and_what_needs_the_house_says_so(served: Path) -> None:
    assert thalweg(served, "journal", "verify").code == 0
    assert thalweg(served, "verify").code == 0
    for words in (["rebuild"], ["references", "baseline", "r_0", str(served / "x.csv")], ["demo", "--no-serve"]):
        told = thalweg(served, *words)
        assert told.code == 1
        assert "Stop the server" in told.err
    assert thalweg(served, "serve", "--port", "0").code == 1


def test_the_note_of_the_server_is_private_and_its_token_is_nowhere_else(served: Path) -> None:
    assert (served / NOTE).stat().st_mode & 0o777 == 0o600
    token = json.loads((served / NOTE).read_text())["token"]
    kept = [path for path in served.rglob("*") if path.is_file() and token in path.read_text("latin-1")]
    assert kept == [served / NOTE]


def test_the_operator_keeps_the_house_and_decides_nothing(served: Path) -> None:
    told = json.loads((served / NOTE).read_text())
    client = Client(Server(told["url"], told["token"], is_operator=True))
    alert = client.get("/v1/alerts", limit=1)["items"][0]["id"]
    for act, asked in (("decisions", {"act": "dismiss", "reason": "data_error"}), ("restriction", {"people": []})):
        with pytest.raises(AccessDenied):
            client.post(f"/v1/alerts/{alert}/{act}", asked, {"if-match": '"0"'})


def test_a_named_server_is_talked_to_with_the_key_of_an_account(served: Path, tmp_path: Path) -> None:
    url, key = json.loads((served / NOTE).read_text())["url"], (served.parent / "key").read_text()
    elsewhere = tmp_path / "elsewhere"
    listed = thalweg(elsewhere, "alerts", "list", THALWEG_URL=url, THALWEG_TOKEN=key)
    assert listed.out == thalweg(served, "alerts", "list").out
    assert not elsewhere.exists()
    file = tmp_path / "more.csv"
    file.write_text(csv_rows(("n9", 900, "transfer", "10.00", "A", "B")))
    refused = thalweg(elsewhere, "--url", url, "submit", str(file), "--as", "bank", THALWEG_TOKEN=key)
    assert refused.code == 1
    assert "may not" in refused.err
    assert thalweg(elsewhere, "--url", url, "runs", "list", THALWEG_TOKEN="").code == 2
    wrong = thalweg(elsewhere, "--url", url, "runs", "list", THALWEG_TOKEN="thalweg_0_0")
    assert (wrong.code, wrong.out) == (1, "")
    assert "key is not valid" in wrong.err
    assert thalweg(elsewhere, "--url", url, "rebuild", THALWEG_TOKEN=key).code == 2


def test_a_server_whose_address_is_taken_says_so_and_touches_nothing(served: Path, tmp_path: Path) -> None:
    port = urlsplit(json.loads((served / NOTE).read_text())["url"]).port
    told = thalweg(tmp_path / "home", "serve", "--port", str(port))
    assert told.code == 2
    assert "--port" in told.err
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("end", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_a_server_that_ends_takes_its_note_along_and_frees_the_house(home: Path, end: signal.Signals) -> None:
    with serving(home, end_by=end):
        assert (home / NOTE).is_file()
    assert not (home / NOTE).exists()
    assert thalweg(home, "batches", "list").code == 0


@pytest.mark.slow
def test_the_note_of_a_server_that_was_killed_is_not_believed(home: Path) -> None:
    with serving(home, end_by=signal.SIGKILL):
        pass
    assert (home / NOTE).is_file()
    told = thalweg(home, "batches", "list", "--json")
    assert told.code == 0
    assert len(told.records) == 1
    with serving(home) as url:
        assert json.loads((home / NOTE).read_text())["url"] == url


def test_a_key_is_not_sent_over_an_open_network() -> None:
    with pytest.raises(RequestInvalid, match="open network"):
        Client(Server("http://192.0.2.7:8000", "secret"))
    Client(Server("https://192.0.2.7", "secret"))
    Client(Server("http://[::1]:8000", "secret"))


def test_a_server_that_does_not_answer_is_named() -> None:
    with pytest.raises(HomeUnavailable, match="does not answer"):
        Client(Server("http://127.0.0.1:9", "secret")).get("/v1/runs")


def test_the_server_says_nothing_of_itself_and_answers_health_to_anybody(served: Path) -> None:
    told = urlsplit(json.loads((served / NOTE).read_text())["url"])
    connection = HTTPConnection(told.hostname or "", told.port, timeout=10)
    connection.request("GET", "/healthz")
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.getheader("server") is None
    connection.close()
