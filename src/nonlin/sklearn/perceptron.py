"""Multi-layer perceptrons as scikit-learn estimators."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone
from sklearn.exceptions import ConvergenceWarning, DataConversionWarning
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets, type_of_target, unique_labels
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from nonlin._errors import InputError
from nonlin._text import listed, say
from nonlin.checks import integer, number
from nonlin.network import Job, Memory, Network, Settings, train

MOST_IN_BATCH = 200  # as in scikit-learn


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows to learn from: inputs, encoded targets, weights or None."""

    X: np.ndarray
    y: np.ndarray
    weights: np.ndarray | None

    def __getitem__(self, rows: np.ndarray) -> Rows:
        weights = None if self.weights is None else self.weights[rows]
        return Rows(self.X[rows], self.y[rows], weights)

    def __len__(self) -> int:
        return len(self.X)

    @property
    def counting(self) -> np.ndarray:
        """Indices of the rows whose weight is not 0."""
        return np.arange(len(self)) if self.weights is None else np.flatnonzero(self.weights)


class Perceptron(BaseEstimator):
    """What classifier and regressor share; a subclass says what it predicts."""

    def __init__(
        self,
        hidden_layer_sizes: Sequence[int] | int = (100,),
        activation: Any = "relu",
        *,
        init: str = "auto",
        optimizer: str = "adamw",
        learning_rate: float = 1e-3,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
        batch_size: int | str = "auto",
        max_iter: int = 200,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        random_state: Any = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.init = init
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.max_iter = max_iter
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Train on X (rows, columns), dense and finite, and y; float32 X is trained in float32.

        sample_weight (rows,): how much each row counts. The weights of the epoch with the lowest
        loss are kept: the validation loss with `early_stopping`, else the training loss. Training
        ends after `max_iter` epochs, or `n_iter_no_change` epochs without a lower loss.
        """
        rows = self.checked(X, y, sample_weight, reset=True)
        return self._fitted(rows[rows.counting], *self.seeds())

    def seeds(self) -> tuple[int, int, int]:
        """Of the initial weights, the order of the rows, and what is held out."""
        random = check_random_state(self.random_state)
        first, second, third = (int(random.randint(2**31 - 1)) for _ in range(3))
        return first, second, third

    def _fitted(self, rows: Rows, weights: int, order: int, held_out: int) -> Any:
        kept, validation = self.held_out(rows, held_out) if self.early_stopping else (rows, None)
        self.start(weights, rows.X.dtype)
        self._order = order
        self._train(kept, validation, self.epochs, order)
        return self

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Any:
        """One more epoch, on these rows; the optimizer remembers the ones before.

        classes: all labels that will ever come, at the first call of a classifier.
        """
        first = not hasattr(self, "network_")
        rows = self.checked(X, y, sample_weight, reset=first, classes=classes)
        if first:
            weights, self._order, _ = self.seeds()
            self.start(weights, rows.X.dtype)
        elif rows.X.dtype != self.network_.dtype:
            rows = Rows(rows.X.astype(self.network_.dtype), rows.y, rows.weights)
        self._train(rows, None, 1, (self._order + self.n_iter_) % 2**31)
        return self

    def start(self, seed: int, dtype: Any) -> None:
        """An untrained network for the columns and targets that were seen."""
        hidden = self.hidden_layer_sizes
        layers = np.atleast_1d(hidden).tolist()
        sizes = (self.n_features_in_, *layers, self.n_outputs_)
        self.network_ = Network(
            sizes, self.activation, self.out_activation_, self.init, seed, dtype
        )
        self._memory = Memory.of(self.network_)
        self.n_iter_ = 0
        self.loss_curve_: list[float] = []
        self.validation_loss_curve_: list[float] = []

    def as_arm(self, activation: Any, rate: float, seed: int, dtype: Any) -> Any:
        """A copy that knows the targets, with an untrained network of this activation."""
        made = clone(self).set_params(activation=activation, learning_rate=rate)
        known = {k: v for k, v in vars(self).items() if k not in made.get_params()}
        known.pop("feature_names_in_", None)  # it is asked about plain rows
        made.__dict__.update(known)
        made.start(seed, dtype)
        return made

    def settings(self, rows: int, epochs: int, seed: int) -> Settings:
        """How the network is trained on so many rows."""
        batch: Any = self.batch_size
        if batch == "auto":
            batch = min(MOST_IN_BATCH, rows)
        return Settings(
            optimizer=self.optimizer,
            learning_rate=self.learning_rate,
            momentum=self.momentum,
            weight_decay=self.weight_decay,
            epochs=epochs,
            batch_size=batch,
            patience=integer("n_iter_no_change", self.n_iter_no_change, 1),
            seed=seed,
        )

    @property
    def epochs(self) -> int:
        """`max_iter`, checked."""
        return integer("max_iter", self.max_iter, 1)

    def held_out(self, rows: Rows, seed: int) -> tuple[Rows, Rows]:
        """Rows to train on, and the share of `validation_fraction` that is held out."""
        share = number("validation_fraction", self.validation_fraction, 0.0, 1.0, open_below=True)
        strata = self._strata(rows.y)
        if strata is not None:
            counts = np.unique_counts(strata).counts
            if counts.min() < 2 or min(share, 1 - share) * len(rows) < len(counts):
                strata = None
        kept, out = train_test_split(
            np.arange(len(rows)), test_size=share, random_state=seed, stratify=strata
        )
        return rows[kept], rows[out]

    def job(self, rows: Rows, validation: Rows | None, epochs: int, seed: int) -> Job:
        """The training of `network_` on these rows."""
        settings = self.settings(len(rows), epochs, seed)
        held_out = None
        if validation is not None:
            held_out = validation.X, validation.y, validation.weights
        return Job(self.network_, rows.X, rows.y, held_out, settings, rows.weights, self._memory)

    def _train(self, rows: Rows, validation: Rows | None, epochs: int, seed: int) -> None:
        record = train(self.job(rows, validation, epochs, seed))
        self.n_iter_ += record.epochs
        self.loss_curve_ += record.train_loss.tolist()
        if validation is not None:
            self.validation_loss_curve_ += record.validation_loss.tolist()
        self.loss_ = self.loss_curve_[-1]
        self.best_loss_ = record.best_loss
        if record.diverged_at is not None:
            message = say("sklearn.diverged", step=record.diverged_at, rate=self.learning_rate)
            warnings.warn(message, ConvergenceWarning, stacklevel=3)

    def checked(
        self, X: Any, y: Any, sample_weight: Any, *, reset: bool, classes: Any = None
    ) -> Rows:
        """Dense, finite rows with encoded targets."""
        _dense(X)
        kinds = (np.float64, np.float32)
        X, y = validate_data(
            self, X, y, dtype=kinds, multi_output=True, order="C", reset=reset, y_numeric=False
        )
        if sample_weight is not None:
            sample_weight = _check_sample_weight(
                sample_weight, X, dtype=np.float64, ensure_non_negative=True
            )
        return Rows(X, self._encoded(y, reset, classes), sample_weight)

    def _forward(self, X: Any) -> np.ndarray:
        """What the output layer gives, shape (rows, outputs)."""
        check_is_fitted(self, "network_")
        _dense(X)
        X = validate_data(self, X, dtype=(np.float64, np.float32), order="C", reset=False)
        return self.network_.forward(X)

    @property
    def coefs_(self) -> list[np.ndarray]:
        """Weight matrices, (fan_in, fan_out), one per layer."""
        return list(self.network_.weights)

    @property
    def intercepts_(self) -> list[np.ndarray]:
        """Biases, one array per layer."""
        return list(self.network_.biases)


class MLPRegressor(RegressorMixin, Perceptron):
    """A multi-layer perceptron for regression: identity output, squared error.

    hidden_layer_sizes: neurons per hidden layer. activation: a name of the catalogue, an
    Activation (your own formula, too), or one of these per hidden layer. init: see
    `nonlin.Network`. optimizer: "adamw", or "sgd" with `momentum`. weight_decay: decoupled.
    batch_size: rows per step, "auto" is min(200, rows). random_state: as in scikit-learn.
    Attributes after `fit`: network_, coefs_, intercepts_, loss_, best_loss_, loss_curve_,
    validation_loss_curve_, n_iter_. Standardise inputs and target beforehand (StandardScaler,
    TransformedTargetRegressor).
    """

    out_activation_ = "identity"

    def _encoded(self, y: np.ndarray, reset: bool, classes: Any) -> np.ndarray:
        values = np.asarray(y, np.float64)
        outputs = 1 if values.ndim == 1 else values.shape[1]
        if reset:
            self.n_outputs_ = outputs
            self._flat = values.ndim == 1
        elif outputs != self.n_outputs_:
            raise InputError("sklearn_outputs", given=outputs, needed=self.n_outputs_)
        return values

    def _strata(self, y: np.ndarray) -> None:
        return None

    def partial_fit(  # type: ignore[override]
        self, X: Any, y: Any, sample_weight: Any = None
    ) -> Any:
        """One more epoch, on these rows; the optimizer remembers the ones before."""
        return super().partial_fit(X, y, sample_weight=sample_weight)

    def predict(self, X: Any) -> np.ndarray:
        """Values, shape (rows,), or (rows, outputs) if y had two dimensions."""
        values = self._forward(X)
        return values[:, 0] if self._flat else values


class MLPClassifier(ClassifierMixin, Perceptron):
    """A multi-layer perceptron for classes: two (sigmoid), more (softmax), or several labels.

    For several labels at once, y is a matrix of 0 and 1 (one sigmoid per column). Parameters
    and attributes are those of `MLPRegressor`, and classes_.
    """

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    @property
    def out_activation_(self) -> str:
        """Of the output layer."""
        several = len(self.classes_) > 2 and not self._multilabel
        return "softmax" if several else "sigmoid"

    def _encoded(self, y: np.ndarray, reset: bool, classes: Any) -> np.ndarray:
        check_classification_targets(y)
        if y.ndim == 2 and y.shape[1] == 1:
            warnings.warn(say("sklearn.column"), DataConversionWarning, stacklevel=5)
            y = y[:, 0]
        if reset:
            self._multilabel = type_of_target(y).startswith("multilabel")
            self.classes_ = unique_labels(y if classes is None else classes)
            several = self._multilabel or len(self.classes_) > 2
            self.n_outputs_ = len(self.classes_) if several else 1
        if self._multilabel:
            return np.asarray(y, np.float64)
        unknown = np.setdiff1d(y, self.classes_)
        if unknown.size:
            allowed = listed(map(str, self.classes_))
            raise InputError("sklearn_label", given=unknown[0], allowed=allowed)
        return np.searchsorted(self.classes_, y)

    def _strata(self, y: np.ndarray) -> np.ndarray | None:
        return None if self._multilabel else y

    def predict(self, X: Any) -> np.ndarray:
        """Labels, shape (rows,); for several labels at once a matrix of 0 and 1."""
        probabilities = self.predict_proba(X)
        if self._multilabel:
            return (probabilities > 0.5).astype(np.int64)
        return np.asarray(self.classes_[probabilities.argmax(axis=1)])

    def predict_proba(self, X: Any) -> np.ndarray:
        """Probability of each class, shape (rows, classes), in the order of classes_."""
        values = self._forward(X)
        if self.n_outputs_ > 1 or self._multilabel:
            return values
        if len(self.classes_) == 1:
            return np.ones_like(values)
        return np.concatenate([1 - values, values], axis=1)

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Logarithm of `predict_proba`."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(self.predict_proba(X)))


def _dense(X: Any) -> None:
    """Raises InputError for a sparse matrix, as encoders of text make it."""
    if issparse(X):
        raise InputError("sklearn_sparse")
