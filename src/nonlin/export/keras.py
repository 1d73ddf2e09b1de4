"""Keras 3: a function and a layer for every back end, registered for saved models.

Derivatives are in reverse mode: `ops.custom_gradient`, which all back ends have, has no other.
"""

from __future__ import annotations

from nonlin.emit.spelling import Spelling, call, guard, named, with_threshold
from nonlin.export.exported import Exported
from nonlin.export.header import Error
from nonlin.export.modules import dialect, function, module, widened
from nonlin.export.partials import Partial, partials

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
    dtype = keras.backend.standardize_dtype(x.dtype)
    return ops.cast(x, "float32") if dtype in ("float16", "bfloat16") else x


def _floating(x):
    """Whole numbers become numbers of Keras's default dtype."""
    x = ops.convert_to_tensor(x)
    dtype = keras.backend.standardize_dtype(x.dtype)
    return x if "float" in dtype else ops.cast(x, keras.config.floatx())


'''
_EXACT = """\
@ops.custom_gradient
def {call}({names}):
    def backward(*saved, upstream=None):
        grad = saved[-1] if upstream is None else upstream
        return {gradients}

    return {value}, backward
"""
_PUBLIC = '''\
@keras.saving.register_keras_serializable(package="nonlin")
def {name}({names}):
    """f(x), same shape and dtype as x; derivatives are exact to the second order, in reverse mode.

    The `custom_gradient` of Keras has no forward mode and, on PyTorch, no torch.func: both say so.
    """
    return _apply({floating})


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
    known = partials(exported)
    names = ["x", *exported.others]
    parts = [function(f"_{each.name}", names, each.graph, DIALECT) for each in known]
    parts += [_exact(exported, each, names) for each in reversed(known) if each.slopes]
    return module(_FRAME, [*parts, _public(exported, names)], DIALECT)


def _exact(exported: Exported, part: Partial, names: list[str]) -> str:
    """A function whose derivatives are the next ones; those by a parameter are summed."""
    calls = {each.label: each.call(names, widened(names)) for each in partials(exported)}
    gradients = []
    for name, label in zip(names, part.slopes, strict=True):
        gradient = f"_wide(grad) * {calls[label]}"
        summed = f"ops.sum({gradient})" if name in exported.learned else gradient
        gradients.append(f"ops.cast({summed}, {name}.dtype)")
    value = f"_{part.name}({widened(names)})"
    return _EXACT.format(
        call=part.exact,
        names=", ".join(names),
        gradients=", ".join(gradients),
        value=value if part.label else f"ops.cast({value}, x.dtype)",
    )


def _rows(exported: Exported) -> str:
    value, backward = exported.rows()
    changes = exported.row_changes()
    exact = _EXACT.format(
        call="_apply",
        names="x",
        gradients="_gradient(x, grad)",
        value="ops.cast(_value(_wide(x)), x.dtype)",
    )
    wide = "_wide(x), _wide(grad), _wide(dot)"
    back = f"ops.cast(_twice({wide}), x.dtype), "
    gradient = _EXACT.format(
        call="_gradient",
        names="x, grad",
        gradients=f"{back}ops.cast(_forward(_wide(x), _wide(dot)), x.dtype)",
        value="ops.cast(_backward(_wide(x), _wide(grad)), x.dtype)",
    ).replace("        grad = saved", "        dot = saved")
    parts = [
        function("_value", ["x"], value, DIALECT),
        function("_backward", ["x", "grad"], backward, DIALECT),
        function("_forward", ["x", "dot"], changes["forward"], DIALECT),
        function("_twice", ["x", "grad", "dot"], changes["twice"], DIALECT),
        gradient,
        exact,
        _public(exported, ["x"]),
    ]
    return module(_FRAME, parts, DIALECT)


def _public(exported: Exported, names: list[str]) -> str:
    learned = () if exported.activation.rowwise else exported.learned
    inputs = "inputs" if len(exported.inputs) == 1 else "*inputs"
    return _PUBLIC.format(
        name=exported.name,
        names=", ".join(names),
        floating=", ".join(f"_floating({name})" for name in names),
        title=exported.class_name,
        build=_build(exported, learned),
        own=", ".join([inputs, *(f"ops.convert_to_tensor(self.{name})" for name in learned)]),
    )


def _build(exported: Exported, learned: tuple[str, ...]) -> str:
    values = exported.activation.values
    weights = [_WEIGHT.format(name=name, value=values[name]) for name in learned]
    return _BUILD.format(weights="".join(weights)) if weights else ""
