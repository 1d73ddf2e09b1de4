"""Kernels in Triton's language: what is spelt, and their helpers, without Triton.

tests/torch/gpu runs them in its interpreter, where Triton is installed.
"""

import sys
from types import ModuleType

import mpmath
import numpy as np
import pytest

import nonlin as nl
from nonlin.emit.basic import OPERATORS
from nonlin.emit.triton import _DIALECT, triton_source
from nonlin.expr.decompositions import DECOMPOSITIONS
from nonlin.expr.nodes import COMPARISONS
from nonlin.expr.primitives import TABLE
from nonlin.expr.reductions import REDUCTIONS, RESHAPES

PATHS = {"forward": (0,), "backward": "backward"}


@pytest.fixture
def helpers(monkeypatch):
    """The functions that kernels call, on NumPy in place of Triton."""
    fake, language = ModuleType("triton"), ModuleType("triton.language")
    fake.jit, fake.language, language.constexpr = lambda run: run, language, int
    for name in ("abs", "exp", "log"):
        setattr(language, name, getattr(np, name))
    language.where = lambda where, a, b: np.where(where, np.float32(a), np.float32(b))
    monkeypatch.setitem(sys.modules, "triton", fake)
    monkeypatch.setitem(sys.modules, "triton.language", language)
    mine = nl.activation("mine", "tanh(x) + arctan(x) + abs(x)**0.3")
    found = {}
    exec(triton_source(mine.graph, PATHS), found)  # noqa: S102 - our own source
    return found


@pytest.mark.parametrize("name", ["tanh", "arctan", "power"])
def test_helpers(helpers, name):
    """In float32, to a few ulp."""
    x = np.array([*np.linspace(-12, 12, 401), 1e-6, 1e4, np.inf], np.float32)
    x = np.abs(x) + np.float32(1e-3) if name == "power" else x
    more = (np.float32(0.3),) if name == "power" else ()
    with np.errstate(all="ignore"):
        found = helpers[f"_{name}"](x, *more)
    assert found.dtype == np.float32
    true = {"tanh": mpmath.tanh, "arctan": mpmath.atan, "power": mpmath.power}[name]
    expected = [float(true(*map(float, (each, *more)))) for each in x]
    np.testing.assert_allclose(found, expected, rtol=2e-6 if name == "power" else 6e-7)
    assert np.isnan(helpers[f"_{name}"](np.float32(np.nan), *more))


def test_every_element_wise_primitive_is_spelt():
    put_together = {name for name, ways in DECOMPOSITIONS.items() if ways.plain}
    rows = (*REDUCTIONS, *RESHAPES)
    known = {*_DIALECT.spellings, *OPERATORS, *COMPARISONS, *put_together, *rows, "pi"}
    assert set(TABLE) <= known


def test_every_entry_is_written():
    for name in nl.names():
        activation = nl.get(name)
        if activation.kind == "elementwise":
            assert "def backward(grad_at, x_at, out_0, count" in triton_source(
                activation.graph, PATHS
            )
