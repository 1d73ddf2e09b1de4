"""The product of two matrices, the same in every bit wherever the rows and columns are cut.

    void gemm(const float *a, row, inner, const float *b, ldb, const float *bias,
              float *c, ldc, rows, depth, columns)
    void turn(const float *a, float *to, rows, columns)

c[i ldc + j] = bias[j] + a[i row + k inner] b[k ldb + j], summed over k in turn;
to[j rows + i] = a[i columns + j].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from llvmlite import ir

from nonlin.emit.llvm.arithmetic.lanes import SINGLE, Lanes
from nonlin.emit.llvm.writers.vectors import Vectors, function, splat

if TYPE_CHECKING:
    from nonlin.emit.llvm.hardware import Hardware

    Value = Any

ENTRY, TURN = "gemm", "turn"
ROWS = (4, 1)  # at once: what is loaded of b serves them all
LANES = (8, 4, 2, 1)  # of a row at once: of 16 registers, the sums of a tile take half
ARRAY = SINGLE.as_pointer()


def add_gemm(module: ir.Module, hardware: Hardware) -> None:
    """The product as a function of the module."""
    count = ir.IntType(hardware.count_bits)
    b = function(module, ENTRY, [ARRAY, count, count, ARRAY, count, ARRAY, ARRAY, *[count] * 4])
    *_, rows, _, columns = b.function.args

    def across(height: int, i: Value) -> None:
        def tile(lanes: int, j: Value) -> None:
            _tile(b, hardware.fused, i, j, (height, lanes))

        _in_steps(b, columns, LANES, tile)

    _in_steps(b, rows, ROWS, across)
    b.ret_void()


def _tile(b: ir.IRBuilder, fused: bool, i: Value, j: Value, size: tuple[int, int]) -> None:
    """So many rows from i on of so many columns from j on."""
    left, row, inner, right, ldb, bias, c, ldc, _, depth, _ = b.function.args
    height, lanes = size
    vectors, m = _vectors(b, lanes), Lanes(b, "float", lanes, fused=fused)
    rows = [b.add(i, i.type(place)) for place in range(height)]

    def add(k: Value, sums: list[Value]) -> list[Value]:
        numbers = vectors.load(right, b.add(b.mul(k, ldb), j), None)
        places = (b.add(b.mul(each, row), b.mul(k, inner)) for each in rows)
        factors = (splat(b, b.load(b.gep(left, [place])), lanes) for place in places)
        return [m.fma(each, numbers, total) for each, total in zip(factors, sums, strict=True)]

    start = [vectors.load(bias, j, None)] * height
    sums = vectors.carry(i.type(0), depth, i.type(1), start, add)
    for each, total in zip(rows, sums, strict=True):
        vectors.store(total, c, b.add(b.mul(each, ldc), j), None)


def add_turn(module: ir.Module, hardware: Hardware) -> None:
    """A matrix, transposed, as a function of the module."""
    count = ir.IntType(hardware.count_bits)
    b = function(module, TURN, [ARRAY, ARRAY, count, count])
    a, to, rows, columns = b.function.args

    def stripe(lanes: int, i: Value) -> None:
        vectors = _vectors(b, lanes)

        def column(j: Value) -> None:
            value = ir.Constant(vectors.type, ir.Undefined)
            for k in range(lanes):
                place = b.add(b.mul(b.add(i, count(k)), columns), j)
                value = b.insert_element(value, b.load(b.gep(a, [place])), ir.IntType(32)(k))
            vectors.store(value, to, b.add(b.mul(j, rows), i), None)

        vectors.loop(columns, count(1), column)

    _in_steps(b, rows, ROWS, stripe)
    b.ret_void()


def _vectors(b: ir.IRBuilder, lanes: int) -> Vectors:
    return Vectors(b, ir.VectorType(SINGLE, lanes), b.function.args[-1].type)


def _in_steps(
    b: ir.IRBuilder, count: Value, widths: Sequence[int], body: Callable[[int, Value], None]
) -> None:
    """`body(width, place)` all over a range: as far as the widest steps go, then the next."""
    begin = count.type(0)
    for width in widths:
        end = b.and_(count, count.type(-width))
        _vectors(b, 1).loop(end, count.type(width), partial(body, width), begin)
        begin = end
