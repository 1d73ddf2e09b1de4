"""JAX: a function with its derivatives as rules, so that grad of grad is exact, too."""

from __future__ import annotations

from itertools import pairwise

from nonlin.emit.spelling import Spelling, call, damp, guard, named, normal_cdf, with_threshold
from nonlin.export.exported import Exported
from nonlin.export.header import Error
from nonlin.export.modules import dialect, function, module
from nonlin.expr.nodes import Expr

SPELLINGS = with_threshold(
    {
        **named("jnp", "where", "sign", "maximum", "minimum", "power", "sqrt", "exp", "expm1"),
        **named("jnp", "log", "log1p", "sin", "cos", "arctan", "tanh", absolute="abs"),
        "erf": call("jax.lax.erf"),
        "normal_cdf": normal_cdf("jax.lax.erfc"),
        "guard": guard("jnp"),
        "damp": damp("jnp"),
        "fill": call("jnp.full_like", 2),
        "positive": call("jnp.maximum", 1, 0.0),
        "row_max": call("jnp.max", 1, -1, keepdims=True),
        "row_sum": call("jnp.sum", 1, -1, keepdims=True),
        "row_first": Spelling(
            "jax.nn.one_hot(jnp.argmax({0}, -1), x.shape[-1], dtype=x.dtype)",
            lambda jax: (
                lambda a: jax.nn.one_hot(jax.numpy.argmax(a, -1), a.shape[-1], dtype=a.dtype)
            ),
        ),
    }
)
DIALECT = dialect(SPELLINGS, "jnp.where(a == 0, jnp.copysign(a, b), a * b)")
ERRORS: tuple[Error, ...] = (Error("float32", 8, 2000, 1e-30), Error("float64", 128, 2000, 1e-300))
_FRAME = '''\
import jax
import jax.numpy as jnp


def _wide(x):
    """Half precision is computed in single."""
    return jnp.asarray(x).astype(jnp.promote_types(jnp.result_type(x), jnp.float32))


def _narrow(y, x):
    return y.astype(jnp.promote_types(jnp.result_type(x), jnp.bfloat16))


'''
_ROWS = '''\
def _forward(x):
    return _value(x), x


_value.defvjp(_forward, lambda x, grad: (_backward(x, grad),))


def {name}(x, axis=-1):
    """f of every row along `axis`."""
    return jnp.moveaxis(_value(jnp.moveaxis(x, axis, -1)), -1, axis)
'''


def write(exported: Exported) -> str:
    """A module with a function under a custom_jvp."""
    if exported.activation.rowwise:
        return _rows(exported)
    others = exported.others
    arguments = exported.defaults
    orders = (0, 1) if others else (0, 1, 2)
    names = [exported.name, f"{exported.name}_derivative", f"{exported.name}_second_derivative"]
    graphs = dict(zip(names, exported.graphs(orders, others), strict=False))
    graphs |= {f"{exported.name}_by_{name}": exported.by(name, others) for name in others}
    last = [*graphs][1:] if others else [*graphs][2:]
    parts = []
    for name, graph in graphs.items():
        text = _function(name, arguments, graph)
        parts.append(text if name in last else f"@jax.custom_jvp\n{text}")
    return module(_FRAME, [*parts, _rules(exported, [*graphs])], DIALECT)


def _function(name: str, arguments: list[str], root: Expr) -> str:
    before = ["given, x = x, _wide(x)"]
    return function(name, arguments, root, DIALECT, before=before, after="_narrow({0}, given)")


def _rules(exported: Exported, names: list[str]) -> str:
    if exported.others:
        heads = ", ".join(["x", *exported.others])
        rules = [f"lambda dot, y, {heads}: {name}({heads}) * dot" for name in names[1:]]
        return f"{names[0]}.defjvps(\n" + "".join(f"    {rule},\n" for rule in rules) + ")\n"
    return "".join(
        f"{name}.defjvps(lambda dot, y, x: {slope}(x) * dot)\n" for name, slope in pairwise(names)
    )


def _rows(exported: Exported) -> str:
    value, backward = exported.rows()
    parts = (
        "@jax.custom_vjp\n" + _function("_value", ["x"], value),
        _function("_backward", ["x", "grad"], backward),
        _ROWS.format(name=exported.name),
    )
    return module(_FRAME, parts, DIALECT)
