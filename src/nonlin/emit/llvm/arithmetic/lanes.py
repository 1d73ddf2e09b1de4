"""Vectors of one float per lane: the arithmetic of the fast kernels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from llvmlite import ir

from nonlin.expr.coefficients import TABLES, TAIL_CENTRE

if TYPE_CHECKING:
    Value = Any  # an llvmlite IR value

SINGLE, DOUBLE = ir.FloatType(), ir.DoubleType()


@dataclass(frozen=True, slots=True)
class Format:
    """An IEEE format: its IR type, mantissa bits and exponent bias."""

    scalar: Any
    integer: Any
    mantissa: int
    bias: int
    name: str

    @property
    def bits(self) -> int:
        """In memory."""
        return int(self.integer.width)

    @property
    def magic(self) -> float:
        """Adding it rounds to an integer, which then stands in the low bits."""
        return 1.5 * 2.0**self.mantissa


FORMATS = {
    "float": Format(SINGLE, ir.IntType(32), 23, 127, "f32"),
    "double": Format(DOUBLE, ir.IntType(64), 52, 1023, "f64"),
}


@lru_cache(maxsize=4096)
def _in_every_lane(kind: Any, count: int, written: str, value: float) -> Value:
    """A constant, kept with its text: writing it once for each use took a quarter of the time
    until a kernel is there. `written` tells -0.0 from 0.0, and 1 from 1.0."""
    return ir.Constant(kind, [value] * count)


def function_of(module: ir.Module, kind: ir.FunctionType, name: str) -> ir.Function:
    """A function from elsewhere, declared once."""
    return module.globals.get(name) or ir.Function(module, kind, name)


def either(builder: ir.IRBuilder, *ways: tuple[Value, ir.Block]) -> Value:
    """The value of the block that led here."""
    phi = builder.phi(ways[0][0].type)
    for value, block in ways:
        phi.add_incoming(value, block)
    return phi


class Lanes:
    """Instructions on vectors of `count` floats of one format, appended to a builder."""

    def __init__(
        self,
        builder: ir.IRBuilder,
        scalar: str,
        count: int,
        avx512: bool = False,
        fused: bool = True,
    ) -> None:
        self.builder = builder
        self.format = FORMATS[scalar]
        self.count = count
        self.avx512 = avx512 and count * self.format.bits == 512
        self.fused = fused
        self.type = ir.VectorType(self.format.scalar, count)
        self.integer = ir.VectorType(self.format.integer, count)

    def number(self, value: float) -> Value:
        """The same number in every lane."""
        return _in_every_lane(self.type, self.count, repr(value), value)

    def whole(self, value: int) -> Value:
        """The same integer in every lane."""
        return _in_every_lane(self.integer, self.count, repr(value), value)

    def intrinsic(self, name: str, *arguments: Value) -> Value:
        """An LLVM intrinsic on vectors of this type."""
        full = f"llvm.{name}.v{self.count}{self.format.name}"
        kind = ir.FunctionType(self.type, [self.type] * len(arguments))
        return self.builder.call(function_of(self.builder.module, kind, full), arguments)

    def fma(self, a: Value, b: Value, c: Value) -> Value:
        """a * b + c, rounded once where the machine can."""
        if self.fused:
            return self.intrinsic("fma", a, b, c)
        return self.builder.fadd(self.builder.fmul(a, b), c)

    def lost(self, a: Value, b: Value, product: Value) -> Value:
        """What the rounding of the product a * b left out."""
        f = self.builder
        if self.fused or self.format.bits == 64:
            return self.fma(a, b, f.fneg(product))
        doubles = ir.VectorType(DOUBLE, self.count)
        p, q, rounded = (f.fpext(each, doubles) for each in (a, b, product))
        return f.fptrunc(f.fsub(f.fmul(p, q), rounded), self.type)

    def two_sum(self, a: Value, b: Value) -> tuple[Value, Value]:
        """a + b, and what its rounding left out (Knuth)."""
        f = self.builder
        total = f.fadd(a, b)
        part = f.fsub(total, a)
        return total, f.fadd(f.fsub(a, f.fsub(total, part)), f.fsub(b, part))

    def magnitude(self, a: Value) -> Value:
        """|a|"""
        return self.intrinsic("fabs", a)

    def finite(self, a: Value) -> Value:
        """Mask of the lanes that are neither infinite nor NaN."""
        return self.builder.fcmp_ordered("<", self.magnitude(a), self.number(float("inf")))

    def bits(self, a: Value) -> Value:
        """The floats as integers of the same width."""
        return self.builder.bitcast(a, self.integer)

    def floats(self, a: Value) -> Value:
        """The integers as floats of the same width."""
        return self.builder.bitcast(a, self.type)

    def shift(self, a: Value, n: Value) -> Value:
        """a * 2 ** n, rounded once, for a whole n below 2 ** 11 in size."""
        if self.avx512:
            return self._shift_512(a, n)
        f, magic = self.builder, self.number(self.format.magic)
        least = self.number(float(3 - 2 * self.format.bias))  # two normal powers reach so far
        n = f.select(f.fcmp_ordered("<", n, least), least, n)
        whole = f.sub(self.bits(f.fadd(n, magic)), self.bits(magic))
        half = f.ashr(whole, self.whole(1))  # the whole power could be too large for a float
        first, second = self._power_of_two(half), self._power_of_two(f.sub(whole, half))
        return f.fmul(f.fmul(a, first), second)

    def _shift_512(self, a: Value, n: Value) -> Value:
        """One instruction, which takes 100 times as long where a result underflows: such lanes
        pass behind a branch."""
        f, bits = self.builder, ir.IntType(self.count)
        low = f.fcmp_ordered("<", n, self.number(5.0 - self.format.bias))
        some = f.icmp_unsigned("!=", f.bitcast(low, bits), bits(0))
        with f.if_else(some, likely=False) as (rarely, mostly):
            with rarely:
                careful, from_careful = self._underflowing(a, n, low), f.block
            with mostly:
                usual, from_usual = self.scaled(a, n), f.block
        return either(f, (careful, from_careful), (usual, from_usual))

    def scaled(self, a: Value, n: Value) -> Value:
        """The same without a branch, on AVX-512."""
        return self._avx512("mask.scalef", a, n, a, masked=True)

    def _underflowing(self, a: Value, n: Value, low: Value) -> Value:
        """a * 2 ** n, where n is low by way of 2 ** room times as much: subnormal numbers are
        the whole numbers that a sum with 2 ** -6 holds in its last bits, rounded once."""
        f, number, room = self.builder, self.number, self.format.bias - 7
        edge = number(2.0**-6)
        lowest = number(-30.0 - self.format.bias - self.format.mantissa)
        least = f.select(f.fcmp_ordered("<", n, lowest), lowest, n)
        raised = self.scaled(a, f.select(low, f.fadd(least, number(float(room))), n))
        size = self.magnitude(raised)
        tiny = f.and_(low, f.fcmp_ordered("<", size, edge))
        whole = f.sub(self.bits(f.fadd(size, edge)), self.bits(edge))
        sign = f.and_(self.bits(raised), self.whole(1 << (self.format.bits - 1)))
        back = f.select(f.and_(low, f.not_(tiny)), number(2.0**-room), number(1.0))
        return f.select(tiny, self.floats(f.or_(whole, sign)), f.fmul(raised, back))

    def _power_of_two(self, exponent: Value) -> Value:
        biased = self.builder.add(exponent, self.whole(self.format.bias))
        return self.floats(self.builder.shl(biased, self.whole(self.format.mantissa)))

    def reciprocal(self, a: Value, low: Value | None = None) -> Value:
        """1 / (a + low) within 2 units of the last place, for a from 2 ** -60 to 2 ** 60."""
        f, one = self.builder, self.number(1.0)
        if not self.avx512:
            result = f.fdiv(one, a)
            return result if low is None else self.fma(f.fmul(f.fneg(low), result), result, result)
        result = self._avx512("rcp14", a, a)  # 14 bits, then Newton: several times faster
        for _ in range(1 if self.format.bits == 32 else 2):
            error = self.fma(f.fneg(a), result, one)
            error = error if low is None else self.fma(f.fneg(low), result, error)
            result = self.fma(result, error, result)
        return result

    def _avx512(self, name: str, *vectors: Value, masked: bool = False) -> Value:
        """An instruction on all lanes of a 512-bit vector, in the rounding mode of the CPU."""
        all_lanes = ir.Constant(ir.IntType(self.count), -1)
        rounding = [ir.Constant(ir.IntType(32), 4)] if masked else []
        arguments = [*vectors, all_lanes, *rounding]
        suffix = "ps" if self.format.bits == 32 else "pd"
        full = f"llvm.x86.avx512.{name}.{suffix}.512"
        kind = ir.FunctionType(self.type, [each.type for each in arguments])
        return self.builder.call(function_of(self.builder.module, kind, full), arguments)


class Plain:
    """The arithmetic of single numbers; a number is an IR vector.

    Most of it the builder has. What each function does stands in `Pair`, which has them all.
    """

    words = 1

    def __init__(self, lanes: Lanes, digits: str) -> None:
        self.lanes, self.builder = lanes, lanes.builder
        self.table, self.tail_centre = TABLES[digits], TAIL_CENTRE[digits]
        b = lanes.builder
        self.add, self.subtract, self.divide, self.negate = b.fadd, b.fsub, b.fdiv, b.fneg
        self.multiply = self.scale = b.fmul
        self.select, self.compare = b.select, b.fcmp_ordered
        self.fma, self.shift, self.reciprocal = lanes.fma, lanes.shift, lanes.reciprocal

    def number(self, high: float, low: float = 0.0) -> Value:
        """A constant; what it has beyond one word is dropped."""
        return self.lanes.number(high)

    def head(self, a: Value) -> Value:
        """The number rounded to one word."""
        return a

    def widen(self, word: Value) -> Value:
        """One word as a number."""
        return word

    def sqrt(self, a: Value) -> Value:
        """Square root, NaN below 0."""
        return self.lanes.intrinsic("sqrt", a)
