"""Which activation? A cross-validated search that says what it may claim."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone, is_classifier
from sklearn.metrics import check_scoring
from sklearn.model_selection import GroupShuffleSplit, check_cv
from sklearn.utils import get_tags, indexable
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from nonlin import checks
from nonlin._errors import InputError
from nonlin.activation import Activation
from nonlin.catalogue import get
from nonlin.choose.candidates import Candidate
from nonlin.choose.contest import after, before, key, run_arms
from nonlin.choose.criteria import CRITERIA
from nonlin.choose.prepared import LOOKED_AT
from nonlin.kernels.threads import get_threads
from nonlin.network.train import run_of
from nonlin.sklearn.perceptron import Perceptron, Rows
from nonlin.trials.contest import Arm, Outcome, Sizes
from nonlin.trials.pace import Everything
from nonlin.trials.race import race, run_through
from nonlin.trials.scores import Scores
from nonlin.trials.standings import Standing, preferred, standings

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
    best_params_: of the one with the lowest loss, or of one that is as good and more stable, as
    `nl.choose` recommends; best_score_: its mean test score; best_estimator_: fitted on all rows.
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
        if not (self.scoring is None or isinstance(self.scoring, str) or callable(self.scoring)):
            raise InputError("sklearn_scoring", given=self.scoring)
        contest = self._contest(X, y, sample_weight, groups)
        ran = run_through(race(contest, range(len(contest.folds)), Everything(len(contest.folds))))
        found = standings(ran)
        chosen = preferred(found, CRITERIA)
        self.tied_ = [arm.candidate.activation.name for arm in contest.arms if _tied(arm, found)]
        self.cv_results_ = _results(ran.scores)
        self.best_index_ = contest.arms.index(chosen.arm)
        self.best_score_ = chosen.claimed
        self.best_params_ = self._params(chosen.arm)
        self.best_estimator_ = clone(self.estimator).set_params(**self.best_params_)
        self.best_estimator_.fit(X, y, sample_weight=sample_weight)
        return self

    def _contest(self, X: Any, y: Any, sample_weight: Any, groups: Any) -> Folds:
        activations, rates, threads = self._checked()
        model = clone(self.estimator)
        rows = model.checked(X, y, sample_weight, reset=True)
        seeds = model.seeds()
        y = np.asarray(y)
        *_, groups = indexable(rows.X, y, groups)
        splitter = check_cv(self.cv, y, classifier=is_classifier(model))
        hidden = tuple(np.atleast_1d(model.hidden_layer_sizes).tolist())
        return Folds(
            model=model,
            rows=rows,
            y=y,
            groups=None if groups is None else np.asarray(groups),
            folds=list(splitter.split(rows.X, y, groups)),
            arms=[Arm(Candidate(get(a), hidden), rate) for a in activations for rate in rates],
            seeds=seeds,
            threads=threads,
            scorer=check_scoring(model, self.scoring),
        )

    def _params(self, arm: Arm) -> dict[str, Any]:
        """The parameters of the estimator, the activation as it was given."""
        activations, *_ = self._checked()
        named = next(each for each in activations if get(each) == arm.candidate.activation)
        return {"activation": named, "learning_rate": arm.setting}

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
        return activations, rates, jobs if jobs > 0 else max(1, get_threads() + 1 + jobs)

    @property
    def n_features_in_(self) -> int:
        """Columns of X."""
        return int(self._best.n_features_in_)

    @property
    def feature_names_in_(self) -> Any:
        """Names of the columns of X, if all of them are text."""
        return self._best.feature_names_in_

    @property
    def classes_(self) -> Any:
        """Labels, of a classifier."""
        return self._best.classes_

    @property
    def _best(self) -> Any:
        check_is_fitted(self, "best_estimator_")
        return self.best_estimator_

    @_can("predict")
    def predict(self, X: Any) -> Any:
        """`predict` of the best estimator."""
        return self._best.predict(X)

    @_can("predict_proba")
    def predict_proba(self, X: Any) -> Any:
        """`predict_proba` of the best estimator."""
        return self._best.predict_proba(X)

    @_can("predict_log_proba")
    def predict_log_proba(self, X: Any) -> Any:
        """`predict_log_proba` of the best estimator."""
        return self._best.predict_log_proba(X)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """By `scoring`, or `score` of the best estimator."""
        scorer = check_scoring(self._best, self.scoring)
        if sample_weight is None:
            return float(scorer(self._best, X, y))
        return float(scorer(self._best, X, y, sample_weight=sample_weight))


def _tied(arm: Arm, found: list[Standing]) -> bool:
    return any(row.arm == arm and row.tied for row in found)


def _results(scores: Scores) -> dict[str, Any]:
    """As scikit-learn has them: one number for each arm."""
    arms = scores.arms
    claimed, losses = (scores.table(what, arms) for what in ("claimed", "loss"))
    means = claimed.mean(axis=0)
    return {
        "params": [
            {"activation": arm.candidate.activation.name, "learning_rate": arm.setting}
            for arm in arms
        ],
        "mean_test_score": means,
        "std_test_score": claimed.std(axis=0),
        "rank_test_score": (-means).argsort().argsort() + 1,
        "mean_validation_loss": np.where(np.isfinite(losses), losses, np.inf).mean(axis=0),
        "diverged": scores.table("diverged", arms).astype(np.int64).sum(axis=0),
        **{f"split{k}_test_score": row for k, row in enumerate(claimed)},
    }


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Folds:
    """The contest: every activation and learning rate in every fold of a cross-validation."""

    model: Perceptron
    rows: Rows
    y: np.ndarray
    groups: np.ndarray | None
    folds: list[tuple[np.ndarray, np.ndarray]]
    arms: list[Arm]
    seeds: tuple[int, int, int]
    threads: int | None
    scorer: Any

    def key(self, arm: Arm) -> str:
        """See `nonlin.trials.contest.Contest`."""
        return key(arm)

    def label(self, arm: Arm) -> str:
        """The name of the activation."""
        return str(arm.candidate.activation.name)

    def resolution(self, rows: int) -> float:
        """Scores of classifiers move in steps of about one row."""
        return 1.0 / rows if is_classifier(self.model) else 0.0

    def split(self, seed: int) -> Fold:
        """The fold of this number; what is held out of its training rows picks the rate."""
        learn, test = self.folds[seed]
        kept, held_out = self._held_out(learn)
        return Fold(self, len(learn), test, kept, held_out)

    def _held_out(self, learn: np.ndarray) -> tuple[Rows, Rows]:
        """Rows to train on, and rows that choose the rate: whole groups where there are some."""
        model, seed = self.model, self.seeds[2]
        counting = learn[self.rows[learn].counting]
        if self.groups is None or len(np.unique(self.groups[counting])) < 2:
            return model.held_out(self.rows[counting], seed)
        cut = GroupShuffleSplit(1, test_size=model.validation_fraction, random_state=seed)
        kept, out = next(cut.split(counting, groups=self.groups[counting]))
        return self.rows[counting[kept]], self.rows[counting[out]]


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """One fold: see `nonlin.trials.contest.Split`. learnt: rows of its training part, in all."""

    of: Folds
    learnt: int
    test: np.ndarray
    kept: Rows
    held_out: Rows

    @property
    def sizes(self) -> Sizes:
        """The training rows with those held out of them, which choose the rate only."""
        return Sizes(self.learnt, len(self.held_out), len(self.test))

    def run(self, arms: Sequence[Arm], threads: int | None) -> Iterator[tuple[Arm, Outcome]]:
        """Same rows, batches and initial noise for all."""
        return run_arms(self._outcome, arms, threads or self.of.threads)

    def _outcome(self, arm: Arm, stop: np.ndarray) -> Outcome:
        of, test = self.of, self.test
        model = of.model.as_arm(arm.candidate.activation, arm.setting, of.seeds[0], of.rows.X.dtype)
        inputs, target = (each[:LOOKED_AT] for each in (self.kept.X, self.kept.y))
        with np.errstate(over="ignore", invalid="ignore"):
            measures = before(model.network_, inputs, target, None)
            job = model.job(self.kept, self.held_out, model.epochs, of.seeds[1])
            record = run_of(job, {})(stop)
            measures |= after(model.network_, inputs)
            counts = {} if of.rows.weights is None else {"sample_weight": of.rows.weights[test]}
            return Outcome(
                loss=record.best_loss,
                validated=-record.best_loss,
                claimed=float(of.scorer(model, of.rows.X[test], of.y[test], **counts)),
                seconds=record.seconds,
                diverged=record.diverged_at is not None,
                measures=measures,
            )
