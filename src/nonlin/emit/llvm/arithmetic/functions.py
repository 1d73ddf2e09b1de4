"""exp, log, sin, arctan, the normal tail: written once, over any arithmetic.

Each reduces its argument exactly, then runs a polynomial from `coefficients`. Sources: Muller,
Elementary Functions (3rd ed., 2016) for the reductions; Cody and Waite 1980.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from nonlin.emit.llvm.arithmetic.lanes import Plain

if TYPE_CHECKING:
    from nonlin.emit.llvm.arithmetic.pair import Pair

    Arithmetic = Plain | Pair
    Value = Any
    Number = Any

LN2 = (0.6931471805599453, 2.3190468138462996e-17, 5.707708438416212e-34)
LN2_LEAD = {"f32": 5678 * 2.0**-13, "f64": 762123384786 * 2.0**-40}  # n times it is exact
HALF_PI = (1.5707963267948966, 6.123233995736766e-17)
OFFSET_FROM = 2.0**11
ZERO_BELOW = {"f32": -104.0, "f64": -746.0}  # where exp is 0
NORMAL_FROM = {"f32": -87.0, "f64": -708.0}  # where exp is no longer subnormal
FARTHEST = 2.0**50
# below, exp is 0 even times 2^95 or 2^945; above, even the least normal number times exp overflows
LIMITS = {"f32": (-170.0, 176.2), "f64": (-1400.0, 1418.4)}


class Exponential(NamedTuple):
    """exp(u) = (1 + fraction) * 2 ** exponent"""

    fraction: Number
    exponent: Value


def polynomial(m: Arithmetic, name: str, w: Number) -> Number:
    """The polynomial of the table, by Horner's rule; terms of one word are computed in one word."""
    *rest, last = m.table[name]
    head, total = m.head(w), m.lanes.number(last)
    for short in reversed([c for c in rest if isinstance(c, float)]):
        total = m.lanes.fma(total, head, m.lanes.number(short))
    total = m.widen(total)
    for long in reversed([c for c in rest if isinstance(c, tuple)]):
        total = m.fma(total, w, m.number(*long))
    return total


def exponential(
    m: Arithmetic, u: Number, low: Value | None = None, falling: bool = False
) -> Exponential:
    """Split exp(u + low): u = n ln 2 + r, |r| at most ln(2)/2.

    `low` is for one-word numbers. falling: u is never positive.
    """
    lanes, f = m.lanes, m.builder
    least, most = LIMITS[lanes.format.name]
    if low is not None:  # what is cut off below takes its low word with it
        inside = f.fcmp_ordered("<", lanes.magnitude(u), lanes.number(-least))
        low = f.select(inside, low, lanes.number(0.0))
    u = _limited(m, u, least, None if falling else most)
    n = _multiple(m, u)
    return _split(m, n, _without_logarithm(m, u, n, low))


def exponential_from(wide: Plain, m: Plain, u: Value) -> Exponential:
    """Split exp(u) for u in a wider arithmetic: what is left after reduction fits into m."""
    u = _limited(wide, u, *LIMITS[m.lanes.format.name])
    n = _multiple(wide, u)
    r = wide.fma(n, wide.number(-LN2[0]), u)
    short = (wide.builder.fptrunc(word, m.lanes.type) for word in (n, r))
    return _split(m, *short)


def _limited(m: Arithmetic, u: Number, least: float, most: float | None) -> Number:
    u = m.select(m.compare("<", u, m.number(least)), m.number(least), u)
    if most is None:
        return u
    return m.select(m.compare(">", u, m.number(most)), m.number(most), u)


def _multiple(m: Arithmetic, u: Number) -> Value:
    """The whole number nearest to u / ln 2."""
    magic = m.lanes.number(m.lanes.format.magic)
    return m.builder.fsub(m.lanes.fma(m.head(u), m.lanes.number(1 / LN2[0]), magic), magic)


def _split(m: Arithmetic, n: Value, r: Number) -> Exponential:
    curved = polynomial(m, "exponential", r)
    return Exponential(m.fma(m.multiply(r, r), curved, r), n)


def _without_logarithm(m: Arithmetic, u: Number, n: Value, low: Value | None = None) -> Number:
    """u + low - n ln 2"""
    lead = LN2_LEAD[m.lanes.format.name]
    rest = (LN2[0] - lead) + LN2[1]
    if m.words == 1:
        r = m.fma(n, m.number(-lead), u)
        r = m.fma(n, m.number(-rest), r)
        return r if low is None else m.add(r, low)
    error = (LN2[0] - lead) - rest + LN2[1] + LN2[2]
    r = m.add(u, m.widen(m.builder.fmul(n, m.lanes.number(-lead))))
    return m.add(r, m.multiply(m.widen(n), m.number(-rest, -error)))


def exp(m: Arithmetic, parts: Exponential) -> Number:
    """e ** u; subnormal results are rounded once more, not flushed."""
    return m.shift(mantissa(m, parts), parts.exponent)


