"""What `auto` picks: the size of signals at which a network of some depth keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from nonlin.activation import Activation
from nonlin.gaussian_moments.nonlinearity import Nonlinearity
from nonlin.init.rules import scales
from nonlin.theory.critical import critical
from nonlin.theory.propagation import nonlinearity
from nonlin.theory.variance import VarianceMap, second_moments

DEEP = 5  # hidden layers from which it matters
NEARLY_LINES = (0.3, 0.1, 0.03, 0.01, 0.003, 1e-3, 3e-4, 1e-4)  # q: training went best there
FLAT = 6.0  # q * depth at most, there: every layer bends what comes through it a little more
LARGER = tuple(float(f"{10 ** (k / 4):.3g}") for k in range(-3, 25))  # from 0.178 to 1e6
START = 1.5  # a mean square that is off by this factor ...
OFF = 1.6  # ... is off by no more than that in any layer
GRADIENTS = 4.0  # by how much the squared gradient may change over all layers, or its inverse


class Pick(NamedTuple):
    """A rule, the mean square q of the sums that it keeps, and whether it does at this depth."""

    name: str
    q: float
    lasts: bool


def pick(activation: Activation, depth: int) -> Pick:
    """The rule for what `activation` feeds, in a network of so many hidden layers.

    forward in a shallow network, and for homogeneous functions, which are alike at any q. Else
    the first that lasts of: the edge of chaos at a small q, where f is nearly a line; forward at
    q = 1; the edge at a larger q; forward at a larger q, where softplus is nearly relu. Compared
    by training: benchmarks/auto_init.py.
    """
    if not scales(activation.gain):
        return Pick("backward" if scales(activation.gain_backward) else "forward", 1.0, False)
    if depth < DEEP or activation.properties.homogeneous:
        return Pick("forward", 1.0, True)
    return _first_that_lasts(nonlinearity(activation, "gain"), depth)


@lru_cache(maxsize=1024)
def _first_that_lasts(f: Nonlinearity, depth: int) -> Pick:
    for name, q in _candidates(depth):
        lengths = _map(f, name, q)
        if lengths is not None and _lasts(lengths, q, depth):
            return Pick(name, q, True)
    return Pick("forward", 1.0, False)


def _candidates(depth: int) -> Iterator[tuple[str, float]]:
    yield from (("critical", q) for q in NEARLY_LINES if q * depth <= FLAT)
    yield "forward", 1.0
    yield from (("critical", q) for q in LARGER)
    yield from (("forward", q) for q in LARGER)


def _map(f: Nonlinearity, name: str, q: float) -> VarianceMap | None:
    """What such weights and biases do to lengths; None where there are none."""
    if name == "critical":
        weights, biases = critical(f, q)
        return VarianceMap(f, weights, biases) if biases >= 0 else None
    second = second_moments(f, q).value
    return VarianceMap(f, q / second, 0.0) if scales(second) else None


def _lasts(lengths: VarianceMap, q: float, depth: int) -> bool:
    """Do signals that start a little off come no further off, and gradients keep their size?"""
    for start in (q, q * START, q / START):
        length, growth = start, 1.0
        for _ in range(depth):
            growth *= lengths.gradient_growth(length)
            length = lengths(length)
            if not 1 / OFF <= length / q <= OFF or not 1 / GRADIENTS <= growth <= GRADIENTS:
                return False
    return True
