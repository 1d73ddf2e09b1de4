"""Learned parameters: how many, and their range: what is trained is a number without bounds."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from nonlin._errors import InputError
from nonlin._text import listed, text
from nonlin.activation import Activation
from nonlin.parameter import Parameter

NEAR = 1e-30, 1 - 1e-6  # no end is reached, however far training goes
RAW = "raw_"  # before the name of a parameter with bounds, in the state of a module


def is_bounded(row: Parameter) -> bool:
    """Has its range an end?"""
    return row.above > -math.inf or row.below < math.inf


def inside(
    raw: Any,
    row: Parameter,
    sigmoid: Callable[[Any], Any],
    softplus: Callable[[Any], Any],
    clip: Callable[[Any, float, float], Any],
) -> Any:
    """The parameter: a softplus above the lower end, or a sigmoid between both, of a library."""
    low, high = row.above, row.below
    if low > -math.inf and high < math.inf:
        return low + (high - low) * clip(sigmoid(raw), *NEAR)
    if low > -math.inf:
        return low + clip(softplus(raw), NEAR[0], math.inf)
    return high - clip(softplus(-raw), NEAR[0], math.inf)


def outside(value: float, row: Parameter) -> float:
    """The number without bounds that gives a value inside."""
    low, high = row.above, row.below
    if low > -math.inf and high < math.inf:
        return math.log((value - low) / (high - value))
    if low > -math.inf:
        return _inverse_softplus(value - low)
    return -_inverse_softplus(high - value)


def _inverse_softplus(size: float) -> float:
    """log(exp(size) - 1)"""
    return size + math.log(-math.expm1(-size))


def check_channels(activation: Activation, channels: Any) -> None:
    """Is it a number of values for each learned parameter, or None?"""
    if channels is None:
        return
    if not (isinstance(channels, int) and channels > 0 and activation.learned):
        learned = listed(activation.learned) or text("errors.tensor_learned_none")
        raise InputError("tensor_channels", name=activation.name, given=channels, learned=learned)
