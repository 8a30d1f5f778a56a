"""A process to be killed: it appends to the journal in argv[1] and prints the seq of each entry that was acknowledged.

With a second argument it dies at that fault point, in its third append; without, it goes on until somebody kills it.
"""

from __future__ import annotations

import itertools
import os
import sys
from pathlib import Path

from service.journal.append import Journal
from tests.service.journal.samples import accept, counting_clock


def main(directory: str, fault: str = "") -> None:
    journal = Journal.open(Path(directory), counting_clock())
    for number in itertools.count():
        if fault and number == 2:
            os.environ["THALWEG_FAULT_POINT"] = fault
        recorded = accept(journal, number, padding="x" * 200)
        os.write(1, f"{recorded.entry.seq} {recorded.hash}\n".encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
