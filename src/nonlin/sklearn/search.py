"""Which activation? A cross-validated search that says what it may claim."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from itertools import product
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone, is_classifier
from sklearn.metrics import check_scoring
from sklearn.model_selection import check_cv
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from nonlin._errors import InputError
from nonlin.catalogue import get
from nonlin.choose import statistics
from nonlin.network import train_many
from nonlin.sklearn.perceptron import Perceptron, Rows

ACTIVATIONS = ("relu", "leaky_relu", "elu", "gelu", "silu", "tanh")
RATES = (1e-3, 3e-3, 1e-2)


def _can(name: str) -> Any:
    """Has the estimator inside this method?"""
    return available_if(lambda self: hasattr(self.estimator, name))


class ActivationSearchCV(MetaEstimatorMixin, BaseEstimator):
    """Every activation with every learning rate, cross-validated in pairs, honestly compared.

    estimator: MLPClassifier or MLPRegressor of this module. activations: names or Activations.
    learning_rates: tried for each; the one with the lowest loss on rows held out of the training
    folds (`validation_fraction`) is taken, so that test folds choose nothing. cv, scoring: as in
    scikit-learn. n_jobs: networks trained at once. All networks of a fold share rows, batches
    and initial noise.

    Attributes after `fit`: cv_results_; tied_: activations without a significant difference to
    the one with the lowest loss (corrected paired t test of Nadeau and Bengio 2003, Holm);
    best_params_: of the tied ones the one that diverged least, then the cheapest, then the best;
    best_score_: its mean test score; best_estimator_: fitted on all rows with it.
    """

    def __init__(
        self,
        estimator: Any,
        activations: Sequence[Any] = ACTIVATIONS,
        *,
        learning_rates: Sequence[float] = RATES,
        cv: Any = 5,
        scoring: Any = None,
        n_jobs: int | None = None,
    ) -> None:
        self.estimator = estimator
        self.activations = activations
        self.learning_rates = learning_rates
        self.cv = cv
        self.scoring = scoring
        self.n_jobs = n_jobs

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        inside = get_tags(self.estimator)
        tags.estimator_type = inside.estimator_type
        tags.classifier_tags = inside.classifier_tags
        tags.regressor_tags = inside.regressor_tags
        tags.target_tags = inside.target_tags
        return tags

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Search on X (rows, columns) and y, then fit the best on all of them."""
        if not isinstance(self.estimator, Perceptron):
            raise InputError("sklearn_estimator", given=type(self.estimator).__name__)
        model = clone(self.estimator)
        rows = model.checked(X, y, sample_weight, reset=True)
        seeds = model.seeds()
        y = np.asarray(y)
        folds = list(check_cv(self.cv, y, classifier=is_classifier(model)).split(rows.X, y))
        arms = list(product(map(get, self.activations), self.learning_rates))
        losses, scores, diverged = self._run(model, rows, y, folds, arms, seeds)
        chosen = self._judge(folds, arms, losses, scores, diverged)
        self.best_index_ = chosen
        self.best_score_ = float(scores[:, chosen].mean())
        activation, rate = self.activations[chosen // len(self.learning_rates)], arms[chosen][1]
        self.best_params_ = {"activation": activation, "learning_rate": rate}
        self.best_estimator_ = clone(self.estimator).set_params(**self.best_params_)
        self.best_estimator_.fit(X, y, sample_weight=sample_weight)
        return self

    def _run(
        self,
        model: Perceptron,
        rows: Rows,
        y: np.ndarray,
        folds: list[Any],
        arms: list[Any],
        seeds: tuple[int, int, int],
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Loss on held-out training rows, test score and divergence, each (folds, arms)."""
        losses, scores = (np.full((len(folds), len(arms)), np.nan) for _ in range(2))
        diverged = np.zeros_like(losses, bool)
        scorer = check_scoring(model, self.scoring)
        for fold, (learn, test) in enumerate(folds):
            models = [_arm(model, rows, arm, seeds[0]) for arm in arms]
            known = rows[learn]
            kept, held_out = model.held_out(known[known.counting], seeds[2])
            jobs = [each.job(kept, held_out, each.epochs, seeds[1]) for each in models]
            with closing(train_many(jobs, self.n_jobs)) as finished:  # type: ignore[type-var]
                for arm, record in finished:
                    losses[fold, arm] = record.best_loss
                    diverged[fold, arm] = record.diverged_at is not None
            counts = {} if rows.weights is None else {"sample_weight": rows.weights[test]}
            scores[fold] = [scorer(each, rows.X[test], y[test], **counts) for each in models]
        return losses, scores, diverged

    def _judge(
        self,
        folds: list[Any],
        arms: list[Any],
        losses: np.ndarray,
        scores: np.ndarray,
        diverged: np.ndarray,
    ) -> int:
        """The index of the best arm; sets `tied_` and `cv_results_`."""
        width = len(self.learning_rates)
        by_activation = losses.mean(axis=0).reshape(-1, width)
        best = by_activation.argmin(axis=1) + width * np.arange(len(by_activation))
        ratio = float(np.mean([len(test) / len(learn) for learn, test in folds]))
        leader = int(by_activation.min(axis=1).argmin())  # not by the scores that it is judged by
        found = statistics.compare(scores[:, best], ratio, leader=leader)
        tied = [int(arm) for arm, near in zip(best, found.tied, strict=True) if near]
        self.tied_ = [arms[arm][0].name for arm in tied]
        self.cv_results_ = {
            "params": [{"activation": a.name, "learning_rate": rate} for a, rate in arms],
            "mean_test_score": scores.mean(axis=0),
            "std_test_score": scores.std(axis=0),
            "rank_test_score": (-scores.mean(axis=0)).argsort().argsort() + 1,
            "mean_validation_loss": losses.mean(axis=0),
            "diverged": diverged.sum(axis=0),
            **{f"split{k}_test_score": row for k, row in enumerate(scores)},
        }

        def preference(arm: int) -> tuple[float, ...]:
            properties = arms[arm][0].properties
            cost = properties.exponentials, properties.divisions
            return (diverged[:, arm].sum(), *cost, -scores[:, arm].mean())

        return min(tied, key=preference)

    @property
    def n_features_in_(self) -> int:
        """Columns of X."""
        return int(self._best.n_features_in_)

    @property
    def classes_(self) -> np.ndarray:
        """Labels, of a classifier."""
        return self._best.classes_

    @property
    def _best(self) -> Any:
        check_is_fitted(self, "best_estimator_")
        return self.best_estimator_

    @_can("predict")
    def predict(self, X: Any) -> np.ndarray:
        """`predict` of the best estimator."""
        return self._best.predict(X)

    @_can("predict_proba")
    def predict_proba(self, X: Any) -> np.ndarray:
        """`predict_proba` of the best estimator."""
        return self._best.predict_proba(X)

    @_can("predict_log_proba")
    def predict_log_proba(self, X: Any) -> np.ndarray:
        """`predict_log_proba` of the best estimator."""
        return self._best.predict_log_proba(X)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """By `scoring`, or `score` of the best estimator."""
        scorer = check_scoring(self._best, self.scoring)
        if sample_weight is None:
            return float(scorer(self._best, X, y))
        return float(scorer(self._best, X, y, sample_weight=sample_weight))


def _arm(model: Perceptron, rows: Rows, arm: Any, seed: int) -> Any:
    """A copy of the model that knows the targets, with an untrained network."""
    activation, rate = arm
    made = clone(model).set_params(activation=activation, learning_rate=rate)
    made.__dict__.update({k: v for k, v in vars(model).items() if k not in made.get_params()})
    made.start(seed, rows.X.dtype)
    return made
