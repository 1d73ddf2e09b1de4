"""The estimators for scikit-learn."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from sklearn.datasets import load_iris
from sklearn.model_selection import GroupKFold

import nonlin as nl
from compared import tables
from compared.cases import Answers, Place, case
from compared.plain import asked
from nonlin.sklearn import ActivationSearchCV, MLPClassifier, MLPRegressor

FITTED = (
    "coefs_", "intercepts_", "loss_", "best_loss_", "loss_curve_", "validation_loss_curve_",
    "n_iter_", "n_features_in_", "classes_", "out_activation_",
)  # fmt: skip
SEARCHED = ("best_params_", "best_score_", "best_index_", "tied_", "cv_results_")


def _fitted(model: Any, x: Any, y: Any, **options: Any) -> Any:
    model.fit(x, y, **options)
    rows = x[:30]
    return asked(model, FITTED) | {
        "repr": partial(repr, model),
        "predict": partial(model.predict, rows),
        "probabilities": lambda: model.predict_proba(rows),
        "logarithms": lambda: model.predict_log_proba(rows),
        "score": partial(model.score, x, y),
    }


@case("sklearn.models")
def models(place: Place) -> Answers:
    """Classes, labels and numbers, stopped early, weighted, in steps, and diverging."""
    x, y = load_iris(return_X_y=True)
    names = np.array(["a", "b", "c"])[y]
    own = nl.activation("own", "x*sigmoid(beta*x)", beta=1.3)
    x_labels, labels = tables.labelled()
    weights = np.linspace(0, 1, len(y))
    given = {"max_iter": 15, "random_state": 0}
    early = MLPClassifier((8, 8), "gelu", early_stopping=True, **given)
    steep = MLPRegressor((8,), "relu", optimizer="sgd", learning_rate=1e9, **given)
    return {
        "classes": partial(_fitted, MLPClassifier((12,), "tanh", **given), x, names),
        "early": partial(_fitted, early, x, y),
        "binary": partial(_fitted, MLPClassifier((6,), own, **given), x, y == 1),
        "labels": partial(_fitted, MLPClassifier((8,), "elu", **given), x_labels, labels),
        "numbers": partial(_fitted, MLPRegressor((8, 4), ["relu", "tanh"], **given), x, x[:, 0]),
        "several": partial(_fitted, MLPRegressor((8,), "mish", **given), x, x[:, :2]),
        "float32": partial(_fitted, MLPRegressor((8,), **given), x.astype(np.float32), x[:, 1]),
        "weighted": partial(_fitted, MLPClassifier(**given), x, y, sample_weight=weights),
        "diverged": partial(_fitted, steep, x, x[:, 0]),
        "steps": partial(_in_steps, x, y),
        "unknown": partial(_fitted, MLPClassifier(activation="reluu"), x, y),
    }


def _in_steps(x: Any, y: Any) -> Any:
    model = MLPClassifier((6,), "relu", random_state=1)
    for _ in range(3):
        model.partial_fit(x, y, classes=[0, 1, 2])
    return asked(model, FITTED)


def _searched(search: Any, x: Any, y: Any, **options: Any) -> Any:
    search.fit(x, y, **options)
    return asked(search, SEARCHED) | {"predict": partial(search.predict, x[:40])}


@case("sklearn.search")
def search(place: Place) -> Answers:
    """Searches: of classes, of numbers, with groups, by another score, with one thread."""
    x, y = load_iris(return_X_y=True)
    given = {"max_iter": 12, "random_state": 0}
    own = nl.activation("own", "x*sigmoid(beta*x)", beta=1.3)
    small, numbers = MLPClassifier((8,), **given), MLPRegressor((8,), **given)
    wide, price, group = tables.grouped()
    plan = {"activations": ["relu", "tanh", own], "learning_rates": [3e-3, 1e-2]}
    return {
        "classes": partial(_searched, ActivationSearchCV(small, cv=4, **plan), x, y),
        "numbers": partial(_searched, ActivationSearchCV(numbers, cv=3, **plan), wide, price),
        "alone": partial(_searched, ActivationSearchCV(small, cv=3, n_jobs=1, **plan), x, y),
        "groups": partial(
            _searched,
            ActivationSearchCV(numbers, cv=GroupKFold(4), **plan),
            wide,
            price,
            groups=group,
        ),
        "scored": partial(
            _searched,
            ActivationSearchCV(small, cv=3, scoring="balanced_accuracy", **plan),
            x,
            y,
            sample_weight=np.linspace(0.5, 1.5, len(y)),
        ),
        "wrong": partial(_searched, ActivationSearchCV(object()), x, y),
    }
