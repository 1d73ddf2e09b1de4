"""One activation as a small SVG text that reads well on light and on dark paper.

Words are few and the same in every language: f, f', f'' and numbers. Lines and letters have
colours of middle brightness, at least 3 : 1 against white and against black paper.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from nonlin.sketch.curve import band, beside, curve_of, example, limits, samples, spread
from nonlin.sketch.regions import REACH, dead, kinks, saturated
from nonlin.sketch.scale import Scale, coordinates, round_numbers

BLUE, ORANGE, GREEN, GREY = "#2f7fd0", "#d9690f", "#2a9a6a", "#777d85"
# label, colour, dashes, width of f, its derivatives, and the slope that training takes instead
CURVES = (
    ("f", BLUE, "", 2.6), ("f′", ORANGE, "7 4", 2.0), ("f″", GREEN, "2 3", 2.0),
    ("s", GREEN, "2 3", 2.0),
)  # fmt: skip
SURROGATE = 3  # the last of them
STEPS = 6  # between ticks, at most
TOLERANCE = 0.12  # of a simplified line, in units of the picture
Beside = tuple[float, np.ndarray, np.ndarray]  # a value of a gated pair, and its curve


@dataclass(frozen=True, slots=True)
class Frame:
    """Where numbers come to lie: x and y to units of the picture, which grow downwards."""

    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]
    margins: tuple[float, float, float, float]  # left, top, right, bottom

    @property
    def across(self) -> Scale:
        """Units from the left."""
        return Scale(*self.x, self.margins[0], self.width - self.margins[2])

    @property
    def down(self) -> Scale:
        """Units from the top."""
        return Scale(*self.y[::-1], self.margins[1], self.height - self.margins[3])

    @property
    def box(self) -> tuple[float, float, float, float]:
        """x, y, width and height of the inner part."""
        left, top, right, bottom = self.margins
        return left, top, self.width - left - right, self.height - top - bottom


def picture(activation: Any, orders: Sequence[int] = (0, 1, 2)) -> str:
    """f and derivatives with kinks, dead and saturated regions and the normal density."""
    drawn = curve_of(activation)
    if drawn is None:
        return _bars(activation, 480, 300)
    if activation.surrogate is not None:
        orders = (*orders[:2], SURROGATE)
    curves = [(order, *_samples(drawn, order)) for order in orders]
    noise, others = band(activation, REACH), beside(activation, REACH)
    ends = () if noise is None else noise[1:]
    heights = limits(np.concatenate([*ends, *(y for *_, y in (*curves, *others))]))
    frame = Frame(480, 300, (-REACH, REACH), heights, (40, 26, 10, 24))
    lines = (_curve(frame, order, x, y) for order, x, y in reversed(curves))
    parts = [
        *_regions(drawn, frame),
        *_axes(frame, range(-6, 7, 2), round_numbers(*heights, STEPS)),
        _clipped(*frame.box, (*_around(frame, noise, others), *lines)),
        *_values(frame, others),
        *_kinks(drawn, frame),
        *_key(orders),
    ]
    return _svg(frame, parts, activation.name)


def _samples(drawn: Any, order: int) -> tuple[np.ndarray, np.ndarray]:
    if order == SURROGATE:
        return samples(drawn.trained, 1, REACH)
    return samples(drawn, order, REACH)


def thumbnail(activation: Any) -> str:
    """f alone, without numbers, for a table of many."""
    drawn = curve_of(activation)
    if drawn is None:
        return _bars(activation, 120, 80, plain=True)
    x, y = samples(drawn, 0, 4.0)
    others = beside(activation, 4.0)
    seen = np.concatenate([y, *(each for *_, each in others)])
    frame = Frame(120, 80, (-4.0, 4.0), limits(seen, 3.0), (3, 3, 3, 3))
    lines = [*_around(frame, band(activation, 4.0), others), _curve(frame, 0, x, y)]
    return _svg(frame, [*_axes(frame, (), ()), _clipped(*frame.box, lines)], activation.name)


def _svg(frame: Frame, parts: Iterable[str], name: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {frame.width:g} {frame.height:g}" '
        f'width="{frame.width:g}" height="{frame.height:g}" role="img" fill="none" '
        f'font-family="sans-serif" font-size="12"><title>{escape(name)}</title>'
        f"{''.join(parts)}</svg>\n"
    )


def _clipped(x: float, y: float, width: float, height: float, parts: Iterable[str]) -> str:
    """An inner picture cuts off what leaves it; a clip path would need a name on the page."""
    return (
        f'<svg x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'viewBox="{x:.1f} {y:.1f} {width:.1f} {height:.1f}">{"".join(parts)}</svg>'
    )


def _axes(frame: Frame, across: Iterable[float], down: Iterable[float]) -> Iterator[str]:
    left, top, width, height = frame.box
    right, bottom = left + width, top + height
    lines, words = [], []
    for x in across:
        place = frame.across(x)
        lines.append(f"M{place:.1f} {top:g}V{bottom:g}")
        words.append(_word(place, bottom + 15, f"{x:g}", "middle"))
    for y in down:
        place = frame.down(y)
        lines.append(f"M{left:g} {place:.1f}H{right:g}")
        words.append(_word(left - 5, place + 4, f"{y:g}", "end"))
    if lines:
        yield f'<path d="{"".join(lines)}" stroke="{GREY}" opacity=".3"/>'
    zeros = [f"M{frame.across(0.0):.1f} {top:g}V{bottom:g}"] if frame.x[0] < 0 else []
    if frame.y[0] < 0 < frame.y[1]:
        zeros.append(f"M{left:g} {frame.down(0.0):.1f}H{right:g}")
    yield f'<path d="{"".join(zeros)}" stroke="{GREY}"/>'
    yield from words


def _word(x: float, y: float, word: str, anchor: str = "start", fill: str = GREY) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{fill}">{word}</text>'


def _curve(frame: Frame, order: int, x: np.ndarray, y: np.ndarray) -> str:
    _, colour, dash, width = CURVES[order]
    y = _held(frame, y)
    path = "".join(f"M{_points(frame, x[piece], y[piece])}" for piece in _pieces(y))
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="{path}" stroke="{colour}" stroke-width="{width}"{dashes} '
        'stroke-linejoin="round"/>'
    )


def _around(
    frame: Frame, noise: tuple[np.ndarray, ...] | None, others: Sequence[Beside]
) -> Iterator[str]:
    """The band of values in training; curves of a gated pair for other values than 1."""
    if noise is not None:
        x, low, high = noise
        edge = coordinates([*_places(frame, x, high), *_places(frame, x, low)[::-1]])
        yield f'<path d="M{edge}Z" fill="{BLUE}" opacity=".3"/>'
    for _, x, y in others:
        yield f'<path d="M{_points(frame, x, y)}" stroke="{BLUE}" stroke-width="1.2"/>'


def _values(frame: Frame, others: Sequence[Beside]) -> Iterator[str]:
    """Where the curves of other values leave the picture, their values."""
    for value, x, y in others:
        seen = np.flatnonzero((y >= frame.y[0]) & (y <= frame.y[1]))
        place, height = frame.across(x[seen[-1]]), frame.down(y[seen[-1]])
        top = frame.box[1]
        yield _word(place - 6, max(height - 4, top + 12), f"v = {value:g}", "end", BLUE)


def _held(frame: Frame, y: np.ndarray) -> np.ndarray:
    """Heights not far beyond the picture."""
    tall = frame.y[1] - frame.y[0]
    return np.asarray(np.clip(y, frame.y[0] - tall, frame.y[1] + tall))


def _pieces(y: np.ndarray) -> Iterator[slice]:
    """Runs of points; NaN parts them."""
    known = np.concatenate([[False], ~np.isnan(y), [False]])
    edges = np.flatnonzero(np.diff(known.astype(int)))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if stop - start > 1:
            yield slice(start, stop)


def _points(frame: Frame, x: np.ndarray, y: np.ndarray) -> str:
    return coordinates(_places(frame, x, y))


def _places(frame: Frame, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return simplified(np.column_stack([frame.across(x), frame.down(_held(frame, y))]))


def simplified(points: np.ndarray) -> np.ndarray:
    """The fewest of the points of a line that stay within TOLERANCE (Douglas and Peucker, 1973)."""
    keep = np.zeros(len(points), bool)
    keep[[0, -1]] = True
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        chord = points[last] - points[first]
        inner = points[first + 1 : last] - points[first]
        length = math.hypot(*chord) or 1.0
        distance = np.abs(chord[0] * inner[:, 1] - chord[1] * inner[:, 0]) / length
        farthest = int(distance.argmax())
        if distance[farthest] > TOLERANCE:
            middle = first + 1 + farthest
            keep[middle] = True
            spans += [(first, middle), (middle, last)]
    return points[keep]


def _regions(activation: Any, frame: Frame) -> Iterator[str]:
    _, top, _, height = frame.box
    z = np.linspace(-4, 4, 65)
    bell = frame.y[0] + 0.22 * (frame.y[1] - frame.y[0]) * np.exp(-z * z / 2)
    yield f'<path d="M{_points(frame, z, bell)}Z" fill="{GREY}" opacity=".22"/>'
    for low, high in dead(activation):
        left, right = frame.across(low), frame.across(high)
        yield (
            f'<rect x="{left:.1f}" y="{top:g}" width="{right - left:.1f}" height="{height:g}" '
            f'fill="{ORANGE}" opacity=".18"/>'
        )
    for low, high in saturated(activation):
        left, right = frame.across(low), frame.across(high)
        starts = np.arange(left - height, right, 8)
        lines = "".join(f"M{start:.0f} {top + height:g}l{height:g}-{height:g}" for start in starts)
        hatch = f'<path d="{lines}" stroke="{GREY}" opacity=".45"/>'
        yield _clipped(left, top, right - left, height, [hatch])


def _kinks(activation: Any, frame: Frame) -> Iterator[str]:
    for kink in kinks(activation):
        y = float(activation(np.float64(kink)))
        if frame.y[0] <= y <= frame.y[1]:
            x, down = frame.across(kink), frame.down(y)
            yield f'<circle cx="{x:.1f}" cy="{down:.1f}" r="4" stroke="{BLUE}" stroke-width="2"/>'


def _key(orders: Sequence[int]) -> Iterator[str]:
    for place, order in enumerate(orders):
        label, colour, dash, width = CURVES[order]
        x = 44 + 62 * place
        yield (
            f'<path d="M{x} 13h26" stroke="{colour}" stroke-width="{width}" '
            f'stroke-dasharray="{dash or "none"}"/>'
        )
        yield _word(x + 32, 17, label, fill=colour)


def _bars(activation: Any, width: float, height: float, plain: bool = False) -> str:
    """What a function of rows makes of the example row."""
    row, values = example(activation)
    labels = [f"x{k} = {x:g}" for k, x in enumerate(row, start=1)]
    if len(values) != len(row):
        labels = [f"y{k}" for k in range(1, len(values) + 1)]
    ends = spread(activation)
    low, high = limits(np.append(1.12 * np.append(values, [] if ends is None else ends), 0.0))
    margins = (3, 3, 3, 3) if plain else (40, 20, 10, 24)
    frame = Frame(width, height, (0.4, len(values) + 0.6), (low, high), margins)
    zero = frame.down(0.0)
    parts = list(_axes(frame, (), () if plain else round_numbers(low, high, STEPS)))
    for number, value in enumerate(values, start=1):
        left, right, end = (
            frame.across(number - 0.35),
            frame.across(number + 0.35),
            frame.down(value),
        )
        parts.append(
            f'<rect x="{left:.1f}" y="{min(zero, end):.1f}" width="{right - left:.1f}" '
            f'height="{abs(end - zero):.1f}" fill="{BLUE}"/>'
        )
        if not plain:
            above = end - 5 if value >= 0 else end + 14
            parts.append(_word((left + right) / 2, above, f"{value:.3f}", "middle"))
            parts.append(_word((left + right) / 2, height - 8, labels[number - 1], "middle"))
    if ends is not None:
        parts += _whiskers(frame, *ends)
    return _svg(frame, parts, activation.name)


def _whiskers(frame: Frame, low: np.ndarray, high: np.ndarray) -> Iterator[str]:
    """From the low to the high end of what each bar is in training."""
    half = (frame.across(1.12) - frame.across(1.0)) / 2
    for number, ends in enumerate(zip(low, high, strict=True), start=1):
        x = frame.across(number + 0.22)  # beside the number above the bar
        bottom, top = map(frame.down, ends)
        path = f"M{x:.1f} {bottom:.1f}V{top:.1f}"
        path += "".join(f"M{x - half:.1f} {end:.1f}h{2 * half:.1f}" for end in (bottom, top))
        yield f'<path d="{path}" stroke="{ORANGE}" stroke-width="1.6"/>'
