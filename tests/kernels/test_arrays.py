"""Arrays of every layout and dtype give the same numbers as plain ones."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from ml_dtypes import bfloat16

import nonlin as nl


@pytest.mark.parametrize("size", [0, 1, 7, 8, 15, 16, 17, 31, 33, 1000])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_length_and_nothing_beyond_it(size, dtype):
    room = np.full(size + 32, 7.0, dtype)
    x = np.linspace(-3, 3, size).astype(dtype)
    nl.silu(x, out=room[16 : 16 + size])
    expected = x / (1 + np.exp(-x))
    np.testing.assert_allclose(room[16 : 16 + size], expected, rtol=1e-5)
    assert (room[:16] == 7).all()
    assert (room[16 + size :] == 7).all()


def test_scalars_lists_and_0d():
    assert nl.relu(-2.0) == 0.0
    assert nl.relu(3) == 3.0
    assert isinstance(nl.relu(np.float32(2)), np.float32)
    assert nl.tanh(np.zeros((), "float32")).dtype == np.float32
    np.testing.assert_array_equal(nl.relu([-1, 2]), [0.0, 2.0])
    out = np.empty(())
    assert nl.relu(np.array(5.0), out=out) is out
    assert out == 5


def test_empty_arrays_keep_shape_and_dtype():
    found = nl.gelu(np.empty((0, 3), "float32"))
    assert found.shape == (0, 3)
    assert found.dtype == np.float32


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int64, np.bool_])
def test_integers_become_float64(dtype):
    x = np.array([0, 1, 1], dtype)
    found = nl.sigmoid(x)
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, nl.sigmoid(x.astype(float)))


def _half(true, dtype):
    """float64 correctly rounded to a 16-bit dtype, and where float64 can tell which way."""
    bits, least = (10, -14) if dtype is np.float16 else (7, -126)
    exponent = np.frexp(np.maximum(np.abs(true), 2.0**least))[1] - 1
    units = true / np.ldexp(1.0, exponent - bits)
    clear = np.abs(units % 1 - 0.5) > 1e-12
    rounded = np.where(np.isfinite(true), np.rint(units) * np.ldexp(1.0, exponent - bits), true)
    return rounded.astype(dtype).astype(np.float64), clear | ~np.isfinite(true)


def _true(name, dtype):
    """Of all 16-bit inputs: correctly rounded values and slopes, and where they are clear."""
    wide = np.arange(65536, dtype=np.uint16).view(dtype).astype(np.float64)
    both = nl.get(name)(wide, precision="exact"), nl.get(name).derivative(wide, precision="exact")
    return [_half(true, dtype) for true in both]


@pytest.mark.parametrize("dtype", [np.float16, bfloat16])
@pytest.mark.parametrize("name", [n for n in nl.names() if nl.get(n).elementwise])
def test_all_16_bit_inputs_are_correctly_rounded(name, dtype):
    """In both precisions."""
    activation = nl.get(name)
    x = np.arange(65536, dtype=np.uint16).view(dtype)
    with np.errstate(all="ignore"):
        values, slopes = _true(name, dtype)
        same(activation(x, precision="fast"), dtype, *values)
        same(activation(x, precision="exact"), dtype, *values)
        same(activation.derivative(x), dtype, *slopes)


def same(found, dtype, expected, clear):
    """In this dtype what is expected, where it is clear what is right."""
    assert found.dtype == dtype
    np.testing.assert_array_equal(found.astype(np.float64)[clear], expected[clear])


@given(
    arrays.arrays(
        np.float64, arrays.array_shapes(max_dims=3, max_side=9), elements=st.floats(-9, 9)
    ),
    st.data(),
)
@settings(max_examples=60, deadline=None)
def test_any_view_of_an_array(base, data):
    steps = tuple(slice(None, None, data.draw(st.sampled_from([1, 2, -1]))) for _ in base.shape)
    view = base[steps].T
    expected = nl.softplus(np.ascontiguousarray(view))
    np.testing.assert_array_equal(nl.softplus(view), expected)
    out = np.zeros(view.shape[::-1]).T
    assert nl.softplus(view, out=out) is out
    np.testing.assert_array_equal(out, expected)


def test_broadcast_and_foreign_byte_order():
    wide = np.broadcast_to(np.float32(0.5), (100, 200))
    np.testing.assert_array_equal(nl.tanh(wide), nl.tanh(np.full((100, 200), 0.5, "f4")))
    swapped = np.linspace(-1, 1, 5).astype(">f8")
    np.testing.assert_allclose(nl.tanh(swapped), np.tanh(np.linspace(-1, 1, 5)), rtol=1e-15)


def test_in_place_and_overlapping():
    x = np.linspace(-4, 4, 101, dtype="float32")
    expected = nl.elu(x)
    assert nl.elu(x, out=x) is x
    np.testing.assert_array_equal(x, expected)
    room = np.linspace(-4, 4, 110)
    expected = nl.elu(room[:-7].copy())
    nl.elu(room[:-7], out=room[7:])
    np.testing.assert_array_equal(room[7:], expected)
    value, slope = np.empty(9), np.empty(9)
    nl.elu.value_and_derivative(np.arange(-4.0, 5), out=(value, slope))
    np.testing.assert_array_equal(slope, nl.elu.derivative(np.arange(-4.0, 5)))


LAYOUTS = {
    "line": lambda x: x,
    "steps": lambda x: x[::3],
    "backwards": lambda x: x[::-1],
    "columns": lambda x: x.reshape(-1, 500).T,
    "piece of rows": lambda x: x.reshape(-1, 500)[:, 3:400],
    "few long rows": lambda x: x.reshape(3, -1)[:, 5:],
    "crop of images": lambda x: x.reshape(30, 2, 50, -1)[:, :, 3:-2, 1:-1],
    "channels last": lambda x: x.reshape(50, -1, 20).transpose(0, 2, 1)[:, 2:],
    "one row again": lambda x: np.broadcast_to(x[:500], (300, 500)),
}


@pytest.mark.parametrize("count", [2, 5])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_threads_change_nothing(layout, count, threads):
    x = LAYOUTS[layout](np.random.default_rng(0).standard_normal(300_000).astype("float32"))
    threads(1)
    expected = nl.gelu.value_and_derivative(x)
    threads(count)
    found = nl.gelu.value_and_derivative(x)
    room = np.full((x.shape[0], *(length + 1 for length in x.shape[1:])), 7, x.dtype)
    inside = room[(slice(None), *(slice(length) for length in x.shape[1:]))]
    nl.gelu(x, out=inside)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(inside, expected[0])
    inside[...] = 7
    assert (room == 7).all()


@pytest.mark.parametrize("dtype", [np.float16, bfloat16, np.float64])
def test_threads_share_every_dtype_and_overlapping_arrays(dtype, threads):
    x = np.random.default_rng(0).standard_normal((300, 200)).astype(dtype)
    threads(1)
    expected = nl.mish(x)
    threads(3)
    np.testing.assert_array_equal(nl.mish(x[:, :199]), expected[:, :199])
    nl.mish(x[1:, :150], out=x[:-1, 10:160])
    np.testing.assert_array_equal(x[:-1, 10:160], expected[1:, :150])


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (np.array([1j]), "complex128"),
        (np.array([None]), "object"),
        (np.array(["a"]), "str"),
        (np.zeros(2, np.longdouble), np.dtype(np.longdouble).name),
    ],
)
def test_other_dtypes_are_refused(x, words):
    with pytest.raises(nl.NonlinError, match="float16, bfloat16, float32, float64") as caught:
        nl.relu(x)
    assert words in str(caught.value)


def test_wrong_outputs_are_refused():
    x = np.zeros(3)
    for out in (np.zeros(4), np.zeros(3, "float32"), [0, 0, 0]):
        with pytest.raises(nl.NonlinError, match="out is"):
            nl.relu(x, out=out)
    frozen = np.zeros(3)
    frozen.flags.writeable = False
    with pytest.raises(nl.NonlinError, match="read-only"):
        nl.relu(x, out=frozen)
    with pytest.raises(nl.NonlinError, match="2 are needed"):
        nl.relu.value_and_derivative(x, out=np.zeros(3))


def test_wrong_outputs_are_refused_by_the_quick_way_too():
    """NumPy itself would fill an array of more axes, or of another dtype."""
    x = np.linspace(-1, 1, 3)
    expected = nl.relu(x)
    for out in (np.zeros((2, 3)), np.zeros((1, 3)), np.zeros(3, "float32"), [0.0] * 3, 0.0):
        with pytest.raises(nl.NonlinError, match="out is"):
            nl.relu(x, out=out)
    frozen = np.zeros(3)
    frozen.flags.writeable = False
    with pytest.raises(nl.NonlinError, match="read-only"):
        nl.relu(x, out=frozen)
    masked = np.ma.masked_array(x, [True, False, False])
    assert type(nl.relu(masked)) is np.ndarray
    for array, out in ((x, np.zeros(3)), (x, np.zeros(3, "=f8")), (np.zeros(()), np.zeros(()))):
        assert nl.relu(array, out=out) is out
    np.testing.assert_array_equal(nl.relu(x), expected)


def test_outputs_may_not_share_memory():
    both = np.empty(4)
    with pytest.raises(nl.NonlinError, match="share memory"):
        nl.relu.value_and_derivative(np.ones(4), out=(both, both))


FORK = """
import os, warnings
import numpy as np
import nonlin as nl

