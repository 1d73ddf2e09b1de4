"""Entries with learned parameters, and inputs for each kind."""

import numpy as np
import pytest

import nonlin as nl

LEARNED = ("prelu", "arelu", "pelu", "srelu")
# torch's own, of its forward mode and of Dynamo
IGNORED = ("ignore:.*torch.jit.script:DeprecationWarning",)


def pytest_generate_tests(metafunc):
    """A test with `learned` runs for some entries that have learned parameters, or for all."""
    thorough = metafunc.config.getoption("thorough")
    if "learned" in metafunc.fixturenames:
        every = [name for name in nl.names() if nl.get(name).learned]
        metafunc.parametrize("learned", every if thorough else LEARNED)


def pytest_collection_modifyitems(items):
    """Warnings of torch's own are no errors here."""
    for item in items:
        if "tests/torch" in item.path.as_posix():
            for each in IGNORED:
                item.add_marker(pytest.mark.filterwarnings(each))


def breakpoints(activation):
    """Where the curve, or that of a gate, has a kink or a jump."""
    if activation.kind in ("elementwise", "gated"):
        return np.array([0.0, *activation.curve.properties.breakpoints])
    return np.zeros(1)


@pytest.fixture
def points():
    """Numbers that are near no kink, as a tensor of shape (2, 6), double precision."""
    torch = pytest.importorskip("torch")

    def make(activation, kind=None):
        kinks = breakpoints(activation)
        found = np.random.default_rng(5).standard_normal(200) * 2
        far = np.abs(found[:, None] - kinks).min(axis=1) > 0.05
        return torch.tensor(found[far][:12].reshape(2, 6), dtype=kind or torch.float64)

    return make


@pytest.fixture
def function():
    """The function of an entry, random ones with fixed noise as in training, learned ones with
    parameters that are tensors: a function of tensors, and the parameters."""
    torch = pytest.importorskip("torch")
    import nonlin.torch as nt

    def make(name):
        activation, run = nl.get(name), getattr(nt.functional, name)
        learned = activation.learned
        values = [torch.tensor(activation.values[n], dtype=torch.float64) for n in learned]

        def call(x, *given):
            options = dict(zip(learned, given, strict=False))
            if activation.kind == "random":
                options |= {"training": True, "generator": torch.Generator().manual_seed(0)}
            return run(x, **options)

        return call, values

    return make
