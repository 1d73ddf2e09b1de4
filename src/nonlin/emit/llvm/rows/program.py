"""A kernel for a function of a whole row, such as softmax.

    void kernel(const T *in0, [...], T *out, int64 rows, int64 n, const double *parameters)

Each reduction becomes one pass over the row, inner reductions first, and the result one more.
What is the same for the whole row is computed once, between the passes, in the wide arithmetic;
so are sums. `out` may be an input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from llvmlite import ir

from nonlin.emit.llvm.arithmetic.functions import converted, row_shift
from nonlin.emit.llvm.arithmetic.lanes import Plain, either
from nonlin.emit.llvm.lowering.evaluate import Evaluator
from nonlin.emit.llvm.rows.reductions import Joining, maximum, number_of, total, words_of
from nonlin.emit.llvm.rows.short import FOUR, LONGEST, ShortRows
from nonlin.emit.llvm.writers.memory import TYPES, from_memory, to_memory
from nonlin.emit.llvm.writers.program import (
    ENTRY,
    Inputs,
    arithmetics,
    lanes_of,
    load_parameters,
)
from nonlin.emit.llvm.writers.vectors import INT64, Vectors, function, shuffled
from nonlin.expr.machine.modes import Mode
from nonlin.expr.machine.passes import SAVED, Pass
from nonlin.expr.walk import symbols

if TYPE_CHECKING:
    from nonlin.emit.llvm.arithmetic.functions import Arithmetic, Number
    from nonlin.emit.llvm.hardware import Hardware

    Value = Any


def write_row_module(
    plan: list[Pass],
    inputs: Sequence[str],
    names: Sequence[str],
    mode: Mode,
    hardware: Hardware,
) -> ir.Module:
    """The module of one row-wise kernel; `names` orders the parameters."""
    memory = TYPES[mode.memory]
    module = ir.Module(name=ENTRY)
    pointers = [memory.as_pointer()] * (len(inputs) + 1)
    b = function(module, ENTRY, [*pointers, INT64, INT64, ir.DoubleType().as_pointer()])
    *arrays, rows, count, values = b.function.args
    lanes = max(lanes_of(mode, hardware), FOUR)
    vectors = Vectors(b, ir.VectorType(memory, lanes))
    main, wide = arithmetics(mode, hardware, vectors)
    given = Inputs(b, {}, load_parameters(b, values, names))
    is_short = b.icmp_signed("<=", count, INT64(LONGEST))
    short = ShortRows(vectors, len(inputs), count)
    size = b.select(is_short, b.mul(count, INT64(lanes)), count)

    def row(index: Value) -> None:
        left, start = b.sub(rows, index), b.mul(index, count)
        here = [b.gep(array, [start]) for array in arrays]
        with b.if_then(is_short):
            for array, buffer in zip(here, short.buffers, strict=False):
                short.fill(buffer, array, left)
        buffers = [*short.buffers, short.buffers[0]]
        chosen = [b.select(is_short, *pair) for pair in zip(buffers, here, strict=True)]
        places = dict(zip((*inputs, SAVED), chosen, strict=True))
        _Row(vectors, mode.memory, main, wide, given, places, size, is_short).write(plan)
        with b.if_then(is_short):
            short.empty(here[-1], left)

    vectors.loop(rows, b.select(is_short, INT64(lanes), INT64(1)), row)
    b.ret_void()
    return module


@dataclass(frozen=True, slots=True)
class _Row:
    """The passes over one row, or over as many as there are lanes, side by side."""

    vectors: Vectors
    memory: str
    main: Arithmetic
    wide: Arithmetic
    given: Inputs
    places: dict[str, Value]
    count: Value
    side_by_side: Value

    def write(self, plan: list[Pass]) -> None:
        """Reductions first, then the result."""
        *reductions, result = plan
        for step in reductions:
            self._constants(step)
            found, m = self._reduced(step)
            self._know(step.name, found, m)
            if step.primitive == "row_max" and isinstance(self.main, Plain):
                shift = row_shift(self.wide, self.main, found)
                for part, value in shift._asdict().items():
                    self.given.known[f"{step.name}.{part}", id(self.main)] = value
        self._constants(result)

        def element(start: Value, mask: Value | None) -> None:
            number = self._evaluator(result, start, mask).number(result.root)
            self._store(number, start, mask)

        self.vectors.blocks(self.count, element, self.main.words == 2)

    def _constants(self, step: Pass) -> None:
        """What the pass needs and is the same all over the row."""
        for name, root in step.constants:
            number = Evaluator(self.wide, self.wide, self.given).number(root)
            self._know(name, number, self.wide)

    def _know(self, name: str, number: Number, m: Arithmetic) -> None:
        for target in (self.main, self.wide):
            self.given.known[name, id(target)] = converted(number, m, target)

    def _evaluator(self, step: Pass, start: Value, mask: Value | None) -> Evaluator:
        b, used, loaded = self.vectors.builder, symbols([step.root]), {}
        for name, place in self.places.items():
            if name in used:
                found = self.vectors.load(place, start, mask)
                loaded[name] = from_memory(b, found, self.memory, self.main.lanes.avx512)
        return Evaluator(self.main, self.wide, replace(self.given, loaded=loaded))

    def _store(self, number: Number, start: Value, mask: Value | None) -> None:
        b, avx512 = self.vectors.builder, self.main.lanes.avx512
        stored = to_memory(b, self.main.head(number), self.memory, avx512)
        self.vectors.store(stored, self.places[SAVED], start, mask)

    def _reduced(self, step: Pass) -> tuple[Number, Arithmetic]:
        """The reduction of a pass, the same number in every lane, and its arithmetic."""
        b, main, sums = self.vectors.builder, self.main, step.primitive == "row_sum"
        kind = total(main, self.wide, step.careful) if sums else maximum(main)
        neutral, size = main.number(kind.neutral), kind.m.words
        none, one = main.lanes.whole(0), main.lanes.whole(1)

        def element(start: Value, mask: Value | None) -> list[Any]:
            evaluator = self._evaluator(step, start, mask)
            number = evaluator.number(step.root)
            if step.saves:
                self._store(number, start, mask)
            ones = [evaluator.condition(each, main) for each in step.ones]
            if mask is None:
                return [number, *ones]
            return [main.select(mask, number, neutral), *(b.and_(mask, each) for each in ones)]

        def join(found: list[list[Any]], carried: list[Value]) -> list[Value]:
            (numbers, *masks), counts = zip(*found, strict=True), carried[size:]
            for place, each in enumerate(masks):
                for mask in each:
                    counts[place] = b.select(mask, b.add(counts[place], one), counts[place])
            return [*words_of(kind.join(numbers, number_of(carried[:size]))), *counts]

        start = [*words_of(kind.m.number(kind.neutral)), *(none for _ in step.ones)]
        carried = self.vectors.blocks(self.count, element, main.words == 2, start, join)
        found = number_of(carried[:size])
        for count in carried[size:]:
            found = kind.join([main.widen(b.sitofp(count, main.lanes.type))], found)
        return self._across(found, kind), kind.m

    def _across(self, value: Number, kind: Joining) -> Number:
        """The reduction of all lanes, in every lane, unless each has a row of its own."""
        b, count = self.vectors.builder, self.vectors.type.count
        before, apart = b.block, words_of(value)
        with b.if_then(b.not_(self.side_by_side)):
            shift = count // 2
            while shift:  # rotate by halves
                order = [(lane + shift) % count for lane in range(count)]
                turned = [shuffled(b, word, order) for word in words_of(value)]
                value = kind.both(value, number_of(turned))
                shift //= 2
            inside = b.block
        pairs = zip(apart, words_of(value), strict=True)
        return number_of([either(b, (one, before), (other, inside)) for one, other in pairs])
