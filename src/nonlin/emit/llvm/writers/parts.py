"""The loop over arrays for machines without masks: one body, in which nothing branches.

What is left behind the last whole vector is copied to a place of the module's own, the kernel
calls itself there, on a whole vector, and the result is copied back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from llvmlite import ir

from nonlin.emit.llvm.arithmetic.lanes import SINGLE, function_of
from nonlin.emit.llvm.writers.vectors import Vectors

if TYPE_CHECKING:
    Value = Any

LANES = 8  # of a vector, at most
ARRAYS = 8  # of a kernel, at most
OURS = "ours"
BYTE = ir.IntType(8)


def write_parts(vectors: Vectors, inputs: int, body: Callable[[Value, None], None]) -> None:
    """`body(start, None)` for every vector of float32 numbers of a kernel's arrays.

    It reads the first `inputs` arrays. A number and the parameters stand behind the arrays.
    """
    b = vectors.builder
    *arrays, count, parameters = b.function.args
    lanes = vectors.index(vectors.type.count)
    whole = b.and_(count, vectors.index(-vectors.type.count))
    vectors.loop(whole, lanes, lambda start: body(start, None))
    left = b.sub(count, whole)
    with b.if_then(b.icmp_signed(">", left, vectors.index(0))):
        ends = [b.gep(array, [whole]) for array in arrays]
        ours = [_ours(b.module, place) for place in range(len(arrays))]
        _copy(b, left, ends[:inputs], ours[:inputs])
        b.call(b.function, [*ours, lanes, parameters])
        _copy(b, left, ours[inputs:], ends[inputs:])


def _ours(module: ir.Module, place: int) -> Value:
    """A vector for what is left of one array; all kernels of a module share it."""
    kind = ir.ArrayType(SINGLE, LANES * ARRAYS)
    if OURS not in module.globals:
        made = ir.GlobalVariable(module, kind, OURS)
        made.linkage, made.align, made.initializer = "internal", 4 * LANES, ir.Constant(kind, None)
    first = ir.IntType(32)(0)
    return module.globals[OURS].gep([first, ir.IntType(32)(LANES * place)])


def _copy(
    builder: ir.IRBuilder, count: Value, sources: Sequence[Value], goals: Sequence[Value]
) -> None:
    """The first `count` numbers."""
    pointer = BYTE.as_pointer()
    size = builder.mul(count, count.type(4))
    kind = ir.FunctionType(ir.VoidType(), [pointer, pointer, size.type, ir.IntType(1)])
    name = f"llvm.memcpy.p0.p0.i{size.type.width}"
    copy = function_of(builder.module, kind, name)
    for source, goal in zip(sources, goals, strict=True):
        ends = (builder.bitcast(each, pointer) for each in (goal, source))
        builder.call(copy, [*ends, size, ir.IntType(1)(0)])
