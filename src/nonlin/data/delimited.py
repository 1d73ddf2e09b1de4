"""A delimited text file as people have it: any usual encoding, separator and way to write numbers.

What is not plain (UTF-8, decimal points, bare digits) is read anyway, and a note says how.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import polars as pl

from nonlin._errors import InputError
from nonlin._text import Text, text
from nonlin.data.plain_text import plain_text

MISSING = ["", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "?"]
SEPARATORS = ",;\t|"
SIGNS = "%$€£¥￥"
UNNAMED = re.compile(r"\s*(_duplicated_\d+)?")
GAPS = r"'’\s"  # thousands separators that are no comma and no point


def read_delimited(path: Path) -> tuple[pl.DataFrame, tuple[Text, ...]]:
    """The table in the file, and notes on how it was read.

    Raises InputError for a file that is no text, and names the first line that does not fit the
    first one; PolarsError for what else is wrong with it, OSError for an unreadable file.
    """
    raw, notes = plain_text(path)
    raw = _ended(raw)
    try:
        frame, how = from_bytes(raw)
    except pl.exceptions.ComputeError:
        _name_the_line(path.name, raw)
        raise
    return frame, (*notes, *how)


def _ended(raw: bytes) -> bytes:
    """With a separator behind the names, if all other lines end with one."""
    sign = separator_of(raw).encode()
    table = raw.rstrip(b"\r\n")
    if not table.endswith(sign):  # most files: nothing is taken apart
        return raw
    head, *lines = table.splitlines()
    if head.endswith(sign) or not lines or not all(line.endswith(sign) for line in lines):
        return raw
    return raw.replace(head, head + sign, 1)


def _name_the_line(name: str, raw: bytes) -> None:
    """Raises InputError for the first line that has more fields than there are names."""
    separator = separator_of(raw)
    lines = csv.reader(io.StringIO(raw.decode(), newline=""), delimiter=separator)
    with suppress(csv.Error):  # a cell of 100 kB: other words must do
        needed = len(next(lines))
        long = next((fields for fields in lines if len(fields) > needed), None)
        if long:
            raise InputError(
                "ragged",
                given=name,
                line=lines.line_num,
                fields=len(long),
                needed=needed,
                separator={"\t": "tab"}.get(separator, separator),
            )


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


def as_read(column: pl.Series, decimal_comma: bool = False) -> pl.Series:
    """A column of text as it would be, had it stood in a file; text, if polars is at a loss."""
    beside = pl.DataFrame({"a": column, "b": [0] * len(column)})  # so that a gap is no blank line
    try:
        return _parsed(beside.write_csv().encode(), ",", decimal_comma)["a"].alias(column.name)
    except pl.exceptions.ComputeError:
        return column


def _frame(raw: bytes, separator: str, decimal_comma: bool = False) -> pl.DataFrame:
    """As polars reads it; column by column, if some are not what their first values promise."""
    try:
        return _parsed(raw, separator, decimal_comma)
    except pl.exceptions.ComputeError:
        frame = pl.read_csv(raw, separator=separator, null_values=MISSING, infer_schema=False)
        return frame.with_columns(as_read(column, decimal_comma) for column in frame)


def _parsed(raw: bytes, separator: str, decimal_comma: bool) -> pl.DataFrame:
    return pl.read_csv(
        raw,
        separator=separator,
        null_values=MISSING,
        infer_schema_length=None,  # all lines: a text in the last one is no surprise
        try_parse_dates=True,
        decimal_comma=decimal_comma,
    )


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    """Column names without blanks around them; one that is empty becomes column_1, ...

    Columns without a name and any value are none: every line ends with a separator.
    """
    frame = frame.drop(
        name for name in frame.columns if UNNAMED.fullmatch(name) and not frame[name].count()
    )
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
    number = rf"[{SIGNS}]?\s*[+-]?{digits}?([{decimal}]\d*)?([eE][+-]?\d+)?\s*[{SIGNS}]?"
    return rf"^[+-]?({number}|(?i:inf(inity)?))$"


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
        western = column.str.normalize("NFKC")  # the digits of Chinese keyboards
        bare = western.str.replace_all(f"[{group}{GAPS}{SIGNS}]", "").str.replace(
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
