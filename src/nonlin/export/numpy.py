"""NumPy: functions of arrays, computed in float64."""

from __future__ import annotations

from nonlin.emit.numpy import SPELLINGS
from nonlin.export.exported import Exported
from nonlin.export.header import Error
from nonlin.export.modules import dialect, function, module

DIALECT = dialect(SPELLINGS, "np.where(a == 0, np.copysign(a, b), a * b)")
ERRORS: tuple[Error, ...] = (Error("float64", 8, 2000, 1e-300),)
_FRAME = '''\
from functools import wraps

import numpy as np


def _in_float64(function):
    """Computed in float64; the result has the dtype of x, and integers become float64."""

    @wraps(function)
    def run(x, *arguments, **parameters):
        x = np.asarray(x)
        dtype = x.dtype if np.issubdtype(x.dtype, np.floating) else np.float64
        with np.errstate(all="ignore"):
            return function(x.astype(np.float64), *arguments, **parameters).astype(dtype)

    return run


'''
_ROWS = '''\
def _along(function):
    """Rows lie along the last axis inside, and along `axis` outside."""

    @wraps(function)
    def run(*arrays, axis=-1):
        moved = [np.moveaxis(np.asarray(a), axis, -1) for a in arrays]
        return np.moveaxis(function(*moved), -1, axis)

    return run


'''


def write(exported: Exported) -> str:
    """A module with f and its derivative."""
    if exported.activation.rowwise:
        return _rows(exported)
    values = exported.activation.values
    arguments = [*exported.inputs, *(f"{name}={value!r}" for name, value in values.items())]
    parts = [
        "@_in_float64\n" + function(name, arguments, graph, DIALECT)
        for name, graph in exported.functions(values).items()
    ]
    return module(_FRAME, parts, DIALECT)


def _rows(exported: Exported) -> str:
    value, backward = exported.rows()
    before = "@_along\n@_in_float64\n"
    last = f"{exported.name}_backward"
    parts = (
        function(exported.name, ["x"], value, DIALECT),
        function(last, ["x", "grad"], backward, DIALECT),
    )
    return module(_FRAME + _ROWS, [before + part for part in parts], DIALECT)
