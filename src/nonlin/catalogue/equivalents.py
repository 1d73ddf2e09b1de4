"""Which names are the same function, and which libraries mean different ones by the same name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING

from nonlin.activation import Activation
from nonlin.catalogue import elsewhere, get, names
from nonlin.expr.nodes import Expr
from nonlin.expr.recognise import recognise
from nonlin.parameter import NOISE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Group = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Names that are spelt alike and are different functions.

    spelling: the last part without case and underscores, such as "hardsigmoid"; groups: the
    names, one tuple for each function; difference: the largest between the values of two of
    them for -6 <= x < 6 (rows: of such numbers).
    """

    spelling: str
    groups: tuple[Group, ...]
    difference: float


@dataclass(frozen=True, slots=True)
class Equivalents:
    """Names that are the same function, and those that look so and are not.

    groups: tuples of two names or more, the catalogue's own first, aliases next.
    """

    groups: tuple[Group, ...]
    conflicts: tuple[Conflict, ...]

    def of(self, name: str) -> Group:
        """All names of the function called `name`, itself included."""
        return next((group for group in self.groups if name in group), (name,))


@cache
def equivalents() -> Equivalents:
    """All names that are the same function, each library's at its default parameters.

    Found by comparing formulas, then values in double precision at 2400 points with all kinks,
    and in the tails: equal means to within rounding. Random functions: as in training.
    """
    named = _named()
    values = {activation: _values(activation) for activation in set(named.values())}
    numbers = _numbers(dict.fromkeys(named.values()), values)
    groups: dict[int, list[str]] = defaultdict(list)
    for name, activation in named.items():
        groups[numbers[activation]].append(name)
    same = tuple(tuple(group) for group in groups.values() if len(group) > 1)
    shown = {number: values[named[group[0]]] for number, group in groups.items()}
    return Equivalents(same, tuple(_conflicts(groups, shown)))


def _named() -> dict[str, Activation]:
    """Every name with its function: own names, aliases, names elsewhere."""
    own = {name: get(name) for name in names()}
    aliases = {alias: entry for entry in own.values() for alias in entry.aliases}
    dotted = {name: get(name) for name in elsewhere.names_elsewhere()}
    return {**own, **aliases, **dotted}


def _numbers(
    activations: Iterable[Activation], values: Mapping[Activation, Array]
) -> dict[Activation, int]:
    """A number for each function: the same number for the same function."""
    numbers: dict[Activation, int] = {}
    by_graph: dict[Expr, int] = {}
    found: list[Array] = []  # the values of each function
    for activation in activations:
        graph = recognise(_graph(activation))
        number = by_graph.get(graph)
        if number is None:
            mine = values[activation]
            number = next((n for n, other in enumerate(found) if _same(mine, other)), len(found))
        if number == len(found):
            found.append(values[activation])
        by_graph[graph] = numbers[activation] = number
    return numbers


@cache
def _grid() -> tuple[Array, Array]:
    """x and a second input, in rows of 8: first the numbers up to 6, last the tails."""
    import numpy as np

    chance = np.random.default_rng(0)
    near = np.arange(-600, 600) / 100
    far = np.concatenate([np.arange(600, 1200) / 100, -np.arange(601, 1201) / 100])
    tails = np.array([-1e3, -100.0, -50.0, -20.0, 20.0, 50.0, 100.0, 1e3])
    x = np.concatenate([chance.permutation(near), chance.permutation(far), tails]).reshape(-1, 8)
    return x, chance.standard_normal(x.shape)


def _graph(activation: Activation) -> Expr:
    """The formula with parameter values; a random function is what it is in training."""
    if activation.training is None:
        return activation.trained.graph
    return replace(activation, formula=activation.training).graph


def _values(activation: Activation) -> Array:
    """On the grid, whatever its kind: a gated pair takes both inputs, noise is the second.

    A surrogate's slopes follow: what trains in another way is another function.
    """
    import numpy as np

    from nonlin.emit.numpy import compile_numpy

    x, other = _grid()
    if activation.kind == "reshaping":  # the NumPy target gives results of the shape of x
        reshaped: Array = activation(x, precision="exact")
        return reshaped
    run = compile_numpy(_graph(activation), "x", "value", *NOISE)
    found: Array = run(x, other, *(other for _ in NOISE))
    if activation.surrogate is None:
        return found
    return np.concatenate([found, activation.backward(np.ones_like(x), x, precision="exact")])


def _same(a: Array, b: Array) -> bool:
    import numpy as np

    return a.shape == b.shape and bool(
        np.allclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True)  # 1e-12: exp(x) - 1 cancels
    )


def _conflicts(groups: Mapping[int, list[str]], values: Mapping[int, Array]) -> Iterator[Conflict]:
    """The names that are one word once case and underscores are dropped, in several groups."""
    spelt: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for number, group in groups.items():
        for name in group:
            spelt[elsewhere.plain(name)][number].append(name)
    for spelling, parts in sorted(spelt.items()):
        if len(parts) > 1:
            difference = max(_difference(values[a], values[b]) for a, b in combinations(parts, 2))
            yield Conflict(spelling, tuple(map(tuple, parts.values())), difference)


def _difference(a: Array, b: Array) -> float:
    """The largest, up to 6; infinite if the results have different shapes."""
    import numpy as np

    near = slice(150)  # rows of numbers between -6 and 6
    return float(np.max(np.abs(a[near] - b[near]))) if a.shape == b.shape else np.inf
