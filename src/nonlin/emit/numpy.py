"""A graph as a plain NumPy function: slow, simple, independent of the compiled kernels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nonlin.expr.floats import as_float
from nonlin.expr.nodes import Call, Constant, Expr, Symbol
from nonlin.expr.walk import postorder

Array = Any  # a float64 array, or a NumPy scalar

NEWTON_STEPS = 200  # far more than rows of a million numbers take
STEP_TOLERANCE = 1e-13


def _special(name: str) -> Callable[..., Array]:
    def run(*arguments: Array) -> Array:
        import scipy.special

        return getattr(scipy.special, name)(*arguments)

    return run


def _decay(a: Array) -> Array:
    return np.exp(-np.abs(a))


def _sigmoid(a: Array) -> Array:
    return np.where(a < 0, _decay(a), 1.0) / (1 + _decay(a))


def _logistic_density(a: Array) -> Array:
    return _decay(a) / (1 + _decay(a)) ** 2


def _squareplus(a: Array, b: Array) -> Array:
    root = np.hypot(a, np.sqrt(b))
    return np.where(a > 0, (a + root) / 2, b / 2 / (root - np.minimum(a, 0)))


def _algebraic_sigmoid(a: Array, b: Array) -> Array:
    plain = _squareplus(a, b) / np.hypot(a, np.sqrt(b))
    return np.where(np.isinf(a), a > 0, plain)


def _softsign(a: Array) -> Array:
    size = np.abs(a)
    return np.where(size < 1, a / (1 + size), np.copysign(1 - 1 / (1 + size), a))


def _isru(a: Array) -> Array:
    return np.where(np.isinf(a), np.sign(a), a / np.hypot(1, a))


def _normal_cdf(a: Array) -> Array:
    # in the tail through erfcx: SciPy's ndtr loses 350 ulp at -30
    tail = np.exp(-a * a / 2) * _special("erfcx")(np.maximum(-a, 0) * np.sqrt(0.5)) / 2
    return np.where(a < -1, tail, _special("ndtr")(a))


def _tanhshrink(a: Array) -> Array:
    near, fraction = np.clip(a, -1, 1), np.zeros_like(a)
    for odd in range(25, 1, -2):
        fraction = near * near / (odd + fraction)
    return np.where(np.abs(a) > 1, a - np.tanh(a), near * fraction / (1 + fraction))


def _threshold(z: Array, power: Array) -> Array:
    """Newton's method from the left, where the sum is convex and falls: it never goes too far."""
    power = np.asarray(power, np.float64)
    top = np.max(z, axis=-1, keepdims=True)
    t = top - 1
    for last in (False,) * NEWTON_STEPS + (True,):
        above = z > t
        base = np.where(above, z - t, 1.0)
        slopes = np.where(above, base ** (power - 1), 0.0)
        total = np.sum(slopes * base, axis=-1, keepdims=True)
        step = (total - 1) / (power * np.sum(slopes, axis=-1, keepdims=True))
        settled = not (step > STEP_TOLERANCE * np.maximum(np.abs(t), np.abs(step))).any()
        t = np.minimum(t + step, top)  # the last step may go back by a rounding error
        if settled or last:
            break
    return t


def _first(a: Array) -> Array:
    ones = np.arange(a.shape[-1]) == np.argmax(a, axis=-1)[..., None]
    return np.where(np.isnan(a).any(axis=-1, keepdims=True), np.nan, ones)


def _pool(a: Array, pieces: Array) -> Array:
    return np.max(a.reshape(*a.shape[:-1], -1, int(pieces)), axis=-1)


SPELLINGS: Mapping[str, Callable[..., Array]] = {
    "pi": lambda: np.pi,
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "negate": np.negative,
    "power": np.power,
    "absolute": np.abs,
    "sign": np.sign,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "greater": np.greater,
    "less": np.less,
    "greater_equal": np.greater_equal,
    "less_equal": np.less_equal,
    "where": np.where,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "sin": np.sin,
    "cos": np.cos,
    "arctan": np.arctan,
    "tanh": np.tanh,
    "sech_squared": lambda a: 4 * _logistic_density(2 * a),
    "sigmoid": _sigmoid,
    "logistic_density": _logistic_density,
    "softplus": lambda a: np.maximum(a, 0) + np.log1p(_decay(a)),
    "normal_cdf": _normal_cdf,
    "normal_pdf": lambda a: np.exp(-a * a / 2) / np.sqrt(2 * np.pi),
    "erf": _special("erf"),
    "softsign": _softsign,
    "squareplus": _squareplus,
    "algebraic_sigmoid": _algebraic_sigmoid,
    "inverse_root": lambda a: 1 / np.hypot(1, a),
    "isru": _isru,
    "tanhshrink": _tanhshrink,
    "damp": lambda a, b: np.where(a == 0, np.copysign(a, b), a * b),
    "absorb": lambda a, b: np.where(np.isinf(a), a, a + b),
    "guard": lambda a, x: np.where(np.isnan(x), x, a),
    "row_max": lambda a: np.max(a, axis=-1, keepdims=True),
    "row_sum": lambda a: np.sum(a, axis=-1, keepdims=True),
    "row_threshold": _threshold,
    "row_first": _first,
    "row_join": lambda a, b: np.concatenate([a, b], axis=-1),
    "row_pool": _pool,
    "below_max": lambda a, largest: np.where(a == largest, 0.0, a - largest),
}


def compile_numpy(root: Expr, *names: str) -> Callable[..., NDArray[np.float64]]:
    """The expression as a function of the named symbols on float64 arrays.

    Arguments broadcast; rows are the last axis. NaN in gives NaN out; no warning is raised.
    """
    order = postorder(root)

    def run(*values: ArrayLike) -> NDArray[np.float64]:
        arrays = [np.asarray(value, dtype=np.float64) for value in values]
        given = dict(zip(names, arrays, strict=True))
        with np.errstate(all="ignore"):
            result = _evaluate(order, given)[root]
        shape = np.broadcast_shapes(np.shape(result), *(array.shape for array in arrays))
        spoilt = np.logical_or.reduce([np.broadcast_to(np.isnan(a), shape) for a in arrays])
        return np.where(spoilt, np.nan, np.broadcast_to(result, shape))

    return run


def compile_together(*roots: Expr) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Several functions of x at once, stacked on a first axis; what they share is done once."""
    order = postorder(*roots)

    def run(x: NDArray[np.float64]) -> NDArray[np.float64]:
        with np.errstate(all="ignore"):
            results = _evaluate(order, {"x": x})
        return np.stack([np.broadcast_to(results[root], x.shape) for root in roots])

    return run


def _evaluate(order: list[Expr], given: Mapping[str, Array]) -> dict[Expr, Array]:
    results: dict[Expr, Array] = {}
    for node in order:
        if isinstance(node, Constant):
            results[node] = np.float64(as_float(node.value))
        elif isinstance(node, Symbol):
            results[node] = given[node.name]
        elif isinstance(node, Call):
            results[node] = SPELLINGS[node.primitive](*[results[a] for a in node.arguments])
    return results
