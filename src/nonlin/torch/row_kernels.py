"""Functions of rows of plain tensors by compiled kernels, rows last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache, cached_property

import torch

from nonlin.export.rows import machine_rows
from nonlin.expr.nodes import Expr, symbol
from nonlin.expr.reductions import is_compiled
from nonlin.expr.walk import substitute
from nonlin.function import Function
from nonlin.kernels.row_calls import RowCall, run_rows
from nonlin.torch.by_address import alike, ready
from nonlin.torch.parts import Run
from nonlin.torch.row_parts import RowPart
from nonlin.torch.tensors import HALVES, NAMES, Tensor, plain


class RowKernels:
    """f of every row; where it has a rule in f(x), its gradient too."""

    takes = staticmethod(plain)

    def __init__(self, function: Function, names: tuple[str, ...], part: RowPart) -> None:
        self.function, self.names, self.part = function, names, part
        self.keeps_output = function.from_output is not None
        self._call = cache(self._new_call)
        # that of entmax has no finite derivative at 0
        self.keeps_input = not (self.keeps_output and is_compiled(function.formula))

    def _new_call(
        self, formula: Expr, names: tuple[str, ...], dtype: torch.dtype
    ) -> RowCall | None:
        if not is_compiled(formula):
            return None
        kind = NAMES[dtype], dtype.itemsize
        return RowCall(formula, names, *kind, "fast", self.function.values, ready())

    def value(self, *inputs: Tensor) -> Tensor:
        """f of the rows."""
        return self._run(self.function.formula, dict(zip(self.names, inputs, strict=True)))

    def gradients(
        self, grad: Tensor, needed: Sequence[bool], inputs: Sequence[Tensor]
    ) -> list[Tensor | None]:
        """By x: no kernel has it."""
        return self.part.gradients(grad, needed, inputs)

    def from_output(self, grad: Tensor, y: Tensor) -> Tensor:
        """By x, from f(x)."""
        rule = self.function.from_output
        assert rule is not None  # noqa: S101 - who asks knows
        return self._run(rule, {"grad": grad, "y": y})

    def further_from_output(self, grad: Tensor, y: Tensor) -> Tensor:
        """The same with all derivatives, on any tensors."""
        (found,) = self._rule(y, grad)
        return found.to(y.dtype)

    @cached_property
    def _rule(self) -> Run:
        assert self.function.from_output is not None  # noqa: S101 - who asks knows
        numbers = {name: Fraction(number) for name, number in self.function.values.items()}
        rule = substitute(self.function.from_output, {"y": symbol("x"), **numbers})
        return Run([machine_rows(rule)], ("x", "grad"), "eager")

    def _run(self, formula: Expr, given: Mapping[str, Tensor]) -> Tensor:
        first = [*given.values()][-1]
        if first.dtype in HALVES:
            return self._run_half(formula, given, first)
        out = torch.empty_like(first)
        given = dict(zip(given, alike([*given.values(), out], out.dtype), strict=False))
        call = self._call(formula, tuple(given), first.dtype)
        if call is not None and all(each.is_contiguous() for each in given.values()):
            _run_in_line(call, [*given.values(), out])
            return out
        named = {name: each.detach().numpy() for name, each in given.items()}
        place = out.ndim - 1
        run_rows(formula, named, out.numpy(), place, "fast", self.function.values, ready())
        return out

    def _run_half(self, formula: Expr, given: Mapping[str, Tensor], first: Tensor) -> Tensor:
        """Not by way of NumPy, which knows no bfloat16."""
        call = self._call(formula, tuple(given), first.dtype)
        if call is None:
            wider = {name: each.float() for name, each in given.items()}
            return self._run(formula, wider).to(first.dtype)
        out = torch.empty_like(first, memory_format=torch.contiguous_format)
        _run_in_line(call, [each.contiguous() for each in alike([*given.values(), out], out.dtype)])
        return out


def _run_in_line(call: RowCall, tensors: Sequence[Tensor]) -> None:
    """Rows one after the other in memory; the last tensor is filled."""
    size, length = tensors[-1].numel(), tensors[-1].shape[-1]
    places = [each.data_ptr() for each in tensors]
    if size:
        ready()
        call.run(places, size, length)
