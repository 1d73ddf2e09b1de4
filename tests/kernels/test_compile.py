"""Compiled kernels: one per formula and setting, found again on disk, refused with a reason."""

import ctypes

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import CompileError
from nonlin.expr.nodes import call, symbol
from nonlin.kernels import compile as compiling


def test_the_address_is_a_c_function():
    kernel = nl.leaky_relu.kernel((0, 1), np.float64)
    x, value, slope = np.array([-2.0, 3.0]), np.empty(2), np.empty(2)
    pointer = ctypes.c_void_p
    function = ctypes.CFUNCTYPE(None, pointer, pointer, pointer, ctypes.c_int64, pointer)(
        kernel.address
    )
    addresses = [array.ctypes.data for array in (x, value, slope)]
    function(*addresses, 2, kernel.parameters.ctypes.data)
    np.testing.assert_array_equal(value, [-0.02, 3.0])
    np.testing.assert_array_equal(slope, [0.01, 1.0])


def test_parameters_need_no_new_code():
    one, other = (nl.leaky_relu.bind(alpha=value).kernel() for value in (0.3, 0.2))
    assert one.address == other.address
    assert one.parameters[0] != other.parameters[0]


def test_a_table_is_fitted_to_one_value():
    one, other = (nl.softplus.bind(beta=value) for value in (3.0, 2.0))
    x = np.linspace(-9, 9, 999, dtype=np.float32)
    for each in (one, other):
        np.testing.assert_allclose(each(x), each(x.astype(np.float64)), rtol=5e-7)


def test_a_parameter_of_1_is_put_in():
    general = nl.activation("general", "c * x * sigmoid(beta * x)", beta=1.0, c=2.0)
    formula, rest = compiling.without_ones(general.formula, general.values)
    assert rest == {"c": 2.0}
    assert formula is nl.activation("plain", "c * x * sigmoid(x)", c=2.0).formula


def test_found_on_disk(tmp_path, monkeypatch):
    monkeypatch.setenv("NONLIN_CACHE_DIR", str(tmp_path))
    formula = symbol("x") * 3 + 12345
    compiling.compile_kernel(formula, (0,), "float32", "fast", {})
    compiling._code.cache_clear()
    monkeypatch.setattr(compiling, "object_code", None)
    kernel = compiling.compile_kernel(formula, (0,), "float32", "fast", {})
    assert kernel.address
    assert len(list(tmp_path.iterdir())) == 1


def test_the_key_knows_what_matters(monkeypatch):
    x = symbol("x")
    keys = {
        compiling.fingerprint([x + 1], "a"),
        compiling.fingerprint([x + 2], "a"),
        compiling.fingerprint([x + 1], "b"),
    }
    monkeypatch.setattr("nonlin.kernels.key.digest", lambda *_: "changed")
    keys.add(compiling.fingerprint([x + 1], "a"))
    assert len(keys) == 4


def test_what_cannot_be_compiled_says_why(monkeypatch):
    monkeypatch.setattr("nonlin.expr.paths.stabilise", lambda root: root)
    with pytest.raises(CompileError, match="no spelling for unheard_of"):
        compiling.compile_kernel(call("unheard_of", symbol("x")), (0,), "float64", "fast", {})


def test_bad_settings():
    with pytest.raises(nl.NonlinError, match="fast, exact"):
        nl.relu(1.0, precision="double")
    with pytest.raises(nl.NonlinError, match="1, 2, 3"):
        nl.relu.derivative(1.0, order=4)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("precision", ["fast", "exact"])
def test_gradients_beside_an_infinite_slope(dtype, precision):
    """Whatever is left of a small gradient is infinite, too."""
    grad = np.array([0.284, -0.1, np.finfo(dtype).tiny], dtype)
    for x in (np.inf, 1e30, 2000.0):
        found = nl.exponential.backward(grad, np.full(3, x, dtype), precision=precision)
        np.testing.assert_array_equal(found, [np.inf, -np.inf, np.inf])
