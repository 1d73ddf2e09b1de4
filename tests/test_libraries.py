"""Arrays of other libraries are found by their classes, and are never turned into NumPy's."""

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin._libraries import leaf_of, library_of


def like(module, name):
    """A class of that module and name, and one that inherits from it."""
    first = type(name, (), {"__module__": module, "__array__": lambda self: np.zeros(2)})
    return type("Mine", (first,), {"__module__": "mine"})


@pytest.mark.parametrize(
    ("module", "name", "library"),
    [
        ("torch", "Tensor", "torch"),
        ("jax", "jaxlib._jax.Array", "jax"),
        ("jax._src.core", "Tracer", "jax"),
        ("keras.src.backend.common.variables", "Variable", "keras"),
        ("tensorflow.python.framework.tensor", "Tensor", "tensorflow"),
        ("pandas", "Tensor", ""),
        ("torch", "Storage", ""),
    ],
)
def test_whose_array(module, name, library):
    assert library_of(like(module, name)) == library


def test_numpy_has_no_leaf():
    assert leaf_of(np.ndarray) is None
    assert type(nl.relu(like("mine", "Array")())) is np.ndarray


def test_a_library_without_a_leaf():
    """Refused in a sentence, that says what to do."""
    for call in (nl.relu, nl.relu.derivative, nl.softmax):
        with pytest.raises(InputError, match=r"TensorFlow .*x\.numpy\(\)"):
            call(like("tensorflow.python.framework.ops", "Tensor")())
