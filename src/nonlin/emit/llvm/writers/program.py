"""A kernel as LLVM IR: load a vector, evaluate the graph, store; with a masked tail.

    void kernel(const T *in0, [...], T *out0, [...], int64 n, const double *parameters)

Outputs share all common work. An output may be an input: a block is loaded before it is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from llvmlite import ir

from nonlin.emit.llvm.arithmetic.lanes import Lanes, Plain
from nonlin.emit.llvm.arithmetic.pair import Pair
from nonlin.emit.llvm.hardware import Hardware
from nonlin.emit.llvm.lowering.evaluate import Evaluator
from nonlin.emit.llvm.writers.memory import TYPES, from_memory, to_memory
from nonlin.emit.llvm.writers.parts import write_parts
from nonlin.emit.llvm.writers.vectors import INT64, Vectors, function, splat
from nonlin.expr.machine.modes import SCALARS, Mode, lowered
from nonlin.expr.nodes import Expr
from nonlin.expr.walk import postorder

if TYPE_CHECKING:
    from nonlin.emit.llvm.arithmetic.functions import Arithmetic, Number

    Value = Any

ENTRY = "kernel"

BY_TURNS = 24  # nodes of a graph, of which four vectors may be worked on by turns


def arithmetics(mode: Mode, hardware: Hardware, vectors: Vectors) -> tuple[Arithmetic, Arithmetic]:
    """The main one of a mode, and the wide one, or the same where they agree."""

    def made(name: str) -> Arithmetic:
        kind, place = Pair if name == "pair" else Plain, (vectors.builder, SCALARS[name])
        lanes = Lanes(*place, vectors.type.count, hardware.avx512, hardware.fused)
        return kind(lanes, name)

    main = made(mode.main)
    return main, main if mode.wide == mode.main else made(mode.wide)


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
    if "double" in (mode.memory, SCALARS[mode.main]):
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
