"""Exports at numbers near the largest: a result that is finite is given, on the whole catalogue."""

import numpy as np
import pytest

import nonlin as nl
from nonlin.export.exported import Exported
from nonlin.export.partials import partials

SHARES = np.array([1.0, 0.9, 0.7, 0.45, 0.2, 1e-3])
SNAKE = {0: 1.2e308, 1: 1.7205507600003205, 2: -1.3868043874504588}  # mpmath, 700 digits


def largest(kind):
    top = float(np.finfo(kind).max)
    sizes = np.concatenate([top * SHARES, top ** np.array([0.8, 0.55, 0.45, 0.3])])
    return np.concatenate([sizes, -sizes]).astype(kind)


def agrees(name, order, x, got):
    activation = nl.get(name)
    call = activation.derivative if order else activation
    true = call(x.astype(float), *([order] if order else []), precision="exact")
    with np.errstate(over="ignore"):
        known = np.isfinite(true.astype(x.dtype))
    given = np.asarray(got, float)[known]
    np.testing.assert_allclose(given, true[known], rtol=1e-3, atol=1e-3, err_msg=f"{name} {order}")


def test_torch(entry, space):
    torch = pytest.importorskip("torch")
    subject, code = Exported(nl.get(entry)), space(nl.export(entry, to="torch", exact=True))
    for kind in ("float32", "float64"):
        x = largest(kind)
        given = [x, *(np.asarray(subject.activation.values[n], kind) for n in subject.others)]
        for order, name in enumerate(("_value", "_slope", "_curvature")):
            agrees(entry, order, x, code[name](*map(torch.tensor, given)).numpy())


@pytest.mark.parametrize("target", ["numpy", "python"])
def test_plain(entry, target, space):
    code, x, name = space(nl.export(entry, to=target)), largest("float64"), Exported(nl.get(entry))
    for order, function in enumerate((name.name, f"{name.name}_derivative")):
        run = code[function]
        agrees(entry, order, x, run(x) if target == "numpy" else [run(v) for v in x.tolist()])


def test_snake(space):
    """Reported: NaN near the largest number, on every target."""
    jax, torch = pytest.importorskip("jax"), pytest.importorskip("torch")
    for target in ("python", "numpy"):
        slope = space(nl.export("snake", to=target))["snake_derivative"]
        assert float(slope(1.2e308)) == pytest.approx(SNAKE[1], abs=1e-9)
    for order, expected in SNAKE.items():
        assert float(nl.snake.derivative(1.2e308, order) if order else nl.snake(1.2e308)) == (
            pytest.approx(expected, abs=1e-9)
        )
        name = ("_value", "_slope", "_curvature")[order]
        at = torch.tensor(1.2e308, dtype=torch.float64)
        assert float(space(nl.export("snake", to="torch", exact=True))[name](at)) == pytest.approx(
            expected
        )
    with jax.enable_x64(True):
        function = space(nl.export("snake", to="jax"))["snake"]
        first, second = jax.grad(function), jax.grad(jax.grad(function))
        assert float(first(1.2e308)) == pytest.approx(SNAKE[1])
        assert float(second(1.2e308)) == pytest.approx(SNAKE[2])


@pytest.mark.parametrize("name", ["geglu", "swiglu", "glu", "reglu"])
def test_pairs(name, space):
    """value * f(x) is finite where value * x is not."""
    torch = pytest.importorskip("torch")
    code, subject = space(nl.export(name, to="torch", exact=True)), Exported(nl.get(name))
    x = torch.tensor([-3.0, 0.0, -1.0], dtype=torch.float64)
    big = torch.full_like(x, 1.7e308)
    for part in partials(subject):
        once, twice = (code[f"_{part.name}"](x, each) for each in (big, big / 2))
        assert torch.isfinite(twice).all()
        if "value" not in part.label:  # linear in the value
            torch.testing.assert_close(once / 2, twice)


@pytest.mark.parametrize("label", ["by_delta_x", "by_delta_delta"])
def test_derivatives_by_a_parameter_vanish(label, space):
    torch = pytest.importorskip("torch")
    values = [torch.tensor(nl.pserf.values[n]).double() for n in ("gamma", "delta")]
    x = -torch.tensor([1e154, 1e200, 1.7e308], dtype=torch.float64)
    assert not space(nl.export("pserf", to="torch", exact=True))[f"_{label}"](x, *values).any()
