"""What `init_` did to a model: each layer that was drawn, and each that was left alone, and why."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from nonlin._text import Text, listed, say
from nonlin.torch.reading.inspection import word
from nonlin.torch.reading.table import table


@dataclass(frozen=True, slots=True)
class Drawn:
    """A layer with new weights.

    rule: by which they were drawn; fed_by: what comes in; std: of the weights, bias_std: of the
    biases. branches: of the sums on the same way, if the layer ends a branch that was made
    smaller by the square root of that number; else 1. share: of the window of a convolution that
    lies on its input, and not on zeros around it; weights are larger by the root of its inverse.
    """

    name: str
    rule: str
    fed_by: str
    fan_in: int
    fan_out: int
    std: float
    bias_std: float = 0.0
    branches: int = 1
    share: float = 1.0

    @property
    def gain(self) -> float:
        """std * sqrt(fan_in * share)"""
        return self.std * math.sqrt(self.fan_in * self.share)


@dataclass(frozen=True, slots=True)
class Left:
    """A layer that was left as it is, and why."""

    name: str
    reason: Text


@dataclass(frozen=True, slots=True)
class Initialised:
    """What was done; printed as a table.

    why: in plain deep networks, for each activation, what depth makes of its signals.
    """

    scheme: str
    drawn: tuple[Drawn, ...]
    left: tuple[Left, ...]
    others: int  # parameters of norms and others that no layer multiplies with
    why: tuple[Text, ...] = ()

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        if self.drawn:
            names = ("layer", "rule", "fed_by", "fan_in", "gain", "std", "notes")
            header = [say(f"torch_inspect.column.{name}") for name in names]
            yield from table(header, [_cells(each) for each in self.drawn])
        yield from map(str, self.why)
        for each in self.left:
            yield say("torch_init.left", name=each.name, reason=each.reason)
        if self.others:
            yield say("torch_init.others", count=self.others)
        if not self.drawn:
            yield say("torch_init.nothing")


def _cells(drawn: Drawn) -> list[str]:
    notes = [say("torch_init.branch", branches=drawn.branches)] if drawn.branches > 1 else []
    notes += [say("torch_init.zeros", share=f"{drawn.share:.0%}")] if drawn.share < 1 else []
    notes += [say("torch_init.biases", std=f"{drawn.bias_std:.4g}")] if drawn.bias_std else []
    sizes = [f"{drawn.fan_in}", f"{drawn.gain:.4g}", f"{drawn.std:.4g}"]
    return [drawn.name, drawn.rule, word(drawn.fed_by), *sizes, str(listed(notes))]
