"""The leader of a race beside scikit-learn's models on the same rows, by the same score.

The same prepared inputs, the first SPLITS splits of the sweep. Gradient boosted trees with their
defaults, an MLP of the same layers that stops early, and a linear model with a ridge penalty;
for numbers that are counted or never negative, those with a Poisson loss (there is no such MLP).
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from oracles.replay import SEEN, leader, narrowing, raced
from oracles.sources import Source
from oracles.sweep import contest_of, stored

KEPT = Path(__file__).parent / "peers.json"
SPLITS = 3
PEERS = ("HistGradientBoosting", "MLP 64-64", "linear")


def _models(kind: str) -> list[Any]:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from sklearn.linear_model import LogisticRegression, PoissonRegressor, RidgeCV
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    rest = {"hidden_layer_sizes": (64, 64), "early_stopping": True, "random_state": 0}
    if kind in ("binary", "multiclass"):
        linear = LogisticRegression(max_iter=1000)
        return [HistGradientBoostingClassifier(), MLPClassifier(max_iter=500, **rest), linear]
    if kind in ("counts", "positive"):
        trees = HistGradientBoostingRegressor(loss="poisson")
        return [trees, None, PoissonRegressor(alpha=1e-3, max_iter=1000)]
    return [HistGradientBoostingRegressor(), MLPRegressor(max_iter=500, **rest), RidgeCV()]


def _scores(source: Source) -> Iterator[list[float | None]]:
    """Of the peers, on each split."""
    from sklearn.metrics import accuracy_score, d2_tweedie_score, r2_score

    contest = contest_of(source)
    poisson = source.task in ("counts", "positive")
    classes = source.task in ("binary", "multiclass")
    judge = accuracy_score if classes else r2_score
    for seed in contest.plan.seeds[:SPLITS]:
        data = contest.rows(seed)
        inputs, target = (
            np.concatenate([data.train[k], data.validation[k]]).astype(np.float64) for k in (0, 1)
        )
        test, truth = (each.astype(np.float64) for each in data.test)
        found: list[float | None] = []
        for model in _models(source.task):
            if model is None:
                found.append(None)
                continue
            told = model.fit(inputs, target.ravel()).predict(test)
            if poisson:
                found.append(d2_tweedie_score(truth.ravel(), np.maximum(told, 1e-9), power=1))
            else:
                found.append(judge(truth.ravel(), told))
        yield found


def measure(sources: tuple[Source, ...]) -> None:
    """Write down the mean scores of all, the leader's first, of tables that have none yet."""
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    for source in (each for each in sources if each.name not in kept):
        oracle = stored(source.name)
        row = leader(raced(oracle, np.arange(SEEN), narrowing))
        own = [each.claimed for each in row.outcomes][:SPLITS]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of an MLP that would train longer
            peers = np.array(list(_scores(source)), np.float64).mean(axis=0)
        kept[source.name] = [float(np.mean(own)), *(None if np.isnan(x) else x for x in peers)]
        print(source.name, kept[source.name], flush=True)
    KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def lines() -> Iterator[str]:
    """How often the leader scores more."""
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    yield f"| the leader against, mean score on the test rows of {SPLITS} splits | more | less |"
    yield "|---|---|---|"
    for place, name in enumerate(PEERS, 1):
        pairs = [(row[0], row[place]) for row in kept.values() if row[place] is not None]
        more = sum(own > other for own, other in pairs)
        less = sum(own < other for own, other in pairs)
        yield f"| {name} ({len(pairs)} tables) | {more} | {less} |"
