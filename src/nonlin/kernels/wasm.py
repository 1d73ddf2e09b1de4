"""Kernels for browsers: one WebAssembly module that imports nothing but `env.memory`.

Numbers are float32, lanes are those of the SIMD that every browser has, multiply and add round
twice: the same bits come out everywhere, but for the sign of NaN. All arguments are i32: addresses
in the memory, and how many numbers there are. Parameters are an address of numbers of double
precision. An output may be an input. The first 256 bytes of the memory are the module's own: see
`emit.llvm.writers.parts`. Of every formula there is one export:

    NAME.fd(x, value, slope, count, parameters)

And of what an engine needs (`wasm_helpers`, `wasm_gemm`):

    exp(x, result, count, 0), log, sin, cos
    multiply(x, y, result, count, 0): products of gradients, where TINY is 0
    adamw(values, slope, first, second, values, first, second, count, [keep, size, epsilon])
    sgd(values, slope, velocity, values, velocity, count, [keep, size, momentum])
    gemm(a, row, inner, b, ldb, bias, c, ldc, rows, depth, columns)
    turn(a, to, rows, columns): transposed
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from nonlin._errors import CompileError
from nonlin.emit.llvm.hardware import Hardware
from nonlin.expr.nodes import Expr
from nonlin.expr.paths import Path, inputs_of, roots_of
from nonlin.expr.walk import postorder
from nonlin.kernels import store
from nonlin.kernels.key import lines_of
from nonlin.kernels.sources import digest
from nonlin.kernels.wasm_link import linked

if TYPE_CHECKING:
    from nonlin.kernels.wasm_helpers import Export

TRIPLE, FEATURES = "wasm32-unknown-unknown", "+simd128,+bulk-memory"
HARDWARE = Hardware(16, fused=False, masks=False, count_bits=32, at_once=2)
PATH: Path = (0, 1)


class Formula(Protocol):
    """What is compiled: an activation."""

    @property
    def name(self) -> str:
        """Under which it is found in the table."""

    @property
    def formula(self) -> Expr:
        """f, in x and its parameters."""

    @property
    def values(self) -> dict[str, float]:
        """Of its parameters."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A module and what is in it.

    table: for every formula {"fd": export, "constants": [default, ...]}.
    """

    bytes: bytes
    table: dict[str, dict[str, Any]]


def bundle(formulas: Iterable[Formula]) -> Bundle:
    """Element-wise formulas and what an engine needs, found on disk or compiled.

    Raises CompileError for a formula that cannot be compiled.
    """
    return _made(list(formulas), helpers=True)


def single(formula: Formula) -> Bundle:
    """One formula without the helpers: for one that has just been typed."""
    return _made([formula], helpers=False)


def _made(formulas: Sequence[Formula], helpers: bool) -> Bundle:
    key = _key(formulas, helpers)
    return Bundle(
        store.fetch(key, lambda: _build(formulas, helpers)),
        {formula.name: _row(formula) for formula in formulas},
    )


def _row(formula: Formula) -> dict[str, Any]:
    return {"fd": f"{formula.name}.fd", "constants": list(formula.values.values())}


def _key(formulas: Sequence[Formula], helpers: bool) -> str:
    """Of the formulas, LLVM and the sources: not of this machine."""
    import llvmlite.binding as llvm

    parts = [repr(llvm.llvm_version_info), digest(__name__), repr(helpers)]
    for formula in formulas:
        parts += [formula.name, *formula.values, *lines_of(formula.formula), ""]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _build(formulas: Sequence[Formula], helpers: bool) -> bytes:
    source, places = written(formulas, helpers)
    return linked(_object(source), places)


def written(formulas: Sequence[Formula], helpers: bool) -> tuple[str, dict[str, str]]:
    """The module as LLVM IR, and what its functions are called there, by export."""
    from llvmlite import ir

    from nonlin.emit.llvm.writers.program import write_module
    from nonlin.kernels.wasm_angles import add_far_angles
    from nonlin.kernels.wasm_gemm import ENTRY, TURN, add_gemm, add_turn
    from nonlin.kernels.wasm_helpers import HELPERS

    exports = [*map(_export, formulas), *(HELPERS if helpers else ())]
    exports.sort(key=lambda each: (each.mode.main, len(postorder(*each.roots))))  # zips better
    module = ir.Module(name="kernels")
    places = {each.name: f"kernel {place}" for place, each in enumerate(exports)}
    for each in exports:
        parts = each.roots, each.inputs, each.parameters, each.mode
        write_module(*parts, HARDWARE, entry=places[each.name], module=module)
    if helpers:
        add_gemm(module, HARDWARE)
        add_turn(module, HARDWARE)
        places |= {ENTRY: ENTRY, TURN: TURN}
    add_far_angles(module, HARDWARE)
    return str(module), places


def _export(formula: Formula) -> Export:
    from nonlin.expr.machine.modes import mode_of
    from nonlin.kernels.wasm_helpers import Export

    roots, names = tuple(roots_of(formula.formula, PATH)), tuple(formula.values)
    mode = mode_of("float32", "fast", PATH, roots, HARDWARE.fused)
    return Export(f"{formula.name}.fd", roots, inputs_of(PATH), names, mode)


def _object(source: str) -> bytes:
    import llvmlite.binding as llvm

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    try:
        module = llvm.parse_assembly(source)
        module.triple = TRIPLE
        module.verify()
        target = llvm.Target.from_triple(TRIPLE)
        machine = target.create_target_machine(cpu="generic", features=FEATURES, opt=2)
        return bytes(machine.emit_object(module))
    except RuntimeError as error:
        raise CompileError("not_compiled", reason=str(error).strip()) from error
