"""A network, its rows and its loss as the compiled loop takes them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from nonlin import checks
from nonlin.network.feedforward import Feedforward
from nonlin.network.loss import Loss, loss_for

Shared = dict[tuple[int, ...], Any]  # converted rows, by the objects they came from


@dataclass(frozen=True, slots=True, eq=False)
class Goal:
    """What checked rows should give: the loss of their logits, and its derivative."""

    layout: Any
    data: Any
    kernels: list[Any]

    def __call__(self, logits: np.ndarray, rows: slice) -> tuple[float, np.ndarray]:
        """Sum of the losses of these rows, and its derivative by their logits."""
        from nonlin.network import loop

        part = type(self.data)(*(each[rows] for each in self.data))
        found = np.empty_like(logits)
        function = getattr(loop, f"loss_gradient_{logits.dtype.name}")
        count = len(logits)
        return count * float(function(self.layout, logits, part, found)), count * found


def goal(
    network: Feedforward, X: Any, y: Any, loss: str | Loss | None = None, weights: Any = None
) -> Goal:
    """The goal of training `network` on (X, y). Raises InputError for unusable X or y."""
    chosen = loss_for(network.output.name, loss)
    layout, kernels = layout_of(network, chosen)
    return Goal(layout, data_of(network, chosen, X, y, weights), kernels)


def layout_of(network: Feedforward, loss: Loss) -> tuple[Any, list[Any]]:
    """The network as the loop sees it, and the kernels that must be kept alive meanwhile."""
    from nonlin.network.backprop import Layout

    sizes = np.array(network.sizes, np.int64)
    counts = [0, *(fan_in * fan_out for fan_in, fan_out in pairwise(network.sizes))]
    ends = np.cumsum(counts, dtype=np.int64)
    biases = ends[-1] + np.cumsum([0, *network.sizes[1:-1]], dtype=np.int64)
    kernels = [each.trained.kernel((0, 1), network.dtype) for each in network.hidden]
    addresses = np.array([kernel.address for kernel in kernels], np.int64)
    constants = np.array([kernel.parameters.ctypes.data for kernel in kernels], np.int64)
    of_loss = np.array(loss.constants, np.float64)
    begins = ends[:-1].copy()
    return Layout(sizes, begins, biases, addresses, constants, loss.code, of_loss), kernels


def data_of(
    network: Feedforward, loss: Loss, X: Any, y: Any, weights: Any, kept: Shared | None = None
) -> Any:
    """X and y checked and converted, once for all jobs that use the same two objects."""
    from nonlin.network.backprop import Data

    kept = {} if kept is None else kept
    columns, outputs = network.sizes[0], network.sizes[-1]
    key = (id(X), id(y), id(weights), columns, outputs, id(loss), network.dtype.num)
    if key not in kept:
        inputs = checks.some("X", checks.features(X, columns, network.dtype))
        values = loss.prepare(y, len(inputs), outputs)
        labels, targets = np.empty(0, np.int64), np.empty((0, outputs), network.dtype)
        if loss.labels:
            labels = values
        else:
            targets = checks.finite("y", checks.converted(values, network.dtype))
        counts = checks.row_weights(weights, len(inputs), network.dtype)
        kept[key] = Data(inputs, labels, targets, counts)
    return kept[key]
