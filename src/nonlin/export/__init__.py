"""Activations as code of other languages and libraries, as formulas and as tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nonlin._callable import make_callable
from nonlin._errors import InputError, nearest
from nonlin._text import listed
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
    torch_plain,
)
from nonlin.export.exported import Exported
from nonlin.export.header import Error, comment, header
from nonlin.expr.nodes import is_call
from nonlin.expr.walk import postorder


@dataclass(frozen=True, slots=True)
class Target:
    """One language: how it is written, the sign of a comment ("" if the file has its own head)."""

    write: Callable[[Exported], str | bytes]
    title: str
    sign: str
    errors: tuple[Error, ...]
    kinds: tuple[str, ...]
    lacks: tuple[str, ...] = ()  # primitives that it cannot spell
    shipped: Callable[[Exported], str | None] | None = None  # what is written if not exact

    def takes(self, exported: Exported) -> bool:
        """Can it be written?"""
        formula = exported.activation.formula
        missing = any(is_call(node, *self.lacks) for node in postorder(formula))
        return exported.kind in self.kinds and not missing


NUMBERS = ("elementwise", "gated")
ARRAYS = (*NUMBERS, "rowwise")
FORMULAS = (*ARRAYS, "reshaping")
TARGETS: Mapping[str, Target] = {
    "python": Target(python.write, "Python", "#", python.ERRORS, NUMBERS),
    "numpy": Target(numpy.write, "NumPy", "#", numpy.ERRORS, ARRAYS),
    "torch": Target(torch.write, "PyTorch", "#", torch.ERRORS, ARRAYS, shipped=torch_plain.write),
    "jax": Target(jax.write, "JAX", "#", jax.ERRORS, ARRAYS),
    "keras": Target(keras.write, "Keras 3", "#", keras.ERRORS, ARRAYS),
    "tensorflow": Target(tensorflow.write, "TensorFlow 2", "#", tensorflow.ERRORS, ARRAYS),
    "js": Target(js.write, "JavaScript", "//", js.ERRORS, NUMBERS),
    "c": Target(c.write, "C99", "/*", c.ERRORS, NUMBERS),
    "latex": Target(latex.write, "LaTeX", "%", latex.ERRORS, FORMULAS),
    "mathml": Target(mathml.write, "MathML", "<!--", mathml.ERRORS, FORMULAS),
    "onnx": Target(onnx.write, "ONNX", "", onnx.ERRORS, ARRAYS, ("row_threshold",)),
    "lut": Target(lut.write, "int8", "", lut.ERRORS, NUMBERS[:1]),
}
_CLOSING = {"/*": " */", "<!--": " -->"}


def export(
    name: str | Activation, /, to: str, *, exact: bool = False, **parameters: Any
) -> str | bytes:
    """The activation as code that stands alone, with its first derivative: a text.

    to: "python" (math module only), "numpy", "torch", "jax", "keras", "tensorflow", "js", "c",
    "latex", "mathml", "onnx" (bytes of a model; needs the onnx package) or "lut" (an int8 table
    as JSON). The head of the text states the largest error. Raises InputError for an unknown
    name, target or parameter, and for a function of rows where the target has only numbers.
    exact: for torch, code that is right in the far tails, too, with exact gradients of its own;
    else PyTorch's own module where it is the same function, or plain operations where these do.
    Derivatives: exact torch and jax in both modes to the second order, keras in reverse mode to the
    second order, tensorflow in reverse mode, the others a function for the first.
    What is random in training is exported as it is in evaluation.
    """
    if not isinstance(exact, bool):
        raise InputError("not_yes_or_no", name="exact", given=exact)
    activation = get(name).bind(**parameters)
    target = target_of(to)
    exported = Exported(activation)
    if not target.takes(exported):
        allowed = listed(each for each, row in TARGETS.items() if row.takes(exported))
        raise InputError(f"export_{exported.kind}", name=activation.name, to=to, allowed=allowed)
    shipped = None if exact or target.shipped is None else target.shipped(exported)
    if shipped is not None:
        return shipped
    written = target.write(exported)
    if not target.sign or isinstance(written, bytes):
        return written
    lines = header(exported, target.title, target.errors)
    closing = _CLOSING.get(target.sign, "")
    head = comment([line + closing for line in lines], target.sign)
    return f"{head}\n{written}"


def target_of(name: str) -> Target:
    """The target of that name."""
    found = TARGETS.get(name) if isinstance(name, str) else None
    if found is None:
        hint = nearest(str(name), TARGETS)
        raise InputError("export_target", given=name, allowed=listed(TARGETS), hint=hint)
    return found


make_callable(__name__)
