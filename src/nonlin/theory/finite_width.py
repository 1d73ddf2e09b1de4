"""What the width of layers changes: mean squares of signals and gradients over random networks.

Mean field theory is that of infinite width. In layers of n neurons the mean of f^2 fluctuates by
1/sqrt(n) from network to network, and where the variance map is bent or its fixed point unstable,
that moves the mean over networks by an amount of the order of 1/n, which grows with depth. Here
the logarithm of the length is followed to second order, mean and variance, as a normal variable.
The gradient comes back through the very weights that the signal took: of W, its product with f(z)
is known, so that along f(z) it is not random but carries z back, see `_Return`.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from nonlin.gaussian_moments.nonlinearity import Nonlinearity, derivatives_of
from nonlin.gaussian_moments.quadrature import Array, expect_all
from nonlin.theory.variance import VarianceMap, second_moments

STEP = 0.02  # of log q, for slopes and bends


class MeanSquares(NamedTuple):
    """By hidden layer, means over networks: z^2, and |dL/dz|^2 over that of the output layer."""

    second: Array
    gradient: Array


class _Bend(NamedTuple):
    """Of log V or log g over log q: value, slope, second derivative."""

    value: float
    slope: float
    bend: float


class _Return(NamedTuple):
    """How a gradient remembers z, s = (z . dL/dz)^2 / (q |dL/dz|^2), 1 if it does not.

    A layer makes kept * s + added of it, and the squared gradient grows by 1 + share (s - 1) / n
    more, s being that of the layer behind.
    """

    kept: float
    added: float
    share: float


class _Growth(NamedTuple):
    """Of log g in a layer: mean, slope over log q, own variance, covariance with the next log q."""

    mean: float
    slope: float
    spread: float
    shared: float
    back: _Return


def mean_squares(lengths: VarianceMap, q: float, depth: int, width: int) -> MeanSquares:
    """Of networks of `depth` hidden layers of `width` neurons, the sums of the first of size q.

    lengths: what weights and biases do to the squares; the output layer has weights of the same
    size. Good while the fluctuations are: the lower the width and the greater the depth, the worse.
    """
    x, mean, variance = math.log(q), 0.0, 0.0
    seconds, slopes, spreads, growths = [], [], [], []
    for _ in range(depth):
        at = math.exp(x)
        seconds.append(math.exp(x + mean + variance / 2))
        value, growth = _bends(lengths, at)
        own = _fluctuations(lengths, at)
        shift = growth.slope * mean + growth.bend * variance / 2 - own[1] / width / 2
        sizes = own[1] / width, own[2] / width
        own_growth = _Growth(growth.value + shift, growth.slope, *sizes, _returned(lengths, at))
        growths.append(own_growth)
        slopes.append(value.slope)
        spreads.append(variance)
        x, noise = value.value, own[0] / width
        mean = value.slope * mean + value.bend * variance / 2 - noise / 2
        variance = value.slope**2 * variance + noise
    return MeanSquares(np.array(seconds), _gradients(growths, slopes, spreads, width))


def _gradients(
    growths: list[_Growth], slopes: list[float], spreads: list[float], width: int
) -> Array:
    """Means of products of growths from each layer on, as of the exponential of a normal sum."""
    depth, found = len(growths), []
    mean, variance, remembered = 0.0, 0.0, 1.0
    for layer in reversed(range(depth)):
        own = growths[layer]
        shared = slopes[layer] * own.slope * spreads[layer] + own.shared
        variance += own.slope**2 * spreads[layer] + own.spread
        for later in range(layer + 1, depth):  # how the fluctuations here move the length there
            variance += 2 * growths[later].slope * shared
            shared *= slopes[later]
        mean += own.mean + math.log1p(own.back.share * (remembered - 1) / width)
        remembered = own.back.kept * remembered + own.back.added
        found.append(math.exp(mean + variance / 2))
    return np.array(found[::-1])


def _bends(lengths: VarianceMap, q: float) -> tuple[_Bend, _Bend]:
    """Of log V(q), and of the logarithm of the growth of squared gradients."""
    places = [q * math.exp(step) for step in (-STEP, 0.0, STEP)]
    found = []
    for function in (lengths, lengths.gradient_growth):
        low, middle, high = (math.log(function(place)) for place in places)
        bend = (high - 2 * middle + low) / STEP**2
        found.append(_Bend(middle, (high - low) / (2 * STEP), bend))
    return found[0], found[1]


def _fluctuations(lengths: VarianceMap, q: float) -> tuple[float, float, float]:
    """Of V and g, relative, times the width: both variances, and the covariance."""
    squares = second_moments(lengths.f, q)
    fourth, mixed, slopes, *_ = _mixed_moments(lengths.f, q)
    whole, weights = lengths(q), lengths.weight_variance
    first = weights**2 * (fourth - squares.value**2) / whole**2
    second = slopes / squares.slope**2 - 1
    both = weights * (mixed - squares.value * squares.slope) / (whole * squares.slope)
    return first, second, both


def _returned(lengths: VarianceMap, q: float) -> _Return:
    squares = second_moments(lengths.f, q)
    _, mixed, _, product, turned = _mixed_moments(lengths.f, q)
    kept = product**2 / (q * squares.value * squares.slope)
    all_of_it = turned / (q * squares.slope)
    return _Return(kept, all_of_it - kept, mixed / (squares.value * squares.slope))


@lru_cache(maxsize=1024)
def _mixed_moments(f: Nonlinearity, q: float) -> tuple[float, float, float, float, float]:
    """E[f^4], E[f^2 f'^2], E[f'^4], E[z f f'] and E[z^2 f'^2]."""
    evaluate = derivatives_of(f.root, 1)

    def integrands(x: Array) -> Array:
        value, slope = evaluate(x)
        squares = value**2, slope**2
        fourth = squares[0] ** 2, squares[0] * squares[1], squares[1] ** 2
        return np.stack([*fourth, x * value * slope, x**2 * squares[1]])

    found = [each.value for each in expect_all(integrands, f.breaks, 0.0, math.sqrt(q))]
    return found[0], found[1], found[2], found[3], found[4]
