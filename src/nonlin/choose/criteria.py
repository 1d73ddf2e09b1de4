"""What may move the recommendation away from the leader, and how far: the one list.

`choose` and scikit-learn's search recommend what leads on validation rows. One that is as good
there, but for a quarter of a standard error, is taken instead if fewer of its networks diverged,
if it has fewer dead units after training (in steps of 5 percentage points, which keep noise from
deciding), or if it is smaller, where several architectures are tried. Whatever else tells two
activations apart is told beside the recommendation.
"""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import fmean

from nonlin._text import percent
from nonlin.choose.candidates import written
from nonlin.trials.standings import Criterion, Standing

DEAD_STEP = 0.05


def geometric_mean(values: list[float]) -> float:
    """For quantities whose half and double weigh the same."""
    return math.exp(fmean(map(math.log, values)))


def _dead(row: Standing) -> float:
    return fmean(row.measured("dead"))


def _parameters(row: Standing) -> int:
    hidden: tuple[int, ...] = row.arm.candidate.hidden
    return sum(hidden) + sum(a * b for a, b in pairwise(hidden))


CRITERIA = (
    Criterion("diverged", lambda row: row.diverged, lambda row: str(row.diverged)),
    Criterion(
        "dead",
        lambda row: math.floor(_dead(row) / DEAD_STEP + 1e-9),
        lambda row: percent(_dead(row), ".1f"),
    ),
    Criterion("size", _parameters, lambda row: written(row.arm.candidate.hidden)),
)
