"""The compiled training loop: one function for every shape of network (Numba, no GIL)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nonlin.network.backprop import (
    Array,
    Data,
    Goals,
    Layout,
    Workspace,
    backpropagate,
    block,
    copy_rows,
    copy_vector,
    forward,
    loss_of,
    swap,
    workspace,
)
from nonlin.network.codes import Memory
from nonlin.network.compiled import ZERO, compiled, entry
from nonlin.network.optimise import LearningRule, shuffle, update

CHUNK = 256  # rows of validation data per pass: small enough to stay in the cache
LOSSES_KEPT = 8  # of the last steps, to tell how a divergence began


class Trail(NamedTuple):
    """Where training stands, so that a divergence can be explained; made by the caller."""

    losses: np.ndarray  # float64 (LOSSES_KEPT), step s at place s % LOSSES_KEPT
    rows: np.ndarray  # int64 (batch), those of the step that diverged
    other: np.ndarray  # T (parameters): of the best epoch; those that diverged, in the end


@compiled
def _gather(data: Data, order: Array, begin: int, rows: int, work: Workspace, goals: Goals) -> None:
    """Copy the rows order[begin : begin + rows] to the first block of the workspace."""
    inputs = block(work.activations, ZERO, rows, data.inputs.shape[1])
    for i in range(rows):
        row = order[begin + i]
        for j in range(inputs.shape[1]):
            inputs[i, j] = data.inputs[row, j]
        if data.weights.size > 0:
            goals.weights[i] = data.weights[row]
        if data.labels.size > 0:
            goals.labels[i] = data.labels[row]
        else:
            for j in range(data.targets.shape[1]):
                goals.targets[i, j] = data.targets[row, j]


@compiled
def _held_out_loss(parameters: Array, layout: Layout, work: Workspace, data: Data) -> float:
    """Mean loss over all rows of `data`, CHUNK rows at a time."""
    rows: int = data.inputs.shape[0]
    total = 0.0
    for begin in range(0, rows, CHUNK):
        end = min(begin + CHUNK, rows)
        inputs = block(work.activations, ZERO, end - begin, layout.sizes[0])
        copy_rows(data.inputs[begin:end], inputs)
        logits = forward(parameters, layout, work, end - begin)
        goals = Goals(data.labels[begin:end], data.targets[begin:end], data.weights[begin:end])
        gradient = block(work.slopes, ZERO, end - begin, layout.sizes[-1])
        total += loss_of(layout, logits, goals, gradient) * (end - begin)
    return total / rows


@compiled
def _room(data: Data, rows: int) -> Goals:
    """Goals for a batch of up to `rows` rows of `data`."""
    return Goals(
        np.empty(min(data.labels.size, rows), np.int64),
        np.empty((min(data.targets.shape[0], rows), data.targets.shape[1]), data.targets.dtype),
        np.empty(min(data.weights.size, rows), data.weights.dtype),
    )


@compiled
def _epoch(
    parameters: Array,
    layout: Layout,
    data: Data,
    rule: LearningRule,
    work: Workspace,
    memory: Memory,
    order: Array,
    step: int,
    trail: Trail,
    stop: Array,
) -> tuple[float, int, bool]:
    """Go through the data once; returns (mean loss, steps done, all finite)."""
    rows = order.size
    goals = _room(data, rule.batch)
    total = 0.0
    for begin in range(0, rows, rule.batch):
        count = min(rule.batch, rows - begin)
        if stop[0] != 0:
            break
        _gather(data, order, begin, count, work, goals)
        loss = backpropagate(parameters, layout, work, goals, count)
        trail.losses[step % LOSSES_KEPT] = loss
        step += 1
        total += loss * count
        if not np.isfinite(loss):
            copy_vector(order[begin : begin + count], trail.rows)
            return loss, step, False
        if not update(parameters, work.gradient, memory, rule, layout.biases[0]):
            copy_vector(order[begin : begin + count], trail.rows)
            return np.nan, step, False
    return total / rows, step, True


def _run(
    parameters: Array,
    layout: Layout,
    data: Data,
    held_out: Data,
    rule: LearningRule,
    memory: Memory,
    curves: Array,
    trail: Trail,
    stop: Array,
) -> tuple[int, int, int, int]:
    """Train in place; returns (epochs, steps, best epoch or -1, diverged at step or 0).

    `curves` (2, epochs) receives training and held-out loss. `parameters` ends as it stood
    after the best epoch (lowest held-out loss; training loss if nothing is held out), and
    `trail.other` as it stood when the training diverged, if it did.
    """
    best = trail.other
    copy_vector(parameters, best)
    rows = max(rule.batch, min(CHUNK, held_out.inputs.shape[0]))
    work = workspace(parameters, layout, rows)
    order = np.arange(data.inputs.shape[0])
    state = np.uint64(rule.seed)
    lowest, best_epoch, epoch = np.inf, -1, 0
    step, diverged = ZERO, ZERO
    while epoch < rule.epochs:
        state = shuffle(order, state)
        loss, step, sound = _epoch(
            parameters, layout, data, rule, work, memory, order, step, trail, stop
        )
        if stop[0] != 0:
            break
        curves[0, epoch] = loss
        epoch += 1
        if not sound:
            diverged = step
            break
        if held_out.inputs.shape[0] > 0:
            loss = _held_out_loss(parameters, layout, work, held_out)
            curves[1, epoch - 1] = loss
        if loss < lowest:
            lowest, best_epoch = loss, epoch - 1
            copy_vector(parameters, best)
        elif rule.patience > 0 and epoch - 1 - best_epoch >= rule.patience:
            break
    swap(best, parameters)
    return epoch, step, best_epoch, diverged


def _loss_gradient(layout: Layout, logits: Array, data: Data, gradient: Array) -> float:
    goals = Goals(data.labels, data.targets, data.weights)
    return loss_of(layout, logits, goals, gradient)


def _gradient(parameters: Array, layout: Layout, data: Data, gradient: Array) -> float:
    rows = data.inputs.shape[0]
    work = workspace(parameters, layout, rows)
    copy_rows(data.inputs, block(work.activations, ZERO, rows, layout.sizes[0]))
    goals = Goals(data.labels, data.targets, data.weights)
    loss = backpropagate(parameters, layout, work, goals, rows)
    copy_vector(work.gradient, gradient)
    return loss


run_float32 = entry(_run, "run_float32")
run_float64 = entry(_run, "run_float64")
gradient_float32 = entry(_gradient, "gradient_float32")
gradient_float64 = entry(_gradient, "gradient_float64")
loss_gradient_float32 = entry(_loss_gradient, "loss_gradient_float32")
loss_gradient_float64 = entry(_loss_gradient, "loss_gradient_float64")
