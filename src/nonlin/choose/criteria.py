"""By what one of the tied is preferred: the one list, for `choose` and for scikit-learn's search.

1. The most stable one: fewest diverged networks; fewest dead units after training (in steps of 5
   percentage points); gradient ratio closest to 1 before training (in powers of ten);
   smallest saturated share (in steps of 25 percentage points);
2. then the cheapest one: the smallest network, where several were tried; fewest exponentials,
   then divisions, in its formula;
3. then the highest score on validation rows.
Test rows decide nothing: what is claimed is measured on them.
The steps keep noise from deciding. Cost is read off the formula, not off a clock, so that the
same seed gives the same recommendation; the measured time is shown as evidence beside it.
"""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import fmean

from nonlin.choose.candidates import written
from nonlin.trials.standings import Criterion, Standing

DEAD_STEP = 0.05
SATURATED_STEP = 0.25


def geometric_mean(values: list[float]) -> float:
    """For quantities whose half and double weigh the same."""
    return math.exp(fmean(map(math.log, values)))


def _mean(row: Standing, name: str) -> float:
    return fmean(row.measured(name))


def _steps(value: float, step: float) -> int:
    return math.floor(value / step + 1e-9)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _ratio(row: Standing) -> float:
    return geometric_mean(row.measured("gradient_ratio"))


def _parameters(hidden: tuple[int, ...]) -> int:
    return sum(hidden) + sum(a * b for a, b in pairwise(hidden))


CRITERIA = (
    Criterion("diverged", lambda row: row.diverged, lambda row: str(row.diverged)),
    Criterion(
        "dead",
        lambda row: _steps(_mean(row, "dead"), DEAD_STEP),
        lambda row: _percent(_mean(row, "dead")),
    ),
    Criterion(
        "ratio",
        lambda row: _steps(abs(math.log10(_ratio(row))), 1.0),
        lambda row: f"{_ratio(row):.2g}",
    ),
    Criterion(
        "saturated",
        lambda row: _steps(_mean(row, "saturated"), SATURATED_STEP),
        lambda row: _percent(_mean(row, "saturated")),
    ),
    Criterion(
        "size",
        lambda row: _parameters(row.arm.candidate.hidden),
        lambda row: written(row.arm.candidate.hidden),
    ),
    Criterion(
        "exponentials",
        lambda row: row.arm.candidate.activation.properties.exponentials,
        lambda row: str(row.arm.candidate.activation.properties.exponentials),
    ),
    Criterion(
        "divisions",
        lambda row: row.arm.candidate.activation.properties.divisions,
        lambda row: str(row.arm.candidate.activation.properties.divisions),
    ),
    Criterion("validation", lambda row: -row.validated, lambda row: f"{row.validated:.4f}"),
)
