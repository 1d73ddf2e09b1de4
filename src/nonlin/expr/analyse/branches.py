"""The smooth pieces between breakpoints, each as a formula without branches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from nonlin._errors import InputError
from nonlin.expr.analyse.breaks import FloatFunction, tends_to
from nonlin.expr.derivative import derivative
from nonlin.expr.floats import as_function, function_of, table
from nonlin.expr.nodes import COMPARISONS, Call, Constant, Expr, as_float, build, value_of
from nonlin.expr.walk import postorder

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Piece:
    """An open interval and the branch of the formula that holds on it; None if that is undefined.

    `slope` is the derivative of the branch.
    """

    low: float
    high: float
    branch: Expr | None
    slope: Expr | None

    @property
    def inner(self) -> float:
        """A point well inside."""
        return inner_point(self.low, self.high)

    @property
    def bend(self) -> Expr | None:
        """The second derivative of the branch."""
        return None if self.slope is None else derivative(self.slope)

    @property
    def constant_slope(self) -> float | None:
        """The slope, if it is the same everywhere on the piece."""
        number = None if self.slope is None else value_of(self.slope)
        return None if number is None else as_float(number)


def pieces(root: Expr, points: Sequence[float]) -> tuple[Piece, ...]:
    """One piece more than there are breakpoints."""
    found = []
    for low, high in pairwise((-math.inf, *points, math.inf)):
        branch: Expr | None = None
        slope: Expr | None = None
        try:
            branch = decided(root, inner_point(low, high))
            if _holds(root, branch, low, high):
                slope = derivative(branch)
            else:
                branch = None
        except InputError:  # it divides by what is 0 on this piece
            pass
        found.append(Piece(low, high, branch, slope))
    return tuple(found)


def _holds(root: Expr, branch: Expr, low: float, high: float) -> bool:
    """Is it the branch everywhere on the piece, or did a breakpoint escape?"""
    if branch is root:
        return True
    low, high = max(low, min(high, 0.0) - 1e3), min(high, max(low, 0.0) + 1e3)
    xs = [low + (high - low) * k / 29 for k in range(1, 29)]
    return all(
        abs(a - b) <= 1e-9 * (1 + abs(a)) or a != a or b != b
        for a, b in zip(*table([root, branch], xs), strict=True)
    )


def inner_point(low: float, high: float) -> float:
    """A point well inside an interval that may be infinite."""
    if math.isinf(low):
        return 0.0 if math.isinf(high) else high - 1
    return low + 1 if math.isinf(high) else (low + high) / 2


def decided(root: Expr, point: float) -> Expr:
    """The expression with every branch decided as it is at the point."""
    values: dict[Expr, float] = {}
    chosen: dict[Expr, Expr] = {}
    for node in postorder(root):
        if isinstance(node, Call):
            function = function_of(node.primitive, len(node.arguments))
            values[node] = function(*(values[a] for a in node.arguments))
            chosen[node] = _choice(node, chosen, [values[a] for a in node.arguments])
        else:
            values[node] = as_float(node.value) if isinstance(node, Constant) else point
            chosen[node] = node
    return chosen[root]


def _choice(node: Call, chosen: dict[Expr, Expr], at: Sequence[float]) -> Expr:
    arguments = [chosen[argument] for argument in node.arguments]
    match node.primitive:
        case "where":
            return arguments[1] if at[0] else arguments[2]
        case "maximum":
            return arguments[0] if at[0] > at[1] else arguments[1]
        case "minimum":
            return arguments[0] if at[0] < at[1] else arguments[1]
        case "absolute":
            return arguments[0] if at[0] > 0 else build("negate", arguments[0])
        case "sign":
            return build("add", 1 if at[0] > 0 else -1, 0)
        case comparison if comparison in COMPARISONS:
            return node
        case "guard":
            return arguments[0]
    return build(node.primitive, *arguments)


def one_sided(f: FloatFunction, branch: Expr | None, point: float, side: int) -> float:
    """The limit at a breakpoint from one side, infinite at a pole."""
    seen = tends_to(f, point, side)
    if branch is not None and math.isfinite(exact := as_function(branch, "x")(point)):
        # arctan(1/x) has a number at 0, but only one side tends to it
        return exact if math.isnan(seen) or _near(exact, seen) else seen
    return seen


def _near(exact: float, seen: float) -> bool:
    return abs(exact - seen) <= 1e-3 * (1 + abs(exact))


def regions(found: Sequence[Piece], slope: float) -> tuple[Span, ...]:
    """The intervals on which the slope is this number everywhere, neighbours merged."""
    merged: list[Span] = []
    for piece in found:
        if piece.constant_slope != slope:
            continue
        low = piece.low
        if merged and merged[-1][1] == low:
            low = merged.pop()[0]
        merged.append((low, piece.high))
    return tuple(merged)
