"""What an export gives, against the exact kernels, in units of the machine epsilon."""

import numpy as np
import pytest

import nonlin as nl
from nonlin.export import TARGETS
from nonlin.export.exported import Exported

SINGLE = np.dtype(np.float32)


def points(activation, dtype):
    """Near 0, where most inputs lie, far out, at the kinks, and at the ends."""
    kinks = np.array(activation.properties.breakpoints, float)
    sizes = np.concatenate([np.logspace(-8, 4, 121), [30.0, 88.0, 100.0, 700.0, 1000.0]])
    found = np.concatenate([np.linspace(-9, 9, 721), sizes, -sizes, kinks, [0.0, -0.0]])
    found = found.astype(dtype)
    kinks = kinks.astype(dtype)
    around = [np.nextafter(kinks, dtype.type(end)) for end in (-np.inf, np.inf)]
    tiny = np.finfo(dtype).tiny  # below it, some libraries see 0
    around = [np.where(abs(a) < tiny, np.copysign(tiny, a), a) for a in around]
    ends = np.array([-np.inf, np.inf, np.nan], dtype)
    return np.concatenate([found, *around, ends])


class Judge:
    """Holds the values and derivatives of a target to the error that it states."""

    def __init__(self, target):
        self.errors = {error.kind: error for error in TARGETS[target].errors}

    def worst(self, activation, order, x, got):
        """The largest errors beside max(1, |f|) and |f|, in units of epsilon."""
        given = x.astype(np.float64)
        call = activation if order == 0 else activation.trained.derivative
        true = call(given, precision="exact")
        error = self.errors[x.dtype.name]
        epsilon, most = np.finfo(x.dtype).eps, np.finfo(x.dtype).max
        with np.errstate(invalid="ignore", over="ignore"):
            true = np.where(np.abs(true) > most, np.sign(true) * np.inf, true)
            got = np.asarray(got, np.float64)
            off = np.where((got == true) | (np.isnan(got) & np.isnan(true)), 0.0, abs(got - true))
        off = np.where(np.isnan(off), np.inf, off) / epsilon
        size = np.maximum(np.abs(np.nan_to_num(true)), error.least)
        counts = (order == 0) & (np.abs(true) >= error.least)
        return off / np.maximum(1, size), np.where(counts, off / size, 0)

    def check(self, activation, order, x, got):
        """Value (order 0) or derivative (order 1) at x."""
        error = self.errors[x.dtype.name]
        limits = (error.beside_one, error.relative)
        for errors, limit in zip(self.worst(activation, order, x, got), limits, strict=True):
            at = int(np.argmax(errors))
            assert errors[at] <= limit, (activation.name, order, x[at], got[at], errors[at])


@pytest.fixture
def judge():
    """A judge for the target of that name."""
    return Judge


@pytest.fixture
def grid():
    """Where to look at an activation, in a precision."""
    return lambda activation, kind: points(activation, np.dtype(kind))


def elementwise():
    """Every entry that is a function of one number."""
    return of_kind("elementwise")


@pytest.fixture(scope="session")
def functions():
    """The names of all element-wise entries."""
    return elementwise()


def of_kind(kind):
    """The names of the entries of a kind."""
    return [name for name in nl.names() if Exported(nl.get(name)).kind == kind]


@pytest.fixture
def space():
    """The names that an exported module defines."""

    def run(source):
        found = {}
        exec(compile(source, "<export>", "exec"), found)  # noqa: S102 - our own source
        return found

    return run


def pytest_generate_tests(metafunc):
    """A test with `entry` runs for every element-wise entry, with `rows` for those of rows."""
    if "entry" in metafunc.fixturenames:
        metafunc.parametrize("entry", elementwise())
    if "rows" in metafunc.fixturenames:
        metafunc.parametrize("rows", of_kind("rowwise"))


@pytest.fixture
def sample():
    """Rows, some with wide gaps, and gradients for them."""
    random = np.random.default_rng(3)
    x = random.standard_normal((6, 5)) * np.array([[1.0], [1], [1], [10], [100], [1000]])
    return x, random.standard_normal((6, 5))
