"""What leaves share, with NumPy as the library: kinds, parameters, noise, axes, refusals."""

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin.any_library.derivatives import element_graph, row_graph
from nonlin.any_library.function import AnyFunction
from nonlin.emit.numpy import compile_numpy

X = np.random.default_rng(0).standard_normal((4, 6))


class Plain:
    """Without derivatives but by name."""

    xp = np

    def is_array(self, value):
        return isinstance(value, np.ndarray)

    def floating(self, name, *given):
        return tuple(np.asarray(each, float) for each in given)

    def element(self, formula, names, label=()):
        run = compile_numpy(element_graph(formula, label), *names)
        run.by = lambda name: self.element(formula, names, (*label, name))
        return run

    def rows(self, formula, names, rule):
        return compile_numpy(row_graph(formula, "value", rule)[0], *names)


def call(name, x=X, gate=None, axis=-1, noise=None, **parameters):
    return AnyFunction(nl.get(name), Plain())(x, gate, axis, noise or {}, parameters)


@pytest.mark.parametrize(
    "name", ["mish", "softmax", "glu", "crelu", "maxout", "rrelu", "sparsemax"]
)
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_kinds_and_axes(name, axis):
    np.testing.assert_allclose(call(name, axis=axis), nl.get(name)(X, axis=axis), rtol=1e-13)


def test_pairs_and_parameters():
    np.testing.assert_allclose(call("swiglu", X, X + 1), nl.swiglu(X, X + 1), rtol=1e-13)
    np.testing.assert_allclose(call("elu", alpha=0.5), nl.elu(X, alpha=0.5), rtol=1e-13)
    alpha = np.linspace(0, 1, 4)
    np.testing.assert_allclose(
        call("prelu", axis=0, alpha=alpha), nl.prelu(X, alpha=alpha, axis=0), rtol=1e-13
    )


def test_noise():
    low = call("rrelu", noise={"uniform": np.zeros_like(X)})
    np.testing.assert_allclose(low, nl.leaky_relu(X, alpha=nl.rrelu.values["lower"]), rtol=1e-13)


def test_derivatives():
    for order in (1, 2):
        found = AnyFunction(nl.elu, Plain()).derivative(X, order, {"alpha": 0.5})
        np.testing.assert_allclose(found, nl.elu.derivative(X, order, alpha=0.5), rtol=1e-12)


REFUSED = (
    (lambda: call("mish", X, X), "mish"),
    (lambda: call("glu", X[:, :5]), "length 5"),
    (lambda: call("swiglu", X, X[:1]), "same shape"),
    (lambda: call("softmax", axis=2), "axis 2"),
    (lambda: call("softmax", X[:, :0]), "-1"),
    (lambda: call("maxout", pieces=5.0), "pieces|5"),
    (lambda: call("prelu", alpha=np.ones(5)), "alpha"),
    (lambda: call("prelu", alpha=[1.0]), "alpha"),
    (lambda: call("elu", alhpa=1.0), "alpha"),
    (lambda: call("tempered_softmax", temperature=np.ones(2)), "must be a number"),
)


@pytest.mark.parametrize(("run", "told"), REFUSED)
def test_what_is_refused(run, told):
    with pytest.raises(InputError, match=told):
        run()
