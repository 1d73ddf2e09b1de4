"""PyTorch as people ship it: its own modules, and plain operations beside the exact kernels."""

import numpy as np
import pytest

import nonlin as nl
from nonlin.export import torch_plain
from nonlin.export.exported import Exported
from nonlin.export.native import NATIVE

torch = pytest.importorskip("torch")
PLAIN = [
    name
    for name in nl.names()
    if nl.get(name).elementwise
    and name not in NATIVE
    and torch_plain.write(Exported(nl.get(name))) is not None
]

PAIRS = [
    name
    for name in nl.names()
    if nl.get(name).kind == "gated"
    and name not in NATIVE
    and torch_plain.write(Exported(nl.get(name))) is not None
]


def written(space, name, **options):
    return space(nl.export(name, to="torch", **options))


def test_enough_are_plain_and_the_others_exact(space):
    assert {"serf", "quick_gelu", "lisht", "gaussian", "softcap", "hard_mish"} <= set(PLAIN)
    assert {"dyt", "derf", "tent"} <= set(PLAIN)
    assert {"swiglu", "geglu", "gtu", "drelu", "limited_swiglu"} <= set(PAIRS)
    for name in ("tanhexp", "pserf", "sparsemax", "sreglu", "square", "spike"):  # 0 * inf, slopes
        assert nl.export(name, to="torch") == nl.export(name, to="torch", exact=True)


def points(activation, kind):
    sizes = np.concatenate([np.logspace(-8, 4, 60), [30.0, 88.0, 100.0, 700.0, np.inf]])
    kinks = np.array(activation.properties.breakpoints, float)
    return np.concatenate([np.linspace(-9, 9, 181), sizes, -sizes, kinks, [np.nan]]).astype(kind)


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_plain_code_keeps_what_its_head_says(name, kind, space):
    """Value, slope and second derivative, also at infinities and NaN; of second ones, beside
    the largest.
    """
    activation = nl.get(name)
    x = points(activation, kind)
    at = torch.tensor(x, requires_grad=True)
    found = [written(space, name)[Exported(activation).name](at)]
    for _ in range(2):
        last = found[-1]
        known = (
            last.requires_grad
            and torch.autograd.grad(last.sum(), at, create_graph=True, allow_unused=True)[0]
        )
        found.append(torch.zeros_like(at) if known is None or known is False else known)
    assert all(each.dtype == at.dtype for each in found)
    for order, got in enumerate(found):
        call = activation.derivative if order else activation
        true = call(x.astype(float), *([order] if order else []), precision="exact")
        got, most = got.detach().numpy(force=True), np.finfo(kind).max
        true = np.where(np.abs(true) > most, np.copysign(np.inf, true), true)
        if order:  # no gradient is asked for at NaN
            got, true = got[:-1], true[:-1]
        size = np.maximum(1, np.nanmax(np.abs(true)) if order == 2 else np.abs(true))
        with np.errstate(invalid="ignore"):
            off = np.where(got == true, 0, np.abs(got - true) / size) / np.finfo(kind).eps
        assert (np.isnan(got) == np.isnan(true)).all()
        most = torch_plain.MOST * (4 if order == 2 else 1)  # of f'' the head says nothing
        assert np.nanmax(off) <= most, (order, x[np.nanargmax(off)])


@pytest.mark.parametrize("name", PLAIN)
def test_whole_numbers_and_halves(name, space):
    run = written(space, name)[Exported(nl.get(name)).name]
    whole = torch.tensor([-3, 0, 2])
    assert torch.equal(run(whole), run(whole.float()))
    for kind in (torch.float16, torch.bfloat16):
        x = torch.linspace(-6, 6, 49).to(kind)
        assert torch.equal(run(x), run(x.float()).to(kind))


