"""The data directory: where each kind of file lives, created private, and held by one process at a time."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import HomeUnavailable

_FOLDERS = (
    "originals",
    "segments",
    "journal",
    "checkpoints",
    "runs",
    "reference",
    "code",
    "keys",
    "spool",
    "batches",
    "uploads",
)


@dataclass(frozen=True, slots=True)
class Home:
    """Paths below one root. The journal and the originals are the truth; `ledger.duckdb` is a projection of them."""

    root: Path

    @classmethod
    def open(cls, root: Path) -> Home:
        """Create what is missing, mode 0700. Raises HomeUnavailable where the directory cannot be made or entered."""
        os.umask(0o077)
        home = cls(root.resolve())
        try:
            for folder in (home.root, *(home.root / name for name in _FOLDERS)):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise HomeUnavailable(
                f"the data directory cannot be used: {error.strerror}",
                where=str(root),
                remedy="Choose another with THALWEG_HOME, or give this user the right to write there.",
            ) from error
        return home

    @property
    def originals(self) -> Path:
        return self.root / "originals"

    @property
    def segments(self) -> Path:
        return self.root / "segments"

    @property
    def journal(self) -> Path:
        return self.root / "journal"

    @property
    def checkpoints(self) -> Path:
        return self.root / "checkpoints"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def reference(self) -> Path:
        return self.root / "reference"

    @property
    def code(self) -> Path:
        return self.root / "code"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def spool(self) -> Path:
        return self.root / "spool"

    @property
    def workroom(self) -> Path:
        """Where work is done that leaves nothing behind: the spool, or in a read-only copy the system's own directory."""
        return self.spool if os.access(self.spool, os.W_OK) else Path(tempfile.gettempdir())

    @property
    def batches(self) -> Path:
        return self.root / "batches"

    @property
    def uploads(self) -> Path:
        """Submissions that arrive in pieces, and those that are whole and wait. They outlive the process."""
        return self.root / "uploads"

    @property
    def ledger(self) -> Path:
        return self.root / "ledger.duckdb"

    @property
    def lock(self) -> Path:
        return self.root / "lock"

    def segment(self, digest: str) -> Path:
        """The Parquet file of the segment with this digest of canonical rows."""
        return self.segments / f"{digest}.parquet"

    def run(self, run: str) -> Path:
        """The directory of a run."""
        return self.runs / run

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the home exclusively. Raises HomeUnavailable, naming the process that holds it."""
        try:
            opened = self.lock.open("a+")
        except OSError as error:
            raise HomeUnavailable(
                f"the data directory cannot be written to: {error.strerror}",
                where=str(self.root),
                remedy="Give this user the right to write there; verify, journal verify and replay only read.",
            ) from error
        with opened as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                handle.seek(0)
                raise HomeUnavailable(
                    "another process holds this data directory",
                    where=str(self.root),
                    value=handle.read().strip() or None,
                    remedy="Talk to the running server with --url, or stop it first.",
                ) from error
            handle.truncate(0)
            handle.write(f"process {os.getpid()}\n")
            handle.flush()
            yield
