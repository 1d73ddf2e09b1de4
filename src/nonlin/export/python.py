"""Python: functions of one number that need nothing but the math module."""

from __future__ import annotations

from nonlin.emit.source import to_module
from nonlin.export.header import Error
from nonlin.export.subject import Subject

ERRORS = (Error("float64", 8, 2000, 1e-300),)


def write(subject: Subject) -> str:
    """A module with f and its derivative."""
    values = subject.activation.values
    return to_module(subject.functions(values), values, subject.inputs)
