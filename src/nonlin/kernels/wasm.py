"""Kernels for browsers: one WebAssembly module that imports nothing but `env.memory`.

Numbers are float32, lanes are those of the SIMD that every browser has, multiply and add round
twice: the same bits come out everywhere. Every function takes addresses in the memory and counts
(i32), and parameters as an address of numbers of double precision:

    f(x, value, count, parameters)    fd(x, value, slope, count, parameters)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from nonlin._errors import CompileError
from nonlin.emit.llvm.hardware import Hardware
from nonlin.emit.llvm.program import MODES, Mode, mode_of
from nonlin.expr.nodes import Expr, build, symbol
from nonlin.expr.paths import Path, inputs_of, roots_of
from nonlin.expr.walk import postorder
from nonlin.kernels import store
from nonlin.kernels.key import lines_of
from nonlin.kernels.sources import digest
from nonlin.kernels.wasm_link import linked

TRIPLE, FEATURES = "wasm32-unknown-unknown", "+simd128,+bulk-memory"
HARDWARE = Hardware(16, fused=False, masks=False, count_bits=32)
PATHS: Mapping[str, Path] = {"f": (0,), "fd": (0, 1)}


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

    table: for every formula {"f": export, "fd": export, "constants": [default, ...]}.
    """

    bytes: bytes
    table: dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Function:
    """One export: what it computes of which arrays and parameters."""

    export: str
    roots: tuple[Expr, ...]
    inputs: tuple[str, ...]
    parameters: tuple[str, ...]
    mode: Mode


def _helper(name: str, roots: Iterable[Expr], inputs: str = "x", parameters: str = "") -> _Function:
    mode = MODES["float32", "fast" if name not in ("sin", "cos") else "derived"]
    return _Function(name, tuple(roots), tuple(inputs.split()), tuple(parameters.split()), mode)


HELPERS = (*(_helper(name, [build(name, symbol("x"))]) for name in ("exp", "log", "sin", "cos")),)


def bundle(formulas: Iterable[Formula]) -> Bundle:
    """The element-wise formulas and what the engine of the lab needs, found on disk or compiled."""
    return _made(list(formulas), HELPERS)


def single(formula: Formula) -> Bundle:
    """One formula, compiled, without the helpers: for one that has just been typed."""
    return _made([formula], ())


def _made(formulas: Sequence[Formula], helpers: Sequence[_Function]) -> Bundle:
    functions = [*helpers, *(each for formula in formulas for each in _functions(formula))]
    functions.sort(key=lambda each: (each.mode.main, len(postorder(*each.roots))))
    code = store.fetch(_key(functions, bool(helpers)), lambda: _build(functions, bool(helpers)))
    return Bundle(code, {formula.name: _row(formula) for formula in formulas})


def _row(formula: Formula) -> dict[str, Any]:
    exports = {key: f"{formula.name}.{key}" for key in PATHS}
    return {**exports, "constants": list(formula.values.values())}


def _functions(formula: Formula) -> Iterator[_Function]:
    for key, path in PATHS.items():
        roots, names = tuple(roots_of(formula.formula, path)), tuple(formula.values)
        mode = mode_of("float32", "fast", path, roots)
        yield _Function(f"{formula.name}.{key}", roots, inputs_of(path), names, mode)


def _key(functions: Sequence[_Function], helpers: bool) -> str:
    import llvmlite.binding as llvm

    parts = [repr(llvm.llvm_version_info), digest(__name__), repr(helpers)]
    for each in functions:
        parts += [f"{each.export} {each.inputs} {each.parameters}", *map(_text, each.roots)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _text(root: Expr) -> str:
    return "\n".join(lines_of(root))


def _build(functions: Sequence[_Function], helpers: bool) -> bytes:
    from llvmlite import ir

    from nonlin.emit.llvm.far_angles import add_far_angles
    from nonlin.emit.llvm.gemm import ENTRY, add_gemm
    from nonlin.emit.llvm.program import add_kernel

    module = ir.Module(name="kernels")
    exports = {each.export: f"kernel {each.export}" for each in functions}
    for each in functions:
        shape = each.roots, each.inputs, each.parameters, each.mode
        add_kernel(module, exports[each.export], *shape, HARDWARE)
    if helpers:
        add_gemm(module, HARDWARE)
        exports[ENTRY] = ENTRY
    add_far_angles(module, HARDWARE)
    return linked(_object(str(module)), exports)


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
