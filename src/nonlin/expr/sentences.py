"""Strengths and weaknesses, read off the properties, most important first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from nonlin._text import Listed, Text, listed, text
from nonlin.expr.properties import Properties, Span

_MOST = 7  # sentences on either side
OF_GRADIENTS = tuple(
    f"properties.{name}"
    for name in (
        *("flows", "flows_left", "flows_right", "contracting", "dead"),
        *("dead_everywhere", "dead_inside", "fades", "saturates", "saturates_both"),
        *("saturates_left", "saturates_right", "explodes", "steep", "shrinks", "slow_start"),
    )
)
_NO_SLOPE = (0, math.inf, -math.inf)


def strengths(p: Properties) -> list[Text]:
    """The good sides, most important first."""
    if p.flat:
        return [*_extent(p), *_cheap(p)][:_MOST]
    said = [*_flow(p), *_extent(p), *_regularity(p), *_scale(p), *_cheap(p)]
    return said[:_MOST]


def weaknesses(p: Properties) -> list[Text]:
    """The bad sides, most important first."""
    said = []
    if p.linear:
        said.append(text("properties.linear"))
    if not p.defined_everywhere:
        said.append(text("properties.undefined"))
    said += [*_dead(p), *_saturation(p), *_steepness(p), *_origin(p), *_turns(p)]
    if not p.zero_centred and not math.isnan(p.mean):
        said.append(text("properties.not_zero_centred", mean=_short(p.mean)))
    said += [*_corners(p), *_price(p)]
    return said[:_MOST]


def _flow(p: Properties) -> Iterator[Text]:
    """Where the gradient stays alive."""
    left, right = (_steady(slope) for slope in p.slope_limits)
    if right and left and p.slope_limits[0] == p.slope_limits[1]:
        yield text("properties.flows", slope=_short(p.slope_limits[0]))
    else:
        if right:
            yield text("properties.flows_right", slope=_short(p.slope_limits[1]))
        if left:
            yield text("properties.flows_left", slope=_short(p.slope_limits[0]))
    if p.zero_centred and not p.linear:
        yield text("properties.zero_centred")


def _steady(slope: float) -> bool:
    return slope not in _NO_SLOPE and not math.isnan(slope)


def _extent(p: Properties) -> Iterator[Text]:
    if p.bounded and p.range[0] < p.range[1]:
        yield text("properties.bounded", low=_short(p.range[0]), high=_short(p.range[1]))
    if p.flat or p.linear:
        return
    if 0.5 < p.lipschitz <= 1 + 1e-9:
        yield text("properties.contracting", slope=_short(p.lipschitz))
    if p.lipschitz < 1 and len(p.fixed_points) == 1 and p.fixed_points[0][0] != 0:
        yield text("properties.settles", point=_short(p.fixed_points[0][0]))  # a contraction


def _regularity(p: Properties) -> Iterator[Text]:
    if p.smoothness == math.inf and p.defined_everywhere:
        yield text("properties.smooth")
    elif p.smoothness >= 2:
        yield text("properties.twice_smooth")
    elif p.smoothness >= 1:
        yield text("properties.no_kinks")
    if p.monotone and p.strictly and p.defined_everywhere and p.smoothness >= 0:
        yield text(f"properties.invertible_{p.monotone}")
    elif p.monotone:
        yield text(f"properties.{p.monotone}")


def _scale(p: Properties) -> Iterator[Text]:
    if p.homogeneous and not p.linear:
        yield text("properties.homogeneous")
    if p.period is not None:
        yield text("properties.periodic", period=_short(p.period))


def _cheap(p: Properties) -> Iterator[Text]:
    if p.exponentials == 0 and p.divisions == 0:
        yield text("properties.cheap")


def _dead(p: Properties) -> Iterator[Text]:
    if p.flat:
        yield text("properties.dead_everywhere")
    elif p.dead_regions:
        outer = any(math.isinf(low) or math.isinf(high) for low, high in p.dead_regions)
        key = "properties.dead" if outer else "properties.dead_inside"
        yield text(key, region=_region(p.dead_regions))


def _region(spans: tuple[Span, ...]) -> str | Text:
    """Intervals as conditions on x: "x < 0", "|x| > 1", "-1 < x < 2"."""
    if len(spans) == 2 and spans[0][1] == -spans[1][0] and math.isinf(spans[1][1] - spans[0][0]):
        return f"|x| > {_short(spans[1][0])}"
    first, *others = map(_condition, spans)
    said: str | Text = first
    for other in others:
        said = text("properties.either", first=said, second=other)
    return said


def _condition(span: Span) -> str:
    low, high = span
    if low == -high:
        return f"|x| < {_short(high)}"
    if math.isinf(low):
        return f"x < {_short(high)}"
    if math.isinf(high):
        return f"x > {_short(low)}"
    return f"{_short(low)} < x < {_short(high)}"


def _saturation(p: Properties) -> Iterator[Text]:
    """Sides on which the gradient fades (where it is exactly 0, that is said already)."""
    if p.flat:
        return
    left, right = (
        point if kind == "soft" else None
        for point, kind in zip(p.saturation_points, p.saturation, strict=True)
    )
    for point, kind in zip(p.saturation_points, p.saturation, strict=True):
        if kind == "slow" and point is not None:
            yield text("properties.fades", point=_short(abs(point), 2))
            break
    if left is not None and right is not None:
        if left == -right:
            yield text("properties.saturates", point=_short(right, 2))
        else:
            yield text("properties.saturates_both", left=_short(left, 2), right=_short(right, 2))
    elif left is not None:
        yield text("properties.saturates_left", point=_short(left, 2))
    elif right is not None:
        yield text("properties.saturates_right", point=_short(right, 2))


def _steepness(p: Properties) -> Iterator[Text]:
    if p.smoothness < 0 or p.flat:
        return
    if any(math.isinf(slope) for slope in p.slope_limits):
        yield text("properties.explodes")
    elif math.isinf(p.lipschitz):
        yield text("properties.steep")
    elif p.lipschitz <= 0.5:
        yield text("properties.shrinks", slope=_short(p.lipschitz))


def _origin(p: Properties) -> Iterator[Text]:
    """Small weights put every neuron near x = 0."""
    dead = any(low <= 0 <= high for low, high in p.dead_regions)
    if p.slope_at_zero == 0 and not dead and not p.flat:
        yield text("properties.slow_start")


def _turns(p: Properties) -> Iterator[Text]:
    if "turning_points" in p.endless:
        yield text("properties.oscillates")
    elif p.rising and p.falling:
        yield text("properties.not_monotone")


def _corners(p: Properties) -> Iterator[Text]:
    jumps = [x for x, _ in p.jumps]
    others = [x for x in p.kinks if x not in jumps]
    if jumps:
        yield text("properties.jumps", points=_points(jumps))
    if others:
        finite = math.isfinite(p.lipschitz) or p.smoothness < 0 or math.inf in p.slope_limits
        yield text("properties.kinks" if finite else "properties.vertical", points=_points(others))
    elif p.smoothness == 1:
        yield text("properties.bend_jumps")


def _price(p: Properties) -> Iterator[Text]:
    if p.exponentials == 1:
        yield text("properties.one_exponential")
    elif p.exponentials > 1:
        yield text("properties.exponentials", count=p.exponentials)


def _points(points: Sequence[float]) -> Listed:
    return listed(map(_short, points), 4)


def _short(value: float, digits: int = 3) -> str:
    """A number for a sentence: three significant digits, no trailing zeros."""
    return f"{value + 0.0:.{digits}g}" if math.isfinite(value) else ("∞" if value > 0 else "-∞")
