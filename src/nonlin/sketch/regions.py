"""Saturated and dead regions and kinks within a picture, read off the formula."""

from __future__ import annotations

import math
from typing import Any

REACH = 6.0  # of a picture of one activation: x from -6 to 6


def saturated(activation: Any, reach: float = REACH) -> list[tuple[float, float]]:
    """Where |f'| stays below 1 % of its maximum, without what is dead already."""
    found = activation.properties
    left, right = found.saturation_points
    ends = {end for span in found.dead_regions for end in span}
    spans = []
    if left is not None and found.saturates_left and -math.inf not in ends and left > -reach:
        spans.append((-reach, min(left, reach)))
    if right is not None and found.saturates_right and math.inf not in ends and right < reach:
        spans.append((max(right, -reach), reach))
    return spans


def dead(activation: Any, reach: float = REACH) -> list[tuple[float, float]]:
    """Where f' is exactly 0, within the picture."""
    spans = activation.properties.dead_regions
    cut = [(max(low, -reach), min(high, reach)) for low, high in spans]
    return [(low, high) for low, high in cut if low < high]


def kinks(activation: Any, reach: float = REACH) -> list[float]:
    """Where f or f' jumps, within the picture."""
    return [kink for kink in activation.kinks if abs(kink) < reach]
