"""What a user says of how a table is to be read, where the table itself would decide otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nonlin._errors import InputError, nearest
from nonlin._text import listed
from nonlin.data.written_dates import ORDERS

NAMES = ("gaps", "dates", "header", "keep")


@dataclass(frozen=True, slots=True)
class Wishes:
    """gaps: the words that mean a gap, in every column, and no others; None: see `gap_words`.

    dates: "dmy" or "mdy", where both are possible. header: does the first line hold the names?
    keep: columns that are not left out because they only seem to name the rows.
    """

    gaps: tuple[str, ...] | None = None
    dates: str | None = None
    header: bool | None = None
    keep: tuple[str, ...] = ()


NONE = Wishes()


def wishes(given: Mapping[str, Any]) -> Wishes:
    """Those of the options NAMES, lists as such or as "a,b"; InputError for what cannot be."""
    dates, header = given.get("dates"), given.get("header")
    if dates is not None and dates not in ORDERS:
        hint = nearest(str(dates), ORDERS)
        raise InputError("dates_order", given=dates, allowed=listed(ORDERS), hint=hint)
    if header is not None and not isinstance(header, bool):
        raise InputError("not_yes_or_no", name="header", given=header)
    gaps, keep = (_listed(name, given.get(name)) for name in ("gaps", "keep"))
    return Wishes(gaps, dates, header, keep or ())


def _listed(name: str, given: Any) -> tuple[str, ...] | None:
    if given is None:
        return None
    if isinstance(given, str):
        return tuple(each.strip() for each in given.split(",") if each.strip())
    if not isinstance(given, Iterable):
        raise InputError("not_a_list", name=name, given=given, example='["NA", "-9999"]')
    return tuple(str(each).strip() for each in given)
