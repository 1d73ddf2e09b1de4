"""The loop that NumPy calls: it feeds a kernel with arrays of any stride.

    void loop(T **arrays, const int64 *count, const int64 *strides, const int64 *data)
    void long_loop(...)    the same for parts of long arrays

They are what an inner loop of a NumPy ufunc is, or the loop that threads share in its place
(`kernels/pool_code.py`); `data` holds the address of the kernel and then its parameters.
Contiguous arrays go straight to the kernel. Others pass through buffers, and so do outputs of
`long_loop`, from where streaming stores take them past the cache.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from llvmlite import ir

from nonlin.emit.llvm.arithmetic.lanes import function_of
from nonlin.emit.llvm.writers.memory import TYPES, bytes_of
from nonlin.emit.llvm.writers.vectors import INT64, Vectors

if TYPE_CHECKING:
    Value = Any

ENTRY, LONG_ENTRY = "loop", "long_loop"
BUFFER = 1024  # elements: buffers of all operands stay in the first cache
LINE = 64  # bytes of a cache line: the alignment of streaming stores
BYTE, INT32 = ir.IntType(8), ir.IntType(32)


def write_loop(scalar: str, inputs: int, outputs: int, x86: bool) -> ir.Module:
    """The module of the loops for kernels with so many inputs and outputs of type `scalar`."""
    module = ir.Module(name=ENTRY)
    for entry in (ENTRY, LONG_ENTRY):
        _write(module, entry, scalar, (inputs, outputs), x86)
    return module


def _write(module: ir.Module, entry: str, scalar: str, counts: tuple[int, int], x86: bool) -> None:
    number = TYPES[scalar]
    integers = INT64.as_pointer()
    arrays = number.as_pointer().as_pointer()
    kind = ir.FunctionType(ir.VoidType(), [arrays, integers, integers, integers])
    function = ir.Function(module, kind, entry)
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    loop = _Loop(builder, scalar, *counts)
    with builder.if_else(loop.contiguous()) as (flat, strided):
        with flat:
            if entry == ENTRY:
                loop.align()
            else:
                with builder.if_else(loop.streams()) as (apart, together):
                    with apart:
                        loop.stream(x86)
                    with together:
                        loop.align()
        with strided:
            loop.gather()
    builder.ret_void()


class _Loop:
    """The parts of the loop, and what they share."""

    def __init__(self, builder: ir.IRBuilder, scalar: str, inputs: int, outputs: int) -> None:
        self.builder = builder
        self.number = TYPES[scalar]
        self.size = bytes_of(scalar)
        self.vectors = Vectors(builder, ir.VectorType(self.number, LINE // self.size))
        self.inputs, operands = inputs, range(inputs + outputs)
        arrays, count, steps, data = builder.function.args
        self.count = builder.load(count)
        self.arrays = [self._entry(arrays, k) for k in operands]
        self.steps = [self._entry(steps, k) for k in operands]
        self.parameters = builder.bitcast(
            builder.gep(data, [INT64(1)]), ir.DoubleType().as_pointer()
        )
        pointers = [self.number.as_pointer() for _ in operands]
        kernel = ir.FunctionType(ir.VoidType(), [*pointers, INT64, self.parameters.type])
        self.kernel = builder.inttoptr(self._entry(data, 0), kernel.as_pointer())
        self.buffers = [self._buffer() for _ in operands]

    def _entry(self, table: Value, place: int) -> Value:
        return self.builder.load(self.builder.gep(table, [INT64(place)]))

    def _buffer(self) -> Value:
        room = self.builder.alloca(ir.ArrayType(self.number, BUFFER))
        room.align = LINE
        return self.builder.gep(room, [INT64(0), INT64(0)])

    def call(self, arrays: Sequence[Value], count: Value) -> None:
        """The kernel on `count` elements."""
        self.builder.call(self.kernel, [*arrays, count, self.parameters])

    def contiguous(self) -> Value:
        """Are all strides one element?"""
        b = self.builder
        return reduce(b.and_, [b.icmp_signed("==", s, INT64(self.size)) for s in self.steps])

    def streams(self) -> Value:
        """Is it written elsewhere than it is read, and are all outputs aligned alike?"""
        b = self.builder
        places = [b.ptrtoint(array, INT64) for array in self.arrays]
        reads, writes = places[: self.inputs], places[self.inputs :]
        conditions = [b.icmp_signed("!=", r, w) for r in reads for w in writes]
        for write in writes[1:]:
            off = b.and_(b.sub(write, writes[0]), INT64(LINE - 1))
            conditions.append(b.icmp_signed("==", off, INT64(0)))
        return reduce(b.and_, conditions)

    def _head(self) -> Value:
        """How many elements stand before the first full cache line of the first output."""
        b = self.builder
        place = b.ptrtoint(self.arrays[self.inputs], INT64)
        head = b.sdiv(b.and_(b.neg(place), INT64(LINE - 1)), INT64(self.size))
        return b.select(b.icmp_signed("<", head, self.count), head, self.count)

    def align(self) -> None:
        """The kernel in two parts: stores that straddle cache lines take twice as long."""
        b = self.builder
        head = self._head()
        self.call(self.arrays, head)
        self.call([b.gep(array, [head]) for array in self.arrays], b.sub(self.count, head))

    def stream(self, x86: bool) -> None:
        """Up to the first full line, then buffer by buffer with streaming stores, then the rest."""
        b = self.builder
        head = self._head()
        self.call(self.arrays, head)
        body = b.and_(b.sub(self.count, head), INT64(-BUFFER))

        def chunk(start: Value) -> None:
            here = [b.gep(array, [b.add(head, start)]) for array in self.arrays]
            filled = self.buffers[self.inputs :]
            self.call([*here[: self.inputs], *filled], INT64(BUFFER))
            for source, goal in zip(filled, here[self.inputs :], strict=True):
                self._stream_buffer(source, goal)

        self.vectors.loop(body, INT64(BUFFER), chunk)
        if x86:  # streaming stores are ordered by a fence only
            kind = ir.FunctionType(ir.VoidType(), [])
            b.call(function_of(b.module, kind, "llvm.x86.sse.sfence"), [])
        done = b.add(head, body)
        self.call([b.gep(array, [done]) for array in self.arrays], b.sub(self.count, done))

    def _stream_buffer(self, source: Value, goal: Value) -> None:
        b, kind = self.builder, self.vectors.type.as_pointer()
        mark = b.module.add_metadata([INT32(1)])

        def line(start: Value) -> None:
            load, store = (b.bitcast(b.gep(p, [start]), kind) for p in (source, goal))
            stored = b.store(b.load(load, align=LINE), store, align=LINE)
            stored.set_metadata("nontemporal", mark)

        self.vectors.loop(INT64(BUFFER), INT64(LINE // self.size), line)

    def gather(self) -> None:
        """Buffer by buffer: copy the inputs in, run the kernel, copy the outputs out."""
        b = self.builder

        def chunk(start: Value) -> None:
            rest = b.sub(self.count, start)
            short = b.icmp_signed("<", rest, INT64(BUFFER))
            amount = b.select(short, rest, INT64(BUFFER))
            for k in range(self.inputs):
                self._copy(amount, self._strided(k, start), k, inwards=True)
            self.call(self.buffers, amount)
            for k in range(self.inputs, len(self.arrays)):
                self._copy(amount, self._strided(k, start), k, inwards=False)

        self.vectors.loop(self.count, INT64(BUFFER), chunk)

    def _strided(self, k: int, start: Value) -> Value:
        """Where element `start` of operand k is, as the address of a byte."""
        b = self.builder
        base = b.bitcast(self.arrays[k], BYTE.as_pointer())
        return b.gep(base, [b.mul(start, self.steps[k])])

    def _copy(self, amount: Value, base: Value, k: int, inwards: bool) -> None:
        b = self.builder

        def element(i: Value) -> None:
            far = b.bitcast(b.gep(base, [b.mul(i, self.steps[k])]), self.number.as_pointer())
            near = b.gep(self.buffers[k], [i])
            source, goal = (far, near) if inwards else (near, far)
            b.store(b.load(source), goal)

        self.vectors.loop(amount, INT64(1), element)
