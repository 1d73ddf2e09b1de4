"""A fault: a set-up that trains well, its twin in which something is wrong, and what that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from planting.setup import Setup

KINDS = (
    "rate too high",
    "rate too low",
    "activation",
    "initial weights",
    "dead or saturated",
    "inputs",
    "targets",
    "optimizer",
    "width",
    "output",
    "two faults",
)


@dataclass(frozen=True)
class Fault:
    """repaired: the set-up without it. parts: the fields of `Setup` that are wrong, one dict for
    each cause in `planted`.
    """

    kind: str
    name: str
    planted: tuple[str, ...]
    repaired: Setup
    parts: tuple[dict[str, Any], ...]

    @property
    def broken(self) -> Setup:
        return self.only(*self.parts)

    def only(self, *parts: dict[str, Any]) -> Setup:
        """With these of its parts."""
        wrong: dict[str, Any] = {}
        for part in parts:
            wrong |= part
        return replace(self.repaired, **wrong)


@dataclass(frozen=True)
class Faults:
    """Of one kind."""

    kind: str
    cause: str

    def __call__(self, name: str, repaired: Setup, cause: str = "", **wrong: Any) -> Fault:
        return Fault(self.kind, name, (cause or self.cause,), repaired, (wrong,))


def two(name: str, repaired: Setup, **parts: dict[str, Any]) -> Fault:
    """Two causes at once: cause=the fields that are wrong, for each."""
    return Fault("two faults", name, tuple(parts), repaired, tuple(parts.values()))


def half(cases: Sequence[Fault], which: str) -> list[Fault]:
    """Every other case of each kind, in the order of declaration: the "first" or "second" half."""
    found: list[Fault] = []
    for kind in KINDS:
        found += [case for case in cases if case.kind == kind][which == "second" :: 2]
    return found
