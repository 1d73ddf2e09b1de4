"""Which activation? A cross-validated search that says what it may claim."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone, is_classifier
from sklearn.metrics import check_scoring
from sklearn.model_selection import GroupShuffleSplit, check_cv
from sklearn.utils import get_tags, indexable
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from nonlin._errors import InputError
from nonlin.activation import Activation
from nonlin.catalogue import get
from nonlin.kernels.threads import thread_count
from nonlin.network import checks, train_many
from nonlin.sklearn.perceptron import Perceptron, Rows
from nonlin.trials import statistics

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
    scikit-learn. n_jobs: networks trained at once; None and -1: one per core. All networks of a
    fold share rows, batches and initial noise.

    Attributes after `fit`: cv_results_; tied_: activations without a significant difference to
    the one with the lowest loss (corrected paired t test of Nadeau and Bengio 2003, Holm; scores
    of classifiers move in steps of about one row of a fold, and a smaller spread is not believed);
    best_params_: of the tied ones the one that diverged least, then the cheapest, then the one
    with the lowest loss; best_score_: its mean test score; best_estimator_: fitted on all rows.
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

    def fit(self, X: Any, y: Any, sample_weight: Any = None, groups: Any = None) -> Any:
        """Search on X (rows, columns) and y, then fit the best on all of them.

        groups (rows,): for a `cv` such as GroupKFold; what is held out are whole groups, too.
        """
        if not isinstance(self.estimator, Perceptron):
            raise InputError("sklearn_estimator", given=type(self.estimator).__name__)
        activations, rates, threads = self._checked()
        model = clone(self.estimator)
        rows = model.checked(X, y, sample_weight, reset=True)
        seeds = model.seeds()
        y = np.asarray(y)
        *_, groups = indexable(rows.X, y, groups)
        splitter = check_cv(self.cv, y, classifier=is_classifier(model))
        folds = list(splitter.split(rows.X, y, groups))
        arms = list(product(map(get, activations), rates))
        groups = None if groups is None else np.asarray(groups)
        scorer = check_scoring(model, self.scoring)
        run = _Fold(model, rows, y, groups, arms, seeds, threads, scorer)
        losses, scores, diverged = map(np.array, zip(*(run(*fold) for fold in folds), strict=True))
        chosen = self._judge(folds, arms, losses, scores, diverged)
        self.best_index_ = chosen
        self.best_score_ = float(scores[:, chosen].mean())
        activation, rate = divmod(chosen, len(rates))
        self.best_params_ = {"activation": activations[activation], "learning_rate": rates[rate]}
        self.best_estimator_ = clone(self.estimator).set_params(**self.best_params_)
        self.best_estimator_.fit(X, y, sample_weight=sample_weight)
        return self

    def _checked(self) -> tuple[list[Any], list[float], int | None]:
        """Activations and rates, one alone being a list of one, and threads."""
        alone = isinstance(self.activations, str | Activation)
        activations = [self.activations] if alone else list(self.activations)
        rates = np.atleast_1d(self.learning_rates).tolist()
        if not activations or not rates:
            raise InputError("no_rates" if activations else "no_activations")
        if self.n_jobs is None:
            return activations, rates, None
        jobs = checks.integer("n_jobs", self.n_jobs, -(2**31))
        if jobs == 0:
            raise InputError("sklearn_jobs")
        return activations, rates, jobs if jobs > 0 else max(1, thread_count() + 1 + jobs)

    def _judge(
        self,
        folds: list[Any],
        arms: list[Any],
        losses: np.ndarray,
        scores: np.ndarray,
        diverged: np.ndarray,
    ) -> int:
        """The index of the best arm; sets `tied_` and `cv_results_`."""
        width = np.size(self.learning_rates)
        losses = np.where(np.isfinite(losses), losses, np.inf)
        by_activation = losses.mean(axis=0).reshape(-1, width)
        best = by_activation.argmin(axis=1) + width * np.arange(len(by_activation))
        ratio = float(np.mean([len(test) / len(learn) for learn, test in folds]))
        leader = int(by_activation.min(axis=1).argmin())  # not by the scores that it is judged by
        step = float(np.mean([1 / len(test) for _, test in folds]))
        resolution = step if is_classifier(self.estimator) else 0.0
        found = statistics.compare(scores[:, best], ratio, resolution, leader=leader)
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
            return (diverged[:, arm].sum(), *cost, losses[:, arm].mean())

        return min(tied, key=preference)

    @property
    def n_features_in_(self) -> int:
        """Columns of X."""
        return int(self._best.n_features_in_)

    @property
    def feature_names_in_(self) -> np.ndarray:
        """Names of the columns of X, if all of them are text."""
        return self._best.feature_names_in_

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


@dataclass(frozen=True, slots=True, eq=False)
class _Fold:
    """What is the same in all folds: called with the rows of one, it trains every arm there."""

    model: Perceptron
    rows: Rows
    y: np.ndarray
    groups: np.ndarray | None
    arms: list[Any]
    seeds: tuple[int, int, int]
    threads: int | None
    scorer: Any

    def __call__(
        self, learn: np.ndarray, test: np.ndarray
    ) -> tuple[list[float], list[float], list[bool]]:
        """Loss on held-out training rows, test score and divergence of each arm."""
        rows, count = self.rows, len(self.arms)
        models = [_arm(self.model, rows, arm, self.seeds[0]) for arm in self.arms]
        kept, held_out = self._held_out(learn)
        jobs = [each.job(kept, held_out, each.epochs, self.seeds[1]) for each in models]
        losses, diverged = [np.nan] * count, [False] * count
        with closing(train_many(jobs, self.threads)) as finished:  # type: ignore[type-var]
            for arm, record in finished:
                losses[arm], diverged[arm] = record.best_loss, record.diverged_at is not None
        counts = {} if rows.weights is None else {"sample_weight": rows.weights[test]}
        scores = [self.scorer(each, rows.X[test], self.y[test], **counts) for each in models]
        return losses, scores, diverged

    def _held_out(self, learn: np.ndarray) -> tuple[Rows, Rows]:
        """Rows to train on, and rows that choose the rate: whole groups where there are some."""
        model, seed = self.model, self.seeds[2]
        counting = learn[self.rows[learn].counting]
        if self.groups is None or len(np.unique(self.groups[counting])) < 2:
            return model.held_out(self.rows[counting], seed)
        cut = GroupShuffleSplit(1, test_size=model.validation_fraction, random_state=seed)
        kept, out = next(cut.split(counting, groups=self.groups[counting]))
        return self.rows[counting[kept]], self.rows[counting[out]]


def _arm(model: Perceptron, rows: Rows, arm: Any, seed: int) -> Any:
    """A copy of the model that knows the targets, with an untrained network."""
    activation, rate = arm
    made = clone(model).set_params(activation=activation, learning_rate=rate)
    known = {k: v for k, v in vars(model).items() if k not in made.get_params()}
    known.pop("feature_names_in_", None)  # it is asked about plain rows
    made.__dict__.update(known)
    made.start(seed, rows.X.dtype)
    return made
