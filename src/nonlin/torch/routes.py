"""Which way a call goes: to the compiler, to a kernel, to a registered operator, or to autograd."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import torch
from torch.fx import Proxy

from nonlin.any_library.bound import formula_of
from nonlin.expr.paths import VALUE
from nonlin.function import Function, kind_of
from nonlin.parameter import NOISE
from nonlin.torch import operators
from nonlin.torch.differentiable import apply
from nonlin.torch.eager import evaluate
from nonlin.torch.element_kernels import ElementKernels
from nonlin.torch.gpu.kernels import GpuKernels, gpu_kernels
from nonlin.torch.parts import Part
from nonlin.torch.row_kernels import RowKernels
from nonlin.torch.row_parts import RowPart
from nonlin.torch.tensors import (
    Tensor,
    not_traced,
    operations_only,
    plain,
    transformed,
    undisturbed,
    watched,
)


class Routed:
    """A function of tensors of one floating dtype; if it is one of rows, they are the last axis.

    names: of the tensors: x, the value of a gated pair, parameters, noise.
    """

    def __init__(self, function: Function, names: tuple[str, ...]) -> None:
        self.function, self.names = function, names
        self.part, self.fused = self._part("eager"), self._part("fused")
        rows = kind_of(function.formula) == "rowwise"
        kind: Any = RowKernels if rows else ElementKernels
        self.kernels = kind(function, names, self.part)

        def traced_call(*inputs: Tensor) -> Tensor:
            return apply(self.fused, *inputs)

        traced_call.__name__ = traced_call.__qualname__ = function.name
        self.in_graph = traced_call
        self._allowed = False

    def _part(self, style: str) -> Any:
        function = self.function
        if kind_of(function.formula) != "rowwise":
            return Part(formula_of(function, self.names), self.names, style)
        rule = function.from_output
        ready = None if rule is None else formula_of(function, self.names, rule)
        return RowPart(formula_of(function, self.names), self.names, ready, style)

    def __call__(self, *inputs: Tensor) -> Tensor:
        """By kernels where nothing watches, else as operations of PyTorch."""
        if torch.compiler.is_compiling():
            ready(self)
            return self.in_graph(*inputs)
        if undisturbed() and all(map(plain, inputs)):
            return evaluate(self.kernels, *inputs)
        return self._disturbed(inputs)

    def _disturbed(self, inputs: Sequence[Tensor]) -> Tensor:
        if operations_only():
            found: Tensor = self._part("traced").value(*inputs)
            return found
        if isinstance(inputs[0], Proxy) or (watched() and not transformed()):
            seen: Tensor = self._visible(*inputs)
            return seen
        if inputs[0].is_cuda and undisturbed() and self._gpu and all(map(self._gpu.takes, inputs)):
            return evaluate(self._gpu, *inputs)
        return apply(self.part, *inputs)

    @cached_property
    def _gpu(self) -> GpuKernels | None:
        return gpu_kernels(self.function, self.names, self.part)

    @cached_property
    def _order(self) -> tuple[str, ...]:
        """Of the tensors that the operator takes: parameters that are learned are among them."""
        function, names = self.function, self.names
        pair = [name for name in ("x", VALUE) if name in names]
        rows = [p.name for p in function.parameters if p.learned or p.name in names]
        return (*pair, *rows, *(name for name in names if name in NOISE))

    def register(self) -> Any:
        """The operator, `torch.ops.nonlin.mish`, known from now on."""
        return operators.operator(self.function, self._order, Routed)

    @cached_property
    def _visible(self) -> Any:
        """The operator, with what is no tensor as numbers, or as constant tensors if learned."""
        run, order, names = self.register(), self._order, self.names
        values = self.function.values
        numbers = {name: value for name, value in values.items() if name not in order}
        rest = [name for name in order if name not in names]

        def call(*inputs: Tensor) -> Tensor:  # new tensors each time: fake ones under such a mode
            constants = {n: torch.tensor(values[n], dtype=torch.float64) for n in rest}
            named = dict(zip(names, inputs, strict=True)) | constants
            found: Tensor = run(*(named[name] for name in order), **numbers)
            return found

        return call

    def __reduce__(self) -> Any:
        return type(self), (self.function, self.names)

    def allow(self) -> None:
        """Let a compiler put calls into its graph as they are, and look inside later."""
        if not self._allowed:
            torch.compiler.allow_in_graph(self.in_graph)
            self._allowed = True


@not_traced
def ready(routed: Routed) -> bool:
    """Prepare what is traced next."""
    routed.allow()
    return True
