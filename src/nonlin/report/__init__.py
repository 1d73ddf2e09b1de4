"""A result of `choose`: for people on a terminal or as one HTML file, for programs as JSON. What
`stability` and `diagnose` found as one HTML file, and so an audit.
"""

from __future__ import annotations

import sys
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from nonlin._errors import InputError
from nonlin.report.json_values import as_json

if TYPE_CHECKING:
    from nonlin.audit.results import Audit
    from nonlin.choose.result import Result
    from nonlin.stability.diagnosis import Diagnosis
    from nonlin.stability.layer_stability import Stability

__all__ = ["as_json", "write"]


def write(result: Result | Diagnosis | Stability | Audit, path: str | PathLike[str]) -> Path:
    """Write the report of a result as one HTML file, in the language in use.

    result: of `choose`, `audit`, `diagnose` or `stability`, also those of nonlin.torch.

    It needs no network and no other file, follows the reader's light or dark theme, and can be
    printed. path: ends in .html, of an audit also in .md or .json. Raises InputError for anything
    else, and for a path that cannot be written to.
    """
    if "nonlin.audit.results" in sys.modules:  # else there is none
        from nonlin.audit.results import Audit
        from nonlin.report import audits

        if isinstance(result, Audit):
            return audits.write(result, path)
    from nonlin.choose.raced import Raced
    from nonlin.choose.result import Result
    from nonlin.report import page
    from nonlin.stability.diagnosis import Diagnosis
    from nonlin.stability.layer_stability import Stability

    if isinstance(result, Diagnosis | Stability):
        return page.write_diagnosis(result, path)
    if isinstance(result, Result):
        return page.write(result, path)
    if isinstance(result, Raced):
        raise InputError("page_of_models")
    raise InputError("page_result", given=type(result).__name__)
