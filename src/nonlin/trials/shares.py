"""How much of the spread of the scores comes from activation, learning rate and split.

An analysis of variance over all networks of the race that did not diverge, type II: each effect
beside all others that do not contain it, by least squares (Yates, JASA 29, 1934; Langsrud,
Statistics and Computing 13, 2003). An effect with many levels takes up chance, about one mean
square of the rest for each degree of freedom; that is taken off, as in omega squared (Hays,
Statistics for Psychologists, 1963; Olejnik and Algina, Psychological Methods 8, 2003). A race is
unbalanced: what stopped was trained in its first splits only, so these shares describe
what was trained and are no estimates for others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nonlin._text import Text, percent, text
from nonlin.trials.scores import Scores

EFFECTS = ("activation", "rate", "split", "both")


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of variance, 0 to 1, that sum to 1; networks: how many scores they rest on.

    both: activations that want different rates. rest: chance, and whatever else. With one
    split, `split` is 0 and `both` cannot be told from `rest`, which then holds it.
    """

    activation: float
    rate: float
    split: float
    both: float
    rest: float
    networks: int

    @property
    def sentence(self) -> Text:
        """The shares in per cent."""
        return self.told("shares.sentence")

    def told(self, key: str) -> Text:
        """The same in the words of this message."""
        names = (*EFFECTS, "rest")
        percents = {name: percent(getattr(self, name)) for name in names}
        return text(key, networks=self.networks, **percents)


def shares(scores: Scores) -> Shares | None:
    """None where fewer than two candidates or settings, or too few runs, tell nothing apart."""
    candidates = {each: number for number, each in enumerate(scores.candidates)}
    settings = {each: k for k, each in enumerate(dict.fromkeys(a.setting for a in scores.arms))}
    rows = [
        (candidates[arm.candidate], settings[arm.setting], number, outcome.claimed)
        for number, done in enumerate(scores.rounds)
        for arm, outcome in done.outcomes.items()
        if not outcome.diverged and np.isfinite(outcome.claimed)
    ]
    if len(rows) < 4:
        return None
    activation, rate, split = np.array([row[:3] for row in rows]).T
    score = np.array([row[3] for row in rows])
    if np.ptp(score) == 0 or (np.ptp(activation) == 0 and np.ptp(rate) == 0):
        return None
    a, r, s = _indicators(activation), _indicators(rate), _indicators(split)
    b = _indicators(activation * (rate.max() + 1) + rate) if np.ptp(split) else a[:, :0]
    main, whole = _fit(score, a, r, s), _fit(score, a, r, s, b)
    if whole.freedom == 0:
        return None
    chance = whole.left / whole.freedom
    found = {
        "activation": _explained(_fit(score, r, s), main, chance),
        "rate": _explained(_fit(score, a, s), main, chance),
        "split": _explained(_fit(score, a, r, b), whole, chance),
        "both": _explained(main, whole, chance),
        "rest": len(rows) * chance,
    }
    total = sum(found.values())
    if total <= 0:
        return None
    return Shares(**{name: value / total for name, value in found.items()}, networks=len(rows))


class _Fit(NamedTuple):
    """Sum of squares that a model leaves, and its degrees of freedom."""

    left: float
    freedom: int


def _explained(without: _Fit, with_it: _Fit, chance: float) -> float:
    """Sum of squares of an effect, less what chance alone would give it."""
    squares = without.left - with_it.left
    return max(squares - (without.freedom - with_it.freedom) * chance, 0.0)


def _indicators(levels: np.ndarray) -> np.ndarray:
    """One column of 0 and 1 for each level that occurs."""
    return np.asarray(levels[:, None] == np.unique(levels), np.float64)


def _fit(score: np.ndarray, *effects: np.ndarray) -> _Fit:
    design = np.hstack([np.ones((len(score), 1)), *effects])
    weights, _, rank, _ = np.linalg.lstsq(design, score, rcond=None)
    left = float(np.square(score - design @ weights).sum())
    return _Fit(left, len(score) - int(rank))
