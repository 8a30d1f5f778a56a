"""A partner on a bad line: whatever is cut and wherever, what arrives is the file, once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from support.commands import serving, thalweg
from support.lines import bad_line

from schemas.errors import HomeUnavailable
from service.cli.desk.client import Client
from service.cli.desk.running import Server
from service.cli.desk.sending import Patience, Sender

AT_ONCE = Patience(seconds=60, pauses=(0.001,))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, str]]:
    """The port of a server, and the key of a partner."""
    home = tmp_path_factory.mktemp("gate") / "home"
    thalweg(home, "partners", "add", "bank-a", "--name", "Bank A", "--institution", "BANKA")
    thalweg(home, "users", "add", "bank-a", "--name", "Bank A", "--role", "partner", "--partner", "bank-a")
    key = thalweg(home, "keys", "issue", "bank-a", "--json").record["key"]
    with serving(home) as url:
        yield int(urlsplit(url).port or 0), str(key)


def client(port: int, key: str) -> Client:
    return Client(Server(f"http://127.0.0.1:{port}", key, is_operator=False))


def written(path: Path, rows: int) -> Path:
    lines = (
        f"{path.stem}-{n},2026-03-{n % 28 + 1:02d},transfer,{n % 9973 + 1}.25,EUR,A-{n * 7919 % 1009},B-{n * 31 % 2003}\n"
        for n in range(rows)
    )
    path.write_text("reference,occurred_at,channel,amount,currency,from_account,to_account\n" + "".join(lines))
    return path


def sent_over(served: tuple[int, str], file: Path, *, cuts: int, most_bytes: int, packed: bool, seed: int) -> None:
    port, key = served
    with bad_line(port, cuts=cuts, most_bytes=most_bytes, seed=seed) as line:
        told = Sender(client(line.port, key), AT_ONCE).send(file, {"name": file.name}, key=None, packed=packed)
    assert line.cuts >= cuts
    batch = client(port, key).get(f"/v1/batches/{told['batch']}")
    assert batch["digest"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (batch["status"], batch["rejected"]) == ("accepted", 0)
    listed = client(port, key).get("/v1/batches", limit=200)["items"]
    assert [each["name"] for each in listed].count(file.name) == 1


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_over_a_line_that_is_cut_again_and_again_arrives_whole_and_once(
    served: tuple[int, str], tmp_path: Path, packed: bool
) -> None:
    file = written(tmp_path / f"march-{packed}.csv", 8000)
    sent_over(served, file, cuts=20, most_bytes=6_000 if packed else 20_000, packed=packed, seed=7)


@pytest.mark.slow
def test_a_file_over_a_line_that_is_cut_two_hundred_times_arrives_whole_and_once(
    served: tuple[int, str], tmp_path: Path
) -> None:
    sent_over(served, written(tmp_path / "year.csv", 120_000), cuts=200, most_bytes=40_000, packed=False, seed=20)


def test_a_command_that_was_given_up_goes_on_where_it_ended(served: tuple[int, str], tmp_path: Path) -> None:
    port, key = served
    file = written(tmp_path / "april.csv", 20_000)
    with bad_line(port, cuts=10**9, most_bytes=60_000, seed=3) as line, pytest.raises(HomeUnavailable):
        Sender(client(line.port, key), Patience(seconds=0.0, pauses=(0.001,))).send(
            file, {"name": file.name}, key=None, packed=False
        )
    sent: list[int] = []
    whole = Sender(client(port, key), AT_ONCE, lambda step: sent.append(step["sent"]) if "sent" in step else None)
    told = whole.send(file, {"name": file.name}, key=None, packed=False)
    assert (told["state"], told["length"]) == ("done", file.stat().st_size)
    assert sent[-1] == file.stat().st_size
