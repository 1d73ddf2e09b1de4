"""Modules: names, what is learned and its range, text, copies, state, native ones, errors."""

import copy
import pickle

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError

torch = pytest.importorskip("torch")

from torch.utils.checkpoint import checkpoint  # noqa: E402 - torch first

import nonlin.torch as nt  # noqa: E402
from nonlin.torch import native  # noqa: E402


def rows(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def test_every_spelling_of_a_name():
    assert nt.Mish is type(nt.get("mish")) is type(nt.get("MISH"))
    assert nt.LeakyReLU is nt.LeakyRelu is type(nt.get("leaky_relu"))
    assert nt.GELU is nt.Gelu
    assert len({getattr(nt, nt.get(n)._get_name()) for n in nl.names()}) == len(nl.names())


def test_what_is_printed():
    own = nl.activation("wave", "x * sin(a * x)", a=2.0)
    assert str(nt.Mish()) == "Mish()"
    assert str(nt.get("elu", alpha=0.5)) == "Elu(alpha=0.5)"
    assert str(nt.get("prelu", channels=3, dim=-1)) == "Prelu(alpha=(3 learned), dim=-1)"
    assert str(nt.get("relu", inplace=True)) == "Relu(inplace=True)"
    assert str(nt.get("arelu")) == "Arelu(alpha=0.9, beta=2)"
    assert str(nt.get("pelu", device="meta")) == "Pelu(a=(learned), b=(learned))"
    assert str(nt.get(own)) == "Wave(x * sin(a * x), a=2)"


def test_copies_and_state(entry):
    module = nt.get(entry).eval()
    x = rows(3, 6)
    with torch.no_grad():
        for number, each in enumerate(module.parameters()):
            each += 0.1 * (number + 1)
    expected = module(x)
    again = nt.get(entry).eval()
    again.load_state_dict(module.state_dict())
    for other in (copy.deepcopy(module), pickle.loads(pickle.dumps(module)), again):  # noqa: S301
        assert torch.equal(other(x), expected)
        assert str(other) == str(module)
        assert other.state_dict().keys() == module.state_dict().keys()
    fresh = nt.get(entry).eval()
    called = torch.func.functional_call(fresh, dict(module.named_parameters()), (x,))
    torch.testing.assert_close(called, expected)


def test_own_activations():
    own = nl.activation("wave", "x * sin(a * x)", a=2.0)
    module = pickle.loads(pickle.dumps(nt.get(own, a=3.0)))  # noqa: S301
    x = rows(3, 6)
    np.testing.assert_allclose(module(x), own(x.numpy(), a=3.0), rtol=1e-6)


@pytest.mark.parametrize("channels", [None, 3])
def test_learned_parameters(learned, channels):
    """They begin where the catalogue says, keep to their range, and are trained."""
    activation, module = nl.get(learned), nt.get(learned, channels=channels)
    shape = () if channels is None else (channels,)
    for row in activation.parameters:
        if row.learned:
            value = getattr(module, row.name)
            assert value.shape == shape
            np.testing.assert_allclose(value.detach(), np.full(shape, row.value), rtol=1e-6)
    assert {each.shape for each in module.parameters()} == {torch.Size(shape)}
    module(rows(4, 3, 5)).square().sum().backward()
    assert all(each.grad is not None for each in module.parameters())
    with torch.no_grad():
        for far in (-1e4, 1e4):
            for each in module.parameters():
                each.fill_(far)
            for row in activation.parameters:
                if row.learned:
                    assert (getattr(module, row.name) > row.above).all()
                    assert (getattr(module, row.name) < row.below).all()


def test_where_learning_starts():
    module = nt.get("pelu", channels=2, a=0.3, b=4.0)
    np.testing.assert_allclose(module.a.detach(), [0.3, 0.3], rtol=1e-6)
    assert sorted(module.state_dict()) == ["raw_a", "raw_b"]
    assert nt.get("pelu", dtype=torch.float64).raw_a.dtype is torch.float64
    assert nt.get("prelu", device="meta").alpha.device.type == "meta"


def test_a_parameter_with_bounds_can_be_set():
    module = nt.get("pelu", channels=2)
    module.a = 0.25
    np.testing.assert_allclose(module.a.detach(), [0.25, 0.25], rtol=1e-6)
    with pytest.raises(InputError, match="between 0"):
        module.a = -1.0


def test_noise_is_drawn_in_training_only():
    for name in ("rrelu", "probact", "gumbel_softmax"):
        module, x = nt.get(name), rows(50, 6)
        torch.manual_seed(1)
        first, second = module(x), module(x)
        torch.manual_seed(1)
        assert torch.equal(module(x), first)
        assert not torch.equal(first, second)
        module.eval()
        assert torch.equal(module(x), module(x))
        np.testing.assert_allclose(module(x).detach(), nl.get(name)(x.numpy()), rtol=1e-5)


def test_noise_has_its_distribution():
    x = torch.full((20_000,), -1.0)
    drawn = nt.RReLU()(x)
    assert drawn.min() >= -1 / 3
    assert drawn.max() <= -1 / 8
    assert drawn.mean().item() == pytest.approx(-(1 / 3 + 1 / 8) / 2, abs=0.002)
    normal = nt.ProbAct()(x).detach()
    assert normal.std().item() == pytest.approx(0.5, rel=0.03)
    shares = nt.GumbelSoftmax()(torch.zeros(20_000, 2))[:, 0]
    assert (shares > 0.5).double().mean().item() == pytest.approx(0.5, abs=0.02)


def test_checkpoint(entry):
    module = nt.get(entry)
    x = rows(4, 6).requires_grad_()

    def run(kept):
        torch.manual_seed(0)
        y = checkpoint(module, x, use_reentrant=False) if kept else module(x)
        return torch.autograd.grad(y.square().sum(), x)[0]

    torch.testing.assert_close(run(True), run(False))


def test_in_place(entry):
    """Into the input, with the gradient of the input before; refused where the shape changes."""
    activation = nl.get(entry)
    if activation.kind in ("gated", "reshaping"):
        with pytest.raises(InputError, match="in place"):
            nt.get(entry, inplace=True)(rows(3, 6))
        return
    module, plain = nt.get(entry, inplace=True).eval(), nt.get(entry).eval()
    x = rows(3, 6)
    expected = plain(x)
    with torch.no_grad():
        y = x.clone()
        assert module(y) is y
    torch.testing.assert_close(y, expected.detach())
    at = x.clone().requires_grad_()
    (found,) = torch.autograd.grad(module(at * 1).sum(), at)
    (true,) = torch.autograd.grad(plain(at).sum(), at)
    torch.testing.assert_close(found, true)


def test_in_place_on_what_is_kept():
    leaf = rows(3, 6).requires_grad_()
    with pytest.raises(RuntimeError, match="leaf"):
        nt.get("mish", inplace=True)(leaf)
    with pytest.raises(InputError, match="int64"):
        nt.functional.mish(torch.arange(3), inplace=True)


@pytest.mark.parametrize("name", sorted(native.NATIVE))
def test_native(name):
    """PyTorch's own module, and the very same function where both are right."""
    own, ours = nt.get(name, native=True).eval(), nt.get(name).eval()
    assert type(own).__module__.startswith("torch.nn")
    x = rows(4, 6)
    torch.testing.assert_close(own(x), ours(x), rtol=1e-5, atol=1e-6)


def test_native_options():
    assert nt.get("elu", alpha=0.5, native=True).alpha == 0.5
    assert nt.get("softmax", dim=0, native=True).dim == 0
    assert nt.get("relu", inplace=True, native=True).inplace
    assert nt.get("prelu", channels=3, native=True).weight.shape == (3,)
    for name, options in (("pelu", {}), ("mish", {"dim": 1}), ("tanh", {"inplace": True})):
        with pytest.raises(InputError, match="native=True"):
            nt.get(name, native=True, **options)
    own = nl.activation("relu", "x * 2")
    with pytest.raises(InputError, match="very same"):
        nt.get(own, native=True)


def test_sentences():
    for call, part in (
        (lambda: nt.get("mish", channels=3), "mish has none"),
        (lambda: nt.get("prelu", channels=0), "prelu has alpha"),
        (lambda: nt.get("elu", alpa=1.0), "Did you mean alpha"),
        (lambda: nt.get("mihs"), "mish"),
        (lambda: nt.get("pelu", a=-1.0), "between 0"),
        (lambda: nt.get("prelu", channels=5)(rows(2, 3)), r"alpha has the shape \(5,\)"),
    ):
        with pytest.raises(InputError, match=part):
            call()
    with pytest.raises(AttributeError, match="mish"):
        nt.Mihs  # noqa: B018 - asked for
    with pytest.raises(AttributeError):
        nt.mish  # noqa: B018


def test_training_moves_what_is_learned():
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(4, 8), nt.get("pelu", channels=8))
    optimiser = torch.optim.SGD(model.parameters(), 0.05)
    x = rows(32, 4)
    losses = []
    for _ in range(20):
        loss = (model(x).sum(1) - x.square().sum(1)).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
    assert not torch.allclose(model[1].a, torch.ones(8))
