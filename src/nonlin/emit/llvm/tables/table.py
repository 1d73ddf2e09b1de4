"""Piecewise polynomials whose coefficients are looked up in vector registers (AVX-512).

The line is cut into 32 equal segments. One fused multiply-add finds the segment of x and leaves
its number in the low bits, `vpermi2ps` looks up each coefficient by it, and Horner's scheme does
the rest: about 20 instructions, whatever the formula.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

from llvmlite import ir

from nonlin.emit.llvm.arithmetic.lanes import Lanes, function_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    Value = Any

SEGMENTS = 32
LANES = 16  # of float32 in a vector: a table of 32 takes two
DOWNWARDS = ir.IntType(32)(9)  # rounding of an instruction, which raises no exceptions


@dataclass(frozen=True, slots=True)
class Positive:
    """A function on the positive side, from its own negative one: constant + slope x + sign f(-x).

    starts: is 0 on this side?
    """

    constant: float
    slope: float
    sign: int
    starts: bool

    @property
    def adds(self) -> bool:
        """Is it the negative side plus max(0, x), or the same?"""
        return self.sign == 1 and self.constant == 0 and self.slope in (0, 1)

    @property
    def turns(self) -> bool:
        """Is it the negative side with the other sign?"""
        return self.sign == -1 and not self.constant and not self.slope


@dataclass(frozen=True, slots=True)
class Output:
    """One function: coefficients by degree and segment; its polynomial times a factor.

    factor: "none", "x", or "near": x as far as the table reaches. zeros: factors x - z, of z as
    two words, and x once more for each further order of a zero at 0.
    """

    coefficients: tuple[tuple[float, ...], ...]
    factor: str
    zeros: tuple[tuple[float, float], ...]
    positive: Positive | None

    @property
    def instructions(self) -> int:
        """Look-ups, Horner's scheme, and what is made of its result."""
        factors = sum(3 if high else 1 for high, _ in self.zeros) + (self.factor != "none")
        count = 2 * len(self.coefficients) - 1 + factors
        if self.positive is None or self.positive.adds:
            return count + (self.positive is not None and self.positive.slope != 0)
        side = self.positive
        line = side.slope not in (0, 1) or (side.slope != 0 and side.constant != 0)
        return count + 2 + (0 if side.turns else line + (side.sign != 0))


@dataclass(frozen=True, slots=True)
class Table:
    """Functions of x between low and high.

    mirrored: everything here is told of -x. folded: it holds the negative side, and is looked up
    at -|x|. scale: segments to 1. orders: of the derivatives that it holds. below, above: do the
    functions go on there as at the ends? Lanes that lie where they do not are left to others.
    centres: of the segments, such as zeros of f: their polynomials are of the distance from there,
    and they begin at whole multiples of 1 / scale. Without, polynomials are of the distance from
    the middle, in segments, and whole multiples are the middles.
    """

    low: float
    high: float
    scale: float
    mirrored: bool
    folded: bool
    below: bool
    above: bool
    orders: tuple[int, ...]
    outputs: tuple[Output, ...]
    centres: tuple[float, ...] = ()

    @property
    def names(self) -> list[str]:
        """What its outputs are called where they are combined."""
        return [f"f{order}" for order in self.orders]

    @property
    def ends(self) -> tuple[float, float]:
        """Where on the line it begins and ends, before anything is mirrored."""
        return self.low, -self.low if self.folded else self.high

    @property
    def instructions(self) -> int:
        """Of a vector of 16 numbers, without loads and stores."""
        ends = 1 if self.folded and self.above else self.below + self.above
        masks = 0 if self.whole else 1 + (self.below == self.above)
        shared = self.mirrored + self.folded + ends + 3 + masks
        return shared + sum(each.instructions for each in self.outputs)

    @property
    def whole(self) -> bool:
        """Is every number inside?"""
        return self.below and self.above


