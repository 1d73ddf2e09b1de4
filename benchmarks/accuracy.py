"""Errors in ULP: the kernels beside the truth, PyTorch and JAX.

    python benchmarks/accuracy.py                     16-bit inputs and a sample of float32
    python benchmarks/accuracy.py --exhaustive        all 2^32 float32 inputs: see --minutes
    python benchmarks/accuracy.py --exhaustive --names gelu,mish --precision fast --minutes 10
    python benchmarks/accuracy.py --report            the page again, from what was measured

What is measured replaces the same entries in docs/accuracy.json, and docs/accuracy.md is written
from that. An exhaustive run saves every 2^26 inputs; it can be interrupted, and the next one goes
on where it stopped, unless the code of the kernel has changed. Libraries that are not installed
are left out.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from ulp import page, sweep
from ulp.peers import PEERS, knows
from ulp.tally import FLOAT32, Tally
from ulp.truth import check

import nonlin as nl
from nonlin.emit.llvm.program import mode_of, write_module
from nonlin.expr.paths import inputs_of, roots_of
from nonlin.kernels import target
from nonlin.kernels.compile import without_ones

DOCS = Path(__file__).parents[1] / "docs"
DATA, PAGE = DOCS / "accuracy.json", DOCS / "accuracy.md"
SECTIONS = ("sample", "half", "exhaustive", "reference")
ELEMENTWISE = tuple(name for name in nl.names() if nl.get(name).elementwise)
CHECKED = 400  # random points per entry at which the truth is checked


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--names", default=",".join(ELEMENTWISE))
    parser.add_argument("--precision", default=",".join(sweep.PRECISIONS))
    parser.add_argument("--exhaustive", action="store_true", help="all 2^32 float32 inputs")
    parser.add_argument("--torch", action="store_true", help="PyTorch, too, on all 2^32")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="of --exhaustive")
    parser.add_argument("--threads", type=int, default=1, help="of --exhaustive")
    parser.add_argument("--checked", type=int, default=CHECKED, help="points given to mpmath")
    parser.add_argument("--report", action="store_true", help="measure nothing")
    return parser.parse_args()


def main() -> None:
    """Measure, save, write the page, print what breaks a promise."""
    given = arguments()
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    found = json.loads(DATA.read_text()) if DATA.exists() else {}
    found = {section: {} for section in SECTIONS} | found
    try:
        if not given.report:
            measure(found, given)
    except KeyboardInterrupt:
        sys.exit("Interrupted. What was finished is kept: run it again to go on.")
    finally:
        finish(found)
    print("\n".join(page.broken(found, keys())) or "All bounds hold.")


def measure(found: dict[str, Any], given: argparse.Namespace) -> None:
    """All that the command line asks for."""
    names = given.names.split(",")
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    console = Console(stderr=True)
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as progress:
        refer(found, names, given.checked, progress)
        if given.exhaustive:
            contenders = [*given.precision.split(","), *(["torch"] if given.torch else [])]
            exhaust(found, names, contenders, given, progress)
        else:
            take_samples(found, names, progress)


@cache
def keys() -> dict[str, str]:
    """By entry, what changes with the code of its kernels, the CPU and LLVM."""
    return {name: _key(nl.get(name)) for name in ELEMENTWISE}


def _key(activation: Any) -> str:
    """Of the code itself: what is measured stays good while other parts of the project change."""
    host = target.host()
    parts = [host.cpu, str(llvm.llvm_version_info)]
    formula, parameters = without_ones(activation.formula, activation.values)
    for path, precision in product(((0,), (0, 1), (2,)), sweep.PRECISIONS):
        roots = roots_of(formula, path)
        mode = mode_of("float32", precision, path, roots)
        names = tuple(parameters)
        parts.append(str(write_module(roots, inputs_of(path), names, mode, host.hardware)))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def refer(found: dict[str, Any], names: list[str], points: int, progress: Progress) -> None:
    """Check the truth, unless these kernels were checked at as many points before."""
    now = keys()
    for name in progress.track(names, description="the truth beside mpmath"):
        before = found["reference"].get(name, {})
        if before.get("key") != now[name] or before.get("points", 0) < points:
            found["reference"][name] = {"key": now[name], **check(nl.get(name), points)}


def take_samples(found: dict[str, Any], names: list[str], progress: Progress) -> None:
    """float32 on a sample, the formats of 16 bits on all inputs."""
    now, x = keys(), sweep.sample()
    for name in progress.track(names, description="sample and 16 bits"):
        found["sample"][name] = _plain(sweep.sampled(nl.get(name), x), now[name])
        for kind in sweep.HALVES:
            entries = found["half"].setdefault(kind.name, {})
            entries[name] = _plain(sweep.half(nl.get(name), kind), now[name])


def _plain(tallies: dict[str, sweep.Tallies], key: str) -> dict[str, Any]:
    return {
        contender: {"key": key, **{label: each.to_dict() for label, each in by_order.items()}}
        for contender, by_order in tallies.items()
    }


def exhaust(
    found: dict[str, Any],
    names: list[str],
    contenders: list[str],
    given: argparse.Namespace,
    progress: Progress,
) -> None:
    """Piece by piece, saved after each, until all is done or time is up."""
    records = {name: _records(found, name, contenders) for name in names}
    todo = list(_todo(records))
    task = progress.add_task("all float32 inputs", total=len(todo))
    stop = time.monotonic() + 60 * given.minutes
    for name, number, missing in todo:
        if time.monotonic() > stop:
            return
        progress.update(task, description=f"{name}, piece {number + 1} of {sweep.PIECES}")
        new = sweep.piece(nl.get(name), missing, number, given.threads)
        for contender in missing:
            _append(records[name][contender], new[contender])
        save(found)
        progress.advance(task)


def _records(found: dict[str, Any], name: str, contenders: list[str]) -> dict[str, Any]:
    """What is known of an entry; forgotten where the kernels have changed since."""
    entry = found["exhaustive"].setdefault(name, {})
    for contender in contenders:
        if contender in PEERS and not knows(contender, name):
            continue
        key = f"torch {metadata.version('torch')}" if contender in PEERS else keys()[name]
        if entry.get(contender, {}).get("key") != key:
            entry[contender] = {"key": key, "pieces": 0, "seconds": 0.0}
    return {contender: entry[contender] for contender in contenders if contender in entry}


def _todo(records: dict[str, Any]) -> Iterator[tuple[str, int, list[str]]]:
    """Name, piece, and the contenders that have not got so far."""
    for name, entry in records.items():
        for number in range(sweep.PIECES):
            missing = [each for each, record in entry.items() if record["pieces"] <= number]
            if missing:
                yield name, number, missing


def _append(record: dict[str, Any], new: sweep.Tallies) -> None:
    record["pieces"] += 1
    for label, tally in new.items():
        if label in record:
            tally.merge(Tally.of(FLOAT32, record[label]))
        record[label] = tally.to_dict()


def save(found: dict[str, Any]) -> None:
    """JSON with a line for each entry; the old file stays until the new one is whole."""
    parts = [f'"{name}": {json.dumps(found[name])}' for name in found if name not in SECTIONS]
    for section in SECTIONS:
        lines = [f' "{name}": {json.dumps(each)}' for name, each in found[section].items()]
        parts.append(f'"{section}": {{\n' + ",\n".join(lines) + "\n}")
    temporary = DATA.with_suffix(".part")
    temporary.write_text("{" + ",\n".join(parts) + "}\n")
    temporary.replace(DATA)


def finish(found: dict[str, Any]) -> None:
    """Save, and write the page."""
    found["date"], found["machine"] = time.strftime("%Y-%m-%d"), machine()
    save(found)
    PAGE.write_text(page.write(found, keys()))


def machine() -> dict[str, str]:
    """Where this was measured, and with which versions."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = [line for line in info.read_text().splitlines() if line.startswith("model name")]
        cpu = lines[0].split(":")[1].strip() if lines else cpu
    packages = ("numpy", "llvmlite", "mpmath", "torch", "jax")
    versions = {name: metadata.version(name) for name in packages if find_spec(name)}
    return {"CPU": cpu, "Python": platform.python_version(), **versions}


if __name__ == "__main__":
    np.seterr(all="ignore")
    main()