def mantissa(m: Arithmetic, parts: Exponential) -> Number:
    """e ** u without its power of two: from 0.7 to 1.42."""
    return m.add(parts.fraction, m.number(1.0))


def converted(number: Number, source: Arithmetic, target: Arithmetic) -> Number:
    """A number of one arithmetic in another."""
    if source.words == target.words == 2:
        return number
    word, kind = source.head(number), target.lanes.type
    if word.type != kind:
        b, shorter = source.builder, target.lanes.format.bits == 32
        word = b.fptrunc(word, kind) if shorter else b.fpext(word, kind)
    return target.widen(word)


class RowShift(NamedTuple):
    """The maximum M of a row as a number to subtract, exactly, and a factor: see `exp_below`.

    exp(y - M) = factor * exp(y - offset) / 2 ** exponent; below `least` it is 0, and from
    `normal` on it is not subnormal.
    """

    offset: Value
    factor: Value
    exponent: Value
    least: Value
    normal: Value


def row_shift(wide: Arithmetic, m: Plain, largest: Value) -> RowShift:
    """How exp(x - largest) is computed for the numbers x of a row.

    M = offset + K ln 2 + rest. A large M is all offset: what is near it can be subtracted
    without rounding. Otherwise the offset is 0 and no x is rounded: only exponents change.
    """
    f, zero = m.builder, m.number(0.0)
    far = f.fcmp_ordered(">", m.lanes.magnitude(largest), m.number(OFFSET_FROM))
    u = wide.negate(converted(m.select(far, zero, largest), m, wide))
    n = _multiple(wide, u)
    parts = _split(wide, n, _without_logarithm(wide, u, n))
    factor = converted(mantissa(wide, parts), wide, m)
    exponent = converted(wide.widen(f.fneg(n)), wide, m)
    ends = (m.add(largest, m.number(t[m.lanes.format.name])) for t in (ZERO_BELOW, NORMAL_FROM))
    return RowShift(m.select(far, largest, zero), factor, exponent, *ends)


def exp_below(m: Plain, x: Value, shift: RowShift, least: Value) -> Value:
    """exp(x - largest) for x below the largest, and 0 below `least`."""
    y = m.subtract(x, shift.offset)
    n = _multiple(m, y)
    fraction = _split(m, n, _without_logarithm(m, y, n)).fraction
    mantissa = m.fma(fraction, shift.factor, shift.factor)
    shifted = m.lanes.scaled if m.lanes.avx512 else m.lanes.shift  # by turns: nothing may branch
    value = shifted(mantissa, m.subtract(n, shift.exponent))
    return m.select(m.compare("<", x, least), m.number(0.0), value)


