"""What the programs of the third set are trained on."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from sklearn.datasets import load_digits, load_wine, make_friedman2, make_moons
from torch import Tensor
from torch.nn.functional import interpolate

from faulty.program import Data, parted


def floats(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))


def wholes(values: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, dtype=np.int64))


def standardised(values: np.ndarray) -> np.ndarray:
    return (values - values.mean(0)) / values.std(0)


def wine_raw(seed: int) -> Data:
    """13 measurements of wine as they come, from 0.1 to 1680: which of three growers?"""
    values, labels = load_wine(return_X_y=True)
    return parted(floats(values), wholes(labels), seed, 112, 16)


def wine(seed: int) -> Data:
    """The same, standardised."""
    values, labels = load_wine(return_X_y=True)
    return parted(floats(standardised(values)), wholes(labels), seed, 112, 16)


def moons(seed: int) -> Data:
    """Points in the plane: on which of two interleaved half circles?"""
    points, labels = make_moons(1040, noise=0.15, random_state=seed)
    return parted(floats(points), floats(labels[:, None]), seed, 640, 32)


def impedance(seed: int) -> Data:
    """Four standardised properties of a circuit: its standardised impedance."""
    values, target = make_friedman2(1200, random_state=seed)
    return parted(
        floats(standardised(values)), floats(standardised(target[:, None])), seed, 800, 32
    )


def rings(seed: int) -> Data:
    """Points in six dimensions: on which of three spheres?"""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, 1200)
    points = rng.normal(size=(1200, 6))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    radius = 0.5 + labels + rng.normal(0, 0.12, 1200)
    return parted(floats(points * radius[:, None]), wholes(labels), seed, 800, 32)


def clock(seed: int) -> Data:
    """Hour and day as whole numbers: how much is asked for then, standardised."""
    rng = np.random.default_rng(seed)
    hour, day = rng.integers(0, 24, 1300), rng.integers(0, 7, 1300)
    angle = 2 * np.pi * hour / 24
    asked = np.sin(angle) * (1 + (day > 4)) + 0.5 * np.cos(2 * angle) * (day % 3)
    asked += rng.normal(0, 0.1, 1300)
    return parted(
        wholes(np.stack([hour, day], 1)), floats(standardised(asked[:, None])), seed, 896, 32
    )


def arm(seed: int) -> Data:
    """The angles of three joints: where the hand is, both coordinates in -1 to 1."""
    rng = np.random.default_rng(seed)
    angles = rng.uniform(-1.5, 1.5, (1100, 3))
    along = angles.cumsum(1)
    hand = np.stack([np.cos(along).sum(1), np.sin(along).sum(1)], 1) / 3.1
    return parted(floats(angles), floats(hand), seed, 768, 32)


_SQUARE = np.ones((5, 5)) - np.pad(np.ones((3, 3)), 1)
_PLUS = np.clip(np.eye(5)[2][None] + np.eye(5)[2][:, None], 0, 1)
_CROSS = np.clip(np.eye(5) + np.eye(5)[::-1], 0, 1)
_CORNER = np.clip(np.eye(5)[0][None] + np.eye(5)[0][:, None], 0, 1)


def shapes(seed: int) -> Data:
    """1 x 12 x 12 images in 0 to 255, about, a small sign somewhere in noise: which of four?"""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 4, 900)
    images = rng.normal(0, 0.3, (900, 1, 12, 12))
    for image, label in zip(images, labels, strict=True):
        top, left = rng.integers(0, 8, 2)
        image[0, top : top + 5, left : left + 5] += (_SQUARE, _PLUS, _CROSS, _CORNER)[label]
    return parted(floats(60 * images + 110), wholes(labels), seed, 512, 32)


@cache
def scaled_digits() -> tuple[np.ndarray, np.ndarray]:
    values, labels = load_digits(return_X_y=True)
    return (values.reshape(-1, 8, 8) - 8) / 6, labels


def upside(seed: int) -> Data:
    """1 x 8 x 8 images of a 2, 3, 4, 5 or 7: does it stand on its head?"""
    values, labels = scaled_digits()
    images = values[np.isin(labels, (2, 3, 4, 5, 7))]
    turned = np.random.default_rng(seed).integers(0, 2, len(images))
    images = np.where(turned[:, None, None] > 0, images[:, ::-1], images)
    return parted(floats(images[:, None]), floats(turned[:, None]), seed, 512, 32)


_BEATS = np.array([[1, 2, 1, 0, -1, -2, -1, 0], [-1, -2, -1, 0, 1, 2, 1, 0],
                   [2, -2, 2, -2, 2, -2, 2, -2]])  # fmt: skip


def beats(seed: int) -> Data:
    """1 x 40 samples of noise with a beat somewhere: which of three?"""
    rng = np.random.default_rng(seed)
    labels, start = rng.integers(0, 3, 1000), rng.integers(0, 32, 1000)
    signals = rng.normal(0, 0.4, (1000, 1, 40))
    where = start[:, None] + np.arange(8)
    signals[np.arange(1000)[:, None], 0, where] += _BEATS[labels]
    return parted(floats(signals), wholes(labels), seed, 640, 32)


def specks(seed: int) -> Data:
    """1 x 14 x 14 images of one to six specks of any strength: how many, standardised."""
    rng = np.random.default_rng(seed)
    many = rng.integers(1, 7, 1000)
    images = rng.normal(0, 0.1, (1000, 1, 14, 14))
    speck = np.outer([0.5, 1, 0.5], [0.5, 1, 0.5])
    for image, number in zip(images, many, strict=True):
        for top, left in rng.integers(0, 12, (number, 2)):
            image[0, top : top + 3, left : left + 3] += rng.uniform(0.6, 1.4) * speck
    return parted(floats(images), floats(standardised(many[:, None].astype(float))), seed, 640, 32)


def spotted(seed: int) -> Data:
    """1 x 12 x 12 smooth images of which every eighth pixel is lost: the images."""
    rng = np.random.default_rng(seed)
    clean = interpolate(floats(rng.normal(size=(700, 1, 4, 4))), size=12, mode="bilinear").numpy()
    clean = (clean - clean.mean()) / clean.std()
    lost = np.where(rng.uniform(size=clean.shape) < 0.5, -3, 3)
    seen = np.where(rng.uniform(size=clean.shape) < 0.125, lost, clean)
    return parted(floats(seen), floats(clean), seed, 448, 32)


def flags(seed: int) -> Data:
    """3 x 8 x 8 images, one colour on the left and another on the right, in noise: which two?"""
    rng = np.random.default_rng(seed)
    labels, border = rng.integers(0, 6, 1000), rng.integers(3, 6, 1000)
    left = labels // 2
    right = (left + 1 + labels % 2) % 3
    shown = np.where(np.arange(8) < border[:, None], left[:, None], right[:, None])
    images = np.eye(3)[shown].transpose(0, 2, 1)[:, :, None] + rng.normal(0, 0.6, (1000, 3, 8, 8))
    return parted(floats(images), wholes(labels), seed, 640, 32)
