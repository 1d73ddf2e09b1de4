"""nonlin, as a user calls it: preallocated through `out=`."""

from __future__ import annotations

import nonlin as nl
from comparison.tasks import FORWARD, Buffers, Call, Task


def contenders(task: Task, buffers: Buffers) -> dict[str, Call]:
    """Both precisions."""
    function = nl.get(task.name)
    x = buffers.get("x", task)
    first, second = (buffers.get(name, task) for name in ("first", "second"))

    def made(precision: str) -> Call:
        if task.path == FORWARD:
            return lambda: function(x, precision=precision, out=first)
        return lambda: function.value_and_derivative(x, precision=precision, out=(first, second))

    return {"fast": made("fast"), "exact": made("exact")}
