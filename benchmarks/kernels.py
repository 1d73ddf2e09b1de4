"""Kernels: nonlin beside PyTorch, JAX, NumPy and SciPy, and beside a plain copy.

    python benchmarks/kernels.py                      about 1 minute
    python benchmarks/kernels.py --measure            7 to 9 minutes; writes docs/performance.md
    python benchmarks/kernels.py --measure --names gelu,mish --sizes 256K --threads 1
    python benchmarks/kernels.py --report             the page again, from what was measured

One process per number of threads, held to as many CPUs, so that every library has the same. In
every round each contender has its turn, and the order rotates. What --measure finds replaces the
same tasks in docs/performance.json, and docs/performance.md is written from that. Libraries that
are not installed are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from _shared import DOCS, parser, say_reduced
from comparison import first_call, page, run
from comparison.tasks import ALONE, ELEMENTWISE, ROWWISE

DATA, PAGE = DOCS / "performance.json", DOCS / "performance.md"
SIZES, FEWER_SIZES = "4K,256K,64M", "4K,256K,4M"
ROUNDS, FEWER_ROUNDS = "15,7", "5,3"  # of small and of large tasks, at most
REDUCED = f"sizes {FEWER_SIZES}, fewer rounds"
UNITS = {"K": 1 << 10, "M": 1 << 20}


def arguments() -> argparse.Namespace:
    """The command line."""
    options = parser(__doc__, REDUCED)
    options.add_argument("--names", default=",".join((*ELEMENTWISE, *ALONE, *ROWWISE)))
    options.add_argument("--sizes", help=f"elements (default: {SIZES})")
    options.add_argument("--rounds", help=f"of small and of large tasks (default: {ROUNDS})")
    options.add_argument("--threads", default="1,2")
    options.add_argument("--report", action="store_true", help="measure nothing, write the page")
    options.add_argument("--worker", help=argparse.SUPPRESS)
    given = options.parse_args()
    given.sizes = given.sizes or (SIZES if given.measure else FEWER_SIZES)
    given.rounds = given.rounds or (ROUNDS if given.measure else FEWER_ROUNDS)
    return given


def main() -> None:
    """Measure and print; merge and write the page if asked to."""
    given = arguments()
    if given.worker:
        work(given)
        return
    kept = given.measure or given.report
    found = json.loads(DATA.read_text()) if kept and DATA.exists() else {"tasks": []}
    if not given.report:
        say_reduced(given, f"sizes {given.sizes}, {given.rounds} rounds")
        for threads in given.threads.split(","):
            merge(found, measured(threads))
        found["first_call"] = first_call.measure(quick=not given.measure)
        found["first_parts"] = first_call.parts(quick=not given.measure)
    if kept:
        DATA.write_text(compact(found))
        PAGE.write_text(page.write(found))
    print(page.summary(found))


def work(given: argparse.Namespace) -> None:
    """In a process of its own: everything for one number of threads."""
    threads = run.restrict(int(given.threads))
    sizes = [int(size.rstrip("KM")) * UNITS.get(size[-1], 1) for size in given.sizes.split(",")]
    rounds = [int(number) for number in given.rounds.split(",")]
    tasks = run.measure(given.names.split(","), sizes, (rounds[0], rounds[-1]), threads)
    result = {"machine": run.machine(), "tasks": tasks, "overhead": run.overhead()}
    if threads > 1:
        from comparison import waking  # NumPy and nonlin must find the CPUs that are left

        result["waking"] = waking.measure(threads)
    Path(given.worker).write_text(json.dumps(result))


def measured(threads: str) -> dict[str, Any]:
    """What such a process finds, with the options of this one."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "result.json")
        options = [*sys.argv[1:], "--threads", threads, "--worker", path]
        command = [sys.executable, __file__, *options]
        subprocess.run(command, check=True, env=run.environment(int(threads)))  # noqa: S603
        return json.loads(Path(path).read_text())


def merge(found: dict[str, Any], new: dict[str, Any]) -> None:
    """Newly measured tasks take the place of older ones."""
    tasks = {page.key(task): task for task in [*found["tasks"], *new["tasks"]]}
    found |= {**new, "tasks": list(tasks.values())}


def compact(found: dict[str, Any]) -> str:
    """JSON with a line for each task."""
    rest = {name: value for name, value in found.items() if name != "tasks"}
    for task in found["tasks"]:
        task["times"] = {k: [float(f"{t:.4g}") for t in v] for k, v in task["times"].items()}
    lines = ",\n".join(json.dumps(task) for task in found["tasks"])
    return f'{json.dumps(rest, indent=1)[:-2]},\n "tasks": [\n{lines}\n]}}\n'


if __name__ == "__main__":
    main()
