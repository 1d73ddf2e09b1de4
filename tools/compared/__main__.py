"""Run the cases on the version that PYTHONPATH leads to: python -m compared --help."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from compared.cases import Place, chosen, run

# names of cases up to the dot, and where they are; in parts of about the same length, since two
# processes share the work
PARTS = (
    {"catalogue": "catalogue", "theory": "theory"},
    {
        "networks": "networks",
        "stability": "stabilities",
        "sklearn": "estimators",
        "choose": "choosing",
        "commands": "commands",
    },
)


def main() -> int:
    """Write the answers of the cases as JSON; 2 for the name of a case that there is not."""
    given = _read()
    try:
        names = wanted(given.part, given.only)
    except ValueError as error:
        print(f"There is no case {error}.", file=sys.stderr)
        return 2
    found = run(names, Place(given.own, given.earlier))
    answers = {name: {"answers": each, "seconds": seconds} for name, each, seconds in found}
    given.into.write_text(json.dumps(answers, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0


def _read() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="compared", description=__doc__)
    parser.add_argument("--source", type=Path, required=True, help="where nonlin must come from")
    parser.add_argument("--own", type=Path, required=True, help="a folder for what is written")
    parser.add_argument("--earlier", type=Path, required=True, help="that of the version before")
    parser.add_argument("--into", type=Path, required=True, help="the file of answers")
    parser.add_argument("--part", type=int, choices=range(len(PARTS)), required=True)
    parser.add_argument("--only", nargs="*", default=[], help="names of cases")
    given = parser.parse_args()
    _checked(given.source)
    return given


def wanted(part: int, only: Sequence[str]) -> list[str]:
    """The cases of a part with these names; nothing is imported that none of them needs.

    Raises ValueError with the first name that there is not.
    """
    own = PARTS[part]
    families = [each.split(".")[0] for each in only]
    for name, family in zip(only, families, strict=True):
        if part == 0 and not any(family in each for each in PARTS):  # once is enough
            raise ValueError(name)
    asked = [each for each in own if not only or each in families]
    for family in asked:
        importlib.import_module(f"compared.{own[family]}")
    return chosen([name for name, family in zip(only, families, strict=True) if family in own])


def _checked(source: Path) -> None:
    """An installed version must not answer for the one that was asked."""
    import nonlin

    found = Path(nonlin.__file__).resolve()
    if not found.is_relative_to(source.resolve()):
        raise SystemExit(f"nonlin comes from {found}, not from {source}")


if __name__ == "__main__":  # processes that are spawned import this again
    raise SystemExit(main())
