"""Every name elsewhere against the library that has it: values and gradients, tails and kinks.

Where they differ by more than LIMIT units in the last place, tests/data/differences.toml says
why, and mpmath says who is right.
"""

import math
import os
import tomllib
import warnings
from fnmatch import fnmatch
from functools import cache, partial
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import nonlin as nl
from nonlin.catalogue import calls
from nonlin.catalogue.elsewhere import names_elsewhere
from nonlin.emit.mpmath import compile_mpmath
from nonlin.expr.derivative import derivative

LIMIT = 8.0
DTYPES = ("float32", "float64")
TABLE = Path(__file__).parents[1] / "data" / "differences.toml"
DIFFERENCES = tomllib.loads(TABLE.read_text(encoding="utf-8"))["difference"]
RANDOM = ("torch.nn.functional.gumbel_softmax",)  # draws noise in every call
SINGLE = ("keras.activations.tanh",)  # gives float32 on JAX
NAMES = {
    library: [
        name for name in names_elsewhere() if name.split(".")[0] == library and name not in RANDOM
    ]
    for library in ("torch", "jax", "keras", "onnx")
}


def points(dtype):
    """Around zero and every kink of the catalogue, moderate numbers, tails, infinities, NaN."""
    kind, limits = np.dtype(dtype).type, np.finfo(dtype)
    small = [0, limits.tiny / 8, limits.tiny, 1e-20, 1e-8, 1e-4]
    large = [20, 30, 50, 88, 100, 700, 1e4, 1e19, limits.max / 2, limits.max, np.inf]
    kinks = np.array([0.5, 1, 2, 2.5, 3, 6, 10, 20], dtype)
    beside = [np.nextafter(kinks, kind(0)), np.nextafter(kinks, kind(np.inf))]
    sizes = np.concatenate([small, np.linspace(0.05, 12, 120), large, kinks, *beside])
    return np.concatenate([sizes, -sizes, [np.nan]]).astype(dtype)


def rows(dtype):
    """Rows of 8, of several sizes, without ties."""
    chance = np.random.default_rng(0)
    return (chance.standard_normal((30, 8)) * np.logspace(-3, 2, 30)[:, None]).astype(dtype)


def with_options(name):
    """The name without its brackets, and what stands in them."""
    called = calls.split(name)
    return (name, {}) if called is None else (called.name, dict(called.keywords))


def torch_function(name, activation):
    import torch

    name, keywords = with_options(name)
    home, _, last = name.rpartition(".")
    keywords |= {"dim": -1} if fnmatch(last.lower(), "*softm*") else {}
    arguments = list(activation.values.values()) if last.lower() == "threshold" else []
    if home == "torch.nn":
        return getattr(torch.nn, last)(*arguments, **keywords).eval()
    if last == "prelu":
        arguments = [torch.tensor([activation.values["alpha"]])]
    function = getattr(import_module(home), last)
    return lambda x: function(
        x, *(a.to(x.dtype) if isinstance(a, torch.Tensor) else a for a in arguments), **keywords
    )


def run_torch(name, activation, x, grad):
    import torch

    given = torch.tensor(x, requires_grad=True)
    function = torch_function(name, activation)
    if isinstance(function, torch.nn.Module):
        function = function.to(given.dtype)
    value = function(given)
    value.backward(torch.tensor(grad))
    return value.detach().numpy(), given.grad.numpy()


def pull_back(function, x, grad):
    import jax

    value, pull = jax.vjp(function, jax.numpy.asarray(x))
    return np.asarray(value), np.asarray(pull(jax.numpy.asarray(grad))[0])


def run_jax(name, activation, x, grad):
    import jax

    with jax.enable_x64(True):
        name, keywords = with_options(name)
        home, _, last = name.rpartition(".")
        return pull_back(partial(getattr(import_module(home), last), **keywords), x, grad)


def run_keras(name, activation, x, grad):
    import jax
    import keras

    name, keywords = with_options(name)
    home, _, last = name.rpartition(".")
    with jax.enable_x64(True):
        if home == "keras.layers":
            function = getattr(keras.layers, last)(dtype=str(x.dtype))
            function.build(x.shape)
        else:
            plain = partial(getattr(keras.activations, last), **keywords)
            arguments = activation.values.values() if last == "threshold" else ()
            function = lambda given: plain(given, *arguments)  # noqa: E731
        return pull_back(function, x, grad)


def run_onnx(name, activation, x, grad):
    from onnx import helper
    from onnx.reference import ReferenceEvaluator

    kind = helper.np_dtype_to_tensor_dtype(x.dtype)
    inputs = {"x": x}
    if name == "onnx.PRelu":
        inputs["slope"] = np.array([activation.values["alpha"]], x.dtype)
    if name == "onnx.SwiGLU":
        inputs = dict(zip(("gate", "value"), np.split(x, 2, axis=-1), strict=True))
    graph = helper.make_graph(
        [helper.make_node(name.rpartition(".")[2], list(inputs), ["y"])],
        "one",
        [helper.make_tensor_value_info(i, kind, a.shape) for i, a in inputs.items()],
        [helper.make_tensor_value_info("y", kind, None)],
    )
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # NumPy's, of overflow
        (value,) = ReferenceEvaluator(helper.make_model(graph)).run(None, inputs)
    return value, None


