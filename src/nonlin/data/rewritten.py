"""A large text again, in UTF-8 and with doubled quotes, as readers of columns want it.

It is copied block by block, into a file of its own.
"""

from __future__ import annotations

import csv
from pathlib import Path

from nonlin.data import dialect
from nonlin.data.dialect import DOUBLED, Dialect

BLOCK = 1 << 22  # letters


def rewritten(path: Path, how: Dialect, folder: str) -> Path:
    """A copy in the folder; lines before the table as they are.

    Raises UnicodeError where the encoding is another one, csv.Error, OSError.
    """
    copy = Path(folder, "table.csv")
    encoding = "UTF-8-SIG" if how.encoding == "UTF-8" else how.encoding
    with (
        path.open(encoding=encoding, newline="") as source,
        copy.open("w", encoding="utf-8", newline="") as target,
    ):
        for _ in range(how.comments + how.marked):
            target.write(source.readline())
        if how.quoting == DOUBLED:
            while block := source.read(BLOCK):
                target.write(block)
        else:
            rows = dialect.lines(source, how.separator, how.quoting)
            csv.writer(target, delimiter=how.separator, lineterminator="\n").writerows(rows)
    return copy
