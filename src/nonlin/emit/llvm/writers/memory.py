"""Numbers as they lie in memory: 16-bit ones are widened to float32 and rounded when stored.

By whole numbers alone, which every CPU has: of the instructions for it some flush subnormals
(vcvtneps2bf16), some come with few CPUs, and where LLVM has none it calls what nobody provides.
But for float16 with AVX-512: all such CPUs have one instruction either way, where 10 to 20 were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llvmlite import ir

from nonlin.emit.llvm.arithmetic.lanes import DOUBLE, SINGLE, Lanes
from nonlin.expr.machine.modes import SHORT

if TYPE_CHECKING:
    Value = Any

_INT16, _HALF = ir.IntType(16), ir.HalfType()
TYPES = {"float": SINGLE, "double": DOUBLE, "half": _INT16, "bfloat": _INT16}
_INFINITY, _SIGN = 0x7F800000, 0x80000000
_HALF_INFINITY = 0x7C00
_UP, _DOWN = 2.0**112, 2.0**-112  # between the biases of the exponents
_OVERFLOW = 0x477FF000  # 65520, the least number that rounds to infinity
_NORMAL = 0x38800000  # 2 ** -14, the least normal half


def from_memory(builder: ir.IRBuilder, value: Value, memory: str, avx512: bool = False) -> Value:
    """A vector that was loaded, as floats: those of 16 bits as float32."""
    if memory not in SHORT.values():
        return value
    lanes = Lanes(builder, "float", value.type.count)
    if memory == "half" and avx512:
        halves = builder.bitcast(value, ir.VectorType(_HALF, lanes.count))
        return builder.fpext(halves, lanes.type)
    bits = builder.zext(value, lanes.integer)
    if memory == "bfloat":
        return lanes.floats(builder.shl(bits, lanes.whole(16)))
    magnitude = builder.shl(builder.and_(bits, lanes.whole(0x7FFF)), lanes.whole(13))
    number = lanes.bits(builder.fmul(lanes.floats(magnitude), lanes.number(_UP)))
    endless = builder.icmp_unsigned(">=", magnitude, lanes.whole(_HALF_INFINITY << 13))
    number = builder.select(endless, builder.or_(number, lanes.whole(_INFINITY)), number)
    sign = builder.shl(builder.and_(bits, lanes.whole(0x8000)), lanes.whole(16))
    return lanes.floats(builder.or_(number, sign))


def to_memory(builder: ir.IRBuilder, value: Value, memory: str, avx512: bool = False) -> Value:
    """A vector of floats as it is stored, rounded once, to nearest, ties to even."""
    kind = ir.VectorType(TYPES[memory], value.type.count)
    if memory not in SHORT.values():
        return value if value.type == kind else builder.fptrunc(value, kind)
    lanes = Lanes(builder, "float", value.type.count)
    if value.type != lanes.type:
        value = _rounded_to_odd(builder, value, lanes)
    if memory == "half" and avx512:
        halves = builder.fptrunc(value, ir.VectorType(_HALF, lanes.count))
        return builder.bitcast(halves, kind)
    nan = builder.fcmp_unordered("uno", value, value)
    narrow = _bfloat if memory == "bfloat" else _half
    return builder.trunc(narrow(builder, lanes.bits(value), nan, lanes), kind)


def _rounded_to_odd(builder: ir.IRBuilder, value: Value, lanes: Lanes) -> Value:
    """Doubles as float32 that round once more as the doubles would (Boldo and Melquiond 2008)."""
    near = builder.fptrunc(value, lanes.type)
    back = builder.fpext(near, value.type)
    size = Lanes(builder, "double", lanes.count).magnitude
    above = builder.fcmp_ordered(">", size(back), size(value))
    inexact = builder.fcmp_ordered("!=", back, value)
    bits = builder.add(lanes.bits(near), builder.sext(above, lanes.integer))
    return lanes.floats(builder.or_(bits, builder.zext(inexact, lanes.integer)))


def _bfloat(builder: ir.IRBuilder, bits: Value, nan: Value, lanes: Lanes) -> Value:
    even = builder.icmp_unsigned("==", builder.and_(bits, lanes.whole(1 << 16)), lanes.whole(0))
    rounded = builder.add(bits, builder.select(even, lanes.whole(0x7FFF), lanes.whole(0x8000)))
    # NaN stays as it is: what arithmetic made it is told by its upper half
    return builder.lshr(builder.select(nan, bits, rounded), lanes.whole(16))


def _half(builder: ir.IRBuilder, bits: Value, nan: Value, lanes: Lanes) -> Value:
    b, whole = builder, lanes.whole
    magnitude = b.and_(bits, whole(_SIGN - 1))
    # normal: another bias, then 13 digits less; subnormal: the sum with 0.5 rounds as it should
    last = b.and_(b.lshr(magnitude, whole(13)), whole(1))
    rounded = b.add(magnitude, b.add(last, whole(0xFFF - (112 << 23))))
    normal = b.lshr(rounded, whole(13))
    half = lanes.number(0.5)
    small = b.sub(lanes.bits(b.fadd(lanes.floats(magnitude), half)), lanes.bits(half))
    result = b.select(b.icmp_unsigned("<", magnitude, whole(_NORMAL)), small, normal)
    large = b.icmp_unsigned(">=", magnitude, whole(_OVERFLOW))
    result = b.select(large, whole(_HALF_INFINITY), result)
    result = b.select(nan, whole(_HALF_INFINITY | 0x200), result)
    return b.or_(result, b.lshr(b.and_(bits, whole(_SIGN)), whole(16)))
