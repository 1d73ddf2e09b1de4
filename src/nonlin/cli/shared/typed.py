"""The line that was typed, so that a result can say how to get it again."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextvars import ContextVar

from nonlin._text import harmless

_given: ContextVar[tuple[str, ...]] = ContextVar("nonlin_arguments", default=())


def remember(arguments: Sequence[str]) -> None:
    """Keep the arguments of this run."""
    _given.set(tuple(str(harmless(each)) for each in arguments))


def line() -> str:
    """The command as a shell takes it."""
    return shlex.join(["nonlin", *_given.get()])
