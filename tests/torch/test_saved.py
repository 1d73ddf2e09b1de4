"""What is kept for the gradient: f(x) where it is accurate, since the next layer keeps it."""

import numpy as np
import pytest

import nonlin as nl
import nonlin.torch as nt

torch = pytest.importorskip("torch")

from nonlin.torch.saved import from_output  # noqa: E402 - torch first

OUTPUT = ("relu", "leaky_relu", "softplus", "softsign", "sigmoid", "tanh", "softmax", "log_softmax")
INPUT = ("elu", "mish", "silu", "gelu", "selu", "hard_tanh")


def kept(run, x):
    """Memory of everything that is kept, each tensor once, in bytes."""
    sizes = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        sizes[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        y = run(x)
    return sizes, y


@pytest.mark.parametrize("name", OUTPUT + INPUT)
def test_one_tensor_is_kept(name):
    x = torch.randn(64, 32).requires_grad_()
    sizes, y = kept(getattr(nt.functional, name), x)
    expected = y if name in OUTPUT else x
    assert list(sizes) == [expected.data_ptr()]


def test_the_side_must_be_told():
    """With a negative slope f(x) > 0 says nothing about x."""
    assert from_output(nl.leaky_relu) is not None
    assert from_output(nl.leaky_relu.bind(alpha=-0.1)) is None
    x = torch.tensor([-2.0, 3.0], requires_grad=True)
    nt.functional.leaky_relu(x, alpha=-0.1).sum().backward()
    np.testing.assert_allclose(x.grad, [-0.1, 1.0])


def test_a_name_is_not_enough():
    own = nl.activation("relu", "2 * x")
    x = torch.tensor([-2.0, 3.0], requires_grad=True)
    nt.get(own)(x).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


RULES = ("relu", "leaky_relu", "softplus", "softsign", "sigmoid", "tanh")


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
def test_rules_are_the_derivative(name, kind):
    """Within some places of 1, everywhere, and NaN where x is."""
    x = torch.tensor([*np.linspace(-30, 30, 601), 1e-8, 0.0, np.inf, -np.inf, np.nan], dtype=kind)
    for keywords in ({}, {"beta": 2.0}) if name == "softplus" else ({},):
        at = x.clone().requires_grad_()
        (found,) = torch.autograd.grad(getattr(nt.functional, name)(at, **keywords).sum(), at)
        expected = nl.get(name).derivative(x.numpy(), precision="exact", **keywords)
        epsilon = torch.finfo(kind).eps
        np.testing.assert_allclose(found, expected, rtol=8 * epsilon, atol=4 * epsilon)


def network(make):
    """An MLP of four hidden layers of 512 units."""
    layers = []
    for _ in range(4):
        layers += [torch.nn.Linear(512, 512), make()]
    return torch.nn.Sequential(*layers)


@pytest.mark.parametrize("name", ["softplus", "leaky_relu", "softsign"])
def test_memory_of_a_network(name):
    """Each layer keeps one tensor where PyTorch keeps two or more."""
    x = torch.randn(256, 512, requires_grad=True)
    own = {"softplus": torch.nn.Softplus, "leaky_relu": torch.nn.LeakyReLU,
           "softsign": torch.nn.Softsign}[name]  # fmt: skip
    ours, theirs = network(lambda: nt.get(name)), network(own)

    def used(model):
        weights = {each.untyped_storage().data_ptr() for each in model.parameters()}
        sizes, _ = kept(model, x)
        return sum(size for place, size in sizes.items() if place not in weights)

    assert used(ours) <= 5 * x.nbytes  # the input too
    assert used(theirs) >= 8 * x.nbytes


def test_kept_numbers_are_guarded():
    """Changing what is kept is an error, as with PyTorch's relu."""
    x = torch.randn(5, requires_grad=True)
    y = nt.functional.softplus(x)
    y += 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


@pytest.mark.parametrize("name", [*OUTPUT, *INPUT, "sparsemax", "entmax15"])
def test_second_derivatives_from_what_is_kept(name):
    x = torch.randn(2, 6, dtype=torch.float64, requires_grad=True)
    run = getattr(nt.functional, name)
    (slope,) = torch.autograd.grad(run(x).square().sum(), x, create_graph=True)
    if slope.requires_grad:
        (second,) = torch.autograd.grad(slope.sum(), x)

        def total(x):
            return run(x).square().sum()

        expected = torch.func.hessian(total)(x.detach()).sum((0, 1))
        torch.testing.assert_close(second, expected, rtol=1e-8, atol=1e-10)
