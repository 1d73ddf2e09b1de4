"""What tells activations apart, in words: which suits deep networks, and what else differs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from nonlin._text import Text, bracketed, listed, power, say
from nonlin._wrapping import Prose
from nonlin.cli.shared.printing import screen

if TYPE_CHECKING:
    from nonlin.activation import Activation
    from nonlin.theory.endurance import Endurance

LAYERS = 30  # of a deep network
LEVEL = 0.05  # a gradient that changes by less has kept its length, as two digits tell it
FEW = 5  # activations of which more is told than what becomes of gradients
# true, but nothing that a beginner chooses by
PASSED_OVER = ("settles", "homogeneous", "increasing", "invertible_increasing", "redundant")


@dataclass(frozen=True, slots=True)
class Told:
    """An activation and what many layers of it do; None where theory says nothing of it."""

    activation: Activation
    endured: Endurance | None

    @property
    def linear(self) -> bool:
        """Are many layers of it no more than one?"""
        return self.activation.elementwise and self.activation.properties.linear

    @property
    def fate(self) -> str:
        """What becomes of gradients and of the size of signals: a key."""
        if self.endured is None:
            return "unknown"
        from nonlin.theory.endurance import LOST

        if self.endured.drift > LOST:
            return "drifts"
        if self.linear:
            return "linear"
        gradient = self.endured.gradient
        if not 1 / LOST <= gradient <= LOST:
            return "vanishes" if gradient < 1 else "explodes"
        if abs(gradient - 1) < LEVEL:
            return "kept"
        return "shrinks" if gradient < 1 else "grows"

    @property
    def curable(self) -> bool:
        """Does its gradient vanish with these weights, but not with all?"""
        return self.fate == "vanishes" and self.endured is not None and self.endured.gradient > 0

    @property
    def trains(self) -> bool:
        """Do so many layers train?"""
        return self.endured is not None and not self.linear and self.endured.reach >= LAYERS


def print_apart(activations: Sequence[Activation]) -> None:
    """A sentence on deep networks, and for each what it does to gradients and what else differs."""
    from rich.table import Table

    told = sorted(map(_told, activations), key=_order)
    table = Table.grid(padding=(0, 1))
    for _ in range(3):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for one in told:
        traits = _telling(one.activation, activations) if len(told) <= FEW else ()
        first, *others = [(sign, str(trait)) for sign, trait in traits] or [("", "")]
        table.add_row(one.activation.name, _gradient(one), first[0], Prose(first[1]))
        for sign, trait in others:
            table.add_row("", "", sign, Prose(trait))
    with screen() as console:
        if any(one.endured for one in told):
            for key, style in (("can", "bold"), ("cannot", "bold")):
                if said := _verdict(told, key):
                    console.print(Prose(said, style))
            console.print(Prose(say("cli.compare.theory", layers=LAYERS)))
            if fading := [one.activation.name for one in told if one.curable]:
                name = fading[0] if len(fading) == 1 else say("cli.metavar.name")
                console.print(Prose(say("cli.compare.cure", name=name, layers=LAYERS)))
            console.print()
        console.print(table)


def _told(activation: Activation) -> Told:
    from nonlin.theory.endurance import endurance

    return Told(activation, endurance(activation, LAYERS) if activation.elementwise else None)


def _order(one: Told) -> tuple[bool, bool, float]:
    """What keeps gradients first, then by how they change; last what is not known."""
    if one.endured is None:
        return True, True, 0.0
    gradient = one.endured.gradient
    return False, not one.trains, max(gradient, 1 / gradient if gradient else float("inf"))


def _verdict(told: Sequence[Told], key: str) -> str:
    """Which of them train at this depth ("can"), or do not ("cannot"), and up to where they do."""
    known = [one for one in told if one.endured and one.trains == (key == "can")]
    if not known:
        return say("cli.compare.none_can", layers=LAYERS) if key == "can" else ""
    known.sort(key=lambda one: one.endured.reach if one.endured else 0.0, reverse=True)
    places = groupby(known, key=_place)
    names = (bracketed(listed(each.activation.name for each in group), at) for at, group in places)
    return say(f"cli.compare.{key}", layers=LAYERS, names=listed(names))


def _place(one: Told) -> str:
    """Up to how many layers of it train."""
    if one.linear or one.endured is None:
        return say("cli.compare.linear")
    if one.endured.reach < 1:
        return say("cli.compare.no_depth")
    if math.isinf(one.endured.reach):
        return say("cli.compare.any_depth")
    return say("cli.compare.up_to", depth=about(one.endured.reach))


def about(layers: float) -> str:
    """A number of layers for a sentence."""
    return f"{layers:.2g}" if layers < 10 else f"{layers:.0f}"


def _gradient(one: Told) -> str:
    times = "" if one.endured is None else power(one.endured.gradient, 2)
    return say(f"cli.compare.{one.fate}", times=times)


def _telling(activation: Activation, among: Sequence[Activation]) -> Iterator[tuple[str, Text]]:
    """A strength and a weakness that not all of them share."""
    for sign, side in (("+", "strengths"), ("-", "weaknesses")):
        if (trait := _trait(activation, among, side)) is not None:
            yield sign, trait


def _trait(activation: Activation, among: Sequence[Activation], side: str) -> Text | None:
    """What the fewest have, the most important first; else what all have, each in its own way."""
    all_said = [said for each in among for said in getattr(each, side)]
    kinds, ways = Counter(said.key for said in all_said), Counter(map(str, all_said))
    known = [
        said
        for said in getattr(activation, side)
        if said.key.rpartition(".")[2] not in PASSED_OVER and ways[str(said)] < len(among)
    ]
    own = [said for said in known if kinds[said.key] < len(among)] or known
    return min(own, key=lambda said: kinds[said.key], default=None)
