"""How the predictions of the recommended network fit test rows that it never saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nonlin._text import say
from nonlin.report.page.fit_classes import classes, labels
from nonlin.report.page.fit_quantities import quantiles, quantity
from nonlin.report.page.section import Section

if TYPE_CHECKING:
    from nonlin.choose.held_out import HeldOut
    from nonlin.choose.result import Result


def fit(result: Result) -> Section:
    """Predicted beside actual: points of a quantity, or counts of classes."""
    held = result.held_out
    if held is None:
        return Section("fit", [say("page.fitted.none")])
    logits = held.logits
    if not np.isfinite(logits).all():
        return Section("fit", [say("page.fitted.diverged")])
    told = [_told(held, result)]
    if held.task.kind == "multilabel":
        return labels(held, logits, told)
    if held.task.classes:
        return classes(held, logits, told)
    if held.task.kind == "quantiles":
        return quantiles(held, logits, told, result.target)
    return quantity(held, logits, told, result.target)


def _told(held: HeldOut, result: Result) -> str:
    """On which rows."""
    rows = len(held.target)
    key = "rows" if rows == held.of_rows else "some_rows"
    return say(f"page.fitted.{key}", name=result.chosen.label, rows=rows, of=f"{held.of_rows:,}")
