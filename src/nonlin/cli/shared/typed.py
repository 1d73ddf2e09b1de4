"""The line that was typed, so that a result can say how to get it again, and when that was."""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from contextvars import ContextVar

from nonlin._text import harmless

LOADED = time.perf_counter()
_given: ContextVar[tuple[str, ...]] = ContextVar("nonlin_arguments", default=())
_began: ContextVar[float] = ContextVar("nonlin_began", default=LOADED)


def remember(arguments: Sequence[str]) -> None:
    """Keep the arguments of this run, and when it began."""
    _began.set(time.perf_counter())
    _given.set(tuple(str(harmless(each)) for each in arguments))


def seconds() -> float:
    """Since the run began, which is what the user has waited: imports and reading are in it."""
    return time.perf_counter() - _began.get()


def line() -> str:
    """The command as a shell takes it."""
    return shlex.join(["nonlin", *_given.get()])
