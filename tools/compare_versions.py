"""Do two versions give the same answers, bit for bit? Asked through the public interface.

python tools/compare_versions.py BEFORE AFTER                all cases; folders with src/nonlin
python tools/compare_versions.py BEFORE AFTER --only choose  those called choose, choose.NAME
python tools/compare_versions.py BEFORE AFTER --keep FOLDER  answers and caches stay in FOLDER

Each version runs in a process of its own, AFTER with the models and journals that BEFORE has
written. Exit code: 0 equal, 1 different, 2 bad usage. What depends on the clock is left out.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

TOOLS = Path(__file__).resolve().parent
NAMES = ("before", "after")
PARTS = 2  # processes of a version, see `compared.__main__`
MARK = "asked.txt"  # beside answers that are complete
COMPILED = (".pyc", ".nbi", ".nbc")
SHOWN = 20  # differences of a case that are printed
WIDE = 320  # characters of an answer that are printed
EQUAL, DIFFERENT, BAD_USAGE = 0, 1, 2
LANGUAGE = ("LANG", "LC_ALL", "LC_MESSAGES", "NONLIN_LANG")


class Difference(NamedTuple):
    """One answer that differs: where it stands, and what it was and is."""

    path: str
    before: Any
    after: Any


class Absent:
    """An answer that one version gives and the other one does not."""

    def __repr__(self) -> str:
        return "<no such answer>"


ABSENT = Absent()


def differences(before: Any, after: Any, path: str = "") -> Iterator[Difference]:
    """All answers that differ, in the order in which they were given."""
    if isinstance(before, dict) and isinstance(after, dict) and not _are_arrays(before, after):
        for key in dict.fromkeys((*before, *after)):
            inner = before.get(key, ABSENT), after.get(key, ABSENT)
            yield from differences(*inner, f"{path}/{key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for place, pair in enumerate(zip(before, after, strict=True)):
            yield from differences(*pair, f"{path}/{place}")
    elif type(before) is not type(after) or before != after:
        yield from _different(before, after, path)


def _are_arrays(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Two digests: one answer, whose first numbers are shown beside them."""
    return "sha256" in before and "sha256" in after


def _different(before: Any, after: Any, path: str) -> Iterator[Difference]:
    """Of two lists that are not equally long, the first place where they part."""
    if not (isinstance(before, list) and isinstance(after, list)):
        yield Difference(path, before, after)
        return
    yield Difference(f"{path}/length", len(before), len(after))
    for place, pair in enumerate(zip(before, after, strict=False)):
        if pair[0] != pair[1]:
            yield from differences(*pair, f"{path}/{place}")
            return


def environment(checkout: Path, home: Path) -> dict[str, str]:
    """What a process of this version sees: its code, caches of its own, English.

    A cache is never shared with other sources: whether a version knows its own old objects from
    new ones is nothing to rely on while modules move.
    """
    own = {key: value for key, value in os.environ.items() if key not in LANGUAGE}
    caches = home / f"caches-{digest(checkout / 'src' / 'nonlin')[:12]}"
    return own | {
        "PYTHONPATH": os.pathsep.join([str(checkout / "src"), str(TOOLS)]),
        "PYTHONDONTWRITEBYTECODE": "1",  # nothing is written into a checkout
        "NUMBA_CACHE_DIR": str(caches / "numba"),
        "NONLIN_CACHE_DIR": str(caches / "kernels"),
        "NONLIN_STATE_DIR": str(home / "work" / "state"),
        "NONLIN_LANG": "en",
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "160",
        "MPLBACKEND": "agg",
    }


