"""Which properties interval arithmetic and the graph prove, beyond what samples show.

Bounds hold up to the rounding of a double: intervals are not rounded outwards.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Literal

from nonlin.expr.analyse.branches import Piece
from nonlin.expr.analyse.enclose import enclosure
from nonlin.expr.interval import REALS, Interval, hull
from nonlin.expr.nodes import Expr, Symbol, arguments_of, is_call, value_of
from nonlin.expr.walk import fold, symbols

_SLACK = 1e-12
_EDGES = (-math.inf, -8.0, -2.0, 0.0, 2.0, 8.0, math.inf)  # tighter bounds on shorter intervals
_ODD = ("tanh", "arctan", "erf", "softsign", "sin", "tanhshrink", "sign", "isru", "negate")
_EVEN = ("absolute", "cos", "sech_squared", "logistic_density", "normal_pdf", "inverse_root")


def proven(root: Expr, pieces: Sequence[Piece], found: dict[str, Any]) -> tuple[str, ...]:
    """Names of the properties in `found` for which there is a proof."""
    return tuple(_proofs(root, pieces, found))


def _proofs(root: Expr, pieces: Sequence[Piece], found: dict[str, Any]) -> Iterator[str]:
    if found["parity"] and shown_parity(root) == found["parity"]:
        yield "parity"
    low, high = found["range"]
    values = _enclosed(pieces, lambda piece: piece.branch)
    if low - _SLACK <= values.low and values.high <= high + _SLACK:
        yield "range"
    slopes = _enclosed(pieces, lambda piece: piece.slope)
    sign = {"increasing": 1, "decreasing": -1}.get(found["monotone"], 0)
    if sign and (slopes.low if sign > 0 else -slopes.high) >= 0 and _one_way(found["jumps"], sign):
        yield "monotone"
    if found["smoothness"] >= 0 and max(-slopes.low, slopes.high) <= found["lipschitz"] + _SLACK:
        yield "lipschitz"
    if not (found["convex"] or found["concave"]):
        return
    bends = _enclosed(pieces, lambda piece: piece.bend)
    for name, sign in (("convex", 1), ("concave", -1)):
        if found[name] and (bends.low if sign > 0 else -bends.high) >= 0:
            yield name


def shown_parity(root: Expr) -> Literal["odd", "even"] | None:
    """The parity that the graph shows; that of 0 is even."""
    shown = fold(root, _parity)
    return "odd" if shown == "odd" else "even" if shown == "even" else None


def _one_way(jumps: Sequence[tuple[float, float]], sign: int) -> bool:
    return all(sign * size >= 0 for _, size in jumps)


def _enclosed(pieces: Sequence[Piece], part: Callable[[Piece], Expr | None]) -> Interval:
    """Bounds of a branch, or of its derivative, over all pieces."""
    bounds = []
    for piece in pieces:
        root = part(piece)
        if root is None:
            return REALS
        edges = [piece.low, *(x for x in _EDGES if piece.low < x < piece.high), piece.high]
        bounds += [enclosure(root, Interval(*ends)) for ends in pairwise(edges)]
    return hull(*bounds)


def _parity(node: Expr, arguments: list[str | None]) -> str | None:
    """Odd or even, as far as the graph shows it."""
    if isinstance(node, Symbol):
        return "odd"
    if not symbols([node]) or (arguments and all(each == "even" for each in arguments)):
        return "even"
    if is_call(node, *_ODD):
        return arguments[0]
    if is_call(node, *_EVEN):
        return "even" if arguments[0] else None
    if is_call(node, "add", "subtract"):
        return arguments[0] if arguments[0] == arguments[1] else None
    if is_call(node, "multiply", "divide") and all(arguments):
        return "even" if arguments[0] == arguments[1] else "odd"
    exponent = value_of(arguments_of(node)[1]) if is_call(node, "power") else None
    if arguments[0] and exponent is not None and exponent.denominator == 1:
        return "odd" if exponent % 2 else "even"
    return None
