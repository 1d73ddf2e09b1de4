"""A kernel with a table where one pays, in wider arithmetic where it would break its word."""

from __future__ import annotations

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
from nonlin.kernels.tables.reference import Reference, run


def build(rule: Tabled, path: Path, roots: Sequence[Expr], mode: Mode) -> bytes:
    """The machine code of a path. roots, mode: how it goes without a table."""
    reference, inputs, hardware = Reference(rule), inputs_of(path), target.host().hardware

    def keeps_its_word(code: bytes) -> bool:
        return _is_right(code, rule, reference, path)

    if hardware.avx512:
        others = write_others(roots, inputs, mode, hardware)
        counted = instructions(others.globals[OTHERS])
        table = fit(reference, rule.orders, counted, rule.formula)
        if table is not None:
            module = write_tabled(rule.outputs, table, inputs, others, hardware)
            code = target.to_object(str(module))
            if keeps_its_word(code):
                return code
    code = target.to_object(str(write_module(roots, inputs, (), mode, hardware)))
    if mode.main != "single" or keeps_its_word(code):
        return code
    wide = MODES["float32", "derived"]
    return target.to_object(str(write_module(roots, inputs, (), wide, hardware)))


def _is_right(code: bytes, rule: Tabled, reference: Reference, path: Path) -> bool:
    """Is it right wherever it is tried, with 1 for what is not x?"""
    x = trial.everywhere(rule.formula)
    truths = dict(zip(rule.orders, reference(x), strict=True))
    orders = rule.orders if isinstance(path, str) else path
    found = zip(_results(code, path, x.astype(np.float32)), orders, strict=True)
    with np.errstate(all="ignore"):
        return all(trial.right(x, got, truths[order], order) for got, order in found)


def _results(code: bytes, path: Path, x: trial.Singles) -> list[Floats]:
    ones = np.ones_like(x)
    given = [x if name == "x" else ones for name in inputs_of(path)]
    results = [np.empty_like(x) for _ in range(outputs_of(path))]
    run(target.load(code, "kernel"), [*given, *results])
    return [each.astype(np.float64) for each in results]
