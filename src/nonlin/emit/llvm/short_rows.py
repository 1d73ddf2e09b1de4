"""Short rows side by side: each lane of a vector has a row of its own.

As many rows as a vector has lanes are copied to a buffer, column after column. There they are one
row of vectors, and no reduction crosses lanes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from llvmlite import ir

from nonlin.emit.llvm.vectors import INT64, Vectors, shuffled

if TYPE_CHECKING:
    Value = Any

LONGEST = 128  # elements of a short row
FOUR = 4  # columns at once: of so many rows and columns, the transpose takes two steps
LINE = 64  # bytes


class ShortRows:
    """Buffers for rows of a length, one for each input; the result takes the place of the first."""

    def __init__(self, vectors: Vectors, inputs: int, length: Value) -> None:
        self.vectors, self.length = vectors, length
        self.builder, self.lanes = vectors.builder, vectors.type.count
        self.parts = Vectors(self.builder, ir.VectorType(vectors.type.element, FOUR))
        self.apart, *self.buffers = (self._room() for _ in range(inputs + 1))

    def _room(self) -> Value:
        """Memory for as many rows as there are lanes, and for four columns before them."""
        size = (LONGEST + FOUR) * self.lanes
        room = self.builder.alloca(ir.ArrayType(self.vectors.type.element, size))
        room.align = LINE
        return self.builder.gep(room, [INT64(0), INT64(FOUR * self.lanes)])

    def fill(self, buffer: Value, array: Value, left: Value) -> None:
        """Copy the first rows of an array, which has so many left, to a buffer."""
        self._move(left, array, self.apart)
        source = self.builder.select(self._is_apart(left), self.apart, array)

        def block(start: Value) -> None:
            parts = [self.parts.load(row, start, None) for row in self._rows(source)]
            four = self._turned([self._joined(parts[k::FOUR]) for k in range(FOUR)])
            for k, column in enumerate(four):
                self.vectors.store(column, buffer, self._column(start, k), None)

        self._blocks(block)

    def empty(self, array: Value, left: Value) -> None:
        """Copy the first buffer to the first rows of an array."""
        goal = self.builder.select(self._is_apart(left), self.apart, array)

        def block(start: Value) -> None:
            columns = (self._column(start, k) for k in range(FOUR))
            four = self._turned([self.vectors.load(self.buffers[0], c, None) for c in columns])
            for lane, row in reversed([*enumerate(self._rows(goal))]):
                first = lane // FOUR * FOUR
                part = shuffled(self.builder, four[lane % FOUR], range(first, first + FOUR))
                self.parts.store(part, row, start, None)

        self._blocks(block)
        self._move(left, self.apart, array)

    def _blocks(self, body: Callable[[Value], None]) -> None:
        """For each four columns; the last are the last four, of which some have come before.

        Of a row of fewer than four the first are those of the row before, which is written later.
        """
        b, last = self.builder, self.builder.sub(self.length, INT64(FOUR))

        def block(start: Value) -> None:
            body(b.select(b.icmp_signed("<", start, last), start, last))

        self.vectors.loop(self.length, INT64(FOUR), block)

    def _is_apart(self, left: Value) -> Value:
        """Are too few rows left, or are there too few columns, to work where they lie?"""
        b = self.builder
        few = b.icmp_signed("<", left, INT64(self.lanes))
        return b.or_(few, b.icmp_signed("<", self.length, INT64(FOUR)))

    def _move(self, left: Value, source: Value, goal: Value) -> None:
        """Copy the rows that are worked on apart."""
        b, v, lanes = self.builder, self.vectors, INT64(self.lanes)
        rows = b.select(b.icmp_signed("<", left, lanes), left, lanes)

        def block(start: Value, mask: Value | None) -> None:
            v.store(v.load(source, start, mask), goal, start, mask)

        with b.if_then(self._is_apart(left)):
            v.blocks(b.mul(rows, self.length), block, always_masked=True)

    def _rows(self, first: Value) -> list[Value]:
        """Where each row begins."""
        rows = [first]
        while len(rows) < self.lanes:
            rows.append(self.builder.gep(rows[-1], [self.length]))
        return rows

    def _column(self, start: Value, more: int) -> Value:
        """Where a column begins in a buffer."""
        b = self.builder
        return b.mul(b.add(start, INT64(more)), INT64(self.lanes))

    def _joined(self, parts: list[Value]) -> Value:
        """One vector of all parts."""
        while len(parts) > 1:
            lanes = range(2 * parts[0].type.count)
            pairs = zip(parts[::2], parts[1::2], strict=True)
            parts = [shuffled(self.builder, a, lanes, b) for a, b in pairs]
        return parts[0]

    def _turned(self, four: list[Value]) -> list[Value]:
        """Four vectors with each four by four numbers transposed."""
        a, b, c, d = four
        (e, f), (g, h) = self._zipped(a, c), self._zipped(b, d)
        return [*self._zipped(e, g), *self._zipped(f, h)]

    def _zipped(self, a: Value, b: Value) -> list[Value]:
        """By turns one of a and one of b: of each four lanes the first two, and the last two."""
        n = self.lanes
        first = [four + lane for four in range(0, n, FOUR) for lane in (0, n, 1, n + 1)]
        return [shuffled(self.builder, a, [k + more for k in first], b) for more in (0, 2)]
