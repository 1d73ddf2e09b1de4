"""Which activation of the catalogue a function is, by its values on a grid."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nonlin.activation import Activation
from nonlin.catalogue import get, names
from nonlin.emit.numpy import compile_numpy
from nonlin.expr.recognise import recognise as stable

Array = NDArray[np.float64]
Function = Callable[[Array], Array]

# between the kinks that formulas have, and on both sides of them
GRID = np.concatenate([np.linspace(-12, 12, 239) + 0.003, [-60.0, -30.0, 30.0, 60.0]])
CLOSE = 2e-6  # relative to the size of the values: constants are written with seven digits
ITERATIONS = 25
FEW = 2  # parameters that are searched for


def recognised(function: Function, search: bool = True) -> Activation | None:
    """The entry with these values, with its default parameters or those found; None if none.

    search: for parameters.
    """
    values = np.asarray(function(GRID), np.float64)
    if not np.isfinite(values).all():
        return None
    for name in _in_order():  # usual ones come first, and others wait until they are needed
        own = _values(name)
        if own is not None and _same(values, own):
            return get(name)
    return next(_fitted(values), None) if search else None


def affine(function: Function) -> tuple[float, float] | None:
    """(factor, shift) if the function is factor * x + shift; None if it is not."""
    values = np.asarray(function(GRID), np.float64)
    shift, factor = np.polynomial.polynomial.polyfit(GRID, values, 1)
    if not _same(values, factor * GRID + shift):
        return None
    return float(factor), float(shift)


def _same(values: Array, others: Array) -> bool:
    return bool((np.abs(values - others) <= CLOSE * np.maximum(np.abs(others), 1.0)).all())


@cache
def _values(name: str) -> Array | None:
    """Of an entry on the grid, if they are finite."""
    with np.errstate(all="ignore"):
        values = compile_numpy(stable(get(name).graph), "x")(GRID)
    return values if np.isfinite(values).all() else None


@cache
def _in_order() -> tuple[str, ...]:
    """Names of all element-wise entries, usual ones first."""
    usual = [
        "identity",
        "relu",
        "gelu",
        "gelu_tanh",
        "silu",
        "tanh",
        "sigmoid",
        "leaky_relu",
        "elu",
    ]
    others = [n for n in names() if get(n).kind == "elementwise" and n not in usual]
    return (*usual, *others)


@dataclass(frozen=True, slots=True)
class _Family:
    """An entry with few parameters, as a function of the grid and of them."""

    entry: Activation
    run: Callable[..., Array]

    def at(self, values: tuple[float, ...]) -> Array:
        found: Array = self.run(GRID, *values)
        return found


@cache
def _families() -> tuple[_Family, ...]:
    entries = [entry for entry in map(get, _in_order()) if 0 < len(entry.values) <= FEW]
    return tuple(
        _Family(entry, compile_numpy(stable(entry.formula), "x", *entry.values))
        for entry in entries
    )


def _fitted(values: Array) -> Iterator[Activation]:
    for family in _families():
        found = _parameters(family, values)
        if found is not None:
            yield family.entry.bind(**dict(zip(family.entry.values, found, strict=True)))


def _parameters(family: _Family, values: Array) -> tuple[float, ...] | None:
    """By Gauss and Newton's method from the default values; None where it does not get there."""
    given: Any = np.array(list(family.entry.values.values()), np.float64)
    with np.errstate(all="ignore"):
        for _ in range(ITERATIONS):
            now = family.at(tuple(given))
            if not np.isfinite(now).all():
                return None
            if _same(values, now):
                return _rounded(family, given, values)
            step = _step(family, given, now, values)
            if step is None:
                return None
            given = given + step
    return None


def _step(family: _Family, given: Array, now: Array, values: Array) -> Array | None:
    columns = []
    for place in range(len(given)):
        moved = given.copy()
        width = 1e-6 * max(1.0, abs(float(given[place])))
        moved[place] += width
        columns.append((family.at(tuple(moved)) - now) / width)
    matrix = np.stack(columns, axis=1)
    weights = 1 / np.maximum(np.abs(values), 1.0)
    if not np.isfinite(matrix).all():
        return None
    found: Any = np.linalg.lstsq(matrix * weights[:, None], (values - now) * weights, rcond=None)[0]
    return found if np.isfinite(found).all() and np.abs(found).max() < 1e6 else None


def _rounded(family: _Family, given: Array, values: Array) -> tuple[float, ...] | None:
    """With as few digits as give the same values; None outside the range of a parameter."""
    for digits in range(1, 8):
        short = tuple(float(f"{value:.{digits}g}") for value in given)
        if _same(values, family.at(short)):
            break
    else:
        short = tuple(map(float, given))
    inside = all(
        row.above < value < row.below
        for row, value in zip(family.entry.parameters, short, strict=True)
    )
    return short if inside and all(map(math.isfinite, short)) else None
