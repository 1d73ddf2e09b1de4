"""Which way a call goes, and that every way gives the same."""

import threading

import numpy as np
import pytest

import nonlin as nl

torch = pytest.importorskip("torch")

from torch.utils._python_dispatch import TorchDispatchMode  # noqa: E402 - torch first

import nonlin.torch as nt  # noqa: E402
from nonlin.torch import by_address, eager, quick  # noqa: E402
from nonlin.torch.tensors import plain, undisturbed  # noqa: E402


class Seen(TorchDispatchMode):
    """Names of what is dispatched."""

    def __init__(self):
        super().__init__()
        self.names = []

    def __torch_dispatch__(self, called, types, args=(), kwargs=None):
        self.names.append(str(called))
        return called(*args, **(kwargs or {}))


def example(name, seed=0):
    shape = (4, 6)
    x = torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return x, getattr(nt.functional, name)


@pytest.fixture
def kernels(monkeypatch):
    """How often kernels are called."""
    calls = []
    for owner, name in ((by_address.Call, "into"), (quick, "_new")):
        before = getattr(owner, name)
        monkeypatch.setattr(
            owner, name, lambda *args, before=before: calls.append(1) or before(*args)
        )
    return calls


def test_plain_tensors_go_to_kernels(kernels):
    x, mish = example("mish")
    mish(x)
    mish(x)
    assert len(kernels) >= 2
    x.requires_grad_()
    y = mish(x)
    before = len(kernels)
    y.sum().backward()
    assert len(kernels) > before
    assert type(y.grad_fn).__name__ == "_QuickBackward"


def test_what_is_not_plain():
    x, mish = example("mish")
    expected = torch.tensor(nl.mish(x.numpy()))
    sparse = torch.eye(3).to_sparse()
    negative = torch.complex(x, -x).conj().imag
    assert negative.is_neg()
    assert not plain(negative)
    assert not plain(sparse)
    torch.testing.assert_close(mish(negative), expected)
    strange = torch.empty(4)
    strange.untyped_storage().resize_(0)
    assert not plain(strange)


def test_modes_see_an_operator(entry):
    """One for each call, under a dispatch mode, with the same numbers and gradients."""
    x, run = example(entry)
    x.requires_grad_()
    expected = run(x)
    with Seen() as seen:
        y = run(x)
        (found,) = torch.autograd.grad(y.sum(), x)
    assert any(name.startswith("nonlin.") for name in seen.names) or entry == "maxout"
    torch.testing.assert_close(y, expected, rtol=1e-12, atol=1e-14)
    (slope,) = torch.autograd.grad(expected.sum(), x)
    torch.testing.assert_close(found, slope, rtol=1e-12, atol=1e-14)


def test_operators_take_parameters_and_noise_in_one_order():
    """Whatever of them is a tensor already, also what is not learned as a rule."""
    x, probact = example("probact")
    sigma = torch.tensor(0.7, dtype=torch.float64)
    for options in ({}, {"sigma": sigma}, {"sigma": 0.7}):
        found = []
        for mode in (Seen(), torch.enable_grad()):
            generator = torch.Generator().manual_seed(0)
            with mode:
                found.append(probact(x, training=True, generator=generator, **options))
        torch.testing.assert_close(*found, rtol=1e-12, atol=1e-14)
    for options in ({}, {"alpha": torch.tensor(0.1, dtype=torch.float64)}, {"alpha": 0.1}):
        with Seen():
            found = nt.functional.smu(x, **options)
        torch.testing.assert_close(found, nt.functional.smu(x, **options), rtol=1e-12, atol=1e-14)


def test_own_activations_have_operators():
    """Two of one name are two operators."""
    x, _ = example("mish")
    for formula in ("2 * x", "3 * x"):
        own = nl.activation("mine", formula)
        with Seen() as seen:
            found = nl.activation("mine", formula)(x)
        torch.testing.assert_close(found, own(x))
        assert seen.names[0].startswith("nonlin.mine")


