"""Activation: the immutable object that users hold. Everything it knows comes from its formula."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from nonlin import kinds
from nonlin._callable import make_callable
from nonlin._errors import InputError
from nonlin._text import Text, language
from nonlin.array_function import ArrayFunction
from nonlin.expr.analyse import breakpoints
from nonlin.expr.derivative import derivative
from nonlin.expr.nodes import constant, multiply
from nonlin.expr.recognise import recognise
from nonlin.expr.simplify import simplify
from nonlin.expr.surrogate import without_surrogates
from nonlin.expr.walk import symbols
from nonlin.function import kind_of
from nonlin.parameter import check_order, own_parameter, trace

if TYPE_CHECKING:
    from nonlin.gaussian_moments.moments import Moments

SHIFT = 600  # a power of two


@dataclass(frozen=True, slots=True)
class Activation(ArrayFunction):
    """An activation function, declared once as a formula in x and its parameters.

    Call it on arrays (NumPy in, NumPy out, dtype in is dtype out; integers become float64).
    Its `kind` says how it meets them: element by element, row by row, as a gated pair, ...
    """

    titles: tuple[str, str] = ("", "")
    year: int | None = None
    source: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The full name, in the language in use."""
        return self.titles[1 if language() == "zh" else 0] or self.name

    @property
    def latex(self) -> str:
        """The formula in LaTeX, as its author wrote it."""
        from nonlin.emit.latex import latex

        return latex(self.formula)

    @property
    def derivative_latex(self) -> str:
        """The first derivative in LaTeX."""
        from nonlin.emit.latex import latex

        self.needs_elementwise("derivative_latex")
        return latex(derivative(recognise(self.formula)))

    def to_python(self, order: int = 0) -> str:
        """Source of a Python function of one number that needs nothing but the math module.

        order: 0 for the value, 1 to 3 for a derivative. As accurate as the fast kernels, apart
        from what the platform's math library adds.
        """
        from nonlin.emit.python import to_python
        from nonlin.expr.derivative import derivatives
        from nonlin.expr.stable import stabilise

        self.needs_elementwise("to_python")
        if order != 0:
            check_order(order)
        plain = re.sub(r"\W|^(?=\d)", "_", self.name)
        name = plain if order == 0 else f"{plain}_derivative_{order}"
        return to_python(stabilise(derivatives(self.formula, (order,))[0]), name, self.values)

    def _repr_html_(self) -> str:
        """What a notebook shows: formula, curve and derivative, what is known about it."""
        from nonlin.sketch.card import card

        return card(self)

    @property
    def range(self) -> tuple[float, float]:
        """Least upper and greatest lower bound of the values."""
        low, high = kinds.teller(kind_of(self.formula)).value_range(self)
        return low, high

    @property
    def kinks(self) -> tuple[float, ...]:
        """Points where the value or the first derivative jumps."""
        found: tuple[float, ...] = kinds.teller(kind_of(self.formula)).kinks(self)
        return found

    @property
    def strengths(self) -> list[Text]:
        """What speaks for it, derived from the properties."""
        return kinds.strengths(self)

    @property
    def weaknesses(self) -> list[Text]:
        """What speaks against it, derived from the properties."""
        return kinds.weaknesses(self)

    @property
    def gain(self) -> float:
        """1 / sqrt(E[f(z)^2]), z standard normal: the forward gain for initialisation."""
        self.needs_elementwise("gain")
        return self._gain("gain")

    @property
    def gain_backward(self) -> float:
        """1 / sqrt(E[f'(z)^2]), z standard normal: the backward gain for initialisation.

        With a surrogate f' is its slope, as in training.
        """
        self.needs_elementwise("gain_backward")
        return self.trained._gain("gain_backward")

    def _gain(self, which: str) -> float:
        """Where the square of f is no number though f is: that of f times a power of two."""
        from nonlin.gaussian_moments.moments import gaussian_moments

        found: float = getattr(self._moments, which)
        if math.isnan(found) or 0 < found < math.inf:
            return found
        shift = -SHIFT if found == 0 else SHIFT
        root = simplify(multiply(constant(Fraction(2) ** shift), recognise(self.graph)))
        scaled: float = getattr(gaussian_moments(root, breakpoints(root)), which)
        return math.ldexp(scaled, shift) if 0 < scaled < math.inf else found

    @property
    def _moments(self) -> Moments:
        return self._once("moments", self._standard_moments)

    def _standard_moments(self) -> Moments:
        from nonlin.gaussian_moments.moments import gaussian_moments

        root = recognise(self.graph)
        return gaussian_moments(root, breakpoints(root))

    def __repr__(self) -> str:
        from nonlin.expr.infix import infix

        values = "".join(f", {name}={value:g}" for name, value in self.values.items())
        return f"<Activation {self.name}: {infix(self.formula)}{values}>"


def activation(name: str, formula: str | Callable[..., Any], /, **parameters: float) -> Activation:
    """Your own activation from a formula such as "x * sigmoid(beta * x)", beta=1.5.

    The formula is a string in x and the named parameters (never evaluated as code), or a
    Python function that is traced once on symbols. Everything that the catalogue's entries
    can do, it can do too. Inside a Python function, NumPy's functions work on the symbols:
    `nl.activation("mine", lambda x: x * np.tanh(np.log1p(np.exp(x))))`. Raises InputError for
    what a formula may not contain.
    """
    from nonlin.expr.parse import parse

    written = isinstance(name, str) and name.encode(errors="ignore").decode() == name
    if not written or not name.strip():
        raise InputError("activation_name", given=repr(name))
    rows = {n: own_parameter(n, value) for n, value in parameters.items()}
    root = trace(formula, rows) if callable(formula) else parse(formula, tuple(rows))
    unknown = [n for n in symbols([root]) if n != "x" and n not in rows]
    if unknown:
        raise InputError("unbound_parameter", name=unknown[0])
    plain = without_surrogates(root)
    surrogate = None if plain is root else root
    return Activation(name, plain, tuple(rows.values()), surrogate=surrogate, titles=(name, name))


make_callable(__name__)
