"""The properties of one activation as lines of `nonlin show` and as plain values."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from nonlin._text import listed, say
from nonlin.expr.properties import Cost, Properties, Span

_LISTED = 4  # of a longer list the first few


def as_dict(p: Properties) -> dict[str, Any]:
    """For programs: every field, and what follows from the fields."""
    return asdict(p) | {
        "strictly_monotone": p.strictly,
        "turning_points": p.turning_points,
        "bounded": p.bounded,
        "invertible": p.invertible,
        "zero_centred": p.zero_centred,
        "saturation": p.saturation,
        "exponentials": p.exponentials,
        "divisions": p.divisions,
    }


def lines(p: Properties, f: Callable[[float], float]) -> Iterator[tuple[str, str]]:
    """(key of the label, text) in the language in use; f: whose properties they are."""
    yield "range", _range(p)
    yield "kinks", _kinks(p)
    yield "limits", _limits(p)
    yield "shape", _comma(_shape(p))
    if not p.monotone and not p.flat:
        yield "course", _course(p)
    yield "slope", _slope(p)
    yield "zeros", _places(p, "zeros", p.zeros, lambda x: f(x) == 0)
    yield "fixed_points", _fixed(p, lambda x: f(x) == x)
    if not math.isnan(p.mean):
        values = {"mean": number(p.mean), "variance": number(p.variance)}
        yield "mean", say("cli.traits.moments", **values)
    yield "cost", _costs(p)


def number(value: float) -> str:
    """Six digits."""
    if math.isnan(value):
        return say("cli.show.undefined")
    return f"{value + 0.0:.6g}" if math.isfinite(value) else ("∞" if value > 0 else "-∞")


def _comma(words: Iterator[str] | Sequence[str]) -> str:
    return say("cli.show.comma").join(words)


def _range(p: Properties) -> str:
    left, right = "[" if p.lowest_at is not None else "(", "]" if p.highest_at is not None else ")"
    words = [f"{left}{number(p.range[0])}, {number(p.range[1])}{right}"]
    turns = {*p.turning_points}
    if p.lowest_at in turns and not p.monotone and not p.period:
        words.append(say("cli.traits.least", x=number(p.lowest_at or 0.0)))
    if p.highest_at in turns and not p.monotone and not p.period:
        words.append(say("cli.traits.greatest", x=number(p.highest_at or 0.0)))
    return _comma(words)


def _kinks(p: Properties) -> str:
    found = []
    for kink in p.kinks[:_LISTED]:
        size = dict(p.jumps).get(kink)
        key = "kink" if size is None else "jump"
        change = dict(p.slope_jumps).get(kink, math.nan) if size is None else size
        place = f"x = {number(kink)}"
        finite = math.isfinite(change)
        found.append(place + (say(f"cli.traits.{key}", size=f"{change:+.6g}") if finite else ""))
    return str(listed([*found, "…"] if len(p.kinks) > _LISTED else found)) or say("cli.show.none")


def _limits(p: Properties) -> str:
    left, right = (
        say("cli.show.no_limit") if math.isnan(end) else say("cli.show.tends", value=number(end))
        for end in p.limits
    )
    words = [say("cli.show.limits_are", left=left, right=right)]
    for side, line in zip(("left", "right"), p.asymptotes, strict=True):
        if line and line[0] and not p.linear:
            words.append(say(f"cli.traits.asymptote_{side}", line=_line(*line)))
    return _comma(words)


def _line(a: float, b: float) -> str:
    slope = "x" if a == 1 else "-x" if a == -1 else f"{number(a)} x"
    return slope if b == 0 else f"{slope} {'+' if b > 0 else '-'} {number(abs(b))}"


def _shape(p: Properties) -> Iterator[str]:
    strictly = p.monotone and p.strictly
    yield say(
        "cli.show.constant" if p.flat and p.smoothness >= 0
        else f"cli.traits.strictly_{p.monotone}" if strictly
        else f"cli.show.{p.monotone or 'not_monotone'}"
    )  # fmt: skip
    if p.parity:
        yield say(f"cli.show.{p.parity}")
    elif p.centre is not None and not p.flat:
        yield say("cli.traits.centre", x=number(p.centre[0]), y=number(p.centre[1]))
    if p.convex != p.concave:
        yield say("cli.show.convex" if p.convex else "cli.traits.concave")
    elif p.inflections and "inflections" not in p.endless:
        yield say("cli.traits.inflections", points=_some(map(number, p.inflections)))
    named = ("linear", "homogeneous", "idempotent", "self_gated")
    yield from (say(f"cli.traits.{name}") for name in named if getattr(p, name))
    if p.period is not None:
        yield say("cli.traits.period", period=number(p.period))


def _course(p: Properties) -> str:
    spans = [(span, "rises") for span in p.rising] + [(span, "falls") for span in p.falling]
    spans.sort()
    said = [say(f"cli.traits.{key}", span=_span(span)) for span, key in spans[:_LISTED]]
    return _comma([*said, "…"] if len(spans) > _LISTED or "turning_points" in p.endless else said)


def _span(span: Span, holds: Callable[[float], bool] = lambda x: False) -> str:
    """An interval, closed at the ends for which something holds as it does inside."""
    low, high = (math.isfinite(x) and holds(x) for x in span)
    return f"{'[' if low else '('}{number(span[0])}, {number(span[1])}{']' if high else ')'}"


def _slope(p: Properties) -> str:
    if p.smoothness < 0:
        return say("cli.traits.discontinuous")
    words = [
        say("cli.show.smooth") if math.isinf(p.smoothness)
        else say("cli.show.smoothness", count=int(p.smoothness)),
        say("cli.show.lipschitz", value=number(p.lipschitz)),
    ]  # fmt: skip
    if p.smoothness >= 1:
        words.append(say("cli.traits.curvature", value=number(p.curvature)))
    return _comma(words)


def _places(p: Properties, name: str, spans: Sequence[Span], holds: Callable[[float], bool]) -> str:
    if name in p.endless:
        near = sorted((low for low, high in spans if low == high), key=abs)[:_LISTED]
        return say("cli.traits.endless", points=_some(map(number, sorted(near))))
    found = [number(low) if low == high else _span((low, high), holds) for low, high in spans]
    return _some(found) or say("cli.show.none")


def _fixed(p: Properties, holds: Callable[[float], bool]) -> str:
    if "fixed_points" in p.endless or len(p.fixed_points) > _LISTED:
        spans = [(low, high) for low, high, _ in p.fixed_points]
        return _places(p, "fixed_points", spans, holds)
    return _some([_fixed_point(*each, holds) for each in p.fixed_points]) or say("cli.show.none")


def _fixed_point(low: float, high: float, slope: float, holds: Callable[[float], bool]) -> str:
    if low < high:
        return _span((low, high), holds)
    if abs(abs(slope) - 1) < 1e-9 or math.isnan(slope):
        return number(low)
    kind = "attracting" if abs(slope) < 1 else "repelling"
    return number(low) + say(f"cli.traits.{kind}")


def _some(words: Iterable[str]) -> str:
    """The first of several places, and a sign that there are more."""
    found = list(words)
    return str(listed([*found[:_LISTED], "…"] if len(found) > _LISTED else found))


def _costs(p: Properties) -> str:
    return say("cli.traits.costs", value=_cost(p.cost), both=_cost(p.cost_with_slope))


def _cost(cost: Cost) -> str:
    words = [
        say("cli.traits.count", count=count, what=say(f"cli.traits.{name}"))
        for name, count in asdict(cost).items()
        if count
    ]
    return str(listed(words)) or say("cli.traits.nothing")
