"""NumPy as tutorials write it, and scipy.special where it has the function."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from comparison.tasks import FORWARD, Buffers, Call, Task, elements

ROOT = math.sqrt(2 / math.pi)  # a Python number: a NumPy one would make the result float64
SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772


def _softmax(x: Any) -> Any:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def _log_softmax(x: Any) -> Any:
    shifted = x - x.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


NUMPY: dict[str, Callable[[Any], Any]] = {
    "relu": lambda x: np.maximum(0, x),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.01 * x),
    "relu6": lambda x: np.minimum(np.maximum(0, x), 6),
    "hard_tanh": lambda x: np.clip(x, -1, 1),
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "hard_swish": lambda x: x * np.clip(x + 3, 0, 6) / 6,
    "softsign": lambda x: x / (1 + np.abs(x)),
    "elu": lambda x: np.where(x > 0, x, np.exp(x) - 1),
    "celu": lambda x: np.maximum(0, x) + np.minimum(0, np.exp(x) - 1),
    "selu": lambda x: SCALE * np.where(x > 0, x, ALPHA * (np.exp(x) - 1)),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "log_sigmoid": lambda x: -np.log(1 + np.exp(-x)),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "mish": lambda x: x * np.tanh(np.log(1 + np.exp(x))),
    "gelu": lambda x: 0.5 * x * (1 + special.erf(x / math.sqrt(2))),
    "gelu_tanh": lambda x: 0.5 * x * (1 + np.tanh(ROOT * (x + 0.044715 * x**3))),
    "softmax": _softmax,
    "log_softmax": _log_softmax,
}
UFUNCS = {"sigmoid": "expit", "log_sigmoid": "log_expit", "erf": "erf", "softplus": "softplus"}


def contenders(task: Task, buffers: Buffers) -> dict[str, Call]:
    """NumPy and SciPy; forward only, since neither has derivatives."""
    size = elements(task, "numpy")
    x, out = (buffers.get(name, task).ravel()[:size] for name in ("x", "first"))
    if task.row:
        x, out = (array.reshape(-1, task.row) for array in (x, out))
    found: dict[str, Call] = {}
    if task.path != FORWARD:
        return found
    if task.name in NUMPY:
        function = NUMPY[task.name]
        found["numpy"] = lambda: function(x)
    ufunc = getattr(special, UFUNCS.get(task.name, ""), None)
    if ufunc is not None:
        found["scipy"] = lambda: ufunc(x, out=out)
    elif task.row:
        rows = getattr(special, task.name)
        found["scipy"] = lambda: rows(x, axis=-1)
    return found