warnings.simplefilter("ignore")
nl.set_threads(3)
x = np.linspace(-3, 3, 1 << 19)
expected = nl.tanh(x)  # starts the threads of the parent
child = os.fork()
if child == 0:
    os._exit(0 if np.array_equal(nl.tanh(x), expected) else 1)
raise SystemExit(os.waitpid(child, 0)[1])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_forked_child_has_threads_of_its_own():
    ran = subprocess.run([sys.executable, "-c", FORK], timeout=60, check=False)
    assert ran.returncode == 0


@pytest.mark.parametrize("dtype", [np.float16, bfloat16])
def test_views_of_16_bits(dtype):
    base = np.random.default_rng(1).standard_normal((9, 70)).astype(dtype)
    for view in (
        base[::2, ::-3],
        base.T,
        base[:, 5],
        base[3, 3],
        np.broadcast_to(base[0], (4, 70)),
    ):
        copy = np.array(view, order="C")
        np.testing.assert_array_equal(nl.mish(view), nl.mish(copy))
        np.testing.assert_array_equal(nl.swiglu(view, copy), nl.swiglu(copy, view))
    out = np.zeros((70, 9), dtype).T
    assert nl.mish(base, out=out) is out
    np.testing.assert_array_equal(out, nl.mish(base.copy()))
    np.testing.assert_array_equal(nl.mish(base, out=base), out)


def test_more_arrays_than_threads_share(threads):
    """A formula with twenty parameters, all of them arrays."""
    threads(3)
    names = [f"p{k}" for k in range(20)]
    own = nl.activation("own", "tanh(x) + " + " + ".join(names), **dict.fromkeys(names, 0.5))
    x = np.linspace(-3, 3, 40_000).reshape(200, 200)
    given = {name: np.full(200, k, "f8") for k, name in enumerate(names)}
    for view in (x, x[:, :150]):
        columns = {name: array[: view.shape[1]] for name, array in given.items()}
        np.testing.assert_allclose(own(view, **columns), np.tanh(view) + sum(range(20)))
