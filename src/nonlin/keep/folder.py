"""The folder of a model: written whole or not at all, read with limits."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any

from nonlin._errors import InputError

SETTINGS, PREPARATION = "settings.json", "preparation.json"
WEIGHTS, ONNX = "weights.safetensors", "network.onnx"
FILES = (SETTINGS, PREPARATION, WEIGHTS, ONNX)
FORMAT, SCHEMA = "nonlin model", 3
LACKS: dict[int, dict[str, Any]] = {2: {"reading": None}}  # what files of an older schema lack
MOST_BYTES = 64 * 2**20  # of a JSON file


def writable(given: str | PathLike[str]) -> Path:
    """The path, if a model may be written there: nothing, an empty folder or a model, so far.

    Raises InputError for a file, a folder that holds anything else, and where no folder can be
    made, so that it is known before anything is trained.
    """
    path = Path(given).expanduser()
    if path.exists():
        _replaceable(path)
    above = next(each for each in (path.absolute(), *path.absolute().parents) if each.exists())
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        reason = os.strerror(errno.EACCES if above.is_dir() else errno.ENOTDIR)
        raise InputError("model_unwritable", path=str(path), reason=reason)
    return path


def _replaceable(path: Path) -> None:
    if not path.is_dir():
        raise InputError("model_not_a_folder", path=str(path))
    names = sorted(each.name for each in path.iterdir())
    foreign = [name for name in names if name not in FILES]
    if foreign or (names and not _is_model(path)):
        raise InputError("model_other_files", path=str(path), found=(foreign or names)[0])


def _is_model(path: Path) -> bool:
    try:
        read_json(path / SETTINGS)
    except InputError:
        return False
    return True


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """An empty folder beside `path` to write to; at the end of a `with` block it takes its place.

    If the block fails, `path` is as it was. A folder that somebody may stand in, or that is a
    place of its own for the system, stays, and what is in it is replaced: the settings last, so
    that it is no model before it is whole. Raises InputError for what the system refuses.
    """
    place = path.resolve()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
        try:
            fresh = work / "new"
            fresh.mkdir()
            yield fresh
            for each in fresh.iterdir():
                _flush(each)
            if place.exists():
                _replaceable(place)
            if place.exists() and _stays(place):
                _moved(fresh, place, work)
            else:
                if place.exists():
                    place.rename(work / "old")
                fresh.rename(place)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise InputError("model_unwritable", path=str(path), reason=error.strerror) from error


def _stays(place: Path) -> bool:
    """Must the folder itself stay? One that is empty may be somebody's, and has nothing to lose."""
    here = Path.cwd()
    above = any(place.samefile(each) for each in (here, *here.parents))
    return above or place.is_mount() or not any(place.iterdir())


def _moved(fresh: Path, place: Path, work: Path) -> None:
    """The files of one folder into another, whose own are back if that fails."""
    old = work / "old"
    old.mkdir()
    names = [name for name in FILES[::-1] if (fresh / name).exists()]  # the settings are the last
    try:
        for name in FILES:
            if (place / name).exists():
                (place / name).rename(old / name)
        for name in names:
            (fresh / name).rename(place / name)
    except OSError:
        for name in FILES[::-1]:
            if (old / name).exists():
                (old / name).replace(place / name)
        raise


def _flush(path: Path) -> None:
    """Onto the disk, before the folder takes the place of an older one."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """`value` with the format and its version at the head."""
    table = {"format": FORMAT, "schema": SCHEMA, **value}
    written = json.dumps(table, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(written + "\n", encoding="utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """What `write_json` wrote, without the head; InputError for anything else."""
    name = path.name
    if not path.is_file():
        raise InputError("model_no_file", path=str(path.parent), name=name)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError("model_large", name=name, most=MOST_BYTES // 2**20)
        found = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refused)
    except OSError as error:
        raise InputError("model_unreadable", name=name, reason=error.strerror) from None
    except InputError:
        raise
    except (ValueError, RecursionError):
        raise InputError("model_no_json", name=name) from None
    if not isinstance(found, dict) or found.pop("format", None) != FORMAT:
        raise InputError("model_format", name=name)
    schema = found.pop("schema", None)
    if type(schema) is not int or schema not in (SCHEMA, *LACKS):
        raise InputError("model_schema", name=name, given=str(schema)[:20], known=SCHEMA)
    return LACKS.get(schema, {}) | found


def _refused(name: str) -> float:
    """NaN and infinities are no JSON."""
    raise ValueError(name)
