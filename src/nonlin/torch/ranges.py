"""Learned parameters that keep to their range: what is trained is a number without bounds."""

from __future__ import annotations

import math

import torch

from nonlin.parameter import Parameter
from nonlin.torch.tensors import Tensor

NEAR = 1e-30, 1 - 1e-6  # no end is reached, however far training goes
RAW = "raw_"  # before the name of a parameter with bounds, in the state of a module


def is_bounded(row: Parameter) -> bool:
    """Has its range an end?"""
    return row.above > -math.inf or row.below < math.inf


def inside(raw: Tensor, row: Parameter) -> Tensor:
    """The parameter: a softplus above the lower end, or a sigmoid between both."""
    low, high = row.above, row.below
    if low > -math.inf and high < math.inf:
        return low + (high - low) * torch.sigmoid(raw).clamp(*NEAR)
    if low > -math.inf:
        return low + torch.nn.functional.softplus(raw).clamp(min=NEAR[0])
    return high - torch.nn.functional.softplus(-raw).clamp(min=NEAR[0])


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
