"""Measurement: a number that says how uncertain it is, and where it comes from."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from nonlin._errors import InputError
from nonlin._text import Text, say


@dataclass(frozen=True, slots=True)
class Measurement:
    """One measured number.

    value: finite, in `unit` ("" for shares and ratios, "ns", "s"). standard_error: in the
    same unit; None if measured once, so that nothing can be said about it. what: the quantity
    in words. where: on which rows, networks or machine. Raises InputError for a value that is
    not finite: a measurement that failed is no evidence.
    """

    value: float
    standard_error: float | None
    unit: str
    what: Text
    where: Text

    def __post_init__(self) -> None:
        error = self.standard_error
        if not math.isfinite(self.value) or (error is not None and not error >= 0):
            raise InputError("not_measured", what=self.what, value=self.value, error=error)

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        if self.standard_error is None:
            return say("listed.said", what=self.what, value=f"{self.value:.4g}{unit}")
        value = f"{self.value:.4g} ± {self.standard_error:.2g}{unit}"
        return say("listed.said", what=self.what, value=value)


def average(values: Sequence[float], unit: str, what: Text, where: Text) -> Measurement:
    """The mean of independent measurements of one quantity, with its standard error."""
    error = None
    if len(values) > 1:
        error = statistics.stdev(values) / math.sqrt(len(values))
    return Measurement(statistics.fmean(values), error, unit, what, where)
