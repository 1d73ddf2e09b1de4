"""Weight initialisation: published rules, and `auto`, derived from the activation itself.

Every layer draws from a random stream of its own, and the noise depends on seed and shape
only: two networks that differ in their activation start from the same noise, scaled
differently, so that they can be compared in pairs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nonlin._errors import InputError, nearest

Fill = Callable[[np.random.Generator, int, int], np.ndarray]
GAINS = (1e-15, 1e15)
Variance = Callable[[int, int], float]


def _normal(random: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    return random.standard_normal((fan_in, fan_out))


def _uniform(random: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    edge = math.sqrt(3.0)  # variance 1
    return random.uniform(-edge, edge, (fan_in, fan_out))


def _orthogonal(random: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    tall = random.standard_normal((max(fan_in, fan_out), min(fan_in, fan_out)))
    q, r = np.linalg.qr(tall)
    q *= np.where(np.diag(r) < 0, -1.0, 1.0)  # makes the distribution uniform (Mezzadri 2007)
    return q if fan_in >= fan_out else q.T


def _zeros(random: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    return np.zeros((fan_in, fan_out))


@dataclass(frozen=True, slots=True)
class Initialisation:
    """How the weights of one layer are drawn: noise of unit scale, times sqrt(variance).

    `variance(fan_in, fan_out)` is the variance of a weight for an activation of gain 1;
    `uses_gain` says whether the weights are multiplied by the gain 1/sqrt(E[f(z)^2]) of the
    activation that feeds the layer as well. Biases start at zero.
    """

    name: str
    fill: Fill
    variance: Variance
    uses_gain: bool
    source: str

    def draw(
        self, random: np.random.Generator, fan_in: int, fan_out: int, gain: float = 1.0
    ) -> np.ndarray:
        """A float64 matrix of shape (fan_in, fan_out)."""
        scale = math.sqrt(self.variance(fan_in, fan_out)) * (gain if self.uses_gain else 1.0)
        return self.fill(random, fan_in, fan_out) * scale


def _glorot(fan_in: int, fan_out: int) -> float:
    return 2.0 / (fan_in + fan_out)


def _he(fan_in: int, fan_out: int) -> float:
    return 2.0 / fan_in


def _lecun(fan_in: int, fan_out: int) -> float:
    return 1.0 / fan_in


def _unit(fan_in: int, fan_out: int) -> float:
    return 1.0


_GLOROT = "Glorot and Bengio, AISTATS 2010"
_HE = "He et al., ICCV 2015, arXiv:1502.01852"
_LECUN = "LeCun et al., Efficient BackProp, 1998"
_SAXE = "Saxe et al., ICLR 2014, arXiv:1312.6120"

INITIALISATIONS: dict[str, Initialisation] = {
    rule.name: rule
    for rule in (
        Initialisation("auto", _normal, _lecun, True, "1/sqrt(E[f(z)^2]), z ~ N(0, 1)"),
        Initialisation("glorot_normal", _normal, _glorot, False, _GLOROT),
        Initialisation("glorot_uniform", _uniform, _glorot, False, _GLOROT),
        Initialisation("he_normal", _normal, _he, False, _HE),
        Initialisation("he_uniform", _uniform, _he, False, _HE),
        Initialisation("lecun_normal", _normal, _lecun, False, _LECUN),
        Initialisation("lecun_uniform", _uniform, _lecun, False, _LECUN),
        Initialisation("orthogonal", _orthogonal, _unit, True, _SAXE),
        Initialisation("zeros", _zeros, _unit, False, ""),
    )
}


def initialisation(name: str) -> Initialisation:
    """The initialisation called `name`; InputError with the nearest match if there is none."""
    if isinstance(name, str) and name in INITIALISATIONS:
        return INITIALISATIONS[name]
    allowed = ", ".join(INITIALISATIONS)
    hint = nearest(str(name), INITIALISATIONS)
    raise InputError("unknown_initialisation", given=name, allowed=allowed, hint=hint)


def scales(gain: float) -> bool:
    """Can weights be multiplied by `gain`, so that they and their squares are float32 numbers?"""
    return GAINS[0] < gain < GAINS[1]


def usable_gain(name: str, gain: float) -> float:
    """`gain` of the activation `name`, or InputError if no weight could be scaled by it."""
    if scales(gain):
        return gain
    raise InputError("no_gain", name=name, gain=f"{gain:g}")


def streams(seed: int, layers: int) -> list[np.random.Generator]:
    """One independent random stream per layer (PCG64, spawned from `seed`)."""
    return [
        np.random.Generator(np.random.PCG64(child))
        for child in np.random.SeedSequence(seed).spawn(layers)
    ]
