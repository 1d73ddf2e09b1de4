"""From a formula to a function in memory, by way of the store."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nonlin._errors import InputError
from nonlin.expr.nodes import COMPARISONS, Call, Expr, constant
from nonlin.expr.paths import Path, Tabled, inputs_of, outputs_of, roots_of, tabled
from nonlin.expr.simplify import simplify
from nonlin.expr.walk import postorder, substitute
from nonlin.kernels import store, target
from nonlin.kernels.key import fingerprint
from nonlin.kernels.pool import Block
from nonlin.kernels.ufunc import ufunc

CHEAP = {  # primitives of one instruction or two
    *("add", "subtract", "multiply", "negate", "absolute", "maximum", "minimum", "where", "guard"),
    *COMPARISONS,
}

lock = threading.RLock()
if hasattr(os, "register_at_fork"):  # a child must not inherit a lock that nobody will release
    os.register_at_fork(
        before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release
    )


@dataclass(frozen=True, slots=True)
class Kernel:
    """A compiled function `void(const T *in..., T *out..., int64 n, const double *parameters)`.

    An output may be an input. Keep the kernel while its address is in use. `function` is the
    same as a NumPy ufunc, for arrays of any layout.
    """

    address: int
    inputs: int
    outputs: int
    dtype: str
    parameters: NDArray[np.float64]
    function: Callable[..., Any] = field(repr=False)
    block: Block = field(repr=False)
    keep: Any = field(repr=False)


def compile_kernel(
    formula: Expr,
    path: Path,
    dtype: str,
    precision: str,
    parameters: dict[str, float],
    columns: tuple[str, ...] = (),
) -> Kernel:
    """The kernel of a path (see `expr.paths`) of a formula in x, in one pass over the arrays.

    dtype: one of `arrays.DTYPES`. precision: "fast" or "exact". columns: parameters that come as
    arrays, after the arrays of the path.
    """
    formula, parameters = settled(formula, path, dtype, precision, parameters, columns)
    with lock:
        loaded = _code(formula, path, dtype, precision, tuple(parameters), columns)
        data = np.array([0.0, *parameters.values(), 0.0])
        counts = len(inputs_of(path)) + len(columns), outputs_of(path)
        made = ufunc(loaded.address, data, dtype, *counts)
    keep = loaded, made
    return Kernel(loaded.address, *counts, dtype, data[1:], made.function, made.block, keep)


def settled(
    formula: Expr,
    path: Path,
    dtype: str,
    precision: str,
    parameters: dict[str, float],
    columns: tuple[str, ...] = (),
) -> tuple[Expr, dict[str, float]]:
    """The formula with the parameters put in that are better known when it is compiled.

    All of them where a table may pay, which is fitted to one value of each.
    """
    formula, rest = without_ones(formula, parameters)
    fixed = rest and not columns and all(map(math.isfinite, rest.values()))
    tables = target.host().hardware.avx512 and rule_of(formula, path, dtype, precision)
    if not (fixed and tables):
        return formula, rest
    try:
        return substitute(formula, {n: constant(Fraction(v)) for n, v in rest.items()}), {}
    except InputError:  # it divides by a parameter that is 0, which numbers may
        return formula, rest


def rule_of(formula: Expr, path: Path, dtype: str, precision: str) -> Tabled | None:
    """How a table could serve a path, if it can and the formula is not short already."""
    fast = precision == "fast" and dtype != "float64"
    return _rule_of(formula, path) if fast else None


@lru_cache(maxsize=1024)
def _rule_of(formula: Expr, path: Path) -> Tabled | None:
    calls = (node for node in postorder(formula) if isinstance(node, Call))
    return tabled(formula, path) if any(n.primitive not in CHEAP for n in calls) else None


def without_ones(formula: Expr, parameters: dict[str, float]) -> tuple[Expr, dict[str, float]]:
    """Parameters that are 1, the usual default, are put in: softplus(1 x) / 1 is half the work."""
    ones = [name for name, value in parameters.items() if value == 1.0]
    if not ones:
        return formula, parameters
    rest = {name: value for name, value in parameters.items() if name not in ones}
    return simplify(substitute(formula, dict.fromkeys(ones, constant(1)))), rest


def machine_code(
    formula: Expr,
    path: Path,
    dtype: str,
    names: tuple[str, ...],
    columns: tuple[str, ...] = (),
) -> target.Loaded:
    """The address of a fast `Kernel` alone, for who hands over the numbers of its parameters.

    Keep what comes back while its address is in use.
    """
    with lock:
        return _code(formula, path, dtype, "fast", names, columns)


@lru_cache(maxsize=1024)
def _code(
    formula: Expr,
    path: Path,
    dtype: str,
    precision: str,
    names: tuple[str, ...],
    columns: tuple[str, ...],
) -> target.Loaded:
    inputs = inputs_of(path) + columns
    key = fingerprint([formula], ("elementwise", path, dtype, precision, names, columns))
    machine_code = store.fetch(
        key, lambda: object_code(formula, path, dtype, precision, names, inputs)
    )
    return target.load(machine_code, "kernel")


def object_code(
    formula: Expr,
    path: Path,
    dtype: str,
    precision: str,
    names: tuple[str, ...],
    inputs: tuple[str, ...],
) -> bytes:
    """What LLVM makes of a path, with `names` as parameters, on this CPU."""
    from nonlin.emit.llvm.writers.program import write_module
    from nonlin.expr.machine.modes import mode_of
    from nonlin.kernels.tables.build import build

    roots = roots_of(formula, path)
    mode = mode_of(dtype, precision, path, roots)
    alone = not names and inputs == inputs_of(path)
    if alone and (rule := rule_of(formula, path, dtype, precision)):
        return build(rule, path, roots, mode)
    module = write_module(roots, inputs, names, mode, target.host().hardware)
    return target.to_object(str(module))
