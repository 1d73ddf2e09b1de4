"""Small tables: inputs (rows, columns) float32 as they come, targets, and what they are for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

Task = Literal["classes", "binary", "values", "counts"]
OUTPUT = {"classes": "softmax", "binary": "sigmoid", "values": "identity", "counts": "exponential"}


@dataclass(frozen=True, eq=False)
class Table:
    """X, y of (rows,) or (rows, outputs), the task, and the number of outputs."""

    X: np.ndarray
    y: np.ndarray
    task: Task

    @property
    def outputs(self) -> int:
        if self.task == "classes":
            return int(self.y.max()) + 1
        return 1 if self.y.ndim == 1 else int(self.y.shape[1])


def _bundled(name: str, task: Task) -> Table:
    from sklearn import datasets

    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    return Table(X.astype(np.float32), y.astype(np.float64), task)


def _normal(
    task: Task,
    target: Callable[[np.ndarray, np.random.Generator], np.ndarray],
    columns: int = 6,
    seed: int = 0,
) -> Table:
    """1000 rows of standard normal columns A, and a target made of them."""
    random = np.random.default_rng(seed)
    A = random.standard_normal((1000, columns))
    return Table(A.astype(np.float32), target(A, random).astype(np.float64), task)


def _two_arms() -> Table:
    """Two spirals of one and a quarter turns, in two columns."""
    random = np.random.default_rng(5)
    t = np.sqrt(random.uniform(0.04, 1, 1000)) * 2.5 * np.pi
    label = random.integers(0, 2, 1000)
    X = np.stack([t * np.cos(t + np.pi * label), t * np.sin(t + np.pi * label)], 1) / 4
    X += 0.05 * random.standard_normal(X.shape)
    return Table(X.astype(np.float32), label.astype(np.float64), "binary")


def _friedman() -> Table:
    from sklearn.datasets import make_friedman1

    X, y = make_friedman1(1000, 10, noise=0.5, random_state=0)
    return Table(X.astype(np.float32), y, "values")


def _noisy(A: np.ndarray, random: np.random.Generator) -> np.ndarray:
    return 0.1 * random.standard_normal(len(A))


TABLES: dict[str, Callable[[], Table]] = {
    "digits": lambda: _bundled("digits", "classes"),
    "wine": lambda: _bundled("wine", "classes"),
    "breast_cancer": lambda: _bundled("breast_cancer", "binary"),
    "diabetes": lambda: _bundled("diabetes", "values"),
    "friedman": _friedman,
    "spirals": _two_arms,
    "waves": lambda: _normal(
        "values", lambda A, random: np.sin(2 * A[:, 0]) + A[:, 1] + _noisy(A, random)
    ),
    "product": lambda: _normal(
        "values", lambda A, random: A[:, 0] * A[:, 1] + A[:, 2] + _noisy(A, random), seed=1
    ),
    "pair": lambda: _normal(
        "values",
        lambda A, _: np.stack([np.sin(2 * A[:, 0]) + A[:, 1], A[:, 2] * A[:, 3]], 1),
        seed=2,
    ),
    "line": lambda: _normal(
        "values", lambda A, random: A[:, 0] - 0.5 * A[:, 3] + 3 * _noisy(A, random), seed=3
    ),
    "ring": lambda: _normal("classes", lambda A, _: A[:, 0] ** 2 + A[:, 2] > 1),
    "xor": lambda: _normal("binary", lambda A, _: A[:, 0] * A[:, 1] > 0, seed=4),
    "sectors": lambda: _normal(
        "classes", lambda A, _: np.floor((np.arctan2(A[:, 0], A[:, 1]) / np.pi + 1) * 1.999), seed=6
    ),
    "wide": lambda: _normal(
        "binary", lambda A, _: A[:, :3].sum(1) + A[:, 3] * A[:, 4] > 0, columns=30, seed=7
    ),
    "counts": lambda: _normal(
        "counts",
        lambda A, random: random.poisson(np.exp(0.5 + 0.6 * A[:, 0] + 0.5 * np.sin(2 * A[:, 1]))),
        seed=8,
    ),
    "many_counts": lambda: _normal(
        "counts",
        lambda A, random: random.poisson(20 * np.exp(0.6 * A[:, 0] + np.cos(2 * A[:, 1]))),
        seed=9,
    ),
    "far_counts": lambda: _normal(
        "counts",
        lambda A, random: random.poisson(np.exp(1 + 2 * A[:, 0] + np.sin(2 * A[:, 1]))),
        seed=10,
    ),
    "amounts": lambda: _normal(
        "counts",
        lambda A, random: np.exp(1 + 1.5 * A[:, 0] + A[:, 1] ** 2 / 2 + _noisy(A, random)),
        seed=11,
    ),
    "faint": lambda: _normal(
        "values", lambda A, random: A[:, 0] + A[:, 1] + 2 * random.standard_normal(len(A)), seed=12
    ),
    "faint_classes": lambda: _normal(
        "classes",
        lambda A, random: A[:, 0] + 1.2 * random.standard_normal(len(A)) > 0,
        seed=13,
    ),
    "uneven": lambda: _normal(
        "binary", lambda A, random: A[:, 0] + A[:, 1] + _noisy(A, random) > 2, seed=14
    ),
    "visits": lambda: _normal(
        "counts",
        lambda A, random: random.poisson(np.exp(1.5 * A[:, 0] * A[:, 1] + A[:, 2])),
        seed=16,
    ),
}


@cache
def table(name: str) -> Table:
    """The table of that name."""
    return TABLES[name]()
