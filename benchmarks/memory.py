"""Memory and time of choosing on large tables of 20 columns, CSV and Parquet.

    python benchmarks/memory.py               3 million rows, the fewest that are read in part
    python benchmarks/memory.py --measure     10 million, as docs/memory.md says; 2 GB on the disk
    python benchmarks/memory.py --rows 1000000

A process of its own runs `nonlin choose --quick` with one split; its peak resident memory is
what the system says of it. The target is 6 GiB. The tables are removed afterwards.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl
from _shared import parser, say_reduced

COLUMNS, TARGET = 20, 6.0
ROWS, FEWER = 10_000_000, 3_000_000
REDUCED = f"{FEWER:,} rows instead of {ROWS:,}"
CHUNK = 1_000_000
SMALL = ("--quick", "--seeds", "1", "--activations", "relu,tanh", "--quiet")


def chunk(rows: int, seed: int) -> pl.DataFrame:
    """Numbers, two texts, a target that depends on them."""
    random = np.random.default_rng(seed)
    values = random.standard_normal((rows, COLUMNS - 3)).astype(np.float32)
    frame = pl.from_numpy(values, schema=[f"x{k}" for k in range(COLUMNS - 3)])
    target = values[:, 0] * values[:, 1] + 0.3 * random.standard_normal(rows) > 0.5
    return frame.with_columns(
        town=pl.Series(random.choice(["Oslo", "北京", "Lima"], rows)),
        code=pl.Series(random.integers(0, 50, rows)).cast(pl.String),
        y=pl.Series(np.where(target, "yes", "no")),
    )


def make(folder: Path, rows: int) -> list[Path]:
    """table.csv and table.parquet, written piece by piece."""
    table, parts = folder / "table.csv", []
    with table.open("wb") as file:
        for number, start in enumerate(range(0, rows, CHUNK)):
            piece = chunk(min(CHUNK, rows - start), number)
            piece.write_csv(file, include_header=number == 0, float_precision=4)
            parts.append(folder / f"part{number}.parquet")
            piece.write_parquet(parts[-1])
    whole = folder / "table.parquet"
    pl.scan_parquet(parts).sink_parquet(whole)
    for part in parts:
        part.unlink()
    return [table, whole]


def measured(path: Path) -> tuple[float, float]:
    """(peak GiB, seconds) of a process that chooses for the table."""
    script = (
        "import sys; from nonlin.cli import run;"
        f"code = run(['choose', {str(path)!r}, '--target', 'y', *{SMALL!r}]);"
        "import resource;"
        "print('KiB', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss); sys.exit(code)"
    )
    begin = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    seconds = time.perf_counter() - begin
    peak = int(done.stdout.rsplit("KiB", 1)[1])
    return peak / 2**20, seconds


def main() -> None:
    """Print the table."""
    options = parser(__doc__, REDUCED)
    options.add_argument("--rows", type=int)
    given = options.parse_args()
    rows = given.rows or (ROWS if given.measure else FEWER)
    say_reduced(given, f"{rows:,} rows")
    print(f"| {rows:,} rows x {COLUMNS} columns | file | peak memory | target | time |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for path in make(Path(folder), rows):
            size = path.stat().st_size / 2**30
            peak, seconds = measured(path)
            print(
                f"| {path.suffix[1:]} | {size:.2f} GiB | {peak:.2f} GiB | {TARGET:g} GiB "
                f"| {seconds:.0f} s |"
            )


if __name__ == "__main__":
    main()
