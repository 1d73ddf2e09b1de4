"""The loop over arrays for machines without masks: one body, in which nothing branches.

What is left behind the last whole vector is copied to a place of the module's own, goes through
the same body there together with whatever stands beside it, and is copied back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from llvmlite import ir

from nonlin.emit.llvm.arithmetic.lanes import SINGLE
from nonlin.emit.llvm.writers.vectors import Vectors

if TYPE_CHECKING:
    Value = Any

LANES = 8  # of a block, at most
ARRAYS = 8  # of a kernel, at most
OURS = "ours"


class Parts(Vectors):
    """Blocks of 2 to LANES float32 numbers of `arrays`, of which the first `inputs` are read."""

    def __init__(
        self,
        builder: ir.IRBuilder,
        kind: ir.VectorType,
        index: Any,
        arrays: Sequence[Value],
        inputs: int,
    ) -> None:
        super().__init__(builder, kind, index)
        self.arrays, self.inputs = arrays, inputs
        self.now: dict[Value, Value] = {}  # where each array is: in its place, then in ours

    def _address(self, array: Value, start: Value) -> Value:
        return super()._address(self.now[array], start)

    def blocks(
        self,
        count: Value,
        body: Callable[[Value, Value | None], None],
        always_masked: bool,
        groups: bool = True,
    ) -> None:
        """`body(start, None)` for every whole vector, and once more for what is left."""
        b, lanes, arrays = self.builder, self.index(self.type.count), self.arrays
        ours = [_ours(b.module, place) for place in range(len(arrays))]
        whole = b.and_(count, self.index(-self.type.count))
        left = b.sub(count, whole)
        ends = [b.gep(array, [whole]) for array in arrays]
        before, (again, rest, done) = b.block, map(b.append_basic_block, ("again", "rest", "done"))
        b.branch(again)
        b.position_at_end(again)
        end, sign, *now = (b.phi(value.type) for value in (whole, left, *arrays))
        self.now = dict(zip(arrays, now, strict=True))
        self.loop(end, lanes, lambda start: body(start, None))
        b.cbranch(b.icmp_signed(">", sign, self.index(0)), rest, done)
        b.position_at_end(rest)
        self._copy(left, ends[: self.inputs], ours[: self.inputs])
        b.branch(again)
        values = (whole, left, *arrays), (lanes, self.index(-1), *ours)
        for phi, first, second in zip((end, sign, *now), *values, strict=True):
            phi.add_incoming(first, before)
            phi.add_incoming(second, rest)
        b.position_at_end(done)
        with b.if_then(b.icmp_signed("<", sign, self.index(0))):
            self._copy(left, ours[self.inputs :], ends[self.inputs :])

    def _copy(self, count: Value, sources: Sequence[Value], targets: Sequence[Value]) -> None:
        function = _copier(self.builder.module, count.type)
        for source, target in zip(sources, targets, strict=True):
            self.builder.call(function, [count, source, target])


def _ours(module: ir.Module, place: int) -> Value:
    """A vector for what is left of one array; all kernels of a module share it."""
    kind = ir.ArrayType(SINGLE, LANES * ARRAYS)
    if OURS not in module.globals:
        made = ir.GlobalVariable(module, kind, OURS)
        made.linkage, made.align, made.initializer = "internal", 4 * LANES, ir.Constant(kind, None)
    first = ir.IntType(32)(0)
    return module.globals[OURS].gep([first, ir.IntType(32)(LANES * place)])


def _copier(module: ir.Module, index: Any) -> Any:
    """A function that copies some numbers."""
    if "copy" in module.globals:
        return module.globals["copy"]
    array = SINGLE.as_pointer()
    kind = ir.FunctionType(ir.VoidType(), [index, array, array])
    function = ir.Function(module, kind, "copy")
    function.linkage = "internal"
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    count, source, target = function.args

    def one(place: Value) -> None:
        number = builder.load(builder.gep(source, [place]))
        builder.store(number, builder.gep(target, [place]))

    Vectors(builder, ir.VectorType(SINGLE, 1), index).loop(count, index(1), one)
    builder.ret_void()
    return function
