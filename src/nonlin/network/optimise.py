"""The order of the samples and the optimizers, compiled; called by `loop` (Numba)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from nonlin.network.backprop import Array
from nonlin.network.codes import Memory
from nonlin.network.compiled import ZERO, compiled

ADAMW, SGD = 0, 1
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


class LearningRule(NamedTuple):
    """How to learn: `Settings` as plain numbers."""

    optimizer: int
    learning_rate: float
    weight_decay: float
    momentum: float
    epochs: int
    batch: int
    patience: int
    seed: int


@compiled
def _adamw(
    values: Array,
    gradient: Array,
    first: Array,
    second: Array,
    rate: float,
    decay: float,
    powers: Array,
) -> bool:
    """One AdamW step (Loshchilov and Hutter, arXiv:1711.05101); False if a value broke.

    Numbers below `tiny` are set to zero: the mean gradient of a dead neuron would otherwise
    shrink into the denormal range, where many processors are very slow.
    """
    number = values.dtype.type
    correction = np.sqrt(1.0 - powers[1])
    size = number(rate * correction / (1.0 - powers[0]))
    epsilon = number(EPSILON * correction)
    keep = number(1.0 - rate * decay)
    old1, new1 = number(BETA1), number(1.0 - BETA1)
    old2, new2 = number(BETA2), number(1.0 - BETA2)
    tiny, zero, most = number(1e-36), number(0.0), number(3e38)
    sound = np.int32(1)
    for i in range(values.size):
        mean = old1 * first[i] + new1 * gradient[i]
        mean = zero if abs(mean) < tiny else mean
        square = old2 * second[i] + new2 * gradient[i] * gradient[i]
        square = zero if square < tiny else square
        first[i] = mean
        second[i] = square
        value = keep * values[i] - size * mean / (np.sqrt(square) + epsilon)
        values[i] = value
        sound &= np.int32(abs(value) <= most)
    return bool(sound == 1)


@compiled
def _sgd(
    values: Array, gradient: Array, velocity: Array, rate: float, decay: float, momentum: float
) -> bool:
    """One step of SGD with momentum and decoupled weight decay; False if a value broke."""
    number = values.dtype.type
    size, keep, old = number(rate), number(1.0 - rate * decay), number(momentum)
    tiny, zero, most = number(1e-36), number(0.0), number(3e38)
    sound = np.int32(1)
    for i in range(values.size):
        speed = old * velocity[i] + gradient[i]
        speed = zero if abs(speed) < tiny else speed
        velocity[i] = speed
        value = keep * values[i] - size * speed
        values[i] = value
        sound &= np.int32(abs(value) <= most)
    return bool(sound == 1)


@compiled
def _update_part(
    parameters: Array,
    slopes: Array,
    memory: Memory,
    rule: LearningRule,
    start: int,
    stop: int,
    decay: float,
) -> bool:
    values, gradient = parameters[start:stop], slopes[start:stop]
    first, second = memory.first[start:stop], memory.second[start:stop]
    rate = rule.learning_rate
    if rule.optimizer == ADAMW:
        return _adamw(values, gradient, first, second, rate, decay, memory.powers)
    return _sgd(values, gradient, first, rate, decay, rule.momentum)


@compiled
def update(
    parameters: Array, slopes: Array, memory: Memory, rule: LearningRule, split: int
) -> bool:
    """One step; parameters[:split] are weights, the rest biases. False if one is not finite."""
    memory.powers[0] *= BETA1
    memory.powers[1] *= BETA2
    decay = rule.weight_decay
    weights = _update_part(parameters, slopes, memory, rule, ZERO, split, decay)
    biases = _update_part(parameters, slopes, memory, rule, split, parameters.size, 0.0)
    return weights and biases


@compiled
def shuffle(order: Array, state: np.uint64) -> np.uint64:
    """Fisher-Yates with splitmix64 (Steele et al. 2014); returns the new state.

    The top 32 bits are scaled to the range: the bias is below rows / 2**32.
    """
    for last in range(order.size - 1, 0, -1):
        state += np.uint64(0x9E3779B97F4A7C15)
        bits = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        bits ^= bits >> np.uint64(31)
        other = np.int64(((bits >> np.uint64(32)) * np.uint64(last + 1)) >> np.uint64(32))
        order[last], order[other] = order[other], order[last]
    return state
