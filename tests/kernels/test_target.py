"""Code for other CPUs than this one: narrower vectors, no AVX-512, no fused multiply-add."""

import platform

import llvmlite.binding as llvm
import numpy as np
import pytest

import nonlin as nl
from nonlin.emit.llvm.hardware import Hardware
from nonlin.kernels import compile as compiling
from nonlin.kernels import row_calls as row_kernels
from nonlin.kernels import target

NAMES = [
    "sigmoid", "tanh", "gelu", "gelu_tanh", "silu", "mish", "elu", "softplus", "erf", "sine",
    "arctan", "squareplus", "tanhshrink",
]  # fmt: skip

pytestmark = pytest.mark.skipif(
    platform.machine() not in ("x86_64", "AMD64"), reason="the CPUs below are x86-64"
)


@pytest.fixture(params=[("haswell", 32), ("x86-64", 16)], ids=["AVX2", "SSE2"])
def other_cpu(request, monkeypatch):
    """Compile for an older CPU, whose code this one runs as well."""
    name, vector_bytes = request.param
    other = target.Target(target.host().triple, name, "", Hardware(vector_bytes))
    caches = compiling._code, row_kernels._code, row_kernels.call_of
    for cache in caches:
        cache.cache_clear()
    monkeypatch.setattr(target, "host", lambda: other)
    yield
    for cache in caches:
        cache.cache_clear()


POINTS = np.concatenate([np.linspace(-30, 30, 301), [np.inf, -np.inf, np.nan, -0.0, -88, -95]])
ROWS = np.random.default_rng(0).standard_normal((7, 183)) * 9
LENGTHS = (3, 83, 183)  # those up to 128 lie side by side in vectors


@pytest.fixture(scope="module")
def expected():
    """Values and derivatives of this CPU, correctly rounded, found before another is set up."""
    return {
        (name, dtype): nl.get(name).value_and_derivative(POINTS.astype(dtype), precision="exact")
        for name in NAMES
        for dtype in ("float32", "float64")
    } | {
        (length, dtype): nl.softmax(ROWS[:, :length].astype(dtype), precision="exact")
        for dtype in ("float32", "float64")
        for length in LENGTHS
    }


def _ulps(found, true):
    """Units in the last place, and 0 where both are the same infinity or NaN."""
    with np.errstate(invalid="ignore"):
        error = np.abs(found - true) / np.spacing(
            np.maximum(np.abs(true), np.finfo(true.dtype).tiny)
        )
    same = (found == true) | (np.isnan(found) & np.isnan(true))
    return np.where(same, 0.0, error)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("precision", ["fast", "exact"])
def test_the_numbers_are_the_same(expected, other_cpu, dtype, precision):
    x = POINTS.astype(dtype)
    for name in NAMES:
        activation = nl.get(name)
        given = activation.formula, (0, 1), dtype, precision, activation.values
        found = compiling.compile_kernel(*given).function(x)
        for mine, true in zip(found, expected[name, dtype], strict=True):
            close = _ulps(mine, true) <= (8 if precision == "fast" else 1)
            zero = np.isclose(mine, true, rtol=0, atol=np.finfo(dtype).eps)  # of f'
            good = close | (zero & (precision == "fast"))
            assert good.all(), (name, x[~good], mine[~good], true[~good])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_rows_are_the_same(expected, other_cpu, dtype):
    for length in LENGTHS:
        x = ROWS[:, :length].astype(dtype)
        out = np.empty_like(x)
        row_kernels.run_rows(nl.softmax.formula, {"x": x}, out, 1, "fast", {})
        assert _ulps(out, expected[length, dtype]).max() <= 4


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_rows_compile_for_arm(dtype, monkeypatch):
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    arm = target.Target("aarch64-unknown-linux-gnu", "neoverse-n1", "", Hardware(16))
    monkeypatch.setattr(target, "host", lambda: arm)
    for name in ("softmax", "log_softmax"):
        assert row_kernels._build(nl.get(name).formula, ("x",), dtype, "fast", ())
