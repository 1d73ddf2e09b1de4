"""A formula with parameters, and what is computed from it; arrays meet it in `kinds`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self, TypeVar

from nonlin._errors import InputError
from nonlin._text import text
from nonlin.expr.nodes import Expr, constant, is_call
from nonlin.expr.paths import Path, is_gated
from nonlin.expr.recognise import recognise
from nonlin.expr.reductions import RESHAPES, is_rowwise
from nonlin.expr.surrogate import without_surrogates
from nonlin.expr.walk import substitute
from nonlin.parameter import Parameter, check_precision, with_values

if TYPE_CHECKING:
    from nonlin.expr.analyse import Properties
    from nonlin.kernels.compile import Kernel

Made = TypeVar("Made")

FUNCTION_KINDS = ("elementwise", "rowwise", "gated", "reshaping", "random")


@lru_cache(maxsize=4096)
def kind_of(formula: Expr) -> str:
    """How a formula meets arrays: every kind but "random"."""
    if is_call(formula, *RESHAPES):
        return "reshaping"
    if is_gated(formula):
        return "gated"
    return "rowwise" if is_rowwise(formula) else "elementwise"


@dataclass(frozen=True, slots=True, weakref_slot=True)  # jax.jit refers to what it compiles
class Function:
    """A formula in x and its parameters, immutable: what a module of `kinds` works on."""

    name: str
    formula: Expr
    parameters: tuple[Parameter, ...] = ()
    from_output: Expr | None = None  # the gradient by x, in `grad` and y = f(x)
    training: Expr | None = None  # the formula in training, in x and noise
    surrogate: Expr | None = None  # the formula with surrogates, which gradients go by
    _ready: dict[Any, Any] = field(default_factory=dict, init=False, compare=False, repr=False)

    def kernel(
        self,
        path: Path = (0,),
        dtype: Any = "float32",
        precision: str = "fast",
        columns: tuple[str, ...] = (),
    ) -> Kernel:
        """The compiled path: orders (0: value), "backward", "gate", ... Keep it while in use.

        columns: parameters that it takes as arrays, after the arrays of the path.
        """
        if not isinstance(dtype, str):
            import numpy as np

            dtype = np.dtype(dtype).name
        try:
            found: Kernel = self._ready[path, dtype, precision, columns]
        except (KeyError, TypeError):  # hashing a whole activation takes longer than a short array
            check_precision(precision)
            found = _kernel(self, path, dtype, precision, columns)
            self._ready[path, dtype, precision, columns] = found
        return found

    def bind(self, **parameters: Any) -> Self:
        """The same activation with other parameter values."""
        if not parameters:
            return self
        changed = with_values(self.name, self.parameters, parameters)
        return replace(self, parameters=changed)

    @property
    def itself(self) -> Self:
        """The same function, whose derivative is its own for every library."""
        if self.surrogate is None:
            return self
        return self._once("itself", lambda: replace(self, surrogate=None))

    @property
    def trained(self) -> Self:
        """The same function, whose derivative is what training takes; itself without surrogates."""
        carried = self.surrogate
        if carried is None or without_surrogates(carried) is not self.formula:
            return self
        return self._once("trained", lambda: replace(self, formula=carried, surrogate=None))

    @property
    def values(self) -> dict[str, float]:
        """Parameter values by name."""
        return {parameter.name: parameter.value for parameter in self.parameters}

    @property
    def kind(self) -> str:
        """How it meets arrays: one of `FUNCTION_KINDS`, read off the formula."""
        return "random" if self.training is not None else kind_of(self.formula)

    @property
    def elementwise(self) -> bool:
        """Does it act on each element by itself?"""
        return kind_of(self.formula) == "elementwise"

    @property
    def rowwise(self) -> bool:
        """Does it act on whole rows?"""
        return kind_of(self.formula) == "rowwise"

    @property
    def learned(self) -> tuple[str, ...]:
        """Names of the parameters that networks learn, one number for a layer or a channel."""
        return tuple(parameter.name for parameter in self.parameters if parameter.learned)

    @property
    def graph(self) -> Expr:
        """The formula with the parameter values put in, exactly."""
        return self._once("graph", self._graph)

    def _graph(self) -> Expr:
        return substitute(self.formula, {n: constant(Fraction(v)) for n, v in self.values.items()})

    @property
    def properties(self) -> Properties:
        """What can be read off the formula: see `nonlin.expr.analyse.Properties`."""
        self.needs_elementwise("properties")
        return _properties(self.graph)

    @property
    def curve(self) -> Self:
        """The element-wise function to draw: for a gated pair that of the gate, at value 1."""
        if self.kind == "gated":
            return replace(self, formula=substitute(self.formula, {"value": 1}))
        self.needs_elementwise("curve")
        return self

    def _once(self, what: str, make: Callable[[], Made]) -> Made:
        """What `make` gives, the first time that it is asked for."""
        if what not in self._ready:
            self._ready[what] = make()
        found: Made = self._ready[what]
        return found

    def needs_elementwise(self, what: str) -> None:
        """InputError for other kinds; `what` is asked, as the messages under `asked` name it."""
        if not self.elementwise:
            kind = text(f"kinds.{kind_of(self.formula)}")
            raise InputError(
                "only_elementwise", name=self.name, what=text(f"asked.{what}"), kind=kind
            )

    def __reduce__(self) -> tuple[Any, ...]:
        kept = (each.name for each in fields(self) if each.init)
        return type(self), tuple(getattr(self, name) for name in kept)


@lru_cache(maxsize=512)
def _properties(graph: Expr) -> Properties:
    from nonlin.expr.analyse import properties

    return properties(recognise(graph))


@lru_cache(maxsize=4096)
def _kernel(
    function: Function, path: Path, dtype: str, precision: str, columns: tuple[str, ...]
) -> Kernel:
    from nonlin.kernels.compile import compile_kernel

    if kind_of(function.formula) != "gated" or path not in ("gate", "gate_backward"):
        function.needs_elementwise("kernel")
    if isinstance(path, str):  # a gradient, or nothing that has a derivative
        function = function.trained
    formula = function.from_output if path == "from_output" else function.formula
    if formula is None:
        raise InputError("no_backward_from_output", name=function.name)
    numbers = {name: value for name, value in function.values.items() if name not in columns}
    if dtype == "float32" and not all(map(_fits_float32, numbers.values())):
        precision = "exact"  # float64 inside: fast kernels would take 1e-300 for 0
    return compile_kernel(formula, path, dtype, precision, numbers, columns)


def _fits_float32(value: float) -> bool:
    return value == 0 or 2.0**-126 <= abs(value) < 2.0**127
