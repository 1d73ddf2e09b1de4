"""Which class was taken for which: a table whose cells are as dark as their share of the row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from nonlin.report.page.charts.frame import (
    CHARACTER,
    NARROW,
    SMALL,
    TITLE,
    fitting,
    hover,
    svg,
    text,
    width_of,
)

NAMES = 0.3  # of the width, for the names on the left, at most
LARGEST = 70  # pixels of a cell, with room for ten letters above it
DARK = 0.55  # share from which letters are those of the paper


def matrix(names: Sequence[str], counts: np.ndarray, title: str, axes: tuple[str, str]) -> str:
    """Rows: what is true; columns: what was said; counts: (names, names)."""
    most = NAMES * NARROW
    left = 12 + min(most, max(map(width_of, names)))
    cell = min(LARGEST, (NARROW - left - 4) / len(names))
    top = TITLE + 24
    height = top + cell * len(names) + 8 + TITLE
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)

    def marks() -> Iterator[str]:
        yield text(4, 12, axes[1], "axis", "start")
        middle = left + cell * len(names) / 2
        yield text(middle, height - 8, axes[0], "axis", "middle")
        for row, name in enumerate(names):
            place = top + cell * (row + 0.5) + 4
            yield text(left - 6, place, fitting(name, most), "tick", "end")
            across = left + cell * (row + 0.5)
            short = fitting(name, cell * CHARACTER / SMALL)
            yield text(across, top - 6, short, "tick", "middle")
        for row, column in np.ndindex(counts.shape):
            x, y = left + cell * column, top + cell * row
            said = f"{names[row]} → {names[column]}: {counts[row, column]}"
            yield _cell(x, y, cell, float(shares[row, column]), int(counts[row, column]), said)

    return svg(NARROW, height, title, marks())


def _cell(x: float, y: float, size: float, share: float, count: int, said: str) -> str:
    look = "light" if share > DARK else "tick"
    letters = text(x + size / 2, y + size / 2 + 4, str(count), look, "middle") if count else ""
    return (
        f"<g>{hover(said)}"
        f'<rect class="cell" x="{x:.1f}" y="{y:.1f}" width="{size - 1:.1f}" '
        f'height="{size - 1:.1f}" style="fill-opacity:{0.04 + 0.9 * share:.2f}"/>{letters}</g>'
    )
