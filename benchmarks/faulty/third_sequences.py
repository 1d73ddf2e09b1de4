"""Sequences that the programs of the third set are trained on."""

from __future__ import annotations

import numpy as np

from faulty.program import Data, parted
from faulty.third_data import floats, scaled_digits, standardised, wholes


def leaky(seed: int) -> Data:
    """Twelve numbers: at each step a leaky sum of what they saturate to."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(900, 12, 1))
    state, found = np.zeros((900, 1)), []
    for step in x.swapaxes(0, 1):
        state = 0.8 * state + np.tanh(2 * step)
        found.append(state)
    y = np.stack(found, 1)
    return parted(floats(x), floats(y / y.std()), seed, 512, 32)


def votes(seed: int) -> Data:
    """Nine tokens out of 3: which one is there most often? None is as often."""
    x = np.random.default_rng(seed).integers(0, 3, (1600, 9))
    counts = np.sort(np.stack([(x == token).sum(1) for token in range(3)], 1), 1)
    x = x[counts[:, 2] > counts[:, 1]][:1000]
    y = np.stack([(x == token).sum(1) for token in range(3)], 1).argmax(1)
    return parted(wholes(x), wholes(y), seed, 640, 32)


def alarms(seed: int) -> Data:
    """Ten tokens out of 7: is there a 1 somewhere after a 2?"""
    x = np.random.default_rng(seed).integers(0, 7, (1100, 10))
    after = np.maximum.accumulate(x == 2, 1)
    return parted(wholes(x), floats((after & (x == 1)).any(1, keepdims=True)), seed, 768, 32)


def pitches(seed: int) -> Data:
    """Sixteen samples of a sine of any phase in noise: which of four pitches?"""
    rng = np.random.default_rng(seed)
    labels, phase = rng.integers(0, 4, 900), rng.uniform(0, 2 * np.pi, 900)
    pitch = np.array([0.35, 0.8, 1.3, 2.0])[labels]
    x = np.sin(pitch[:, None] * np.arange(16) + phase[:, None]) + rng.normal(0, 0.25, (900, 16))
    return parted(floats(1.4 * x[..., None]), wholes(labels), seed, 576, 32)


def tides(seed: int) -> Data:
    """Twelve samples of two tides of any phase and strength: the one after them."""
    rng = np.random.default_rng(seed)
    phase, size = rng.uniform(0, 2 * np.pi, (2, 900, 1)), rng.uniform(0.4, 1.3, (2, 900, 1))
    t = np.arange(13)
    level = size[0] * np.sin(0.5 * t + phase[0]) + size[1] * np.sin(1.15 * t + phase[1])
    return parted(floats(level[:, :12, None]), floats(level[:, 12:]), seed, 576, 32)


def turns(seed: int) -> Data:
    """Ten steps on a path that winds, as two coordinates each: to the left?"""
    rng = np.random.default_rng(seed)
    left = rng.integers(0, 2, 900)
    bends = np.where(left, 0.35, -0.35)[:, None] + rng.normal(0, 0.4, (900, 10))
    heading = rng.uniform(0, 2 * np.pi, (900, 1)) + bends.cumsum(1)
    steps = 1.4 * np.stack([np.cos(heading), np.sin(heading)], 2)
    return parted(floats(steps), floats(left[:, None]), seed, 576, 32)


def slices(seed: int) -> Data:
    """The 8 columns of the image of a digit as 8 tokens: which digit?"""
    values, labels = scaled_digits()
    return parted(floats(values.swapaxes(1, 2)), wholes(labels), seed, 768, 32)


def fibonacci(seed: int) -> Data:
    """Each token is the sum of the two before it, modulo 5: at each step the next one."""
    rows = np.random.default_rng(seed).integers(0, 5, (800, 9))
    for step in range(2, 9):
        rows[:, step] = (rows[:, step - 1] + rows[:, step - 2]) % 5
    return parted(wholes(rows[:, :-1]), wholes(rows[:, 1:]), seed, 512, 32)


def averages(seed: int) -> Data:
    """Eight readings, each with whether it is to be trusted: the mean of those, standardised."""
    rng = np.random.default_rng(seed)
    value, trusted = rng.normal(size=(900, 8)), rng.integers(0, 2, (900, 8))
    trusted[:, 0] = 1
    mean = (value * trusted).sum(1, keepdims=True) / trusted.sum(1, keepdims=True)
    return parted(floats(np.stack([value, trusted], 2)), floats(standardised(mean)), seed, 576, 32)


def distinct(seed: int) -> Data:
    """A 7, three to eight tokens out of 1 to 6, then zeros: how many are different?"""
    rng = np.random.default_rng(seed)
    x, length = rng.integers(1, 7, (900, 8)), rng.integers(3, 9, (900, 1))
    x = np.where(np.arange(8) < length, x, 0)
    many = np.stack([(x == token).any(1) for token in range(1, 7)], 1).sum(1, keepdims=True)
    x = np.concatenate([np.full((900, 1), 7), x], 1)
    return parted(wholes(x), floats(standardised(many.astype(float))), seed, 576, 32)


def rises(seed: int) -> Data:
    """Six tokens out of 8: is the last one larger than the first?"""
    x = np.random.default_rng(seed).integers(0, 8, (1400, 6))
    x = x[x[:, 0] != x[:, -1]][:1000]
    return parted(wholes(x), floats(x[:, -1:] > x[:, :1]), seed, 640, 32)


def chirps(seed: int) -> Data:
    """24 samples in six pieces of a tone in noise that rises, falls or stays: which?"""
    rng = np.random.default_rng(seed)
    labels, phase = rng.integers(0, 3, 900), rng.uniform(0, 2 * np.pi, (900, 1))
    bend = np.array([0.028, -0.028, 0.0])[labels][:, None]
    t = np.arange(24) - 11.5
    x = np.sin(0.85 * t + bend * t**2 + phase) + rng.normal(0, 0.2, (900, 24))
    return parted(floats(1.4 * x.reshape(900, 6, 4)), wholes(labels), seed, 640, 32)