# torch's own, see test_torch
@pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning")
@pytest.mark.parametrize("name", ["serf", "elish"])
def test_under_compile(name, space):
    layer = written(space, name)[Exported(nl.get(name)).class_name]()
    compiled = torch.compile(layer, backend="aot_eager", fullgraph=True)
    x = torch.linspace(-3, 3, 5, requires_grad=True)
    (slope,) = torch.autograd.grad(compiled(x).sum(), x)
    np.testing.assert_allclose(compiled(x).detach(), layer(x).detach())
    np.testing.assert_allclose(slope, nl.get(name).derivative(x.detach().numpy()), rtol=1e-5)


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_pairs(name, kind, space):
    """Values and both gradients, in units of what the factors may be off."""
    activation, run = nl.get(name), written(space, name)[Exported(nl.get(name)).name]
    sizes = [0.0, 1e-4, 0.3, 1.1, 6.9, 7.1, 9.9, 10.1, 88.0, 1e4]
    grid = np.array([sign * size for size in sizes for sign in (1, -1)], kind)
    value, gate = (each.ravel() for each in np.meshgrid(grid, grid))
    at = [torch.tensor(each, requires_grad=True) for each in (gate, value)]
    got = run(*at)
    slopes = torch.autograd.grad(got.sum(), at)
    wide = value.astype(float), gate.astype(float)
    true = activation(*wide, precision="exact")
    by_value, by_gate = activation.backward(np.ones_like(true), *wide, precision="exact")
    size = np.maximum(1, np.abs(wide[0])) * np.maximum(1, np.abs(wide[1]))
    for found, exact in ((got, true), (slopes[0], by_gate), (slopes[1], by_value)):
        off = np.abs(found.detach().numpy() - exact) / size / np.finfo(kind).eps
        assert off.max() <= 2 * torch_plain.MOST
    ends = run(torch.tensor([np.inf, -np.inf, np.nan]), torch.ones(3)).numpy()
    np.testing.assert_allclose(ends, activation(np.ones(3), [np.inf, -np.inf, np.nan]), rtol=1e-6)
    assert torch.equal(run(torch.tensor([2]), torch.tensor([3])), run(*torch.tensor([[2.0], [3]])))


@pytest.mark.parametrize("name", ["dyt", "derf", "tent"])
def test_what_is_learned_has_gradients(name, space):
    activation = nl.get(name)
    layer = written(space, name)[Exported(activation).class_name]()
    x = torch.tensor([-np.inf, -1e4, -3, -0.4, 0.0, 0.2, 1.5, 1e4, np.inf], dtype=torch.float64)
    layer.double()(x).sum().backward()
    known = activation.parameter_gradients(np.ones(9), x.numpy(), precision="exact")
    for key, weight in layer.named_parameters():
        assert weight.grad.item() == pytest.approx(known[key], rel=1e-12)


@pytest.mark.parametrize("name", ["tempered_softmax", "ssmax", "softmax1", "gumbel_softmax"])
def test_rows_by_softmax(name, space):
    activation = nl.get(name)
    assert "torch.softmax(" in nl.export(name, to="torch")
    run = written(space, name)[Exported(activation).name]
    x = torch.linspace(-4, 4, 24, dtype=torch.float64).reshape(2, 3, 4).requires_grad_()
    given = x.detach().numpy()
    for axis in (-1, 1):
        np.testing.assert_allclose(run(x, axis).detach(), activation(given, axis=axis))
    grad = torch.arange(24.0, dtype=torch.float64).reshape(2, 3, 4)
    (slope,) = torch.autograd.grad(run(x, 1), x, grad)
    np.testing.assert_allclose(slope, activation.backward(grad.numpy(), given, axis=1), atol=1e-12)


@pytest.mark.parametrize("name", NATIVE)
def test_the_module_that_pytorch_has(name, space):
    activation = nl.get(name)
    text = nl.export(name, to="torch")
    assert f"torch.nn.{NATIVE[name].name}" in text
    found = space(text)
    x = torch.linspace(-3, 3, 8)
    layer = found[Exported(activation).class_name]().eval()
    assert isinstance(layer, getattr(torch.nn, NATIVE[name].name))
    np.testing.assert_allclose(layer(x).detach(), activation(x.numpy()), rtol=1e-5, atol=1e-6)
    function = found[Exported(activation).name]
    np.testing.assert_allclose(function(x).detach(), layer(x).detach(), rtol=1e-6)


def test_parameters_and_functions_of_your_own(space):
    assert "torch.nn.LeakyReLU(negative_slope=0.2)" in nl.export("leaky_relu", "torch", alpha=0.2)
    layer = written(space, "leaky_relu", alpha=0.2)["LeakyRelu"]()
    assert layer(torch.tensor([-1.0])).item() == pytest.approx(-0.2)
    mine = nl.activation("gelu", "x * sigmoid(2 * x)")
    assert "has not been tested" in nl.export(mine, to="torch")
    assert "torch.nn.GELU" not in nl.export(mine, to="torch")
    assert space(nl.export(mine, to="torch"))["gelu"](torch.tensor(1.0)).item() == pytest.approx(
        0.8807971
    )
