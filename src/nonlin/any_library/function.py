"""An activation as a function of arrays of any library: its kind, parameters, noise, axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from nonlin._errors import InputError
from nonlin.activation import Activation
from nonlin.any_library import axes
from nonlin.any_library.bound import (
    bound,
    check_hashable,
    formula_of,
    noises,
    parts_of,
    pieces_of,
)
from nonlin.expr.nodes import Expr
from nonlin.function import Function, kind_of
from nonlin.parameter import check_names

MOST = 64  # sets of numbers that a function is remembered with
Run = Callable[..., Any]


class Library(Protocol):
    """What an array library must have."""

    @property
    def xp(self) -> Any:
        """split, moveaxis, reshape, concatenate, argmax, take_along_axis under NumPy's names."""

    def is_array(self, value: Any) -> bool:
        """An array, traced or not; else a parameter is a number."""

    def floating(self, name: str, *given: Any) -> tuple[Any, ...]:
        """Arrays of one floating dtype. InputError for what is none; name: of the activation."""

    def element(self, formula: Expr, names: tuple[str, ...]) -> Any:
        """The formula as a function of arrays that broadcast to the first; `by`: its derivative."""

    def rows(self, formula: Expr, names: tuple[str, ...], rule: Expr | None) -> Any:
        """The same of rows, the last axis; rule: the gradient by x in `grad` and `y`."""


class Ready(NamedTuple):
    """A function with its derivatives, and the names of the arrays that it takes."""

    part: Any
    names: tuple[str, ...]


class AnyFunction:
    """f(x) for arrays of one library: dtype in is dtype out, with all derivatives."""

    def __init__(self, activation: Activation, library: Library) -> None:
        self.activation, self.library = activation, library
        self.kind, self.rowwise = activation.kind, activation.rowwise
        self.noises = noises(activation)
        self._known: dict[Any, Any] = {}

    def __call__(
        self, x: Any, gate: Any, axis: int, noise: Mapping[str, Any], parameters: Mapping[str, Any]
    ) -> Any:
        """f(x), or of value and gate; noise: arrays like x by name, in training."""
        given = self.checked(x, gate)
        xp = self.library.xp
        if self.kind == "reshaping":
            check_names(self.activation.name, self.activation.parameters, dict.fromkeys(parameters))
            pieces = pieces_of(self.activation, parameters)
            return axes.reshaped(xp, self._parts, given[0], axis, pieces)
        ready = self.ready(parameters, bool(noise))
        if self.kind == "gated":
            value, gated = given if gate is not None else axes.halves(xp, given[0], axis)
            axes.check_pair(value, gated)
            return ready.part(gated, value)
        if self.rowwise:
            return axes.along_rows(xp, ready.part, [given[0], *noise.values()], axis)
        others = [
            axes.spread(xp, name, parameters[name], given[0], axis)
            for name in ready.names[1:]
            if name not in noise
        ]
        return ready.part(given[0], *others, *noise.values())

    def checked(self, x: Any, gate: Any = None) -> tuple[Any, ...]:
        """The arrays, of one floating dtype."""
        if gate is not None and self.kind != "gated":
            raise InputError("not_gated", name=self.activation.name)
        return self.library.floating(self.activation.name, *((x,) if gate is None else (x, gate)))

    def ready(self, parameters: Mapping[str, Any], training: bool) -> Ready:
        """With the numbers among the parameters put in, and noise in training."""
        free = tuple(n for n, v in parameters.items() if self.library.is_array(v))
        numbers = tuple((n, v) for n, v in parameters.items() if n not in free)
        check_hashable(numbers)
        key = free, numbers, training
        if key not in self._known:
            if len(self._known) >= MOST:  # a number that changes at every step, perhaps
                self._known.clear()
            function, names = bound(self.activation, free, numbers, training)
            self._known[key] = Ready(self._part(function, names), names)
        found: Ready = self._known[key]
        return found

    def _part(self, function: Function, names: tuple[str, ...]) -> Any:
        formula = formula_of(function, names)
        if kind_of(function.formula) != "rowwise":
            return self.library.element(formula, names)
        rule = function.from_output
        ready = None if rule is None else formula_of(function, names, rule)
        return self.library.rows(formula, names, ready)

    def derivative(self, x: Any, order: int, parameters: Mapping[str, Any]) -> Any:
        """Of an element-wise function, by x, with further derivatives, in no lower precision."""
        (x,) = self.checked(x)
        ready = self.ready(parameters, False)
        if len(ready.names) > 1:
            raise InputError("tensor_parameter", name=self.activation.name, given=ready.names[1])
        part = ready.part
        for _ in range(order):
            part = part.by("x")
        return part(x)

    @cached_property
    def _parts(self) -> list[Run | None]:
        found = parts_of(self.activation)
        return [each if each is None else self._part(each, ("x",)) for each in found]
