"""NumPy: functions of arrays, computed in float64."""

from __future__ import annotations

from nonlin.emit.lets import Dialect
from nonlin.export.arrays import function, module, threshold
from nonlin.export.header import Error
from nonlin.export.subject import Subject

_DAMP = '''\
def _damp(a, b):
    """a * b, where an a that has vanished beats an infinite b."""
    return np.where(a == 0, np.copysign(a, b), a * b)

'''
_SPELLINGS = {
    "where": "np.where({0}, {1}, {2})",
    "guard": "np.where(np.isnan({1}), {1}, {0})",
    "damp": "_damp({0}, {1})",
    "absolute": "np.abs({0})",
    "sign": "np.sign({0})",
    "maximum": "np.maximum({0}, {1})",
    "minimum": "np.minimum({0}, {1})",
    "power": "np.power({0}, {1})",
    "sqrt": "np.sqrt({0})",
    "exp": "np.exp({0})",
    "expm1": "np.expm1({0})",
    "log": "np.log({0})",
    "log1p": "np.log1p({0})",
    "sin": "np.sin({0})",
    "cos": "np.cos({0})",
    "arctan": "np.arctan({0})",
    "tanh": "np.tanh({0})",
    "row_max": "np.max({0}, axis=-1, keepdims=True)",
    "row_sum": "np.sum({0}, axis=-1, keepdims=True)",
    "row_first": "(np.arange(x.shape[-1]) == np.argmax({0}, -1)[..., None]) * 1.0",
    "row_threshold": "_threshold({0}, {1})",
}
DIALECT = Dialect(
    _SPELLINGS,
    fill="np.full_like(x, {0})",
    helpers={"_damp": _DAMP, "_threshold": threshold(_SPELLINGS, "np.maximum(z - middle, 0.0)")},
)
ERRORS = (Error("float64", 8, 2000, 1e-300),)
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


def write(subject: Subject) -> str:
    """A module with f and its derivative."""
    if subject.activation.rowwise:
        return _rows(subject)
    values = subject.activation.values
    arguments = [*subject.inputs, *(f"{name}={value!r}" for name, value in values.items())]
    parts = [
        "@_in_float64\n" + function(name, arguments, graph, DIALECT)
        for name, graph in subject.functions(values).items()
    ]
    return module(_FRAME, parts, DIALECT)


def _rows(subject: Subject) -> str:
    value, backward = subject.rows()
    before = "@_along\n@_in_float64\n"
    last = f"{subject.name}_backward"
    parts = (
        function(subject.name, ["x"], value, DIALECT),
        function(last, ["x", "grad"], backward, DIALECT),
    )
    return module(_FRAME + _ROWS, [before + part for part in parts], DIALECT)
