"""What a model predicts with: network, preparation, task, and where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from nonlin._errors import InputError
from nonlin._text import Text, listed, text
from nonlin.data import prepare
from nonlin.data.columns import distinct, some
from nonlin.data.plan import Plan
from nonlin.data.prepare import Preparation
from nonlin.data.table import as_frame, as_target
from nonlin.network import Network, Settings
from nonlin.tasks.probabilities import probabilities
from nonlin.tasks.task import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The score of the race on test rows with its 95 % interval, and the error, if any.

    name, error_name: of the measures, such as "r2" and "rmse". low, high: None after one round.
    error: in the units of the target.
    """

    name: str
    value: float
    low: float | None
    high: float | None
    error_name: str | None
    error: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Where a model comes from.

    data: name of the table. rows, columns: of it. target: the column that is predicted. training:
    how the network was trained. score: of networks like this one that had less to learn from.
    command: what gives the model again. versions: of Python, nonlin and what computed the weights.
    """

    data: str
    rows: int
    columns: int
    target: str
    training: Settings
    score: Score
    command: str
    versions: dict[str, str]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Predictor:
    """A trained network with everything that it needs to predict from raw rows: see `Model`.

    reading: how the text file was read from which it learnt, and by which text in new rows is read.
    """

    network: Network
    preparation: Preparation
    task: Task
    about: About
    reading: Plan | None = None

    def __repr__(self) -> str:
        return f"<Model of {self.about.target}: {self.network!r}>"

    @property
    def columns(self) -> list[str]:
        """What is predicted: the target, or one name for each of several labels or quantiles."""
        if self.task.kind == "multilabel":
            return [str(label) for label in self.task.labels]
        if self.task.kind == "quantiles":
            return [f"{self.about.target}_{level:g}" for level in self.task.numbers]
        return [self.about.target]

    def inputs(self, X: Any) -> np.ndarray:
        """Raw rows as the network takes them, float32, (rows, inputs): see `Preparation.read`."""
        return self.preparation(self._read(X)[0])

    def _read(self, X: Any) -> tuple[pl.DataFrame, tuple[Text, ...]]:
        """X as a frame, text in it read as that of training; notes on what is written otherwise."""
        frame = as_frame(X)
        if self.reading is None:
            return frame, ()
        return self.reading.read_new(frame, self.preparation.used, self.reading.dialect.separator)

    def remarks(self, X: Any) -> tuple[Text, ...]:
        """What to know about a prediction for these rows: columns that are not used, gaps, values
        that training did not see. Raises InputError as `predict`.
        """
        (frame, said), kept = self._read(X), self.preparation
        known = {*kept.used, *self.columns, self.about.target}
        spare = [name for name in frame.columns if name not in known]
        ignored = (text("keep.ignored", columns=some(spare)),) if spare else ()
        read = kept.read(frame)
        return (*said, *ignored, *prepare.gaps(read, kept), *prepare.unseen(read, kept))

    def predict(self, X: Any) -> np.ndarray:
        """Predictions for raw rows, a frame or array with the columns of training; (rows,).

        Class labels, or numbers in the units of the target; of several labels 0 and 1, shape
        (rows, labels); quantiles never cross, shape (rows, quantiles). Raises InputError if
        columns are missing or do not fit.
        """
        predicted = self.task.read(self.network.logits(self.inputs(X)))
        if not self.task.classes:
            return self.preparation.decode(predicted)
        return self.task.decode(predicted)

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each class or label, (rows, labels), in the order of `task.labels`.

        float32. Raises InputError for a model that predicts numbers, and as `predict`.
        """
        if not self.task.classes:
            raise InputError("no_probabilities", target=self.about.target, kind=self.task.kind)
        found = probabilities(self.task.kind, self.network.logits(self.inputs(X)))
        return found.astype(np.float32)

    def predictions(self, frame: pl.DataFrame, probabilities: bool = False) -> pl.DataFrame:
        """One row for each row of the frame, in its order: `columns`, then p_LABEL for each class.

        Raises InputError as `predict`, and for probabilities as `predict_proba`.
        """
        shares = self.predict_proba(frame) if probabilities else np.empty((frame.height, 0))
        values = self.predict(frame).reshape(frame.height, -1)
        likely = [f"p_{label}" for label in self.task.labels] if probabilities else []
        names = distinct((*self.columns, *likely))
        columns = zip(names, (*values.T, *shares.T), strict=True)
        return pl.DataFrame([pl.Series(name, column) for name, column in columns])

    def arrays(self, X: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
        """Raw rows and their targets as the network takes them; rows without a target are left out.

        Inputs, float32, (rows, inputs). Class indices, or numbers in the units of training,
        (rows,); several labels as 0 and 1, (rows, labels).
        Raises InputError for what does not fit, and for a class that training did not have.
        """
        inputs, (values, gaps) = self.inputs(X), as_target(y, self.about.target)
        if len(gaps) != len(inputs):
            raise InputError("rows_differ", rows=len(inputs), targets=len(gaps))
        inputs = inputs[~gaps]
        if not self.task.classes:
            return inputs, self.preparation.encode(values.astype(np.float64))
        unknown = values[~np.isin(values, self.task.labels)] if self.task.indices else values[:0]
        if unknown.size:
            allowed = listed(map(str, self.task.labels[:20]))
            raise InputError("keep_label", given=unknown[0], allowed=allowed)
        return inputs, self.task.encode(values)
