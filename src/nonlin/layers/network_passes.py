"""Forward and back through a `Network`, block by block, into the streams of its layers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from nonlin import checks
from nonlin.layers.sample import SAMPLED
from nonlin.layers.stream import (
    LayerSpec,
    LayerStream,
    dead_share,
    gradient_ratio,
    saturated_share,
)
from nonlin.network import Loss, Network
from nonlin.network.goal import Goal, goal

BLOCK = 1 << 22  # numbers that a block of rows may have in all layers together: 16 MiB
REACH = 1e30  # ratios are held inside [1/REACH, REACH], so that their logarithms have a mean


class Passed(NamedTuple):
    """A layer on the way forward: what it receives, z, and f'(z) (of the output layer z)."""

    inputs: np.ndarray
    sums: np.ndarray
    slopes: np.ndarray


def specs(network: Network) -> tuple[LayerSpec, ...]:
    """Its layers; their names are their numbers."""
    activations = (*network.hidden, network.output)
    found = zip(pairwise(network.sizes), activations, strict=True)
    return tuple(LayerSpec(str(n), *fans, f) for n, (fans, f) in enumerate(found, start=1))


def looked_at(network: Network, inputs: Any) -> tuple[float, float]:
    """Shares, 0 to 1, of dead hidden neurons, and of saturated pairs (row, hidden neuron).

    Dead: slope f'(z) exactly 0 on every row, so that the neuron receives no gradient and cannot
    learn. Saturated: |f'(z)| below 1 % of its maximum, the one over all z, read off the formula.
    inputs: (rows, features), at least one row. Raises InputError for unusable inputs.
    """
    streams = _streams(network)
    _forward(network, _checked(network, inputs), streams)
    return dead_share(streams[:-1]), saturated_share(streams[:-1])


@np.errstate(all="ignore")
def starting(
    network: Network, inputs: Any, target: Any, loss: str | Loss | None = None
) -> tuple[float, float]:
    """Share of dead hidden neurons, and `gradient_ratio` of the hidden layers.

    The ratio is held inside [1e-30, 1e30], and NaN where gradients are. inputs, target, loss: as
    in `Network.fit`; InputError if unusable.
    """
    streams = _streams(network)
    passed = _forward(network, _checked(network, inputs), streams)
    _, errors = goal(network, inputs, target, loss)(passed[-1].sums, slice(None))
    for stream, each in zip(reversed(streams), _back(network, passed, errors), strict=True):
        stream.add_gradients(each)
    ratio = gradient_ratio([each.gradient for each in streams[:-1]])
    held = math.nan if ratio is None else min(max(ratio, 1 / REACH), REACH)
    return dead_share(streams[:-1]), held


@np.errstate(all="ignore")  # of networks that explode
def observe(
    network: Network, X: np.ndarray, y: Any, chosen: str | Loss | None = None
) -> tuple[list[LayerStream], float | None]:
    """What each layer shows on checked rows X, and the mean loss (`chosen`) if y is given."""
    streams = _streams(network)
    goals = None if y is None else goal(network, X, y, chosen)
    loss = 0.0
    for rows in _blocks(network, len(X)):
        passed = _forward(network, X[rows], streams)
        for stream, each in zip(streams, passed, strict=True):
            stream.add(each.sums)
        if goals is not None:
            loss += _backward(network, passed, goals, rows, streams)
    traced = network.trace(X[:: math.ceil(len(X) / SAMPLED)]).layers
    for stream, layer in zip(streams, traced, strict=True):
        stream.add_sample(layer.preactivations, layer.activations, len(X))
    return streams, None if goals is None else loss / len(X)


def _streams(network: Network) -> list[LayerStream]:
    return [LayerStream(each) for each in specs(network)]


def _checked(network: Network, inputs: Any) -> np.ndarray:
    return checks.some("X", checks.features(inputs, network.sizes[0], network.dtype))


def _blocks(network: Network, rows: int) -> Iterator[slice]:
    step = max(1, BLOCK // sum(network.sizes))
    return (slice(start, min(start + step, rows)) for start in range(0, rows, step))


@np.errstate(all="ignore")
def _forward(network: Network, values: np.ndarray, streams: Sequence[LayerStream]) -> list[Passed]:
    """All layers of a block of rows; the streams of the hidden ones are fed with slopes."""
    passed = []
    parameters = list(zip(network.weights, network.biases, strict=True))
    for f, (weights, biases), stream in zip(network.hidden, parameters, streams, strict=False):
        sums = values @ weights + biases
        after, slopes = f.trained.value_and_derivative(sums)
        stream.add_slopes(slopes)
        passed.append(Passed(values, sums, slopes))
        values = after
    logits = values @ parameters[-1][0] + parameters[-1][1]
    return [*passed, Passed(values, logits, logits)]


def _back(network: Network, passed: Sequence[Passed], errors: np.ndarray) -> Iterator[np.ndarray]:
    """dL/dz of each layer, from that of the output layer back."""
    yield errors
    weights = network.weights
    for layer in range(len(passed) - 2, -1, -1):
        errors = (errors @ weights[layer + 1].T) * passed[layer].slopes
        yield errors


def _backward(
    network: Network,
    passed: Sequence[Passed],
    goals: Goal,
    rows: slice,
    streams: Sequence[LayerStream],
) -> float:
    """Feeds the streams with gradients; the sum of the losses of the block."""
    loss, last = goals(passed[-1].sums, rows)
    layers = zip(reversed(streams), reversed(passed), _back(network, passed, last), strict=True)
    for stream, each, errors in layers:
        stream.add_gradients(errors, each.inputs.T @ errors)
    return loss
