"""Why a training run stopped being finite: at which step, in which layer, what led there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nonlin._text import Text, in_a_row, listed, power, text
from nonlin.network.feedforward import Feedforward

Where = Literal["start", "sums", "activations", "parameters", "loss"]
GROWN = 10.0  # times its size at the start: then a layer's growth is part of the story


@dataclass(frozen=True, slots=True)
class Divergence:
    """The step at which numbers stopped being finite; `str()` tells it in sentences.

    step, epoch: counted from 1. layer: the first one with such numbers on the way forward (the
    output layer has the largest number), or with broken parameters; None if only the loss is
    not finite. where: its weights and biases before training (start), its weighted sums, its
    activations, its weights and biases (broken by the update of this step), or the loss.
    losses: of the last steps, this one last. growth: root mean square of each layer's weights
    and biases over that at the start.
    """

    step: int
    epoch: int
    layer: int | None
    where: Where
    losses: tuple[float, ...]
    growth: tuple[float, ...]
    learning_rate: float

    @property
    def sentences(self) -> tuple[Text, ...]:
        """What happened, and what led there."""
        known = {"step": self.step, "epoch": self.epoch, "layer": self.layer}
        return (text(f"divergence.{self.where}", **known), *self._before())

    def __str__(self) -> str:
        return in_a_row(self.sentences)

    def _before(self) -> Iterator[Text]:
        if self.where == "start":  # no step led there, and no rate would help
            return
        if self.step == 1 and self.where != "parameters":
            yield text("divergence.at_once")
            return
        earlier = self.losses[:-1] if self.where != "parameters" else self.losses
        if earlier:
            yield text("divergence.losses", losses=listed(f"{each:.3g}" for each in earlier))
        layer = int(np.argmax(np.nan_to_num(self.growth, nan=np.inf)))
        if not self.growth[layer] <= GROWN:
            growth = power(self.growth[layer], 2)
            yield text("divergence.grown", layer=layer + 1, growth=growth)
        yield text("divergence.advice", rate=f"{self.learning_rate:g}")


def sizes(network: Feedforward) -> np.ndarray:
    """Root mean square of the parameters of each layer, float64; finite if they are."""
    layers = zip(network.weights, network.biases, strict=True)
    return np.array([_size(np.append(weights, biases)) for weights, biases in layers])


def _size(values: np.ndarray) -> float:
    """Squares would overflow where values near the largest float64 do not."""
    largest = float(np.abs(values).max())
    if largest == 0 or not np.isfinite(largest):
        return largest
    return largest * float(np.sqrt(np.mean(np.square(values / largest, dtype=np.float64))))


def explain(
    network: Feedforward,
    rows: np.ndarray,
    before: np.ndarray,
    when: tuple[int, int],
    losses: Sequence[float],
    rate: float,
) -> Divergence:
    """What `network`, with the parameters that diverged, does to the rows of that step.

    before: `sizes` at the start. when: (epoch, step).
    """
    where, layer = _at_start(before) or _first_broken(network, rows)
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = sizes(network) / before
    epoch, step = when
    known = tuple(float(each) for each in growth)
    return Divergence(step, epoch, layer, where, tuple(losses), known, rate)


def _at_start(before: np.ndarray) -> tuple[Where, int] | None:
    """Such a layer breaks all others within a step, so that it must be looked for first."""
    broken = np.flatnonzero(~np.isfinite(before))
    return ("start", int(broken[0]) + 1) if broken.size else None


def _first_broken(network: Feedforward, rows: np.ndarray) -> tuple[Where, int | None]:
    """On the way back from the loss, the last layer is the first whose update breaks it."""
    layers = list(zip(network.weights, network.biases, strict=True))
    for layer in range(len(layers), 0, -1):
        if not all(np.isfinite(each).all() for each in layers[layer - 1]):
            return "parameters", layer
    for layer, values in enumerate(network.trace(rows).layers, start=1):
        if not np.isfinite(values.preactivations).all():
            return "sums", layer
        if layer < len(layers) and not np.isfinite(values.activations).all():
            return "activations", layer
    return "loss", None
