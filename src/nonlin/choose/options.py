"""The options of `choose`: each stands here once, with its type, its default and its help.

Signature, stub, command line, documentation and report take them from here. The help of an option
is the message `cli.options.NAME`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter, Signature
from os import PathLike
from textwrap import fill
from typing import TYPE_CHECKING, Annotated, Any, TypedDict

from nonlin._errors import InputError, nearest
from nonlin._text import listed, say

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from nonlin.activation import Activation
    from nonlin.choose.live import Place


@dataclass(frozen=True, slots=True)
class Option:
    """default: what holds if it is not given. typed: how it looks on the command line, "" for one
    that is given or not, None for one that is for Python only. short: another letter for it.
    """

    default: Any
    typed: str | None = None
    short: str | None = None

    @property
    def denied(self) -> bool:
        """Is there a --no-NAME, too? Where the default is neither yes nor no."""
        return self.typed == "" and self.default is None


MARGIN = 0.01  # of accuracy, R2, D2 or kappa


class Options(TypedDict, total=False):
    """What `choose` and `choose_file` take by name."""

    quick: Annotated[bool, Option(False, "")]
    full: Annotated[bool, Option(False, "")]
    budget: Annotated[str | float | None, Option(None, "60s|500-networks")]
    resume: Annotated[bool, Option(False, "")]
    hidden: Annotated[Sequence[int] | Sequence[Sequence[int]], Option((64, 64), "N,N,...")]
    activations: Annotated["Sequence[str | Activation] | None", Option(None, "A,B,...", "-a")]
    rates: Annotated[Sequence[float] | None, Option(None, "R,R,...")]
    seeds: Annotated[int | None, Option(None, "N")]
    task: Annotated[str | None, Option(None, "TASK")]
    threads: Annotated[int | None, Option(None, "N")]
    seed: Annotated[int, Option(0, "N")]
    group: Annotated[Any, Option(None, "COLUMN")]
    time: Annotated[Any, Option(None, "COLUMN")]
    weights: Annotated[Any, Option(None, "COLUMN")]
    margin: Annotated[float, Option(MARGIN, "SCORE")]
    gaps: Annotated[Sequence[str] | None, Option(None, "WORD,WORD,...")]
    dates: Annotated[str | None, Option(None, "dmy|mdy")]
    header: Annotated[bool | None, Option(None, "")]
    keep: Annotated[Sequence[str] | None, Option(None, "COLUMN,...")]
    limits: Annotated[Mapping[str, Any] | None, Option(None)]
    journal: Annotated[str | PathLike[str] | None, Option(None)]
    executor: Annotated["Executor | None", Option(None)]
    on_progress: Annotated[Callable[[int, int, str], None] | None, Option(None)]
    on_ranking: Annotated["Callable[[tuple[Place, ...]], None] | None", Option(None)]


ROLES = ("group", "time", "weights")  # of columns that are no features
OPTIONS: Mapping[str, Option] = {
    name: hint.__metadata__[0] for name, hint in Options.__annotations__.items()
}


def complete(given: Mapping[str, Any]) -> dict[str, Any]:
    """Every option: as it is given, or its default. Raises InputError for one that there is not."""
    for name in given:
        if name not in OPTIONS:
            hint = nearest(name, OPTIONS)
            allowed = listed(OPTIONS)
            raise InputError("unknown_option", given=name, allowed=allowed, hint=hint)
    return {name: given.get(name, option.default) for name, option in OPTIONS.items()}


def roles_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """The roles that are given: values, or the name of a column."""
    return {role: options[role] for role in ROLES if options[role] is not None}


def signature(*positional: Parameter, returns: Any) -> Signature:
    """Of a function that takes these parameters, and all options by name."""
    named = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=option.default, annotation=_written(name))
        for name, option in OPTIONS.items()
    ]
    return Signature([*positional, *named], return_annotation=returns)


def _written(name: str) -> str:
    """The type, as a reader knows it."""
    origin = Options.__annotations__[name].__origin__
    found = getattr(origin, "__forward_arg__", None)
    return str(found or getattr(origin, "__name__", origin)).replace("collections.abc.", "")


def told() -> str:
    """One line for each option, in the language in use."""
    lines = (f"{name}: {say(f'cli.options.{name}')}" for name in OPTIONS)
    return "\n".join(
        fill(line, 96, initial_indent=" " * 4, subsequent_indent=" " * 8) for line in lines
    )
