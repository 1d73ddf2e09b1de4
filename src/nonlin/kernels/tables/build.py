"""A kernel with a table where one pays, in wider arithmetic where it would break its word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from llvmlite import ir
from numpy.typing import NDArray

from nonlin.emit.llvm.tables.cost import instructions
from nonlin.emit.llvm.tables.tabled import OTHERS, write_others, write_tabled
from nonlin.emit.llvm.writers.program import ENTRY, write_module
from nonlin.expr.machine.modes import MODES, Mode
from nonlin.expr.nodes import Expr, symbol
from nonlin.expr.paths import Path, Tabled, inputs_of, outputs_of
from nonlin.expr.walk import substitute
from nonlin.kernels import target
from nonlin.kernels.tables import halves, trial
from nonlin.kernels.tables.fit import fit
from nonlin.kernels.tables.pieces import Floats
from nonlin.kernels.tables.reference import Reference, run

DIVISION = 7  # instructions that it costs beside conversions, as measured


def build(rule: Tabled, path: Path, roots: Sequence[Expr], mode: Mode) -> bytes:
    """The machine code of a path. roots, mode: how it goes without a table."""
    reference, inputs, hardware = Reference(rule), inputs_of(path), target.host().hardware

    def keeps_its_word(code: bytes) -> bool:
        return _is_right(code, rule, reference, path, mode.memory)

    if hardware.avx512:
        others = write_others(roots, inputs, mode, hardware)
        counted = _otherwise(others, rule, path, mode.memory)
        table = fit(reference, rule.orders, counted, rule.formula)
        if table is not None:
            module = write_tabled(rule.outputs, table, inputs, others, hardware, mode.memory)
            code = target.to_object(str(module))
            if keeps_its_word(code):
                return code
    code = target.to_object(str(write_module(roots, inputs, (), mode, hardware)))
    if mode.main != "single" or keeps_its_word(code):
        return code
    wide = replace(mode, main="double", wide="double")
    return target.to_object(str(write_module(roots, inputs, (), wide, hardware)))


def _otherwise(others: ir.Module, rule: Tabled, path: Path, memory: str) -> float:
    """Instructions of the formula that a table saves.

    Of 16-bit numbers conversions remain, which are half of a short kernel.
    """
    kernel = others.globals[OTHERS]
    if memory == "float":
        return instructions(kernel)
    x = {f"f{order}": symbol("x") for order in rule.orders}
    roots = [substitute(output, x) for output in rule.outputs]
    mode, hardware = replace(MODES["float32", "fast"], memory=memory), target.host().hardware
    rest = write_module(roots, inputs_of(path), (), mode, hardware, masked=True)
    return instructions(kernel, DIVISION) - instructions(rest.globals[ENTRY])


def _is_right(code: bytes, rule: Tabled, reference: Reference, path: Path, memory: str) -> bool:
    """Is it right wherever it is tried, with 1 for what is not x?"""
    short = memory in halves.ONE
    kept = halves.everywhere() if short else trial.everywhere(rule.formula).astype(np.float32)
    orders = rule.orders if isinstance(path, str) else path
    right = partial(halves.right, memory=memory) if short else trial.right
    with np.errstate(all="ignore"):
        x, *found = (_widened(each, memory) for each in (kept, *_results(code, path, kept, memory)))
        truths = dict(zip(rule.orders, reference(x), strict=True))
        pairs = zip(found, orders, strict=True)
        return all(right(x, got, truths[order], order) for got, order in pairs)


def _widened(numbers: NDArray[Any], memory: str) -> Floats:
    return numbers.astype(np.float64) if memory == "float" else halves.widened(numbers, memory)


def _results(code: bytes, path: Path, x: NDArray[Any], memory: str) -> list[NDArray[Any]]:
    ones = np.full_like(x, halves.ONE.get(memory, 1))
    given = [x if name == "x" else ones for name in inputs_of(path)]
    results = [np.empty_like(x) for _ in range(outputs_of(path))]
    run(target.load(code, "kernel"), [*given, *results])
    return results