def floored(m: Arithmetic, exponent: Value) -> Value:
    """An exponent where what is so small counts for nothing: it, and its square, are normal."""
    least = m.lanes.number(float(3 - m.lanes.format.bias // 2))
    return m.builder.select(m.builder.fcmp_ordered("<", exponent, least), least, exponent)


def expm1_below(m: Arithmetic, parts: Exponential) -> Number:
    """e ** u - 1 for u <= 0 with full relative accuracy near 0; 0 may have either sign."""
    scale = m.widen(m.lanes.shift(m.lanes.number(1.0), floored(m, parts.exponent)))
    return m.fma(parts.fraction, scale, m.subtract(scale, m.number(1.0)))


def expm1(m: Arithmetic, parts: Exponential, u: Number) -> Number:
    """e ** u - 1 with full relative accuracy near 0."""
    lanes, f = m.lanes, m.builder
    large = f.fcmp_ordered(">", parts.exponent, lanes.number(float(lanes.format.bias - 2)))
    rest = parts._replace(exponent=f.select(large, lanes.number(0.0), parts.exponent))
    value = m.select(large, exp(m, parts), expm1_below(m, rest))
    return m.select(m.compare("==", u, m.number(0.0)), u, value)


def log1p_ratio(m: Arithmetic, u: Number) -> Number:
    """log(1 + u) / u for 0 <= u <= 1; pairs, which have no polynomial for it, go the long way."""
    if m.words == 1:
        return polynomial(m, "log1p", u)
    one = m.number(1.0)
    return m.select(m.compare("==", u, m.number(0.0)), one, m.divide(log1p(m, u), u))


def log1p(m: Arithmetic, u: Number) -> Number:
    """log(1 + u): -inf at -1, NaN below."""
    value = _log(m, m.add(u, m.number(1.0)), u)
    return m.select(m.compare("==", u, m.number(0.0)), u, value)


def log(m: Arithmetic, u: Number) -> Number:
    """Natural logarithm: -inf at 0, NaN below."""
    lanes = m.lanes
    bits = lanes.format.mantissa + 2
    tiny = m.builder.fcmp_ordered("<", m.head(u), lanes.number(2.0 ** (2 - lanes.format.bias)))
    factor = m.builder.select(tiny, lanes.number(2.0**bits), lanes.number(1.0))
    lost = m.builder.select(tiny, lanes.number(float(-bits)), lanes.number(0.0))
    return _log(m, m.scale(u, factor), None, lost)


def _log(m: Arithmetic, y: Number, u: Number | None, lost: Value | None = None) -> Number:
    """log(y) = k ln 2 + log(1 + f), f = y / 2**k - 1; where k = 0, f is the given u itself."""
    lanes, f = m.lanes, m.builder
    head = m.head(y)
    # an exponent counted from sqrt(1/2): f lies in [sqrt(1/2) - 1, sqrt(2) - 1]
    offset = lanes.bits(lanes.number(0.7071067811865476))
    whole = f.ashr(f.sub(lanes.bits(head), offset), lanes.whole(lanes.format.mantissa))
    k = f.sitofp(whole, lanes.type)
    reduced = m.subtract(m.shift(y, f.fneg(k)), m.number(1.0))
    if u is not None:
        reduced = m.select(f.fcmp_ordered("==", k, lanes.number(0.0)), u, reduced)
    value = _log_near_one(m, reduced, k if lost is None else f.fadd(k, lost))
    return _log_ends(m, head, value)


def _log_near_one(m: Arithmetic, reduced: Number, k: Value) -> Number:
    """k ln 2 + log(1 + f) with log(1 + f) = 2 atanh(s), s = f / (2 + f) = f/2 - s f/2."""
    s = m.divide(reduced, m.add(reduced, m.number(2.0)))
    w = m.multiply(s, s)
    double = m.add(s, s)
    # 2 s = f - s f, so that the leading part is f itself and exact
    curved = m.multiply(double, m.multiply(w, polynomial(m, "logarithm", w)))
    small = m.add(reduced, m.subtract(curved, m.multiply(s, reduced)))
    return m.fma(m.widen(k), m.number(LN2[0], LN2[1]), small)


def _log_ends(m: Arithmetic, y: Value, value: Number) -> Number:
    infinite, undefined = float("inf"), float("nan")
    zero = m.builder.fcmp_ordered("==", y, m.lanes.number(0.0))
    value = m.select(zero, m.number(-infinite), value)
    negative = m.builder.fcmp_ordered("<", y, m.lanes.number(0.0))
    value = m.select(negative, m.number(undefined), value)
    unchanged = m.builder.fcmp_unordered("==", y, m.lanes.number(infinite))  # inf or NaN
    return m.select(unchanged, m.widen(y), value)


def arctan(m: Arithmetic, u: Number) -> Number:
    """Arc tangent, by quarter turns: atan(a) = pi/4 + atan((a - 1)/(a + 1)) = pi/2 + atan(-1/a)."""
    f = m.builder
    a = absolute(m, u)
    far = m.compare(">", a, m.number(2.414213562373095))
    near = m.compare("<", a, m.number(0.41421356237309503))
    one = m.number(1.0)
    above = m.select(far, m.number(-1.0), m.subtract(a, one))
    below = m.select(far, a, m.add(a, one))
    v = m.select(near, a, m.divide(above, below))
    w = m.multiply(v, v)
    value = m.fma(m.multiply(v, w), polynomial(m, "arctangent", w), v)
    turns = f.select(far, m.lanes.number(1.0), m.lanes.number(0.5))
    turns = f.select(near, m.lanes.number(0.0), turns)
    turned = m.multiply(m.widen(turns), m.number(HALF_PI[0], HALF_PI[1]))
    return copysign(m, m.add(turned, value), m.head(u))


def absolute(m: Arithmetic, a: Number) -> Number:
    """|a|"""
    if m.words == 1:
        return m.lanes.magnitude(a)
    sign = m.lanes.intrinsic("copysign", m.lanes.number(1.0), a.high)
    return m.scale(a, sign)


def copysign(m: Arithmetic, a: Number, sign: Value) -> Number:
    """|a| with the sign of the word `sign`."""
    if m.words == 1:
        return m.lanes.intrinsic("copysign", a, sign)
    unit = m.lanes.intrinsic("copysign", m.lanes.number(1.0), sign)
    return m.scale(absolute(m, a), unit)


def erf_series(m: Arithmetic, u: Number) -> Number:
    """erf(u) for |u| < 1."""
    return m.multiply(u, polynomial(m, "error_function", m.multiply(u, u)))


def normal_tail(m: Arithmetic, a: Number) -> Number:
    """P(z > a) / exp(-a^2 / 2) for a >= 0: half of erfcx(a / sqrt 2); beyond 2^50 that of 2^50."""
    a = m.select(m.compare(">", a, m.number(FARTHEST)), m.number(FARTHEST), a)
    centre, one = m.number(m.tail_centre), m.number(1.0)
    below = m.fma(a, centre, one)
    if isinstance(m, Plain):  # the rounding of the sum would count threefold
        t = m.lanes.reciprocal(below, m.fma(a, centre, m.subtract(one, below)))
    else:
        t = m.reciprocal(below)
    centred = m.fma(t, m.number(2.0), m.number(-1.0))
    return m.multiply(t, polynomial(m, "normal_tail", centred))
