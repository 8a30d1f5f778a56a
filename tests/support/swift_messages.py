"""Small invented SWIFT messages."""

from __future__ import annotations

HEAD = "{1:F01RIVRMLBAAXXX0000000000}{2:I103SEASFRPPXXXXN}{3:{121:128551e7-3799-41b3-b82b-f87a59e8345f}}{4:"
FIELDS = """:20:REF-{n}
:23B:CRED
:32A:2503{day}XOF1500,
:33B:EUR2,29
:50K:/ML41-41
DIALLO ET FILS
RUE DU FLEUVE
MOPTI
:57A:SEASFRPP
:59F:/FR1420041010050500013M02606
1/JEAN PETIT
2/12 QUAI
3/FR/LYON
4/19800229
:70:FACTURE 12
MARS
:71A:SHA"""


def mt103(n: int, day: str = "02", fields: str = FIELDS) -> str:
    """One message."""
    return HEAD + "\n" + fields.format(n=n, day=day) + "\n-}{5:{CHK:123456789ABC}}\n"
