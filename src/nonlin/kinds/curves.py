"""What holds for functions of single numbers, read off their formula: no array is needed."""

from __future__ import annotations

from collections.abc import Sequence

from nonlin._text import Text, text
from nonlin.expr import analyse
from nonlin.function import Function


def value_range(activation: Function) -> tuple[float, float]:
    """Least upper and greatest lower bound of the values."""
    low, high = activation.properties.range
    return low, high


def kinks(activation: Function) -> tuple[float, ...]:
    """Points where the value or the first derivative jumps."""
    return activation.properties.kinks


def strengths(activation: Function) -> list[Text]:
    """What speaks for it."""
    said = analyse.strengths(activation.properties)
    if activation.surrogate is None:
        return said
    return [text("kinds.surrogate"), *_not_of_gradients(said)]


def weaknesses(activation: Function) -> list[Text]:
    """What speaks against it."""
    said = analyse.weaknesses(activation.properties)
    if activation.surrogate is None:
        return said
    return [*_not_of_gradients(said), text("kinds.not_its_own")]


def _not_of_gradients(said: Sequence[Text]) -> list[Text]:
    """Without what is read off f', by which nothing is trained."""
    return [each for each in said if each.key not in analyse.OF_GRADIENTS]
