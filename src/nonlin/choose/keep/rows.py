"""Predictions as a table, and what the user should know about the rows."""

from __future__ import annotations

import polars as pl

from nonlin._text import Text, text
from nonlin.choose import prepare
from nonlin.choose.columns import listed
from nonlin.choose.data import normalised
from nonlin.choose.keep.model import Model


def predictions(model: Model, frame: pl.DataFrame, probabilities: bool) -> pl.DataFrame:
    """One row for each row of the frame, in its order: the target, then p_LABEL for each class.

    Raises InputError for columns that are missing or do not fit, and for probabilities of a
    model that predicts numbers.
    """
    name = model.about.target
    shares = model.predict_proba(frame) if probabilities else None
    found = pl.DataFrame({name: model.predict(frame)})
    if shares is None:
        return found
    names = [f"p_{label}" for label in model.task.labels]
    return found.hstack([pl.Series(n, shares[:, at]) for at, n in enumerate(names) if n != name])


def remarks(model: Model, frame: pl.DataFrame) -> tuple[Text, ...]:
    """Which columns are not used, and where gaps are filled."""
    kept = model.preparation
    used = {*kept.numeric, *kept.categorical}
    spare = [name for name in frame.columns if name not in used and name != model.about.target]
    ignored = (text("keep.ignored", columns=listed(spare)),) if spare else ()
    return (*ignored, *prepare.gaps(normalised(frame.select(sorted(used))), kept))
