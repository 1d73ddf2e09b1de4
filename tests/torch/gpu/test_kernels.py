"""Kernels in Triton's language give what the kernels for arrays give, in Triton's interpreter."""

import os

import numpy as np
import pytest

import nonlin as nl

torch = pytest.importorskip("torch")
triton = pytest.importorskip("triton")

from nonlin.emit.triton import triton_source  # noqa: E402 - torch first
from nonlin.torch import functional  # noqa: E402
from nonlin.torch.eager import evaluate  # noqa: E402
from nonlin.torch.gpu.kernels import BLOCK, gpu_kernels  # noqa: E402
from nonlin.torch.gpu.written import module_of  # noqa: E402

ENDS = (np.inf, -np.inf, np.nan, 1e4, -1e4, 88.0, -88.0, 9.5, -9.5, 1e-8, -1e-8, 0.0, -0.0)
EPSILON = np.finfo(np.float32).eps


@pytest.fixture
def interpreted(monkeypatch):
    """NumPy computes there, and warns of infinities."""
    monkeypatch.setattr(triton.knobs.runtime, "interpret", True)
    with np.errstate(all="ignore"):
        yield


def kernels_of(name):
    activation = nl.get(name)
    names = ("x", "value") if activation.kind == "gated" else ("x",)
    routed = functional.function_of(activation).prepare((), (), False)
    return gpu_kernels(activation.trained, names, routed.part)


def inputs(activation):
    """Near 0, the ends and the breakpoints."""
    found = 3 * np.random.default_rng(1).standard_normal(100)
    points = [*ENDS, *breakpoints(activation)]
    return np.concatenate([found, points]).astype(np.float32)


def breakpoints(activation):
    return activation.curve.properties.breakpoints if activation.kind == "elementwise" else ()


def close(found, expected):
    """float32 with exp, log and quotients of a few ulp."""
    np.testing.assert_allclose(found, expected, rtol=64 * EPSILON, atol=32 * EPSILON)


def test_every_entry(entry, interpreted):
    activation = nl.get(entry)
    if activation.kind not in ("elementwise", "gated"):
        return  # of rows there is none, of random ones that of evaluation below
    x = inputs(activation)
    arrays = [x] if activation.kind == "elementwise" else [x[:100], x[99::-1].copy()]
    given = [torch.tensor(each, requires_grad=True) for each in arrays]
    y = evaluate(kernels_of(entry), *given)
    wide = [each.astype(np.float64) for each in arrays[::-1]]  # value, gate
    close(y.detach(), activation(*wide).astype(np.float32))
    grad = 1 + np.random.default_rng(2).random(len(y))
    found = torch.autograd.grad(y, given, torch.tensor(grad.astype(np.float32)))
    expected = activation.backward(grad, *wide)
    expected = expected[::-1] if isinstance(expected, tuple) else (expected,)
    for each, true in zip(found, expected, strict=True):
        close(each, true.astype(np.float32))


def test_derivative(interpreted):
    """By itself, which autograd does not ask for."""
    source = triton_source(nl.mish.graph, {"derivative": (1,)})
    x = torch.linspace(-9, 9, 500)
    found = torch.empty_like(x)
    module_of(source).derivative[(1,)](x, found, len(x), BLOCK=BLOCK)
    close(found, nl.mish.derivative(x.double().numpy()).astype(np.float32))


@pytest.mark.parametrize("kind", ["float16", "bfloat16"])
def test_halves(kind, interpreted):
    """Computed in float32, rounded once."""
    x = torch.linspace(-4, 4, 40).to(getattr(torch, kind))
    y = evaluate(kernels_of("gelu"), x)
    assert y.dtype is x.dtype
    expected = torch.tensor(nl.gelu(x.double().numpy()))
    torch.testing.assert_close(y.double(), expected, rtol=torch.finfo(x.dtype).eps, atol=1e-4)


def test_further_derivatives_and_sizes(interpreted):
    """By the formula; more numbers than a program takes; none."""
    kernels = kernels_of("mish")
    x = torch.linspace(-3, 3, BLOCK + 7, requires_grad=True)
    (slope,) = torch.autograd.grad(evaluate(kernels, x).sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(slope.sum(), x)
    expected = nl.mish.derivative(x.detach().double().numpy(), 2)
    np.testing.assert_allclose(second, expected, rtol=1e-4, atol=1e-5)
    assert evaluate(kernels, torch.zeros(0, 3)).shape == (0, 3)


def test_what_it_takes(interpreted):
    kernels = kernels_of("mish")
    x = torch.zeros(4, 6)
    assert kernels.takes(x)
    for other in (x.double(), x.T, x.to("meta"), x.bool()):
        assert not kernels.takes(other)
    softmax = functional.softmax.prepare((), (), False)
    assert gpu_kernels(nl.softmax, ("x",), softmax.part) is None


@pytest.mark.slow
@pytest.mark.skipif("TRITON_INTERPRET" in os.environ, reason="the interpreter compiles nothing")
@pytest.mark.filterwarnings("ignore:TRITON_DEFAULT_FP_FUSION:UserWarning")
@pytest.mark.parametrize("name", ["mish", "gelu", "snake", "swiglu"])
def test_compiled_for_a_gpu(name):
    """To machine code of one that need not be there."""
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    for kernel in ("forward", "backward"):
        run = getattr(kernels_of(name)._kernels, kernel)
        types = dict.fromkeys(run.arg_names, "*bf16") | {"count": "i32", "BLOCK": "constexpr"}
        source = ASTSource(run, types, {"BLOCK": BLOCK})
        assert triton.compile(source, target=GPUTarget("cuda", 90, 32)).asm["cubin"]


def test_a_source_that_was_changed_is_written_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("NONLIN_CACHE_DIR", str(tmp_path))
    assert module_of("x = 1\n").x == 1
    (path,) = tmp_path.rglob("*.py")
    path.write_text("x = 2\n")
    assert module_of("x = 1\n").x == 1
    monkeypatch.setenv("NONLIN_CACHE_DIR", str(path / "no folder"))
    assert module_of("x = 3\n").x == 3
