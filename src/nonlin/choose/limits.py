"""What the user cannot use is left out before anything is trained: limits on candidates.

Each is read off `Activation.properties`, but for `max_ns`, which is measured on this machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nonlin import checks
from nonlin._errors import InputError, nearest
from nonlin._text import Text, listed, text
from nonlin.activation import Activation
from nonlin.expr.properties import Properties
from nonlin.measure.efficiency import nanoseconds_per_element

Check = Callable[[str, Any], Any]
Costs = dict[str, float]  # nanoseconds per element, by the repr of an activation


@dataclass(frozen=True, slots=True)
class Limit:
    """keeps(activation, value, costs): may it stay? check(name, value): it, if it makes sense.

    A limit without `check` is set or not.
    """

    name: str
    keeps: Callable[[Activation, Any, Costs], bool]
    check: Check | None = None


def _flag(name: str, holds: Callable[[Properties], bool]) -> Limit:
    return Limit(name, lambda entry, _, __: holds(entry.properties))


def _integers_do(properties: Properties) -> bool:
    """Bounded, so that one scale fits every input (a table of 256 entries gives it); or made of
    sums, products and comparisons, and nowhere steep without bound, so that integers do.

    After Jacob et al. (arXiv:1712.05877) and Howard et al. (arXiv:1905.02244).
    """
    cost = properties.cost
    plain = not (cost.exponentials or cost.logarithms or cost.divisions or cost.roots)
    return properties.bounded or (plain and properties.lipschitz < float("inf"))


def _positive(name: str, value: Any) -> float:
    return checks.number(name, value, 0.0, float("inf"), open_below=True)


def _cost(activation: Activation, costs: Costs) -> float:
    """As it was measured before, or now, and then for good."""
    name = repr(activation)
    if name not in costs:
        costs[name] = nanoseconds_per_element(activation).value
    return costs[name]


LIMITS = (
    Limit("max_ns", lambda f, most, costs: _cost(f, costs) <= most, _positive),
    _flag("int8", _integers_do),
    Limit(
        "smooth",
        lambda f, least, _: f.properties.smoothness >= least and f.properties.defined_everywhere,
        lambda name, value: checks.integer(name, value, 1),
    ),
    _flag("monotone", lambda p: p.monotone is not None),
    _flag("no_exp", lambda p: p.exponentials == 0),
    _flag("bounded", lambda p: p.bounded),
)


def prune(
    candidates: Sequence[Activation], given: Mapping[str, Any] | None, costs: Costs | None = None
) -> tuple[tuple[Activation, ...], tuple[Text, ...]]:
    """Those within every limit, and a note for each limit that took some.

    costs: measured before, so that the same is left out again; what is measured now is added.
    Raises InputError for a limit that does not exist or make sense, and if none is left.
    """
    left, notes, costs = tuple(candidates), [], {} if costs is None else costs
    for limit, value in _in_use(given):
        kept = tuple(each for each in left if limit.keeps(each, value, costs))
        lost = listed(each.name for each in left if each not in kept)
        why = text(f"limits.{limit.name}", value=value)
        if not kept:
            raise InputError("limits_leave_nothing", limit=why, names=lost)
        if lost:
            notes.append(text("limits.pruned", limit=why, names=lost))
        left = kept
    return left, tuple(notes)


def _in_use(given: Mapping[str, Any] | None) -> list[tuple[Limit, Any]]:
    """Limits that are set, in the order of the table, with what they are set to."""
    if not isinstance(given, Mapping | None):
        raise InputError("limits", given=given)
    asked, names = dict(given or {}), [limit.name for limit in LIMITS]
    for name in asked:
        if name not in names:
            hint = nearest(str(name), names)
            raise InputError("unknown_limit", given=name, allowed=listed(names), hint=hint)
    found = [(limit, asked[limit.name]) for limit in LIMITS if limit.name in asked]
    return [
        (limit, limit.check(limit.name, value) if limit.check else value)
        for limit, value in found
        if value is not None and value is not False
    ]
