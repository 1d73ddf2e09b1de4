"""A graph as a plain NumPy function: slow, simple, independent of the compiled kernels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nonlin.emit.spelling import Spelling, call, damp, functions, guard, named, with_threshold
from nonlin.expr.decompositions import in_library
from nonlin.expr.interpret import interpreter
from nonlin.expr.nodes import Expr

Array = Any  # a float64 array, or a NumPy scalar

NEWTON_STEPS = 200  # far more than rows of a million numbers take
STEP_TOLERANCE = 1e-13


def _special(name: str) -> Callable[..., Array]:
    def run(*arguments: Array) -> Array:
        import scipy.special

        return getattr(scipy.special, name)(*arguments)

    return run


def _normal_cdf(a: Array) -> Array:
    # in the tail through erfcx: SciPy's ndtr loses 350 ulp at -30
    tail = np.exp(-a * a / 2) * _special("erfcx")(np.maximum(-a, 0) * np.sqrt(0.5)) / 2
    return np.where(a < -1, tail, _special("ndtr")(a))


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


SPELLINGS = with_threshold(
    {
        **named("np", "where", "sign", "maximum", "minimum", "power", "sqrt", "exp", "expm1"),
        **named("np", "log", "log1p", "sin", "cos", "arctan", "tanh", absolute="abs"),
        "guard": guard("np"),
        "damp": damp("np"),
        "fill": call("np.full_like", 2),
        "positive": call("np.maximum", 1, 0.0),
        "row_max": call("np.max", axis=-1, keepdims=True),
        "row_sum": call("np.sum", axis=-1, keepdims=True),
        "row_first": Spelling(
            "(np.arange(x.shape[-1]) == np.argmax({0}, -1)[..., None]) * 1.0", lambda _: _first
        ),
    }
)
# with SciPy, without the inaccuracies of short code
FUNCTIONS: Mapping[str, Callable[..., Array]] = {
    **functions(SPELLINGS, np),
    "pi": lambda: np.pi,
    "hypot": np.hypot,
    "normal_cdf": _normal_cdf,
    "erf": _special("erf"),
    "absorb": lambda a, b: np.where(np.isinf(a), a, a + b),
    "row_threshold": _threshold,
    "row_join": lambda a, b: np.concatenate([a, b], axis=-1),
    "row_pool": _pool,
    "below_max": lambda a, largest: np.where(a == largest, 0.0, a - largest),
}


def compile_numpy(root: Expr, *names: str) -> Callable[..., NDArray[np.float64]]:
    """The expression as a function of the named symbols on float64 arrays.

    Arguments broadcast; rows are the last axis. NaN in gives NaN out; no warning is raised.
    """
    evaluate = interpreter([in_library(root, FUNCTIONS)], names, FUNCTIONS)

    def run(*values: ArrayLike) -> NDArray[np.float64]:
        arrays = [np.asarray(value, dtype=np.float64) for value in values]
        with np.errstate(all="ignore"):
            (result,) = evaluate(*arrays)
        shape = np.broadcast_shapes(np.shape(result), *(array.shape for array in arrays))
        spoilt = np.logical_or.reduce([np.broadcast_to(np.isnan(a), shape) for a in arrays])
        return np.where(spoilt, np.nan, np.broadcast_to(result, shape))

    return run


def compile_together(*roots: Expr) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Several functions of x at once, stacked on a first axis; what they share is done once."""
    evaluate = interpreter([in_library(root, FUNCTIONS) for root in roots], ["x"], FUNCTIONS)

    def run(x: NDArray[np.float64]) -> NDArray[np.float64]:
        with np.errstate(all="ignore"):
            results = evaluate(x)
        return np.stack([np.broadcast_to(result, x.shape) for result in results])

    return run
