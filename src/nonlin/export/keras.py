"""Keras 3: a function and a layer for every back end, registered for saved models."""

from __future__ import annotations

from nonlin.emit.spelling import Spelling, call, guard, named, with_threshold
from nonlin.export.exported import Exported
from nonlin.export.header import Error
from nonlin.export.modules import dialect, function, module, widened

SPELLINGS = with_threshold(
    {
        **named("ops", "where", "absolute", "sign", "power", "sqrt", "exp", "expm1", "log"),
        **named("ops", "log1p", "sin", "cos", "arctan", "tanh"),
        "guard": guard("ops"),
        "damp": Spelling(
            "_damp({0}, {1})",
            lambda keras: (
                lambda a, b: keras.ops.where(a == 0, keras.ops.where(b < 0, -a, a), a * b)
            ),
        ),
        "fill": call("ops.full_like", 2),
        "positive": call("ops.relu"),
        "row_max": call("ops.max", 1, -1, keepdims=True),
        "row_sum": call("ops.sum", 1, -1, keepdims=True),
        "row_first": Spelling(
            "ops.one_hot(ops.argmax({0}, -1), x.shape[-1], dtype=x.dtype)",
            lambda keras: (
                lambda a: keras.ops.one_hot(keras.ops.argmax(a, -1), a.shape[-1], dtype=a.dtype)
            ),
        ),
    }
)
DIALECT = dialect(
    SPELLINGS,
    "ops.where(a == 0, ops.where(b < 0, -a, a), a * b)",
    fill_all=True,  # a number would become float32
)
ERRORS: tuple[Error, ...] = (Error("float32", 8, 2000, 1e-30), Error("float64", 128, 2000, 1e-300))
_FRAME = '''\
import keras
from keras import ops


def _wide(x):
    """Half precision is computed in single."""
    x = ops.convert_to_tensor(x)
    dtype = keras.backend.standardize_dtype(x.dtype)
    return ops.cast(x, "float32") if dtype in ("float16", "bfloat16") else x


'''
_FUNCTION = '''\
@ops.custom_gradient
def _{name}({names}):
    def backward(*saved, upstream=None):
        grad = saved[-1] if upstream is None else upstream
        return {gradients}

    return ops.cast(_value({wide}), x.dtype), backward


@keras.saving.register_keras_serializable(package="nonlin")
def {name}({names}):
    """f(x), same shape and dtype as x."""
    return _{name}({names})


@keras.saving.register_keras_serializable(package="nonlin")
class {title}(keras.layers.Layer):
{build}    def call(self, inputs):
        return {name}({own})
'''
_BUILD = """\
    def build(self, shape):
{weights}        super().build(shape)

"""
_WEIGHT = """\
        self.{name} = self.add_weight(
            name="{name}", shape=(), initializer=keras.initializers.Constant({value!r})
        )
"""


def write(exported: Exported) -> str:
    """A module with a function and a layer; a gated layer is called on a list [x, value]."""
    if exported.activation.rowwise:
        return _rows(exported)
    others = exported.others
    names = ["x", *others]
    wide = widened(names)
    functions = [
        function(kind, names, graph, DIALECT)
        for kind, graph in zip(("_value", "_slope"), exported.graphs((0, 1), others), strict=True)
    ]
    gradients = [f"grad * ops.cast(_slope({wide}), x.dtype)"]
    for name in others:
        functions.append(function(f"_by_{name}", names, exported.by(name, others), DIALECT))
        gradient = f"_wide(grad) * _by_{name}({wide})"
        summed = f"ops.sum({gradient})" if name in exported.learned else gradient
        gradients.append(f"ops.cast({summed}, {name}.dtype)")
    return module(_FRAME, [*functions, _function(exported, names, ", ".join(gradients))], DIALECT)


def _rows(exported: Exported) -> str:
    value, backward = exported.rows()
    parts = [
        function("_value", ["x"], value, DIALECT),
        function("_backward", ["x", "grad"], backward, DIALECT),
        _function(exported, ["x"], "ops.cast(_backward(_wide(x), _wide(grad)), x.dtype)"),
    ]
    return module(_FRAME, parts, DIALECT)


def _function(exported: Exported, names: list[str], gradients: str) -> str:
    learned = () if exported.activation.rowwise else exported.learned
    inputs = "inputs" if len(exported.inputs) == 1 else "*inputs"
    return _FUNCTION.format(
        name=exported.name,
        names=", ".join(names),
        wide=widened(names),
        gradients=gradients,
        title=exported.class_name,
        build=_build(exported, learned),
        own=", ".join([inputs, *(f"ops.convert_to_tensor(self.{name})" for name in learned)]),
    )


def _build(exported: Exported, learned: tuple[str, ...]) -> str:
    values = exported.activation.values
    weights = [_WEIGHT.format(name=name, value=values[name]) for name in learned]
    return _BUILD.format(weights="".join(weights)) if weights else ""
