"""What a picture of an activation shows: points of its curves, heights.

Shared by the pictures that matplotlib draws and by the small ones of this room.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nonlin.kinds import random, reshaping

HEIGHT = 4.5  # curves that grow faster are cut off here
SAMPLES = 1201
EXAMPLE = (1.0, 2.0, 3.0)  # the row that functions of rows are shown on
JUMP = 1e-6
BESIDE = (-1.0, 2.0)  # values of a gated pair that are shown beside 1
LIKELY = {"uniform": (0.025, 0.975), "normal": (-1.96, 1.96)}  # between them 95 % of the noise
DRAWS = 400  # of functions of rows


def curve_of(activation: Any) -> Any:
    """The element-wise function to draw: itself, or that of a gate; None where there is none."""
    if activation.elementwise:
        return activation
    return activation.curve if activation.kind == "gated" else None


def example(activation: Any) -> tuple[tuple[float, ...], np.ndarray]:
    """A row, and what a function of rows makes of it."""
    changed = activation.kind == "reshaping"
    row = tuple(reshaping.example(activation)) if changed else EXAMPLE
    return row, np.asarray(activation(np.array(row)))


def beside(activation: Any, reach: float) -> list[tuple[float, np.ndarray, np.ndarray]]:
    """Of a gated pair: curves for values other than 1, each with its value."""
    if activation.kind != "gated":
        return []
    x, _ = samples(activation.curve, 0, reach)
    return [(value, x, np.asarray(activation(np.full_like(x, value), x))) for value in BESIDE]


def band(activation: Any, reach: float) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """x, low and high of where 95 % of the values lie in training; None for what draws no noise."""
    drawn = random.with_given_noise(activation)
    if drawn is None:
        return None
    function, name = drawn
    x, _ = samples(activation, 0, reach)
    ends = [function(x, **{name: value}) for value in LIKELY[name]]
    return x, np.minimum(*ends), np.maximum(*ends)


def spread(activation: Any) -> tuple[np.ndarray, np.ndarray] | None:
    """The same for the example row of a function of rows."""
    if activation.kind != "random" or activation.elementwise:
        return None
    row = np.array(EXAMPLE)
    drawn = np.stack([activation.sample(row, seed=seed) for seed in range(DRAWS)])
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0)
    return low, high


def samples(activation: Any, order: int, reach: float) -> tuple[np.ndarray, np.ndarray]:
    """Points of the curve of f (order 0) or a derivative, torn apart by a NaN where it jumps."""
    places = [p for p in activation.properties.breakpoints if abs(p) <= reach]
    sides = [side for p in places for side in (np.nextafter(p, -np.inf), np.nextafter(p, np.inf))]
    x = np.unique(np.concatenate([np.linspace(-reach, reach, SAMPLES), sides]))
    y = activation(x) if order == 0 else activation.derivative(x, order)
    for place in places:
        before, after = np.searchsorted(x, place), np.searchsorted(x, place, side="right")
        left, right = float(y[before - 1]), float(y[min(after, y.size - 1)])
        if abs(right - left) > JUMP:
            x, y = np.insert(x, after, place), np.insert(y, after, np.nan)
            if before < after:  # the point itself belongs to one side only
                y[before:after] = np.nan
    return x, y


def limits(values: np.ndarray, height: float = HEIGHT) -> tuple[float, float]:
    """Lowest and highest height shown, cut off at `height` from 0 or from the end nearer to 0."""
    finite = values[np.isfinite(values)]
    least, most = (float(finite.min()), float(finite.max())) if finite.size else (-1.0, 1.0)
    low = max(least, min(-height, most - height))
    high = min(most, max(height, least + height))
    margin = 0.06 * max(high - low, 1.0, 1e-6 * abs(low))
    return low - margin, high + margin
