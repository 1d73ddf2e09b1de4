"""One function of a library: its results counted beside the truth and ours, faults confirmed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nonlin.activation import Activation
from nonlin.audit.finding import KINDS, NONFINITE, Faults, Finding, Seen
from nonlin.audit.inputs import blocks
from nonlin.audit.programs import Own, Program, Written
from nonlin.audit.tally import BFLOAT16, FLOAT16, FLOAT32, NOWHERE, Array, Format, Tally
from nonlin.audit.truth import error, oracle, zeros

FORMATS = {each.name: each for each in (FLOAT32, FLOAT16, BFLOAT16)}
AT_A_KINK = 4.0  # ULP of x: so near a kink either slope is right, since x itself is rounded
FLUSHED = 1e6  # ULP of subnormal numbers: nothing was left of them


@dataclass(frozen=True, slots=True)
class Row:
    """A function in one format: f (order 0) or its derivative (1), and how far it is off.

    points: inputs; right: results that are correctly rounded; worst: ULP, among normal results,
    infinite for a mismatch; ours: the same of nonlin (None: it cannot run here). flushed: of
    results too small to be normal nothing is left, which no one calls a fault.
    """

    name: str
    entry: str
    format: str
    order: int
    points: int
    right: int
    mismatches: int
    worst: float
    ours: float | None
    flushed: bool
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class Counted:
    """The tallies of one order."""

    theirs: Tally
    own: Tally
    faults: Faults


def examine(
    name: str,
    activation: Activation,
    program: Program,
    kind: str,
    limits: tuple[float, bool],
    step: Callable[[], None],
) -> Iterator[Row]:
    """Rows of f and of f', if there is one.

    limits: ULP that are allowed; is float32 exhaustive? step is called after each block.
    """
    allowed, exhaustive = limits
    number = FORMATS[kind]
    counted = [Counted(Tally(number), Tally(number), Faults(number, allowed)) for _ in (0, 1)]
    own = Own(Written(activation.name), activation)
    known = _can_run(own, kind)
    for x in blocks(number, exhaustive):
        with np.errstate(all="ignore"):
            results = program.run(x, kind)
            mine = own.run(x, kind) if known else (None, None)
            truth = activation.value_and_derivative(x.astype(np.float64), precision="exact")
        for order, got in enumerate(results):
            if got is not None:
                _count(counted[order], activation, order, (x, got, mine[order], truth[order]))
        step()
    for order, each in enumerate(counted):
        if each.theirs.points:
            subject = Subject(name, activation, program, own if known else None, number, order)
            yield _row(subject, each)


def _can_run(own: Own, kind: str) -> bool:
    """bfloat16 in NumPy needs a package that not everyone has."""
    try:
        own.run(np.zeros(1, np.float32), kind)
    except ModuleNotFoundError:
        return False
    return True


def _count(counted: Counted, activation: Activation, order: int, results: Any) -> None:
    x, got, mine, true = results
    around = NOWHERE
    if order == 1:
        true, around = _excused(activation, x, true, got, counted.theirs.format)
    errors = counted.theirs.add(x, got, true, around)
    counted.faults.add(x, got, true, errors, around)
    if mine is not None:
        counted.own.add(x, mine, results[3], around)


def _excused(
    activation: Activation, x: Array, true: Array, slope: Array, kind: Format
) -> tuple[Array, Array]:
    """The true slopes; their own at kinks and at NaN, where they are a convention.

    And the intervals around zeros of f', in which a small error is small beside 1.
    """
    free = np.isnan(x)
    for kink in activation.kinks:
        free |= np.abs(x - kink) <= AT_A_KINK * kind.epsilon * abs(kink)
    return np.where(free, slope, true), zeros(activation, 1)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is judged."""

    name: str
    activation: Activation
    program: Program
    own: Own | None
    format: Format
    order: int


def _row(subject: Subject, counted: Counted) -> Row:
    theirs, seen = counted.theirs, counted.faults.seen
    findings = (
        _confirmed(subject, kind, seen[kind], counted.faults.allowed)
        for kind in KINDS
        if kind in seen
    )
    return Row(
        subject.name,
        subject.activation.name,
        subject.format.name,
        subject.order,
        theirs.points,
        theirs.right,
        theirs.mismatches,
        _worst(theirs),
        _worst(counted.own) if counted.own.points else None,
        subject.format is not FLOAT16 and theirs.worst.get("subnormal", [0.0])[0] > FLUSHED,
        tuple(each for each in findings if each is not None),
    )


def _worst(tally: Tally) -> float:
    kinds = ("normal", "subnormal") if tally.format is FLOAT16 else ("normal",)
    errors = [float(tally.worst[kind][0]) for kind in kinds if kind in tally.worst]
    return np.inf if tally.mismatches else max(errors, default=0.0)


def _confirmed(subject: Subject, kind: str, seen: Seen, allowed: float) -> Finding | None:
    """Run again at one x, and judged by mpmath; None where that does not confirm it."""
    x, name = seen.x, subject.format.name
    got = subject.program.at(x, name, subject.order)
    exact = oracle(subject.activation, subject.order)(x)
    truth, off = float(exact), error(got, exact, subject.format)
    numbers = np.isfinite(got) and np.isfinite(truth)
    if not off > allowed or (kind == NONFINITE and numbers):
        return None
    ours = np.nan if subject.own is None else subject.own.at(x, name, subject.order)
    first, given, shown = subject.program.lines(x, name, subject.order)
    lines = f'{first}\n{given}\nprint({shown}, "instead of", {_said(truth)})'
    entry, order = subject.activation.name, subject.order
    counts = seen.count, seen.where
    return Finding(subject.name, entry, name, order, kind, x, got, truth, ours, off, *counts, lines)


def _said(truth: float) -> str:
    return f"{truth:.9g}" if np.isfinite(truth) else f'float("{truth}")'
