"""What can be changed when a network does not train; a change is a cause if it helps."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from nonlin._text import Text, text
from nonlin.activation import Activation
from nonlin.catalogue import get
from nonlin.network import Network, Settings
from nonlin.network.loss import loss_for
from nonlin.stability.trial import Examination, State
from nonlin.stability.verdicts import Finding, place

SCALES = (0.05, 20.0)  # mean square of inputs, and of targets, that need no scaling
OFFSET = 10.0  # mean of a column over its standard deviation
FOREIGN = 5.0  # times the size that `auto` gives weights, or its inverse: not drawn for this
LARGE_BIAS = 5.0  # standardised signals rarely come so far
RATES = (10.0, 100.0, 1000.0)  # by which the learning rate is divided, or multiplied
SUBSTITUTES = {"bounded": ("tanh", "elu"), "other": ("leaky_relu", "elu", "tanh")}


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """A changed state; `cause` is what was wrong if the change helps, `advice` what to do.

    layers: where the cause lies, all if empty.
    """

    cause: str
    layers: tuple[int, ...]
    state: State
    explanation: Text
    advice: Text


def changes(state: State, found: Examination) -> Iterator[Change]:
    """All that may help, the mildest first."""
    yield from _scaled_inputs(state)
    yield from _scaled_targets(state)
    yield from _redrawn_layers(state, found.findings)
    if not found.at_start:
        yield from _other_rates(state, found)
    yield from _initialised(state)
    yield from _other_activation(state, found.findings)


def _scaled_inputs(state: State) -> Iterator[Change]:
    values = state.X.astype(np.float64)
    means, scales = values.mean(axis=0), values.std(axis=0)
    second = float(np.square(values).mean())
    offset = float((np.abs(means) / np.where(scales > 0, scales, 1.0)).max())
    if SCALES[0] <= second <= SCALES[1] and offset <= OFFSET:
        return
    standard = ((values - means) / np.where(scales > 0, scales, 1.0)).astype(state.X.dtype)
    why = text("cause.inputs", size=f"{math.sqrt(second):.2g}", offset=f"{offset:.2g}")
    changed = replace(state, X=standard)
    yield Change("inputs", (1,), changed, why, text("change.inputs"))


def _scaled_targets(state: State) -> Iterator[Change]:
    """For losses of quantities in any unit, at an identity output."""
    loss = loss_for(state.network.output.name, state.loss)
    if loss.output != "identity":
        return
    values = np.asarray(state.y, np.float64)
    mean, scale, second = values.mean(axis=0), values.std(axis=0), float(np.square(values).mean())
    if SCALES[0] <= second <= SCALES[1] or not np.all(scale > 0):
        return
    changed = replace(state, y=(values - mean) / scale)
    why = text("cause.targets", size=f"{math.sqrt(second):.2g}")
    yield Change("targets", (len(state.network.weights),), changed, why, text("change.targets"))


def _redrawn_layers(state: State, found: tuple[Finding, ...]) -> Iterator[Change]:
    """Only the layers whose weights or biases no initialisation would have drawn; then the one
    in which something is found, if it is one.
    """
    fresh = _fresh(state.network, state.network.hidden)
    foreign = tuple(_foreign(state.network, fresh))
    if foreign:
        layers = tuple(number for number, _ in foreign)
        why = text("cause.layers", where=place(layers), what=foreign[0][1], first=layers[0])
        yield _redrawn(state, fresh, layers, why)
    where = tuple(number for each in found for number in each.layers)
    if len(where) == 1 and state.network.init == "auto":
        yield _redrawn(state, fresh, where, text("cause.layer", where=place(where)))


def _redrawn(state: State, fresh: Network, layers: tuple[int, ...], why: Text) -> Change:
    changed = state.network.copy()
    for number in layers:
        changed.weights[number - 1][:] = fresh.weights[number - 1]
        changed.biases[number - 1][:] = fresh.biases[number - 1]
    advice = text("change.layers", where=place(layers))
    return Change("layers", layers, replace(state, network=changed), why, advice)


def _foreign(network: Network, fresh: Network) -> Iterator[tuple[int, Text]]:
    """(layer, what is wrong with its parameters)."""
    layers = zip(network.weights, network.biases, fresh.weights, strict=True)
    for number, (weights, biases, usual) in enumerate(layers, start=1):
        if not (np.isfinite(weights).all() and np.isfinite(biases).all()):
            yield number, text("cause.not_finite")
            continue
        size = _root_mean_square(weights) / _root_mean_square(usual)
        if np.ptp(weights) == 0 and weights.size > 1:
            yield number, text("cause.equal", value=f"{weights.flat[0]:g}")
        elif weights.shape[1] > 1 and not np.ptp(weights, axis=1).any():
            yield number, text("cause.alike")
        elif not 1 / FOREIGN <= size <= FOREIGN:
            yield number, text("cause.weights", size=f"{size:.2g}")
        elif np.abs(biases).max() > LARGE_BIAS:
            extreme = biases[np.abs(biases).argmax()]
            yield number, text("cause.biases", value=f"{extreme:.3g}")


def _other_rates(state: State, found: Examination) -> Iterator[Change]:
    """Smaller ones, the usual one among them; larger ones, too, if training did no harm."""
    rate, usual = state.settings.learning_rate, Settings().learning_rate
    others = {usual, *(rate / factor for factor in RATES)}
    if found.sound:
        others |= {rate * factor for factor in RATES}
    for other in sorted(others - {rate}):
        if other > rate and not found.sound:
            continue
        settings = replace(state.settings, learning_rate=other)
        why = text("cause.rate" if other < rate else "cause.rate_small", rate=f"{rate:g}")
        advice = text("change.rate", rate=f"{other:g}")
        yield Change("learning_rate", (), replace(state, settings=settings), why, advice)


def _initialised(state: State) -> Iterator[Change]:
    """All layers drawn for their activations."""
    names = ", ".join(dict.fromkeys(each.name for each in state.network.hidden))
    changed = replace(state, network=_fresh(state.network, state.network.hidden))
    why = text("cause.initialisation", names=names, init=state.network.init)
    if state.network.init == "auto":
        if np.array_equal(state.network.parameters, changed.network.parameters):
            return  # they are just these
        why = text("cause.drawn")
    yield Change("initialisation", (), changed, why, text("change.initialisation", names=names))


def _other_activation(state: State, found: tuple[Finding, ...]) -> Iterator[Change]:
    """Another activation in all layers, with weights drawn for it."""
    old = state.network.hidden
    bounded = all(math.isfinite(max(map(abs, each.properties.range))) for each in old)
    for name in SUBSTITUTES["bounded" if bounded else "other"]:
        if any(each.name == name for each in old):
            continue
        hidden = (get(name),) * len(old)
        changed = replace(state, network=_fresh(state.network, hidden))
        names = ", ".join(dict.fromkeys(each.name for each in old))
        layers = len(old)
        why = text("cause.activation", names=names, layers=layers)
        advice = text("change.activation", name=name, names=names)
        where = tuple(number for each in found for number in each.layers)
        yield Change("activation", where, changed, why, advice)


def _fresh(network: Network, hidden: tuple[Activation, ...]) -> Network:
    """The same architecture, never trained, drawn by `auto` with the same seed."""
    return Network(network.sizes, hidden, network.output, "auto", network.seed, network.dtype)


def _root_mean_square(values: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        return max(float(np.sqrt(np.square(values, dtype=np.float64).mean())), 1e-300)
