"""A kernel as LLVM IR: load a vector, evaluate the graph, store; with a masked tail.

    void kernel(const T *in0, [...], T *out0, [...], int64 n, const double *parameters)

Outputs share all common work. An output may be an input: a block is loaded before it is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from llvmlite import ir

from nonlin.emit.llvm.arithmetic.lanes import Lanes, Plain
from nonlin.emit.llvm.arithmetic.pair import Pair
from nonlin.emit.llvm.hardware import Hardware
from nonlin.emit.llvm.lowering.evaluate import Evaluator
from nonlin.emit.llvm.writers.memory import SHORT, TYPES, from_memory, to_memory
from nonlin.emit.llvm.writers.parts import write_parts
from nonlin.emit.llvm.writers.vectors import INT64, Vectors, function, splat
from nonlin.expr.machine.constants import evaluate_constants
from nonlin.expr.machine.late import delay
from nonlin.expr.machine.lower import lower, shorten
from nonlin.expr.machine.roots import crosses_zero, widen_polynomials
from nonlin.expr.machine.singles import in_two_words
from nonlin.expr.nodes import Expr, arguments_of, constant, is_call
from nonlin.expr.paths import Path
from nonlin.expr.walk import postorder

if TYPE_CHECKING:
    from nonlin.emit.llvm.arithmetic.functions import Arithmetic, Number

    Value = Any

ENTRY = "kernel"

BY_TURNS = 24  # nodes of a graph, of which four vectors may be worked on by turns

_SMALL = ("exp", "expm1", "sigmoid", "softplus", "normal_cdf")  # of which some values are tiny


@dataclass(frozen=True, slots=True)
class Mode:
    """How numbers are kept: in memory, in general, and in the argument of an exponential.

    memory: one of `memory.TYPES`; numbers of 16 bits are computed as float32 ones would be.
    far: is it for numbers far out? What float16 rounds to 0 must not become subnormal on the way.

    "middle" numbers are doubles whose functions are good for a float32 result, not for more.
    """

    memory: str
    main: str
    wide: str
    far: bool = False

    @property
    def keeps_numbers(self) -> bool:
        """Does memory hold the numbers of the main arithmetic without rounding them?"""
        return self.main != "pair" and _SCALARS[self.main] == self.memory

    @property
    def reaches_as_far(self) -> bool:
        """Is what is subnormal in the main arithmetic no less so in memory?"""
        as_single = self.far or self.memory == "bfloat"
        return _SCALARS[self.main] == ("float" if as_single else self.memory)


MODES = {
    ("float32", "fast"): Mode("float", "single", "double"),
    ("float32", "exact"): Mode("float", "middle", "middle"),
    ("float32", "derived"): Mode("float", "double", "double"),
    ("float64", "fast"): Mode("double", "double", "pair"),
    ("float64", "exact"): Mode("double", "pair", "pair"),
    ("float64", "derived"): Mode("double", "pair", "pair"),
}
MODES |= {
    (dtype, precision): replace(MODES["float32", precision], memory=memory)
    for dtype, memory in SHORT.items()
    for precision in ("fast", "exact", "derived")
}
_SCALARS = {"single": "float", "middle": "double", "double": "double", "pair": "double"}


def mode_of(
    dtype: str, precision: str, path: Path, roots: Sequence[Expr], fused: bool = True
) -> Mode:
    """The precision that was asked for, and more where it would not do.

    Second derivatives cancel; some functions need more than 24 bits on the way to 22 good ones.
    """
    wider = precision == "exact" and path != (0,)  # derivatives have zeros of their own
    wider = wider or (not isinstance(path, str) and max(path) >= 2)
    if dtype != "float64" and not wider:
        wider = crosses_zero(_value_of(path, roots), fused)
        wider = wider or any(map(_is_delicate, postorder(*roots)))
    return MODES[dtype, "derived" if wider else precision]


def _value_of(path: Path, roots: Sequence[Expr]) -> Expr:
    """The root with the value itself, beside whose zeros 24 bits would not do; 1 without one."""
    if isinstance(path, str):
        return roots[0] if path.startswith("gate") else constant(1)
    return roots[path.index(0)] if 0 in path else constant(1)


def _is_delicate(node: Expr) -> bool:
    """Does a function lose digits, or a subnormal argument all of them, in 24 bits?"""
    if is_call(node, "sin", "cos", "tanhshrink", "algebraic_sigmoid", "isru", "inverse_root"):
        return True
    if is_call(node, "power"):
        return is_call(arguments_of(node)[0], "tanh")
    nested = is_call(node, "tanh", "erf", "log1p", "sech_squared", "exp", "expm1")
    return nested and any(is_call(part, *_SMALL) for part in postorder(*arguments_of(node)))


def arithmetics(mode: Mode, hardware: Hardware, vectors: Vectors) -> tuple[Arithmetic, Arithmetic]:
    """The main one of a mode, and the wide one, or the same where they agree."""

    def made(name: str) -> Arithmetic:
        kind, place = Pair if name == "pair" else Plain, (vectors.builder, _SCALARS[name])
        lanes = Lanes(*place, vectors.type.count, hardware.avx512, hardware.fused)
        return kind(lanes, name)

    main = made(mode.main)
    return main, main if mode.wide == mode.main else made(mode.wide)


def lowered(roots: Sequence[Expr], mode: Mode) -> list[Expr]:
    """The graphs as the machine will see them."""
    graphs = [evaluate_constants(lower(root, mode.main)) for root in roots]
    if mode.main != "pair":
        graphs = [shorten(graph) for graph in graphs]
    if mode.main == "single":
        graphs = [in_two_words(widen_polynomials(graph)) for graph in graphs]
    # in a wider format than that of the memory, nothing is subnormal that counts
    return [delay(graph) for graph in graphs] if mode.reaches_as_far else graphs


def write_module(
    roots: Sequence[Expr],
    inputs: Sequence[str],
    names: Sequence[str],
    mode: Mode,
    hardware: Hardware,
    masked: bool = False,
    entry: str = ENTRY,
    module: ir.Module | None = None,
) -> ir.Module:
    """A module with one kernel, or one more: an output for each root; `names` orders parameters.

    masked: it is shorter, and its loop not the fastest.
    """
    module = module or ir.Module(name=ENTRY)
    memory = TYPES[mode.memory]
    lanes = lanes_of(mode, hardware)
    pointers = [memory.as_pointer()] * (len(inputs) + len(roots))
    counts = ir.IntType(hardware.count_bits)
    builder = function(module, entry, [*pointers, counts, ir.DoubleType().as_pointer()])
    *arrays, count, values = builder.function.args
    parameters = load_parameters(builder, values, names)
    vector = Vectors(builder, ir.VectorType(memory, lanes), counts)
    graphs = lowered(roots, mode)

    def block(start: Value, mask: Value | None) -> None:
        found = (vector.load(array, start, mask) for array in arrays[: len(inputs)])
        loaded = [from_memory(builder, each, mode.memory, hardware.avx512) for each in found]
        given = Inputs(builder, dict(zip(inputs, loaded, strict=True)), parameters)
        evaluator = Evaluator(*arithmetics(mode, hardware, vector), given)
        for root, output in zip(graphs, arrays[len(inputs) :], strict=True):
            result = evaluator.main.head(evaluator.number(root))
            stored = to_memory(builder, result, mode.memory, hardware.avx512)
            vector.store(stored, output, start, mask)

    if hardware.masks:
        short = len(postorder(*graphs)) <= BY_TURNS
        vector.blocks(count, block, always_masked=masked or mode.main == "pair", groups=short)
    else:
        write_parts(vector, len(inputs), block)
    builder.ret_void()
    return module


def lanes_of(mode: Mode, hardware: Hardware) -> int:
    """Numbers to a vector: as many as the wider of memory and main arithmetic allows."""
    if "double" in (mode.memory, _SCALARS[mode.main]):
        return hardware.vector_bytes // 8
    return hardware.vector_bytes // 4 * hardware.at_once


def load_parameters(
    builder: ir.IRBuilder, pointer: Value, names: Sequence[str]
) -> dict[str, Value]:
    """The parameters, as scalars of double precision."""
    return {
        name: builder.load(builder.gep(pointer, [INT64(index)])) for index, name in enumerate(names)
    }


@dataclass(frozen=True, slots=True)
class Inputs:
    """What was loaded, the parameters, and what is known already, as numbers of an arithmetic."""

    builder: ir.IRBuilder
    loaded: dict[str, Value]
    parameters: dict[str, Value]
    known: dict[tuple[str, int], Number] = field(default_factory=dict)

    def __call__(self, name: str, m: Arithmetic) -> Number:
        """The symbol `name`; a parameter is the same in every lane."""
        if (name, id(m)) in self.known:
            return self.known[name, id(m)]
        if name in self.parameters:
            scalar, kind = self.parameters[name], m.lanes.format.scalar
            scalar = scalar if scalar.type == kind else self.builder.fptrunc(scalar, kind)
            return m.widen(splat(self.builder, scalar, m.lanes.count))
        vector = self.loaded[name]
        same = vector.type == m.lanes.type
        return m.widen(vector if same else self.builder.fpext(vector, m.lanes.type))