RUN = {"torch": run_torch, "jax": run_jax, "keras": run_keras, "onnx": run_onnx}


def theirs(name, activation, x, grad):
    os.environ.setdefault("KERAS_BACKEND", "jax")
    pytest.importorskip(name.split(".")[0])
    return RUN[name.split(".")[0]](name, activation, x, grad)


def ulps(got, ours):
    """|got - ours| in units in the last place of ours; what is below the smallest is 0."""
    tiny = np.finfo(ours.dtype).tiny
    with np.errstate(all="ignore"):
        apart = np.abs(got.astype(np.float64) - ours)
        found = apart / np.spacing(np.maximum(np.abs(ours), tiny)).astype(np.float64)
    same = (got == ours) | (np.isnan(got) & np.isnan(ours)) | (apart <= tiny)
    return np.where(same, 0.0, np.where(np.isnan(found), np.inf, found))


def about(difference, name, order):
    of = f"{name.split('.')[0]}/{names_elsewhere()[name].entry}"
    return order in difference["orders"] and any(fnmatch(of, p) for p in difference["of"])


def explained(difference, name, order, x):
    if not about(difference, name, order) or "between" not in difference:
        return False
    if math.isnan(x):
        return any(math.isnan(low) for low, _ in difference["between"])
    return any(low <= x <= high for low, high in difference["between"])


def unexplained(name, order, x, got, ours):
    apart = ulps(got, ours)
    return [
        f"order {order} at {at!r}: {their!r}, ours {own!r}"
        for at, their, own, far in zip(x.tolist(), got.tolist(), ours.tolist(), apart, strict=True)
        if far > LIMIT and not any(explained(row, name, order, at) for row in DIFFERENCES)
    ]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", [name for names in NAMES.values() for name in names])
def test_same_values_and_gradients(name, dtype):
    if name in SINGLE and dtype == "float64":
        pytest.skip("float32 only")
    activation = nl.get(name)
    if activation.elementwise:
        x = points(dtype)
        value, slope = theirs(name, activation, x, np.ones_like(x))
        left = unexplained(name, 0, x, value, activation(x, precision="exact"))
        if slope is not None:
            ours = activation.derivative(x, precision="exact")
            left += unexplained(name, 1, x, slope, ours)
        assert not left
        return
    x = rows(dtype)
    own = activation(x, precision="exact")
    grad = np.random.default_rng(1).standard_normal(own.shape).astype(dtype)
    value, slope = theirs(name, activation, x, grad)
    if not any(about(row, name, 0) for row in DIFFERENCES):
        assert_rows_close(value, own, x)
    if slope is not None and not any(about(row, name, 1) for row in DIFFERENCES):
        assert_rows_close(slope, activation.backward(grad, x, precision="exact"), x)


def assert_rows_close(got, ours, x):
    """To within rounding of the products and sums that a row consists of."""
    unit = 16 * np.finfo(x.dtype).eps
    largest = np.max(np.abs(x), axis=-1, keepdims=True)
    assert got.shape == ours.shape
    assert (np.abs(got - ours) <= unit * (np.abs(ours) + np.maximum(largest, 1))).all()


@cache
def judge(name, order):
    graph = nl.get(name).graph
    return compile_mpmath(derivative(graph, order=order) if order else graph, "x")


@pytest.mark.parametrize(
    "row", DIFFERENCES, ids=lambda row: f"{row['example']['name']}-{row['example']['x']}"
)
def test_each_difference_exists_and_is_told_right(row):
    told = row["example"]
    name, order, x = told["name"], told["order"], np.array([told["x"]], told["dtype"])
    activation = nl.get(name)
    found = theirs(name, activation, x, np.ones_like(x))[order][0]
    ours = (activation.derivative if order else activation)(x, precision="exact")[0]
    near = {"rtol": 1e-3, "equal_nan": True}
    assert about(row, name, order)
    assert activation.rowwise or explained(row, name, order, told["x"])
    assert ulps(found, ours).max() > LIMIT
    np.testing.assert_allclose(found, told["theirs"], **near)
    np.testing.assert_allclose(ours, told["ours"], **near)
    if "truth" in told:
        exact = np.array(judge(name, order)(x[0].tolist()), dtype=float)
        np.testing.assert_allclose(told["truth"], exact, rtol=1e-12)
        nearer = np.abs(ours - exact) < np.abs(found - exact)
        assert np.any(nearer | ~np.isfinite(found))