def test_function_modes_see_an_operator():
    seen = []

    class Mode(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, called, types, args=(), kwargs=None):
            seen.append(str(called))
            return called(*args, **(kwargs or {}))

    x, mish = example("mish")
    with Mode():
        y = mish(x)
    assert "nonlin.mish.default" in seen
    torch.testing.assert_close(y, mish(x), rtol=1e-14, atol=0)


def test_fx_sees_an_operator():
    model = torch.nn.Sequential(
        nt.Mish(), nt.get("prelu", channels=6), nt.get("elu", alpha=0.5), nt.Softmax(), nt.Pelu()
    ).double()
    traced = torch.fx.symbolic_trace(model)
    called = [str(node.target) for node in traced.graph.nodes if node.op == "call_function"]
    for name in ("mish", "prelu", "elu", "softmax", "pelu"):
        assert f"nonlin.{name}.default" in called
    x, _ = example("mish")
    torch.testing.assert_close(traced(x), model(x), rtol=1e-12, atol=1e-14)
    x.requires_grad_()
    (found,) = torch.autograd.grad(traced(x).square().sum(), x)
    (expected,) = torch.autograd.grad(model(x).square().sum(), x)
    torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-14)


def test_a_traced_operator_under_transforms():
    """Forward mode and vmap of the operator itself: never silently zero."""
    x, _ = example("mish")
    run = torch.ops.nonlin.mish.default
    dot = torch.ones_like(x)
    _, found = torch.func.jvp(run, (x,), (dot,))
    expected = torch.tensor(nl.mish.derivative(x.numpy()))
    torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-12)
    slopes = torch.vmap(torch.func.grad(lambda row: run(row).sum()))(x)
    torch.testing.assert_close(slopes, expected, rtol=1e-10, atol=1e-12)
    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(x, dot)
        tangent = torch.autograd.forward_ad.unpack_dual(run(dual)).tangent
    torch.testing.assert_close(tangent, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
def test_jit_trace(entry):
    """Operations without functions: the script can be saved."""
    x, _ = example(entry)
    module = nt.get(entry).double().eval()
    script = torch.jit.trace(module, x)
    other = example(entry, 1)[0]
    torch.testing.assert_close(script(other), module(other), rtol=1e-10, atol=1e-12)
    assert "PythonOp" not in str(script.inlined_graph)


def test_functionalize():
    x, mish = example("mish")
    slopes = torch.func.functionalize(torch.vmap(torch.func.grad(lambda row: mish(row).sum())))
    expected = torch.tensor(nl.mish.derivative(x.numpy()))
    torch.testing.assert_close(slopes(x), expected, rtol=1e-10, atol=1e-12)


def test_meta_and_fake_tensors(entry):
    """Shapes and dtypes without numbers."""
    from torch._subclasses.fake_tensor import FakeTensorMode

    x, run = example(entry)
    expected = run(x)
    meta = run(x.to("meta"))
    with FakeTensorMode() as mode:
        fake = run(mode.from_tensor(x))
    for found in (meta, fake):
        assert found.shape == expected.shape
        assert found.dtype == expected.dtype
    on_meta = x.to("meta").requires_grad_()
    run(on_meta).sum().backward()
    assert on_meta.grad.shape == x.shape


def test_subclasses(entry):
    """They come back as what they are, and see the operations."""

    class Tagged(torch.Tensor):
        pass

    x, run = example(entry)
    found = run(x.as_subclass(Tagged))
    assert type(found) is Tagged
    torch.testing.assert_close(found.as_subclass(torch.Tensor), run(x), rtol=1e-12, atol=1e-14)


def layouts():
    """Tensors of the same numbers, laid out in every way."""
    x = torch.randn(2, 6, 4, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    wide = torch.zeros(2, 6, 4, 8, dtype=torch.float64)
    wide[..., ::2] = x
    backwards = x.transpose(0, 3).contiguous().transpose(0, 3)
    return x, [wide[..., ::2], backwards, x.to(memory_format=torch.channels_last)]


@pytest.mark.parametrize("dim", [1, -1])
def test_layouts(entry, dim):
    """Channels last, transposed, with gaps; backward from an expanded gradient."""
    x, others = layouts()
    run = getattr(nt.functional, entry)

    def of(given):
        given = given.detach().requires_grad_()
        y = run(given, dim=dim)
        return y, torch.autograd.grad(y.sum(), given)[0]

    expected, slope = of(x)
    for other in others:
        found, own = of(other)
        torch.testing.assert_close(found, expected, rtol=1e-12, atol=1e-14)
        torch.testing.assert_close(own, slope, rtol=1e-12, atol=1e-14)
    kept = run(others[2], dim=dim)
    if nl.get(entry).kind == "elementwise":
        assert kept.is_contiguous(memory_format=torch.channels_last)


def test_empty_and_single(entry):
    run, activation = getattr(nt.functional, entry), nl.get(entry)
    empty = torch.empty(0, 6, requires_grad=True)
    y = run(empty)
    y.sum().backward()
    assert empty.grad.shape == (0, 6)
    if activation.kind == "elementwise":
        single = torch.tensor(0.7, requires_grad=True)
        run(single).backward()
        assert single.grad.shape == ()
        assert run(single).item() == pytest.approx(float(activation(np.float32(0.7))), rel=1e-6)


def test_nothing_is_read_beyond_its_end():
    """Operators that are called with other shapes and dtypes broadcast, as PyTorch's do."""
    x = torch.randn(3, 4)
    glu = torch.ops.nonlin.glu.default
    for value in (torch.randn(3, 1), torch.randn(4, dtype=torch.float64), torch.tensor(2.0)):
        torch.testing.assert_close(glu(x, value), torch.sigmoid(x) * value.float())
    with pytest.raises(RuntimeError, match="expand"):
        glu(x, torch.randn(5))
    whole = torch.ops.nonlin.mish.default(torch.arange(3))
    torch.testing.assert_close(whole, nl.mish(torch.arange(3.0)))


def test_what_comes_back_may_be_of_another_dtype():
    """From hooks that keep what is saved elsewhere, in half the memory."""
    for name in ("mish", "softplus", "softmax", "pelu"):
        x = torch.randn(3, 6, requires_grad=True)
        half = torch.autograd.graph.saved_tensors_hooks(
            lambda tensor: tensor.to(torch.bfloat16), lambda tensor: tensor
        )
        run = getattr(nt.functional, name)
        with half:
            y = run(x)
        (found,) = torch.autograd.grad(y.square().sum(), x)
        (expected,) = torch.autograd.grad(run(x).square().sum(), x)
        torch.testing.assert_close(found, expected, rtol=0.1, atol=0.1)


def test_threads_are_those_of_torch(threads):
    """An array call follows nonlin, a tensor call torch."""
    x = torch.randn(1 << 19)
    strided = torch.randn(600, 600)[:, :500]
    _, mish = example("mish")
    threads(3)
    before = torch.get_num_threads()
    found = []
    try:
        for count in (1, 2, 4):
            torch.set_num_threads(count)
            found.append((mish(x), mish(strided), torch.mul(mish(x.requires_grad_()), 2)))
            assert by_address.team.limit == count
            assert nl.get_threads() == 3
            x.requires_grad_(False)
    finally:
        torch.set_num_threads(before)
    for others in found[1:]:
        assert all(map(torch.equal, found[0], others))


def test_autograd_from_other_threads():
    x, mish = example("mish")
    x.requires_grad_()
    y = mish(x)
    thread = threading.Thread(target=lambda: y.sum().backward())
    thread.start()
    thread.join()
    expected = nl.mish.derivative(x.detach().numpy())
    np.testing.assert_allclose(x.grad, expected, rtol=1e-12)


def test_nothing_is_left_behind():
    """The state that is asked for is that of the moment."""
    assert undisturbed()
    with Seen():
        assert not undisturbed()
    torch.vmap(lambda x: [x, undisturbed()][0])(torch.ones(2))
    assert undisturbed()
    assert eager.evaluate is not None
