"""JAX: a function with its derivatives as rules, to the second order, in either mode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nonlin.emit.spelling import Spelling, call, damp, guard, named, normal_cdf, with_threshold
from nonlin.export.exported import Exported
from nonlin.export.header import Error
from nonlin.export.modules import dialect, function, module
from nonlin.export.partials import Label, Partial, partials
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
_IMPLICIT = '''\
_threshold = jax.custom_jvp(_threshold, nondiff_argnums=(1,))


@_threshold.defjvp
def _threshold_rule(power, primals, tangents):
    """By the rule for implicit functions."""
    (z,), (dot,) = primals, tangents
    t = _threshold(z, power)
    weight = jnp.where(z > t, jnp.where(z > t, z - t, 1.0) ** (power - 1), 0.0)
    return t, jnp.sum(weight * dot, -1, keepdims=True) / jnp.sum(weight, -1, keepdims=True)

'''
_PLAIN = dialect(SPELLINGS, "jnp.where(a == 0, jnp.copysign(a, b), a * b)")
_THRESHOLD = f"{_PLAIN.helpers['_threshold']}\n{_IMPLICIT}"
DIALECT = replace(_PLAIN, helpers={**_PLAIN.helpers, "_threshold": _THRESHOLD})
ERRORS: tuple[Error, ...] = (Error("float32", 8, 2000, 1e-30), Error("float64", 128, 2000, 1e-300))
_FRAME = '''\
import jax
import jax.numpy as jnp


def _dtype(x):
    """That of the result: whole numbers become JAX's default floats."""
    dtype = jnp.result_type(x)
    return dtype if jnp.issubdtype(dtype, jnp.inexact) else jnp.result_type(float)


def _wide(x):
    """Half precision is computed in single."""
    return jnp.asarray(x).astype(jnp.promote_types(_dtype(x), jnp.float32))


'''
_ROWS = '''\
_value.defjvps(lambda dot, y, x: _forward(x, dot))


def {name}(x, axis=-1):
    """f of every row along `axis`."""
    return jnp.moveaxis(_value(jnp.moveaxis(jnp.asarray(x), axis, -1)), -1, axis)
'''


def write(exported: Exported) -> str:
    """A module with a function under a custom_jvp."""
    if exported.activation.rowwise:
        return _rows(exported)
    known = partials(exported)
    names = {each.label: _name(exported, each) for each in known}
    parts = []
    for each in known:
        text = _function(names[each.label], exported.defaults, each.graph)
        parts.append(f"@jax.custom_jvp\n{text}" if each.slopes else text)
    rules = [_rules(names, each, ["x", *exported.others]) for each in known if each.slopes]
    return module(_FRAME, [*parts, "".join(rules)], DIALECT)


def _name(exported: Exported, part: Partial) -> str:
    ending = {(): "", ("x",): "_derivative", ("x", "x"): "_second_derivative"}
    return exported.name + ending.get(part.label, f"_{part.name}")


def _function(name: str, arguments: list[str], root: Expr) -> str:
    before = ["dtype, x = _dtype(x), _wide(x)"]
    return function(name, arguments, root, DIALECT, before=before, after="({0}).astype(dtype)")


def _rules(names: Mapping[Label, str], part: Partial, inputs: list[str]) -> str:
    heads = ", ".join(inputs)
    rules = [f"lambda dot, y, {heads}: {names[label]}({heads}) * dot" for label in part.slopes]
    own = names[part.label]
    if len(rules) == 1:
        return f"{own}.defjvps({rules[0]})\n"
    return f"{own}.defjvps(\n" + "".join(f"    {rule},\n" for rule in rules) + ")\n"


def _rows(exported: Exported) -> str:
    value, _ = exported.rows()
    forward = exported.row_changes()["forward"]
    parts = (
        "@jax.custom_jvp\n" + _function("_value", ["x"], value),
        _function("_forward", ["x", "dot"], forward),
        _ROWS.format(name=exported.name),
    )
    return module(_FRAME, parts, DIALECT)
