"""Element-wise and gated functions of plain tensors by compiled kernels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, cached_property

import torch

from nonlin.expr.derivative import derivative
from nonlin.expr.nodes import Expr, symbol
from nonlin.expr.paths import VALUE, Path
from nonlin.expr.recognise import recognise
from nonlin.expr.walk import substitute
from nonlin.function import Function
from nonlin.torch.by_address import Call
from nonlin.torch.differentiable import apply
from nonlin.torch.parts import Part
from nonlin.torch.saved import from_output, guarded
from nonlin.torch.tensors import HALVES, Tensor, plain


class ElementKernels:
    """The function of x, of a gated pair's value, and of parameters and noise that are tensors."""

    takes = staticmethod(plain)

    def __init__(self, function: Function, names: tuple[str, ...], part: Part) -> None:
        self.function, self.names, self.part = function, names, part
        self.others = tuple(name for name in names if name not in ("x", VALUE))
        self.constants = {n: v for n, v in function.values.items() if n not in names}
        rule = from_output(function) if names == ("x",) else None
        self.rule, self.compiled_rule = rule, None if rule is None else guarded(rule)
        self.keeps_output = rule is not None
        self.keeps_input = not self.keeps_output
        self._call = cache(self._new_call)
        self.forth: dict[torch.dtype, Call] = {}  # of one tensor, by its dtype
        self.back: dict[torch.dtype, Call] = {}

    def prepare(self, dtype: torch.dtype) -> None:
        """Fill `forth` and `back` for a dtype of kernels."""
        formula = self.function.formula
        forth = self._call(formula, (0,), dtype, False)
        back = self._call(formula, "backward", dtype, False)
        if self.compiled_rule is not None:
            back = self._call(self.compiled_rule, "from_output", dtype, False)
        self.forth[dtype], self.back[dtype] = forth, back

    def _new_call(self, formula: Expr, path: Path, dtype: torch.dtype, columns: bool) -> Call:
        numbers, arrays = ((), self.others) if columns else (self.others, ())
        return Call(formula, path, dtype, self.constants, numbers, arrays)

    def _fill(
        self, formula: Expr, path: Path, given: Sequence[Tensor], results: Sequence[Tensor],
        others: Sequence[Tensor],
    ) -> None:  # fmt: skip
        """A path, where parameters are numbers if all of them are, else tensors of one shape."""
        columns = any(each.numel() != 1 for each in others)
        call = self._call(formula, path, results[0].dtype, columns)
        if not columns:
            call.into([*given, *results], [each.item() for each in others])
            return
        shape = results[0].shape
        spread = [each.detach().to(results[0].dtype).expand(shape) for each in others]
        call.into([*given, *spread, *results])

    def _widened(self, x: Tensor) -> bool:
        """Parameters that are tensors have digits of their own, and gradients that are sums."""
        return bool(self.others) and x.dtype in HALVES

    def value(self, *inputs: Tensor) -> Tensor:
        """f of the tensors, in the dtype of the first."""
        x = inputs[0]
        if self._widened(x):
            return self.value(x.float(), *inputs[1:]).to(x.dtype)
        if len(inputs) == 1:
            return self._value_of_one(x)
        pair, others = self._sorted(inputs)
        out = torch.empty_like(x)
        self._fill(self.function.formula, "gate" if len(pair) == 2 else (0,), pair, [out], others)
        return out

    def _value_of_one(self, x: Tensor) -> Tensor:
        """The same for x alone, without any ado."""
        out = torch.empty_like(x)
        self._call(self.function.formula, (0,), x.dtype, False).into((x, out))
        return out

    def _sorted(self, inputs: Sequence[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        """What a path reads, value before x, and the other tensors."""
        named = dict(zip(self.names, inputs, strict=True))
        x = named["x"]
        pair = [named[VALUE].to(x.dtype), x] if VALUE in named else [x]
        return pair, [named[name] for name in self.others]

    def gradients(
        self, grad: Tensor, needed: Sequence[bool], inputs: Sequence[Tensor]
    ) -> list[Tensor | None]:
        """By each of the tensors, where it is needed."""
        x = inputs[0]
        if self._widened(x):
            found = self.gradients(grad.float(), needed, [x.float(), *inputs[1:]])
        else:
            found = self._gradients(grad, needed, inputs)
        return [
            None if each is None else each.to(given.dtype)
            for each, given in zip(found, inputs, strict=True)
        ]

    def _gradients(
        self, grad: Tensor, needed: Sequence[bool], inputs: Sequence[Tensor]
    ) -> list[Tensor | None]:
        pair, others = self._sorted(inputs)
        found = self._by_pair(grad, pair, others) if any(needed[: len(pair)]) else {}
        for name, needs, tensor in zip(self.names, needed, inputs, strict=True):
            if needs and name in self.others:
                found[name] = self._by_other(name, grad, pair[-1], others).sum_to_size(tensor.shape)
        return [
            found.get(name) if needs else None
            for name, needs in zip(self.names, needed, strict=True)
        ]

    def _by_pair(
        self, grad: Tensor, pair: Sequence[Tensor], others: Sequence[Tensor]
    ) -> dict[str, Tensor]:
        names = (VALUE, "x")[-len(pair) :]
        results = [torch.empty_like(pair[-1]) for _ in pair]
        path = "gate_backward" if len(pair) == 2 else "backward"
        self._fill(self.function.formula, path, [grad, *pair], results, others)
        return dict(zip(names, results, strict=True))

    def _by_other(self, name: str, grad: Tensor, x: Tensor, others: Sequence[Tensor]) -> Tensor:
        """grad times the derivative by a parameter, for each element."""
        products = torch.empty_like(x)
        self._fill(_slope(self.function.formula, name), "gate", [grad, x], [products], others)
        return products

    def from_output(self, grad: Tensor, y: Tensor) -> Tensor:
        """By x, from f(x)."""
        assert self.compiled_rule is not None  # noqa: S101 - who asks knows
        out = torch.empty_like(y)
        self._call(self.compiled_rule, "from_output", y.dtype, False).into((grad, y, out))
        return out

    def further_from_output(self, grad: Tensor, y: Tensor) -> Tensor:
        """The same with all derivatives, on any tensors."""
        return apply(self._rule_part, y, grad).to(y.dtype)

    @cached_property
    def _rule_part(self) -> Part:
        assert self.rule is not None  # noqa: S101 - who asks knows
        numbers = replace(self.function, formula=self.rule, from_output=None).graph
        return Part(substitute(numbers, {"y": symbol("x")}), ("x", "grad"))


@cache
def _slope(formula: Expr, name: str) -> Expr:
    return derivative(recognise(formula), name)
