"""The house: every part of the service over one data directory, wired once and held by one process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from detectors.catalogue import Catalogue
from schemas.errors import HomeUnavailable
from schemas.journal import EntryType
from schemas.run import QueueRule
from service.access.accounts import Accounts
from service.access.codes import Seal
from service.access.factors import Factors
from service.alerts.book import AlertBook
from service.alerts.glance import Glances
from service.alerts.saved import SavedViews
from service.cases.book import CaseBook
from service.cases.suppressions import Suppressions
from service.children import Child, Limits
from service.entities.book import Entities
from service.handling.book import HandlingBook
from service.home import Home
from service.intake.receive import Intake
from service.journal.append import Journal, Recorded
from service.learning.book import Learning
from service.ledger.ledger import Ledger
from service.reference import ReferenceShelf
from service.runs.backtest import Backtests
from service.runs.execute import RunOptions, Runs
from service.settings import Settings
from service.tuning.book import Tuning


def utc_now() -> datetime:
    """The clock of the service. It is handed in wherever a time is needed; nothing else asks for the time."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class House:
    """The parts, ready for use. Made by `open_house`."""

    settings: Settings
    home: Home
    journal: Journal
    ledger: Ledger
    intake: Intake
    shelf: ReferenceShelf
    runs: Runs
    backtests: Backtests
    alerts: AlertBook
    views: SavedViews
    glances: Glances
    learning: Learning
    tuning: Tuning
    cases: CaseBook
    suppressions: Suppressions
    entities: Entities
    accounts: Accounts
    factors: Factors
    handling: HandlingBook
    run_child: Child
    intake_child: Child

    @property
    def failed(self) -> str | None:
        """Why nothing more can be recorded or read, or None: the process should then end and start again, which reconciles."""
        return self.journal.failed or self.ledger.failed

    def record(
        self,
        type: EntryType,  # noqa: A002 - the field's name in the entry
        payload: dict[str, Any],
        *,
        actor: str,
        role: str,
        session: str = "",
        object: str = "",  # noqa: A002 - the field's name in the entry
        purpose: str = "",
    ) -> Recorded:
        """Write one entry to the journal and apply it to the ledger: no entry, no act."""
        return record(
            self.journal, self.ledger, type, payload,
            actor=actor, role=role, session=session, object=object, purpose=purpose,
        )  # fmt: skip


def record(journal: Journal, ledger: Ledger, type: EntryType, payload: dict[str, Any], **who: str) -> Recorded:  # noqa: A002
    """Append an entry and project it. Raises HomeUnavailable, and nothing is appended, where the ledger has failed."""
    if (
        ledger.failed is not None
    ):  # it could not be projected, and the caller would hear that an act failed which stands
        raise HomeUnavailable(
            "nothing more is recorded: the ledger has failed", remedy="Restart the service; it reconciles at start."
        )
    recorded = journal.append(type, payload, **who)
    ledger.project(recorded)
    return recorded


@contextmanager
def open_house(settings: Settings, *, spare_cores: int = 0) -> Iterator[House]:
    """Hold the data directory, open journal and ledger, mend what a crash left, and close all in the end.

    `spare_cores` are left to others while a run is going; runs are niced where there are any. Raises HomeUnavailable where
    another process holds the directory, and JournalBroken where the journal is not sound.
    """
    home = Home.open(settings.home)
    with ExitStack() as stack:
        stack.enter_context(home.held())
        journal = stack.enter_context(Journal.open(home.journal, utc_now))
        ledger = stack.enter_context(Ledger.open(home, journal))
        _tell_what_was_mended(journal, ledger)
        _end_unfinished_runs(journal, ledger)
        options = run_options(settings, spare_cores)
        intake_child = Child("service.intake.jobs", _intake_limits(settings), threads=options.threads)
        stack.callback(intake_child.close)
        run_child = Child(
            "service.runs.worker", run_limits(settings), nice=10 if spare_cores else 0, threads=options.threads
        )
        stack.callback(run_child.close)
        shelf = ReferenceShelf(home, journal, ledger)

        def note(type: EntryType, payload: dict[str, Any], **who: str) -> Recorded:  # noqa: A002
            return record(journal, ledger, type, payload, **who)

        accounts = Accounts(ledger.query, note, utc_now, recall=ledger.recall)
        alerts = AlertBook(journal, ledger, utc_now)
        yield House(
            settings=settings,
            home=home,
            journal=journal,
            ledger=ledger,
            intake=Intake(home, journal, ledger, intake_child, utc_now, settings),
            shelf=shelf,
            runs=Runs(home, journal, ledger, shelf, child=run_child, options=options),
            backtests=Backtests(home, journal, ledger, shelf, child=run_child, options=options),
            alerts=alerts,
            views=SavedViews(journal, ledger),
            glances=Glances(ledger),
            learning=Learning(home, ledger, note),
            tuning=Tuning(ledger, note, lambda detector: Catalogue.load(options.rule_directories).get(detector)),
            cases=CaseBook(ledger, note, alerts, accounts.find),
            entities=Entities(ledger, note),
            suppressions=Suppressions(ledger, note, alerts, utc_now),
            accounts=accounts,
            handling=HandlingBook(ledger.query, note),
            factors=Factors(ledger.query, note, Seal(home.keys), utc_now),
            run_child=run_child,
            intake_child=intake_child,
        )


def run_options(settings: Settings, spare_cores: int = 0) -> RunOptions:
    """How runs are carried out under these settings."""
    return RunOptions(
        base_currency=settings.base_currency,
        threads=settings.threads or max(1, (os.cpu_count() or 1) - spare_cores),
        memory_bytes=settings.run_memory_bytes,
        queue=QueueRule(
            budget_per_mille=settings.alerts_per_mille,
            least=settings.alerts_least,
            sample=settings.review_sample,
            max_members=settings.max_members,
        ),
        false_discoveries=settings.false_discoveries_per_mille,
        rule_directories=tuple(Path(each) for each in settings.rule_directories),
    )


def run_limits(settings: Settings) -> Limits:
    """What the child of a run may use."""
    return Limits(
        wall_seconds=settings.run_seconds,
        resident_bytes=settings.run_memory_bytes,
        silent_seconds=settings.detector_seconds,
    )


def _intake_limits(settings: Settings) -> Limits:
    return Limits(wall_seconds=settings.intake_seconds, resident_bytes=settings.intake_memory_bytes)


def _tell_what_was_mended(journal: Journal, ledger: Ledger) -> None:
    if not journal.recovery and not ledger.recovery:
        return
    payload = {"journal": list(journal.recovery), "ledger": list(ledger.recovery)}
    record(journal, ledger, "house.recovered", payload, actor="thalweg", role="system")


def _end_unfinished_runs(journal: Journal, ledger: Ledger) -> None:
    """A run that a process took with it when it died is failed: it has no result and raised no alert."""
    told = ledger.query(
        "select run from runs group by run having count(*) filter (where status not in ('started', 'replayed')) = 0"
        " order by min(seq)"
    )
    for (run,) in told:
        cause = {"why": "the process ended before the run did", "remedy": "Start another run."}
        payload = {"run": run, "cause": cause}
        record(journal, ledger, "run.failed", payload, actor="thalweg", role="system", object=run)
