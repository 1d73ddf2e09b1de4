"""A result of `choose`: for people on a terminal or as one HTML file, for programs as JSON. What
`stability` and `diagnose` found as one HTML file.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nonlin._errors import InputError
from nonlin.report.json_values import as_json

if TYPE_CHECKING:
    from nonlin.choose.result import Result
    from nonlin.stability.diagnosis import Diagnosis
    from nonlin.stability.layer_stability import Stability

__all__ = ["as_json", "write"]


def write(result: Result | Diagnosis | Stability, path: str | PathLike[str]) -> Path:
    """Write the report of a result as one HTML file, in the language in use.

    result: of `choose`, `diagnose` or `stability`, also those of nonlin.torch.

    It needs no network and no other file, follows the reader's light or dark theme, and can be
    printed. path: ends in .html. Raises InputError for what is
    no result, and for a path that cannot be written to.
    """
    from nonlin.report import page
    from nonlin.stability.diagnosis import Diagnosis
    from nonlin.stability.layer_stability import Stability

    if isinstance(result, Diagnosis | Stability):
        return page.write_diagnosis(result, path)
    return page.write(_ranked(result), path)


def _ranked(given: Any) -> Result:
    """A result of a race, also one of nonlin.torch. InputError for anything else."""
    if isinstance(given, type) or not hasattr(given, "standings"):
        raise InputError("page_result", given=type(given).__name__)
    found: Result = given
    return found
