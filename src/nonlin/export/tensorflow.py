"""TensorFlow: a function with its derivatives as custom gradients."""

from __future__ import annotations

from nonlin.emit.lets import Dialect
from nonlin.emit.spelling import helpers
from nonlin.export.exported import Exported
from nonlin.export.header import Error
from nonlin.export.modules import function, module, widened

# its erf and erfc are NaN at infinity in float64
_ERFC = "(0.5 * tf.math.erfc(-0.7071067811865476 * tf.clip_by_value({0}, -40.0, 40.0)))"
_SPELLINGS = {
    "where": "tf.where({0}, {1}, {2})",
    "guard": "tf.where(tf.math.is_nan({1}), {1}, {0})",
    "damp": "_damp({0}, {1})",
    "absolute": "tf.abs({0})",
    "sign": "tf.sign({0})",
    "maximum": "tf.maximum({0}, {1})",
    "minimum": "tf.minimum({0}, {1})",
    "power": "tf.pow({0}, {1})",
    "sqrt": "tf.sqrt({0})",
    "exp": "tf.exp({0})",
    "expm1": "tf.math.expm1({0})",
    "log": "tf.math.log({0})",
    "log1p": "tf.math.log1p({0})",
    "sin": "tf.sin({0})",
    "cos": "tf.cos({0})",
    "arctan": "tf.atan({0})",
    "tanh": "tf.tanh({0})",
    "erf": "tf.math.erf(tf.clip_by_value({0}, -9.0, 9.0))",
    "normal_cdf": _ERFC,
    "fill": "(tf.zeros_like({0}) + {1})",
    "positive": "tf.nn.relu({0})",
    "row_max": "tf.reduce_max({0}, -1, keepdims=True)",
    "row_sum": "tf.reduce_sum({0}, -1, keepdims=True)",
    "row_first": "tf.one_hot(tf.argmax({0}, -1), tf.shape(x)[-1], dtype=x.dtype)",
    "row_threshold": "_threshold({0}, {1})",
}
DIALECT = Dialect(
    _SPELLINGS,
    fill_all=True,  # a number would become float32
    helpers=helpers(_SPELLINGS, "tf.where(tf.equal(a, 0), tf.where(b < 0, -a, a), a * b)"),
)
ERRORS: tuple[Error, ...] = (Error("float32", 8, 2000, 1e-30), Error("float64", 128, 2000, 1e-300))
_FRAME = '''\
import tensorflow as tf


def _wide(x):
    """Half precision is computed in single."""
    x = tf.convert_to_tensor(x)
    return tf.cast(x, tf.float32) if x.dtype in (tf.float16, tf.bfloat16) else x


def _floating(x):
    """Whole numbers become numbers of TensorFlow's default dtype."""
    x = tf.convert_to_tensor(x)
    return x if x.dtype.is_floating else tf.cast(x, tf.float32)


'''
_GRADIENT = """\
@tf.custom_gradient
def {name}({names}):
    x = _floating(x)

    def backward(grad):
        return {gradients}

    return tf.cast({value}, x.dtype), backward
"""
_ROWS = '''\
@tf.custom_gradient
def {name}(x):
    """f of every row along the last axis."""
    x = _floating(x)

    def backward(grad):
        return tf.cast(_backward(_wide(x), _wide(grad)), x.dtype)

    return tf.cast(_value(_wide(x)), x.dtype), backward
'''


def write(exported: Exported) -> str:
    """A module with a function under tf.custom_gradient."""
    if exported.activation.rowwise:
        value, backward = exported.rows()
        first = function("_value", ["x"], value, DIALECT)
        second = function("_backward", ["x", "grad"], backward, DIALECT)
        return module(_FRAME, [first, second, _ROWS.format(name=exported.name)], DIALECT)
    if exported.others:
        return _several(exported)
    kinds = ("_value", "_slope", "_curvature")
    functions = [
        function(kind, ["x"], graph, DIALECT)
        for kind, graph in zip(kinds, exported.graphs((0, 1, 2)), strict=True)
    ]
    slope = f"{exported.name}_derivative"
    second = "grad * tf.cast(_curvature(_wide(x)), x.dtype)"
    parts = [
        *functions,
        _gradient(slope, ["x"], "_slope", second),
        _gradient(exported.name, ["x"], "_value", f"grad * {slope}(x)"),
    ]
    return module(_FRAME, parts, DIALECT)


def _several(exported: Exported) -> str:
    """Gradients by more than x: learned parameters are scalar tensors."""
    others = exported.others
    names = ["x", *others]
    wide = widened(names)
    functions = [
        function(kind, names, graph, DIALECT)
        for kind, graph in zip(("_value", "_slope"), exported.graphs((0, 1), others), strict=True)
    ]
    gradients = [f"grad * tf.cast(_slope({wide}), x.dtype)"]
    for name in others:
        functions.append(function(f"_by_{name}", names, exported.by(name, others), DIALECT))
        gradient = f"grad * tf.cast(_by_{name}({wide}), x.dtype)"
        gradients.append(f"tf.reduce_sum({gradient})" if name in exported.learned else gradient)
    joined = "".join(f"\n            {gradient}," for gradient in gradients)
    last = _gradient(f"_{exported.name}", names, "_value", f"({joined}\n        )")
    return module(_FRAME, [*functions, last, _called(exported)], DIALECT)


def _called(exported: Exported) -> str:
    """The function with default values, and every array of one dtype."""
    cast = "".join(f", tf.cast({name}, x.dtype)" for name in exported.others)
    return (
        f"def {exported.name}({', '.join(exported.defaults)}):\n"
        f"    x = _floating(x)\n    return _{exported.name}(x{cast})\n"
    )


def _gradient(name: str, names: list[str], value: str, gradients: str) -> str:
    wide = widened(names)
    return _GRADIENT.format(
        name=name, names=", ".join(names), value=f"{value}({wide})", gradients=gradients
    )
