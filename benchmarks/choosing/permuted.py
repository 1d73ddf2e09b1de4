"""How often `choose` claims something where there is nothing to claim.

The target of a small data set is permuted, so that no column says anything about it, and `choose`
runs with 5 activations and the rules of a real race. A claim is that the leader is significantly
better (a) than any other activation, (b) than all that ran to the end. iris has three classes of
the same size, so that no network can be better than another on average. On diabetes the null
is not quite true: a network that learns noise faster predicts worse, and is rightly called so.
"""

from __future__ import annotations

from typing import Any

import numpy as np

RUNS = 200
ACTIVATIONS = ("relu", "tanh", "gelu", "sigmoid", "sine")
SETTINGS = {"hidden": (16,), "activations": ACTIVATIONS, "rates": (1e-3, 1e-2)}
PACES = {"race": {}, "full sweep of 5 splits": {"full": True, "seeds": 5}}
MOST = 0.05


def claims(X: np.ndarray, y: np.ndarray, seed: int, pace: dict[str, Any]) -> tuple[bool, bool]:
    """Does one run claim that anything, that everything else is worse?"""
    import nonlin as nl
    from nonlin.trials.statistics import LEVEL

    shuffled = np.random.default_rng(seed).permutation(y)
    result = nl.choose(X, shuffled, seed=seed, **SETTINGS, **pace)
    worse = sum(row.p_value < 1 - LEVEL for row in result.standings)
    return worse > 0, worse == sum(not row.stopped for row in result.standings) - 1


def data() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """One for each kind of task that scores in a way of its own."""
    from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris

    X, y = load_diabetes(return_X_y=True)
    return {
        "iris, three classes": load_iris(return_X_y=True),
        "breast cancer, two classes": load_breast_cancer(return_X_y=True),
        "diabetes, a quantity": (X, y),
        "diabetes, counts": (X, np.random.default_rng(0).poisson(y / 40)),
    }


def measure(runs: int = RUNS) -> list[dict[str, Any]]:
    found = []
    for name, (X, y) in data().items():
        for label, pace in PACES.items():
            told = [claims(X, y, seed, pace) for seed in range(runs)]
            some, all_others = (sum(column) for column in zip(*told, strict=True))
            found.append({
                "what": f"permuted target of {name}, {label}: runs that claim a difference",
                "target": f"at most {100 * MOST:.0f} %",
                "measured": f"{100 * some / runs:.1f} % ({some} of {runs}; "
                f"that one beats all others: {all_others})",
                "held": some <= MOST * runs,
            })  # fmt: skip
    return found
