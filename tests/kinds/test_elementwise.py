"""Parameters that are arrays, and gradients by learned parameters."""

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError

RNG = np.random.default_rng(0)
IMAGES = RNG.standard_normal((2, 3, 4, 5))
SLOPES = np.array([0.1, 0.2, 0.7])


def by_hand(x, slopes):
    return np.where(x > 0, x, slopes * x)


def test_one_number_for_each_channel():
    expected = by_hand(IMAGES, SLOPES[:, None, None])
    np.testing.assert_array_equal(nl.prelu(IMAGES, alpha=SLOPES, axis=1), expected)
    last = np.moveaxis(IMAGES, 1, -1)
    np.testing.assert_array_equal(nl.prelu(last, alpha=SLOPES), by_hand(last, SLOPES))
    np.testing.assert_array_equal(nl.prelu(IMAGES, alpha=SLOPES[:, None, None]), expected)
    out = np.empty_like(IMAGES)
    assert nl.prelu(IMAGES, alpha=SLOPES, axis=1, out=out) is out
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("precision", ["fast", "exact"])
def test_derivatives_with_an_array(dtype, precision):
    x = IMAGES.astype(dtype)
    slope = nl.elu.derivative(x, alpha=SLOPES, axis=1, precision=precision)
    assert slope.dtype == x.dtype
    for channel, alpha in enumerate(SLOPES.astype(dtype)):
        expected = nl.elu.derivative(x[:, channel], alpha=float(alpha), precision=precision)
        # one number is put into a table, which rounds differently
        np.testing.assert_allclose(slope[:, channel], expected, rtol=4 * np.finfo(dtype).eps)
    value, both = nl.elu.value_and_derivative(x, alpha=SLOPES, axis=1, precision=precision)
    np.testing.assert_array_equal(both, slope)
    np.testing.assert_array_equal(value, nl.elu(x, alpha=SLOPES, axis=1, precision=precision))
    grad = np.ones_like(x)
    back = nl.elu.backward(grad, x, alpha=SLOPES, axis=1, precision=precision)
    np.testing.assert_array_equal(back, slope)


def test_large_arrays_in_threads():
    x = RNG.standard_normal((4, 3, 300, 500)).astype("f4")
    expected = by_hand(x, SLOPES[:, None, None].astype("f4"))
    np.testing.assert_array_equal(nl.prelu(x, alpha=SLOPES, axis=1), expected)


@pytest.mark.parametrize("alpha", [0.25, SLOPES, np.full((3, 1, 1), 0.3), np.array([[[[0.4]]]])])
def test_gradients_by_prelu_are_those_of_differences(alpha):
    grad = RNG.standard_normal(IMAGES.shape)
    found = nl.prelu.parameter_gradients(grad, IMAGES, alpha=alpha, axis=1)["alpha"]
    assert np.shape(found) == np.shape(alpha)
    total = np.where(IMAGES > 0, 0.0, IMAGES) * grad
    shape = {(): (), (3,): (3, 1, 1)}.get(np.shape(alpha), np.shape(alpha))
    missing = 4 - len(shape)
    shared = [place for place, n in enumerate((1,) * missing + shape) if n == 1]
    expected = total.sum(axis=tuple(shared)).reshape(np.shape(alpha))
    np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_prelu_is_that_of_torch():
    torch = pytest.importorskip("torch")
    x = torch.tensor(IMAGES, requires_grad=True)
    alpha = torch.tensor(SLOPES, requires_grad=True)
    y = torch.nn.functional.prelu(x, alpha)
    grad = RNG.standard_normal(IMAGES.shape)
    y.backward(torch.tensor(grad))
    np.testing.assert_array_equal(nl.prelu(IMAGES, alpha=SLOPES, axis=1), y.detach().numpy())
    by_x = nl.prelu.backward(grad, IMAGES, alpha=SLOPES, axis=1)
    np.testing.assert_allclose(by_x, x.grad.numpy(), rtol=1e-15)
    found = nl.prelu.parameter_gradients(grad, IMAGES, alpha=SLOPES, axis=1)["alpha"]
    np.testing.assert_allclose(found, alpha.grad.numpy(), rtol=1e-13)


