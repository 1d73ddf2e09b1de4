"""Products with an exponential, scaled by its power of two at the very end.

exp(-91) is subnormal in float32 and has lost most of its digits, but 91 exp(-91) is a normal
number. What is marked here keeps its exponentials as (1 + f) 2^n, and n is applied once the
product, or a sum of such products, is complete (`emit/llvm/lowering/scaled.py`).
"""

from __future__ import annotations

from nonlin.expr.interval import Interval
from nonlin.expr.nodes import Constant, Expr, arguments_of, build, is_call, square_of
from nonlin.expr.primitives import bounds_of
from nonlin.expr.walk import fold, rebuild

LATE = ("late_multiply", "late_damp", "late_add")
MOST = 16.0  # what something small may be multiplied by, to stay small
SMALL = Interval(-2.0, 2.0)  # a factor that brings no subnormal number back to life


def delay(root: Expr) -> Expr:
    """The expression with late products and sums where early ones would lose digits."""
    ranges: dict[Expr, Interval] = {}

    def visit(node: Expr, arguments: list[Expr]) -> Expr:
        built = _marked(rebuild(node, arguments), ranges)
        ranges[built] = bounds_of(node, [ranges[each] for each in arguments])
        return built

    return fold(fold(root, visit), lambda node, both: _floored(node, both, ranges))[0]


def _floored(
    node: Expr, both: list[tuple[Expr, Expr]], ranges: dict[Expr, Interval]
) -> tuple[Expr, Expr]:
    """The node as it is, and as it may be where 2**-40 counts for nothing: with `exp_floor`.

    There nothing subnormal need be multiplied, which takes a hundred times as long.
    """
    busy, idle = ([each[kind] for each in both] for kind in (0, 1))
    others = [ranges[each] for each in reversed(arguments_of(node))]
    if is_call(node, "exp"):
        return node, build("exp_floor", *busy)
    if is_call(node, "log1p_ratio"):
        busy = idle
    elif is_call(node, "add", "subtract"):
        large = [r.low >= 1 / MOST or r.high <= -1 / MOST for r in others]
        busy = [pair[beside] for pair, beside in zip(both, large, strict=True)]
    elif is_call(node, "multiply", "late_multiply"):
        small = [r.low >= -MOST and r.high <= MOST for r in others]
        idle = [pair[times] for pair, times in zip(both, small, strict=True)]
    elif not is_call(node, "where", "negate"):
        idle = busy
    return rebuild(node, busy), rebuild(node, idle)


def _marked(node: Expr, ranges: dict[Expr, Interval]) -> Expr:
    if not is_call(node, "multiply", "damp", "add"):
        return node
    a, b = arguments_of(node)
    if is_call(node, "add"):
        either = is_call(a, *LATE) or is_call(b, *LATE)
        return build("late_add", a, b) if either and scales(a) and scales(b) else node
    if is_call(node, "damp"):
        return build("late_damp", a, b) if scales(a) else node
    for vanishing, other in ((a, b), (b, a)):
        wide = ranges[other].low < SMALL.low or ranges[other].high > SMALL.high
        free = isinstance(other, Constant) or is_call(other, "reciprocal")  # rounded once
        if scales(vanishing) and (wide or free or is_call(vanishing, *LATE)):
            return build("late_multiply", vanishing, other)
    return node


def scales(node: Expr) -> bool:
    """Is there a power of two to keep apart?"""
    if is_call(node, "exp", *LATE):
        return True
    arguments = arguments_of(node)
    if is_call(node, "multiply"):
        return any(map(scales, arguments))
    if is_call(node, "divide", "negate"):
        return scales(arguments[0])
    if (base := square_of(node)) is not None:
        return scales(base)
    return is_call(node, "where") and any(map(scales, arguments[1:]))
