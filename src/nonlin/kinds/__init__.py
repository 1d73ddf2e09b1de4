"""What kinds of activations there are, and how each kind meets arrays: one module for each.

Every module has the functions value, derivative, both, backward, value_range, kinks, strengths
and weaknesses; the last four of element-wise ones stand in `kinds.curves`, which does without
arrays. The kind is read off the formula; an activation with a formula for training besides is
random (see `kinds.random`), and is evaluated as the kind of its formula.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from nonlin._text import Text, listed, text
from nonlin.function import Function, kind_of


@cache
def runner(kind: str) -> Any:
    """The module that evaluates activations of a kind."""
    return import_module(f"nonlin.kinds.{kind}")


def teller(kind: str) -> Any:
    """The module that tells range, kinks, strengths and weaknesses of activations of a kind."""
    return runner("curves" if kind == "elementwise" else kind)


def strengths(activation: Function) -> list[Text]:
    """What speaks for it: by its formula, by what is learned, by its noise."""
    found: list[Text] = teller(kind_of(activation.formula)).strengths(activation)
    if activation.learned:
        found.append(text("kinds.adapts", names=listed(activation.learned)))
    if activation.kind == "random":
        found.append(text("kinds.noise"))
    return found


def weaknesses(activation: Function) -> list[Text]:
    """What speaks against it."""
    found: list[Text] = teller(kind_of(activation.formula)).weaknesses(activation)
    if activation.learned:
        found.append(text("kinds.state", names=listed(activation.learned)))
    if activation.kind == "random":
        found.append(text("kinds.seed"))
    return found