LEARNED = [n for n in nl.names() if nl.get(n).learned and nl.get(n).kind == "elementwise"]


@pytest.mark.parametrize("name", LEARNED)
def test_every_learned_parameter_has_its_gradient(name):
    """Against differences of the sum, at 64 points away from kinks."""
    activation = nl.get(name)
    x = RNG.standard_normal(64) * 2
    grad = RNG.standard_normal(64)
    found = activation.parameter_gradients(grad, x, precision="exact")
    assert set(found) == set(activation.learned)
    for parameter in activation.learned:
        value, step = activation.values[parameter], 1e-6
        ends = (
            np.sum(grad * activation(x, precision="exact", **{parameter: value + side * step}))
            for side in (1, -1)
        )
        quotient = (next(ends) - next(ends)) / (2 * step)
        assert found[parameter] == pytest.approx(quotient, rel=1e-6, abs=1e-7), parameter


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: nl.prelu(IMAGES, alpha=SLOPES), "parameter alpha has the shape"),
        (lambda: nl.prelu(IMAGES, alpha=SLOPES, axis=7), "no axis 7"),
        (lambda: nl.prelu(IMAGES, alhpa=SLOPES), "no parameter 'alhpa'"),
        (lambda: nl.elu(IMAGES, alpha=[1.0, -1.0, 2.0], axis=1), "between 0 and inf"),
        (lambda: nl.elu(IMAGES, alpha=[1.0, np.nan, 2.0], axis=1), "finite"),
        (lambda: nl.relu.parameter_gradients(IMAGES, IMAGES), "no learned parameters"),
        (lambda: nl.softmax.parameter_gradients(IMAGES, IMAGES), "element-wise"),
        (lambda: nl.relu(IMAGES, IMAGES), "only gated pairs"),
    ],
)
def test_bad_calls_are_one_sentence(call, words):
    with pytest.raises(nl.NonlinError, match=words):
        call()


def test_a_parameter_that_there_is_not():
    for call in (lambda: nl.relu(IMAGES, alpha=0.5), lambda: nl.glu(IMAGES, IMAGES, alpha=0.5)):
        with pytest.raises(InputError, match="has no parameters, so 'alpha' cannot be set"):
            call()


def test_parameters_of_uneven_rows():
    with pytest.raises(InputError, match="rows are of different lengths"):
        nl.leaky_relu(np.ones(2), alpha=[[0.5], [0.1, 0.2]])


@pytest.mark.parametrize("shape", [(0, 3), (2, 3)])
def test_an_axis_that_is_none(shape):
    with pytest.raises(InputError, match="The axis is 'a'"):
        nl.prelu(np.ones(shape), alpha=[0.1, 0.2, 0.3], axis="a")


def test_orders_of_other_types():
    for order in (2, 2.0, np.int64(2), np.float32(2), np.uint8(2)):
        assert nl.mish.derivative(0.3, order=order) == nl.mish.derivative(0.3, 2)
    for order in (np.int64(4), 2.5, "2", None, [2]):
        with pytest.raises(InputError, match="the orders are 1, 2, 3"):
            nl.mish.derivative(0.3, order=order)


def test_columns_of_one_array_are_apart():
    both = np.empty((3, 2))
    nl.mish.value_and_derivative(np.ones(3), out=(both[:, 0], both[:, 1]))
    np.testing.assert_array_equal(both[:, 0], nl.mish(np.ones(3)))
    with pytest.raises(InputError, match="share memory"):
        nl.mish.value_and_derivative(np.ones(2), out=(both[:2, 0], both[1:, 0]))


@pytest.mark.parametrize("name", ["float16", "float32", "float64", "int32", "bool"])
def test_pairs_of_two_dtypes(name):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    value, gate = np.ones(2, name), np.ones(2, ml_dtypes.bfloat16)
    for found in (nl.glu(value, gate), nl.glu(gate, value)):
        np.testing.assert_allclose(found.astype(float), 0.7310585786300049, rtol=1e-2)
