"""Where the pieces of a function of x meet, what happens there, and what it tends to far out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from nonlin._errors import InputError
from nonlin.expr.analyse.enclose import enclosure
from nonlin.expr.derivative import derivative
from nonlin.expr.floats import as_function
from nonlin.expr.interval import REALS
from nonlin.expr.nodes import (
    COMPARISONS,
    Expr,
    arguments_of,
    as_float,
    constant,
    is_call,
    subtract,
    value_of,
)
from nonlin.expr.stable import stabilise
from nonlin.expr.walk import postorder, substitute, symbols

FloatFunction = Callable[[float], float]

_MEETING = (*COMPARISONS, "maximum", "minimum")
_AT_ZERO = ("absolute", "sign", "softsign", "sqrt", "log", "copysign")
_FAR = (1e2, 1e5, 1e9, 1e14, 1e20)
_TINY, _FARTHEST = 1e-12, 1e300
_MANY = 24  # zeros: more than that is an oscillation, of which only the middle is looked at
_GRID = (
    *(-(10.0 ** (k / 8)) for k in range(48, 10, -1)),
    *(k / 16 for k in range(-352, 353)),
    *(10.0 ** (k / 8) for k in range(11, 49)),
)


def breakpoints(root: Expr) -> tuple[float, ...]:
    """Every point where two pieces meet or a part of the formula stops being smooth, sorted."""
    found: set[float] = set()
    for condition in _conditions(root):
        found.update(_zeros(condition))
    return tuple(sorted(found))


def crossings(root: Expr) -> tuple[float, ...]:
    """Every point where a sum in the formula is 0, or pieces meet, sorted: a part of it, such as
    exp(-(x / 2 - 250) ** 2), may be seen near there only."""
    sums = (node for node in postorder(root) if is_call(node, "add", "subtract"))
    found = {zero for node in sums if symbols([node]) for zero in _zeros(node)}
    return tuple(sorted(found.union(breakpoints(root))))


def limits(root: Expr) -> tuple[float, float]:
    """What the function tends to at -infinity and at infinity; NaN where it tends to nothing."""
    f = as_function(steady(root), "x")
    shifts = (0.0, 1.7, 3.9) if waves(root) else (0.0,)  # a wave may look constant at one phase
    distances = (*_FAR, *_farther(root))
    left, right = (
        _agreed([limit_of([f(side * (far + shift)) for far in distances]) for shift in shifts])
        for side in (-1, 1)
    )
    return left, right


def _farther(root: Expr) -> tuple[float, ...]:
    """Where a tiny coefficient, as in 1e-200 * x + tanh(x), comes to count."""
    numbers = (value_of(node) for node in postorder(root))
    least = min((abs(as_float(n)) for n in numbers if n), default=1.0)
    if not 0 < least < _TINY:
        return ()
    return tuple(dict.fromkeys(min(far / least, _FARTHEST) for far in _FAR))


def _agreed(values: Sequence[float]) -> float:
    return (
        values[0] if all(v == values[0] or abs(v - values[0]) < 1e-9 for v in values) else math.nan
    )


def waves(root: Expr) -> bool:
    """Does a sine or cosine of x occur?"""
    return any(is_call(node, "sin", "cos") and symbols([node]) for node in postorder(root))


def several_waves(root: Expr) -> bool:
    """Do sines or cosines of more than one angle occur?"""
    turning = (node for node in postorder(root) if is_call(node, "sin", "cos"))
    angles = {arguments_of(node)[0] for node in turning}
    return len([angle for angle in angles if symbols([angle])]) > 1


def steady(root: Expr) -> Expr:
    """The expression, made safe against 0 * inf if far out it is not a number somewhere."""
    f = as_function(root, "x")
    return stabilise(root) if any(math.isnan(f(s * x)) for x in _FAR for s in (-1, 1)) else root


def beside(point: float, side: int, step: float = 1e-9) -> float:
    """A point just left (-1) or right (1) of the given one."""
    return point + side * step * max(1.0, abs(point))


def jumps(f: FloatFunction, point: float) -> bool:
    """Do the values just left and right of the point differ, and go on differing nearer to it?"""
    near, nearer = (
        abs(f(beside(point, 1, step)) - f(beside(point, -1, step))) for step in (1e-7, 1e-10)
    )
    scale = 1 + abs(f(beside(point, 1))) + abs(f(beside(point, -1)))
    if not math.isfinite(near + nearer + scale):
        return not math.isnan(scale)
    return nearer > 1e-6 * scale and nearer > near / 2


def steep(f: FloatFunction, point: float) -> float:
    """Infinite if the values grow without bound towards the point from either side, else 0."""
    return max(abs(v) if math.isinf(v) else 0.0 for v in (tends_to(f, point, s) for s in (-1, 1)))


def tends_to(f: FloatFunction, point: float, side: int) -> float:
    """The one-sided limit by ever nearer points; NaN where they tell nothing."""
    a, b, c = (f(beside(point, side, step)) for step in (1e-6, 1e-9, 1e-12))
    first, second = abs(b) - abs(a), abs(c) - abs(b)
    if second > 0.9 * first > 1e-3 * (1 + abs(a)):
        return math.copysign(math.inf, c)
    return math.nan if abs(c) > 1e6 else c


def smoothness(root: Expr, points: Sequence[float], highest: int = 4) -> float:
    """Number of continuous derivatives: -1 for a jump, 0 for a kink, infinite for a smooth one."""
    if not points:
        return math.inf
    for order in range(highest + 1):
        root = derivative(root) if order else root
        f = as_function(root, "x")
        if any(jumps(f, point) or math.isinf(steep(f, point)) for point in points):
            return order - 1
    return math.inf


def _conditions(root: Expr) -> Iterator[Expr]:
    """Expressions whose zeros are the candidates."""
    seen: set[Expr] = set()
    for node in postorder(root):
        arguments = arguments_of(node)
        argument = None
        if is_call(node, *_MEETING):
            argument = subtract(*arguments)
        elif is_call(node, *_AT_ZERO) or (is_call(node, "power") and _rough(arguments[1])):
            argument = arguments[0]
        elif is_call(node, "divide"):
            argument = arguments[1]
        elif is_call(node, "log1p"):
            argument = 1 + arguments[0]
        if argument is None or _settled(node, argument):
            continue
        if argument not in seen and symbols([argument]):
            seen.add(argument)
            yield argument


def _settled(node: Expr, difference: Expr) -> bool:
    """Is it known which branch holds, whatever x? Then a 0 there is an underflow or no kink."""
    if not is_call(node, "maximum", "minimum", "absolute"):
        return False
    low, high = enclosure(difference, REALS)
    return low >= 0 or high <= 0


def _rough(exponent: Expr) -> bool:
    """Is a power with this exponent not smooth at 0?"""
    n = value_of(exponent)
    return n is None or n < 0 or n.denominator != 1


def _zeros(condition: Expr) -> list[float]:
    slope = derivative(condition)
    if not symbols([slope]):
        start, rate = (as_function(part)() for part in (_at_zero(condition), slope))
        exact = (value_of(_at_zero(condition)), value_of(slope))
        if exact[0] is not None and exact[1]:
            return [float(-exact[0] / exact[1])]
        return [-start / rate] if rate else []
    f = as_function(condition, "x")
    values = [f(x) for x in _GRID]
    found = [x for x, value in zip(_GRID, values, strict=True) if value == 0]
    for (a, b), (at_a, at_b) in zip(pairwise(_GRID), pairwise(values), strict=True):
        if at_a * at_b < 0:
            found.append(_bisect(f, a, b))
    # a stretch of zeros (max(x, 0) - 0) has its ends as candidates, not every grid point
    return _ends(found)


def _at_zero(condition: Expr) -> Expr:
    try:
        return substitute(condition, {"x": 0})
    except InputError:  # a division by x: then the condition is not linear
        return constant(0)


def _ends(points: list[float]) -> list[float]:
    ordered = sorted(points)
    place = {x: index for index, x in enumerate(_GRID)}
    inner = {
        b
        for a, b, c in zip(ordered, ordered[1:], ordered[2:], strict=False)
        if b in place and place.get(a) == place[b] - 1 and place.get(c) == place[b] + 1
    }
    edge = {_GRID[0], _GRID[-1]}
    kept = [x for x in ordered if x not in inner and x not in edge]
    return kept if len(kept) <= _MANY else [x for x in kept if abs(x) < 22]


def _bisect(f: FloatFunction, low: float, high: float) -> float:
    sign = f(low) > 0
    for _ in range(80):
        middle = (low + high) / 2
        if (f(middle) > 0) == sign:
            low = middle
        else:
            high = middle
    rounded = round((low + high) / 2, 9)
    return rounded if abs(f(rounded)) <= abs(f(low)) else (low + high) / 2


def limit_of(values: Sequence[float]) -> float:
    """What the values at ever farther points tend to, NaN if to nothing."""
    known = [v for v in values if not math.isnan(v)]
    if len(known) < 3:
        return math.nan
    before, now = known[-2:]
    if now == before:
        return now + 0.0  # no negative zero
    if math.isinf(now) or _grows(known):
        return math.copysign(math.inf, now)
    error = abs(now - before)
    if error > 1e-5 * max(1.0, abs(now)):
        return math.nan
    return (round(now, 6) if abs(now - round(now, 6)) <= error else now) + 0.0


def _grows(values: Sequence[float]) -> bool:
    same_side = all(v > 0 for v in values) or all(v < 0 for v in values)
    tail = [abs(v) for v in values[-4:]]
    return same_side and tail[-1] > 10 and all(b > 1.3 * a for a, b in pairwise(tail))
