"""What the programs of the set "seen" are trained on."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from sklearn.datasets import load_digits, load_sample_image, make_friedman1
from torch import Tensor

from faulty.program import Data, parted


def _floats(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))


def _scaled(values: np.ndarray) -> np.ndarray:
    return (values - values.mean(0)) / (values.std(0) + 1e-3)


@cache
def _digits() -> tuple[np.ndarray, np.ndarray]:
    return load_digits(return_X_y=True)


def digits(seed: int) -> Data:
    """64 standardised grey values, 10 classes."""
    values, labels = _digits()
    return parted(_floats(_scaled(values)), torch.from_numpy(labels), seed, 1024, 32)


def digit_images(seed: int) -> Data:
    """1 x 8 x 8 images with mean 0, 10 classes."""
    values, labels = _digits()
    images = (values.reshape(-1, 1, 8, 8) - values.mean()) / values.std()
    return parted(_floats(images), torch.from_numpy(labels), seed, 1024, 32)


def digit_rows(seed: int) -> Data:
    """The 8 rows of an image as 8 steps of 8 columns, 10 classes."""
    values, labels = _digits()
    rows = (values.reshape(-1, 8, 8) - values.mean()) / values.std()
    return parted(_floats(rows), torch.from_numpy(labels), seed, 1024, 32)


@cache
def _grey(name: str) -> np.ndarray:
    return load_sample_image(name).mean(axis=2) / 255


def photo(seed: int) -> Data:
    """Where in the photograph (two coordinates in -1 to 1) to how bright there, standardised."""
    image = _grey("china.jpg")[::12, ::12]
    rows, columns = np.meshgrid(
        np.linspace(-1, 1, image.shape[0]), np.linspace(-1, 1, image.shape[1]), indexing="ij"
    )
    where = np.stack([rows.ravel(), columns.ravel()], axis=1)
    return parted(_floats(where), _floats(_scaled(image.reshape(-1, 1))), seed, 1536, 32)


def _patches(name: str, size: int, count: int, seed: int) -> np.ndarray:
    image, rng = _grey(name), np.random.default_rng(seed)
    top = rng.integers(0, image.shape[0] - size, count)
    left = rng.integers(0, image.shape[1] - size, count)
    return np.stack([image[t : t + size, c : c + size] for t, c in zip(top, left, strict=True)])


def photo_patches(seed: int) -> Data:
    """1 x 14 x 14 patches of two photographs, each with mean 0: of which one?"""
    both = np.concatenate([_patches(n, 14, 700, seed) for n in ("china.jpg", "flower.jpg")])
    both = (both - both.mean((1, 2), keepdims=True)) / 0.1
    labels = np.repeat([0.0, 1.0], 700)[:, None]
    return parted(_floats(both[:, None]), _floats(labels), seed, 1024, 32)


def contrast(seed: int) -> Data:
    """1 x 10 x 10 patches, each with mean 0: the logarithm of how much they vary."""
    patches = _patches("china.jpg", 10, 1400, seed + 50)
    patches = patches - patches.mean((1, 2), keepdims=True)
    spread = np.log(patches.std((1, 2)) + 0.01)[:, None]
    target = 2.0 + (spread - spread.mean()) / spread.std()
    return parted(_floats(patches[:, None] / patches.std()), _floats(target), seed, 1024, 32)


def board(seed: int) -> Data:
    """Points of a 3 x 3 chessboard: black or white?"""
    points = np.random.default_rng(seed).uniform(-1.5, 1.5, (1400, 2))
    colour = (np.floor(points + 1.5).sum(1) % 2)[:, None]
    return parted(_floats(points), _floats(colour), seed, 1024, 32)


def friedman(seed: int) -> Data:
    """Ten uniform columns, five of which matter; the target standardised, one column."""
    values, target = make_friedman1(1400, noise=0.5, random_state=seed)
    rows = _scaled(values)
    return parted(_floats(rows), _floats(_scaled(target)[:, None]), seed, 1024, 32)


def same_ends(seed: int) -> Data:
    """Six tokens out of 4: is the last one the first one? Half are."""
    rng = np.random.default_rng(seed)
    tokens = rng.integers(0, 4, (1400, 6))
    same = rng.random(1400) < 0.5
    other = (tokens[:, 0] + rng.integers(1, 4, 1400)) % 4
    tokens[:, -1] = np.where(same, tokens[:, 0], other)
    return parted(torch.from_numpy(tokens), _floats(same[:, None]), seed, 1024, 32)


def logistic_map(seed: int) -> Data:
    """Eight values of x -> 3.9 x (1 - x), with mean 0: the next one."""
    values = [np.random.default_rng(seed).uniform(0.1, 0.9, 1400)]
    for _ in range(8):
        values.append(3.9 * values[-1] * (1 - values[-1]))
    series = (np.stack(values, axis=1) - 0.5) / 0.3
    return parted(_floats(series[:, :8, None]), _floats(series[:, 8:]), seed, 1024, 32)


def two_marks(seed: int) -> Data:
    """Six steps of a bit (-1 or 1) and a mark; the two marked bits differ: yes or no?"""
    rng = np.random.default_rng(seed)
    bits = rng.choice([-1.0, 1.0], (1400, 6))
    marks = np.zeros((1400, 6))
    first, second = rng.integers(0, 3, 1400), rng.integers(3, 6, 1400)
    rows = np.arange(1400)
    marks[rows, first] = marks[rows, second] = 1
    differ = (bits[rows, first] != bits[rows, second])[:, None]
    return parted(_floats(np.stack([bits, marks], axis=2)), _floats(differ), seed, 1024, 32)


def after_mark(seed: int) -> Data:
    """Six tokens out of 6, with one 6 as a mark: which token comes after it?"""
    rng = np.random.default_rng(seed)
    tokens = rng.integers(0, 6, (1900, 6))
    where, rows = rng.integers(0, 5, 1900), np.arange(1900)
    tokens[rows, where] = 6
    return parted(
        torch.from_numpy(tokens), torch.from_numpy(tokens[rows, where + 1]), seed, 1536, 64
    )


def largest(seed: int) -> Data:
    """Six tokens out of 10: which one is the largest?"""
    tokens = np.random.default_rng(seed).integers(0, 10, (1400, 6))
    return parted(torch.from_numpy(tokens), torch.from_numpy(tokens.max(1)), seed, 1024, 32)


def gap(seed: int) -> Data:
    """Six steps of a value and a mark: the distance of the two marked values, standardised."""
    rng = np.random.default_rng(seed)
    values, marks, rows = rng.uniform(-1.5, 1.5, (1900, 6)), np.zeros((1900, 6)), np.arange(1900)
    first = rng.integers(0, 6, 1900)
    second = (first + rng.integers(1, 6, 1900)) % 6
    marks[rows, first] = marks[rows, second] = 1
    apart = np.abs(values[rows, first] - values[rows, second])[:, None]
    return parted(
        _floats(np.stack([values, marks], axis=2)), _floats(_scaled(apart)), seed, 1536, 64
    )
