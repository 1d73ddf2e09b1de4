"""Exported PyTorch: values, exact gradients, gradients of gradients, half precision, compile."""

import numpy as np
import pytest

import nonlin as nl
from nonlin.emit.spelling import runner
from nonlin.export.exported import Exported
from nonlin.export.torch import SPELLINGS

torch = pytest.importorskip("torch")


@pytest.fixture
def module(space):
    """An exported nn.Module."""

    def make(name, kind="float32", **parameters):
        found = space(nl.export(name, to="torch", exact=True, **parameters))
        before = torch.get_default_dtype()
        torch.set_default_dtype(getattr(torch, kind))  # of learned parameters
        try:
            return found[Exported(nl.get(name)).class_name]()
        finally:
            torch.set_default_dtype(before)

    return make


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_every_entry(entry, kind, judge, grid, module):
    activation = nl.get(entry)
    x = grid(activation, kind)
    at = torch.tensor(x, requires_grad=True)
    y = module(entry, kind)(at)
    (slope,) = torch.autograd.grad(y.sum(), at)
    assert y.dtype == slope.dtype == at.dtype
    judge("torch").check(activation, 0, x, y.detach().numpy())
    judge("torch").check(activation, 1, x, slope.numpy())


def test_the_gradient_has_a_gradient(entry, module):
    x = np.linspace(-9.3, 9.3, 62)  # not 0, where autograd takes a slope of its own for |x|
    at = torch.tensor(x, requires_grad=True)
    (slope,) = torch.autograd.grad(module(entry, "float64")(at).sum(), at, create_graph=True)
    (second,) = torch.autograd.grad(slope.sum(), at, allow_unused=True)
    found = np.zeros_like(x) if second is None else second.numpy()
    expected = nl.get(entry).trained.derivative(x, 2, precision="exact")
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
def test_half_precision_is_rounded_once(entry, kind, module):
    x = torch.linspace(-6, 6, 49).to(kind)
    layer = module(entry)
    assert torch.equal(layer(x), layer(x.float()).to(kind))


def test_under_transforms(module):
    mish, x = module("mish"), torch.linspace(-3, 3, 5)
    slopes = torch.func.vmap(torch.func.grad(mish))(x)
    expected = nl.mish.derivative(x.numpy(), precision="exact")
    np.testing.assert_allclose(slopes.numpy(), expected, rtol=1e-6)


# torch's own: Dynamo makes an instance of every autograd.Function
@pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning")
def test_under_compile(module):
    mish = module("mish")
    compiled = torch.compile(mish, backend="aot_eager", fullgraph=True)
    x = torch.linspace(-3, 3, 5, requires_grad=True)
    (slope,) = torch.autograd.grad(compiled(x).sum(), x)
    np.testing.assert_allclose(compiled(x).detach(), mish(x).detach())
    np.testing.assert_allclose(slope, nl.mish.derivative(x.detach().numpy()), rtol=1e-6)


def test_parameters_are_bound(module):
    assert module("leaky_relu", alpha=0.2)(torch.tensor([-1.0])).item() == pytest.approx(-0.2)


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_the_functions_of_the_table_do_what_the_code_does(entry, kind, grid, space):
    subject = Exported(nl.get(entry))
    given = [grid(subject.activation, kind)]
    given += [np.asarray(subject.activation.values[n], kind) for n in subject.others]
    given = [torch.tensor(each) for each in given]
    code = space(nl.export(entry, to="torch", exact=True))
    run = runner(subject.graphs((0, 1), subject.others), ["x", *subject.others], SPELLINGS, torch)
    for found, name in zip(run(*given), ("_value", "_slope"), strict=True):
        expected = code[name](*given)
        assert found.dtype == expected.dtype
        assert found.numpy().tobytes() == expected.numpy().tobytes()


def test_the_functions_of_the_table_on_rows(rows, sample, space):
    x, grad = map(torch.tensor, sample)
    code = space(nl.export(rows, to="torch", exact=True))
    value, backward = Exported(nl.get(rows)).rows()
    (found,) = runner([value], ["x"], SPELLINGS, torch)(x)
    assert torch.equal(found, code["_value"](x))
    (found,) = runner([backward], ["x", "grad"], SPELLINGS, torch)(x, grad)
    assert torch.equal(found, code["_backward"](x, grad))


def test_rows(rows, sample, module):
    x, grad = sample
    at = torch.tensor(x, requires_grad=True)
    y = module(rows)(at)
    y.backward(torch.tensor(grad))
    activation = nl.get(rows)
    np.testing.assert_allclose(y.detach(), activation(x, precision="exact"), rtol=1e-13, atol=1e-14)
    expected = activation.backward(grad, x, precision="exact")
    np.testing.assert_allclose(at.grad, expected, rtol=1e-9, atol=1e-12)
