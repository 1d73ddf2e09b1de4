"""Milliseconds from the first call of a function to its result, in a fresh process."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

BENCHMARKS = Path(__file__).parents[1]
CODE = """
import json, time, nonlin as nl, numpy as np
from comparison.odd import FORMULAS
from comparison.tasks import ELEMENTWISE
import llvmlite.binding
x = np.ones(100, "float32")
nl.identity(x)
times = {}
for name in (*ELEMENTWISE, *FORMULAS):
    start = time.perf_counter()
    f = nl.activation(name, FORMULAS[name]) if name in FORMULAS else nl.get(name)
    f(x)
    times[name] = 1e3 * (time.perf_counter() - start)
print(json.dumps(times))
"""


def measure(quick: bool) -> dict[str, dict[str, float]]:
    """Median per function, with an empty store ("compiled") and with a full one ("stored")."""
    runs = 1 if quick else 3
    with tempfile.TemporaryDirectory() as kept:
        _once(kept, "-c", CODE)
        stored = [_once(kept, "-c", CODE) for _ in range(runs)]
    compiled = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as empty:
            compiled.append(_once(empty, "-c", CODE))
    return {"compiled": _medians(compiled), "stored": _medians(stored)}


def parts(quick: bool) -> dict[str, float]:
    """Median of each part of the first call of gelu, with an empty store."""
    found = []
    for _ in range(1 if quick else 5):
        with tempfile.TemporaryDirectory() as empty:
            found.append(_once(empty, "-m", "comparison.first_parts"))
    return _medians(found)


def _once(folder: str, *program: str) -> dict[str, float]:
    environment = {**os.environ, "NONLIN_CACHE_DIR": folder}
    command = [sys.executable, *program]
    ran = subprocess.run(  # noqa: S603 - our own code
        command, capture_output=True, text=True, check=True, env=environment, cwd=BENCHMARKS
    )
    return json.loads(ran.stdout)


def _medians(runs: list[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}
