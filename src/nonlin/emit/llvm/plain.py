"""Vectors of one float per lane: the arithmetic of the fast kernels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from llvmlite import ir

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    def magic(self) -> float:
        """Adding it rounds to an integer, which then stands in the low bits."""
        return 1.5 * 2.0**self.mantissa


FORMATS = {
    "float": Format(SINGLE, ir.IntType(32), 23, 127, "f32"),
    "double": Format(DOUBLE, ir.IntType(64), 52, 1023, "f64"),
}


class Lanes:
    """Instructions on vectors of `count` floats of one format, appended to a builder."""

    def __init__(self, builder: ir.IRBuilder, scalar: str, count: int) -> None:
        self.builder = builder
        self.format = FORMATS[scalar]
        self.count = count
        self.type = ir.VectorType(self.format.scalar, count)
        self.integer = ir.VectorType(self.format.integer, count)

    def number(self, value: float) -> Value:
        """The same number in every lane."""
        return ir.Constant(self.type, [value] * self.count)

    def whole(self, value: int) -> Value:
        """The same integer in every lane."""
        return ir.Constant(self.integer, [value] * self.count)

    def intrinsic(self, name: str, *arguments: Value) -> Value:
        """An LLVM intrinsic on vectors of this type."""
        full = f"llvm.{name}.v{self.count}{self.format.name}"
        module = self.builder.module
        function = module.globals.get(full) or ir.Function(
            module, ir.FunctionType(self.type, [self.type] * len(arguments)), full
        )
        return self.builder.call(function, arguments)

    def fma(self, a: Value, b: Value, c: Value) -> Value:
        """a * b + c, rounded once."""
        return self.intrinsic("fma", a, b, c)

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

    def power_of_two(self, exponent: Value) -> Value:
        """2 ** exponent for integers in the normal range."""
        biased = self.builder.add(exponent, self.whole(self.format.bias))
        return self.floats(self.builder.shl(biased, self.whole(self.format.mantissa)))


class Plain:
    """The arithmetic of single numbers; a number is an IR vector."""

    words = 1

    def __init__(self, lanes: Lanes, table: dict[str, Sequence[Any]], centre: float) -> None:
        self.lanes = lanes
        self.builder = lanes.builder
        self.table = table
        self.tail_centre = centre
        self.bits = lanes.format.mantissa + 1

    def number(self, high: float, low: float = 0.0) -> Value:
        """A constant; what it has beyond one word is dropped."""
        return self.lanes.number(high)

    def head(self, a: Value) -> Value:
        """The number rounded to one word."""
        return a

    def widen(self, word: Value) -> Value:
        """One word as a number."""
        return word

    def add(self, a: Value, b: Value) -> Value:
        """a + b"""
        return self.builder.fadd(a, b)

    def subtract(self, a: Value, b: Value) -> Value:
        """a - b"""
        return self.builder.fsub(a, b)

    def multiply(self, a: Value, b: Value) -> Value:
        """a * b"""
        return self.builder.fmul(a, b)

    def divide(self, a: Value, b: Value) -> Value:
        """a / b"""
        return self.builder.fdiv(a, b)

    def fma(self, a: Value, b: Value, c: Value) -> Value:
        """a * b + c"""
        return self.lanes.fma(a, b, c)

    def negate(self, a: Value) -> Value:
        """-a"""
        return self.builder.fneg(a)

    def sqrt(self, a: Value) -> Value:
        """Square root, NaN below 0."""
        return self.lanes.intrinsic("sqrt", a)

    def scale(self, a: Value, factor: Value) -> Value:
        """a * factor, the factor a vector of powers of two."""
        return self.builder.fmul(a, factor)

    def select(self, mask: Value, a: Value, b: Value) -> Value:
        """a where the mask holds, else b."""
        return self.builder.select(mask, a, b)

    def flip(self, a: Value, mask: Value) -> Value:
        """-a where the mask holds, else a."""
        return self.select(mask, self.negate(a), a)

    def compare(self, sign: str, a: Value, b: Value) -> Value:
        """Mask of an ordered comparison: false if either is NaN."""
        return self.builder.fcmp_ordered(sign, a, b)
