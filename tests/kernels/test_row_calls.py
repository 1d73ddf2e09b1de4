"""softmax and log_softmax along any axis."""

import ml_dtypes
import numpy as np
import pytest
from scipy import special

import nonlin as nl
import nonlin.expr.vocabulary as f
from nonlin.kernels import row_calls


def test_the_example_of_every_textbook():
    np.testing.assert_allclose(
        nl.softmax(np.array([3, 1, 0.2])), [0.8360188, 0.11314284, 0.05083836], atol=5e-9
    )


@pytest.mark.parametrize("precision", ["fast", "exact"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("axis", [0, 1, 2, -1, -3])
def test_against_scipy(axis, dtype, precision):
    x = (np.random.default_rng(0).standard_normal((5, 33, 17)) * 8).astype(dtype)
    tolerance = {"float32": 2e-6, "float64": 5e-15}[dtype]
    wide = x.astype(np.float64)
    found = nl.softmax(x, axis=axis, precision=precision)
    assert found.dtype == x.dtype
    np.testing.assert_allclose(found, special.softmax(wide, axis), rtol=tolerance)
    found = nl.log_softmax(x, axis=axis, precision=precision)
    np.testing.assert_allclose(
        found, special.log_softmax(wide, axis), rtol=tolerance, atol=tolerance
    )


def test_extremes():
    x = np.array([[1e4, 0, -1e4], [-np.inf, 0, 0], [0, np.nan, 1]])
    np.testing.assert_array_equal(
        nl.softmax(x), [[1, 0, 0], [0, 0.5, 0.5], [np.nan, np.nan, np.nan]]
    )
    assert nl.softmax(np.zeros((0, 3))).shape == (0, 3)
    assert nl.softmax(np.float16([1, 1])).dtype == np.float16
    np.testing.assert_allclose(nl.softmax(np.zeros(100_000, "f4")).sum(), 1, rtol=1e-5)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_out_and_threads(count, threads):
    threads(count)
    x = np.random.default_rng(0).standard_normal((3000, 100)).astype("float32")
    out = np.empty_like(x)
    assert nl.softmax(x, out=out) is out
    nl.softmax(x.copy(), out=x)
    np.testing.assert_array_equal(x, out)
    x = np.random.default_rng(0).standard_normal((3000, 100)).astype("float32")
    rows = np.stack([nl.softmax(row) for row in x[:50]])
    np.testing.assert_array_equal(out[:50], rows)


def test_a_call_keeps_its_code_in_memory():
    call = row_calls.RowCall(nl.softmax.formula, ("x",), "float32", 4, "fast", {})
    row_calls._code.cache_clear()
    out = np.ones((1, 2), "f4")
    call([np.zeros((1, 2), "f4"), out])
    np.testing.assert_array_equal(out, 0.5)


def test_what_rows_take_is_known_of_the_code_not_of_its_address(threads):
    """Which other code may get, once this is gone."""
    threads(2)
    given = (("x",), "float32", 4, "fast", {})
    x = np.zeros((2000, 100), "f4")
    row_calls.RowCall(nl.softmax.formula, *given)([x, np.empty_like(x)])
    assert row_calls.RowCall(nl.softmax.formula, *given).worths  # the same code
    row_calls._code.cache_clear()
    assert not row_calls.RowCall(nl.softmax.formula, *given).worths


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_jacobian_against_difference_quotients(name):
    activation = nl.get(name)
    x = np.array([[0.3, -1.2, 2.0, 0.0], [5.0, 5.0, -5.0, 1.0]])
    jacobian = activation.derivative(x)
    assert jacobian.shape == (2, 4, 4)
    for j in range(4):
        step = np.zeros(4)
        step[j] = 1e-6
        quotient = (activation(x + step) - activation(x - step)) / 2e-6
        np.testing.assert_allclose(jacobian[..., j], quotient, atol=1e-8)


def test_errors():
    with pytest.raises(nl.NonlinError, match="no axis 2"):
        nl.softmax(np.zeros((2, 3)), axis=2)
    with pytest.raises(nl.NonlinError, match="no elements along axis"):
        nl.softmax(np.zeros((2, 0)))
    with pytest.raises(nl.NonlinError, match="Jacobian"):
        nl.softmax.derivative(np.zeros(3), order=2)
    with pytest.raises(nl.NonlinError, match="element-wise"):
        _ = nl.softmax.gain


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x / f.sqrt(f.row_sum(x * x)),
        lambda x: (x - f.row_sum(x) / 4) / f.sqrt(f.row_sum((x - f.row_sum(x) / 4) ** 2)),
        lambda x: x / f.row_max(f.absolute(x)),
        lambda x: x * nl.softmax(x),
    ],
    ids=["unit norm", "standardised", "unit maximum", "weighted"],
)
def test_jacobian_through_all_reductions(function):
    activation = nl.activation("own", function)
    x = np.array([[0.3, -1.2, 2.0, 0.0], [5.0, 5.5, -5.0, 1.0]])
    steps = 1e-6 * np.eye(4)
    ahead, behind = (activation(x[:, None, :] + side * steps) for side in (1, -1))
    quotients = np.swapaxes((ahead - behind) / 2e-6, -1, -2)
    np.testing.assert_allclose(activation.derivative(x), quotients, atol=2e-8)


