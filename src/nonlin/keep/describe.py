"""A network without its weights, as plain values, and back."""

from __future__ import annotations

from dataclasses import dataclass

from nonlin._errors import InputError
from nonlin.activation import Activation, activation
from nonlin.catalogue import get
from nonlin.expr.infix import infix
from nonlin.keep.plain_values import shown
from nonlin.network import Network


@dataclass(frozen=True, slots=True)
class FunctionText:
    """An activation: its name, its formula in x and the parameters, their values.

    The formula is written down even if the catalogue has the name: a later version of it may
    mean another function, and then the formula is what counts.
    """

    name: str
    formula: str
    parameters: dict[str, float]


@dataclass(frozen=True, slots=True)
class Blueprint:
    """All that a network is, apart from its weights."""

    sizes: tuple[int, ...]
    hidden: tuple[FunctionText, ...]
    output: FunctionText
    init: str
    seed: int
    dtype: str


def blueprint_of(network: Network) -> Blueprint:
    """What `load` builds the network from, beside its weights."""
    return Blueprint(
        network.sizes,
        tuple(map(function_of, network.hidden)),
        function_of(network.output),
        network.init,
        network.seed,
        network.dtype.name,
    )


def function_of(given: Activation) -> FunctionText:
    """An activation as text; InputError if no formula of at most 300 characters gives it back."""
    function = FunctionText(given.name, infix(given.trained.formula), dict(given.values))
    try:
        same = activation_of(function, "").trained.graph == given.trained.graph
    except InputError:
        same = False
    if not same:
        raise InputError("model_formula", name=given.name)
    return function


def activation_of(function: FunctionText, where: str) -> Activation:
    """The activation that the text describes; its formula is parsed, never evaluated."""
    try:
        entry = _entry(function.name, function.formula)
        if entry is not None and set(entry.values) == set(function.parameters):
            return entry.bind(**function.parameters)
        return activation(function.name, function.formula, **function.parameters)
    except (InputError, TypeError) as error:
        reason = str(error) if isinstance(error, InputError) else shown(function.parameters)
        raise InputError("model_activation", where=where, reason=reason) from None


def entry_of(given: Activation) -> Activation | None:
    """The catalogue's entry of this name and formula, with its own parameter values."""
    return _entry(given.name, infix(given.trained.formula))


def _entry(name: str, formula: str) -> Activation | None:
    try:
        entry = get(name)
    except InputError:
        return None
    return entry if entry.name == name and infix(entry.trained.formula) == formula else None


def as_python(given: Activation) -> str:
    """How Python code says which activation it is."""
    values = "".join(f", {name}={value!r}" for name, value in given.values.items())
    entry = entry_of(given)
    if entry is None:
        return f"nl.activation({given.name!r}, {infix(given.trained.formula)!r}{values})"
    return repr(given.name) if entry == given else f"nl.get({given.name!r}).bind({values[2:]})"
