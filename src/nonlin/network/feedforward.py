"""Layers of neurons whose parameters lie in one buffer: the forward pass, trace, copies."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np

from nonlin import checks
from nonlin.activation import Activation
from nonlin.network.trace import LayerTrace, Trace

BLOCK = 32  # rows of a product


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Feedforward:
    """What training and everything that looks at layers know of a network: see `Network`."""

    sizes: tuple[int, ...]
    hidden: tuple[Activation, ...]
    output: Activation
    init: str
    seed: int
    parameters: np.ndarray

    def __repr__(self) -> str:
        sizes = "-".join(str(size) for size in self.sizes)
        names = ", ".join(activation.name for activation in (*self.hidden, self.output))
        return f"<Network {sizes}: {names}; init {self.init}, seed {self.seed}, {self.dtype}>"

    @property
    def dtype(self) -> np.dtype[Any]:
        """float32 or float64: of parameters, sums and results."""
        return self.parameters.dtype

    @property
    def weights(self) -> tuple[np.ndarray, ...]:
        """One (fan_in, fan_out) view of the buffer per layer."""
        return tuple(self._views([(i, o) for i, o in pairwise(self.sizes)], 0))

    @property
    def biases(self) -> tuple[np.ndarray, ...]:
        """One (fan_out,) view of the buffer per layer."""
        start = sum(i * o for i, o in pairwise(self.sizes))
        return tuple(self._views([(o,) for o in self.sizes[1:]], start))

    def _views(self, shapes: Sequence[tuple[int, ...]], start: int) -> Iterator[np.ndarray]:
        for shape in shapes:
            count = math.prod(shape)
            yield self.parameters[start : start + count].reshape(shape)
            start += count

    def begin(self, X: np.ndarray) -> None:
        """Called before training on X (rows, inputs): a chance to start from these rows."""

    def logits(self, X: Any) -> np.ndarray:
        """Preactivations of the output layer, shape (rows, outputs), for X (rows, inputs)."""
        values = checks.features(X, self.sizes[0], self.dtype)
        *before, last = zip(self.weights, self.biases, strict=True)
        for activation, (weights, biases) in zip(self.hidden, before, strict=True):
            values = activation(_product(values, weights) + biases)
        return np.asarray(_product(values, last[0]) + last[1])

    def forward(self, X: Any) -> np.ndarray:
        """What the output layer gives, shape (rows, outputs), for X (rows, inputs)."""
        return np.asarray(self.output(self.logits(X)))

    def predict(self, X: Any) -> np.ndarray:
        """Class index (softmax), 0 or 1 (sigmoid), or the values themselves (any other output).

        Shape (rows,) with one prediction per row, (rows, outputs) with several values.
        """
        logits = self.logits(X)
        if self.output.name == "softmax":
            return np.asarray(logits.argmax(axis=1))
        if self.output.name == "sigmoid":
            result = (logits > 0).astype(np.int64)
        else:
            result = self.output(logits)
        return result[:, 0] if result.shape[1] == 1 else result

    def trace(self, X: Any) -> Trace:
        """The full record of a forward pass of X (rows, inputs)."""
        values = checks.features(X, self.sizes[0], self.dtype)
        layers = []
        for activation, weights, biases in zip(
            (*self.hidden, self.output), self.weights, self.biases, strict=True
        ):
            own, sums = (weights.copy(), biases.copy()), _product(values, weights)
            given = sums + biases
            layers.append(LayerTrace(activation, values, *own, sums, given, activation(given)))
            values = layers[-1].activations
        return Trace(tuple(layers))

    def with_weights(self, weights: Sequence[Any], biases: Sequence[Any] | None = None) -> Self:
        """A new network with these weights, one (fan_in, fan_out) array per layer.

        `biases`: one (fan_out,) array per layer; as they are if not given.
        """
        result = self.copy()
        _fill("weights", result.weights, weights)
        if biases is not None:
            _fill("biases", result.biases, biases)
        return result

    def copy(self) -> Self:
        """A network of its own with the same weights."""
        result = object.__new__(type(self))
        for name in ("sizes", "hidden", "output", "init", "seed"):
            object.__setattr__(result, name, getattr(self, name))
        object.__setattr__(result, "parameters", self.parameters.copy())
        return result


def _product(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """x W; what exceeds the dtype becomes infinite, as in every kernel, without a warning.

    In blocks of as many rows, the rest filled up to one: the library adds in an order that depends
    on their number, and a row alone shall give to the last bit what it gives among others.
    """
    (rows, fan_in), fan_out = values.shape, weights.shape[1]
    whole = rows - rows % BLOCK
    found = np.empty((rows, fan_out), values.dtype)
    blocks = values[:whole].reshape(-1, BLOCK, fan_in)  # of what is large nothing is copied
    with np.errstate(over="ignore", invalid="ignore"):
        np.matmul(blocks, weights, out=found[:whole].reshape(-1, BLOCK, fan_out))
        if whole < rows:
            rest = np.zeros((BLOCK, fan_in), values.dtype)
            rest[: rows - whole] = values[whole:]
            found[whole:] = (rest @ weights)[: rows - whole]
    return found


def _fill(kind: str, views: Sequence[np.ndarray], given: Sequence[Any]) -> None:
    shapes = [view.shape for view in views]
    arrays = checks.layer_arrays(kind, given, shapes, views[0].dtype)
    for view, array in zip(views, arrays, strict=True):
        view[:] = array
