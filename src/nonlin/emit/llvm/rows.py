"""A kernel for a function of a whole row, such as softmax.

    void kernel(const T *x, T *out, int64 rows, int64 n, const double *parameters)

Each reduction in the graph becomes one loop over the row, inner reductions first, and the
result one more. Sums are kept in the wide arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from llvmlite import ir

from nonlin.emit.llvm.constants import evaluate_constants
from nonlin.emit.llvm.evaluate import Evaluator, narrow, widened
from nonlin.emit.llvm.hardware import Hardware
from nonlin.emit.llvm.lower import lower
from nonlin.emit.llvm.plain import FORMATS
from nonlin.emit.llvm.program import (
    ENTRY,
    Inputs,
    Mode,
    evaluator_for,
    lanes_of,
    load_parameters,
    narrowed,
)
from nonlin.emit.llvm.vectors import INT64, Vectors
from nonlin.expr.nodes import Expr, arguments_of, is_call
from nonlin.expr.walk import postorder

if TYPE_CHECKING:
    from nonlin.emit.llvm.functions import Arithmetic, Number

    Value = Any


def write_row_module(root: Expr, names: Sequence[str], mode: Mode, hardware: Hardware) -> ir.Module:
    """The module of one row-wise kernel; `names` orders the parameters."""
    memory = FORMATS[mode.memory].scalar
    pointer = memory.as_pointer()
    module = ir.Module(name=ENTRY)
    kind = ir.FunctionType(
        ir.VoidType(), [pointer, pointer, INT64, INT64, ir.DoubleType().as_pointer()]
    )
    function = ir.Function(module, kind, ENTRY)
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    x, out, rows, count, values = function.args
    vectors = Vectors(builder, ir.VectorType(memory, lanes_of(mode, hardware)))
    parameters = load_parameters(builder, values, names)

    def row(index: Value) -> None:
        start = builder.mul(index, count)
        place = (builder.gep(x, [start]), builder.gep(out, [start]), count)
        _Row(vectors, mode, hardware, parameters, *place).write(root)

    vectors.loop(rows, INT64(1), row)
    builder.ret_void()
    return module


class _Row:
    """The loops over one row."""

    def __init__(
        self,
        vectors: Vectors,
        mode: Mode,
        hardware: Hardware,
        parameters: dict[str, Value],
        x: Value,
        out: Value,
        count: Value,
    ) -> None:
        self.vectors = vectors
        self.builder = vectors.builder
        self.mode = mode
        self.hardware = hardware
        self.parameters = parameters
        self.x, self.out, self.count = x, out, count
        self.known: dict[Expr, Number] = {}

    def write(self, root: Expr) -> None:
        """Reductions first, then the result."""
        root = evaluate_constants(lower(root, 53))
        for node in postorder(root):
            if is_call(node, "row_max", "row_sum"):
                self.known[node] = self._reduce(node)

        def block(start: Value, mask: Value) -> None:
            evaluator = self._evaluator(start, mask)
            result = evaluator.main.head(evaluator.number(root))
            stored = narrowed(self.builder, result, self.vectors.type)
            self.vectors.store(stored, self.out, start, mask)

        self.vectors.loop(self.count, self._width(), lambda i: block(i, self._mask(i)))

    def _width(self) -> Value:
        return INT64(self.vectors.type.count)

    def _mask(self, start: Value) -> Value:
        return self.vectors.mask(self.builder.sub(self.count, start))

    def _evaluator(self, start: Value, mask: Value) -> Evaluator:
        loaded = self.vectors.load(self.x, start, mask)
        inputs = Inputs(self.builder, {"x": loaded}, self.parameters)
        evaluator = evaluator_for(self.mode, self.hardware, self.vectors, inputs)
        for node, value in self.known.items():
            evaluator.give(node, value)
        return evaluator

    def _reduce(self, node: Expr) -> Number:
        (argument,) = arguments_of(node)
        adds = is_call(node, "row_sum")
        outside = self._evaluator(INT64(0), self._mask(self.count))
        m = outside.wide if adds else outside.main
        combine = m.add if adds else _larger(m)
        neutral = m.number(0.0 if adds else float("-inf"))

        def step(start: Value, carried: list[Value]) -> list[Value]:
            mask = self._mask(start)
            evaluator = self._evaluator(start, mask)
            value = evaluator.number(argument)
            value = widened(value, evaluator.main, m) if adds else value
            return _words(combine(_number(m, carried, neutral), m.select(mask, value, neutral)))

        final = self.vectors.carry(self.count, self._width(), _words(neutral), step)
        total = _across(m, _number(m, final, neutral), combine)
        return _narrowed(total, m, outside.main)


def _words(number: Number) -> list[Value]:
    return list(number) if isinstance(number, tuple) else [number]


def _number(m: Arithmetic, words: list[Value], like: Number) -> Number:
    return words[0] if m.words == 1 else type(like)(*words)


def _larger(m: Arithmetic) -> Callable[[Number, Number], Number]:
    def larger(a: Number, b: Number) -> Number:
        missing = m.builder.fcmp_unordered("uno", m.head(a), m.head(a))
        return m.select(m.builder.or_(m.compare(">", a, b), missing), a, b)

    return larger


def _narrowed(value: Number, source: Arithmetic, target: Arithmetic) -> Number:
    if source.words == target.words and source.lanes.type == target.lanes.type:
        return value
    return narrow(value, source, target)[0]


def _across(m: Arithmetic, value: Number, combine: Callable[[Number, Number], Number]) -> Number:
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
