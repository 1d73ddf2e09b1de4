"""Read a table: CSV, TSV, Parquet or Arrow files, or a data set that scikit-learn ships."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from nonlin._errors import InputError, nearest
from nonlin._text import Text, harmless, listed, text
from nonlin.data import labels, large, search
from nonlin.data.cells import read_cells
from nonlin.data.dialect import Dialect
from nonlin.data.large import PARQUET
from nonlin.data.plan import Plan
from nonlin.data.source import Source
from nonlin.data.table import Table, as_frame, column, from_frame
from nonlin.data.wishes import NONE, Wishes

DATA_SETS = ("iris", "wine", "digits", "breast_cancer", "diabetes")
TARGETS = ("target", "label", "class", "y")  # names that a target usually has
ARROW = (".arrow", ".feather", ".ipc")
ENDINGS = (*large.TEXT, ".gz", *PARQUET, *ARROW)
WILD = frozenset("*?[")


def read(
    data: str,
    target: str | Sequence[str] | None = None,
    special: Mapping[str, str] = {},
    wishes: Wishes = NONE,
) -> Table:
    """The table called `data`: a path, or one of iris, wine, digits, breast_cancer, diabetes.

    A path may be a pattern such as data/*.csv; of a large file, a random part is read. target: the
    column to predict, or several of 0 and 1 ("a,b"); the one called target, label, class or y (in
    any case) if not given, else the last one, which `notes` then says. special: see
    `data.from_frame`. wishes: where the user decides how a text file is read. Raises InputError
    for a missing, empty or unreadable file, an unknown column, a table of one column.
    """
    path = Path(data).expanduser()
    source, chosen, levels, of_rows = _rows(path, data, target, special, wishes)
    notes = source.notes
    if target is None:
        notes = (*notes, text("choose.target_taken", column=chosen[0]))
    frame, plan = source.frame, None
    if source.dialect is not None:
        plan, said = search.find(frame, source.dialect, chosen, wishes, levels=levels)
        frame, notes = plan.read(frame), (*notes, *said)
    table = from_frame(str(harmless(path.name)), frame, chosen, notes, special, wishes)
    return replace(table, of_rows=of_rows, plan=plan)


def with_target(
    X: Any,
    target: str | Sequence[str] | None = None,
    special: Mapping[str, Any] = {},
    wishes: Wishes = NONE,
) -> Table:
    """The table of a frame that holds its target: see `read`.

    special: as in `data.from_memory`. Raises InputError for an array, whose columns have no names,
    and otherwise as `read`.
    """
    if not hasattr(type(X), "columns"):  # asked of a lazy frame itself, it warns
        raise InputError("no_y")
    frame = as_frame(X)
    chosen = _targets(target, frame.columns, _named(special))
    notes = (text("choose.target_taken", column=chosen[0]),) if target is None else ()
    return from_frame(text("choose.arrays"), frame, chosen, notes, special, wishes)


def _named(special: Mapping[str, Any]) -> dict[str, str]:
    """The roles that are given by the name of a column."""
    return {role: given for role, given in special.items() if isinstance(given, str)}


def _rows(
    path: Path,
    data: str,
    target: str | Sequence[str] | None,
    special: Mapping[str, str],
    wishes: Wishes,
) -> tuple[Source, list[str], search.Levels | None, int]:
    """All rows, or those of a large file that are taken; the targets; what `large.part` found."""
    with large.scanned(path, wishes.header) as scan:
        if scan is not None:
            chosen = _targets(target, scan.names, special)
            with suppress(pl.exceptions.PolarsError):  # reading it as usual says what is wrong
                source, levels, of_rows = large.part(scan, chosen, wishes)
                return source, chosen, levels, of_rows
    source = _source(data, wishes.header)
    return source, _targets(target, source.frame.columns, special), None, 0


def _targets(
    target: str | Sequence[str] | None, names: list[str], special: Mapping[str, str]
) -> list[str]:
    """The columns to predict."""
    if target is not None:
        chosen = [column(each, names) for each in labels.columns(target, names)]
        twice = next((each for at, each in enumerate(chosen) if each in chosen[:at]), None)
        if twice is not None:
            raise InputError("same_twice", given=twice)
        return chosen
    free = [name for name in names if name not in special.values()]
    return [_usual_target(free or names)]


def read_frame(
    data: str, used: Sequence[str] = (), plan: Plan | None = None, texts: Sequence[str] = ()
) -> tuple[pl.DataFrame, tuple[Text, ...]]:
    """All columns of the table called `data`, and notes on how it was read; errors as `read`.

    plan: by which an earlier file was read, and so is this one, in the columns that are used.
    texts: without a plan, the columns that are text whatever they hold.
    """
    source = _source(data, plan.dialect.header if plan else None, plan.dialect if plan else None)
    if source.dialect is None:
        return source.frame, source.notes
    if plan is None:
        plan, said = search.find(source.frame, source.dialect, texts=texts)
        return plan.read(source.frame), (*source.notes, *said)
    frame, said = plan.read_new(source.frame, used, source.dialect.separator)
    return frame, (*source.notes, *said)


def files_of(data: str) -> list[Path]:
    """The files that are read for `data`, if there are any."""
    path = Path(data).expanduser()
    if path.exists() or data in DATA_SETS or not WILD.intersection(data):
        return [path] if path.exists() else []
    return _matching(path)


def _matching(pattern: Path) -> list[Path]:
    """In the order of their names."""
    base = next(each for each in pattern.parents if not WILD.intersection(str(each)))
    return sorted(each for each in base.glob(str(pattern.relative_to(base))) if each.is_file())


def _source(data: str, header: bool | None, known: Dialect | None = None) -> Source:
    path = Path(data).expanduser()
    if path.exists():
        return _file(path, data, header, known)
    if data in DATA_SETS:
        return Source(_data_set(data))
    if WILD.intersection(data):
        return _files(path, data, header, known)
    return _file(path, data, header, known)


def _files(pattern: Path, given: str, header: bool | None, known: Dialect | None) -> Source:
    """The rows of all files that match, one after the other in the order of their names."""
    paths = _matching(pattern)
    if not paths:
        raise InputError("no_match", given=given, hint=_near(pattern, ()))
    sources: list[Source] = []
    for path in paths:
        sources.append(_file(path, str(path), header, known))
        known = known or sources[0].dialect
        header = known.header if known and header is None else header
        _same(paths[0], sources[0].frame.columns, path, sources[-1].frame.columns)
    said = {str(each): each for part in sources for each in part.notes}.values()
    frames = [part.frame for part in sources]
    try:
        whole = pl.concat(frames, how="vertical_relaxed")
    except pl.exceptions.PolarsError:  # numbers in one file, text in another
        whole = pl.concat([frame.cast(pl.String) for frame in frames])
    note = text("choose.files", count=len(paths), rows=whole.height)
    return Source(whole, (note, *said), sources[0].dialect)


def _same(first: Path, names: list[str], other: Path, columns: list[str]) -> None:
    """Raises InputError for a file with other columns."""
    if columns != names:
        shown = listed((sorted({*columns} ^ {*names}) or columns)[:5])
        raise InputError("files_differ", first=first.name, other=other.name, columns=shown)


def _usual_target(columns: list[str]) -> str:
    lower = {name.lower(): name for name in columns}
    return next((lower[name] for name in TARGETS if name in lower), columns[-1])


def _data_set(name: str) -> pl.DataFrame:
    """Features under scikit-learn's names, and `target` with the class names where there are."""
    from sklearn import datasets

    found: Any = getattr(datasets, f"load_{name}")()
    names = [str(each) for each in found.feature_names]
    target = found.target
    if "target_names" in found and name != "digits":
        target = np.asarray(found.target_names)[target].astype(str)
    frame = pl.from_numpy(np.asarray(found.data, np.float64), schema=names)
    return frame.with_columns(pl.Series("target", target))


def _file(path: Path, given: str, header: bool | None, known: Dialect | None) -> Source:
    if path.is_symlink() and not path.exists():
        raise InputError("broken_link", given=given)
    if not path.exists():
        raise InputError("missing_file", given=given, sets=listed(DATA_SETS), hint=_near(path))
    if not path.is_file():
        raise InputError("not_a_file" if path.is_dir() else "no_plain_file", given=given)
    if path.suffix.lower() not in ENDINGS:
        raise InputError("unknown_ending", given=path.name, allowed=listed(ENDINGS))
    if path.stat().st_size == 0:
        raise InputError("empty_file", given=given)
    source = _table(path, given, header, known)
    if source.frame.height == 0 or source.frame.width == 0:
        raise InputError("empty_file", given=given)
    return source


def _table(path: Path, given: str, header: bool | None, known: Dialect | None) -> Source:
    ending = path.suffix.lower()
    try:
        if ending in PARQUET:
            return Source(pl.read_parquet(io.BytesIO(path.read_bytes())))
        if ending in ARROW:
            return Source(pl.read_ipc(io.BytesIO(path.read_bytes())))
        frame, dialect, notes = read_cells(path, header, known)
        return Source(frame, tuple(notes), dialect)
    except OSError:
        raise InputError("unreadable_file", given=given) from None
    except pl.exceptions.NoDataError:
        raise InputError("empty_file", given=given) from None
    except (pl.exceptions.PolarsError, UnicodeDecodeError):
        kind = "parquet" if ending in PARQUET else "arrow" if ending in ARROW else "table"
        raise InputError(f"broken_{kind}", given=given) from None


def _near(path: Path, others: Sequence[str] = DATA_SETS) -> object:
    """A hint at a file of nearly that name in the same folder, or at one of the others."""
    try:
        files = [each.name for each in path.parent.iterdir() if each.suffix.lower() in ENDINGS]
    except OSError:
        files = []
    return nearest(path.name, [*files, *others])
