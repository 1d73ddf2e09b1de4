"""Predictions as a table."""

from __future__ import annotations

import numpy as np
import polars as pl

from nonlin.data.columns import distinct
from nonlin.keep.predictor import Predictor


def predictions(model: Predictor, frame: pl.DataFrame, probabilities: bool) -> pl.DataFrame:
    """One row for each row of the frame, in its order: the target, then p_LABEL for each class.

    Several labels have a column each, quantiles one for each level, TARGET_LEVEL.

    Raises InputError for columns that are missing or do not fit, and for probabilities of a
    model that predicts numbers.
    """
    shares = model.predict_proba(frame) if probabilities else np.empty((frame.height, 0))
    values = model.predict(frame)
    values = values.reshape(frame.height, -1)
    likely = [f"p_{label}" for label in model.task.labels] if probabilities else []
    columns = [*zip(model.columns, values.T, strict=True), *zip(likely, shares.T, strict=True)]
    names = distinct(name for name, _ in columns)
    return pl.DataFrame([pl.Series(n, v) for n, (_, v) in zip(names, columns, strict=True)])
