"""A kernel that looks its function up in a table, and leaves what lies outside to another kernel.

Lanes outside are not written but marked. After a chunk their numbers are collected, go through
the other kernel side by side, and return to their places: a few of them cost no more than a few.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from typing import TYPE_CHECKING, Any

from llvmlite import ir

from nonlin.emit.llvm.arithmetic.lanes import either, function_of
from nonlin.emit.llvm.hardware import Hardware
from nonlin.emit.llvm.lowering.evaluate import Evaluator
from nonlin.emit.llvm.tables.table import LANES, Lookup, Table
from nonlin.emit.llvm.writers.memory import TYPES, from_memory, to_memory
from nonlin.emit.llvm.writers.program import ENTRY, Inputs, arithmetics, write_module
from nonlin.emit.llvm.writers.vectors import INT64, Vectors
from nonlin.expr.machine.modes import MODES
from nonlin.expr.nodes import Expr

if TYPE_CHECKING:
    from nonlin.expr.machine.modes import Mode

    Value = Any

OTHERS = "others"
CHUNK = 1024  # numbers: marks and what is collected stay in the first cache
FLOAT, INT16 = ir.FloatType(), ir.IntType(16)
BIT, NONE, ALL = ir.IntType(1), INT16(0), INT16(-1)


def write_others(
    roots: Sequence[Expr], inputs: Sequence[str], mode: Mode, hardware: Hardware
) -> ir.Module:
    """A module with the kernel without a table, for numbers outside of one."""
    far = replace(mode, far=True)
    module = write_module(roots, inputs, (), far, hardware, masked=True, entry=OTHERS)
    module.globals[OTHERS].linkage = "internal"
    return module


def write_tabled(
    rule: Sequence[Expr],
    table: Table,
    inputs: Sequence[str],
    others: ir.Module,
    hardware: Hardware,
    memory: str = "float",
) -> ir.Module:
    """The module of one kernel, `others` and more. rule: its outputs, of inputs and of f0 and f1,
    which are what the table holds. memory: as `others` has it."""
    module = ir.Module(name=ENTRY) if table.whole else others
    _Writer(module, rule, table, inputs, hardware, memory).write()
    return module


class _Writer:
    """The parts of the kernel, and what they share."""

    def __init__(
        self,
        module: ir.Module,
        rule: Sequence[Expr],
        table: Table,
        inputs: Sequence[str],
        hardware: Hardware,
        memory: str,
    ) -> None:
        self.memory, self.vector = memory, ir.VectorType(TYPES[memory], LANES)
        self.rule, self.table, self.inputs, self.hardware = rule, table, inputs, hardware
        self.x = list(inputs).index("x")
        self.count = len(inputs) + len(rule)
        pointers = [self.vector.element.as_pointer()] * self.count
        self.module = module
        self.parameters = ir.DoubleType().as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [*pointers, INT64, self.parameters])
        self.function = ir.Function(module, kind, ENTRY)

    def write(self) -> None:
        """The kernel: chunk by chunk, unless every number is inside."""
        b = ir.IRBuilder(self.function.append_basic_block("entry"))
        *arrays, count, parameters = self.function.args
        vectors = Vectors(b, self.vector)
        lookup = Lookup(b, self.table)
        if self.table.whole:
            vectors.blocks(count, lambda i, mask: self._block(lookup, arrays, i, mask), False)
            b.ret_void()
            return
        marks = b.alloca(INT16, CHUNK // LANES)
        collect, apart = self._collector(), self._apart()
        most = INT64(CHUNK)

        def chunk(start: Value) -> None:
            left = b.sub(count, start)
            size = b.select(b.icmp_signed("<", left, most), left, most)
            here = [b.gep(array, [start]) for array in arrays]
            full = b.icmp_signed("==", size, most)
            before = b.block
            with b.if_then(full):
                first = self._loaded(vectors, here[self.x], INT64(0), None)
                begin = b.block
                with b.if_then(self._bits(lookup, first, "==", NONE), likely=False):
                    found, far = b.call(apart, [*here, parameters]), b.block
                none, after = either(b, (BIT(0), begin), (found, far)), b.block
            done = either(b, (BIT(0), before), (none, after))
            with b.if_then(b.not_(done), likely=True):
                inside = self._looked_up(vectors, lookup, here, size, marks)
                with b.if_then(b.icmp_signed("!=", inside, ALL), likely=False):
                    b.call(collect, [*here, size, marks, parameters])

        vectors.loop(count, most, chunk)
        b.ret_void()

    def _bits(self, lookup: Lookup, x: Value, sign: str, other: Value) -> Value:
        """How the marks of a vector compare."""
        b = lookup.builder
        return b.icmp_unsigned(sign, b.bitcast(lookup.inside(x), INT16), other)

    def _looked_up(
        self, vectors: Vectors, lookup: Lookup, arrays: list[Value], size: Value, marks: Value
    ) -> Value:
        """A chunk; the lanes that were inside in every vector."""
        b = lookup.builder

        def marked(start: Value, mask: Value | None) -> Value:
            inside = self._block(lookup, arrays, start, mask)
            b.store(inside, b.gep(marks, [b.lshr(start, INT64(4))]))
            return inside

        def join(found: list[Value], carried: list[Value]) -> list[Value]:
            return [reduce(b.and_, found, carried[0])]

        return vectors.blocks(size, marked, False, [ALL], join)[0]

    def _block(self, lookup: Lookup, arrays: list[Value], i: Value, mask: Value | None) -> Value:
        """One vector; the bits of the lanes that are done with."""
        b = lookup.builder
        vectors = Vectors(b, self.vector)
        given = arrays[: len(self.inputs)]
        loaded = {
            name: self._loaded(vectors, array, i, mask)
            for name, array in zip(self.inputs, given, strict=True)
        }
        found = lookup.values(loaded["x"])
        inside = lookup.inside(loaded["x"])
        loaded |= dict(zip(self.table.names, found, strict=True))
        inputs = Inputs(b, loaded, {})
        arithmetic = arithmetics(MODES["float32", "fast"], self.hardware, vectors)
        evaluator = Evaluator(*arithmetic, inputs)
        kept = mask if inside is None or mask is None else b.and_(mask, inside)
        for root, output in zip(self.rule, arrays[len(self.inputs) :], strict=True):
            result = to_memory(b, evaluator.number(root), self.memory, self.hardware.avx512)
            vectors.store(result, output, i, inside if mask is None else kept)
        if inside is None:
            return ALL
        return b.bitcast(inside if mask is None else b.or_(inside, b.not_(mask)), INT16)

    def _loaded(self, vectors: Vectors, array: Value, i: Value, mask: Value | None) -> Value:
        loaded = vectors.load(array, i, mask)
        return from_memory(vectors.builder, loaded, self.memory, self.hardware.avx512)

    def _internal(self, name: str, result: Any, arguments: list[Any]) -> Any:
        """A function of the module, of the arrays and more."""
        pointers = [self.vector.element.as_pointer()] * self.count
        kind = ir.FunctionType(result, [*pointers, *arguments, self.parameters])
        function = ir.Function(self.module, kind, name)
        function.linkage = "internal"
        function.attributes.add("noinline")
        return function

    def _apart(self) -> Value:
        """A function: is every number of a whole chunk outside? Then the other kernel takes it."""
        function = self._internal("apart", BIT, [])
        b = ir.IRBuilder(function.append_basic_block("entry"))
        *arrays, parameters = function.args
        lookup = Lookup(b, replace(self.table, outputs=()))
        vectors = Vectors(b, self.vector)

        def look(i: Value, carried: list[Value]) -> list[Value]:
            inside = lookup.inside(self._loaded(vectors, arrays[self.x], i, None))
            return [b.or_(carried[0], b.bitcast(inside, INT16))]

        [inside] = vectors.carry(INT64(0), INT64(CHUNK), INT64(LANES), [NONE], look)
        alone = b.icmp_signed("==", inside, NONE)
        with b.if_then(alone):
            b.call(self.module.globals[OTHERS], [*arrays, INT64(CHUNK), parameters])
        b.ret(alone)
        return function

    def _collector(self) -> Value:
        """A function that passes the marked numbers of a chunk through the other kernel."""
        function = self._internal("collect", ir.VoidType(), [INT64, INT16.as_pointer()])
        b = ir.IRBuilder(function.append_basic_block("entry"))
        *arrays, size, marks, parameters = function.args
        buffers = [b.alloca(self.vector.element, CHUNK + LANES) for _ in arrays]
        pairs = list(zip(arrays, buffers, strict=True))
        given, results = pairs[: len(self.inputs)], pairs[len(self.inputs) :]
        vectors = Vectors(b, self.vector)

        def through(move: Callable[[Value, Value, Value], None]) -> Value:
            """`move(start, place, mask)` for each vector: its marked lanes, side by side."""

            def body(start: Value, carried: list[Value]) -> list[Value]:
                mark = b.not_(b.load(b.gep(marks, [b.lshr(start, INT64(4))])))
                move(start, carried[0], b.bitcast(mark, vectors.mask_type))
                return [b.add(carried[0], b.zext(b.ctpop(mark), INT64))]

            return vectors.carry(INT64(0), size, INT64(LANES), [INT64(0)], body)[0]

        def inwards(start: Value, place: Value, mask: Value) -> None:
            for array, buffer in given:
                packed = self._packed(b, "compress", vectors.load(array, start, mask), mask)
                vectors.store(packed, buffer, place, None)

        def outwards(start: Value, place: Value, mask: Value) -> None:
            for array, buffer in results:
                spread = self._packed(b, "expand", vectors.load(buffer, place, None), mask)
                vectors.store(spread, array, start, mask)

        amount = through(inwards)
        b.call(self.module.globals[OTHERS], [*buffers, amount, parameters])
        through(outwards)
        b.ret_void()
        return function

    def _packed(self, b: ir.IRBuilder, how: str, value: Value, mask: Value) -> Value:
        """compress: the lanes of the mask side by side; expand: back to where they stood."""
        name, kind = f"llvm.x86.avx512.mask.{how}.v{LANES}f32", value.type
        wide, bits = ir.VectorType(FLOAT, LANES), ir.VectorType(ir.IntType(32), LANES)
        if kind != wide:  # of 16 bits few CPUs have it
            value = b.bitcast(b.zext(value, bits), wide)
        packs = function_of(self.module, ir.FunctionType(wide, [wide, wide, mask.type]), name)
        packed = b.call(packs, [value, value, mask])
        return packed if kind == wide else b.trunc(b.bitcast(packed, bits), kind)
