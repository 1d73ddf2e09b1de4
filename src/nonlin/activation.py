"""Activation: the immutable object that users hold. Everything it knows comes from its formula."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from nonlin._callable import make_callable
from nonlin._errors import InputError
from nonlin._text import Text, language
from nonlin.expr.derivative import derivative
from nonlin.expr.nodes import Expr, constant
from nonlin.expr.paths import Path
from nonlin.expr.recognise import recognise
from nonlin.expr.walk import substitute, symbols
from nonlin.kinds import kind_of, runner
from nonlin.parameter import (
    Call,
    Parameter,
    check_order,
    check_precision,
    own_parameter,
    trace,
    with_values,
)

if TYPE_CHECKING:
    from nonlin.expr.analyse import Properties
    from nonlin.kernels.compile import Kernel


@dataclass(frozen=True, slots=True)
class Activation:
    """An activation function, declared once as a formula in x and its parameters.

    Call it on arrays (NumPy in, NumPy out, dtype in is dtype out; integers become float64).
    `rowwise` functions, such as softmax, act along an axis; all others element by element.
    """

    name: str
    formula: Expr
    parameters: tuple[Parameter, ...] = ()
    titles: tuple[str, str] = ("", "")
    year: int | None = None
    source: str = ""
    aliases: tuple[str, ...] = ()
    from_output: Expr | None = None  # the gradient by x, in `grad` and y = f(x)
    _ready: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def __call__(
        self,
        x: Any,
        /,
        *,
        precision: str = "fast",
        out: Any = None,
        axis: int = -1,
        **parameters: Any,
    ) -> Any:
        """f(x), same shape and dtype as x. `out` receives the result if given (it may be x).

        precision: "fast" (at most 8 ULP) or "exact" (at most 1 ULP). `axis` is for row-wise
        functions. Raises InputError for complex, object and text arrays. Inside the function
        of an activation of your own, x is a symbol, and so is the result.
        """
        try:  # an array of a kind that came before takes the quick way
            run = None if parameters else self._ready[type(x), x.dtype, precision]
        except (KeyError, TypeError, AttributeError):
            run = None
        if run is not None:
            return run(x, out)
        if isinstance(x, Expr):
            return substitute(self.bind(**parameters).graph, {"x": x})
        return self._runner.value(self, x, Call(precision, out, axis, parameters))

    def derivative(
        self,
        x: Any,
        /,
        order: int = 1,
        *,
        precision: str = "fast",
        out: Any = None,
        axis: int = -1,
        **parameters: Any,
    ) -> Any:
        """The derivative of order 1, 2 or 3 at x, same shape and dtype.

        At a kink the derivative is the one that the formula's branch declares: relu'(0) = 0.
        For a row-wise function (order 1 only): the Jacobian, shape (..., n, n), rows last.
        """
        check_order(order)
        call = Call(precision, out, axis, parameters)
        return self._runner.derivative(self, x, int(order), call)

    def value_and_derivative(
        self,
        x: Any,
        /,
        *,
        precision: str = "fast",
        out: Any = None,
        axis: int = -1,
        **parameters: Any,
    ) -> tuple[Any, Any]:
        """(f(x), f'(x)) in one pass over x; `out`, if given, is a pair of arrays."""
        value, slope = self._runner.both(self, x, Call(precision, out, axis, parameters))
        return value, slope

    def backward(
        self,
        grad: Any,
        x: Any,
        /,
        *,
        precision: str = "fast",
        out: Any = None,
        axis: int = -1,
        **parameters: Any,
    ) -> Any:
        """grad * f'(x) in one pass: the gradient by x, given the gradient by f(x).

        Both arrays have one shape, and so has the result. For a row-wise function: the
        Jacobian of every row along `axis`, transposed, times grad. Raises InputError otherwise.
        """
        return self._runner.backward(self, grad, x, Call(precision, out, axis, parameters))

    def backward_from_output(
        self, grad: Any, y: Any, /, *, precision: str = "fast", out: Any = None, axis: int = -1
    ) -> Any:
        """`backward` from the saved output y = f(x): cheaper, and as accurate as y is.

        For sigmoid, tanh, softmax and log_softmax. Raises InputError for the others.
        """
        if self.from_output is None:
            raise InputError("no_backward_from_output", name=self.name)
        return self._runner.backward_from_output(self, grad, y, Call(precision, out, axis))

    def gate(
        self, value: Any, x: Any, /, *, precision: str = "fast", out: Any = None, **parameters: Any
    ) -> Any:
        """value * f(x) in one pass, as in gated linear units (Shazeer, arXiv:2002.05202).

        Both arrays have one shape, and so has the result. Raises InputError otherwise.
        """
        self._needs_elementwise("gate")
        from nonlin.kinds import elementwise

        call = Call(precision, out, parameters=parameters)
        return elementwise.evaluate(self, "gate", (value, x), call)[0]

    def gate_backward(
        self,
        grad: Any,
        value: Any,
        x: Any,
        /,
        *,
        precision: str = "fast",
        out: Any = None,
        **parameters: Any,
    ) -> tuple[Any, Any]:
        """Gradients of `gate` by value and by x: grad * f(x) and grad * value * f'(x), in one pass.

        All arrays have one shape; `out`, if given, is a pair of arrays.
        """
        self._needs_elementwise("gate_backward")
        from nonlin.kinds import elementwise

        call = Call(precision, out, parameters=parameters)
        by_value, by_x = elementwise.evaluate(self, "gate_backward", (grad, value, x), call)
        return by_value, by_x

    def kernel(self, path: Path = (0,), dtype: Any = "float32", precision: str = "fast") -> Kernel:
        """The compiled path: orders (0: value), "backward", "gate", ... Keep it while in use."""
        if not isinstance(dtype, str):
            import numpy as np

            dtype = np.dtype(dtype).name
        try:
            found: Kernel = self._ready[path, dtype, precision]
        except (KeyError, TypeError):  # hashing a whole activation takes longer than a short array
            check_precision(precision)
            found = _kernel(self, path, dtype, precision)
            self._ready[path, dtype, precision] = found
        return found

    def bind(self, **parameters: Any) -> Activation:
        """The same activation with other parameter values."""
        if not parameters:
            return self
        changed = with_values(self.name, self.parameters, parameters)
        return replace(self, parameters=changed)

    @property
    def values(self) -> dict[str, float]:
        """Parameter values by name."""
        return {parameter.name: parameter.value for parameter in self.parameters}

    @property
    def title(self) -> str:
        """The full name, in the language in use."""
        return self.titles[1 if language() == "zh" else 0] or self.name

    @property
    def kind(self) -> str:
        """How it meets arrays: "elementwise" or "rowwise"."""
        return kind_of(self.formula)

    @property
    def elementwise(self) -> bool:
        """Does it act on each element by itself?"""
        return kind_of(self.formula) == "elementwise"

    @property
    def rowwise(self) -> bool:
        """Does it act on whole rows?"""
        return kind_of(self.formula) == "rowwise"

    @property
    def _runner(self) -> Any:
        return runner(kind_of(self.formula))

    @property
    def graph(self) -> Expr:
        """The formula with the parameter values put in, exactly."""
        return substitute(self.formula, {n: constant(Fraction(v)) for n, v in self.values.items()})

    @property
    def latex(self) -> str:
        """The formula in LaTeX, as its author wrote it."""
        from nonlin.emit.latex import latex

        return latex(self.formula)

    @property
    def derivative_latex(self) -> str:
        """The first derivative in LaTeX."""
        from nonlin.emit.latex import latex

        self._needs_elementwise("derivative_latex")
        return latex(derivative(recognise(self.formula)))

    def to_python(self, order: int = 0) -> str:
        """Source of a Python function of one number that needs nothing but the math module.

        order: 0 for the value, 1 to 3 for a derivative. As accurate as the fast kernels, apart
        from what the platform's math library adds.
        """
        from nonlin.emit.source import to_python
        from nonlin.expr.derivative import derivatives
        from nonlin.expr.stable import stabilise

        self._needs_elementwise("to_python")
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
    def properties(self) -> Properties:
        """What can be read off the formula: see `nonlin.expr.analyse.Properties`."""
        self._needs_elementwise("properties")
        return _properties(self.graph)

    @property
    def range(self) -> tuple[float, float]:
        """Least upper and greatest lower bound of the values."""
        low, high = self._runner.value_range(self)
        return low, high

    @property
    def kinks(self) -> tuple[float, ...]:
        """Points where the value or the first derivative jumps."""
        found: tuple[float, ...] = self._runner.kinks(self)
        return found

    @property
    def strengths(self) -> list[Text]:
        """What speaks for it, derived from the properties."""
        found: list[Text] = self._runner.strengths(self)
        return found

    @property
    def weaknesses(self) -> list[Text]:
        """What speaks against it, derived from the properties."""
        found: list[Text] = self._runner.weaknesses(self)
        return found

    @property
    def gain(self) -> float:
        """1 / sqrt(E[f(z)^2]), z standard normal: the forward gain for initialisation."""
        from nonlin.theory.gains import gain

        self._needs_elementwise("gain")
        return gain(recognise(self.graph), self.properties.breakpoints)

    @property
    def gain_backward(self) -> float:
        """1 / sqrt(E[f'(z)^2]), z standard normal: the backward gain for initialisation."""
        from nonlin.theory.gains import gain_backward

        self._needs_elementwise("gain_backward")
        return gain_backward(recognise(self.graph), self.properties.breakpoints)

    def _needs_elementwise(self, what: str) -> None:
        if not self.elementwise:
            raise InputError("rowwise", name=self.name, what=what)

    def __reduce__(self) -> tuple[Any, ...]:
        kept = (each.name for each in fields(self) if each.init)
        return Activation, tuple(getattr(self, name) for name in kept)

    def __repr__(self) -> str:
        from nonlin.expr.text import infix

        values = "".join(f", {name}={value:g}" for name, value in self.values.items())
        return f"<Activation {self.name}: {infix(self.formula)}{values}>"


@lru_cache(maxsize=4096)
def _kernel(activation: Activation, path: Path, dtype: str, precision: str) -> Kernel:
    from nonlin.kernels.compile import compile_kernel

    activation._needs_elementwise("kernel")
    formula = activation.from_output if path == "from_output" else activation.formula
    if formula is None:
        raise InputError("no_backward_from_output", name=activation.name)
    return compile_kernel(formula, path, dtype, precision, activation.values)


@lru_cache(maxsize=512)
def _properties(graph: Expr) -> Properties:
    from nonlin.expr.analyse import properties

    return properties(recognise(graph))


def activation(name: str, formula: str | Callable[..., Any], /, **parameters: float) -> Activation:
    """Your own activation from a formula such as "x * sigmoid(beta * x)", beta=1.5.

    The formula is a string in x and the named parameters (never evaluated as code), or a
    Python function that is traced once on symbols. Everything that the catalogue's entries
    can do, it can do too. Inside a Python function, NumPy's functions work on the symbols:
    `nl.activation("mine", lambda x: x * np.tanh(np.log1p(np.exp(x))))`. Raises InputError for
    what a formula may not contain.
    """
    from nonlin.expr.parse import parse

    if not isinstance(name, str) or not name.strip():
        raise InputError("activation_name", given=repr(name))
    rows = {n: own_parameter(n, value) for n, value in parameters.items()}
    root = trace(formula, rows) if callable(formula) else parse(formula, tuple(rows))
    unknown = [n for n in symbols([root]) if n != "x" and n not in rows]
    if unknown:
        raise InputError("unbound_parameter", name=unknown[0])
    return Activation(name, root, tuple(rows.values()), (name, name))


make_callable(__name__)
