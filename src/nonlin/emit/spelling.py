"""How libraries for arrays spell primitives: as text, for code, and as functions, to be run.

A table of spellings does not import its library: functions are looked up in the module that is
handed over. What a library lacks is put together from what it has (see `basic`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from nonlin.emit.basic import OPERATORS, basic, filled
from nonlin.expr import interpret
from nonlin.expr.nodes import Expr
from nonlin.expr.primitives import TABLE

Function = Callable[..., Any]
_PATHS = {"jnp": "numpy.", "ops": "ops."}  # what code has under a name of its own


@dataclass(frozen=True, slots=True)
class Spelling:
    """One primitive: the text, {0} for the first argument, and its function in the module."""

    text: str
    function: Callable[[Any], Function]


Spellings = Mapping[str, Spelling]


def named(prefix: str, *same: str, **names: str) -> dict[str, Spelling]:
    """Functions under the name of the primitive, or another one, such as absolute="abs"."""
    names = dict(zip(same, same, strict=True)) | names
    return {each: call(f"{prefix}.{name}", TABLE[each].arity) for each, name in names.items()}


def call(name: str, arity: int = 1, *more: Any, **options: Any) -> Spelling:
    """A function, such as "torch.amax", on the arguments, `more` and options."""
    places = [f"{{{place}}}" for place in range(arity)]
    written = [*places, *map(repr, more), *(f"{key}={each!r}" for key, each in options.items())]
    found = _in_module(name)

    def function(module: Any) -> Function:
        called: Function = found(module)
        if more or options:
            return lambda *arguments: called(*arguments, *more, **options)
        return called

    return Spelling(f"{name}({', '.join(written)})", function)


def _in_module(name: str) -> Callable[[Any], Any]:
    prefix, _, rest = name.partition(".")
    return attrgetter(_PATHS.get(prefix, "") + rest)


def guard(prefix: str) -> Spelling:
    """NaN in, NaN out, in a library with `where` and `isnan`."""

    def function(where: Function, isnan: Function) -> Function:
        return lambda a, x: where(isnan(x), x, a)

    text = f"{prefix}.where({prefix}.isnan({{1}}), {{1}}, {{0}})"
    return _made_of(text, function, f"{prefix}.where", f"{prefix}.isnan")


def normal_cdf(erfc: str) -> Spelling:
    """By the complementary error function of that name."""

    def function(found: Function) -> Function:
        return lambda a: 0.5 * found(-0.7071067811865476 * a)

    return _made_of(f"(0.5 * {erfc}(-0.7071067811865476 * ({{0}})))", function, erfc)


def damp(prefix: str) -> Spelling:
    """In a library with `where` and `copysign`; see `helpers`."""

    def function(where: Function, copysign: Function) -> Function:
        return lambda a, b: where(a == 0, copysign(a, b), a * b)

    return _made_of("_damp({0}, {1})", function, f"{prefix}.where", f"{prefix}.copysign")


def _made_of(text: str, function: Callable[..., Function], *names: str) -> Spelling:
    """A function made of others, which are looked up once: compilers trace no look-ups."""
    found = [_in_module(name) for name in names]
    return Spelling(text, lambda module: function(*(each(module) for each in found)))


def with_threshold(spellings: Spellings) -> dict[str, Spelling]:
    """The table with `row_threshold`, by bisection on what the table has; see `helpers`."""

    def function(module: Any) -> Function:
        found = functions(spellings, module)
        where, positive = found["where"], found["positive"]

        def threshold(z: Any, power: Any) -> Any:
            low = found["row_max"](z) - 1.0
            high = low + 1.0
            for _ in range(60):
                middle = 0.5 * (low + high)
                more = found["row_sum"](positive(z - middle) ** power) > 1.0
                low, high = where(more, middle, low), where(more, high, middle)
            return high

        return threshold

    return {**spellings, "row_threshold": Spelling("_threshold({0}, {1})", function)}


def texts(spellings: Spellings) -> dict[str, str]:
    """The table for code."""
    return {primitive: row.text for primitive, row in spellings.items()}


def functions(spellings: Spellings, module: Any) -> dict[str, Function]:
    """The table for graphs that are run: functions of the module, and operators."""
    found = {primitive: row.function(module) for primitive, row in spellings.items()}
    return {**interpret.OPERATORS, **found}


def runner(
    roots: Sequence[Expr],
    names: Sequence[str],
    spellings: Spellings,
    module: Any,
    *,
    fill_all: bool = False,
    digits: str = "double",
) -> Callable[..., list[Any]]:
    """The expressions as one function of arrays of a library, by the names of their symbols.

    Each result has the shape of x. What it does is what exported code does, step by step.
    digits: "double", or "single" for float32 only.
    """
    ready = [filled(basic(root, (*OPERATORS, *spellings), digits), fill_all) for root in roots]
    return interpret.interpreter(ready, names, functions(spellings, module))


_THRESHOLD = '''\
def _threshold(z, power):
    """t with sum(max(z - t, 0) ** power) = 1 over the last axis, by bisection."""
    low = {largest} - 1.0
    high = low + 1.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        above = {positive}
        more = {total} > 1.0
        low, high = {choose_low}, {choose_high}
    return high

'''
_DAMP = '''\
def _damp(a, b):
    """a * b, where an a that has vanished beats an infinite b."""
    return {product}

'''


def helpers(spelt: Mapping[str, str], product: str) -> dict[str, str]:
    """The functions that spellings call, as code; product: of a and b, where a = 0 beats b."""
    threshold = _THRESHOLD.format(
        largest=spelt["row_max"].format("z"),
        positive=spelt["positive"].format("z - middle"),
        total=spelt["row_sum"].format("above**power"),
        choose_low=spelt["where"].format("more", "middle", "low"),
        choose_high=spelt["where"].format("more", "high", "middle"),
    )
    return {"_damp": _DAMP.format(product=product), "_threshold": threshold}
