"""Exported JAX: values and derivatives to order 2, under jit and vmap."""

import numpy as np
import pytest

import nonlin as nl
from nonlin.emit.spelling import runner
from nonlin.export.exported import Exported
from nonlin.export.jax import SPELLINGS

jax = pytest.importorskip("jax")


@pytest.fixture
def function(space):
    """An exported function."""

    def make(name, **parameters):
        return space(nl.export(name, to="jax", **parameters))[Exported(nl.get(name)).name]

    return make


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_every_entry(entry, kind, judge, grid, function):
    activation = nl.get(entry)
    exported, x = function(entry), grid(activation, kind)

    @jax.jit  # both at once, as a step of training has them: nearly all time goes into compiling
    def both(x):
        y, pull = jax.vjp(exported, x)
        return y, *pull(jax.numpy.ones_like(x))

    with jax.enable_x64(kind == "float64"):
        y, slope = both(x)
        assert y.dtype == slope.dtype == x.dtype
    judge("jax").check(activation, 0, x, y)
    judge("jax").check(activation, 1, x, slope)


def test_grad_of_grad(entry, function):
    x = np.linspace(-9.3, 9.3, 62)  # not 0, where JAX takes the mean of the branches of max
    with jax.enable_x64(True):
        found = jax.vmap(jax.grad(jax.grad(function(entry))))(x)
    expected = nl.get(entry).trained.derivative(x, 2, precision="exact")
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-13)


def test_half_precision(function):
    y = function("mish")(jax.numpy.linspace(-3, 3, 7, dtype="bfloat16"))
    assert y.dtype == "bfloat16"


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_the_functions_of_the_table_do_what_the_code_does(entry, kind, space):
    subject = Exported(nl.get(entry))
    given = [np.array([*np.linspace(-9, 9, 61), -np.inf, 0.0, 1e4, np.inf, np.nan], kind)]
    given += [np.asarray(subject.activation.values[n], kind) for n in subject.others]
    code = space(nl.export(entry, to="jax"))
    run = runner(subject.graphs((0, 1), subject.others), ["x", *subject.others], SPELLINGS, jax)
    with jax.enable_x64(kind == "float64"):
        given = [jax.numpy.asarray(each) for each in given]
        names = (subject.name, f"{subject.name}_derivative")
        for found, name in zip(run(*given), names, strict=True):
            expected = code[name](*given)
            assert found.dtype == expected.dtype
            assert np.asarray(found).tobytes() == np.asarray(expected).tobytes()


def test_the_functions_of_the_table_on_rows(rows, sample, space):
    code = space(nl.export(rows, to="jax"))
    value, _ = Exported(nl.get(rows)).rows()
    with jax.enable_x64(True):
        x = jax.numpy.asarray(sample[0])
        (found,) = runner([value], ["x"], SPELLINGS, jax)(x)
        np.testing.assert_array_equal(found, code[Exported(nl.get(rows)).name](x))


def test_rows(rows, sample, function):
    x, grad = sample
    activation = nl.get(rows)
    with jax.enable_x64(True):
        y, pull = jax.vjp(function(rows), x)
        (found,) = pull(grad)
    np.testing.assert_allclose(y, activation(x, precision="exact"), rtol=1e-13, atol=1e-14)
    expected = activation.backward(grad, x, precision="exact")
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
