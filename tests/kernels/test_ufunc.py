"""The compiled loop under NumPy: streaming stores, strides, buffers, no floating-point errors."""

import numpy as np
import pytest

import nonlin as nl
from nonlin.kernels import ufunc as making
from nonlin.kernels.ufunc import ufunc


@pytest.fixture
def streaming(monkeypatch):
    """A function like `activation.kernel(path).function` that streams from 3000 elements."""
    monkeypatch.setattr(making, "STREAM_FROM", 3000)

    def make(path, dtype="float32"):
        kernel = nl.gelu.kernel(path, dtype)
        made = ufunc(kernel.address, np.zeros(2), dtype, kernel.inputs, kernel.outputs)
        return made.function, made

    return make


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("offset", [0, 1, 7, 16])
@pytest.mark.parametrize("size", [2999, 3000, 3001, 5137])
def test_streaming_stores_give_the_same(streaming, dtype, offset, size):
    x = np.random.default_rng(0).standard_normal(size).astype(dtype)
    value, slope = (np.full(size + 40, 7.0, dtype) for _ in range(2))
    function, _keep = streaming((0, 1), dtype)
    here = slice(offset, offset + size)
    function(x, value[here], slope[here])
    expected = nl.gelu.value_and_derivative(x)
    np.testing.assert_array_equal(value[here], expected[0])
    np.testing.assert_array_equal(slope[here], expected[1])
    for array in (value, slope):
        assert (np.delete(array, here) == 7).all()


def test_outputs_aligned_differently_and_in_place(streaming):
    x = np.random.default_rng(0).standard_normal(5000).astype("float32")
    expected = nl.gelu.value_and_derivative(x)
    room = np.empty((2, 5010), "float32")
    function, _keep = streaming((0, 1))
    function(x, room[0, 3:5003], room[1, 4:5004])
    np.testing.assert_array_equal(room[0, 3:5003], expected[0])
    np.testing.assert_array_equal(room[1, 4:5004], expected[1])
    function, _keep = streaming((0,))
    function(x, x)
    np.testing.assert_array_equal(x, expected[0])


@pytest.mark.parametrize("size", [1, 1023, 1024, 1025, 3000])
@pytest.mark.parametrize("step", [2, -1, 3])
def test_strided_arrays_pass_through_buffers(size, step):
    base = np.random.default_rng(0).standard_normal(3 * size)
    x = base[::step][:size]
    out = np.zeros(2 * size)
    nl.mish(x, out=out[::2])
    np.testing.assert_array_equal(out[::2], nl.mish(x.copy()))
    assert not out[1::2].any()


def test_infinities_are_results_and_not_errors():
    x = np.array([np.inf, -np.inf, np.nan, 1e30, -1e30, 0.0], "float32")
    with np.errstate(all="raise"):
        for name in nl.names():
            if nl.get(name).elementwise:
                nl.get(name)(x)
                nl.get(name).value_and_derivative(x[::2])


def test_gradients_in_one_pass():
    generator = np.random.default_rng(0)
    grad, value, x = generator.standard_normal((3, 1000)).astype("float32")
    np.testing.assert_array_equal(nl.mish.backward(grad, x), grad * nl.mish.derivative(x))
    np.testing.assert_array_equal(nl.silu.gate(value, x), value * nl.silu(x))
    by_value, by_x = nl.silu.gate_backward(grad, value, x)
    rounded = {"rtol": 4 * 2.0**-23, "atol": 2.0**-21}  # each path has a table of its own
    np.testing.assert_allclose(by_value, grad * nl.silu(x), **rounded)
    np.testing.assert_allclose(by_x, grad * value * nl.silu.derivative(x), **rounded)
    out = np.empty_like(grad)
    assert nl.elu.backward(grad, x, out=out, alpha=0.5) is out
    np.testing.assert_array_equal(out, grad * nl.elu.derivative(x, alpha=0.5))
    assert nl.relu.backward(grad, x.astype("float64")).dtype == np.float64
    with pytest.raises(nl.NonlinError, match=r"\(1000,\) and \(2,\)"):
        nl.relu.backward(grad, x[:2])


def test_a_gradient_of_the_value_alone_needs_no_copy_in_place():
    grad = np.linspace(-1, 1, 100)
    x = np.linspace(-3, 3, 100)
    expected = nl.tanh.backward(grad, x)
    assert nl.tanh.backward(grad, x, out=grad) is grad
    np.testing.assert_array_equal(grad, expected)


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_gradients_from_the_output(name):
    activation = nl.get(name)
    grad, x = np.random.default_rng(0).standard_normal((2, 1000))
    found = activation.backward_from_output(grad, activation(x))
    np.testing.assert_allclose(found, activation.backward(grad, x), rtol=1e-11)
    with pytest.raises(nl.NonlinError, match=r"use backward\(grad, x\)"):
        nl.gelu.backward_from_output(grad, x)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("precision", ["fast", "exact"])
def test_infinity_times_an_exponential(dtype, precision):
    x = np.array([-np.inf, -1e30, 0, 1e30, np.inf, 95, 720], dtype)
    for formula, expected in (
        ("x*exp(x)", [-0.0, -0.0, 0, np.inf, np.inf]),
        ("x*exp(-x)", [-np.inf, -np.inf, 0, 0, 0]),
        ("x*exp(abs(x))", [-np.inf, -np.inf, 0, np.inf, np.inf]),
        ("1e38*exp(x)", [0, 0, 1e38, np.inf, np.inf]),
    ):
        found = nl.activation("own", formula)(x, precision=precision)
        np.testing.assert_array_equal(found[:5], np.array(expected, dtype), err_msg=formula)
        assert not np.isnan(found).any()
