"""Python: functions of one number that need nothing but the math module."""

from __future__ import annotations

from nonlin.emit.python import to_module
from nonlin.export.exported import Exported
from nonlin.export.header import Error

ERRORS: tuple[Error, ...] = (Error("float64", 8, 2000, 1e-300),)


def write(exported: Exported) -> str:
    """A module with f and its derivative."""
    values = exported.activation.values
    return to_module(exported.functions(values), values, exported.inputs)
