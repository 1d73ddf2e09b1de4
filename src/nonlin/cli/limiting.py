"""The limits of `nonlin choose`: one option for each row of `choose.limits`."""

from __future__ import annotations

from collections.abc import Callable

from nonlin.cli import reading
from nonlin.cli.filtering import Filter, with_options

READERS: dict[str, Callable[[str], float]] = {
    "max-ns": lambda given: reading.numbers(given, "--max-ns", "1.0")[0],
    "smooth": lambda given: reading.whole(given, "--smooth"),
}
NAMES = ("max_ns", "int8", "smooth", "monotone", "no_exp", "bounded")


def with_limits(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that takes `limits`, a mapping, one option for each of them."""
    dashed = [name.replace("_", "-") for name in NAMES]
    rows = [Filter(name, lambda *_: True, READERS.get(name)) for name in dashed]
    return with_options(command, rows, "limits", "cli.limits")


def read(given: dict[str, str | bool | None]) -> dict[str, object]:
    """The limits that were asked for, as `choose` takes them."""
    return {
        name.replace("-", "_"): READERS[name](value) if isinstance(value, str) else value
        for name, value in given.items()
        if value not in (None, False)
    }
