"""One case put through `nonlin.diagnose`: what it says, and what becomes of the remedy."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from nonlin.layers.network_subject import NetworkSubject
from planting.fault import Fault, half
from planting.healthy import HEALTHY
from planting.held_out import Wrong, wrong
from planting.noise import NOISE
from planting.proof import SEEDS, closed, kept
from planting.setup import Built, Setup
from planting.tables import Task, table

CLOSED = 0.7  # of the gap between the broken set-up and its repaired twin

# What is planted: the causes in a report that name it, and those that cannot be told apart from
# it by training, which are neither right nor wrong: momentum m multiplies the rate by 1 / (1 - m),
# and fewer epochs, larger batches and a lower rate all shorten the way that is gone. Of the rate
# the proof says whether it alone would mend the case.
CAUSES: dict[str, tuple[set[str], set[str]]] = {
    "rate_high": ({"rate_high"}, {"momentum"}),
    "rate_low": ({"rate_low"}, {"epochs", "batch"}),
    "activation": ({"activation"}, set()),
    "identity": ({"activation", "identity"}, set()),
    "weights": ({"layers", "layer", "initialisation", "drawn"}, set()),
    "inputs": ({"inputs"}, set()),
    "outliers": ({"outliers", "inputs"}, set()),  # Cauchy, and 300 times too large
    "targets": ({"targets"}, set()),
    "momentum": ({"momentum"}, {"rate_high", "rate_low"}),
    "decay": ({"decay", "weight_decay"}, set()),
    "batch": ({"batch", "batch_size"}, {"rate_low", "epochs"}),
    "epochs": ({"epochs"}, {"rate_low", "batch"}),
    "width": ({"width"}, set()),
    "output": ({"output", "loss"}, set()),
}


@dataclass(frozen=True)
class Case:
    """A fault, or a set-up without one: of kind "healthy" or "noise"."""

    kind: str
    name: str
    setup: Setup
    fault: Fault | None = None

    @property
    def task(self) -> Task:
        return table(self.setup.data).task


@dataclass(frozen=True)
class Said:
    """What was said of a case. works: None where no remedy was tried."""

    case: Case
    seed: int
    causes: tuple[str, ...]
    alarm: bool
    learns: bool
    works: bool | None
    seconds: float
    words: str

    @property
    def right(self) -> bool:
        """Is every planted cause named?"""
        return self.case.fault is not None and all(
            CAUSES[planted][0] & set(self.causes) for planted in self.case.fault.planted
        )

    @property
    def judged(self) -> list[bool]:
        """Of each cause that is named, if it can be judged: was it planted?"""
        planted = () if self.case.fault is None else self.case.fault.planted
        right = set[str]().union(*(CAUSES[each][0] for each in planted))
        neither = set[str]().union(*(CAUSES[each][1] for each in planted)) - right
        if self.case.fault is not None:
            neither |= {_mending_rate(self.case.name)} - right
        return [cause in right for cause in self.causes if cause not in neither]


def cases(faults: Sequence[Fault], which: str) -> list[Case]:
    """Of the "first" or "second" half, or "both"."""
    wanted = ("first", "second") if which == "both" else (which,)
    found = [
        Case(each.kind, each.name, each.broken, each) for w in wanted for each in half(faults, w)
    ]
    for kind, setups in (("healthy", HEALTHY), ("noise", NOISE)):
        rest = [Case(kind, name, setup) for name, setup in setups.items()]
        found += [case for w in wanted for case in rest[w == "second" :: 2]]
    return found


def diagnosed(case: Case, seed: int, remedies: bool = True) -> Said:
    """The case, built with this seed, through the diagnosis."""
    import nonlin as nl

    built = case.setup.build(seed)
    begin = time.perf_counter()
    with np.errstate(all="ignore"):
        result = nl.diagnose(
            built.network, built.X, built.y, settings=built.settings, loss=built.loss
        )
    seconds = time.perf_counter() - begin
    works = None
    if remedies and case.fault is not None:
        works = bool(result.changes) and _works(case, [each.edit for each in result.changes])
    causes = tuple(_cause(each, built) for each in result.changes)
    alarm = bool(causes) or result.healthy is False
    learns = result.learns is True
    return Said(case, seed, causes, alarm, learns, works, seconds, str(result))


def _cause(change: Any, built: Built) -> str:
    if "rate" not in change.cause:
        return str(change.cause)
    rate = change.subject.settings.learning_rate
    return "rate_high" if rate < built.settings.learning_rate else "rate_low"


def _mending_rate(name: str) -> str:
    """The cause that is no mistake, as another rate closes the gap, too; "" if none does."""
    share, factor = _proof()["faults"][name]["by_rate"]
    if share < CLOSED:
        return ""
    return "rate_low" if factor > 1 else "rate_high"


def _works(case: Case, edits: Sequence[Any]) -> bool:
    """With the changes made to the set-up of fresh seeds."""
    changed = [_changed(case.setup.build(seed), edits) for seed in SEEDS]
    if any(each is None for each in changed):
        return False
    mended = [wrong(each, case.task) for each in changed if each is not None]
    figures = _proof()["faults"][case.name]
    broken, repaired = ([Wrong(*each) for each in figures[key]] for key in ("broken", "repaired"))
    return closed(mended, broken, repaired) >= CLOSED


def _changed(built: Built, edits: Sequence[Any]) -> Built | None:
    """Held-out rows go through the same changes of columns."""
    rows = NetworkSubject.of(built.network, built.X, built.y, built.settings, None, built.loss)
    held = replace(rows, X=built.held_inputs, y=built.held_targets)
    for edit in edits:
        rows, held = rows.changed(edit), held.changed(edit)
        if rows is None or held is None:
            return None
    return Built(rows.network, rows.X, rows.y, held.X, held.y, rows.settings, rows.loss)


_proof = cache(kept)
