"""Commands as processes: what they load before they begin, and what they do when nobody reads on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from support.commands import command


def test_a_small_command_does_not_wait_for_large_libraries(prepared: Path) -> None:
    program = (
        "import sys, atexit\n"
        "from service.cli import main\n"
        "heavy = ('polars', 'duckdb', 'sqlglot', 'numpy', 'fastapi', 'uvicorn', 'sklearn', 'cryptography')\n"
        "atexit.register(lambda: print([name for name in heavy if name in sys.modules]))\n"
        f"sys.argv = ['thalweg', '--home', {str(prepared)!r}, 'journal', 'verify', '--json']\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_command_whose_output_nobody_reads_ends_without_a_word(prepared: Path) -> None:
    with subprocess.Popen(
        command(prepared, "detectors", "list", "--json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as done:
        assert done.stdout is not None
        assert done.stderr is not None
        done.stdout.close()
        assert done.stderr.read() == ""
    assert done.returncode == 1
