"""Sums over rows that merge: what two say of their rows is what one says of all, to rounding."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from nonlin.activation import Activation

FLAT = 0.01  # a slope below this share of the largest one counts as saturated
ROUNDING = 1e-5  # leaky_relu's slope 0.01 is not below 1 %, although float32(0.01) < 0.01
NOTHING = np.zeros(())  # before the first row; takes the shape of whatever is added
NEVER = np.zeros((), bool)


class Moments(NamedTuple):
    """Mean and sum of squared deviations of each column, float64, shape (columns,), or ().

    Merged as by Chan, Golub and LeVeque (1983).
    """

    rows: int = 0
    means: np.ndarray = NOTHING
    deviations: np.ndarray = NOTHING

    @classmethod
    def of(cls, block: np.ndarray) -> Moments:
        """Of rows, shape (rows, columns) or (rows,), at least one."""
        means = block.mean(axis=0, dtype=np.float64)
        return cls(len(block), means, np.square(block - means).sum(axis=0))

    def merged(self, other: Moments) -> Moments:
        """Of the rows of both."""
        total = max(self.rows + other.rows, 1)
        shift = other.means - self.means
        between = shift**2 * (self.rows * other.rows / total)
        means = self.means + shift * (other.rows / total)
        return Moments(
            self.rows + other.rows, means, self.deviations + (other.deviations + between)
        )

    @property
    @np.errstate(all="ignore")  # of networks that explode
    def variances(self) -> np.ndarray:
        """Of each column over the rows."""
        return self.deviations / self.rows

    @property
    @np.errstate(all="ignore")
    def second(self) -> float:
        """Mean square of all numbers."""
        return float((np.square(self.means) + self.variances).mean())


class Slopes(NamedTuple):
    """How often slopes are 0, or nearly: arrays of shape (neurons,).

    sloped: was one other than 0 met? flat: how many were saturated.
    """

    rows: int = 0
    sloped: np.ndarray = NEVER
    flat: np.ndarray = NOTHING

    @classmethod
    def of(cls, block: np.ndarray, activation: Activation | None) -> Slopes:
        """Of slopes f'(z), shape (rows, neurons)."""
        flat = (np.abs(block) < threshold(activation, block)).sum(axis=0)
        return cls(len(block), (block != 0).any(axis=0), flat)

    def merged(self, other: Slopes) -> Slopes:
        """Of the rows of both."""
        sloped, flat = self.sloped | other.sloped, self.flat + other.flat
        return Slopes(self.rows + other.rows, sloped, flat)


class Gradients(NamedTuple):
    """lengths: of dL/dz of a row, squared; weights: sum of dL/dW over rows, None if not told."""

    lengths: Moments = Moments()
    weights: np.ndarray | None = None

    @classmethod
    def of(cls, errors: np.ndarray, weights: np.ndarray | None) -> Gradients:
        """Of dL/dz of each row, shape (rows, neurons), and dL/dW of all of them together."""
        return cls(Moments.of(np.square(errors, dtype=np.float64).sum(axis=1)), weights)

    def merged(self, other: Gradients) -> Gradients:
        """Of the rows of both."""
        told = [each for each in (self.weights, other.weights) if each is not None]
        weights = told[0] + told[1] if len(told) == 2 else (*told, None)[0]
        return Gradients(self.lengths.merged(other.lengths), weights)


def threshold(activation: Activation | None, slopes: np.ndarray) -> float:
    """Slopes of smaller size count as saturated: 1 % of the largest that f can have.

    Of the largest one among `slopes` where there is no bound, as in x^2, or f is not known.
    """
    steepest = math.inf if activation is None else activation.properties.lipschitz
    if not math.isfinite(steepest):
        steepest = float(np.abs(slopes).max(initial=0.0))
    if steepest == 0.0:  # flat everywhere, as in a step: every slope counts
        return math.inf
    return FLAT * (1 - ROUNDING) * steepest
