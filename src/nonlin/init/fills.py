"""Random streams, and matrices of unit scale: the noise that an initialisation multiplies."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

Fill = Callable[[np.random.Generator, int, int], np.ndarray]

CONNECTIONS = 15  # inputs of a sparse neuron: Martens, ICML 2010


def streams(seed: int, layers: int) -> list[np.random.Generator]:
    """One independent random stream per layer (PCG64, spawned from `seed`)."""
    return [
        np.random.Generator(np.random.PCG64(child))
        for child in np.random.SeedSequence(seed).spawn(layers)
    ]


def normal(random: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    """Standard normal entries."""
    return random.standard_normal((fan_in, fan_out))


def uniform(random: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    """Uniform entries of variance 1."""
    edge = math.sqrt(3.0)
    return random.uniform(-edge, edge, (fan_in, fan_out))


def orthogonal(random: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    """Orthogonal columns, or rows if there are fewer, uniformly distributed; entries of variance 1.

    Their length is sqrt(max(fan_in, fan_out)).
    """
    tall = random.standard_normal((max(fan_in, fan_out), min(fan_in, fan_out)))
    q, r = np.linalg.qr(tall)
    q *= np.where(np.diag(r) < 0, -1.0, 1.0)  # makes the distribution uniform (Mezzadri 2007)
    q *= math.sqrt(len(tall))
    return q if fan_in >= fan_out else q.T


def sparse(random: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    """At most 15 entries in each column, scaled so that its squares sum to fan_in on average."""
    count = min(CONNECTIONS, fan_in)
    ranks = random.random((fan_in, fan_out)).argsort(axis=0).argsort(axis=0)
    noise = random.standard_normal((fan_in, fan_out)) * math.sqrt(fan_in / count)
    return np.where(ranks < count, noise, 0.0)


def ones(random: np.random.Generator, fan_in: int, fan_out: int) -> np.ndarray:
    """Nothing random."""
    return np.ones((fan_in, fan_out))
