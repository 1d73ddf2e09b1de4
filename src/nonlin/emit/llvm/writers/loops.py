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

from nonlin.emit.llvm.writers.memory import TYPES
from nonlin.emit.llvm.writers.vectors import INT64, Vectors, bytes_of, function, least

if TYPE_CHECKING:
    Value = Any

ENTRY, LONG_ENTRY = "loop", "long_loop"
BUFFER = 1024  # elements: buffers of all operands stay in the first cache
LINE = 64  # bytes of a cache line: the alignment of streaming stores
BYTE, INT32 = ir.IntType(8), ir.IntType(32)


def write_loop(scalar: str, inputs: int, outputs: int) -> ir.Module:
    """The module of the loops for kernels with so many inputs and outputs of type `scalar`."""
    module, integers = ir.Module(name=ENTRY), INT64.as_pointer()
    arrays = TYPES[scalar].as_pointer().as_pointer()
    for entry in (ENTRY, LONG_ENTRY):
        b = function(module, entry, [arrays, integers, integers, integers])
        loop = _Loop(b, TYPES[scalar], inputs, outputs)
        with b.if_else(loop.contiguous()) as (flat, strided):
            with flat:
                loop.pass_on(streams=entry == LONG_ENTRY)
            with strided:
                loop.gather()
        b.ret_void()
    return module


class _Loop:
    """The parts of the loop, and what they share."""

    def __init__(self, builder: ir.IRBuilder, number: Any, inputs: int, outputs: int) -> None:
        self.builder, self.number, self.size = builder, number, bytes_of(number)
        self.vectors = Vectors(builder, ir.VectorType(self.number, LINE // self.size))
        self.inputs, operands = inputs, range(inputs + outputs)
        arrays, count, steps, data = builder.function.args
        self.count = builder.load(count)
        self.arrays = [self._entry(arrays, k) for k in operands]
        self.steps = [self._entry(steps, k) for k in operands]
        self.parameters = builder.gep(data, [INT64(1)])
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

    def pass_on(self, streams: bool) -> None:
        """Contiguous arrays, in parts: stores that straddle cache lines take twice as long.

        Up to the first full line of the first output; then, if it streams, as many buffers as
        there are; then the rest.
        """
        b = self.builder
        place = b.ptrtoint(self.arrays[self.inputs], INT64)
        head = b.sdiv(b.and_(b.neg(place), INT64(LINE - 1)), INT64(self.size))
        done = least(b, head, self.count)
        self.call(self.arrays, done)
        if streams:
            done = self._stream(done)
        self.call([b.gep(array, [done]) for array in self.arrays], b.sub(self.count, done))

    def _stream(self, head: Value) -> Value:
        """Buffer by buffer past the cache; where that ends."""
        b = self.builder
        whole = b.and_(b.sub(self.count, head), INT64(-BUFFER))
        end = b.add(head, b.select(self._apart(), whole, INT64(0)))

        def chunk(start: Value) -> None:
            here = [b.gep(array, [start]) for array in self.arrays]
            filled = self.buffers[self.inputs :]
            self.call([*here[: self.inputs], *filled], INT64(BUFFER))
            for source, goal in zip(filled, here[self.inputs :], strict=True):
                self._stream_buffer(source, goal)

        self.vectors.loop(end, INT64(BUFFER), chunk, head)
        b.fence("seq_cst")  # no other orders streaming stores
        return end

    def _apart(self) -> Value:
        """Is it written elsewhere than it is read, and are all outputs aligned alike?"""
        b = self.builder
        places = [b.ptrtoint(array, INT64) for array in self.arrays]
        reads, writes = places[: self.inputs], places[self.inputs :]
        conditions = [b.icmp_signed("!=", r, w) for r in reads for w in writes]
        for write in writes[1:]:
            off = b.and_(b.sub(write, writes[0]), INT64(LINE - 1))
            conditions.append(b.icmp_signed("==", off, INT64(0)))
        return reduce(b.and_, conditions)

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
            amount = least(b, b.sub(self.count, start), INT64(BUFFER))
            for k in range(self.inputs):
                self._copy(amount, start, k, inwards=True)
            self.call(self.buffers, amount)
            for k in range(self.inputs, len(self.arrays)):
                self._copy(amount, start, k, inwards=False)

        self.vectors.loop(self.count, INT64(BUFFER), chunk)

    def _copy(self, amount: Value, start: Value, k: int, inwards: bool) -> None:
        """So many elements of operand k, from `start` on, into its buffer or out of it."""
        b, step = self.builder, self.steps[k]
        first = b.gep(b.bitcast(self.arrays[k], BYTE.as_pointer()), [b.mul(start, step)])

        def element(i: Value) -> None:
            far = b.bitcast(b.gep(first, [b.mul(i, step)]), self.number.as_pointer())
            near = b.gep(self.buffers[k], [i])
            source, goal = (far, near) if inwards else (near, far)
            b.store(b.load(source), goal)

        self.vectors.loop(amount, INT64(1), element)
