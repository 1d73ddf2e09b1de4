"""Where the time of a first call goes: run as a program, it prints the parts of that of gelu."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

PARTS = {  # of nonlin.kernels.tables.build
    "write_others": "the formula for lanes outside is written",
    "Reference": "a float64 reference is written",
    "fit": "the table is fitted",
    "write_tabled": "the kernel is written",
    "_is_right": "the kernel is tried out",
}
COMPILED, ALL = "LLVM compiles both", "the whole call"


def main() -> None:
    """Milliseconds of each part, as JSON."""
    import llvmlite.binding  # noqa: F401 - what is imported is not the call's
    import numpy as np

    import nonlin as nl
    from nonlin.kernels.tables import build

    x = np.ones(100, np.float32)
    nl.identity(x)
    spent: dict[str, float] = {}
    for name, label in PARTS.items():
        setattr(build, name, _timed(getattr(build, name), label, spent))
    build.target.to_object = _timed(build.target.to_object, COMPILED, spent)
    _timed(nl.gelu, ALL, whole := {})(x)
    print(json.dumps(spent | whole))


def _timed(run: Callable[..., Any], label: str, spent: dict[str, float]) -> Callable[..., Any]:
    """The same function, and its milliseconds, but for those of parts inside of it."""

    def call(*given: Any, **options: Any) -> Any:
        before, start = sum(spent.values()), time.perf_counter()
        result = run(*given, **options)
        inside = sum(spent.values()) - before
        lasted = 1e3 * (time.perf_counter() - start)
        spent[label] = spent.get(label, 0.0) + lasted - inside
        return result

    return call


if __name__ == "__main__":
    main()
