"""Tasks of our own whose truth is known: smooth, periodic, threshold, interactions, images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

SIZE = 2000
SIDE = 12  # pixels of an image


def _inputs(seed: int, columns: int = 8, rows: int = SIZE) -> tuple[np.random.Generator, Any]:
    rng = np.random.default_rng(seed)
    return rng, rng.standard_normal((rows, columns))


def _noisy(rng: np.random.Generator, signal: np.ndarray, noise: float) -> np.ndarray:
    return signal + noise * signal.std() * rng.standard_normal(signal.shape)


def _friedman() -> tuple[Any, Any]:
    """Friedman, Annals of Statistics 19, 1991: his first function."""
    rng = np.random.default_rng(1)
    X = rng.uniform(size=(SIZE, 10))
    smooth = 10 * np.sin(np.pi * X[:, 0] * X[:, 1]) + 20 * (X[:, 2] - 0.5) ** 2
    return X, _noisy(rng, smooth + 10 * X[:, 3] + 5 * X[:, 4], 0.2)


def _linear() -> tuple[Any, Any]:
    rng, X = _inputs(2)
    return X, _noisy(rng, X @ np.arange(1.0, 9.0), 0.3)


def _smooth() -> tuple[Any, Any]:
    rng, X = _inputs(3)
    return X, _noisy(rng, np.tanh(X[:, 0] + X[:, 1]) + np.exp(-(X[:, 2] ** 2)) * X[:, 3], 0.2)


def _periodic() -> tuple[Any, Any]:
    rng, X = _inputs(4, 4)
    return X, _noisy(rng, np.sin(3 * X[:, 0]) + np.cos(2 * X[:, 1] + X[:, 2]), 0.2)


def _waves() -> tuple[Any, Any]:
    rng, X = _inputs(5, 2)
    return X, _noisy(rng, np.sin(6 * X[:, 0]) * np.cos(4 * X[:, 1]), 0.1)


def _threshold() -> tuple[Any, Any]:
    rng, X = _inputs(6)
    steps = 2.0 * (X[:, 0] > 0.3) - 1.0 * (X[:, 1] < -0.5) + (X[:, 2] * X[:, 3] > 0)
    return X, _noisy(rng, steps, 0.3)


def _hinges() -> tuple[Any, Any]:
    rng, X = _inputs(7)
    return X, _noisy(rng, np.abs(X[:, 0]) + np.maximum(X[:, 1], X[:, 2]) - np.abs(X[:, 3]), 0.2)


def _products() -> tuple[Any, Any]:
    rng, X = _inputs(8)
    return X, _noisy(rng, X[:, 0] * X[:, 1] + X[:, 2] * X[:, 3] * X[:, 4], 0.2)


def _parity() -> tuple[Any, Any]:
    rng, X = _inputs(9, 6)
    right = np.prod(np.sign(X[:, :3]), axis=1) > 0
    return X, right ^ (rng.uniform(size=SIZE) < 0.05)


def _rings() -> tuple[Any, Any]:
    rng, X = _inputs(10, 4)
    radius = np.hypot(X[:, 0], X[:, 1]) + 0.15 * rng.standard_normal(SIZE)
    return X, np.digitize(radius, [0.7, 1.3, 2.0]).astype(str)


def _counts() -> tuple[Any, Any]:
    rng, X = _inputs(11)
    return X, rng.poisson(np.exp(0.5 * X[:, 0] + 0.4 * np.sin(2 * X[:, 1])))


def _bars() -> tuple[Any, Any]:
    """Images of a horizontal, a vertical or a slanted bar under noise."""
    rng = np.random.default_rng(12)
    kinds, at = rng.integers(0, 3, SIZE), rng.integers(2, SIDE - 2, SIZE)
    row, column = np.indices((SIDE, SIDE))
    over = np.stack([row, column, (row + column) // 2])[kinds]
    images = (over == at[:, None, None]) + 0.6 * rng.standard_normal((SIZE, SIDE, SIDE))
    return images.reshape(SIZE, -1), kinds.astype(str)


def _blobs() -> tuple[Any, Any]:
    """Images of one blob: its width is asked for."""
    rng = np.random.default_rng(13)
    width = rng.uniform(1.0, 4.0, SIZE)
    centre = rng.uniform(3, SIDE - 4, (2, SIZE, 1, 1))
    row, column = np.indices((SIDE, SIDE))
    squares = (row - centre[0]) ** 2 + (column - centre[1]) ** 2
    images = np.exp(-squares / (2 * width[:, None, None] ** 2))
    return (images + 0.2 * rng.standard_normal(images.shape)).reshape(SIZE, -1), width


def _many_classes() -> tuple[Any, Any]:
    rng, X = _inputs(14, 10)
    centres = rng.standard_normal((10, 10))
    labels = rng.integers(0, 10, SIZE)
    return X + 0.9 * centres[labels] + 0.3 * (X * X[:, ::-1]), labels.astype(str)


MADE: dict[str, tuple[str, Callable[[], tuple[Any, Any]]]] = {
    "friedman": ("regression", _friedman),
    "linear": ("regression", _linear),
    "smooth": ("regression", _smooth),
    "periodic": ("regression", _periodic),
    "waves": ("regression", _waves),
    "threshold": ("regression", _threshold),
    "hinges": ("regression", _hinges),
    "products": ("regression", _products),
    "parity": ("binary", _parity),
    "rings": ("multiclass", _rings),
    "counts": ("counts", _counts),
    "bars": ("multiclass", _bars),
    "blobs": ("regression", _blobs),
    "many_classes": ("multiclass", _many_classes),
}
