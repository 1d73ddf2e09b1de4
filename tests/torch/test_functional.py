"""Functions of tensors: axes, parameters, noise, and one sentence for what does not fit."""

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError

torch = pytest.importorskip("torch")

from nonlin.torch import functional  # noqa: E402 - torch first

X = np.random.default_rng(0).standard_normal((2, 6, 4))


def test_names():
    assert functional.swish is functional.silu
    assert set(nl.names()) <= set(dir(functional))
    assert repr(functional.mish) == "<nonlin.torch.functional.mish>"
    with pytest.raises(AttributeError, match="mish"):
        functional.mihs  # noqa: B018 - asked for


@pytest.mark.parametrize("dim", [0, 1, -1, -2])
@pytest.mark.parametrize("name", ["softmax", "entmax15", "glu", "swiglu", "crelu", "maxout"])
def test_axes(name, dim):
    """Those of arrays."""
    found = getattr(functional, name)(torch.tensor(X), dim=dim)
    np.testing.assert_allclose(found, nl.get(name)(X, axis=dim), rtol=1e-12, atol=1e-14)


def test_numbers_are_bound():
    x = torch.tensor(X)
    for name, values in (("elu", {"alpha": 0.5}), ("tempered_softmax", {"temperature": 3.0}),
                         ("clamped_swiglu", {"limit": 0.5}), ("maxout", {"pieces": 4}),
                         ("prelu", {"alpha": 0.1}), ("smu", {"alpha": 0.1})):  # fmt: skip
        found = getattr(functional, name)(x, **({"dim": -1} | values))
        expected = nl.get(name)(X, axis=-1, **values)
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("shape", [(), (1,), (6,), (1, 6, 1), (4,), (2, 6, 4)])
def test_parameters_broadcast(shape):
    dim = 2 if shape == (4,) else 1
    alpha = np.random.default_rng(1).uniform(0.1, 0.4, shape)
    given = torch.tensor(alpha, requires_grad=True)
    y = functional.prelu(torch.tensor(X), alpha=given, dim=dim)
    expected = np.where(X > 0, X, X * (alpha[:, None] if shape == (6,) else alpha))
    np.testing.assert_allclose(y.detach(), expected, rtol=1e-14)
    y.sum().backward()
    assert given.grad.shape == shape
    assert given.grad.sum().item() == pytest.approx(X[X < 0].sum())


def test_parameters_of_another_dtype():
    """The result has the dtype of x, a gradient that of its tensor."""
    for kind in (torch.float16, torch.bfloat16, torch.float32):
        alpha = torch.tensor([0.1] * 6, dtype=torch.float32, requires_grad=True)
        y = functional.prelu(torch.tensor(X).to(kind), alpha=alpha)
        y.float().sum().backward()
        assert y.dtype == kind
        assert alpha.grad.dtype == torch.float32
        assert alpha.grad.sum().item() == pytest.approx(X[X < 0].sum(), rel=2e-2)


def test_numbers_that_change_at_every_step():
    """No more than some are remembered, and each is the one that was given."""
    x = torch.tensor(X)
    for alpha in np.linspace(0.1, 2.0, 100):
        found = functional.elu(x, alpha=float(alpha))
        np.testing.assert_allclose(found, nl.elu(X, alpha=float(alpha)), rtol=1e-12)
    assert len(functional.elu.names) <= 64


def test_noise_comes_from_the_generator():
    x = torch.tensor(X)

    def draw(seed):
        return functional.rrelu(x, training=True, generator=torch.Generator().manual_seed(seed))

    assert torch.equal(draw(1), draw(1))
    assert not torch.equal(draw(1), draw(2))
    assert torch.equal(functional.rrelu(x), functional.rrelu(x))


SENTENCES = [
    (lambda: functional.mish([1.0]), "was given a list"),
    (lambda: functional.mish(X), "was given a ndarray"),
    (lambda: functional.mish(torch.tensor(1j)), "complex64"),
    (lambda: functional.softmax(torch.tensor(X), dim=7), "no axis 7"),
    (lambda: functional.softmax(torch.empty(2, 0)), "no elements"),
    (lambda: functional.glu(torch.ones(3)), "has length 3"),
    (lambda: functional.glu(torch.ones(3, 1), torch.ones(3, 4)), "the same shape"),
    (lambda: functional.maxout(torch.ones(3)), "groups of 2"),
    (lambda: functional.maxout(torch.ones(4), pices=2), "Did you mean pieces"),
    (lambda: functional.mish(torch.ones(3), torch.ones(3)), "only gated pairs"),
    (lambda: functional.elu(torch.ones(3), alpa=1.0), "Did you mean alpha"),
    (lambda: functional.elu(torch.ones(3), alpha="a lot"), "must be a number"),
    (lambda: functional.elu(torch.ones(3), alpha=[0.1, 0.2]), "must be a number"),
    (lambda: functional.elu(torch.ones(3), alpha=np.ones(2)), "must be a number"),
    (lambda: functional.mish(torch.ones(3), alpha=1.0), "no parameters"),
    (lambda: functional.pelu(torch.ones(3), a=-1.0), "between 0"),
    (lambda: functional.tempered_softmax(torch.ones(3), temperature=torch.ones(())), "a tensor"),
    (lambda: functional.prelu(torch.ones(2, 3), alpha=torch.ones(4)), "alpha has the shape"),
    (lambda: functional.prelu(torch.ones(3), alpha=torch.ones(3)), "no axis 1"),
]


@pytest.mark.parametrize(("call", "part"), SENTENCES)
def test_sentences(call, part):
    with pytest.raises(InputError, match=part):
        call()


def test_whole_numbers():
    """They become PyTorch's default dtype."""
    x = torch.arange(-3, 4)
    assert functional.mish(x).dtype is torch.float32
    np.testing.assert_allclose(functional.mish(x), nl.mish(x.numpy()), rtol=1e-6)
    assert functional.softmax(torch.tensor([True, False])).dtype is torch.float32
