"""What is exported: an activation under a name that a program may use, and its graphs."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from nonlin.activation import Activation
from nonlin.expr.derivative import derivative, derivatives
from nonlin.expr.nodes import Expr, build, constant, is_call, multiply, symbol, value_of, where
from nonlin.expr.recognise import recognise
from nonlin.expr.reductions import Reduction, numbered
from nonlin.expr.stable import stabilise
from nonlin.expr.walk import postorder, substitute, symbols

_MODULES = ("math", "np", "torch", "jax", "jnp", "keras", "ops", "tf", "wraps", "sqrt", "function")
_JAVASCRIPT = ("delete", "new", "switch", "this", "throw", "typeof", "var", "void", "let", "const")
VALUE = "value"
_TAKEN = {*_MODULES, *_JAVASCRIPT, *keyword.kwlist, *dir(builtins)}


@dataclass(frozen=True, slots=True)
class Exported:
    """An activation to be exported, parameters bound."""

    activation: Activation

    @property
    def kind(self) -> str:
        """elementwise, rowwise, gated, or reshaping (rows of another length come out)."""
        if any(
            is_call(node, "row_join", "row_pool") for node in postorder(self.activation.formula)
        ):
            return "reshaping"
        if self.activation.rowwise:
            return "rowwise"
        return "elementwise" if len(self.inputs) == 1 else "gated"

    @property
    def name(self) -> str:
        """The name as an identifier in every target language."""
        plain = re.sub(r"\W+", "_", self.activation.name, flags=re.ASCII).strip("_")
        plain = re.sub(r"^(?=\d|$)", "f", plain)
        return f"{plain}_" if plain in _TAKEN else plain

    @property
    def class_name(self) -> str:
        """LeakyRelu for leaky_relu."""
        return "".join(part[:1].upper() + part[1:] for part in self.name.split("_"))

    @property
    def learned(self) -> tuple[str, ...]:
        """Names of the parameters in the formula that training adjusts."""
        used = symbols([self.activation.formula])
        rows = [row for row in self.activation.parameters if row.name in used]
        return tuple(row.name for row in rows if getattr(row, "learned", False))

    @property
    def defaults(self) -> list[str]:
        """The arguments `x`, `value` and `alpha=0.25` of a function in Python."""
        values = self.activation.values
        return [*self.inputs, *(f"{name}={values[name]!r}" for name in self.learned)]

    @property
    def inputs(self) -> tuple[str, ...]:
        """The arrays that it takes: a gated activation has a value beside the input of its gate."""
        return ("x", VALUE) if VALUE in symbols([self.activation.formula]) else ("x",)

    @property
    def others(self) -> tuple[str, ...]:
        """What it has gradients by, besides x."""
        return (*self.inputs[1:], *self.learned)

    def graphs(self, orders: Collection[int], free: Collection[str] = ()) -> list[Expr]:
        """Derivatives of these orders, safe to evaluate; the `free` parameters are symbols."""
        return [stabilise(root) for root in derivatives(self._formula(free), orders)]

    def by(self, name: str, free: Collection[str]) -> Expr:
        """The derivative by a parameter, or by the value of a gated activation."""
        return stabilise(derivative(recognise(self._formula(free)), name))

    def functions(self, free: Collection[str]) -> dict[str, Expr]:
        """f, its derivative, and the derivative by the value of a gated activation, by name."""
        names = (self.name, f"{self.name}_derivative")
        found = dict(zip(names, self.graphs((0, 1), free), strict=True))
        return found | {f"{self.name}_by_{name}": self.by(name, free) for name in self.inputs[1:]}

    def formulas(self) -> dict[str, Expr]:
        """As the author wrote it, and the derivatives: what a reader wants to see, by its head."""
        formula = self.activation.formula
        known = recognise(formula)
        if self.kind == "elementwise":
            return {"f": formula, "slope": derivative(known)}
        if self.kind == "gated":
            by_value = derivative(known, VALUE)
            return {"pair": formula, "by_x": derivative(known), "by_value": by_value}
        return {"row": formula}

    def rows(self) -> tuple[Expr, Expr]:
        """Of a function of rows: the value, and the gradient by x given `grad`, that by y."""
        formula = self._formula(())
        if self.activation.from_output is not None:
            known = {"y": formula, **self._bound(())}
            return formula, substitute(self.activation.from_output, known)
        return formula, _carried_back(formula)

    def _formula(self, free: Collection[str]) -> Expr:
        return substitute(self.activation.formula, self._bound(free))

    def _bound(self, free: Collection[str]) -> dict[str, Expr]:
        values = self.activation.values
        return {n: constant(Fraction(v)) for n, v in values.items() if n not in free}


def _carried_back(formula: Expr) -> Expr:
    """The Jacobian, transposed, times grad: through the reductions, the last one first.

    Where several elements are the maximum, each has the same share of it.
    """
    root, reductions = numbered(formula)
    grad, x = symbol("grad"), "x"
    total = multiply(grad, derivative(root, x))
    shares = {name: _sum(multiply(grad, derivative(root, name))) for name in reductions}
    for name, reduction in reversed(reductions.items()):
        inside = reduction.inside
        weight = shares[name] * _weight(reduction, symbol(name))
        total = total + weight * derivative(inside, x)
        for earlier in shares:
            shares[earlier] = shares[earlier] + _sum(weight * derivative(inside, earlier))
    for name, reduction in reversed(reductions.items()):
        whole = build(reduction.primitive, reduction.inside, *_options(reduction))
        total = substitute(total, {name: whole})
    return total


def _options(reduction: Reduction) -> Sequence[Expr]:
    return getattr(reduction, "options", ())


def _weight(reduction: Reduction, result: Expr) -> Expr:
    """The derivative of a reduction by an element that it reduces."""
    primitive, inside = reduction.primitive, reduction.inside
    if primitive == "row_sum":
        return constant(1)
    if primitive == "row_first":
        return constant(0)
    share = where(inside >= result, 1, 0)
    if primitive == "row_threshold":  # by the rule for implicit functions
        above = where(inside > result, inside - result, 1) ** (_options(reduction)[0] - 1)
        share = where(inside > result, above, 0)
    return share / build("row_sum", share)


def _sum(inside: Expr) -> Expr:
    return inside if value_of(inside) == 0 else build("row_sum", inside)
