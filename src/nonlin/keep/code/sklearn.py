"""The script for scikit-learn, with the estimators of nonlin.sklearn."""

from __future__ import annotations

from nonlin.data.split import FINAL_SHARES
from nonlin.keep.describe import as_python
from nonlin.keep.predictor import Predictor

TRAINED = ("regression", "binary", "multiclass")  # of task, that the estimators train
BODY = """\
import sys

import numpy as np

${IMPORT}


def build(seed=0):
    return ${ESTIMATOR}(
        hidden_layer_sizes=${HIDDEN},
        activation=${ACTIVATION},
        init=${INIT},
        learning_rate=${RATE},
        weight_decay=${DECAY},
        batch_size=${BATCH},
        max_iter=${EPOCHS},
        early_stopping=True,
        validation_fraction=${HELD_OUT},
        n_iter_no_change=${PATIENCE},
        random_state=seed,
    )


def main(path, seed=0):
    with np.load(path) as rows:
        X, y = rows["X"].astype(np.float32), rows["y"]
    network = build(seed).fit(X, y)
    reached, score = network.best_loss_, network.score(X, y)
    print(f"held-out rows: loss {reached:.4g}; all rows: ${NAME} {score:.4g}")
    return network
"""


def values(model: Predictor) -> dict[str, str]:
    """What the body leaves open."""
    rule, network = model.about.training, model.network
    estimator = "MLPClassifier" if model.task.classes else "MLPRegressor"
    spelt = [as_python(each) for each in network.hidden]
    activation = spelt[0] if len(set(spelt)) == 1 else f"[{', '.join(spelt)}]"
    own = "import nonlin as nl\n" if "nl." in activation else ""
    return {
        "NAME": "accuracy" if model.task.classes else "R^2",
        "IMPORT": f"{own}from nonlin.sklearn import {estimator}",
        "ESTIMATOR": estimator,
        "HIDDEN": repr(network.sizes[1:-1]),
        "ACTIVATION": activation,
        "INIT": repr(network.init),
        "RATE": repr(rule.learning_rate),
        "DECAY": repr(rule.weight_decay),
        "BATCH": repr(rule.batch_size),
        "EPOCHS": repr(rule.epochs),
        "HELD_OUT": repr(FINAL_SHARES[1]),
        "PATIENCE": repr(rule.epochs if rule.patience is None else rule.patience),
    }
