"""Short rows side by side: each lane of a vector has a row of its own.

As many rows as a vector has lanes are copied to a buffer, column after column. There they are one
row of vectors, and no reduction crosses lanes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from llvmlite import ir

from nonlin.emit.llvm.writers.vectors import INT64, Vectors, least, shuffled

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
        self.buffers = [self._room() for _ in range(inputs)]

    def _room(self) -> Value:
        """Memory for as many rows as there are lanes."""
        kind = ir.ArrayType(self.vectors.type.element, LONGEST * self.lanes)
        room = self.builder.alloca(kind)
        room.align = LINE
        return self.builder.gep(room, [INT64(0), INT64(0)])

    def fill(self, buffer: Value, array: Value, left: Value) -> None:
        """Copy the first rows of an array, which has so many left, to a buffer."""
        rows = self._rows(array, left)

        def block(start: Value, mask: Value | None) -> None:
            parts = [self.parts.load(row, start, mask) for row in rows]
            four = self._turned([self._joined(parts[k::FOUR]) for k in range(FOUR)])
            for k, column in enumerate(four):
                self.vectors.store(column, buffer, self._column(start, k), None)

        self._blocks(block)

    def empty(self, array: Value, left: Value) -> None:
        """Copy the first buffer to the first rows of an array, which has so many left."""
        rows = self._rows(array, left)

        def block(start: Value, mask: Value | None) -> None:
            columns = (self._column(start, k) for k in range(FOUR))
            four = self._turned([self.vectors.load(self.buffers[0], c, None) for c in columns])
            for lane, row in enumerate(rows):
                first = lane // FOUR * FOUR
                part = shuffled(self.builder, four[lane % FOUR], range(first, first + FOUR))
                self.parts.store(part, row, start, mask)

        self._blocks(block)

    def _blocks(self, body: Callable[[Value, Value | None], None]) -> None:
        """For each four columns; the last are the last four, of which some have come before."""
        b, last = self.builder, self.builder.sub(self.length, INT64(FOUR))
        with b.if_else(b.icmp_signed("<", last, INT64(0)), likely=False) as (fewer, enough):
            with fewer:
                body(INT64(0), self.parts.mask(self.length))
            with enough:

                def block(start: Value) -> None:
                    body(least(b, start, last), None)

                self.vectors.loop(self.length, INT64(FOUR), block)

    def _rows(self, first: Value, left: Value) -> list[Value]:
        """Where each row begins; lanes without a row of their own have the last one, too."""
        b, rows = self.builder, [first]
        for lane in range(1, self.lanes):
            there = b.icmp_signed("<", INT64(lane), left)
            rows.append(b.gep(rows[-1], [b.select(there, self.length, INT64(0))]))
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
