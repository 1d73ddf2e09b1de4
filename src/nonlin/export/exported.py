"""What is exported: an activation under a name that a program may use, and its graphs."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from nonlin.activation import Activation
from nonlin.export.rows import carried_back, machine_rows, pushed_forward
from nonlin.export.safe import VALUE, safe
from nonlin.expr.derivative import derivative, derivatives
from nonlin.expr.nodes import Expr, constant, is_call
from nonlin.expr.recognise import recognise
from nonlin.expr.walk import postorder, substitute, symbols

_MODULES = ("math", "np", "torch", "jax", "jnp", "keras", "ops", "tf", "wraps", "sqrt", "function")
_JAVASCRIPT = ("delete", "new", "switch", "this", "throw", "typeof", "var", "void", "let", "const")
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
        return [safe(root) for root in derivatives(self.formula(free), orders)]

    def by(self, name: str, free: Collection[str]) -> Expr:
        """The derivative by a parameter, or by the value of a gated activation."""
        return safe(derivative(recognise(self.formula(free)), name))

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
        formula = self.formula(())
        if self.activation.from_output is None:
            return machine_rows(formula), machine_rows(carried_back(formula))
        known = {"y": formula, **self._bound(())}
        gradient = substitute(self.activation.from_output, known)
        return machine_rows(formula), machine_rows(gradient)

    def row_changes(self) -> dict[str, Expr]:
        """Of a function of rows, what derivatives of derivatives are made of, by name.

        `forward` is the Jacobian times `dot`, `twice` and `turned` the gradient's own
        derivative by x: carried back with `dot`, and pushed forward with it; `bent` is the
        derivative of `forward` by x, times `dot_x`.
        """
        formula = self.formula(())
        gradient = carried_back(formula)
        forward = pushed_forward(formula)
        found = {
            "forward": forward,
            "twice": carried_back(gradient, "dot"),
            "turned": pushed_forward(gradient),
            "bent": pushed_forward(forward, "dot_x"),
        }
        return {name: machine_rows(root) for name, root in found.items()}

    def formula(self, free: Collection[str]) -> Expr:
        """The formula with every parameter as a number, but the `free` ones."""
        return substitute(self.activation.trained.formula, self._bound(free))

    def _bound(self, free: Collection[str]) -> dict[str, Expr]:
        values = self.activation.values
        return {n: constant(Fraction(v)) for n, v in values.items() if n not in free}
