"""Entries to look at, and inputs for them."""

import numpy as np
import pytest

import nonlin as nl

ENDS = (np.inf, -np.inf, np.nan, 1e4, -1e4, 50.0, -50.0, 9.5, -9.5, 1e-8, -1e-8, 0.0, -0.0)


def pytest_generate_tests(metafunc):
    """A test with `entry` runs for all entries."""
    if "entry" in metafunc.fixturenames:
        metafunc.parametrize("entry", nl.names())


@pytest.fixture
def inputs():
    """Near 0, and for functions of one number the ends and the breakpoints: shape (8, 6)."""

    def make(activation):
        found = 3 * np.random.default_rng(1).standard_normal(48)
        if activation.kind == "elementwise":
            points = [*ENDS, *activation.properties.breakpoints][:24]
            found[-len(points) :] = points
        return found.reshape(8, 6)

    return make
