"""The policies that are compared: what `choose` does, what it did, and what costs less or more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from nonlin.trials.contest import Arm
from nonlin.trials.pace import Everything, Narrowing, Pace
from nonlin.trials.scores import Scores
from oracles.replay import SEEN, Replay, leader, narrowing, raced
from oracles.sweep import Oracle

Policy = Callable[[Oracle, np.ndarray], tuple[int, int]]  # recommended activation, networks
GRID = 4  # rates
WEIGHT = 0.5  # splits, for which a prior counts
FAR = 3.0  # spreads
PRIOR_TABLES = 3  # for which all tables count, beside those of the same kind


def _race(pace: Callable[[Replay], Pace]) -> Policy:
    def policy(oracle: Oracle, seen: np.ndarray) -> tuple[int, int]:
        race = raced(oracle, seen, pace)
        return oracle.activations.index(leader(race).arm.candidate), race.networks

    return policy


def _fixed(name: str) -> Policy:
    """One activation at its best rate."""
    return lambda oracle, seen: (oracle.activations.index(name), GRID * len(seen))


def by_score(oracle: Oracle, seen: np.ndarray) -> tuple[int, int]:
    """A full sweep whose best one is picked by its validation score instead of its loss."""
    loss = np.where(np.isfinite(oracle.loss[seen]), oracle.loss[seen], np.inf).mean(axis=0)
    every = np.arange(len(oracle.activations))
    score = oracle.validated[seen].mean(axis=0)[every, loss.argmin(axis=1)]
    return int(np.nanargmax(score)), loss.size * len(seen)


def random(oracle: Oracle, seen: np.ndarray) -> tuple[int, int]:
    """Any activation at its best rate."""
    return int(np.random.default_rng(int(seen[0])).integers(len(oracle.activations))), GRID * SEEN


def standing_of(oracle: Oracle) -> np.ndarray:
    """How good each activation is on a table, by its loss, in spreads above the median."""
    with np.errstate(over="ignore"):
        loss = np.where(np.isfinite(oracle.loss), oracle.loss, np.inf).mean(axis=0).min(axis=1)
    return in_spreads(-loss)


def in_spreads(values: np.ndarray) -> np.ndarray:
    """Above the median, in interquartile ranges."""
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(
            np.clip((values - middle) / max(high - low, 1e-12), -FAR, FAR), nan=-FAR
        )


def _classes(oracle: Oracle) -> bool:
    return oracle.task in ("binary", "multiclass")


def prior(oracle: Oracle, others: Sequence[Oracle], sign: int = 1) -> dict[str, float]:
    """What other tables say, those of its kind most."""
    alike = [standing_of(each) for each in others if _classes(each) == _classes(oracle)]
    overall = np.mean([standing_of(each) for each in others], axis=0)
    mean = (np.sum(alike, axis=0) + PRIOR_TABLES * overall) / (len(alike) + PRIOR_TABLES)
    return dict(zip(oracle.activations, sign * mean, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Guided(Narrowing):
    """Narrowing that a prior guides while there are candidates to choose from."""

    prior: dict[str, float] = field(default_factory=dict)

    def ranked(self, scores: Scores, alive: Sequence[Arm]) -> list[Arm]:
        found = Narrowing.ranked(self, scores, alive)
        seen = len(scores.rounds)
        own = in_spreads(np.array([-scores.mean_loss(arm) for arm in found]))
        both = [
            seen * value + WEIGHT * self.prior[arm.candidate]
            for arm, value in zip(found, own, strict=True)
        ]
        order = np.argsort(-np.array(both), kind="stable")
        return [found[place] for place in order]


def guided(others: Callable[[Oracle], Sequence[Oracle]], sign: int = 1) -> Policy:
    def policy(oracle: Oracle, seen: np.ndarray) -> tuple[int, int]:
        known = prior(oracle, others(oracle), sign)
        return _race(
            lambda contest: Guided(
                splits=SEEN, reference=("relu",), beside=contest.beside, prior=known
            )
        )(oracle, seen)

    return policy


def policies(oracles: Sequence[Oracle]) -> dict[str, Policy]:
    """By name, in the order of the page."""

    def other_tables(oracle: Oracle) -> list[Oracle]:
        return [each for each in oracles if each is not oracle]

    def other_domains(oracle: Oracle) -> list[Oracle]:
        return [each for each in oracles if each.domain != oracle.domain]

    return {
        "**choose**: narrowing, the leader by validation loss": _race(narrowing),
        "full sweep, the leader by validation loss": _race(lambda contest: Everything(SEEN)),
        "full sweep, the leader by validation score": by_score,
        "narrowing guided by a prior of the other tables": guided(other_tables),
        "narrowing guided by a prior of the other domains": guided(other_domains),
        "narrowing guided by that prior turned upside down": guided(other_tables, -1),
        **{f"always {name}": _fixed(name) for name in ("relu", "silu", "gelu", "tanh", "softplus")},
        "a random activation": random,
    }
