"""A kernel as LLVM IR: load a vector, evaluate the graph, store; with a masked tail.

    void kernel(const T *x, T *out0, [T *out1, ...], int64 n, const double *parameters)

Outputs share all common work. `out` may be `x` itself: a block is loaded before it is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from llvmlite import ir

from nonlin.emit.llvm import coefficients
from nonlin.emit.llvm.constants import evaluate_constants
from nonlin.emit.llvm.evaluate import Evaluator
from nonlin.emit.llvm.lower import lower
from nonlin.emit.llvm.pair import Pair
from nonlin.emit.llvm.plain import FORMATS, Lanes, Plain
from nonlin.expr.nodes import Expr, is_call, postorder
from nonlin.expr.stable import stabilise

if TYPE_CHECKING:
    from nonlin.emit.llvm.functions import Arithmetic, Number

    Value = Any

INT64 = ir.IntType(64)
ENTRY = "kernel"


@dataclass(frozen=True, slots=True)
class Mode:
    """How numbers are kept: in memory, in general, and in the argument of an exponential."""

    memory: str
    main: str
    wide: str


MODES = {
    ("float32", "fast"): Mode("float", "single", "double"),
    ("float32", "exact"): Mode("float", "double", "double"),
    ("float64", "fast"): Mode("double", "double", "pair"),
    ("float64", "exact"): Mode("double", "pair", "pair"),
}
_SCALARS = {"single": "float", "double": "double", "pair": "double"}
_TABLES = {
    "single": coefficients.SINGLE,
    "double": coefficients.DOUBLE,
    "pair": coefficients.PAIR,
}


def mode_of(dtype: str, precision: str, orders: Sequence[int], roots: Sequence[Expr]) -> Mode:
    """Second derivatives cancel, and angles need more than 24 bits: these are never single."""
    circular = any(is_call(node, "sin", "cos") for node in postorder(*roots))
    if max(orders) >= 2 or (circular and dtype == "float32"):
        precision = "exact"
    return MODES[dtype, precision]


def arithmetic(name: str, builder: ir.IRBuilder, lanes: int) -> Arithmetic:
    """The arithmetic called "single", "double" or "pair"."""
    kind = Pair if name == "pair" else Plain
    centre = coefficients.TAIL_CENTRE[name]
    return kind(Lanes(builder, _SCALARS[name], lanes), _TABLES[name], centre)


def lowered(roots: Sequence[Expr], mode: Mode) -> list[Expr]:
    """The graphs as the machine will see them."""
    bits = {"single": 24, "double": 53, "pair": 70}[mode.main]
    return [evaluate_constants(lower(stabilise(root), bits)) for root in roots]


def write_module(
    roots: Sequence[Expr], names: Sequence[str], mode: Mode, vector_bytes: int
) -> ir.Module:
    """The module of one kernel: one output for each root; `names` orders the parameters."""
    memory = FORMATS[mode.memory].scalar
    size = 8 if "double" in (mode.memory, _SCALARS[mode.main]) else 4
    lanes = vector_bytes // size
    module = ir.Module(name=ENTRY)
    pointers = [memory.as_pointer()] * (1 + len(roots))
    kind = ir.FunctionType(ir.VoidType(), [*pointers, INT64, ir.DoubleType().as_pointer()])
    function = ir.Function(module, kind, ENTRY)
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    parameters = load_parameters(builder, function.args[-1], names)
    vector = Vectors(builder, ir.VectorType(memory, lanes))
    x, *outputs, count, _ = function.args

    def block(start: Value, mask: Value | None) -> None:
        inputs = Inputs(builder, vector.load(x, start, mask), parameters, mode)
        evaluator = Evaluator(
            arithmetic(mode.main, builder, lanes),
            arithmetic(mode.wide, builder, lanes),
            inputs,
        )
        if mode.wide == mode.main:
            evaluator.wide = evaluator.main
        for root, output in zip(lowered(roots, mode), outputs, strict=True):
            result = evaluator.main.head(evaluator.number(root))
            vector.store(narrowed(builder, result, vector.type), output, start, mask)

    vector.blocks(count, block, always_masked=mode.main == "pair")
    builder.ret_void()
    return module


def narrowed(builder: ir.IRBuilder, value: Value, kind: Any) -> Value:
    """A vector in the format of the memory."""
    return value if value.type == kind else builder.fptrunc(value, kind)


def load_parameters(builder: ir.IRBuilder, pointer: Value, names: Sequence[str]) -> dict[str, Value]:
    """The parameters, as scalars of double precision."""
    return {
        name: builder.load(builder.gep(pointer, [INT64(index)])) for index, name in enumerate(names)
    }


class Inputs:
    """x and the parameters as numbers of an arithmetic."""

    def __init__(
        self, builder: ir.IRBuilder, x: Value, parameters: dict[str, Value], mode: Mode
    ) -> None:
        self._builder = builder
        self._x = x
        self._parameters = parameters
        self._mode = mode

    def __call__(self, name: str, m: Arithmetic) -> Number:
        """The symbol `name`; x unless it is a parameter."""
        if name in self._parameters:
            return m.widen(self._splat(self._parameters[name], m.lanes))
        same = self._x.type == m.lanes.type
        return m.widen(self._x if same else self._builder.fpext(self._x, m.lanes.type))

    def _splat(self, scalar: Value, lanes: Lanes) -> Value:
        if scalar.type != lanes.format.scalar:
            scalar = self._builder.fptrunc(scalar, lanes.format.scalar)
        return splat(self._builder, scalar, lanes.count)


def splat(builder: ir.IRBuilder, scalar: Value, count: int) -> Value:
    """The scalar in every lane."""
    kind = ir.VectorType(scalar.type, count)
    first = builder.insert_element(ir.Constant(kind, ir.Undefined), scalar, ir.IntType(32)(0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), count), [0] * count)
    return builder.shuffle_vector(first, ir.Constant(kind, ir.Undefined), zeros)


class Vectors:
    """Loads, stores and the loop over the blocks of an array."""

    def __init__(self, builder: ir.IRBuilder, kind: ir.VectorType) -> None:
        self.builder = builder
        self.type = kind
        self.mask_type = ir.VectorType(ir.IntType(1), kind.count)

    def _address(self, array: Value, start: Value) -> Value:
        return self.builder.bitcast(self.builder.gep(array, [start]), self.type.as_pointer())

    def _intrinsic(self, name: str, result: Any, arguments: list[Value]) -> Value:
        suffix = f"v{self.type.count}f{32 if self.type.element == ir.FloatType() else 64}"
        full = f"llvm.masked.{name}.{suffix}.p0"
        module = self.builder.module
        function = module.globals.get(full) or ir.Function(
            module, ir.FunctionType(result, [a.type for a in arguments]), full
        )
        return self.builder.call(function, arguments)

    def _alignment(self) -> int:
        return 4 if self.type.element == ir.FloatType() else 8

    def load(self, array: Value, start: Value, mask: Value | None) -> Value:
        """A vector from array[start:]; lanes outside the mask hold 0."""
        address = self._address(array, start)
        if mask is None:
            return self.builder.load(address, align=self._alignment())
        zeros = ir.Constant(self.type, None)
        return self._intrinsic("load", self.type, [address, mask, zeros])

    def store(self, value: Value, array: Value, start: Value, mask: Value | None) -> None:
        """A vector to array[start:]; lanes outside the mask stay as they are."""
        address = self._address(array, start)
        if mask is None:
            self.builder.store(value, address, align=self._alignment())
        else:
            self._intrinsic("store", ir.VoidType(), [value, address, mask])

    def mask(self, count: Value) -> Value:
        """The first `count` lanes."""
        wide = ir.VectorType(INT64, self.type.count)
        ramp = ir.Constant(wide, list(range(self.type.count)))
        return self.builder.icmp_signed("<", ramp, splat(self.builder, count, self.type.count))

    def blocks(
        self, count: Value, body: Callable[[Value, Value | None], None], always_masked: bool
    ) -> None:
        """`body(start, mask)` for each block of lanes; the last, partial one with a mask.

        Long bodies are always masked: they are written and compiled once instead of twice.
        """
        width = INT64(self.type.count)
        if always_masked:
            self.loop(count, width, lambda i: body(i, self.mask(self.builder.sub(count, i))))
            return
        whole = self.builder.and_(count, INT64(-self.type.count))
        self.loop(whole, width, lambda start: body(start, None))
        with self.builder.if_then(self.builder.icmp_signed("<", whole, count)):
            body(whole, self.mask(self.builder.sub(count, whole)))

    def loop(self, end: Value, step: Value, body: Callable[[Value], None]) -> None:
        """`body(i)` for i from 0 below `end`."""
        b = self.builder
        head, inside, after = (b.append_basic_block(name) for name in ("head", "body", "after"))
        before = b.block
        b.branch(head)
        b.position_at_end(head)
        index = b.phi(INT64)
        index.add_incoming(INT64(0), before)
        b.cbranch(b.icmp_signed("<", index, end), inside, after)
        b.position_at_end(inside)
        body(index)
        index.add_incoming(b.add(index, step), b.block)
        b.branch(head)
        b.position_at_end(after)
