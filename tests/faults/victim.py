"""A process that is made to be killed: it works for one house as the service would, and says what it acknowledged.

Started once, it imports everything and then forks a fresh process for each order that it reads: a JSON line with the home, the
steps to do and the fault to meet. It answers with how that process ended. Nothing is open and no thread runs when it forks.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from service import durable, partners
from service.home import Home
from service.intake.jobs import JOBS
from service.intake.receive import Intake
from service.journal.append import Journal
from service.ledger.ledger import Ledger
from service.settings import Settings

HEAD = "reference,occurred_at,channel,amount,currency,from_account,to_account\n"
ROW = "{},2026-01-01T10:00:00Z,transfer,{},EUR,A-1,A-2\n"
FILES = {
    "first": HEAD + "".join(ROW.format(f"r{n}", "10") for n in range(40)),
    # Repeats two rows of `first`, changes one, and holds a row that cannot be read: every kind of file comes into being.
    "second": HEAD
    + "".join(ROW.format(f"s{n}", "10") for n in range(40))
    + ROW.format("r1", "10")
    + ROW.format("r2", "10")
    + ROW.format("r3", "11")
    + ROW.format("bad", "ten"),
    "correction": HEAD + "".join(ROW.format(f"r{n}", "12") for n in range(30)),
}


class InProcess:
    """The jobs of the intake child, done here: what is under test is the parent."""

    def call(self, job: str, payload: dict[str, Any], on_progress: Any = None) -> dict[str, Any]:
        return JOBS[job](payload, lambda _: None)


def _clock() -> datetime:
    return datetime(2026, 3, 1, tzinfo=UTC)


def work(root: Path, steps: list[str]) -> None:
    """Open the house and do the steps; each acknowledgement is on disk before the next step."""
    home = Home.open(root)
    acknowledged = root.with_name(f"{root.name}.acknowledged")
    if "rebuild" in steps:
        with Journal.open(home.journal, _clock) as journal:
            Ledger.rebuild(home, journal)
    with Journal.open(home.journal, _clock) as journal, Ledger.open(home, journal) as ledger:
        mended = {"journal": list(journal.recovery), "ledger": list(ledger.recovery)}
        if any(mended.values()):
            ledger.project(journal.append("house.recovered", mended, actor="thalweg", role="system"))
        intake = Intake(home, journal, ledger, InProcess(), _clock, Settings(reserve_bytes=0))
        for step in steps:
            _step(step, journal, ledger, intake, acknowledged)


def _step(step: str, journal: Journal, ledger: Ledger, intake: Intake, acknowledged: Path) -> None:
    if step == "partner":
        partners.register(
            journal, ledger, partner="bank-a", name="Bank A", institution="BKA", actor="ada", role="admin"
        )
    elif step in FILES:
        spooled = acknowledged.with_suffix(".csv")
        spooled.write_text(FILES[step])
        replaces = None
        if step == "correction":
            ((replaces,),) = ledger.query("select min_by(batch, seq) from batches where status = 'accepted'")
        outcome = intake.submit(
            spooled, partner="bank-a", name=step, mapping=None, actor="bank-a", role="partner", replaces=replaces
        )
        _note(acknowledged, {"step": step, "receipt": outcome.receipt.model_dump(mode="json")})
    elif step == "points":
        _note(acknowledged, {"step": step, "points": durable.fault_points_passed()})


def _note(path: Path, told: dict[str, Any]) -> None:
    with path.open("a") as handle:
        handle.write(json.dumps(told) + "\n")
        handle.flush()
        os.fsync(handle.fileno())


def _one(order: dict[str, Any]) -> int:
    process = os.fork()
    if process == 0:
        code = 1
        try:
            os.environ.update(order["fault"])
            work(Path(order["home"]), order["steps"])
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def main() -> None:
    """Serve orders until the pipe closes."""
    for line in sys.stdin:
        sys.stdout.write(f"{_one(json.loads(line))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
