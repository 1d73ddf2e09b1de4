"""Quantities: predicted beside actual, errors beside predictions, and how often quantiles hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nonlin._text import say
from nonlin.choose.verdict import shown
from nonlin.report.page.charts import Spot, scatter
from nonlin.report.page.section import Section, captioned, said, share
from nonlin.tasks.accuracy import root_mean_squared_error
from nonlin.tasks.skill import mean_absolute_error

if TYPE_CHECKING:
    from nonlin.choose.held_out import HeldOut

DRAWN = 300  # points
WHISKERS = 80  # points with an interval each
FIFTHS = 5
NORMAL = 1.96


def quantity(held: HeldOut, logits: np.ndarray, told: Sequence[str], target: str) -> Section:
    """Points near the line x = y, errors around 0 wherever the prediction lies."""
    predicted, actual = held.predicted(logits)[:, 0], held.actual
    pairs = _thinned(np.column_stack([predicted, actual]), DRAWN)
    spots = [Spot(p, a, _note(p, a)) for p, a in pairs.tolist()]
    errors = [Spot(p, a - p, _note(p, a)) for p, a in pairs.tolist()]
    named = say("page.axis.predicted", target=target)
    beside, wrong = say("page.fitted.beside"), say("page.fitted.errors")
    charts = (
        captioned(beside, scatter(spots, beside, (named, say("page.axis.actual")))),
        captioned(wrong, scatter(errors, wrong, (named, say("page.axis.error")), "zero")),
    )
    text = [*told, say("page.fitted.quantity")]
    head = said(
        "fitted.range", "fitted.rows_in", "fitted.mean_predicted", "fitted.mean_actual",
        "fitted.rmse", "fitted.mae",
    )  # fmt: skip
    return Section("fit", text, None, head, list(_fifths(predicted, actual)), charts)


def _thinned(rows: np.ndarray, most: int) -> np.ndarray:
    return rows[:: -(-len(rows) // most)] if len(rows) else rows


def _note(predicted: float, actual: float) -> str:
    return say("page.fitted.note", predicted=shown(predicted), actual=shown(actual))


def _fifths(predicted: np.ndarray, actual: np.ndarray) -> Iterator[list[str]]:
    """Rows of similar predictions: is the mean of what is true the mean of what was said?"""
    order = np.argsort(predicted, kind="stable")
    for part in np.array_split(order, min(FIFTHS, len(order))):
        said_here, true = predicted[part], actual[part]
        yield [
            f"{shown(said_here.min())} … {shown(said_here.max())}",
            str(len(part)),
            *(shown(float(each.mean())) for each in (said_here, true)),
            shown(root_mean_squared_error(said_here, true)),
            shown(mean_absolute_error(said_here, true)),
        ]


def quantiles(held: HeldOut, logits: np.ndarray, told: Sequence[str], target: str) -> Section:
    """What is true inside the outer quantiles; and how often it lies below each of them."""
    predicted, actual, levels = held.predicted(logits), held.actual, held.task.numbers
    middle = int(np.argmin([abs(level - 0.5) for level in levels]))
    rows = _thinned(np.column_stack([predicted, actual]), WHISKERS).tolist()
    spots = [
        Spot(row[middle], row[-1], _note(row[middle], row[-1]), row[0], row[-2]) for row in rows
    ]
    below = [float(np.mean(actual <= predicted[:, k])) for k in range(len(levels))]
    ends = [interval(part, len(actual)) for part in below]
    held_spots = [
        Spot(level, part, f"{level:g}: {share(part)}", *end)
        for level, part, end in zip(levels, below, ends, strict=True)
    ]
    axes = say("page.axis.quantile", target=target), say("page.axis.actual")
    beside, rare = say("page.fitted.beside"), say("page.fitted.below")
    shares = say("page.axis.level"), say("page.axis.below")
    charts = (
        captioned(beside, scatter(spots, beside, axes)),
        captioned(rare, scatter(held_spots, rare, shares, joined=True, both=(0.0, 1.0))),
    )
    cells = [
        [f"{level:g}", share(part), f"{share(low)} … {share(high)}"]
        for level, part, (low, high) in zip(levels, below, ends, strict=True)
    ]
    head = said("fitted.level", "fitted.below", "interval")
    return Section("fit", [*told, say("page.fitted.quantiles")], None, head, cells, charts)


def interval(part: float, rows: int) -> tuple[float, float]:
    """The 95 % interval of a share of so many rows (Wilson, JASA 22, 1927)."""
    square = NORMAL**2 / rows
    centre = (part + square / 2) / (1 + square)
    half = NORMAL / (1 + square) * np.sqrt(part * (1 - part) / rows + square / (4 * rows))
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))
