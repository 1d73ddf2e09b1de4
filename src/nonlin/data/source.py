"""A table before anything is decided about it."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from nonlin._text import Text
from nonlin.data.dialect import Dialect


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """frame: of a text file the cells as text, and its dialect; else columns of any type."""

    frame: pl.DataFrame
    notes: tuple[Text, ...] = ()
    dialect: Dialect | None = None
