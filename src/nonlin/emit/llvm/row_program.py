"""A kernel for a function of a whole row, such as softmax.

    void kernel(const T *in0, [...], T *out, int64 rows, int64 n, const double *parameters)

Each reduction becomes one pass over the row, inner reductions first, and the result one more.
What is the same for the whole row is computed once, between the passes, in the wide arithmetic;
so are sums. `out` may be an input.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from llvmlite import ir

from nonlin.emit.llvm.evaluate import Evaluator, narrow, widened
from nonlin.emit.llvm.functions import row_shift
from nonlin.emit.llvm.lanes import Plain
from nonlin.emit.llvm.memory import TYPES, from_memory, to_memory
from nonlin.emit.llvm.program import (
    ENTRY,
    Mode,
    arithmetic,
    lanes_of,
    load_parameters,
    parameter,
)
from nonlin.emit.llvm.row_plan import SAVED, Pass, RowPlan
from nonlin.emit.llvm.vectors import INT64, Vectors

if TYPE_CHECKING:
    from nonlin.emit.llvm.functions import Arithmetic, Number
    from nonlin.emit.llvm.hardware import Hardware

    Value = Any
    Combine = Callable[[Number, Number], Number]

GROUP = 4  # blocks: a single running maximum would wait for itself, a wide sum costs


def write_row_module(
    plan: RowPlan, inputs: Sequence[str], names: Sequence[str], mode: Mode, hardware: Hardware
) -> ir.Module:
    """The module of one row-wise kernel; `names` orders the parameters."""
    memory = TYPES[mode.memory]
    module = ir.Module(name=ENTRY)
    pointers = [memory.as_pointer()] * (len(inputs) + 1)
    kind = ir.FunctionType(ir.VoidType(), [*pointers, INT64, INT64, ir.DoubleType().as_pointer()])
    builder = ir.IRBuilder(ir.Function(module, kind, ENTRY).append_basic_block("entry"))
    *arrays, rows, count, values = builder.function.args
    vectors = Vectors(builder, ir.VectorType(memory, lanes_of(mode, hardware)))
    parameters = load_parameters(builder, values, names)

    def row(index: Value) -> None:
        start = builder.mul(index, count)
        here = [builder.gep(array, [start]) for array in arrays]
        places = dict(zip((*inputs, SAVED), here, strict=True))
        _Row(vectors, mode, hardware, parameters, places, count).write(plan)

    vectors.loop(rows, INT64(1), row)
    builder.ret_void()
    return module


class _Row:
    """The passes over one row."""

    def __init__(
        self,
        vectors: Vectors,
        mode: Mode,
        hardware: Hardware,
        parameters: dict[str, Value],
        places: dict[str, Value],
        count: Value,
    ) -> None:
        self.vectors = vectors
        self.builder, self.memory = vectors.builder, mode.memory
        place = vectors.builder, vectors.type.count, hardware
        self.main = arithmetic(mode.main, *place)
        self.wide = self.main if mode.wide == mode.main else arithmetic(mode.wide, *place)
        self.parameters = parameters
        self.places = places
        self.count = count
        self.numbers: dict[tuple[str, int], Number] = {}  # of the row, by name and arithmetic

    def write(self, plan: RowPlan) -> None:
        """Reductions first, then the result."""
        for step in plan.reductions:
            self._constants(step)
            m = self.wide if step.primitive == "row_sum" else self.main
            found = self._reduced(step, m)
            self._know(step.name, found, m)
            if step.primitive == "row_max" and isinstance(self.main, Plain):
                shift = row_shift(self.wide, self.main, found)
                for part, value in shift._asdict().items():
                    self.numbers[f"{step.name}.{part}", id(self.main)] = value
        self._constants(plan.result)

        def block(start: Value, mask: Value | None, carried: list[Value]) -> list[Value]:
            number = self._evaluator(start, mask).number(plan.result.root)
            self._store(number, start, mask)
            return carried

        self._blocks([], block)

    def _constants(self, step: Pass) -> None:
        """What the pass needs and is the same all over the row."""
        for name, root in step.constants:
            evaluator = Evaluator(self.wide, self.wide, self._known)
            self._know(name, evaluator.number(root), self.wide)

    def _know(self, name: str, value: Number, m: Arithmetic) -> None:
        self.numbers[name, id(m)] = value
        if m is self.wide:
            self.numbers[name, id(self.main)] = _narrowed(value, m, self.main)
        else:
            self.numbers[name, id(self.wide)] = widened(value, m, self.wide)

    def _known(self, name: str, m: Arithmetic) -> Number:
        if name in self.parameters:
            return parameter(self.builder, self.parameters[name], m)
        return self.numbers[name, id(m)]

    def _evaluator(self, start: Value, mask: Value | None) -> Evaluator:
        loaded: dict[str, Value] = {}

        def given(name: str, m: Arithmetic) -> Number:
            if name not in self.places:
                return self._known(name, m)
            if name not in loaded:
                vector = self.vectors.load(self.places[name], start, mask)
                loaded[name] = from_memory(self.builder, vector, self.memory)
            same = loaded[name].type == m.lanes.type
            return m.widen(loaded[name] if same else self.builder.fpext(loaded[name], m.lanes.type))

        return Evaluator(self.main, self.wide, given)

    def _store(self, number: Number, start: Value, mask: Value | None) -> None:
        stored = to_memory(self.builder, self.main.head(number), self.memory)
        self.vectors.store(stored, self.places[SAVED], start, mask)

    def _blocks(
        self,
        initial: list[Value],
        body: Callable[[Value, Value | None, list[Value]], list[Value]],
        begin: Value | None = None,
    ) -> list[Value]:
        """`values = body(start, mask, values)` for each block, the last one with a mask."""
        b, width = self.builder, INT64(self.vectors.type.count)

        def masked(start: Value, values: list[Value]) -> list[Value]:
            return body(start, self.vectors.mask(b.sub(self.count, start)), values)

        begin = INT64(0) if begin is None else begin
        if self.main.words == 2:  # long bodies are written once
            return self.vectors.carry(begin, self.count, width, initial, masked)
        whole = b.and_(self.count, INT64(-self.vectors.type.count))
        values = self.vectors.carry(
            begin, whole, width, initial, lambda start, values: body(start, None, values)
        )
        return self.vectors.carry(whole, self.count, width, values, masked)

    def _reduced(self, step: Pass, m: Arithmetic) -> Number:
        """The reduction of a pass, the same number in every lane."""
        adds = step.primitive == "row_sum"
        combine = m.add if adds else _larger(m)
        neutral = m.number(0.0 if adds else float("-inf"))

        def element(start: Value, mask: Value | None) -> Number:
            number = self._evaluator(start, mask).number(step.root)
            if step.saves:
                self._store(number, start, mask)
            return number

        def block(start: Value, mask: Value | None, carried: list[Value]) -> list[Value]:
            value = element(start, mask)
            value = widened(value, self.main, m) if m is self.wide else value
            value = value if mask is None else m.select(mask, value, neutral)
            return _words(combine(_number(m, carried, neutral), value))

        begin, so_far = INT64(0), neutral
        if isinstance(self.main, Plain) and not (adds and step.careful):
            groups = self._sums_of_groups if adds else self._maxima_of_groups
            begin, so_far = groups(element, m, combine)
        final = self._blocks(_words(so_far), block, begin)
        return _across(m, _number(m, final, neutral), combine)

    def _maxima_of_groups(
        self, element: Callable[..., Value], m: Arithmetic, combine: Combine
    ) -> tuple[Value, Value]:
        """The first whole groups of blocks, an accumulator for each place in a group."""
        b, width = self.builder, self.vectors.type.count
        end = b.and_(self.count, INT64(-GROUP * width))

        def group(start: Value, carried: list[Value]) -> list[Value]:
            found = [element(b.add(start, INT64(k * width)), None) for k in range(GROUP)]
            return [combine(p, c) for p, c in zip(carried, found, strict=True)]

        least = [m.number(float("-inf"))] * GROUP
        found = self.vectors.carry(INT64(0), end, INT64(GROUP * width), least, group)
        return end, reduce(combine, found)

    def _sums_of_groups(
        self, element: Callable[..., Value], m: Arithmetic, combine: Combine
    ) -> tuple[Value, Number]:
        """The first whole groups of blocks, each summed as it is before it joins the wide sum."""
        b, width = self.builder, self.vectors.type.count
        end = b.and_(self.count, INT64(-GROUP * width))
        neutral = m.number(0.0)

        def group(start: Value, carried: list[Value]) -> list[Value]:
            stop = b.add(start, INT64(GROUP * width))
            (total,) = self.vectors.carry(
                start,
                stop,
                INT64(width),
                [self.main.number(0.0)],
                lambda place, so_far: [b.fadd(so_far[0], element(place, None))],
            )
            wider = widened(total, self.main, m)
            return _words(combine(_number(m, carried, neutral), wider))

        found = self.vectors.carry(INT64(0), end, INT64(GROUP * width), _words(neutral), group)
        return end, _number(m, found, neutral)


def _words(number: Number) -> list[Value]:
    return list(number) if isinstance(number, tuple) else [number]


def _number(m: Arithmetic, words: list[Value], like: Number) -> Number:
    return words[0] if m.words == 1 else type(like)(*words)


def _larger(m: Arithmetic) -> Combine:
    def larger(a: Number, b: Number) -> Number:
        missing = m.builder.fcmp_unordered("uno", m.head(a), m.head(a))
        return m.select(m.builder.or_(m.compare(">", a, b), missing), a, b)

    return larger


def _narrowed(value: Number, source: Arithmetic, target: Arithmetic) -> Number:
    if source.words == target.words and source.lanes.type == target.lanes.type:
        return value
    return narrow(value, source, target)[0]


def _across(m: Arithmetic, value: Number, combine: Combine) -> Number:
    """The combination of all lanes, in every lane: rotate by halves and combine."""
    shift = m.lanes.count // 2
    while shift:
        turned = [_rotated(m, word, shift) for word in _words(value)]
        value = combine(value, _number(m, turned, value))
        shift //= 2
    return value


def _rotated(m: Arithmetic, word: Value, shift: int) -> Value:
    count = m.lanes.count
    places = [(lane + shift) % count for lane in range(count)]
    order = ir.Constant(ir.VectorType(ir.IntType(32), count), places)
    return m.builder.shuffle_vector(word, word, order)
