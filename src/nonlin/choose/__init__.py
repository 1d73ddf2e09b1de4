"""Choosing: "which activation, for my data?", answered by training and measuring (floor F7)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import Parameter
from os import PathLike
from typing import TYPE_CHECKING, Any, Unpack

from nonlin._callable import make_callable
from nonlin._errors import InputError
from nonlin.choose.options import Options, signature, told

if TYPE_CHECKING:
    from nonlin.choose.recommend import Recommendation as Recommendation
    from nonlin.choose.result import Result as Result

__all__ = ["Options", "Recommendation", "Result", "choose", "choose_file"]


def choose(
    X: Any,
    y: Any = None,
    *,
    target: str | Sequence[str] | None = None,
    **options: Unpack[Options],
) -> Result:
    """Train every candidate on X and y, and say which hidden activation to use, and why.

    X: (rows, columns), numbers; a polars or pandas frame may hold text, dates and gaps too; or a
    table as `choose_file` reads it, such as "sales.csv" or "iris".
    y: (rows,), numbers or labels, or (rows, labels) of 0 and 1; rows without one are left out.
    target: the column to predict, where X holds it, instead of y; its name may also stand as y.
    Ctrl-C ends with what is finished; it is raised again if no split is. Raises InputError for
    what cannot be used, NonlinError if all workers are lost.
    """
    from nonlin.choose import answer

    named = y if isinstance(y, str) else None
    if target is not None and y is not None:
        raise InputError("y_and_target")
    column = named if target is None else target
    if isinstance(X, str | PathLike):
        if named is None and y is not None:
            raise InputError("y_of_a_file", given=str(X))
        return answer.from_file(str(X), column, options)
    if y is None or named is not None:
        return answer.from_table(X, column, options)
    return answer.from_arrays(X, y, options)


def choose_file(
    data: str, target: str | Sequence[str] | None = None, **options: Unpack[Options]
) -> Result:
    """`choose` for a table: a CSV, TSV or Parquet file, or a data set of scikit-learn.

    data: a path, or iris, wine, digits, breast_cancer, diabetes. target: the column to
    predict, or several of 0 and 1 ("a,b" or a list); the one called target, label, class or y if
    not given, else the last one. Raises InputError for what cannot be read or used.
    """
    from nonlin.choose.answer import from_file

    return from_file(data, target, options)


def _declared(function: Callable[..., Any], **positional: Parameter) -> None:
    """Let editors and `help` show the options, which stand in `nonlin.choose.options`."""
    function.__signature__ = signature(*positional.values(), returns="Result")  # type: ignore[attr-defined]
    function.__doc__ = f"{function.__doc__}\n{told()}"


def __getattr__(name: str) -> Any:
    if name == "Result":
        from nonlin.choose.result import Result

        return Result
    if name == "Recommendation":
        from nonlin.choose.recommend import Recommendation

        return Recommendation
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


_plain = Parameter.POSITIONAL_OR_KEYWORD
_names = "str | Sequence[str] | None"
_declared(
    choose,
    X=Parameter("X", _plain),
    y=Parameter("y", _plain, default=None),
    target=Parameter("target", Parameter.KEYWORD_ONLY, default=None, annotation=_names),
)
_declared(
    choose_file,
    data=Parameter("data", _plain, annotation="str"),
    target=Parameter("target", _plain, default=None, annotation=_names),
)
make_callable(__name__)
