"""Numbers as people write them: decimal points or commas, thousands, percent and currency signs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

DECIMALS = (".", ",")
EXACT = 2**53  # whole numbers beyond it are not all different as floats
FIRST = 200  # cells that are looked at before all others
LISTS = 5  # different cells such as "1,5" in a file of commas that are numbers and not lists
MONEY = "$€£¥￥₹₽₩元"
CODES = "EUR|USD|GBP|CHF|CNY|RMB|JPY"
SHARES = {"%": 100.0, "‰": 1000.0}
GROUPS = r"'’\s"  # thousands separators that are no comma and no point
PLAIN_WHOLE = r"^[+-]?[0-9]+$"
LEADING_ZERO = r"^[+-]?0[0-9]+$"


@dataclass(frozen=True, slots=True)
class Numerals:
    """How the numbers of one column are written.

    decimal: "." or ",". percent: every cell has a percent sign, which is only taken off; else one
    divides by 100.
    """

    decimal: str = "."
    percent: bool = False


def pattern(decimal: str) -> str:
    """A number as it may be written where `decimal` is "." or ","."""
    group = f"[{_other(decimal)}{GROUPS}]"
    whole = rf"(?:[1-9]\d{{0,2}}(?:{group}\d{{3}})+|\d+)"
    digits = rf"(?:{whole}(?:[{decimal}]\d*)?|[{decimal}]\d+)(?:[eE][+-]?\d+)?"
    sign = rf"(?:[{MONEY}]|{CODES})"
    after = rf"\s*(?:{sign}|[{''.join(SHARES)}])?"
    number = rf"[+−-]?\s?(?:{sign}\s*)?[+−-]?{digits}{after}"
    return rf"^(?:{number}|\(\s*(?:{sign}\s*)?{digits}{after}\s*\)|[+-]?(?i:inf(?:inity)?))$"


def _other(decimal: str) -> str:
    return "," if decimal == "." else "."


def every(cells: pl.Series, wanted: str) -> bool:
    """Do all cells match? The first one is asked first, since most columns fail there."""
    if len(cells) and not re.search(wanted, cells[0]):
        return False
    parts = (cells.head(FIRST), cells) if len(cells) > FIRST else (cells,)
    return all(bool(part.str.contains(wanted).all()) for part in parts)


def plain(cells: pl.Series) -> bool:
    """Are all cells numbers as Python writes them?"""
    first = cells.head(FIRST).cast(pl.Float64, strict=False)
    return not first.null_count() and not cells.cast(pl.Float64, strict=False).null_count()


def is_code(cells: pl.Series) -> bool:
    """Are these whole numbers codes, because of leading zeros or more digits than floats keep?"""
    if not every(cells, PLAIN_WHOLE):
        return False
    large = (cells.cast(pl.Float64).abs() > EXACT).any()
    return bool(large or cells.str.contains(LEADING_ZERO).any())


def find(
    columns: Sequence[pl.Series], separator: str, known: Mapping[str, Numerals] = {}
) -> tuple[dict[str, Numerals], list[str]]:
    """How each column of numbers is written, and those for which nothing decides it.

    columns: text without gaps; those that hold anything but numbers are left out. One column that
    can only be read with decimal commas decides for those that could be read either way, such as
    1,234. known: what holds where nothing decides.
    """
    found = _readable(columns, separator, known)
    marked = {each.name for each in columns if found[each.name] and _marked(each)}
    one_way = {found[name] for name in marked if len(found[name]) == 1}
    fallback = "." if separator == "," else ","
    written, undecided = {}, []
    for column in columns:
        name, ways = column.name, found[column.name]
        if not ways or _currencies(column) > 1:
            continue
        decimal = ways[0]
        if name not in marked and name in known:
            decimal = known[name].decimal
        elif len(ways) > 1 and len(one_way) == 1:
            (decimal,) = one_way
        elif len(ways) > 1 and name in known:
            decimal = known[name].decimal
        elif len(ways) > 1 and name in marked and (not plain(column) or _commas(columns, found)):
            decimal = fallback
            undecided.append(name)
        written[name] = Numerals(decimal, _all_percent(column, known.get(name)))
    return written, undecided


def _readable(
    columns: Sequence[pl.Series], separator: str, known: Mapping[str, Numerals]
) -> dict[str, str]:
    """The decimal signs with which all cells of a column are numbers: "", ".", "," or ".,".

    What Python reads is asked about commas only where there are some, in this file or before.
    """
    usual = [each for each in columns if len(each) and plain(each)]
    names = {each.name for each in usual}
    found = {each.name: _ways(each, separator) for each in columns if each.name not in names}
    commas = [each.decimal for each in known.values()] + list(found.values())
    either = any("," in ways for ways in commas)
    more = {each.name: "." + "," * (either and every(each, pattern(","))) for each in usual}
    return found | more


def _ways(cells: pl.Series, separator: str) -> str:
    if not len(cells):
        return ""
    ways = "".join(decimal for decimal in DECIMALS if every(cells, pattern(decimal)))
    listed = ways == "," == separator and _marked(cells) and not _no_list(cells)
    return "" if listed else ways


def _no_list(cells: pl.Series) -> bool:
    """In a file of commas, "1,5" may be a list; not where one begins with 0, or many differ."""
    return bool(cells.str.contains(r"^\D*0,").any()) or cells.n_unique() >= LISTS


def _marked(cells: pl.Series) -> bool:
    return bool(cells.str.contains("[.,]").any())


def _commas(columns: Sequence[pl.Series], found: Mapping[str, str]) -> bool:
    """Is there a comma in any column of numbers?"""
    return any(found[each.name] and each.str.contains(",").any() for each in columns)


def _currencies(cells: pl.Series) -> int:
    """How many different ones: their numbers cannot be compared."""
    if plain(cells):
        return 0
    signs = cells.str.extract(rf"([{MONEY}]|{CODES})").str.replace("[￥元]|CNY|RMB", "¥")
    return int(signs.drop_nulls().n_unique())


def _all_percent(cells: pl.Series, known: Numerals | None) -> bool:
    return known.percent if known else bool(cells.str.ends_with("%").all())


def numbers(cells: pl.Series, written: Numerals) -> pl.Series:
    """Float64, null for what is no number written in this way."""
    if written.decimal == "." and not cells.str.contains("[%‰]").any():
        found = cells.cast(pl.Float64, strict=False)
        if found.null_count() == cells.null_count():
            return found
    signs = f"{_other(written.decimal)}{GROUPS}{MONEY}{''.join(SHARES)}()"
    fits = cells.str.contains(pattern(written.decimal))
    bare = (
        cells.str.normalize("NFKC")  # the digits of Chinese keyboards
        .str.replace_all(rf"[{signs}]|{CODES}", "")
        .str.replace("−", "-", literal=True)
        .str.replace(written.decimal, ".", literal=True)
    )
    frame = pl.DataFrame(
        {"cell": cells, "fits": fits, "number": bare.cast(pl.Float64, strict=False)}
    )
    value: pl.Expr = pl.when(pl.col("fits")).then(pl.col("number"))
    value = pl.when(pl.col("cell").str.starts_with("(")).then(-value).otherwise(value)
    for sign, parts in SHARES.items():
        if sign != "%" or not written.percent:
            shared = pl.col("cell").str.contains(sign, literal=True)
            value = pl.when(shared).then(value / parts).otherwise(value)
    return frame.select(value.alias(cells.name)).to_series()


def has(cells: pl.Series, written: Numerals) -> dict[str, bool]:
    """Which signs there are: thousands separators, percent and currency, shares of other cells."""
    if written.decimal == "." and plain(cells):
        return {"grouped": False, "signs": False, "shares": False}
    group = rf"\d[{_other(written.decimal)}{GROUPS}]\d"
    shares = bool(cells.str.contains("[%‰]").any())
    return {
        "grouped": bool(cells.str.contains(group).any()),
        "signs": bool(cells.str.contains(rf"[%{MONEY}(]|{CODES}").any())
        and (written.percent or not shares),
        "shares": shares and not written.percent,
    }
