"""Where commands turn for what needs the ledger: the house itself where nobody holds it, else the server that does.

`open_desk` chooses. Both desks give the same answers, so that a command need not know which one it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from schemas.errors import HomeUnavailable, RequestInvalid
from schemas.handling import HandlingAsked
from service.cli.desk.client import Client
from service.cli.desk.running import find_server
from service.cli.given import Given

Answer = dict[str, Any]
Step = Callable[[dict[str, Any]], None]


class Desk(Protocol):
    """What can be asked of a house from outside and inside alike. Answers are what the commands print as JSON."""

    def submit(
        self,
        file: Path,
        *,
        partner: str,
        mapping: str | None = None,
        replaces: str | None = None,
        key: str | None = None,
        handling: HandlingAsked | None = None,
        on_step: Step | None = None,
    ) -> Answer:
        """Submit a file for a partner, who is registered if new and nothing but the file can still be refused.

        `refusal` stands in the answer of a refused one alone. `on_step` hears how far it is: `sent` of `size` bytes, `rows`.
        """

    def rehearse(
        self,
        file: Path,
        *,
        partner: str,
        mapping: str | None,
        replaces: str | None,
        handling: HandlingAsked | None = None,
        on_step: Step | None,
    ) -> Answer:
        """What a submission would come to: see `service.intake.rehearse.told`. Nothing is recorded."""

    def rejected_rows(self, batch: str, form: str, out: Path, *, purpose: str = "") -> None:
        """Write the rejected rows of a submission to a new file, as `csv` or `ndjson`, to be mended and submitted alone. A server
        asks whoever is not its partner for the purpose."""

    def batches(self, limit: int) -> list[Answer]:
        """Submissions, newest first."""

    def batch(self, batch: str) -> Answer:
        """One submission: `partner`, `name`, `at`, `replaces`, and what `submit` told."""

    def rejects(self, batch: str, limit: int, *, purpose: str = "") -> list[Answer]:
        """The rejected cells of a submission."""

    def partners(self) -> list[Answer]:
        """The registered partners, by id."""

    def add_partner(self, partner: str, *, name: str, institution: str) -> Answer:
        """Register a partner."""

    def quota(self, partner: str) -> Answer:
        """What a partner may send in a day, and what it has sent today."""

    def limit_partner(self, partner: str, *, batches_a_day: int | None, bytes_a_day: int | None) -> Answer:
        """Set what a partner may send in a day, None for no limit; as `quota` tells it."""

    def start_run(
        self,
        *,
        as_of: datetime | None,
        detectors: list[str] | None,
        on_step: Step | None,
        false_discoveries: int | None = None,
    ) -> Answer:
        """Start a run and wait for its end. `as_of` is UTC without a zone."""

    def backtest(
        self, detector: str, *, since: str, until: str | None, params: dict[str, str], on_step: Step | None
    ) -> Answer:
        """What a detector finds with other numbers, against how it is set. A server tells no accounts, and the `backtest`'s id."""

    def detector_proposals(self, detector: str) -> list[Answer]:
        """What was proposed of how a detector is set, newest first."""

    def propose_detector(
        self,
        detector: str,
        *,
        params: dict[str, str],
        status: str | None,
        why: str,
        reset: bool,
        tried: Answer | None,
    ) -> Answer:
        """Propose how a detector is set. `tried` is what `backtest` told of these numbers."""

    def decide_detector(self, detector: str, proposal: str, act: str, *, why: str) -> Answer:
        """Approve or refuse a proposal."""

    def references(self) -> list[Answer]:
        """The reference tables in use, by kind."""

    def load_reference(self, kind: str, file: Path) -> Answer:
        """Take a table into use, whole or not at all."""

    def runs(self) -> list[Answer]:
        """Every run, newest first."""

    def alerts(self, limit: int | None, *, decided: bool, below: bool = False) -> list[Answer]:
        """Alerts in short, best first: the open ones, or the decided too; with `below`, after them what lies below the line."""

    def alerts_whole(self, limit: int | None, *, decided: bool, below: bool = False) -> Iterator[Answer]:
        """The same with their members and evidence, as `alerts list --json` prints them."""

    def cases(self, limit: int) -> list[Answer]:
        """Cases in short, changed last first."""

    def case(self, case: str) -> Answer:
        """One case with its `timeline`."""

    def suppressions(self) -> list[Answer]:
        """What is kept out of the queue, what waits for approval first."""

    def sample(self) -> Answer:
        """What was found of the alerts that were drawn for review below the line."""

    def alert_bodies(self) -> Iterator[Answer]:
        """Every standing alert, decided or not, as a run made it (schemas.alert.CandidateAlert), best first."""

    def alert(self, alert: str) -> Answer:
        """One alert: `body` (schemas.alert.CandidateAlert), its state, what was done with it, and the `records` of its detectors."""

    def learning(self) -> Answer:
        """What orders the queue, what there is to learn from, and what was proposed."""

    def propose_learning(self) -> Answer:
        """Learn an order from decisions and try it on later ones."""

    def promote_learning(self, model: str) -> Answer:
        """Put a proposal to use."""

    def withdraw_learning(self, why: str) -> Answer:
        """Go back to the formula."""

    def follow(self, asked: Answer) -> Answer:
        """Where money went or came from, asked as `service.http.flow_shapes.FollowIn` says."""

    def accounts(self) -> list[Answer]:
        """Every account, with the ids of the keys that work."""

    def add_account(self, account: str, *, name: str, role: str, partner: str | None) -> Answer:
        """Make an account; its password is in the answer, this once."""

    def change_account(self, account: str, act: str, *, identity: str | None = None) -> Answer:
        """Open or close an account, give it another password, take its second factor away, or link it to an identity of single
        sign-on, None for nobody."""

    def issue_key(self, account: str, *, label: str, scopes: Sequence[str], days: int | None) -> Answer:
        """A new key for an account, in the answer this once. No `scopes`: all that its role may; no `days`: until revoked."""

    def revoke_key(self, key: str) -> None:
        """End a key."""


@contextmanager
def open_desk(given: Given) -> Iterator[Desk]:
    """The desk that these commands are for: a server by `--url`, the one that holds the data directory, or the house itself."""
    server = find_server(given)
    if server is not None:
        from service.cli.desk.there import There  # noqa: PLC0415 - only one of the two desks is needed

        yield There(Client(server), acts_for_partners=server.is_operator)
        return
    from service.cli.desk.here import Here  # noqa: PLC0415 - a house takes a second of imports that a client does not need
    from service.house import open_house  # noqa: PLC0415

    with open_house(given.settings) as house:
        yield Here(house)


def require_no_server(given: Given, what: str) -> None:
    """`what` needs the house itself: raises RequestInvalid where a server is named, HomeUnavailable where one holds it."""
    if given.url is not None:
        raise RequestInvalid(
            f"{what} needs the data directory itself", where="--url", value=given.url,
            remedy="Do it on the machine that holds the directory, without --url and THALWEG_URL.",
        )  # fmt: skip
    if find_server(given) is not None:
        raise HomeUnavailable(
            f"a server holds the data directory, and {what} needs the directory itself",
            where=str(given.home),
            remedy="Stop the server, do it, and start the server again.",
        )
