"""Forward pass, losses and back-propagation, compiled; called by `loop` (Numba).

An activation enters as the address of its compiled kernel (value and slope in one pass), so
a new activation needs no compilation here.

Layout of the flat parameter buffer: all weight matrices (row-major), then all biases. The
buffers of activations and slopes hold one block of `rows * size` numbers per layer.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import scipy.linalg.cython_blas  # noqa: F401  (Numba's np.dot calls this BLAS)

from nonlin.network.codes import (
    BINARY_CROSS_ENTROPY,
    CORN,
    CROSS_ENTROPY,
    HUBER,
    PINBALL,
    POISSON_EXP,
    SQUARED_ERROR,
)
from nonlin.network.compiled import ZERO, call_kernel, compiled

Array = np.ndarray
STEEP = 30.0  # logit beyond which e^z is continued by its tangent: 10^13 times the mean
FAINT = -40.0  # logit below which log(1 + e^z) is e^z in every digit


class Layout(NamedTuple):
    """What the loop must know of a network: where things are and what to call."""

    sizes: np.ndarray  # int64, neurons per layer
    weights: np.ndarray  # int64, where the weights of each layer begin
    biases: np.ndarray  # int64, where the biases of each layer begin
    kernels: np.ndarray  # int64, address of the fused kernel of each hidden layer
    constants: np.ndarray  # int64, address of that kernel's parameters
    loss: int
    loss_constants: np.ndarray  # float64, see `loss.Loss`


class Data(NamedTuple):
    """Rows to learn from; `labels` for classes, ordered or not, `targets` for other losses."""

    inputs: np.ndarray  # T (rows, features)
    labels: np.ndarray  # int64 (rows) or (0)
    targets: np.ndarray  # T (rows, outputs), or (rows, 1) for quantiles, or (0, outputs)
    weights: np.ndarray  # T (rows), or (0) if all count alike


class Goals(NamedTuple):
    """What a block of rows should give: the columns of `Data` without the inputs."""

    labels: np.ndarray
    targets: np.ndarray
    weights: np.ndarray


class Workspace(NamedTuple):
    """Buffers of one training run, made once."""

    activations: np.ndarray  # T, what each layer receives, then the logits
    slopes: np.ndarray  # T, f'(z) on the way forward, dL/dz on the way back
    scratch: np.ndarray  # T, one block of the widest layer
    gradient: np.ndarray  # T, laid out as the parameters


# Plain loops below instead of array assignments, sums and copies: Numba compiles the latter
# with shape checks and their messages, which made a first start four times longer.
@compiled
def copy_rows(source: Array, target: Array) -> None:
    """target[:] = source, for matrices."""
    for i in range(source.shape[0]):
        for j in range(source.shape[1]):
            target[i, j] = source[i, j]


@compiled
def copy_vector(source: Array, target: Array) -> None:
    """target[:] = source, for vectors."""
    for i in range(source.size):
        target[i] = source[i]


@compiled
def swap(one: Array, other: Array) -> None:
    """Exchange the numbers of two vectors."""
    for i in range(one.size):
        one[i], other[i] = other[i], one[i]


@compiled
def _before(sizes: Array, layer: int) -> int:
    """How many neurons stand in the layers before `layer`."""
    total = 0
    for k in range(layer):
        total += sizes[k]
    return total


@compiled
def block(buffer: Array, start: int, rows: int, columns: int) -> Array:
    """A matrix that views part of a flat buffer."""
    return buffer[start : start + rows * columns].reshape(rows, columns)


@compiled
def workspace(parameters: Array, layout: Layout, rows: int) -> Workspace:
    """Buffers for batches of up to `rows` samples."""
    number = parameters.dtype
    everything, widest = rows * _before(layout.sizes, len(layout.sizes)), 0
    for size in layout.sizes:
        widest = max(widest, rows * size)
    return Workspace(
        np.empty(everything, number),
        np.empty(everything, number),
        np.empty(widest, number),
        np.zeros(parameters.size, number),
    )


@compiled
def _add_bias(sums: Array, bias: Array) -> None:
    for i in range(sums.shape[0]):
        for j in range(sums.shape[1]):
            sums[i, j] += bias[j]


@compiled
def forward(parameters: Array, layout: Layout, work: Workspace, rows: int) -> Array:
    """Fill `activations` and `slopes` for the first `rows` rows; return the logits."""
    layers = len(layout.sizes) - 1
    start = ZERO
    for layer in range(layers):
        fan_in, fan_out = layout.sizes[layer], layout.sizes[layer + 1]
        inputs = block(work.activations, start, rows, fan_in)
        start += rows * fan_in
        sums = block(work.activations, start, rows, fan_out)
        weights = block(parameters, layout.weights[layer], fan_in, fan_out)
        np.dot(inputs, weights, sums)
        at = layout.biases[layer]
        _add_bias(sums, parameters[at : at + fan_out])
        if layer < layers - 1:
            count = rows * fan_out
            values = work.activations[start : start + count]
            slopes = work.slopes[start : start + count]
            call_kernel(layout.kernels[layer], values, slopes, count, layout.constants[layer])
    return block(work.activations, start, rows, layout.sizes[layers])


@compiled
def _weight(goals: Goals, row: int) -> Any:
    """How much a row counts."""
    return goals.weights[row] if goals.weights.size > 0 else goals.weights.dtype.type(1.0)


@compiled
def _squared_error(logits: Array, goals: Goals, gradient: Array) -> float:
    """Mean over samples and outputs; `gradient` receives dL/dlogits."""
    scale = 1.0 / logits.size
    total = 0.0
    for i in range(logits.shape[0]):
        weight = _weight(goals, i)
        for j in range(logits.shape[1]):
            difference = logits[i, j] - goals.targets[i, j]
            total += weight * difference * difference
            gradient[i, j] = 2.0 * scale * weight * difference
    return total * scale


@compiled
def _sigmoid_loss(z: float, y: float) -> tuple[float, float]:
    """log(1 + e^z) - y z, the cross-entropy of a share y, and its slope; nothing overflows."""
    small = np.exp(-abs(z))
    upper = 1.0 / (1.0 + small)
    return max(z, 0.0) - y * z + np.log1p(small), (upper if z >= 0.0 else small * upper) - y


@compiled
def _poisson(z: float, y: float) -> tuple[float, float]:
    """e^z - y z and its slope; beyond STEEP the tangent, so that float32 never overflows."""
    rate = np.exp(min(z, STEEP))
    return rate * (1.0 + max(z - STEEP, 0.0)) - y * z, rate - y


@compiled
def _poisson_softplus(z: float, y: float) -> tuple[float, float]:
    """m - y log m and its slope, for m = log(1 + e^z); far below 0, log m is z."""
    small = np.exp(-abs(z))
    upper = 1.0 / (1.0 + small)
    mean = max(z, 0.0) + np.log1p(small)
    if z < FAINT:
        return mean - y * z, small - y
    slope = upper if z >= 0.0 else small * upper
    return mean - y * np.log(mean), slope * (1.0 - y / mean)


@compiled
def _huber(z: float, y: float, knee: float) -> tuple[float, float]:
    """Half the squared error, continued by its tangents from `knee` on."""
    difference = z - y
    held = min(max(difference, -knee), knee)
    return held * (difference - 0.5 * held), held


@compiled
def _point(layout: Layout, z: float, goals: Goals, row: int, output: int) -> tuple[float, float]:
    """Loss and slope of one logit of one row."""
    if layout.loss == CORN:
        step = goals.labels[row] - output  # from class `output` up to the next one
        if step < 0:  # never got there
            return 0.0, 0.0
        return _sigmoid_loss(z, 1.0 if step > 0 else 0.0)
    if layout.loss == PINBALL:
        level, difference = layout.loss_constants[output], z - goals.targets[row, 0]
        slope = (1.0 - level) if difference > 0.0 else -level
        return slope * difference, slope
    y = np.float64(goals.targets[row, output])
    if layout.loss == BINARY_CROSS_ENTROPY:
        return _sigmoid_loss(z, y)
    if layout.loss == HUBER:
        return _huber(z, y, layout.loss_constants[0])
    if layout.loss == POISSON_EXP:
        return _poisson(z, y)
    return _poisson_softplus(z, y)


@compiled
def _pointwise(layout: Layout, logits: Array, goals: Goals, gradient: Array) -> float:
    """Mean over samples of the sum over outputs (quantiles: of the mean)."""
    scale = 1.0 / (logits.size if layout.loss == PINBALL else logits.shape[0])
    total = 0.0
    for i in range(logits.shape[0]):
        weight = _weight(goals, i)
        for j in range(logits.shape[1]):
            value, slope = _point(layout, np.float64(logits[i, j]), goals, i, j)
            total += weight * value
            gradient[i, j] = scale * weight * slope
    return total * scale


@compiled
def _cross_entropy(logits: Array, goals: Goals, gradient: Array) -> float:
    """Mean over samples of log(sum(e^z)) - z[label], shifted by the largest z."""
    rows, classes = logits.shape
    scale: float = 1.0 / rows
    total = 0.0
    for i in range(rows):
        weight, label = _weight(goals, i), goals.labels[i]
        top = logits[i, 0]
        for j in range(1, classes):
            top = max(top, logits[i, j])
        amount = logits[i, 0] * 0
        for j in range(classes):
            gradient[i, j] = np.exp(logits[i, j] - top)
            amount += gradient[i, j]
        total += weight * (np.log(amount) + top - logits[i, label])
        share = scale * weight / amount
        for j in range(classes):
            gradient[i, j] *= share
        gradient[i, label] -= scale * weight
    return total * scale


@compiled
def loss_of(layout: Layout, logits: Array, goals: Goals, gradient: Array) -> float:
    """The mean loss; `gradient` receives its derivative by the logits."""
    if layout.loss == CROSS_ENTROPY:
        return _cross_entropy(logits, goals, gradient)
    if layout.loss == SQUARED_ERROR:
        return _squared_error(logits, goals, gradient)
    return _pointwise(layout, logits, goals, gradient)


@compiled
def _column_sums(matrix: Array, sums: Array) -> None:
    for j in range(sums.size):
        sums[j] = 0
    for i in range(matrix.shape[0]):
        for j in range(matrix.shape[1]):
            sums[j] += matrix[i, j]


@compiled
def _backward(parameters: Array, layout: Layout, work: Workspace, rows: int) -> None:
    """Fill `gradient`, given dL/dlogits in the last block of `slopes`."""
    layers = len(layout.sizes) - 1
    start = rows * _before(layout.sizes, layers)
    for layer in range(layers - 1, -1, -1):
        fan_in, fan_out = layout.sizes[layer], layout.sizes[layer + 1]
        errors = block(work.slopes, start, rows, fan_out)
        start -= rows * fan_in
        inputs = block(work.activations, start, rows, fan_in)
        np.dot(inputs.T, errors, block(work.gradient, layout.weights[layer], fan_in, fan_out))
        at = layout.biases[layer]
        _column_sums(errors, work.gradient[at : at + fan_out])
        if layer > 0:
            weights = block(parameters, layout.weights[layer], fan_in, fan_out)
            pulled = block(work.scratch, ZERO, rows, fan_in)
            np.dot(errors, weights.T, pulled)
            slopes = work.slopes[start : start + rows * fan_in]
            for k in range(rows * fan_in):
                slopes[k] *= work.scratch[k]


@compiled
def backpropagate(
    parameters: Array, layout: Layout, work: Workspace, goals: Goals, rows: int
) -> float:
    """Loss of the `rows` rows that stand in the first block; fills `gradient`."""
    logits = forward(parameters, layout, work, rows)
    outputs = layout.sizes[-1]
    start = rows * _before(layout.sizes, len(layout.sizes) - 1)
    loss = loss_of(layout, logits, goals, block(work.slopes, start, rows, outputs))
    _backward(parameters, layout, work, rows)
    return loss
