"""The formulas behind a function that carries its own derivatives: for any library to run."""

from __future__ import annotations

from functools import cached_property
from typing import Self

from nonlin.export.rows import carried_back, machine_rows, pushed_forward
from nonlin.expr.derivative import derivative, derivatives
from nonlin.expr.nodes import Expr
from nonlin.expr.recognise import recognise
from nonlin.expr.stable import stabilise
from nonlin.expr.walk import substitute

Label = tuple[str, ...]  # by what a formula is differentiated, sorted; () is the value itself


class ElementPart:
    """An element-wise function of arrays that broadcast to the first, x, or a derivative of it.

    label: by what the formula is differentiated; () is the value itself, in the dtype of x.
    Derivatives stay in the precision that they are computed in.
    """

    def __init__(self, formula: Expr, names: tuple[str, ...], label: Label = ()) -> None:
        self.formula, self.names, self.label = formula, names, label
        self._further: dict[str, Self] = {}

    def by(self, name: str) -> Self:
        """The derivative by one of the arrays."""
        if name not in self._further:
            self._further[name] = self._labelled(tuple(sorted((*self.label, name))))
        return self._further[name]

    def _labelled(self, label: Label) -> Self:
        return type(self)(self.formula, self.names, label)

    @cached_property
    def graph(self) -> Expr:
        """Safe to evaluate."""
        return element_graph(self.formula, self.label)


def element_graph(formula: Expr, label: Label) -> Expr:
    """An element-wise formula or a derivative of it, safe to evaluate."""
    if all(name == "x" for name in label):
        (root,) = derivatives(formula, (len(label),))
    else:
        root = recognise(formula)
        for name in label:
            root = derivative(root, name)
    return stabilise(root)


def row_graph(formula: Expr, which: str, rule: Expr | None = None) -> tuple[Expr, Label]:
    """A formula of rows, or what its derivatives are made of, and which arrays that takes besides.

    which: value, backward (takes grad), forward (dot), twice or turned (both): the gradient's own
    derivative by x, carried back with `dot` or pushed forward with it. rule: the gradient by x, in
    `grad` and y = f(x), where it is better than the derived one.
    """
    root, more = _row(formula, which, rule)
    return machine_rows(root), more


def _row(formula: Expr, which: str, rule: Expr | None) -> tuple[Expr, Label]:
    if which == "value":
        return formula, ()
    if which == "forward":
        return pushed_forward(formula), ("dot",)
    gradient = carried_back(formula)
    if which == "backward":
        return gradient if rule is None else substitute(rule, {"y": formula}), ("grad",)
    push = {"twice": carried_back(gradient, "dot"), "turned": pushed_forward(gradient)}
    return push[which], ("grad", "dot")
