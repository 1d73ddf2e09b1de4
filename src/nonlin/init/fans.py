"""The derived standard deviations in the words of other libraries: fan_in, fan_out, fan_avg."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from nonlin._errors import InputError, nearest
from nonlin._text import listed
from nonlin.activation import Activation
from nonlin.init.initialisation import Initialisation

MODES: Mapping[str, str] = {"fan_in": "forward", "fan_out": "backward", "fan_avg": "balanced"}
Axes = int | Sequence[int]


def fans(
    shape: Sequence[int], in_axis: Axes = -2, out_axis: Axes = -1, batch_axis: Axes = ()
) -> tuple[int, int]:
    """Inputs and outputs of a neuron; axes that are not named are those of a window."""
    sides = [_size(shape, axes) for axes in (in_axis, out_axis, batch_axis)]
    window = math.prod(shape) // max(1, math.prod(sides))
    return max(1, sides[0] * window), max(1, sides[1] * window)


def _size(shape: Sequence[int], axes: Axes) -> int:
    named = (axes,) if isinstance(axes, int) else tuple(axes)
    for axis in named:
        if not -len(shape) <= axis < len(shape):
            raise InputError("axis", given=axis, dimensions=len(shape))
    return math.prod(shape[axis] for axis in named)


def std_by_mode(mode: str, fan_in: int, fan_out: int, activation: Activation) -> float:
    """Of weights behind the activation: fan_in keeps signals, fan_out gradients, fan_avg both.

    That is 1 / (fan_in E[f^2]), 1 / (fan_out E[f'^2]) and their harmonic mean, squared.
    Raises InputError for another mode, and where the activation has no gain.
    """
    return Initialisation(MODES[mode]).std(fan_in, fan_out, activation)


def check_word(what: str, given: Any, allowed: Sequence[str]) -> None:
    """Is it one of the words that are allowed for the option `what`?"""
    if given not in allowed:
        hint = nearest(str(given), allowed)
        raise InputError("init_word", what=what, given=given, allowed=listed(allowed), hint=hint)
