"""A delimited text file as people have it: any usual encoding, separator and way to write numbers.

What is not plain (UTF-8, decimal points, bare digits) is read anyway, and a note says how.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from nonlin._text import Text, text
from nonlin.choose.plain_text import plain_text

MISSING = ["", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "?"]
SEPARATORS = ",;\t|"
SIGNS = "%$€£¥￥"
GAPS = r"'’\s"  # thousands separators that are no comma and no point


def read_delimited(path: Path) -> tuple[pl.DataFrame, tuple[Text, ...]]:
    """The table in the file, and notes on how it was read.

    Raises PolarsError for lines that do not fit the first one, OSError for an unreadable file,
    InputError for one that is no text.
    """
    raw, notes = plain_text(path)
    frame, how = from_bytes(raw)
    return frame, (*notes, *how)


def from_bytes(raw: bytes) -> tuple[pl.DataFrame, tuple[Text, ...]]:
    """The same for lines in UTF-8 that end with a line feed."""
    notes = []
    frame = _named(_frame(raw, separator := separator_of(raw)))
    decimal = "." if separator == "," or not _decimal_commas(frame) else ","
    if decimal == ",":
        frame = _named(_frame(raw, separator, decimal_comma=True))
        notes.append(text("choose.decimal_comma"))
    frame = _stripped(frame)
    numbers = dict(_written_numbers(frame, decimal))
    notes.extend(_how(frame.select(list(numbers)), decimal))
    return frame.with_columns(numbers.values()), tuple(notes)


def separator_of(raw: bytes) -> str:
    """The separator that the first line holds most often: comma, semicolon, tab or bar."""
    line = raw.partition(b"\n")[0].decode()
    return max(SEPARATORS, key=line.count)


def _frame(raw: bytes, separator: str, decimal_comma: bool = False) -> pl.DataFrame:
    return pl.read_csv(
        raw,
        separator=separator,
        null_values=MISSING,
        infer_schema_length=None,  # all lines: a text in the last one is no surprise
        try_parse_dates=True,
        decimal_comma=decimal_comma,
    )


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    """Column names without blanks around them; one that is empty becomes column_1, ..."""
    names = [name.strip() or f"column_{k}" for k, name in enumerate(frame.columns, start=1)]
    if len(set(names)) == len(names):
        frame.columns = names
    return frame


def _stripped(frame: pl.DataFrame) -> pl.DataFrame:
    written = pl.col(pl.String).str.strip_chars()
    return frame.with_columns(pl.when(~written.is_in(MISSING)).then(written))


def _texts(frame: pl.DataFrame) -> Iterator[pl.Series]:
    """The columns that hold some text."""
    return (column for column in frame if column.dtype == pl.String and column.count())


def _pattern(decimal: str) -> str:
    """A number as it may be written where `decimal` is "." or ","."""
    group = f"[{',' if decimal == '.' else '.'}{GAPS}]"
    digits = rf"(\d{{1,3}}({group}\d{{3}})+|\d+)"
    return rf"^[+-]?[{SIGNS}]?\s*[+-]?{digits}?([{decimal}]\d*)?([eE][+-]?\d+)?\s*[{SIGNS}]?$"


def _decimal_commas(frame: pl.DataFrame) -> bool:
    """Is there a column of numbers such as 1,5? 1,234 beside 1.5 has a thousands separator."""
    texts = list(_texts(_stripped(frame)))
    columns = [column for column in texts if column.str.contains(_pattern(",")).all()]
    commas = [column for column in columns if column.str.contains(",").any()]
    if any(column.str.contains(r",\d{0,2}\D*$|,\d{4}|[.].*,").any() for column in commas):
        return True
    points = any(column.str.contains(r",\d{3}[.]").any() for column in texts)
    return bool(commas) and not points and pl.Float64 not in frame.dtypes


def _written_numbers(frame: pl.DataFrame, decimal: str) -> Iterator[tuple[str, pl.Series]]:
    """The text columns that are numbers with separators or signs, as Float64."""
    group = "," if decimal == "." else "."
    for column in _texts(frame):
        if not column.str.contains(_pattern(decimal)).all():
            continue
        bare = column.str.replace_all(f"[{group}{GAPS}{SIGNS}]", "").str.replace(
            decimal, ".", literal=True
        )
        number = bare.cast(pl.Float64, strict=False)
        if number.count() == column.count():
            yield column.name, number


def _how(written: pl.DataFrame, decimal: str) -> Iterator[Text]:
    group = "," if decimal == "." else "."
    for key, pattern in (("grouped", rf"\d[{group}{GAPS}]\d"), ("signs", f"[{SIGNS}]")):
        names = [column.name for column in written if column.str.contains(pattern).any()]
        if names:
            yield text(f"choose.{key}", columns=", ".join(names))
