"""Vectors of unevaluated sums high + low: twice the digits, for the exact float64 kernels.

Dekker 1971, Shewchuk 1997; the error term of a product comes from one fused multiply-add. An
infinite or NaN head has low = 0, so that infinities behave as they do in one word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from nonlin.emit.llvm.arithmetic.lanes import Lanes
from nonlin.expr.coefficients import TABLES, TAIL_CENTRE

if TYPE_CHECKING:
    Value = Any  # an llvmlite IR value


class Double(NamedTuple):
    """high + low, with |low| at most half an ulp of high."""

    high: Value
    low: Value


class Pair:
    """The arithmetic of double-word numbers."""

    words = 2

    def __init__(self, lanes: Lanes, digits: str) -> None:
        self.lanes, self.builder = lanes, lanes.builder
        self.table, self.tail_centre = TABLES[digits], TAIL_CENTRE[digits]

    def number(self, high: float, low: float = 0.0) -> Double:
        """A constant."""
        return Double(self.lanes.number(high), self.lanes.number(low))

    def head(self, a: Double) -> Value:
        """The number rounded to one word."""
        return a.high

    def widen(self, word: Value) -> Double:
        """One word as a number."""
        return Double(word, self.lanes.number(0.0))

    def renormalise(self, high: Value, low: Value) -> Double:
        """The sum of two words, |low| not above |high|."""
        low = self.builder.select(self.lanes.finite(low), low, self.lanes.number(0.0))
        total = self.builder.fadd(high, low)
        rest = self.builder.fsub(low, self.builder.fsub(total, high))
        rest = self.builder.select(self.lanes.finite(rest), rest, self.lanes.number(0.0))
        return Double(total, rest)

    def add(self, a: Double, b: Double) -> Double:
        """a + b, with an error below 2**-104 of the result even under cancellation."""
        f = self.builder
        high, error = self.lanes.two_sum(a.high, b.high)
        error = self.builder.select(self.lanes.finite(error), error, self.lanes.number(0.0))
        low, rest = self.lanes.two_sum(a.low, b.low)
        low = f.fadd(error, low)
        total = f.fadd(high, low)
        rest = f.fadd(f.fsub(low, f.fsub(total, high)), rest)
        return self.renormalise(total, rest)

    def subtract(self, a: Double, b: Double) -> Double:
        """a - b"""
        return self.add(a, self.negate(b))

    def multiply(self, a: Double, b: Double) -> Double:
        """a * b"""
        f = self.builder
        product = f.fmul(a.high, b.high)
        error = self.lanes.fma(a.high, b.high, f.fneg(product))
        error = self.lanes.fma(a.high, b.low, self.lanes.fma(a.low, b.high, error))
        return self.renormalise(product, error)

    def divide(self, a: Double, b: Double) -> Double:
        """a / b"""
        f = self.builder
        quotient = f.fdiv(a.high, b.high)
        rest = self.lanes.fma(f.fneg(quotient), b.high, a.high)
        rest = f.fadd(rest, self.lanes.fma(f.fneg(quotient), b.low, a.low))
        return self.renormalise(quotient, f.fdiv(rest, b.high))

    def reciprocal(self, a: Double) -> Double:
        """1 / a"""
        return self.divide(self.number(1.0), a)

    def fma(self, a: Double, b: Double, c: Double) -> Double:
        """a * b + c"""
        return self.add(self.multiply(a, b), c)

    def negate(self, a: Double) -> Double:
        """-a"""
        return Double(self.builder.fneg(a.high), self.builder.fneg(a.low))

    def sqrt(self, a: Double) -> Double:
        """Square root, NaN below 0."""
        f = self.builder
        root = self.lanes.intrinsic("sqrt", a.high)
        rest = f.fadd(self.lanes.fma(f.fneg(root), root, a.high), a.low)
        return self.renormalise(root, f.fdiv(rest, f.fadd(root, root)))

    def scale(self, a: Double, factor: Value) -> Double:
        """a * factor, the factor a vector of powers of two."""
        return Double(self.builder.fmul(a.high, factor), self.builder.fmul(a.low, factor))

    def shift(self, a: Double, n: Value) -> Double:
        """a * 2 ** n, n a vector of whole numbers."""
        low = self.lanes.shift(a.low, n)
        low = self.builder.select(self.lanes.finite(low), low, self.lanes.number(0.0))
        return Double(self.lanes.shift(a.high, n), low)

    def select(self, mask: Value, a: Double, b: Double) -> Double:
        """a where the mask holds, else b."""
        return Double(*(self.builder.select(mask, p, q) for p, q in zip(a, b, strict=True)))

    def compare(self, sign: str, a: Double, b: Double) -> Value:
        """Mask of an ordered comparison: false if either is NaN."""
        f = self.builder
        same = f.fcmp_ordered("==", a.high, b.high)
        high, low = (f.fcmp_ordered(sign, p, q) for p, q in zip(a, b, strict=True))
        return f.select(same, low, high)
