"""Curves and bars as lines of letters, for a terminal or wherever there is nothing but text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from nonlin.sketch.curve import curve_of, example, limits, samples
from nonlin.sketch.regions import REACH
from nonlin.sketch.scale import Scale

MARKS = "*o+x#"  # of the curves; where some meet, they are seen in turn
WIDE, HIGH = 61, 15  # columns and rows of the picture without its numbers
TURN = 2  # columns that one of the curves that meet is seen
ROOM = 7  # columns of the numbers on the left


def curves(found: Sequence[tuple[str, Any, int]]) -> str:
    """Each a name, an activation and the order of a derivative; as many as there are marks.

    Activations of rows have no curve: see `drawable`.
    """
    drawn = [_points(curve_of(activation), order) for _, activation, order in found]
    low, high = limits(np.concatenate(drawn))
    rows = _axes(low, high)
    down = Scale(high, low, 0, HIGH - 1)
    met: dict[tuple[int, int], str] = {}
    for mark, y in zip(MARKS, drawn, strict=False):
        for place in _cells(y, down):
            met[place] = met.get(place, "") + mark
    for (row, column), marks in met.items():
        rows[row][column] = marks[column // TURN % len(marks)]
    key = "   ".join(f"{mark} {name}" for mark, (name, _, _) in zip(MARKS, found, strict=False))
    return "\n".join([*_numbered(rows, low, high), *_below(), " " * ROOM + key])


def bars(name: str, activation: Any) -> str:
    """What a function of rows makes of the example row; below 0 to the left of a line."""
    row, values = example(activation)
    across = Scale(min(0.0, values.min()), max(0.0, values.max()), 0, WIDE // 2)
    zero = round(across(0.0))
    lines = [f"{' ' * ROOM}{name}({', '.join(f'{x:g}' for x in row)})"]
    for value in values:
        end = round(across(float(value)))
        bar = " " * min(zero, end) + "#" * abs(end - zero)
        lines.append(f"{value:>{ROOM - 1}.3f} {bar[:zero]:<{zero}}|{bar[zero:]}")
    return "\n".join(lines)


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


def _cells(y: np.ndarray, down: Scale) -> Iterator[tuple[int, int]]:
    """Row and column of each letter; steep parts are filled, so that a curve has no holes."""
    before = None
    for column, height in enumerate(y):
        place = round(down(float(height)))
        first, last = sorted((place, place if before is None else before))
        for row in range(first + (first != place), last + (last == place)):
            if 0 <= row < HIGH:
                yield row, column
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
