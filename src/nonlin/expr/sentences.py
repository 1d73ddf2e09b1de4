"""Strengths and weaknesses, read off the properties, most important first."""

from __future__ import annotations

import math

from nonlin._text import Text, text
from nonlin.expr.properties import Properties, Span


def strengths(p: Properties) -> list[Text]:
    """The good sides, most important first."""
    said = []
    if p.slope_limits[1] not in (0, math.inf, -math.inf) and not math.isnan(p.slope_limits[1]):
        said.append(text("properties.flows_right", slope=_short(p.slope_limits[1])))
    if p.slope_limits[0] not in (0, math.inf, -math.inf) and not math.isnan(p.slope_limits[0]):
        said.append(text("properties.flows_left", slope=_short(p.slope_limits[0])))
    if p.zero_centred and not p.linear:
        said.append(text("properties.zero_centred"))
    if p.smoothness == math.inf and p.defined_everywhere and not p.flat:
        said.append(text("properties.smooth"))
    elif p.smoothness >= 1:
        said.append(text("properties.no_kinks"))
    if p.bounded and p.range[0] < p.range[1]:
        said.append(text("properties.bounded", low=_short(p.range[0]), high=_short(p.range[1])))
    if p.monotone and not p.flat:
        said.append(text(f"properties.{p.monotone}"))
    if 0.5 < p.lipschitz <= 1 + 1e-9:
        said.append(text("properties.contracting", slope=_short(p.lipschitz)))
    if p.exponentials == 0 and p.divisions == 0:
        said.append(text("properties.cheap"))
    return said


def weaknesses(p: Properties) -> list[Text]:
    """The bad sides, most important first."""
    said = []
    if p.linear:
        said.append(text("properties.linear"))
    if not p.defined_everywhere:
        said.append(text("properties.undefined"))
    said += [*_dead(p), *_saturation(p), *_steepness(p)]
    if not p.zero_centred and not math.isnan(p.mean):
        said.append(text("properties.not_zero_centred", mean=_short(p.mean)))
    if p.monotone is None and p.defined_everywhere and not p.flat:
        said.append(text("properties.not_monotone"))
    if p.kinks:
        which = "jumps" if p.smoothness < 0 else "kinks"
        points = ", ".join(map(_short, p.kinks[:4])) + (", ..." if len(p.kinks) > 4 else "")
        said.append(text(f"properties.{which}", points=points))
    if p.exponentials == 1:
        said.append(text("properties.one_exponential"))
    elif p.exponentials > 1:
        said.append(text("properties.exponentials", count=p.exponentials))
    return said


def _dead(p: Properties) -> list[Text]:
    if p.flat:
        return [text("properties.dead_everywhere")]
    if not p.dead_regions:
        return []
    outer = any(math.isinf(low) or math.isinf(high) for low, high in p.dead_regions)
    key = "properties.dead" if outer else "properties.dead_inside"
    return [text(key, region=_region(p.dead_regions))]


def _region(spans: tuple[Span, ...]) -> str:
    """Intervals as conditions on x: "x < 0", "|x| > 1", "-1 < x < 2"."""
    if len(spans) == 2 and spans[0][1] == -spans[1][0] and math.isinf(spans[1][1] - spans[0][0]):
        return f"|x| > {_short(spans[1][0])}"
    return ", ".join(map(_condition, spans))


def _condition(span: Span) -> str:
    low, high = span
    if low == -high:
        return f"|x| < {_short(high)}"
    if math.isinf(low):
        return f"x < {_short(high)}"
    if math.isinf(high):
        return f"x > {_short(low)}"
    return f"{_short(low)} < x < {_short(high)}"


def _saturation(p: Properties) -> list[Text]:
    """Sides on which the gradient fades (where it is exactly 0, that is said already)."""
    if p.flat:
        return []
    left, right = p.saturation_points
    dead_left = any(math.isinf(low) for low, _ in p.dead_regions)
    dead_right = any(math.isinf(high) for _, high in p.dead_regions)
    fades_left = left is not None and not dead_left and p.saturates_left
    fades_right = right is not None and not dead_right and p.saturates_right
    if fades_left and fades_right and left is not None and right is not None:
        if left == -right:
            return [text("properties.saturates", point=_short(right, 2))]
        return [text("properties.saturates_both", left=_short(left, 2), right=_short(right, 2))]
    if fades_left and left is not None:
        return [text("properties.saturates_left", point=_short(left, 2))]
    if fades_right and right is not None:
        return [text("properties.saturates_right", point=_short(right, 2))]
    return []


def _steepness(p: Properties) -> list[Text]:
    if math.isinf(p.lipschitz):
        return [text("properties.steep")] if p.smoothness >= 0 else []
    if 0 < p.lipschitz <= 0.5:
        return [text("properties.shrinks", slope=_short(p.lipschitz))]
    return []


def _short(value: float, digits: int = 3) -> str:
    """A number for a sentence: three significant digits, no trailing zeros."""
    return f"{value + 0.0:.{digits}g}" if math.isfinite(value) else ("∞" if value > 0 else "-∞")
