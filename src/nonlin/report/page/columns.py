"""What each column does for the predictions: how much, and in which shape."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from nonlin._text import say
from nonlin.choose.effects import SHOWN, Effect, Shape, effects, shapes
from nonlin.choose.verdict import shown
from nonlin.report.page.charts import NARROW, Interval, Line, both, intervals, lines
from nonlin.report.page.section import FEW_LINES, Section, captioned, score_name

if TYPE_CHECKING:
    from nonlin.choose.held_out import HeldOut
    from nonlin.choose.result import Result

DRAWN = 4  # columns whose shape is drawn
LONG = 12  # letters of a value that stands below an axis


def columns(result: Result) -> Section:
    """Of the strongest ones, on test rows."""
    held = result.held_out
    found = effects(held) if held is not None and np.isfinite(held.logits).all() else ()
    if held is None or not found:
        return Section("effects", [say("page.effect.none")])
    score = str(result.chosen.score.what)
    rows = [_row(each) for each in found]
    axis = say("page.axis.fall", score=score_name(result))
    chart = both(partial(intervals, rows, say("page.effects"), axis=axis))
    every = len(held.preparation.used)
    text = [say("page.effect.text", score=score)]
    if every > len(found):
        text.append(say("page.effect.strongest", shown=SHOWN, columns=f"{every:,}"))
    sure = [each for each in found if each.fall > 0]
    found_shapes = shapes(held, [each.column for each in sure[:DRAWN]])
    small = [captioned(_title(each), _drawn(held, each, result)) for each in found_shapes]
    if small:
        text.append(say("page.effect.shapes", columns=len(small)))
    head = [say("page.effect.column"), axis, say("page.interval")]
    measured = result.task.error if found[0].error is not None else None
    if measured:
        head.append(say("page.effect.rise", error=say(f"measure.{measured}")))
    cells = [_cells(each) for each in found]
    return Section("effects", text, chart, head, cells, small)


def _ends(each: Effect) -> tuple[float, float]:
    half = 0.0 if math.isnan(each.half_width) else each.half_width
    return each.fall - half, each.fall + half


def _row(each: Effect) -> Interval:
    low, high = _ends(each)
    return Interval(each.column, each.fall, low, high, "tied" if low > 0 else "behind")


def _cells(each: Effect) -> list[str]:
    low, high = _ends(each)
    cells = [each.column, f"{each.fall:.4f}", f"{low:.4f} … {high:.4f}"]
    return cells if each.error is None else [*cells, shown(each.error)]


def _drawn(held: HeldOut, shape: Shape, result: Result) -> str:
    """One line for each output: those that move most."""
    names = _outputs(held, result)
    moves = np.ptp(shape.means, axis=0)
    most = np.sort(np.argsort(-moves, kind="stable")[:FEW_LINES])
    places = shape.places or tuple(map(float, range(len(shape.names))))
    found = [
        Line(names[k], list(zip(places, shape.means[:, k].tolist(), strict=True)), len(most) == 1)
        for k in most
    ]
    up = say(
        "page.axis.share" if held.task.classes else "page.axis.mean_predicted",
        target=", ".join(names[-1:]) if held.task.classes else result.target,
    )
    axes = shape.column, up
    title = _title(shape)
    if not shape.places and len(most) == 1:
        pairs = zip(shape.names, shape.means[:, most[0]].tolist(), strict=True)
        rows = [Interval(name, mean, mean, mean, "chosen") for name, mean in pairs]
        return intervals(rows, title, 3, NARROW, up)
    return lines(found, title, _ticks(shape), width=NARROW, axes=axes)


def _title(shape: Shape) -> str:
    return say("page.effect.shape", column=shape.column)


def _outputs(held: HeldOut, result: Result) -> list[str]:
    if held.task.kind == "quantiles":
        return [f"{level:g}" for level in held.task.numbers]
    if not held.task.classes:
        return [""]
    return [str(label) for label in held.task.labels[-1 if held.task.kind == "binary" else 0 :]]


def _ticks(shape: Shape) -> Sequence[tuple[float, str]]:
    """Round numbers are found by the chart; texts and dates stand as they are."""
    if not shape.places:
        return [(float(k), _short(name)) for k, name in enumerate(shape.names)]
    if shape.dated:
        return list(_dates(shape))
    return ()


def _dates(shape: Shape) -> Iterator[tuple[float, str]]:
    """At both ends and in the middle."""
    last = len(shape.places) - 1
    for k in dict.fromkeys((0, last // 2, last)):
        yield shape.places[k], shape.names[k][:10]


def _short(name: str) -> str:
    return name if len(name) <= LONG else name[: LONG - 1] + "…"
