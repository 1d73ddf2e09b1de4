"""The proof that faults are faults and healthy networks healthy, by training on fresh seeds.

A fault is kept if on each of three seeds its repaired twin is clearly better on held-out rows,
by CLEAR of what the twin gains over a constant, in error and in loss; of two faults at once, also
with either of them alone. Where another rate alone closes the gap nearly as well (`by_rate`), it
is no mistake to name the rate. A healthy network is kept if none of its `others` is better by so
much as BETTER on the mean of the seeds: what lies between counts as neither.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from planting.all_faults import FAULTS
from planting.fault import Fault
from planting.healthy import HEALTHY
from planting.held_out import Wrong, better_on_mean, clearly_better, wrong
from planting.others import others
from planting.setup import Setup
from planting.tables import table

SEEDS = (101, 102, 103)
CLEAR, BETTER = 0.2, 0.1
RATES = (1 / 300, 1 / 30, 1 / 5, 5, 30, 300)
KEPT = Path(__file__).with_name("proof.json")


def trained(setup: Setup) -> list[Wrong]:
    """How wrong it is on held-out rows, for each seed."""
    return [wrong(setup.build(seed), table(setup.data).task) for seed in SEEDS]


def of_fault(fault: Fault) -> dict[str, Any]:
    """`proven`, and the figures [error, loss] for each seed."""
    alone = [fault.only(part) for part in fault.parts] if len(fault.parts) > 1 else []
    repaired, broken = trained(fault.repaired), [trained(each) for each in (fault.broken, *alone)]
    proven = all(clearly_better(repaired, each, CLEAR) for each in broken)
    return {
        "proven": proven,
        "repaired": _rounded(repaired),
        "broken": _rounded(broken[0]),
        **({"by_rate": _by_rate(fault.broken, broken[0], repaired)} if proven else {}),
        **({"alone": [_rounded(each) for each in broken[1:]]} if alone else {}),
    }


def closed(mended: list[Wrong], broken: list[Wrong], repaired: list[Wrong]) -> float:
    """Share of the gap in error between a broken and a repaired set-up, on the mean of seeds."""
    mine, worst, best = (sum(each.error for each in found) for found in (mended, broken, repaired))
    return (worst - mine) / (worst - best)


def _by_rate(setup: Setup, broken: list[Wrong], repaired: list[Wrong]) -> list[float]:
    """The share that the best of RATES times the rate closes, and that factor."""
    found = [
        (closed(trained(replace(setup, rate=setup.rate * factor)), broken, repaired), factor)
        for factor in RATES
    ]
    return [float(f"{each:.3g}") for each in max(found)]


def of_healthy(setup: Setup) -> dict[str, Any]:
    """The same for a healthy network and its alternatives."""
    itself, tried = trained(setup), {name: trained(other) for name, other in others(setup).items()}
    return {
        "proven": not any(better_on_mean(each, itself, BETTER) for each in tried.values()),
        "itself": _rounded(itself),
        "others": {name: _rounded(each) for name, each in tried.items()},
    }


def prove() -> str:
    """Train all, write the figures down, and name those that are not proven."""
    found = {
        "faults": {fault.name: of_fault(fault) for fault in FAULTS},
        "healthy": {name: of_healthy(setup) for name, setup in HEALTHY.items()},
    }
    write(found)
    missing = [
        name for cases in found.values() for name, each in cases.items() if not each["proven"]
    ]
    return f"Not proven: {', '.join(missing) or 'none'}."


def write(found: dict[str, Any]) -> None:
    """One line for each case."""
    lines = [
        f'  "{group}": {{\n'
        + ",\n".join(f"    {json.dumps(name)}: {json.dumps(each)}" for name, each in cases.items())
        + "\n  }"
        for group, cases in found.items()
    ]
    KEPT.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def kept() -> dict[str, Any]:
    """The figures as they were written down."""
    found: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return found


def _rounded(each: list[Wrong]) -> list[list[float]]:
    return [[float(f"{value:.3g}") for value in one] for one in each]
