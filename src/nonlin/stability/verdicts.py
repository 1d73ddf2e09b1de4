"""From what was seen of a layer to one word: healthy, vanishing, exploding, dying, ..."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Literal

import numpy as np

from nonlin._text import Text, listed, percent, power, text
from nonlin.activation import Activation
from nonlin.layers.accumulators import threshold
from nonlin.stability.layer_stability import LayerStability, Stability

Kind = Literal[
    "healthy", "not_finite", "exploding", "vanishing", "dying", "saturated", "collapsed", "copied",
    "risen",
    "uneven",
]  # fmt: skip

Part = Literal["signal", "gradient", "both"]

# Chosen on networks of 2 to 50 layers that were then trained (tools and figures: docs/stability.md)
LARGEST = 1e3  # mean of z^2: inputs and weights are meant to keep it near 1
LARGE, JUMP = 10.0, 100.0  # mean of z^2, and times that of the layer before
GRADIENT = 1e3  # length of dL/dz over that of the output layer, or its inverse
DEAD = 0.5  # share of neurons; a random relu network of 50 layers loses up to 0.4
SATURATED = 0.7  # of what standard normal sums would not saturate
SIGNAL = 1e-3  # share of z^2 that differs between rows
RANK = 1.5  # effective rank, where the inputs and the layer have more than FEW directions
FEW = 4
COPIED = 0.5  # share of distinct neurons; widening by one copy of each keeps half
MUCH = 1e5  # times what is healthy: the sentence says so
NORMAL = 2001  # quantiles that stand for standard normal sums


@dataclass(frozen=True, slots=True)
class Verdict:
    """One word on a layer, the number it rests on, and which of the two it is that vanishes."""

    layer: int
    kind: Kind
    value: float
    part: Part = "both"


@dataclass(frozen=True, slots=True)
class Finding:
    """Neighbouring layers with one verdict; `str()` says it in a sentence."""

    kind: Kind
    layers: tuple[int, ...]
    value: float
    part: Part = "both"

    @property
    def sentence(self) -> Text:
        """What was found, where, and the number for the first of these layers."""
        value = power(self.value, 2)
        if self.kind == "copied":
            value = f"{self.value:.0f}"
        known = {"first": self.layers[0], "value": value, "percent": percent(self.value)}
        return text(f"verdict.{self.kind}{self._degree}", where=place(self.layers), **known)

    @property
    def _degree(self) -> str:
        """Suffixes of the message: what vanishes, and that the number is no extreme one."""
        mild = self.kind == "exploding" and self.value < MUCH
        mild |= self.kind == "vanishing" and self.value > 1 / MUCH
        part = f"_{self.part}" if self.kind == "vanishing" and self.part != "both" else ""
        return f"{part}_mildly" if mild else part

    def __str__(self) -> str:
        return str(self.sentence)


def place(layers: Sequence[int]) -> Text:
    """ "layer 3", "layers 2 to 5" or "layers 1, 3, 4"."""
    first, last = layers[0], layers[-1]
    if len(layers) == 1:
        return text("where.one", layer=first)
    if last - first + 1 == len(layers):
        return text("where.range", first=first, last=last)
    return text("where.list", layers=listed(str(each) for each in layers))


def verdicts(seen: Stability) -> tuple[Verdict, ...]:
    """One per layer; the output layer is healthy if it is finite and not too large."""
    found = []
    before: LayerStability | None = None
    for layer in seen.layers:
        kind, value = _verdict(layer, before, seen)
        part = _vanished(layer, before, seen) if kind == "vanishing" else "both"
        found.append(Verdict(layer.number, kind, value, part))
        before = layer
    return tuple(found)


def findings(found: Sequence[Verdict]) -> tuple[Finding, ...]:
    """Runs of layers that are not healthy."""
    result = []
    for kind, group in groupby(found, lambda each: each.kind):
        run = list(group)
        if kind != "healthy":
            parts = {each.part for each in run}
            part = run[0].part if len(parts) == 1 else "both"
            result.append(Finding(kind, tuple(each.layer for each in run), run[0].value, part))
    return tuple(result)


def _verdict(
    layer: LayerStability, before: LayerStability | None, seen: Stability
) -> tuple[Kind, float]:
    """The gravest that holds."""
    if not layer.finite:
        return "not_finite", layer.second
    growth = _growth(layer, before)
    steep = _steepness(layer, seen)
    if layer.second > LARGEST:
        return "exploding", layer.second
    if layer.dead_share >= DEAD:
        return "dying", layer.dead_share
    if layer.second > LARGE and growth > JUMP:
        return "exploding", layer.second
    if layer is seen.layers[-1]:
        return "healthy", layer.second
    if _excess(layer) > SATURATED:
        return "saturated", layer.saturated_share
    if steep > GRADIENT:
        return "exploding", steep
    if steep < 1 / GRADIENT or max(growth, layer.second) < 1 / JUMP:
        return "vanishing", min(steep, layer.second)
    return _alike(layer, seen)


def _growth(layer: LayerStability, before: LayerStability | None) -> float:
    """Mean of z^2 over that of the layer before."""
    return layer.second / before.second if before and before.second > 0 else 1.0


def _vanished(layer: LayerStability, before: LayerStability | None, seen: Stability) -> Part:
    """What it is that vanishes in a layer where something does."""
    signal = max(_growth(layer, before), layer.second) < 1 / JUMP
    if _steepness(layer, seen) >= 1 / GRADIENT:
        return "signal"
    return "both" if signal else "gradient"


def _alike(layer: LayerStability, seen: Stability) -> tuple[Kind, float]:
    """Have rows, or neurons, become one?"""
    if layer.signal < SIGNAL:
        return "collapsed", layer.signal
    several = min(seen.layers[0].neurons, layer.neurons, seen.input_rank) > FEW
    if several and layer.rank < RANK:
        return "collapsed", layer.rank
    copied = layer.neurons > FEW and layer.distinct < COPIED * layer.neurons
    return ("copied", layer.distinct) if copied else ("healthy", layer.second)


def _steepness(layer: LayerStability, seen: Stability) -> float:
    """Length of dL/dz over that of the output layer; 1 where nothing is known."""
    last = seen.layers[-1].gradient
    if layer.gradient is None or not last or seen.first_not_finite is not None:
        return 1.0
    if seen.layers[-1].weight == 0 and all(each.weight for each in seen.hidden):
        return 1.0  # of weights drawn as 0 on purpose, which the first step moves
    return layer.gradient / last if math.isfinite(layer.gradient) else math.inf


def _excess(layer: LayerStability) -> float:
    """Share of saturated pairs among those that standard normal sums would not saturate.

    0 for a slope without bound, of which the largest one met is no measure.
    """
    activation = layer.spec.activation
    if activation is None or not math.isfinite(activation.properties.lipschitz):
        return 0.0
    usual = usually_saturated(activation)
    return (layer.saturated_share - usual) / (1 - usual) if usual < 1 else 0.0


@cache
def usually_saturated(activation: Activation) -> float:
    """Share of standard normal sums that saturate: half of them for relu."""
    from scipy.special import ndtri

    slopes = activation.derivative(ndtri((np.arange(NORMAL) + 0.5) / NORMAL))
    return float((np.abs(slopes) < threshold(activation, slopes)).mean())
