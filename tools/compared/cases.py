"""The register of cases, and how they are run."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compared.plain import plain, raised

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """Folders: `own` for what this version writes, `earlier` with what the one before wrote.

    For the version before they are the same.
    """

    own: Path
    earlier: Path


CASES: dict[str, Callable[[Place], Answers]] = {}


def case(name: str) -> Callable[[Callable[[Place], Answers]], Callable[[Place], Answers]]:
    """Register a function as the case of this name; what it gives is made plain afterwards."""

    def register(function: Callable[[Place], Answers]) -> Callable[[Place], Answers]:
        CASES[name] = function
        return function

    return register


def chosen(wanted: Iterable[str]) -> list[str]:
    """Names of cases: these, and all that begin with one of them and a dot; all if none.

    Raises ValueError with the first name that there is not.
    """
    found: set[str] = set()
    for each in wanted:
        same = {name for name in CASES if name == each or name.startswith(f"{each}.")}
        if not same:
            raise ValueError(each)
        found |= same
    return [name for name in CASES if name in found or not wanted]


def run(names: Iterable[str], place: Place) -> Iterator[tuple[str, Any, float]]:
    """Name, answers and seconds of each case."""
    for name in names:
        begin, used = time.perf_counter(), time.process_time()
        answers = without(_run(name, place), place)
        seconds = time.perf_counter() - begin
        used = time.process_time() - used  # on a busy machine much less than it takes
        print(f"  {name}: {seconds:.1f} s, {used:.1f} s of a core", file=sys.stderr, flush=True)
        yield name, answers, seconds


def _run(name: str, place: Place) -> Any:
    """The answers of one case with the warnings that it gave."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            answers = plain(CASES[name](place))
        except Exception as error:
            answers = raised(error)
    said = {f"{each.category.__name__}: {each.message}" for each in heard}
    return {**answers, "warnings": sorted(said)}


def without(value: Any, place: Place) -> Any:
    """The same without the names of the folders, which differ."""
    if isinstance(value, str):
        return value.replace(str(place.own), "FOLDER").replace(str(place.earlier), "FOLDER")
    if isinstance(value, dict):
        return {without(key, place): without(each, place) for key, each in value.items()}
    return [without(each, place) for each in value] if isinstance(value, list) else value


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """This language in use; English afterwards, as everywhere else."""
    import nonlin as nl

    nl.set_language(language)
    try:
        yield
    finally:
        nl.set_language("en")


def in_chinese(call: Callable[[], Any]) -> Callable[[], Any]:
    """The same call with Chinese in use."""

    def spoken() -> Any:
        with speaking("zh"):
            return plain(call)

    return spoken
