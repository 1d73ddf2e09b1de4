"""Errors in ULP: the kernels beside the truth, PyTorch and JAX.

    python benchmarks/accuracy.py                     a few functions, as below; a minute
    python benchmarks/accuracy.py --measure           16-bit inputs, samples of float32 and float64
    python benchmarks/accuracy.py --measure --exhaustive    all 2^32 float32 inputs: see --minutes
    python benchmarks/accuracy.py --measure --exhaustive --names gelu,mish --minutes 10
    python benchmarks/accuracy.py --report            the page again, from what was measured

What --measure finds replaces the same entries in docs/accuracy.json, and docs/accuracy.md is
written from that. An exhaustive run saves every 2^26 inputs; it can be interrupted, and the next
one goes on where it stopped, unless the code of the kernel has changed. Libraries that are not
installed are left out.
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
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from _shared import DOCS, cpu, parser, say_reduced
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from ulp import double, page, sweep
from ulp.peers import PEERS, knows
from ulp.truth import check

import nonlin as nl
from nonlin.audit.inputs import sample
from nonlin.audit.tally import FLOAT32, Tally
from nonlin.expr.paths import Path, inputs_of
from nonlin.kernels import target
from nonlin.kernels.compile import object_code, settled

DATA, PAGE = DOCS / "accuracy.json", DOCS / "accuracy.md"
SECTIONS = ("sample", "half", "exhaustive", "double", "reference")
ELEMENTWISE = tuple(name for name in nl.names() if nl.get(name).elementwise)
CHECKED = 400  # random points per entry at which the truth is checked
FEW = ("relu", "sigmoid", "tanh", "softplus", "gelu", "mish")
REDUCED = f"only {', '.join(FEW)}"


def arguments() -> argparse.Namespace:
    """The command line."""
    options = parser(__doc__, REDUCED)
    options.add_argument("--names", help="all that are element-wise, if not given")
    options.add_argument("--precision", default=",".join(sweep.PRECISIONS))
    options.add_argument("--exhaustive", action="store_true", help="all 2^32 float32 inputs")
    options.add_argument("--torch", action="store_true", help="PyTorch, too, on all 2^32")
    options.add_argument("--minutes", type=float, default=float("inf"), help="of --exhaustive")
    options.add_argument("--threads", type=int, default=1, help="of --exhaustive")
    options.add_argument("--checked", type=int, default=CHECKED, help="points given to mpmath")
    options.add_argument("--report", action="store_true", help="measure nothing")
    given = options.parse_args()
    if given.exhaustive and not given.measure:
        options.error("--exhaustive takes hours and is written down: --measure --exhaustive")
    given.names = given.names or ",".join(ELEMENTWISE if given.measure else FEW)
    return given


def main() -> None:
    """Measure, print what breaks a promise; save and write the page if asked to."""
    given = arguments()
    kept = given.measure or given.report
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    found = json.loads(DATA.read_text()) if kept and DATA.exists() else {}
    found = {section: {} for section in SECTIONS} | found
    try:
        if not given.report:
            say_reduced(given, f"only {given.names}")
            measure(found, given)
    except KeyboardInterrupt:
        sys.exit("Interrupted. What was finished is kept: run it again to go on.")
    finally:
        if kept:
            finish(found)
    print("\n".join(page.broken(found, keys(found))) or "All bounds hold.")


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
def key(
    name: str,
    dtype: str = "float32",
    paths: tuple[Path, ...] = ((0,), (0, 1), (1,), (2,)),
    precisions: tuple[str, ...] = sweep.PRECISIONS,
) -> str:
    """What changes with the code of an entry's kernels, the CPU and LLVM.

    Of the code itself: what is measured stays good while other parts of the project change.
    """
    activation, parts = nl.get(name), [target.host().cpu, str(llvm.llvm_version_info)]
    hashed = hashlib.sha256("\0".join(parts).encode())
    for path, precision in product(paths, precisions):
        how = path, dtype, precision
        formula, rest = settled(activation.formula, *how, activation.values)
        hashed.update(object_code(formula, *how, tuple(rest), inputs_of(path)))
    return hashed.hexdigest()[:16]


def key_of_all(name: str, precision: str) -> str:
    """Of the one kernel that --exhaustive runs."""
    return key(name, paths=((0, 1),), precisions=(precision,))


def refer(found: dict[str, Any], names: list[str], points: int, progress: Progress) -> None:
    """Check the truth, unless these kernels were checked at as many points before."""
    for name in progress.track(names, description="the truth beside mpmath"):
        before = found["reference"].get(name, {})
        if before.get("key") != key(name) or before.get("points", 0) < points:
            found["reference"][name] = {"key": key(name), **check(nl.get(name), points)}


def take_samples(found: dict[str, Any], names: list[str], progress: Progress) -> None:
    """float32 and float64 on samples, the formats of 16 bits on all inputs."""
    x = sample()
    for name in progress.track(names, description="samples and 16 bits"):
        found["double"][name] = {"key": key(name, "float64"), **double.measured(nl.get(name))}
        found["sample"][name] = _plain(sweep.sampled(nl.get(name), x), key(name))
        for kind in sweep.HALVES:
            entries = found["half"].setdefault(kind.name, {})
            entries[name] = _plain(sweep.half(nl.get(name), kind), key(name))


def _plain(tallies: dict[str, sweep.Tallies], now: str) -> dict[str, Any]:
    return {
        contender: {"key": now, **{label: each.to_dict() for label, each in by_order.items()}}
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
        now = (
            f"torch {metadata.version('torch')}"
            if contender in PEERS
            else key_of_all(name, contender)
        )
        if entry.get(contender, {}).get("key") != now:
            entry[contender] = {"key": now, "pieces": 0, "seconds": 0.0}
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
    PAGE.write_text(page.write(found, keys(found)))


def keys(found: dict[str, Any]) -> dict[str, str]:
    """Those of the kernels as they are now; after name and blank, of float64 or of all inputs."""
    single = {
        name: key(name) for name in found["sample"] | found["exhaustive"] | found["reference"]
    }
    single |= {f"{name} float64": key(name, "float64") for name in found["double"]}
    for name, each in product(found["exhaustive"], sweep.PRECISIONS):
        single[f"{name} {each}"] = key_of_all(name, each)
    return single


def machine() -> dict[str, str]:
    """Where this was measured, and with which versions."""
    packages = ("numpy", "llvmlite", "mpmath", "torch", "jax")
    versions = {name: metadata.version(name) for name in packages if find_spec(name)}
    return {"CPU": cpu(), "Python": platform.python_version(), **versions}


if __name__ == "__main__":
    np.seterr(all="ignore")
    main()