def test_value_and_jacobian_into_given_arrays():
    x = np.array([[0.3, -1.2, 2.0], [5.0, 5.5, -5.0]])
    out = np.empty((2, 3)), np.empty((2, 3, 3))
    found = nl.softmax.value_and_derivative(x, out=out)
    assert found[0] is out[0]
    assert found[1] is out[1]
    np.testing.assert_array_equal(out[0], nl.softmax(x))
    np.testing.assert_array_equal(out[1], nl.softmax.derivative(x))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: nl.softmax([1.0, 2.0], axis=0.5), "whole number"),
        (lambda: nl.softmax([1.0, 2.0], axis=1), "no axis 1"),
        (lambda: nl.softmax.derivative(np.zeros((2, 0))), "no elements"),
        (lambda: nl.softmax.derivative([1.0], precision="best"), "no precision"),
        (lambda: nl.softmax.derivative([1.0], out=np.empty(1)), "the result is"),
        (lambda: nl.softmax.value_and_derivative([1.0], out=np.empty(1)), "2 are needed"),
    ],
)
def test_bad_calls_are_one_sentence(call, words):
    with pytest.raises(nl.NonlinError, match=words):
        call()


@pytest.mark.parametrize("precision", ["fast", "exact"])
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_backward_is_the_jacobian_transposed(name, axis, precision):
    activation = nl.get(name)
    grad, x = np.random.default_rng(0).standard_normal((2, 6, 40, 5)).astype("float32")
    jacobian = activation.derivative(x.astype("float64"), axis=axis)
    rows = np.moveaxis(grad.astype("float64"), axis, -1)
    expected = np.moveaxis(np.einsum("...i,...ij->...j", rows, jacobian), -1, axis)
    found = activation.backward(grad, x, axis=axis, precision=precision)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=2e-6)
    y = activation(x, axis=axis)
    found = activation.backward_from_output(grad, y, axis=axis, precision=precision)
    np.testing.assert_allclose(found, expected, atol=2e-6)
    assert activation.backward_from_output(grad, y, axis=axis, out=y) is y
    np.testing.assert_allclose(y, expected, atol=2e-6)


def test_backward_of_a_row_wise_function_of_your_own():
    own = nl.activation("own", lambda x: x / f.sqrt(f.row_sum(x * x)))
    grad, x = np.random.default_rng(0).standard_normal((2, 3, 5))
    expected = np.einsum("ni,nij->nj", grad, own.derivative(x))
    np.testing.assert_allclose(own.backward(grad, x), expected)
    with pytest.raises(nl.NonlinError, match="from its output"):
        own.backward_from_output(grad, x)


INFINITE = [
    ([np.inf, 1, 2], [1, 0, 0]),
    ([np.inf, np.inf, 0], [0.5, 0.5, 0]),
    ([-np.inf, -np.inf], [0.5, 0.5]),
    ([-np.inf, 0, 0], [0, 0.5, 0.5]),
    ([1, np.nan, 2], [np.nan] * 3),
]


@pytest.mark.parametrize("precision", ["fast", "exact"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("row", "expected"), INFINITE)
def test_infinite_rows_are_limits(row, expected, dtype, precision):
    row = np.array(row, dtype)
    with np.errstate(all="raise"):
        found = nl.softmax(row, precision=precision)
    np.testing.assert_array_equal(found, np.array(expected, dtype))
    with np.errstate(divide="ignore"):
        logarithms = np.log(np.array(expected, dtype))
    np.testing.assert_allclose(nl.log_softmax(row, precision=precision), logarithms, rtol=1e-3)


def test_the_largest_numbers():
    row = np.array([3e38, -3e38, 0], "float32")
    np.testing.assert_array_equal(nl.softmax(row), [1, 0, 0])
    np.testing.assert_array_equal(nl.log_softmax(row), np.float32([0, -np.inf, -3e38]))


@pytest.mark.parametrize("length", [1, 2, 15, 16, 17, 63, 64, 65, 127, 128, 129, 1000, 70_001])
@pytest.mark.parametrize("offset", [0.0, 1e7, -3e5])
def test_every_length_is_as_accurate(length, offset):
    x = np.random.default_rng(0).standard_normal((3, length)) * 9 + offset
    x = x.astype("float32")
    true = special.softmax(x.astype("float64"), -1)
    fast, exact = (nl.softmax(x, precision=each) for each in ("fast", "exact"))
    unit = np.spacing(true.astype("float32"))
    assert np.max(np.abs(fast - true) / unit) < 4
    assert np.max(np.abs(exact - true) / unit) < 0.51
    logarithm = special.log_softmax(x.astype("float64"), -1)
    found = nl.log_softmax(x)
    np.testing.assert_allclose(found, logarithm, rtol=5e-7, atol=1e-15)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "poly_norm"])
