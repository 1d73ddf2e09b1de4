"""What audits and docs/accuracy.md take for the truth."""

import math

import numpy as np
import pytest

import nonlin as nl
from nonlin.audit.tally import FLOAT16, FLOAT32
from nonlin.audit.truth import error, oracle, zeros


def test_zeros_of_derivatives():
    ((low, high),) = zeros(nl.gelu, 1)
    assert low == pytest.approx(-np.sqrt(2), abs=0.01)  # the minimum of gelu'
    assert high == pytest.approx(0, abs=0.01)  # gelu' = 1/2
    for smooth in (nl.sigmoid, nl.relu, nl.tanhshrink, nl.gaussian):
        assert len(zeros(smooth, 1)) == 0


@pytest.mark.parametrize(
    ("got", "true", "kind", "ulp"),
    [
        (1.0, 1 + 2.0**-23, FLOAT32, 1.0),
        (1.0, 1 + 2.0**-10, FLOAT16, 1.0),
        (math.nan, 1.0, FLOAT32, math.inf),
        (math.nan, math.nan, FLOAT32, 0.0),
        (math.inf, 1e300, FLOAT32, 0.0),
        (-math.inf, 1e300, FLOAT32, math.inf),
    ],
)
def test_error(got, true, kind, ulp):
    assert error(got, true, kind) == ulp


def test_oracle_is_the_derivative():
    assert float(oracle(nl.tanh, 1)(12.0)) == pytest.approx(1.5100538e-10)
