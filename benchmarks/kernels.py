"""Kernels: nonlin beside PyTorch, JAX, NumPy and SciPy, and beside a plain copy.

    python benchmarks/kernels.py                      6 to 8 minutes
    python benchmarks/kernels.py --quick              about 1 minute
    python benchmarks/kernels.py --names gelu,mish --sizes 256K --threads 1
    python benchmarks/kernels.py --report             the page again, from what was measured

One process per number of threads, held to as many CPUs, so that every library has the same. In
every round each contender has its turn, and the order rotates. What is measured replaces the same
tasks in docs/performance.json, and docs/performance.md is written from that. Libraries that are
not installed are left out.
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

from comparison import first_call, page, run
from comparison.tasks import ELEMENTWISE, ROWWISE

DOCS = Path(__file__).parents[1] / "docs"
DATA, PAGE = DOCS / "performance.json", DOCS / "performance.md"
SIZES, QUICK_SIZES = "4K,256K,64M", "4K,256K,4M"
ROUNDS, QUICK_ROUNDS = "15,7", "5,3"  # of small and of large tasks, at most
UNITS = {"K": 1 << 10, "M": 1 << 20}


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--names", default=",".join((*ELEMENTWISE, *ROWWISE)))
    parser.add_argument("--sizes", help=f"elements (default: {SIZES})")
    parser.add_argument("--rounds", help=f"of small and of large tasks (default: {ROUNDS})")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--quick", action="store_true", help=f"sizes {QUICK_SIZES}, fewer rounds")
    parser.add_argument("--report", action="store_true", help="measure nothing")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    given = parser.parse_args()
    given.sizes = given.sizes or (QUICK_SIZES if given.quick else SIZES)
    given.rounds = given.rounds or (QUICK_ROUNDS if given.quick else ROUNDS)
    return given


def main() -> None:
    """Measure, merge, write the page, print it."""
    given = arguments()
    if given.worker:
        work(given)
        return
    found = json.loads(DATA.read_text()) if DATA.exists() else {"tasks": []}
    if not given.report:
        for threads in given.threads.split(","):
            merge(found, measured(threads))
        found["first_call"] = first_call.measure(quick=given.quick)
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
