"""Spoil a sample of every form that is read, at random and for as long as asked, and hold intake to its promises.

Each form is tried in a process of its own: its death, an answer that takes longer than ten seconds, a row that is lost or counted
twice, and a reject without place, value, reason and remedy are finds. A find ends that form; the file that made it is kept.

    python tests/benchmarks/spoil.py [--seconds 60] [--forms csv parquet ...] [--seed 1] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
HANGS_AFTER = 10.0
_DRAFT_EVERY = 10
_TRIED, _TOLD = "tried", "told.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=60.0, help="for each form")
    parser.add_argument("--forms", nargs="+", help="of those that tests/support/spoilt.py has; all by default")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--keep", type=Path, help="where the files that made a find are put; the working directory by default"
    )
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    from support.spoilt import FORMS

    if asked.child:
        _spoil(asked.forms[0], asked.seed, asked.seconds, asked.child)
        return
    forms = asked.forms or list(FORMS)
    finds = [form for form in forms if not _watched(form, asked)]
    if finds:
        sys.exit(f"finds in: {', '.join(finds)}")


def _watched(form: str, asked: argparse.Namespace) -> bool:
    """Spoil one form in a process of its own and say what came of it; whether all was well."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        words = [sys.executable, __file__, "--child", place, "--forms", form, "--seed", str(asked.seed)]
        environment = os.environ | {"POLARS_MAX_THREADS": "1", "PYTHONHASHSEED": "0"}
        with subprocess.Popen([*words, "--seconds", str(asked.seconds)], env=environment) as child:
            hung = _hangs(child, folder / _TRIED)
        told = json.loads((folder / _TOLD).read_text()) if (folder / _TOLD).exists() else None
        if told and child.returncode == 0 and not hung:
            print(
                f"{form:<13} {told['tries']:>6,} tries in {asked.seconds:.0f} s: {told['read']:,} read, {told['refused']:,} refused, "
                f"{told['drafts']:,} mappings drafted; the slowest {told['slowest']:.2f} s, peak {told['peak']} MiB",
                flush=True,
            )
            return True
        kept = (asked.keep or Path.cwd()) / f"find-{form}-{asked.seed}"
        if (folder / _TRIED).exists():
            shutil.copy(folder / _TRIED, kept)
        print(f"{form:<13} {'HANGS' if hung else f'FAILED with status {child.returncode}'}: {kept}", flush=True)
        return False


def _hangs(child: subprocess.Popen[bytes], tried: Path) -> bool:
    """Wait for the child; whether it had to be ended, because one file took too long."""
    begun = time.time()
    while child.poll() is None:
        time.sleep(0.5)
        since = tried.stat().st_mtime if tried.exists() else begun + HANGS_AFTER
        if time.time() - since > HANGS_AFTER:
            child.kill()
            return True
    return False


def _spoil(name: str, seed: int, seconds: float, place: Path) -> None:
    from support.accounted import account_for, draft_from
    from support.spoilt import FORMS, random_changes

    form, chance = FORMS[name], random.Random(f"{name} {seed}")
    document = form.document
    count = {"tries": 0, "read": 0, "refused": 0, "drafts": 0}
    slowest, end = 0.0, time.monotonic() + seconds
    while time.monotonic() < end:
        data = form.spoilt(random_changes(chance))
        (place / _TRIED).write_bytes(data)
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(dir=place) as folder:
            count[account_for(data, Path(folder), name=form.name, mapping=document)] += 1
            if count["tries"] % _DRAFT_EVERY == 0:
                count["drafts"] += draft_from(data, Path(folder), form.name)
        slowest = max(slowest, time.monotonic() - begun)
        count["tries"] += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    (place / _TOLD).write_text(json.dumps(count | {"slowest": slowest, "peak": peak}))


if __name__ == "__main__":
    main()
