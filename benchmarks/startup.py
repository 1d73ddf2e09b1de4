"""How long a user waits: import, help, the first call of a kernel, compiled or from the store.

    python benchmarks/startup.py              about a minute
    python benchmarks/startup.py --measure    more processes; writes docs/performance-startup.md

Every number is the median of fresh processes.
"""

import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator

from _shared import DOCS, parser, say_reduced

RUNS, FEW = 7, 3
REDUCED = f"{FEW} processes each instead of {RUNS}"
PAGE = DOCS / "performance-startup.md"
CALLS = """
import time, nonlin as nl, numpy as np
import llvmlite.binding
x = np.ones(100, {dtype!r})
nl.relu(x)
times = []
for name in ("sigmoid", "gelu", "mish", "elu", "softplus"):
    start = time.perf_counter()
    nl.get(name)(x, precision={precision!r})
    times.append(time.perf_counter() - start)
print(1e3 * sorted(times)[2])
"""
FIRST = """
import time
start = time.perf_counter()
import nonlin as nl
nl.gelu([1.0])
print(1e3 * (time.perf_counter() - start))
"""
IMPORT = """
import time
start = time.perf_counter()
import nonlin
print(1e3 * (time.perf_counter() - start))
"""


def milliseconds(code: str, folder: str) -> float:
    """What the code prints, in a fresh process."""
    environment = {**os.environ, "NONLIN_CACHE_DIR": folder}
    ran = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    return float(ran.stdout)


def cold(code: str) -> float:
    """The same with an empty store."""
    with tempfile.TemporaryDirectory() as folder:
        return milliseconds(code, folder)


def help_time() -> float:
    """Wall time of `nonlin --help`."""
    code = (
        "import subprocess, sys, time; start = time.perf_counter(); "
        "subprocess.run([sys.executable, '-m', 'nonlin', '--help'], check=True, "
        "stdout=subprocess.DEVNULL); print(1e3 * (time.perf_counter() - start))"
    )
    return milliseconds(code, "")


def report(runs: int, what: str, measure: Callable[..., float], *arguments: str) -> str:
    """Median, fastest and slowest of several runs, as a row of a table; printed, too."""
    times = [measure(*arguments) for _ in range(runs)]
    row = f"| {what} | {statistics.median(times):.1f} | {min(times):.1f} to {max(times):.1f} |"
    print(row, flush=True)
    return row


def machine() -> str:
    """Where this was measured."""
    python = platform.python_version()
    return f"{platform.machine()}, {os.cpu_count()} CPUs, {platform.system()}, Python {python}"


def main() -> None:
    """Run it and print it; write the page if asked to."""
    given = parser(__doc__, REDUCED).parse_args()
    say_reduced(given, REDUCED)
    rows = list(measured(RUNS if given.measure else FEW))
    if not given.measure:
        return
    head = "# How long a user waits\n\nMedian of fresh processes, in milliseconds. Written by"
    table = "\n".join(["| what | median | range |", "|---|---|---|", *rows])
    PAGE.write_text(f"{head} `benchmarks/startup.py`.\n\n{machine()}\n\n{table}\n")


def measured(runs: int) -> Iterator[str]:
    """The rows of the table, each of so many processes."""
    yield report(runs, "import nonlin", cold, IMPORT)
    yield report(runs, "nonlin --help, whole process", help_time)
    with tempfile.TemporaryDirectory() as folder:
        milliseconds(FIRST, folder)
        yield report(
            runs, "import and first call, kernel in the store", milliseconds, FIRST, folder
        )
    yield report(runs, "import and first call, kernel compiled", cold, FIRST)
    for dtype in ("float32", "float64"):
        for precision in ("fast", "exact"):
            code = CALLS.format(dtype=dtype, precision=precision)
            yield report(runs, f"a new kernel compiled, {dtype} {precision}", cold, code)
            with tempfile.TemporaryDirectory() as folder:
                milliseconds(code, folder)
                what = f"a new kernel from the store, {dtype} {precision}"
                yield report(runs, what, milliseconds, code, folder)


if __name__ == "__main__":
    main()
