"""Curves as lines of letters, for a terminal or wherever there is nothing but text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from nonlin.sketch.curve import REACH, curve_of, limits, samples
from nonlin.sketch.scale import Scale

MARKS = "*o+x#"  # of the curves; where two meet, the first is seen
WIDE, HIGH = 61, 15  # columns and rows of the picture without its numbers
ROOM = 7  # columns of the numbers on the left


def curves(found: Sequence[tuple[str, Any, int]]) -> str:
    """Each a name, an activation and the order of a derivative; as many as there are marks.

    Activations of rows have no curve: see `drawable`.
    """
    drawn = [_points(curve_of(activation), order) for _, activation, order in found]
    low, high = limits(np.concatenate(drawn))
    rows = _axes(low, high)
    for mark, y in reversed([*zip(MARKS, drawn, strict=False)]):
        _draw(rows, y, Scale(high, low, 0, HIGH - 1), mark)
    key = "   ".join(f"{mark} {name}" for mark, (name, _, _) in zip(MARKS, found, strict=False))
    return "\n".join([*_numbered(rows, low, high), *_below(), " " * ROOM + key])


def drawable(activation: Any) -> bool:
    """Has it a curve?"""
    return curve_of(activation) is not None


def _points(activation: Any, order: int) -> np.ndarray:
    """One height for each column: that of the nearest sample, since at a jump none lies between."""
    x, y = samples(activation, order, REACH)
    x, y = x[np.isfinite(y)], y[np.isfinite(y)]
    places = np.searchsorted(x, np.linspace(-REACH, REACH, WIDE))
    return np.asarray(y[np.minimum(places, len(y) - 1)])


def _axes(low: float, high: float) -> list[list[str]]:
    rows = [[" "] * WIDE for _ in range(HIGH)]
    for row in rows:
        row[WIDE // 2] = "|"
    if low <= 0 <= high:
        zero = round(Scale(high, low, 0, HIGH - 1)(0.0))
        rows[zero] = ["-"] * WIDE
        rows[zero][WIDE // 2] = "+"
    return rows


def _draw(rows: list[list[str]], y: np.ndarray, down: Scale, mark: str) -> None:
    """Steep parts are filled, so that a curve has no holes."""
    before = None
    for column, height in enumerate(y):
        place = round(down(float(height)))
        first, last = sorted((place, place if before is None else before))
        for row in range(first + (first != place), last + (last == place)):
            if 0 <= row < HIGH:
                rows[row][column] = mark
        before = place


def _numbered(rows: Sequence[Sequence[str]], low: float, high: float) -> Iterator[str]:
    """The heights at the top, in the middle and at the bottom."""
    heights = {0: high, HIGH // 2: (low + high) / 2, HIGH - 1: low}
    for place, row in enumerate(rows):
        number = f"{heights[place]:.2f}" if place in heights else ""
        yield f"{number:>{ROOM - 1}} {''.join(row)}".rstrip()


def _below() -> Iterator[str]:
    half = WIDE // 2
    yield f"{' ' * (ROOM - 1)}{-REACH:<{half}g} 0{REACH:>{half}g}"
