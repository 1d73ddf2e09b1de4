"""The catalogue: every activation that nonlin knows, by name and alias."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from types import ModuleType

from nonlin._errors import InputError
from nonlin.activation import Activation
from nonlin.catalogue import (
    bounded,
    gated,
    periodic,
    piecewise,
    powers,
    random,
    rectified,
    rowwise,
    self_gated,
    sigmoidal,
    smooth,
    surrogates,
)
from nonlin.expr.nodes import symbol
from nonlin.expr.walk import substitute

_ROOMS: tuple[ModuleType, ...] = (
    sigmoidal, bounded, rectified, piecewise, smooth, powers, self_gated, periodic, rowwise,
    gated, random, surrogates,
)  # fmt: skip


def _entries() -> Iterator[Activation]:
    for room in _ROOMS:
        yield from (entry for entry in vars(room).values() if isinstance(entry, Activation))


@cache
def _by_name() -> dict[str, Activation]:
    table: dict[str, Activation] = {}
    for entry in _entries():
        for name in (entry.name, *entry.aliases):
            if name in table:
                raise ValueError(f"two activations are called {name}")
            table[name] = entry
    return table


@cache
def _by_spelling() -> dict[str, Activation]:
    """Names without signs between their words, where that leaves them apart."""
    from nonlin.catalogue.elsewhere import plain

    table: dict[str, list[Activation]] = {}
    for name, entry in _by_name().items():
        table.setdefault(plain(name), []).append(entry)
    return {name: found[0] for name, found in table.items() if len({*map(id, found)}) == 1}


def names() -> tuple[str, ...]:
    """Names of all entries, in the order of the catalogue (aliases left out)."""
    return tuple(entry.name for entry in _entries())


def families() -> dict[str, tuple[str, ...]]:
    """Names of all entries by their family, such as "rectified", in the order of the catalogue."""
    return {
        room.__name__.rpartition(".")[2]: tuple(
            entry.name for entry in vars(room).values() if isinstance(entry, Activation)
        )
        for room in _ROOMS
    }


def get(name: str | Activation) -> Activation:
    """The entry of that name or alias, also as "Leaky ReLU"; an Activation is given back as it is.

    A name in another library, such as "keras.layers.LeakyReLU", gives the entry with that
    library's default parameters and order of arguments; options may follow it, as in
    "nn.LeakyReLU(0.1)". Raises InputError, with the three nearest names, for others.
    """
    if isinstance(name, Activation):
        return name
    if not isinstance(name, str):
        raise InputError("activation_type", given=repr(name))
    if (found := find(name)) is not None:
        return found
    from nonlin.catalogue import calls, elsewhere  # an own name does not wait for them

    if (called := calls.split(name.strip())) is None:
        raise elsewhere.unknown(name, _by_name())
    bare = get(called.name)
    own = tuple(parameter.name for parameter in bare.parameters)
    order = elsewhere.arguments(called.name) if "." in called.name else own
    written, options = calls.resolve(called, order)
    return (bare if written == called.name else get(written)).bind(**options)


def find(name: str) -> Activation | None:
    """The entry of a name without options, own or of another library; None if there is none."""
    table, written = _by_name(), name.strip()
    if found := table.get(written) or table.get(written.lower().replace("-", "_")):
        return found
    from nonlin.catalogue import elsewhere

    if "." not in written:
        return _by_spelling().get(elsewhere.plain(written)) if "(" not in written else None
    row = elsewhere.find(written)
    if row is None:
        return None
    found = table[row.entry].bind(**row.parameters)
    return _gate_first(found) if row.gate_first else found


def _gate_first(pair: Activation) -> Activation:
    """The gated pair with its arguments in the other order."""
    exchanged = {"x": symbol("value"), "value": symbol("x")}
    return replace(pair, formula=substitute(pair.formula, exchanged))
