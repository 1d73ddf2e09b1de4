"""Sine and cosine: argument reduction by quarter turns, then two polynomials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llvmlite import ir

from nonlin.emit.llvm.arithmetic.functions import polynomial
from nonlin.emit.llvm.arithmetic.lanes import either

if TYPE_CHECKING:
    from nonlin.emit.llvm.arithmetic.functions import Arithmetic, Number

    Value = Any

FARTHEST = 2.0**20
# pi/2 in parts: the first two have 30 bits each, so that n * part is exact for n <= FARTHEST
HALF_PI = (1.5707963276654482, -8.705515692000731e-10, -3.50343439808993e-19)
HALF_PI_LOW = -4.7891979590619914e-36


def circular(
    m: Arithmetic, name: str, u: Number, half: Value | None = None, lost: Number | None = None
) -> Number:
    """sin(u) or cos(u), by name; NaN at infinity. Beyond 2**20 radians the C library takes over.

    half: u / 2, from which they follow where u is too large for a number. lost: what u has lost
    in rounding.
    """
    lanes, f = m.lanes, m.builder
    shifted = lanes.fma(m.head(u), lanes.number(2 / 3.141592653589793), _magic(m))
    n = f.fsub(shifted, _magic(m))
    quadrant = f.add(lanes.bits(shifted), lanes.whole(1 if name == "cos" else 0))
    r = m.add(u, m.widen(f.fmul(n, lanes.number(-HALF_PI[0]))))
    r = m.add(r, m.widen(f.fmul(n, lanes.number(-HALF_PI[1]))))
    r = m.add(r, m.multiply(m.widen(n), m.number(-HALF_PI[2], -HALF_PI_LOW)))
    r = r if lost is None else m.add(r, lost)
    value = turned(m, r, quadrant)
    zero = m.compare("==", u, m.number(0.0))
    value = m.select(zero, u, value) if name == "sin" else value
    return _beyond(m, u, value, name, half)


def turned(m: Arithmetic, r: Number, quadrant: Value) -> Number:
    """sin(r) after so many quarter turns, |r| at most pi/4."""
    value = m.select(_bit(m, quadrant, 1), _cosine(m, r), _sine(m, r))
    return m.select(_bit(m, quadrant, 2), m.negate(value), value)


def _magic(m: Arithmetic) -> Value:
    return m.lanes.number(m.lanes.format.magic)


def _bit(m: Arithmetic, integer: Value, bit: int) -> Value:
    masked = m.builder.and_(integer, m.lanes.whole(bit))
    return m.builder.icmp_unsigned("!=", masked, m.lanes.whole(0))


def _sine(m: Arithmetic, r: Number) -> Number:
    w = m.multiply(r, r)
    return m.fma(m.multiply(r, w), polynomial(m, "sine", w), r)


def _cosine(m: Arithmetic, r: Number) -> Number:
    """1 - w/2 + w^2 p(w), where the rounding error of 1 - w/2 is added back."""
    w = m.multiply(r, r)
    half = m.multiply(w, m.number(0.5))
    head = m.subtract(m.number(1.0), half)
    error = m.subtract(m.subtract(m.number(1.0), head), half)
    return m.add(head, m.fma(m.multiply(w, w), polynomial(m, "cosine", w), error))


def _beyond(m: Arithmetic, u: Number, value: Number, name: str, half: Value | None) -> Number:
    """Lanes with a huge angle from the C library, in a branch that is hardly ever taken."""
    lanes, f = m.lanes, m.builder
    head = m.head(u)
    huge = f.fcmp_unordered(">", lanes.magnitude(head), lanes.number(FARTHEST))
    bits = ir.IntType(lanes.count)
    anywhere = f.icmp_unsigned("!=", f.bitcast(huge, bits), bits(0))
    before = f.block
    with f.if_then(anywhere, likely=False):
        library = lanes.intrinsic(name, head)
        if half is not None:
            library = f.select(lanes.finite(head), library, _of_double(m, half, name))
        exact = m.select(huge, m.widen(library), value)
        inside = f.block
    if m.words == 1:
        return either(f, (value, before), (exact, inside))
    pairs = zip(value, exact, strict=True)
    return type(value)(*(either(f, (a, before), (b, inside)) for a, b in pairs))


def _of_double(m: Arithmetic, half: Value, name: str) -> Value:
    """2 sin cos, or (cos - sin)(cos + sin)."""
    f = m.builder
    s, c = m.lanes.intrinsic("sin", half), m.lanes.intrinsic("cos", half)
    if name == "sin":
        return f.fmul(f.fadd(s, s), c)
    return f.fmul(f.fsub(c, s), f.fadd(c, s))
