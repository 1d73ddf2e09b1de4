"""Predictions as a table, and what the user should know about the rows."""

from __future__ import annotations

import numpy as np
import polars as pl

from nonlin._text import Text, text
from nonlin.data import prepare
from nonlin.data.columns import distinct, listed
from nonlin.keep.model import Model


def predictions(model: Model, frame: pl.DataFrame, probabilities: bool) -> pl.DataFrame:
    """One row for each row of the frame, in its order: the target, then p_LABEL for each class.

    Several labels have a column each, quantiles one for each level, TARGET_LEVEL.

    Raises InputError for columns that are missing or do not fit, and for probabilities of a
    model that predicts numbers.
    """
    shares = model.predict_proba(frame) if probabilities else np.empty((frame.height, 0))
    values = model.predict(frame)
    values = values.reshape(frame.height, -1)
    likely = [f"p_{label}" for label in model.task.labels] if probabilities else []
    columns = [*zip(_names(model), values.T, strict=True), *zip(likely, shares.T, strict=True)]
    names = distinct(name for name, _ in columns)
    return pl.DataFrame([pl.Series(n, v) for n, (_, v) in zip(names, columns, strict=True)])


def _names(model: Model) -> list[str]:
    """The target, or one name for each of several labels or quantiles."""
    if model.task.kind == "multilabel":
        return [str(label) for label in model.task.labels]
    if model.task.kind == "quantiles":
        return [f"{model.about.target}_{level:g}" for level in model.task.numbers]
    return [model.about.target]


def remarks(model: Model, frame: pl.DataFrame) -> tuple[Text, ...]:
    """Which columns are not used, where gaps are filled, and what training did not see."""
    kept = model.preparation
    known = {*kept.used, *_names(model), model.about.target}
    spare = [name for name in frame.columns if name not in known]
    ignored = (text("keep.ignored", columns=listed(spare)),) if spare else ()
    read = kept.read(frame)
    return (*ignored, *prepare.gaps(read, kept), *prepare.unseen(read, kept))
