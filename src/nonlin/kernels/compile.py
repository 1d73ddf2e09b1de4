"""From a formula to a function in memory, by way of the store."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nonlin.expr.derivative import derivatives
from nonlin.expr.nodes import Call, Constant, Expr, Symbol, constant
from nonlin.expr.simplify import simplify
from nonlin.expr.walk import postorder, substitute
from nonlin.kernels import store, target

lock = threading.RLock()
if hasattr(os, "register_at_fork"):  # a child must not inherit a lock that nobody will release
    os.register_at_fork(
        before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release
    )


@dataclass(frozen=True, slots=True)
class Kernel:
    """A compiled function `void(const T *x, T *out..., int64 n, const double *parameters)`.

    `out` may be `x`. Keep the kernel while its address is in use.
    """

    address: int
    outputs: int
    dtype: str
    parameters: NDArray[np.float64]
    call: Any = field(repr=False)
    engine: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Code:
    """A kernel without its parameter values."""

    loaded: target.Loaded
    call: Any


def compile_kernel(
    formula: Expr,
    orders: tuple[int, ...],
    dtype: str,
    precision: str,
    parameters: dict[str, float],
) -> Kernel:
    """The kernel for derivatives of a formula in x (order 0 is the value), in one pass.

    dtype: "float32" or "float64". precision: "fast" or "exact".
    """
    formula, parameters = without_ones(formula, parameters)
    with lock:
        code = _code(formula, orders, dtype, precision, tuple(parameters))
    values = np.array([*parameters.values(), 0.0])
    return Kernel(code.loaded.address, len(orders), dtype, values, code.call, code.loaded.engine)


def without_ones(formula: Expr, parameters: dict[str, float]) -> tuple[Expr, dict[str, float]]:
    """Factors of 1, the usual default, are taken out of the formula: softplus is twice as fast."""
    ones = [name for name, value in parameters.items() if value == 1.0]
    rest = {name: value for name, value in parameters.items() if name not in ones}
    return simplify(
        substitute(formula, dict.fromkeys(ones, constant(1)))
    ) if ones else formula, rest


@lru_cache(maxsize=1024)
def _code(
    formula: Expr, orders: tuple[int, ...], dtype: str, precision: str, names: tuple[str, ...]
) -> _Code:
    import ctypes

    key = fingerprint(formula, ("elementwise", orders, dtype, precision, names))
    machine_code = store.fetch(key, lambda: _build(formula, orders, dtype, precision, names))
    loaded = target.load(machine_code, "kernel")
    pointers = [ctypes.c_void_p] * (1 + len(orders))
    signature = ctypes.CFUNCTYPE(None, *pointers, ctypes.c_int64, ctypes.c_void_p)
    return _Code(loaded, signature(loaded.address))


def _build(
    formula: Expr, orders: tuple[int, ...], dtype: str, precision: str, names: Sequence[str]
) -> bytes:
    from nonlin.emit.llvm.program import mode_of, write_module

    roots = derivatives(formula, orders)
    mode = mode_of(dtype, precision, orders, roots)
    return target.to_object(str(write_module(roots, names, mode, target.host().hardware)))


def fingerprint(formula: Expr, settings: object) -> str:
    """A name for a compiled object: the formula, the settings, the CPU and the code itself."""
    import llvmlite.binding as llvm

    host = target.host()
    parts = [
        "\n".join(_lines(formula)),
        repr(settings),
        f"{host.triple} {host.cpu} {host.features}",
        repr(llvm.llvm_version_info),
        store.source_digest(),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _lines(root: Expr) -> list[str]:
    """The graph as text, one node to a line."""
    order = postorder(root)
    place = {node: index for index, node in enumerate(order)}
    lines = []
    for node in order:
        match node:
            case Constant(value):
                lines.append(str(value))
            case Symbol(name):
                lines.append(name)
            case Call(primitive, arguments):
                lines.append(f"{primitive} {[place[argument] for argument in arguments]}")
    return lines