@pytest.mark.parametrize("kind", ["float32", "float64", "bfloat16"])
@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 10, 127, 128, 129])
def test_a_row_knows_nothing_of_the_others(length, kind, name):
    """Short rows lie side by side in vectors: whichever, and however many, bits stay the same."""
    run = nl.get(name)
    x = (5 * np.random.default_rng(0).standard_normal((37, length))).astype(
        getattr(ml_dtypes, kind, kind)
    )
    x[3], x[5], x[7, -1] = np.nan, -np.inf, np.inf
    alone = np.stack([run(row) for row in x]).view(np.uint8)
    room = np.full((39, length), 7, x.dtype)
    for rows in (1, 15, 16, 17, 37):
        out = room[1 : 1 + rows]
        run(x[-rows:], out=out)
        np.testing.assert_array_equal(out.view(np.uint8), alone[-rows:])
        assert (room[0] == 7).all()
        assert (room[1 + rows :] == 7).all()
        room[:] = 7
    np.testing.assert_array_equal(run(x, out=x).view(np.uint8), alone)


@pytest.mark.parametrize("length", [3, 40, 64, 1000])
@pytest.mark.parametrize("largest", [0.0, 1e5, -1e5])
def test_beside_the_largest_nothing_is_lost(length, largest):
    x = np.full((2, length), largest - 20, "float32")
    x[:, -1] = largest
    small = np.exp(-20.0)
    true = -np.log1p((length - 1) * small)
    np.testing.assert_allclose(nl.log_softmax(x)[:, -1], true, rtol=5e-7)
    x[:, 0] = largest
    true = -np.log(2 + (length - 2) * small)
    np.testing.assert_allclose(nl.log_softmax(x)[:, -1], true, rtol=5e-7)


def test_only_sums_count_their_ones():
    """A maximum of exponentials beside a logarithm was an AttributeError."""
    own = nl.activation("own", lambda x: x - f.log(1 + f.row_max(f.exp(x - f.row_max(x)))))
    x = np.random.default_rng(0).standard_normal((3, 7))
    np.testing.assert_allclose(own(x), x - np.log(2), rtol=1e-15)


def test_large_arrays_along_other_axes_pass_in_pieces(monkeypatch):
    monkeypatch.setattr(row_calls, "BUFFER", 300)
    x = np.random.default_rng(0).standard_normal((4, 30, 7, 11))
    for axis in range(4):
        for array in (x, x[::2, ::-1], x.astype("float16"), np.asfortranarray(x)):
            expected = special.softmax(array.astype("float64"), axis)
            np.testing.assert_allclose(nl.softmax(array, axis=axis), expected, rtol=2e-3)
    in_place = x.copy()
    nl.softmax(in_place, axis=1, out=in_place)
    np.testing.assert_allclose(in_place, special.softmax(x, 1), rtol=1e-13)
    overlapping = np.zeros(110)
    overlapping[:100] = np.arange(100) / 50
    expected = special.softmax(overlapping[:100].copy())
    nl.softmax(overlapping[:100], out=overlapping[10:])
    np.testing.assert_allclose(overlapping[10:], expected, rtol=1e-13)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "entmax15"])
@pytest.mark.parametrize("kind", ["float16", "bfloat16"])
def test_rows_of_16_bits_are_correctly_rounded(name, kind):
    dtype = np.dtype(getattr(ml_dtypes, kind, kind))
    x = (5 * np.random.default_rng(0).standard_normal((40, 77))).astype(dtype)
    run = nl.get(name)
    true = np.asarray(run(x.astype(np.float64), precision="exact"))
    rounded = row_calls.for_bfloat16(true) if kind == "bfloat16" else true
    np.testing.assert_array_equal(run(x), rounded.astype(dtype))
    np.testing.assert_array_equal(run(np.asfortranarray(x)), run(x))
    np.testing.assert_array_equal(run(x[::2, ::-3]), run(x[::2, ::-3].copy()))
