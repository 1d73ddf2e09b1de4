"""Gated pairs: one array or two, values, gradients, and the same numbers as torch."""

import numpy as np
import pytest

import nonlin as nl
from nonlin.kinds import gated

GATED = [name for name in nl.names() if nl.get(name).kind == "gated"]
RNG = np.random.default_rng(0)


def test_all_of_them():
    known = "glu gtu bilinear reglu geglu swiglu clamped_swiglu"
    assert set(known.split()) <= set(GATED)


@pytest.mark.parametrize("name", GATED)
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_halves_are_the_two_arrays(name, axis):
    activation = nl.get(name)
    x = RNG.standard_normal((4, 6, 8)) * 3
    value, gate = np.split(x, 2, axis=axis)
    expected = activation(value, gate)
    np.testing.assert_array_equal(activation(x, axis=axis), expected)
    grad = RNG.standard_normal(expected.shape)
    found = activation.backward(grad, x, axis=axis)
    np.testing.assert_array_equal(
        found, np.concatenate(activation.backward(grad, value, gate), axis=axis)
    )
    out = x.copy()
    assert activation.backward(grad, out, axis=axis, out=out) is out
    np.testing.assert_array_equal(out, found)


@pytest.mark.parametrize("name", GATED)
def test_gradients_are_differences(name):
    activation = nl.get(name)
    x, grad = RNG.standard_normal((5, 8)) * 2, RNG.standard_normal((5, 4))
    found = activation.backward(grad, x)
    step = 1e-6
    for place in range(8):
        unit = step * np.eye(8)[place]
        change = (activation(x + unit) - activation(x - unit)) / (2 * step)
        np.testing.assert_allclose(found[:, place], np.sum(grad * change, axis=1), atol=1e-7)


def test_glu_is_that_of_torch():
    torch = pytest.importorskip("torch")
    x = RNG.standard_normal((3, 8, 5))
    for axis in (1, -2):
        given = torch.tensor(x, requires_grad=True)
        y = torch.nn.functional.glu(given, dim=axis)
        grad = RNG.standard_normal(y.shape)
        y.backward(torch.tensor(grad))
        np.testing.assert_allclose(nl.glu(x, axis=axis), y.detach().numpy(), rtol=1e-14)
        np.testing.assert_allclose(
            nl.glu.backward(grad, x, axis=axis), given.grad.numpy(), rtol=1e-13
        )


def test_clamped_swiglu_as_its_authors_wrote_it():
    """x_glu clamped from above, x_linear on both sides."""
    value, gate = RNG.standard_normal((2, 200)) * 8
    g, v = np.minimum(gate, 7.0), np.clip(value, -7.0, 7.0)
    expected = g / (1 + np.exp(-1.702 * g)) * (v + 1)
    np.testing.assert_allclose(nl.clamped_swiglu(value, gate), expected, rtol=1e-12)
    edge = nl.clamped_swiglu.backward([1.0], [7.0], [7.0])  # the bound itself lets gradients pass
    assert edge[0][0] > 6.9
    assert edge[1][0] > 7.9


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_dtypes(dtype):
    x = RNG.standard_normal((4, 6)).astype(dtype)
    exact = nl.swiglu(x.astype("float64"), precision="exact")
    found = nl.swiglu(x)
    assert found.dtype == x.dtype
    np.testing.assert_allclose(found, exact, rtol=4 * np.finfo(dtype).eps)
    assert nl.swiglu.backward(found, x).dtype == x.dtype


def test_pairs_are_the_gates_of_their_functions():
    value, gate, grad = RNG.standard_normal((3, 500)).astype("f4") * 5
    pairs = {"swiglu": nl.silu, "geglu": nl.gelu, "reglu": nl.relu, "glu": nl.sigmoid}
    for name, function in pairs.items():
        pair = nl.get(name)
        np.testing.assert_array_equal(pair(value, gate), function.gate(value, gate))
        both = zip(
            pair.backward(grad, value, gate), function.gate_backward(grad, value, gate), strict=True
        )
        for found, expected in both:
            np.testing.assert_array_equal(found, expected)


def test_what_is_said_follows_from_the_formula():
    def keys(texts):
        return {text.key for text in texts}

    assert "gated.linear" in keys(nl.swiglu.strengths)
    assert "gated.linear" not in keys(nl.gtu.strengths)
    assert nl.gtu.range == (-1.0, 1.0)
    assert "gated.dead" in keys(nl.reglu.weaknesses)
    assert "gated.closes" in keys(nl.glu.weaknesses)
    assert "gated.quadratic" in keys(nl.bilinear.weaknesses)
    assert "gated.quadratic" not in keys(nl.clamped_swiglu.weaknesses)
    assert nl.swiglu.curve(1.5) == nl.silu(1.5)
    assert nl.reglu.kinks == (0.0,)
    assert gated.GatedPair._fields == ("value", "gate")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: nl.swiglu(np.zeros(3)), "needs an even one"),
        (lambda: nl.swiglu(np.zeros((2, 3)), axis=5), "no axis 5"),
        (lambda: nl.swiglu(np.zeros(3), np.zeros(2)), "shape"),
        (lambda: nl.swiglu.derivative(np.zeros(4)), "use backward"),
        (lambda: nl.swiglu.value_and_derivative(np.zeros(4)), "use backward"),
        (lambda: nl.swiglu.gate(np.zeros(4), np.zeros(4)), "a gated pair"),
        (lambda: nl.swiglu.gain, "a gated pair"),
        (lambda: nl.swiglu.to_python(), "a gated pair"),
        (lambda: nl.swiglu.kernel(), "a gated pair"),
        (lambda: nl.Network([2, 3, 1], "swiglu"), "choose an element-wise one"),
        (lambda: nl.Network([2, 3, 1], "rrelu"), "choose an element-wise one"),
        (lambda: nl.Network([2, 3, 1], "maxout"), "choose an element-wise one"),
    ],
)
def test_bad_calls_are_one_sentence(call, words):
    with pytest.raises(nl.NonlinError, match=words):
        call()
