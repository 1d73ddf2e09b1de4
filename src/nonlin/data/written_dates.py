"""Dates and times as people write them, with day and month in either order."""

from __future__ import annotations

import polars as pl

from nonlin.data.numerals import every

ORDERS = ("dmy", "mdy")  # of a day and a month in front of a year
FIXED = "ymd"  # a year in front, or a month by name: nothing to decide
MOMENT = pl.Datetime("us")
PIVOT = 69  # two digits from here on are of the last century, as POSIX has it
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan ene gen", "feb fév fev", "mar mär mrz", "apr avr abr", "may mai mag",
            "jun giu", "jul lug", "aug aoû ago", "sep set", "oct okt ott", "nov", "dec dez déc dic",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
TIME = (
    r"(?:(?:[T ]|,\s)\s*(?P<h>\d{1,2})(?::|时|点)(?P<i>\d{2})"
    r"(?:分|(?::|分)(?P<s>\d{2})秒?(?P<f>[.,]\d{1,9})?)?\s*(?P<p>(?i:[ap]\.?m\.?))?"
    r"\s*(?P<z>Z|UTC|[+-]\d{2}:?\d{2})?)?$"
)
WEEKDAY = r"^(?:(?i:mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]?\s+)?"
NAME = r"(?P<n>[^\W\d_]{3,9})\.?"
SHAPES = (
    *(rf"^(?P<y>\d{{4}}){s}(?P<m>\d{{1,2}}){s}(?P<d>\d{{1,2}})" for s in ("-", "/", r"\.")),
    r"^(?P<y>\d{4})\s?年\s?(?P<m>\d{1,2})\s?月\s?(?P<d>\d{1,2})\s?[日号]",
    rf"{WEEKDAY}(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?[-/ ]?\s?{NAME}[-/ ,]\s?(?P<y>\d{{4}}|\d{{2}})",
    rf"{WEEKDAY}{NAME}[-/ ]?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,\s?|[-/ ])(?P<y>\d{{4}})",
    rf"^(?P<y>\d{{4}})[-/ ]{NAME}[-/ ](?P<d>\d{{1,2}})",
)
EITHER = (  # a and b: day and month, or month and day
    *(rf"^(?P<a>\d{{1,2}}){s}(?P<b>\d{{1,2}}){s}(?P<y>\d{{4}})" for s in ("-", "/", r"\.")),
    r"^(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y>\d{2})",
    *(rf"^(?P<a>\d{{2}}){s}(?P<b>\d{{2}}){s}(?P<y>\d{{2}})" for s in ("-", r"\.")),
)
CLOCK = r"^(?P<h>\d{1,2}):(?P<i>\d{2})(?::(?P<s>\d{2})(?P<f>\.\d{1,9})?)?(?:\s?(?P<p>(?i:[ap]m)))?$"


def orders(cells: pl.Series) -> tuple[str, ...]:
    """The orders in which all cells, none of them null, are dates: none, one, or both of ORDERS.

    All need the same shape: dates written in two ways are no dates.
    """
    if not len(cells) or not any(sign.isdigit() for sign in cells[0]):
        return ()
    if any(_all_are(cells, shape, FIXED) for shape in SHAPES):
        return (FIXED,)
    shape = next((each for each in EITHER if every(cells, each + TIME)), None)
    return tuple(order for order in ORDERS if shape and _all_are(cells, shape, order))


def is_clock(cells: pl.Series) -> bool:
    """Are all cells times of day?"""
    return len(cells) > 0 and every(cells, CLOCK) and clock(cells).null_count() == 0


def _all_are(cells: pl.Series, shape: str, order: str) -> bool:
    return every(cells, shape + TIME) and _read(cells, shape, order).null_count() == 0


def moments(cells: pl.Series, order: str) -> pl.Series:
    """Of type MOMENT, null for what is no date; with a zone, those of UTC."""
    found = pl.Series(cells.name, [None] * len(cells), dtype=MOMENT)
    for shape in (*SHAPES, *EITHER):
        left = cells.filter(found.is_null()).drop_nulls()
        if len(left) and left.str.contains(shape + TIME).any():
            read = _read(cells, shape, order)
            found = found.zip_with(found.is_not_null(), read)
    return found


def _read(cells: pl.Series, shape: str, order: str) -> pl.Series:
    parts = cells.str.extract_groups(shape + TIME).struct.unnest()
    first, second = ("b", "a") if order == "dmy" else ("a", "b")
    if "a" in parts.columns:
        parts = parts.rename({first: "m", second: "d"})
    if "n" in parts.columns:
        parts = parts.with_columns(m=_month())
    year = pl.col("y").cast(pl.Int64, strict=False)
    short = pl.col("y").str.len_chars() == 2
    century = pl.when(year < PIVOT).then(2000).otherwise(1900)
    date = pl.format(
        "{}-{}-{}",
        pl.when(short).then(year + century).otherwise(year).cast(pl.String).str.zfill(4),
        pl.col("m").str.zfill(2),
        pl.col("d").str.zfill(2),
    )
    written = pl.format("{}T{}", date, _of_day())
    local = written.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", strict=False, time_unit="us")
    return parts.select((local - _offset()).alias(cells.name)).to_series()


def _month() -> pl.Expr:
    """By name, in English and the languages that MONTHS has, as two digits."""
    name = pl.col("n").str.to_lowercase()
    name = name.str.replace("^juil", "jul").str.replace("^juin", "jun").str.slice(0, 3)
    number = name.replace_strict(MONTHS, default=None, return_dtype=pl.Int64)
    return number.cast(pl.String)


def _of_day() -> pl.Expr:
    """The groups h, i, s, f and p as 24 hours, midnight where there are none."""
    hour = pl.col("h").cast(pl.Int64, strict=False).fill_null(0)
    half = pl.col("p").str.to_lowercase().str.slice(0, 1)
    twelve = pl.when(hour > 12).then(None).otherwise(hour % 12)
    hour = (
        pl.when(half == "p").then(twelve + 12).when(half == "a").then(twelve).otherwise(hour)
    ).cast(pl.String)
    part = pl.col("f").str.replace(",", ".").fill_null("")
    minute, second = (pl.col(name).fill_null("00") for name in ("i", "s"))
    return pl.format("{}:{}:{}{}", hour.str.zfill(2), minute, second, part)


def _offset() -> pl.Expr:
    digits = pl.col("z").str.extract(r"([+-]\d{2}):?\d{2}").cast(pl.Int64, strict=False)
    minutes = pl.col("z").str.extract(r"[+-]\d{2}:?(\d{2})").cast(pl.Int64, strict=False)
    minutes = pl.when(pl.col("z").str.starts_with("-")).then(-minutes).otherwise(minutes)
    return pl.duration(hours=digits.fill_null(0), minutes=minutes.fill_null(0))


def clock(cells: pl.Series) -> pl.Series:
    """Times of day, null for what is none."""
    parts = cells.str.extract_groups(CLOCK).struct.unnest()
    written = pl.when(pl.col("h").is_not_null()).then(_of_day())
    return parts.select(
        written.str.to_time("%H:%M:%S%.f", strict=False).alias(cells.name)
    ).to_series()
