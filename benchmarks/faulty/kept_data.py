"""What the programs of the set "kept" are trained on."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from sklearn.datasets import load_breast_cancer, load_digits, load_sample_image
from torch import Tensor

from faulty.program import Data, parted


def _real(values: np.ndarray) -> Tensor:
    return torch.as_tensor(np.ascontiguousarray(values), dtype=torch.float32)


def _whole(values: np.ndarray) -> Tensor:
    return torch.as_tensor(np.ascontiguousarray(values), dtype=torch.int64)


@cache
def _cancer() -> tuple[np.ndarray, np.ndarray]:
    return load_breast_cancer(return_X_y=True)


@cache
def _digits() -> tuple[np.ndarray, np.ndarray]:
    values, labels = load_digits(return_X_y=True)
    return values / 16, labels


@cache
def _flower() -> np.ndarray:
    return load_sample_image("flower.jpg") / 255


def cancer_raw(seed: int) -> Data:
    """30 measurements of cells as they come, from 0.001 to 4000: benign or not?"""
    values, labels = _cancer()
    return parted(_real(values), _real(labels[:, None]), seed, 400, 16)


def cancer(seed: int) -> Data:
    """30 standardised measurements of cells: benign or not?"""
    values, labels = _cancer()
    rows = (values - values.mean(0)) / values.std(0)
    return parted(_real(rows), _real(labels[:, None]), seed, 400, 16)


def spirals(seed: int) -> Data:
    """Points in the plane on three spiral arms: which arm?"""
    rng = np.random.default_rng(seed)
    arm, along = rng.integers(0, 3, 1500), rng.uniform(0.15, 1.0, 1500)
    angle = 4.0 * along + arm * 2 * np.pi / 3 + rng.normal(0, 0.1, 1500)
    points = 2 * np.stack([along * np.cos(angle), along * np.sin(angle)], axis=1)
    return parted(_real(points), _whole(arm), seed, 1200, 40)


def codes(seed: int) -> Data:
    """Grey values of digits in 0 to 1, which are the targets as well."""
    values, _ = _digits()
    return parted(_real(values), _real(values), seed, 1200, 24)


def colours(seed: int) -> Data:
    """Waves over where in the photograph to the three standardised colours there."""
    image = _flower()[::14, ::14]
    rows, columns = np.indices(image.shape[:2])
    where = np.stack([rows.ravel(), columns.ravel()], axis=1) / 23 - 1
    waves = np.concatenate([f(k * where) for k in (1, 2, 4) for f in (np.sin, np.cos)], axis=1)
    target = image.reshape(-1, 3)
    target = (target - target.mean(0)) / target.std(0)
    return parted(_real(waves), _real(target), seed, 1120, 32)


def gratings(seed: int) -> Data:
    """1 x 12 x 12 waves of any phase in noise: which of four directions?"""
    rng = np.random.default_rng(seed)
    direction = rng.integers(0, 4, 1400)
    angle = (direction * np.pi / 4 + rng.normal(0, 0.08, 1400))[:, None, None]
    rows, columns = np.indices((12, 12))
    phase = rng.uniform(0, 2 * np.pi, (1400, 1, 1))
    waves = np.sin(1.3 * (rows * np.sin(angle) + columns * np.cos(angle)) + phase)
    waves = waves + rng.normal(0, 0.7, waves.shape)
    return parted(_real(waves[:, None]), _whole(direction), seed, 1040, 40)


def sounds(seed: int) -> Data:
    """1 x 48 samples of a sine, square or saw of any pitch and phase in noise: which?"""
    rng = np.random.default_rng(seed)
    shape = rng.integers(0, 3, 1400)
    turns = rng.uniform(3, 5, (1400, 1)) * np.arange(48) / 48 + rng.uniform(0, 1, (1400, 1))
    sine = np.sin(2 * np.pi * turns) * np.sqrt(2)
    saw = (2 * (turns % 1) - 1) * np.sqrt(3)
    waves = np.choose(shape[:, None], [sine, np.sign(sine), saw])
    waves = waves + rng.normal(0, 0.25, waves.shape)
    return parted(_real(waves[:, None]), _whole(shape), seed, 1000, 25)


def odd_digits(seed: int) -> Data:
    """1 x 8 x 8 images, standardised as a whole: is the digit odd?"""
    values, labels = _digits()
    images = (values.reshape(-1, 1, 8, 8) - values.mean()) / values.std()
    return parted(_real(images), _real(labels[:, None] % 2), seed, 1200, 30)


def discs(seed: int) -> Data:
    """1 x 12 x 12 images of a disc of any contrast: its radius, standardised."""
    rng = np.random.default_rng(seed)
    radius = rng.uniform(1, 5, (1400, 1, 1))
    at = rng.uniform(4.5, 6.5, (2, 1400, 1, 1))
    rows, columns = np.indices((12, 12))
    inside = 1 / (1 + np.exp(3 * (np.hypot(rows - at[0], columns - at[1]) - radius)))
    images = inside * rng.choice([-1, 1], (1400, 1, 1)) * rng.uniform(0.7, 1.5, (1400, 1, 1))
    target = (radius[:, :, 0] - 3) / 1.15
    return parted(_real(images[:, None]), _real(target), seed, 1024, 32)


def products(seed: int) -> Data:
    """Eight steps of a value in -1 to 1 and a mark: the product of the two marked, scaled."""
    rng = np.random.default_rng(seed)
    values, marks, each = rng.uniform(-1, 1, (1900, 8)), np.zeros((1900, 8)), np.arange(1900)
    first, second = rng.integers(0, 4, 1900), rng.integers(4, 8, 1900)
    marks[each, first] = marks[each, second] = 1
    target = 3 * (values[each, first] * values[each, second])[:, None]
    return parted(_real(np.stack([values, marks], axis=2)), _real(target), seed, 1500, 50)


def brackets(seed: int) -> Data:
    """Eight brackets, 0 opens and 1 closes: balanced? Half are, the others have one turned."""
    rng = np.random.default_rng(seed)
    found = []
    while len(found) < 1500:
        signs = rng.permutation([1] * 4 + [-1] * 4)
        if (np.cumsum(signs) >= 0).all():
            found.append(signs)
    signs = np.stack(found)
    broken = rng.random(1500) < 0.5
    order = np.argsort(rng.random((1500, 8)), axis=1)
    mixed = np.take_along_axis(signs, order, axis=1)
    signs = np.where(broken[:, None], mixed, signs)
    good = (np.cumsum(signs, axis=1) >= 0).all(1)[:, None]
    return parted(_whole(signs < 0), _real(good), seed, 1120, 28)


def pulses(seed: int) -> Data:
    """Ten steps with two pulses in noise, the second the stronger or the weaker, or as strong."""
    rng = np.random.default_rng(seed)
    steps, each, kind = rng.normal(0, 0.1, (1500, 10)), np.arange(1500), rng.integers(0, 3, 1500)
    height = rng.uniform(1.5, 3.0, 1500)
    steps[each, rng.integers(0, 5, 1500)] += height
    steps[each, rng.integers(5, 10, 1500)] += height + np.array([-0.9, 0.0, 0.9])[kind]
    return parted(_real(steps[:, :, None]), _whole(kind), seed, 1120, 32)


def repeats(seed: int) -> Data:
    """Twelve tokens out of 4, and for each step: is it the same as the one before?"""
    rng = np.random.default_rng(seed)
    tokens = rng.integers(0, 4, (900, 12))
    again = rng.random((900, 12)) < 0.4
    for step in range(1, 12):
        tokens[:, step] = np.where(again[:, step], tokens[:, step - 1], tokens[:, step])
    same = np.zeros((900, 12))
    same[:, 1:] = tokens[:, 1:] == tokens[:, :-1]
    return parted(_whole(tokens), _real(same), seed, 640, 16)


def backwards(seed: int) -> Data:
    """Five tokens out of 6: the same in reverse order."""
    tokens = np.random.default_rng(seed).integers(0, 6, (1500, 5))
    return parted(_whole(tokens), _whole(tokens[:, ::-1]), seed, 1152, 48)


def once_more(seed: int) -> Data:
    """Six tokens out of 8: does the first come again?"""
    rng = np.random.default_rng(seed)
    first = rng.integers(0, 8, (1800, 1))
    others = (first + rng.integers(1, 8, (1800, 5))) % 8
    again = rng.random(1800) < 0.5
    others[again, rng.integers(0, 5, 1800)[again]] = first[again, 0]
    tokens = np.concatenate([first, others], axis=1)
    return parted(_whole(tokens), _real(again[:, None]), seed, 1440, 72)


def counting(seed: int) -> Data:
    """Seven tokens of x, x + d, ... modulo 9 with d of 1, 2 or 3: at each step the next token."""
    rng = np.random.default_rng(seed)
    start, by = rng.integers(0, 9, (1500, 1)), rng.integers(1, 4, (1500, 1))
    tokens = (start + by * np.arange(8)) % 9
    return parted(_whole(tokens[:, :-1]), _whole(tokens[:, 1:]), seed, 1152, 48)


def places(seed: int) -> Data:
    """Nine 4 x 4 tiles of a 12 x 12 patch, each standardised: of which photograph?"""
    rng, patches = np.random.default_rng(seed), []
    for image in (load_sample_image("china.jpg") / 255, _flower()):
        grey = image.mean(2)
        top, left = rng.integers(0, 415, 700), rng.integers(0, 628, 700)
        patches += [grey[t : t + 12, c : c + 12] for t, c in zip(top, left, strict=True)]
    both = np.stack(patches)
    both = (both - both.mean()) / both.std()
    tiles = both.reshape(-1, 3, 4, 3, 4).transpose(0, 1, 3, 2, 4).reshape(-1, 9, 16)
    return parted(_real(tiles), _real(np.repeat([0, 1], 700)[:, None]), seed, 1024, 32)
