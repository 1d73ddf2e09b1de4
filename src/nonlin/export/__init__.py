"""Activations as code of other languages and libraries, as formulas and as tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nonlin._callable import make_callable
from nonlin._errors import InputError, nearest
from nonlin.activation import Activation
from nonlin.catalogue import get
from nonlin.export import (
    c,
    jax,
    js,
    keras,
    latex,
    lut,
    mathml,
    numpy,
    onnx,
    python,
    tensorflow,
    torch,
)
from nonlin.export.header import Error, comment, header
from nonlin.export.subject import Subject


@dataclass(frozen=True, slots=True)
class Target:
    """One language: how it is written, the sign of a comment ("" if the file has its own head)."""

    write: Callable[[Subject], str | bytes]
    title: str
    sign: str
    errors: tuple[Error, ...]
    rowwise: bool = True
    ending: str = "\n"


TARGETS: Mapping[str, Target] = {
    "python": Target(python.write, "Python", "#", python.ERRORS, rowwise=False),
    "numpy": Target(numpy.write, "NumPy", "#", numpy.ERRORS),
    "torch": Target(torch.write, "PyTorch", "#", torch.ERRORS),
    "jax": Target(jax.write, "JAX", "#", jax.ERRORS),
    "keras": Target(keras.write, "Keras 3", "#", keras.ERRORS),
    "tensorflow": Target(tensorflow.write, "TensorFlow 2", "#", tensorflow.ERRORS),
    "js": Target(js.write, "JavaScript", "//", js.ERRORS, rowwise=False),
    "c": Target(c.write, "C99", "/*", c.ERRORS, rowwise=False),
    "latex": Target(latex.write, "LaTeX", "%", latex.ERRORS),
    "mathml": Target(mathml.write, "MathML", "<!--", mathml.ERRORS),
    "onnx": Target(onnx.write, "ONNX", "", onnx.ERRORS),
    "lut": Target(lut.write, "int8", "", lut.ERRORS, rowwise=False),
}
_CLOSING = {"/*": " */", "<!--": " -->"}


def export(name: str | Activation, /, to: str, **parameters: Any) -> str | bytes:
    """The activation as code that stands alone, with its first derivative: a text.

    to: "python" (math module only), "numpy", "torch", "jax", "keras", "tensorflow", "js", "c",
    "latex", "mathml", "onnx" (bytes of a model; needs the onnx package) or "lut" (an int8 table
    as JSON). The head of the text states the largest error. Raises InputError for an unknown
    name, target or parameter, and for a function of rows where the target has only numbers.
    """
    activation = get(name).bind(**parameters)
    target = target_of(to)
    if activation.rowwise and not target.rowwise:
        allowed = ", ".join(each for each, row in TARGETS.items() if row.rowwise)
        raise InputError("export_rowwise", name=activation.name, to=to, allowed=allowed)
    subject = Subject(activation)
    written = target.write(subject)
    if not target.sign or isinstance(written, bytes):
        return written
    lines = header(subject, target.title, target.errors)
    closing = _CLOSING.get(target.sign, "")
    head = comment([line + closing for line in lines], target.sign)
    return head + target.ending + written


def target_of(name: str) -> Target:
    """The target of that name."""
    found = TARGETS.get(name) if isinstance(name, str) else None
    if found is None:
        hint = nearest(str(name), TARGETS)
        raise InputError("export_target", given=name, allowed=", ".join(TARGETS), hint=hint)
    return found


make_callable(__name__)
