"""float64: both precisions on a dense sample.

The exact kernels compute in pairs of doubles: they say where the fast ones are worst, and mpmath
at 50 digits how far off either is there and at random points.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from nonlin.audit.tally import Array, Format
from nonlin.audit.truth import error, oracle, zeros
from ulp.truth import ORDERS

FLOAT64 = Format("float64", 53, -1022, 1023)
ANYWHERE, USUAL, NORMAL, BESIDE = 1 << 17, 1 << 19, 1 << 18, 1 << 12  # numbers of each sort
JUDGED = 24  # the worst and as many random ones that mpmath is asked about
PRECISIONS = ("fast", "exact")


def sample(activation: Any) -> Array:
    """All sizes, the usual ones, standard normal ones times 5, and what lies beside zeros."""
    random = np.random.default_rng(0)

    def sized(count: int, low: float, high: float) -> Array:
        signs = random.choice([-1.0, 1.0], count)
        return signs * np.exp2(random.uniform(low, high, count))

    special = [0.0, 5e-324, FLOAT64.least, np.finfo(float).max, np.inf]
    places = [each for span in activation.properties.zeros for each in span]
    places += [*activation.properties.breakpoints, *zeros(activation, 1).ravel()[:8]]
    finite = [each for each in places if math.isfinite(each)][:24]
    beside = [each * (1 + sized(BESIDE, -52, -2)) for each in finite]
    return np.concatenate([
        special, np.negative(special), [np.nan], sized(ANYWHERE, -1074, 1024),
        sized(USUAL, -20, 10), 5 * random.standard_normal(NORMAL), *beside,
    ])  # fmt: skip


def measured(activation: Any) -> dict[str, Any]:
    """By precision and order: the worst error in ULP with x, the result and the truth; points."""
    x = sample(activation)
    random = np.random.default_rng(1)
    results = {
        precision: activation.value_and_derivative(x, precision=precision)
        for precision in PRECISIONS
    }
    found: dict[str, Any] = {precision: {} for precision in PRECISIONS}
    for order, label in enumerate(ORDERS[:2]):
        fast, exact = (results[precision][order] for precision in PRECISIONS)
        apart = _apart(fast, exact, x, zeros(activation, order))
        places = {*np.argsort(-apart)[:JUDGED].tolist(), *random.integers(0, len(x), JUDGED)}
        for precision in PRECISIONS:
            got = results[precision][order]
            errors = [(_error(activation, order, x[i], got[i]), i) for i in sorted(places)]
            worst, i = max(errors)
            found[precision][label] = [worst, str(x[i]), str(got[i]), len(x)]
    return found


def _apart(fast: Array, exact: Array, x: Array, around: Array) -> Array:
    """Roughly how many ULP; of results around a zero of f' that differ by less than one of 1: 0."""
    with np.errstate(all="ignore"):
        unit = np.spacing(np.maximum(np.abs(exact), FLOAT64.least))
        difference = np.abs(fast - exact)
        found = np.where(fast == exact, 0.0, difference / unit)
    found[np.isnan(fast) & np.isnan(exact)] = 0.0
    for low, high in around:
        found[(x >= low) & (x <= high) & (difference < FLOAT64.epsilon)] = 0.0
    return np.where(np.isnan(found), np.inf, found)


def _error(activation: Any, order: int, x: float, got: float) -> float:
    """By mpmath; subnormal truths in units of the smallest number."""
    true = oracle(activation, order)(float(x))
    inside = any(low <= x <= high for low, high in zeros(activation, order))
    if inside and abs(float(got - true)) < FLOAT64.epsilon:
        return 0.0
    return error(float(got), true, FLOAT64)
