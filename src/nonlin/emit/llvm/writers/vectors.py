"""Loads, stores and loops over arrays, a vector at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise, zip_longest
from typing import TYPE_CHECKING, Any

from llvmlite import ir

from nonlin.emit.llvm.arithmetic.lanes import function_of

if TYPE_CHECKING:
    Value = Any

INT64 = ir.IntType(64)
GROUP = 4  # blocks at once: where each waits for its own results, the CPU works on the others


def function(module: ir.Module, name: str, kinds: Sequence[Any]) -> ir.IRBuilder:
    """A new function that returns nothing, of arguments of these types: what writes it."""
    made = ir.Function(module, ir.FunctionType(ir.VoidType(), kinds), name)
    return ir.IRBuilder(made.append_basic_block("entry"))


def splat(builder: ir.IRBuilder, scalar: Value, count: int) -> Value:
    """The scalar in every lane."""
    kind = ir.VectorType(scalar.type, count)
    first = builder.insert_element(ir.Constant(kind, ir.Undefined), scalar, ir.IntType(32)(0))
    return shuffled(builder, first, [0] * count)


def shuffled(
    builder: ir.IRBuilder, a: Value, lanes: Sequence[int], b: Value | None = None
) -> Value:
    """These lanes of a vector, or of two one behind the other."""
    order = ir.Constant(ir.VectorType(ir.IntType(32), len(lanes)), list(lanes))
    return builder.shuffle_vector(a, ir.Constant(a.type, ir.Undefined) if b is None else b, order)


def least(builder: ir.IRBuilder, one: Value, other: Value) -> Value:
    """The smaller of two whole numbers."""
    return builder.select(builder.icmp_signed("<", one, other), one, other)


def bytes_of(number: Any) -> int:
    """Of a number of this type in memory."""
    if isinstance(number, ir.IntType):
        return int(number.width) // 8
    return 4 if number == ir.FloatType() else 8


class Vectors:
    """Loads, stores and the loop over the blocks of an array; places are integers `index`."""

    def __init__(self, builder: ir.IRBuilder, kind: ir.VectorType, index: Any = INT64) -> None:
        self.builder = builder
        self.type = kind
        self.index = index
        self.size = bytes_of(kind.element)
        self.mask_type = ir.VectorType(ir.IntType(1), kind.count)

    def _address(self, array: Value, start: Value) -> Value:
        return self.builder.bitcast(self.builder.gep(array, [start]), self.type.as_pointer())

    def _intrinsic(self, name: str, result: Any, arguments: list[Value]) -> Value:
        kind = "i" if isinstance(self.type.element, ir.IntType) else "f"
        full = f"llvm.masked.{name}.v{self.type.count}{kind}{8 * self.size}.p0"
        function_type = ir.FunctionType(result, [each.type for each in arguments])
        return self.builder.call(function_of(self.builder.module, function_type, full), arguments)

    def load(self, array: Value, start: Value, mask: Value | None) -> Value:
        """A vector from array[start:]; lanes outside the mask hold 0."""
        address = self._address(array, start)
        if mask is None:
            return self.builder.load(address, align=self.size)
        zeros = ir.Constant(self.type, None)
        return self._intrinsic("load", self.type, [address, mask, zeros])

    def store(self, value: Value, array: Value, start: Value, mask: Value | None) -> None:
        """A vector to array[start:]; lanes outside the mask stay as they are."""
        address = self._address(array, start)
        if mask is None:
            self.builder.store(value, address, align=self.size)
        else:
            self._intrinsic("store", ir.VoidType(), [value, address, mask])

    def mask(self, count: Value) -> Value:
        """The first `count` lanes."""
        wide = ir.VectorType(self.index, self.type.count)
        ramp = ir.Constant(wide, list(range(self.type.count)))
        return self.builder.icmp_signed("<", ramp, splat(self.builder, count, self.type.count))

    def by_turns(self, bodies: Sequence[Callable[[], Any]]) -> list[Any]:
        """What the bodies give, one instruction of each in turn: none waits for the one before."""
        block, found = self.builder.block, []
        marks = [len(block.instructions)]
        for body in bodies:
            found.append(body())
            marks.append(len(block.instructions))
        if self.builder.block is block:  # with branches inside they stay in order
            each = [block.instructions[first:last] for first, last in pairwise(marks)]
            mixed = [one for turn in zip_longest(*each) for one in turn if one is not None]
            block.instructions[marks[0] :] = mixed
        return found

    def blocks(
        self,
        count: Value,
        body: Callable[[Value, Value | None], Any],
        always_masked: bool,
        initial: Sequence[Value] = (),
        join: Callable[[list[Any], list[Value]], list[Value]] = lambda _, carried: carried,
        groups: bool = True,
    ) -> list[Value]:
        """`values = join(what body(start, mask) gives, values)` for each block of lanes.

        First groups of four blocks, by turns, then single ones, then the partial one with a mask.
        Long bodies are always masked, or come without groups: they are written and compiled once.
        """
        b, width = self.builder, self.type.count

        def masked(start: Value, carried: list[Value]) -> list[Value]:
            return join([body(start, self.mask(b.sub(count, start)))], carried)

        begin, values = self.index(0), list(initial)
        loops = ((GROUP, "group"),) * groups + ((1, "body"),)
        for blocks, name in () if always_masked else loops:
            end = b.and_(count, self.index(-blocks * width))

            def group(start: Value, carried: list[Value], blocks: int = blocks) -> list[Value]:
                places = [b.add(start, self.index(k * width)) for k in range(blocks)]
                return join(self.by_turns([partial(body, each, None) for each in places]), carried)

            values = self.carry(begin, end, self.index(blocks * width), values, group, name)
            begin = end
        name = "body" if always_masked else "rest"
        return self.carry(begin, count, self.index(width), values, masked, name)

    def loop(
        self, end: Value, step: Value, body: Callable[[Value], None], begin: Value | None = None
    ) -> None:
        """`body(i)` for i from `begin`, or 0, below `end`."""

        def nothing_carried(index: Value, carried: list[Value]) -> list[Value]:
            body(index)
            return carried

        self.carry(self.index(0) if begin is None else begin, end, step, [], nothing_carried)

    def carry(
        self,
        begin: Value,
        end: Value,
        step: Value,
        initial: list[Value],
        body: Callable[[Value, list[Value]], list[Value]],
        name: str = "body",
    ) -> list[Value]:
        """`values = body(i, values)` for i from `begin` below `end`; the last values."""
        b = self.builder
        head, inside, after = (b.append_basic_block(each) for each in ("head", name, "after"))
        before = b.block
        b.branch(head)
        b.position_at_end(head)
        index, *carried = (b.phi(value.type) for value in (begin, *initial))
        for phi, value in zip((index, *carried), (begin, *initial), strict=True):
            phi.add_incoming(value, before)
        b.cbranch(b.icmp_signed("<", index, end), inside, after)
        b.position_at_end(inside)
        updated = body(index, carried)
        for phi, value in zip((index, *carried), (b.add(index, step), *updated), strict=True):
            phi.add_incoming(value, b.block)
        b.branch(head)
        b.position_at_end(after)
        return carried
