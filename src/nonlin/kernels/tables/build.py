"""A kernel with a table where one pays, in wider arithmetic where it would break its word."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np

from nonlin.emit.llvm.tables.cost import instructions
from nonlin.emit.llvm.tables.tabled import OTHERS, write_others, write_tabled
from nonlin.emit.llvm.writers.program import MODES, Mode, write_module
from nonlin.expr.nodes import Expr
from nonlin.expr.paths import Path, Tabled, inputs_of, outputs_of
from nonlin.kernels import target
from nonlin.kernels.tables import trial
from nonlin.kernels.tables.fit import fit
from nonlin.kernels.tables.pieces import Floats


def build(
    rule: Tabled, reference: trial.Reference, path: Path, roots: Sequence[Expr], mode: Mode
) -> bytes:
    """The machine code of a path. roots, mode: how it goes without a table."""
    inputs, hardware = inputs_of(path), target.host().hardware
    others = write_others(roots, inputs, mode, hardware)
    table = fit(reference, rule.orders, instructions(others.globals[OTHERS]))
    if table is None:
        module = write_module(roots, inputs, (), mode, hardware)
    else:
        module = write_tabled(rule.outputs, table, inputs, others, hardware)
    code = target.to_object(str(module))
    if mode.main == "single" and not _keeps_its_word(code, rule, reference, path):
        return build(rule, reference, path, roots, MODES["float32", "derived"])
    return code


def _keeps_its_word(code: bytes, rule: Tabled, reference: trial.Reference, path: Path) -> bool:
    """Is it right wherever it is tried, with 1 for what is not x?"""
    x = trial.everywhere()
    truths = dict(zip(rule.orders, reference(x), strict=True))
    orders = rule.orders if isinstance(path, str) else path
    found = zip(_results(code, path, x.astype(np.float32)), orders, strict=True)
    with np.errstate(all="ignore"):
        return all(trial.right(x, got, truths[order], order) for got, order in found)


def _results(code: bytes, path: Path, x: trial.Singles) -> list[Floats]:
    loaded = target.load(code, "kernel")
    ones = np.ones_like(x)
    given = [x if name == "x" else ones for name in inputs_of(path)]
    results = [np.empty_like(x) for _ in range(outputs_of(path))]
    places = [each.ctypes.data for each in (*given, *results)]
    pointer, integer = ctypes.c_void_p, ctypes.c_int64
    kernel = ctypes.CFUNCTYPE(None, *[pointer] * len(places), integer, pointer)(loaded.address)
    kernel(*places, x.size, None)
    return [each.astype(np.float64) for each in results]
