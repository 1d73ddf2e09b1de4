"""A function of one tensor as operations of PyTorch whose gradients are safe far out, too."""

from __future__ import annotations

import math
from collections.abc import Mapping

from nonlin.emit.lets import statements
from nonlin.emit.spelling import Spelling, call
from nonlin.export.modules import dialect
from nonlin.export.torch import PRODUCT, SPELLINGS
from nonlin.expr.analyse import Properties
from nonlin.expr.floats import as_function
from nonlin.expr.nodes import (
    Constant,
    Expr,
    arguments_of,
    build,
    constant,
    is_call,
    symbol,
    value_of,
    where,
)
from nonlin.expr.walk import postorder, rewrite, substitute, symbols

WIDEST = 1e4  # |x| up to which they do, and at the infinities
_SMOOTH = ("tanh", "erf", "arctan", "absolute", "sigmoid", "softplus", "normal_cdf")
# not finite everywhere, which would spoil a branch that is not taken
_STEEP = ("exp", "expm1", "power", "log1p", "sin", "cos")
_BELL = ("erf", "normal_cdf", "arctan")  # their second derivatives are inf * 0 at infinities
_TAKEN = ("add", "subtract", "multiply", "negate", "where", "greater", "less", "greater_equal",
          "less_equal", "maximum", "minimum", *_SMOOTH, *_STEEP)  # fmt: skip
DIALECT = dialect(
    {
        **SPELLINGS,
        "sigmoid": call("torch.sigmoid"),
        "softplus": Spelling(
            "(-torch.nn.functional.logsigmoid(-({0})))",
            lambda torch: lambda a: -torch.nn.functional.logsigmoid(-a),
        ),
        "normal_cdf": call("torch.special.ndtr"),
    },
    PRODUCT,
)


def plain(
    graph: Expr, shape: Properties, learned: Mapping[str, float] | None = None
) -> tuple[list[str], str] | None:
    """The statements and the formula of what they return, of a graph in x and what is learned.

    shape: with the values of `learned`. None where the exact form alone is right.
    """
    values = learned or {}
    if not all(_known(node) for node in postorder(graph)):
        return None
    root = rewrite(graph, _masked)
    numbers = substitute(root, {name: constant(value) for name, value in values.items()})
    around = _around(numbers, shape, bool(values))
    if around is None:
        return None
    if math.isfinite(as_function(numbers, "x")(math.nan)):
        root = build("guard", root, symbol("x"))
    lines, (result,) = statements([root], DIALECT, ["x", "far", "dtype", *values])
    before, after = around
    return [*before, *lines], f"{result}{after}"


def _around(root: Expr, shape: Properties, learns: bool) -> tuple[list[str], str] | None:
    """What comes before and after f of x, so that no 0 * inf spoils it far out.

    Nothing where no factor grows; else f of x in bounds, and lines beyond them. None where f has
    no line there, to the last bit, or one whose slope would be learned.
    """
    if learns and shape.slope_limits != (0, 0):
        return None
    if not learns and not any(map(_grows, postorder(root))):
        return [], ""
    run, after = as_function(root, "x"), ""
    for sign, slope in zip((-1, 1), shape.slope_limits, strict=True):
        end, beyond = run(sign * WIDEST), run(sign * 1e3 * WIDEST)
        line = end + slope * sign * (1e3 - 1) * WIDEST
        if not (math.isfinite(slope) and abs(beyond - line) <= 4e-16 * max(1, abs(line))):
            return None
        if slope:
            turned = "far" if sign > 0 else "-far"
            times = "" if slope * sign == 1 else f"{slope * sign!r} * "
            after += f" + {times}torch.relu({turned} - {WIDEST!r})"
    kept = ["far = x"] if after else []
    return [*kept, f"x = torch.clamp(x, {-WIDEST!r}, {WIDEST!r})"], after


def _grows(node: Expr) -> bool:
    """Is it a product of functions of x, a power, or one whose derivatives hold such products?"""
    factors = [each for each in arguments_of(node) if "x" in symbols([each])]
    return (is_call(node, "multiply") and len(factors) > 1) or (
        is_call(node, "power", *_BELL) and bool(factors)
    )


def _known(node: Expr) -> bool:
    if is_call(node, *_STEEP, *_SMOOTH) and not is_call(node, "absolute"):
        inside = (part for each in arguments_of(node) for part in postorder(each))
        if any(is_call(part, "exp", "expm1") for part in inside):
            return False  # it may become infinite where the whole is flat: 0 * inf
    if is_call(node, "divide"):  # by numbers only: others may be 0
        return isinstance(arguments_of(node)[1], Constant)
    if is_call(node, "power"):
        exponent = value_of(arguments_of(node)[1])
        return exponent is not None and exponent.denominator == 1 and 2 <= exponent <= 4
    return is_call(node, *_TAKEN) or not arguments_of(node)


def _masked(node: Expr) -> Expr:
    """Branches that may become infinite get 0 for x where they are not taken, or 0 * inf spoils
    the gradient of the other one; the larger of two is a branch, too.
    """
    if is_call(node, "maximum", "minimum"):
        a, b = arguments_of(node)
        return where(a > b if is_call(node, "maximum") else a < b, a, b)
    if not is_call(node, "where"):
        return node
    condition, taken, other = arguments_of(node)
    return where(condition, _branch(condition, taken, True), _branch(condition, other, False))


def _branch(condition: Expr, branch: Expr, holds: bool) -> Expr:
    """The branch of x where the condition holds, or where it does not, and of 0 elsewhere."""
    if "x" not in symbols([branch]) or not any(is_call(n, *_STEEP) for n in postorder(branch)):
        return branch
    x, nothing = symbol("x"), constant(0)
    given = where(condition, x, nothing) if holds else where(condition, nothing, x)
    return substitute(branch, {"x": given})