class Lookup:
    """The instructions of a table; its coefficients are loaded where it is made."""

    def __init__(self, builder: ir.IRBuilder, table: Table) -> None:
        self.builder = builder
        self.lanes = Lanes(builder, "float", LANES, avx512=True)
        self.table = table
        self._rows = [[self._held(row) for row in each.coefficients] for each in table.outputs]
        self._centres = self._held(table.centres) if table.centres else None

    def _held(self, row: Sequence[float]) -> tuple[Value, Value]:
        b, kind = self.builder, self.lanes.type
        if len(set(row)) == 1:
            return (self.lanes.number(row[0]),) * 2
        name = f"row.{len(b.module.globals)}"
        held = ir.GlobalVariable(b.module, ir.ArrayType(kind, 2), name)
        held.linkage, held.global_constant, held.align = "internal", True, 64
        halves = (row[:LANES], row[LANES:])
        held.initializer = ir.Constant(held.value_type, [ir.Constant(kind, [*h]) for h in halves])
        zero = ir.IntType(32)(0)
        first, second = (b.gep(held, [zero, ir.IntType(32)(half)]) for half in (0, 1))
        return b.load(first, align=64), b.load(second, align=64)

    def inside(self, x: Value) -> Value | None:
        """Mask of the lanes that are not left to others, NaN among them; None if all are."""
        b, lanes, t = self.builder, self.lanes, self.table
        x = b.fneg(x) if t.mirrored else x
        if not t.below and not t.above and t.folded:
            return b.fcmp_unordered("<=", lanes.magnitude(x), lanes.number(-t.low))
        low, high = t.ends
        masks = [] if t.below else [b.fcmp_unordered(">=", x, lanes.number(low))]
        masks += [] if t.above else [b.fcmp_unordered("<=", x, lanes.number(high))]
        return reduce(b.and_, masks) if masks else None

    def values(self, x: Value) -> list[Value]:
        """One number for each output."""
        b, lanes, t = self.builder, self.lanes, self.table
        x = b.fneg(x) if t.mirrored else x
        far = b.fneg(lanes.magnitude(x)) if t.folded else x
        near = self._most(lanes.number(t.low), far) if t.below or (t.folded and t.above) else far
        if t.above and not t.folded:
            near = self._least(lanes.number(t.high), near)
        magic, scale = lanes.number(lanes.format.magic), lanes.number(t.scale)
        if self._centres is None:
            found = lanes.fma(near, scale, magic)
            rest = lanes.fma(near, scale, b.fneg(b.fsub(found, magic)))
            place = lanes.bits(found)
        else:
            place = lanes.bits(self._downwards(near, scale, magic))
            rest = b.fsub(near, self._looked_up(self._centres, place))
        results = []
        for each, rows in zip(t.outputs, self._rows, strict=True):
            p = self._polynomial(rows, place, rest)
            for first, second in each.zeros:
                distance = b.fsub(b.fsub(near, lanes.number(first)), lanes.number(second))
                p = b.fmul(p, distance)
            results.append(self._finish(each, p, x, near, far))
        return results

    def _downwards(self, a: Value, b: Value, c: Value) -> Value:
        """a * b + c, rounded to what is not larger."""
        kind = ir.FunctionType(a.type, [a.type, a.type, a.type, ir.IntType(32)])
        fma = function_of(self.builder.module, kind, "llvm.x86.avx512.vfmadd.ps.512")
        return self.builder.call(fma, [a, b, c, DOWNWARDS])

    def _polynomial(self, rows: list[tuple[Value, Value]], place: Value, rest: Value) -> Value:
        *lower, highest = (self._looked_up(row, place) for row in rows)
        result = highest
        for coefficient in reversed(lower):
            result = self.lanes.fma(result, rest, coefficient)
        return result

    def _looked_up(self, row: tuple[Value, Value], place: Value) -> Value:
        if row[0] is row[1]:
            return row[0]
        number, integer = self.lanes.type, self.lanes.integer
        kind = ir.FunctionType(number, [number, integer, number])
        permute = function_of(self.builder.module, kind, "llvm.x86.avx512.vpermi2var.ps.512")
        return self.builder.call(permute, [row[0], place, row[1]])

    def _finish(self, out: Output, p: Value, x: Value, near: Value, far: Value) -> Value:
        b, lanes, side = self.builder, self.lanes, out.positive
        by = {"none": None, "x": far, "near": near}[out.factor]
        if side is None:
            return p if by is None else b.fmul(p, by)
        zero = lanes.number(0.0)
        if side.adds:
            base = self._most(zero, x) if side.slope else None
            if by is not None:
                return b.fmul(p, by) if base is None else lanes.fma(p, by, base)
            return p if base is None else b.fadd(p, base)
        negative = p if by is None else b.fmul(p, by)
        if side.turns:
            turned = b.and_(b.not_(lanes.bits(x)), lanes.whole(1 << 31))
            return lanes.floats(b.xor(lanes.bits(negative), turned))
        positive = b.fcmp_ordered(">=" if side.starts else ">", x, zero)
        line = lanes.number(side.constant)
        if side.slope:
            line = lanes.fma(x, lanes.number(side.slope), line) if side.constant else x
            if not side.constant and side.slope != 1:
                line = b.fmul(x, lanes.number(side.slope))
        if side.sign:
            line = (b.fadd if side.sign == 1 else b.fsub)(line, negative)
        return b.select(positive, line, negative)

    def _most(self, bound: Value, x: Value) -> Value:
        """The larger; x where it is NaN, or -0 against 0: one instruction."""
        return self.builder.select(self.builder.fcmp_ordered(">", bound, x), bound, x)

    def _least(self, bound: Value, x: Value) -> Value:
        """The smaller; x where it is NaN."""
        return self.builder.select(self.builder.fcmp_ordered("<", bound, x), bound, x)
