"""The product of two matrices, the same in every bit wherever the rows and columns are cut.

    void gemm(const float *a, row, inner, const float *b, ldb, const float *bias,
              float *c, ldc, rows, depth, columns)
    void turn(const float *a, float *to, rows, columns)

c[i ldc + j] = bias[j] + a[i row + k inner] b[k ldb + j], summed over k in turn;
to[j rows + i] = a[i columns + j].
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from llvmlite import ir

from nonlin.emit.llvm.arithmetic.lanes import SINGLE, Lanes
from nonlin.emit.llvm.writers.vectors import Vectors, splat

if TYPE_CHECKING:
    from nonlin.emit.llvm.hardware import Hardware

    Value = Any

ENTRY, TURN = "gemm", "turn"
ROWS = 4  # at once: what is loaded of b serves them all
LANES = (8, 4, 2, 1)  # of a row at once: of 16 registers, the sums of a tile take half


def add_gemm(module: ir.Module, hardware: Hardware) -> None:
    """The product as a function of the module."""
    array, count = SINGLE.as_pointer(), ir.IntType(hardware.count_bits)
    kinds = [array, count, count, array, count, array, array, *[count] * 4]
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), kinds), ENTRY)
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    product = _Gemm(builder, function.args, hardware)
    product.write()
    builder.ret_void()


def add_turn(module: ir.Module, hardware: Hardware) -> None:
    """A matrix, transposed, as a function of the module."""
    array, count = SINGLE.as_pointer(), ir.IntType(hardware.count_bits)
    kind = ir.FunctionType(ir.VoidType(), [array, array, count, count])
    function = ir.Function(module, kind, TURN)
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    a, to, rows, columns = function.args
    begin = count(0)
    for lanes in (4, 1):  # rows at once
        end = builder.and_(rows, count(-lanes))
        vectors = Vectors(builder, ir.VectorType(SINGLE, lanes), count)

        def stripe(i: Value, carried: list[Value], vectors: Vectors = vectors) -> list[Value]:
            vectors.loop(columns, count(1), lambda j: _turn(vectors, a, to, i, j, rows, columns))
            return carried

        vectors.carry(begin, end, count(lanes), [], stripe)
        begin = end
    builder.ret_void()


def _turn(
    vectors: Vectors, a: Value, to: Value, i: Value, j: Value, rows: Value, columns: Value
) -> None:
    """Some numbers of column j, from row i on."""
    f, value = vectors.builder, ir.Constant(vectors.type, ir.Undefined)
    for k in range(vectors.type.count):
        place = f.add(f.mul(f.add(i, i.type(k)), columns), j)
        value = f.insert_element(value, f.load(f.gep(a, [place])), ir.IntType(32)(k))
    vectors.store(value, to, f.add(f.mul(j, rows), i), None)


class _Gemm:
    """The loops, from the outside in."""

    def __init__(
        self, builder: ir.IRBuilder, arguments: Sequence[Value], hardware: Hardware
    ) -> None:
        self.builder = builder
        self.hardware = hardware
        self.a, self.row, self.inner, self.b, self.ldb, self.bias, self.c = arguments[:7]
        self.ldc, self.rows, self.depth, self.columns = arguments[7:]
        self.index = self.rows.type

    def write(self) -> None:
        """Rows, several at once as far as they go."""
        whole = self.builder.and_(self.rows, self.index(-ROWS))
        self._stripes(self.index(0), whole, ROWS)
        self._stripes(whole, self.rows, 1)

    def _stripes(self, begin: Value, end: Value, count: int) -> None:
        def stripe(i: Value, carried: list[Value]) -> list[Value]:
            self._across(i, count)
            return carried

        self._vectors(1).carry(begin, end, self.index(count), [], stripe)

    def _across(self, i: Value, count: int) -> None:
        """The columns of some rows from row i on."""
        begin: Value = self.index(0)
        for lanes in LANES:
            end = self.builder.and_(self.columns, self.index(-lanes))

            def tile(j: Value, carried: list[Value], lanes: int = lanes) -> list[Value]:
                self._tile(i, j, count, lanes)
                return carried

            self._vectors(lanes).carry(begin, end, self.index(lanes), [], tile)
            begin = end

    def _tile(self, i: Value, j: Value, count: int, lanes: int) -> None:
        """`count` rows from i on of `lanes` columns from j on."""
        f, vectors = self.builder, self._vectors(lanes)
        m = Lanes(f, "float", lanes, fused=self.hardware.fused)
        rows = [f.add(i, self.index(place)) for place in range(count)]

        def add(k: Value, sums: list[Value]) -> list[Value]:
            right = vectors.load(self.b, f.add(f.mul(k, self.ldb), j), None)
            places = (f.add(f.mul(row, self.row), f.mul(k, self.inner)) for row in rows)
            left = (splat(f, f.load(f.gep(self.a, [place])), lanes) for place in places)
            return [m.fma(each, right, total) for each, total in zip(left, sums, strict=True)]

        start = vectors.load(self.bias, j, None)
        sums = vectors.carry(self.index(0), self.depth, self.index(1), [start] * count, add)
        for row, total in zip(rows, sums, strict=True):
            vectors.store(total, self.c, f.add(f.mul(row, self.ldc), j), None)

    def _vectors(self, lanes: int) -> Vectors:
        return Vectors(self.builder, ir.VectorType(SINGLE, lanes), self.index)
