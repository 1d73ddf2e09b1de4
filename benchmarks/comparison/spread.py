"""One function on inputs of other kinds than standard normal ones; users' own formulas beside gelu.

Wide inputs are ordinary: preactivations of standard deviation 3 to 10. A tail is where a whole
array lies when a layer saturates; which one is worst is found by timing them.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

import nonlin as nl
from comparison.odd import FORMULAS
from comparison.tasks import OWN, Buffers, Call, Task, aligned

NORMAL, WIDE = "normal", {"sd 3": 3.0, "sd 10": 10.0}
ENDS = (6, 12, 40, 88, 120, 10**6)  # beyond 88 exponentials are subnormal in float32, then 0
TAILS = tuple(f"{s}{a}..{s}{b}" for a, b in pairwise(ENDS) for s in ("", "-"))


def contenders(task: Task, buffers: Buffers) -> dict[str, Call]:
    """By kind of input; of users' formulas, by name, gelu among them."""
    x, out = (buffers.get(name, task) for name in ("x", "first"))
    if task.path == OWN:
        own = {name: nl.activation(name, formula) for name, formula in FORMULAS.items()}
        return {name: _call(f, x, out) for name, f in {"gelu": nl.gelu, **own}.items()}
    function = nl.get(task.name)
    others = {kind: _call(function, inputs(kind, task.size), out) for kind in (*WIDE, *TAILS)}
    return {NORMAL: _call(function, x, out), **others}


def _call(function: Any, x: Any, out: Any) -> Call:
    return lambda: function(x, out=out)


@cache
def inputs(kind: str, size: int) -> Any:
    """Normal numbers of that standard deviation, or numbers between two ends, in no order."""
    random, x = np.random.default_rng(0), aligned(size)
    if kind in WIDE:
        x[:] = WIDE[kind] * random.standard_normal(size)
    else:
        x[:] = random.uniform(*sorted(map(float, kind.split(".."))), size)
    return x
