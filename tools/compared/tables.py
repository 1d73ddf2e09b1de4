"""Small tables with everything that a table may hold, the same on every call."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import polars as pl

START = datetime.date(2021, 3, 1)


def numbers(rows: int = 120, columns: int = 4, seed: int = 0) -> np.ndarray:
    """Standard normal rows."""
    return np.random.default_rng(seed).standard_normal((rows, columns))


def classes(rows: int = 120) -> tuple[pl.DataFrame, list[str]]:
    """Numbers, texts, truth values and gaps, with three classes that are texts."""
    random = np.random.default_rng(1)
    x = random.standard_normal((rows, 2))
    colours = random.choice(["red", "green", "blue", "rare"], rows, p=[0.4, 0.3, 0.25, 0.05])
    score = x[:, 0] + (colours == "red") - 0.5 * x[:, 1] ** 2
    labels = np.array(["low", "middle", "top"])[np.digitize(score, [-0.5, 0.5])]
    frame = pl.DataFrame(
        {
            "size": [None if k % 11 == 0 else float(v) for k, v in enumerate(x[:, 0])],
            "weight": x[:, 1].astype(np.float32),
            "colour": [None if k % 13 == 0 else str(v) for k, v in enumerate(colours)],
            "new": [bool(v) for v in random.integers(0, 2, rows)],
            "same": [7] * rows,
        }
    )
    return frame, labels.tolist()


def dated(rows: int = 150) -> pl.DataFrame:
    """A season, a trend and a text, with the price that follows."""
    random = np.random.default_rng(2)
    day = np.sort(random.integers(0, 700, rows))
    dates = [START + datetime.timedelta(days=int(each)) for each in day]
    area = random.uniform(20, 200, rows)
    price = 3 * area + 50 * np.sin(day / 58) + 0.1 * day + random.normal(0, 10, rows)
    shop = random.choice(["north", "south", "east", "west", "centre"], rows)
    columns: dict[str, Any] = {"day": dates, "area": area, "shop": shop.tolist()}
    return pl.DataFrame(columns | {"price": price.round(2)})


def counted(rows: int = 140) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, counts that depend on them, and how much each row counts."""
    random = np.random.default_rng(3)
    x = random.standard_normal((rows, 3))
    return x, random.poisson(np.exp(0.8 * x[:, 0] + 0.5)), random.uniform(0.2, 3, rows)


def grouped(rows: int = 160) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, numbers with an offset of their group, and the groups."""
    random = np.random.default_rng(4)
    x, group = random.standard_normal((rows, 3)), random.integers(0, 20, rows)
    y = np.abs(x[:, 0]) + random.standard_normal(20)[group] + 0.1 * random.standard_normal(rows)
    return x, y, group


def labelled(rows: int = 120) -> tuple[np.ndarray, np.ndarray]:
    """Rows with three labels of 0 and 1."""
    x = numbers(rows, 4, 5)
    return x, np.stack([x[:, 0] > 0, x[:, 1] * x[:, 2] > 0, x[:, 3] > 0.5], axis=1).astype(int)


def images(rows: int = 100) -> tuple[np.ndarray, np.ndarray]:
    """Standard normal float32 rows of 8 numbers with four classes."""
    x = numbers(rows, 8, 6).astype(np.float32)
    return x, (2 * (x[:, 0] > 0) + (x[:, 1] * x[:, 2] > 0)).astype(int)
