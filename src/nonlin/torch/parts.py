"""A formula on tensors that knows its own derivatives: no code is written, the graph is run.

What autograd asks of a part is `value`, `gradients` and `change`; `differentiable.py` asks it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Self

import torch

from nonlin.any_library.derivatives import ElementPart, Label
from nonlin.emit import spelling
from nonlin.export.torch import SPELLINGS
from nonlin.expr.nodes import Expr
from nonlin.torch.differentiable import apply
from nonlin.torch.tensors import Tensor, wide


def _first(a: Tensor) -> Tensor:
    places = torch.arange(a.shape[-1], device=a.device)
    return (places == torch.argmax(a, -1, keepdim=True)).to(a.dtype)


def _threshold(z: Tensor, power: float) -> Tensor:
    """By bisection, to the last bit of the dtype."""
    high = torch.amax(z, -1, keepdim=True)
    low = high - 1.0
    for _ in range(56 if z.dtype == torch.float64 else 28):
        middle = 0.5 * (low + high)
        more = torch.sum(torch.clamp(z - middle, min=0.0) ** power, -1, keepdim=True) > 1.0
        low, high = torch.where(more, middle, low), torch.where(more, high, middle)
    return high


def _divide(a: Any, b: Any) -> Any:
    """By a power of two as a product, which is as exact."""
    if isinstance(b, float) and abs(math.frexp(b)[0]) == 0.5:
        return a * (1 / b)
    return a / b


def _minimum(a: Any, b: Any) -> Any:
    if isinstance(b, float):
        return torch.clamp(a, max=b)  # half the time of a selection, as Inductor writes it
    return torch.minimum(a, b)


def _damp(a: Tensor, b: Tensor) -> Tensor:
    return torch.where(a == 0, a, a * b)


_EAGER = {
    **SPELLINGS,
    "row_first": spelling.Spelling("", lambda _: _first),  # under vmap, too
    "row_threshold": spelling.Spelling("", lambda _: _threshold),
}
# Inductor vectorises no erfc: there the distribution is a polynomial times an exponential; and a
# 0 may have another sign where that saves an operation
_FUSED = {name: row for name, row in _EAGER.items() if name != "normal_cdf"}
_FUSED["damp"] = spelling.Spelling("", lambda _: _damp)
_FUSED["minimum"] = spelling.Spelling("", lambda _: _minimum)
_FUSED["divide"] = spelling.Spelling("", lambda _: _divide)
_TABLES = {
    "eager": _EAGER,
    "fused": _FUSED,  # for compilers, in the primitives that they make one loop of
    "traced": {name: row for name, row in _FUSED.items() if name != "expm1"},  # as ONNX lacks it
}


class Run:
    """Graphs as one function of tensors, in single precision or better.

    style: "eager", "fused" or "traced", of which primitives it is made.
    """

    def __init__(self, roots: Sequence[Expr], names: Sequence[str], style: str) -> None:
        self.roots, self.names, self.style = roots, names, style
        self._ready: dict[str, Any] = {}

    def __call__(self, *inputs: Tensor) -> list[Tensor]:
        """One tensor for each root."""
        wider = [wide(each) for each in inputs]
        single = self.style != "eager" and all(each.dtype == torch.float32 for each in wider)
        results: list[Tensor] = self._function("single" if single else "double")(*wider)
        return results

    def _function(self, digits: str) -> Any:
        if digits not in self._ready:
            table = _TABLES[self.style]
            self._ready[digits] = spelling.runner(
                self.roots, self.names, table, torch, digits=digits
            )
        return self._ready[digits]


class Part(ElementPart):
    """As autograd wants it; style: see `Run`."""

    def __init__(
        self,
        formula: Expr,
        names: tuple[str, ...],
        style: str = "eager",
        label: Label = (),
    ) -> None:
        super().__init__(formula, names, label)
        self.style = style

    def _labelled(self, label: Label) -> Self:
        return type(self)(self.formula, self.names, self.style, label)

    @cached_property
    def run(self) -> Run:
        """The graph as a function."""
        return Run([self.graph], self.names, self.style)

    def value(self, *inputs: Tensor) -> Tensor:
        """Without derivatives; never one of the tensors that were given."""
        (found,) = self.run(*inputs)
        if not self.label:
            found = found.to(inputs[0].dtype)
        return found.clone() if any(found is each for each in inputs) else found

    def gradients(
        self, grad: Tensor, needed: Sequence[bool], inputs: Sequence[Tensor]
    ) -> list[Tensor | None]:
        """By each of the tensors, where it is needed."""
        return [
            (wide(grad) * apply(self.by(name), *inputs)).sum_to_size(x.shape).to(x.dtype)
            if needs
            else None
            for name, needs, x in zip(self.names, needed, inputs, strict=True)
        ]

    def change(self, inputs: Sequence[Tensor], dots: Sequence[Tensor | None]) -> Tensor:
        """Of the value, as the tensors change."""
        total: Any = None
        for name, dot in zip(self.names, dots, strict=True):
            if dot is not None:
                moved = wide(dot) * apply(self.by(name), *inputs)
                total = moved if total is None else total + moved
        assert total is not None  # noqa: S101 - something changes
        changed: Tensor = total if self.label else total.to(inputs[0].dtype)
        return changed