def answers(checkout: Path, home: Path, earlier: Path, only: Sequence[str]) -> Any:
    """What a version answers; an exit code of its processes if one fails.

    What is there of the same sources and the same cases is taken as it is.
    """
    mark, handed = home / MARK, earlier / MARK
    before = handed.read_text() if earlier != home else ""
    sources = [digest(folder) for folder in (checkout / "src" / "nonlin", TOOLS / "compared")]
    asked = repr((sys.version, before, sources, sorted(only)))
    files = [home / f"answers{part}.json" for part in range(PARTS)]
    if not (mark.is_file() and mark.read_text() == asked):
        shutil.rmtree(home / "work", ignore_errors=True)
        mark.unlink(missing_ok=True)
        (home / "work").mkdir(parents=True)
        print(f"{home.name}: {checkout}", file=sys.stderr, flush=True)
        codes = _run(checkout, home, earlier, files, only)
        if any(codes):
            return next(code for code in codes if code)
        mark.write_text(asked)
    return {k: v for each in files for k, v in json.loads(each.read_text("utf-8")).items()}


def _run(
    checkout: Path, home: Path, earlier: Path, files: Sequence[Path], only: Sequence[str]
) -> list[int]:
    """One process for each part of the cases; their exit codes."""
    work, seen = home / "work", environment(checkout, home)
    command = [sys.executable, "-m", "compared", "--source", str(checkout / "src")]
    command += ["--own", str(work), "--earlier", str(earlier / "work"), "--only", *only]
    started = [
        subprocess.Popen(  # noqa: S603 - ours
            [*command, "--part", str(part), "--into", str(into)], env=seen, cwd=work
        )
        for part, into in enumerate(files)
    ]
    return [each.wait() for each in started]


def digest(folder: Path) -> str:
    """Another one if a file in the folder differs, or is called otherwise."""
    found = hashlib.sha256()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        if path.suffix not in COMPILED:
            found.update(f"{path.relative_to(folder)} {path.stat().st_size} ".encode())
            found.update(path.read_bytes())
    return found.hexdigest()


def report(before: dict[str, Any], after: dict[str, Any]) -> int:
    """Print what differs; how many answers do."""
    total = 0
    for name in before:
        found = list(differences(before[name]["answers"], after[name]["answers"]))
        total += len(found)
        for each in found[:SHOWN]:
            print(
                f"{name} {each.path}\n  before: {_cut(each.before)}\n  after:  {_cut(each.after)}"
            )
        if len(found) > SHOWN:
            print(f"{name}: {len(found) - SHOWN} more")
    spent = (sum(each["seconds"] for each in found.values()) for found in (before, after))
    seconds = " and ".join(f"{each:.0f}" for each in spent)
    told = {0: "no differences", 1: "1 difference"}.get(total, f"{total} differences")
    print(f"{len(before)} cases in {seconds} s: {told}")
    return total


def _cut(answer: Any) -> str:
    shown = repr(answer) if isinstance(answer, Absent) else json.dumps(answer, ensure_ascii=False)
    return shown if len(shown) <= WIDE else f"{shown[:WIDE]} ... ({len(shown)} characters)"


@contextmanager
def _home(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        yield kept.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="compared-", ignore_cleanup_errors=True) as made:
        yield Path(made).resolve()


def _read(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("before", type=Path, help="a checkout: a folder that holds src/nonlin")
    parser.add_argument("after", type=Path, help="another one, or the same")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="cases to run")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where everything stays")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask both versions and compare."""
    given = _read(sys.argv[1:] if arguments is None else arguments)
    checkouts = [each.resolve() for each in (given.before, given.after)]
    for each in checkouts:
        if not (each / "src" / "nonlin" / "__init__.py").is_file():
            print(f"{each} is no checkout: it has no src/nonlin.", file=sys.stderr)
            return BAD_USAGE
    with _home(given.keep) as home:
        found = []
        for name, checkout in zip(NAMES, checkouts, strict=True):
            answered = answers(checkout, home / name, home / NAMES[0], given.only)
            if isinstance(answered, int):
                print(f"{name} ended with exit code {answered}.", file=sys.stderr)
                return BAD_USAGE if answered == BAD_USAGE else DIFFERENT
            found.append(answered)
        return DIFFERENT if report(*found) else EQUAL


if __name__ == "__main__":
    raise SystemExit(main())
