"""What stops after a round, and when more rounds would change nothing.

Everything here is decided on validation rows. Sources: Nadeau and Bengio, Machine Learning 52,
2003 (the corrected paired test); Birattari et al., GECCO 2002 (racing).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nonlin.choose.candidates import Plan
from nonlin.tasks.task import Task
from nonlin.trials import sizes, statistics

if TYPE_CHECKING:
    from nonlin.choose.trial import Outcome
    from nonlin.trials.race import Round

Alive = tuple[tuple[int, ...], ...]  # by activation: the rates that go on, none if it stopped
CLEARLY = 0.2  # p value below which something is clearly behind
FEWEST = 2  # activations that halving leaves


def everything(plan: Plan) -> Alive:
    """Before the first round."""
    return tuple(tuple(range(len(plan.rates))) for _ in plan.activations)


def count(alive: Alive) -> int:
    """Networks of a round."""
    return sum(map(len, alive))


def after(rounds: Sequence[Round], alive: Alive, plan: Plan, task: Task) -> Alive:
    """What goes on: at least the best activation at its best rate."""
    if plan.pace == "full":
        return alive
    kept = tuple(_rates(rounds, arm, rates) for arm, rates in enumerate(alive))
    if plan.pace == "halving":
        going = _better_half(rounds, kept)
    else:
        going = [arm for arm in _running(kept) if not _behind(rounds, kept, arm, task)]
    return tuple(rates if arm in going else () for arm, rates in enumerate(kept))


def undecidable(rounds: Sequence[Round], alive: Alive, plan: Plan, task: Task) -> bool:
    """Would what is left be tied even after all planned rounds?

    Each mean difference to the best is taken a standard error larger than it is.
    """
    planned = len(plan.seeds)
    best = _leader(rounds, alive)
    if len(rounds) < 3:
        return False
    ratio = sizes.ratio(rounds, "validation")
    step = sizes.resolution(rounds, task, "validation")
    for arm in _running(alive):
        differences = _differences(rounds, alive, best, arm)
        spread = max(float(np.std(differences, ddof=1)), step)
        mean = abs(float(np.mean(differences))) + spread / math.sqrt(len(differences))
        if arm != best and _p_value(mean, spread, planned, ratio) < 1 - statistics.LEVEL:
            return False
    return True


def _p_value(mean: float, spread: float, rounds: int, ratio: float) -> float:
    from scipy import stats

    error = math.sqrt(1 / rounds + ratio) * spread
    return float(2 * stats.t.sf(mean / error, rounds - 1)) if error > 0 else 1.0


def _running(alive: Alive) -> list[int]:
    return [arm for arm, rates in enumerate(alive) if rates]


def _outcomes(rounds: Sequence[Round], arm: int, rate: int) -> list[Outcome]:
    found = (each.outcomes[arm][rate] for each in rounds)
    return [outcome for outcome in found if outcome is not None]


def losses(rounds: Sequence[Round], arm: int, rate: int) -> np.ndarray:
    """Validation losses of all rounds that had this arm; infinite where it is not a number."""
    values = np.array([each.validation_loss for each in _outcomes(rounds, arm, rate)])
    return np.where(np.isfinite(values), values, np.inf)


def best_rate(rounds: Sequence[Round], arm: int, rates: Sequence[int]) -> int:
    """The rate with the lowest mean validation loss; of equal ones the smallest."""
    return min(rates, key=lambda rate: float(losses(rounds, arm, rate).mean()))


def _rates(rounds: Sequence[Round], arm: int, rates: tuple[int, ...]) -> tuple[int, ...]:
    """Without those that are clearly behind the best."""
    if len(rounds) < 2 or len(rates) < 2:
        return rates
    best = best_rate(rounds, arm, rates)
    lowest = losses(rounds, arm, best)
    ratio = sizes.ratio(rounds, "validation")

    def goes_on(rate: int) -> bool:
        with np.errstate(invalid="ignore"):  # inf - inf: both diverged
            worse = losses(rounds, arm, rate) - lowest
        if not np.isfinite(worse).all():
            return bool(np.isinf(lowest).any())
        p = statistics.paired_p_value(worse.tolist(), ratio)
        return p is None or p >= CLEARLY

    return tuple(rate for rate in rates if rate == best or goes_on(rate))


def scores(rounds: Sequence[Round], alive: Alive, arm: int) -> np.ndarray:
    """Validation scores of an activation at its best rate; very low where not a number."""
    rate = best_rate(rounds, arm, alive[arm])
    values = np.array([each.validation_score for each in _outcomes(rounds, arm, rate)])
    return np.where(np.isfinite(values), values, -1e9)


def _leader(rounds: Sequence[Round], alive: Alive) -> int:
    return max(_running(alive), key=lambda arm: float(scores(rounds, alive, arm).mean()))


def _differences(rounds: Sequence[Round], alive: Alive, best: int, arm: int) -> np.ndarray:
    return scores(rounds, alive, best) - scores(rounds, alive, arm)


def _behind(rounds: Sequence[Round], alive: Alive, arm: int, task: Task) -> bool:
    """Is it clearly behind the best?"""
    differences = _differences(rounds, alive, _leader(rounds, alive), arm).tolist()
    ratio = sizes.ratio(rounds, "validation")
    p = statistics.paired_p_value(differences, ratio, sizes.resolution(rounds, task, "validation"))
    return p is not None and p < CLEARLY and float(np.mean(differences)) > 0


def _better_half(rounds: Sequence[Round], alive: Alive) -> list[int]:
    """The better half of the activations, at least FEWEST."""
    running = sorted(_running(alive), key=lambda arm: -float(scores(rounds, alive, arm).mean()))
    return running[: max(math.ceil(len(running) / 2), FEWEST)]
