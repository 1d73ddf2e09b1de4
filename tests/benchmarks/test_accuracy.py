"""The count of errors in benchmarks/ulp, on results whose errors are known."""

import sys
from pathlib import Path

import numpy as np
import pytest

import nonlin as nl

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
HUGE = np.finfo(np.float32).max


@pytest.fixture(scope="module")  # what it compiles is compiled once
def ulp():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        import ulp.tally
        import ulp.truth
    yield ulp
    for name in [name for name in sys.modules if name.split(".")[0] == "ulp"]:
        del sys.modules[name]


def count(ulp, got, true, kind="FLOAT32", x=None, zeros=None):
    got = np.array(got, np.float32)
    tally = ulp.tally.Tally(getattr(ulp.tally, kind))
    zeros = ulp.tally.NOWHERE if zeros is None else np.array(zeros)
    x = np.arange(len(got), dtype=np.float32) if x is None else np.array(x, np.float32)
    tally.add(x, got, np.array(true, np.float64), zeros)
    return tally


@pytest.mark.parametrize(
    ("got", "true", "kind", "label", "error"),
    [
        (1.0, 1 + 2.0**-23, "FLOAT32", "normal", 1.0),
        (1.0, 1 - 2.0**-24, "FLOAT32", "normal", 1.0),  # half the distance below a power of two
        (3e-45, 1e-45, "FLOAT32", "subnormal", (2 * 2.0**-149 - 1e-45) * 2.0**149),
        (0.0, 2.0**-126, "FLOAT32", "normal", 2.0**23),
        (np.inf, HUGE, "FLOAT32", "normal", 1.0),
        (1.0, 1 + 2.0**-10, "FLOAT16", "normal", 1.0),
        (1.0, 1 + 2.0**-7, "BFLOAT16", "normal", 1.0),
        (2.0**-24, 0.0, "FLOAT16", "subnormal", 1.0),
    ],
)
def test_error(ulp, got, true, kind, label, error):
    tally = count(ulp, [got], [true], kind)
    assert tally.worst[label][0] == pytest.approx(error, rel=1e-6)
    assert (tally.right, tally.mismatches) == (0, 0)


@pytest.mark.parametrize(
    ("got", "true", "mismatch"),
    [
        (np.nan, np.nan, False),
        (np.nan, 1.0, True),
        (1.0, np.nan, True),
        (np.inf, np.inf, False),
        (np.inf, 1e300, False),
        (-np.inf, 1e300, True),
        (np.inf, 1e38, True),
        (HUGE, np.inf, True),
        (HUGE, 1e300, True),
    ],
)
def test_mismatch(ulp, got, true, mismatch):
    tally = count(ulp, [got, 1.0], [true, 1.0])
    assert tally.mismatches == mismatch
    assert tally.right == 2 - mismatch
    assert tally.worst.get("normal", [0.0])[0] == 0


def test_around_a_zero_a_small_absolute_error_is_not_counted(ulp):
    got, true = [1e-3, 1e-3], [1e-3 + 1e-8, 1e-3 + 2e-7]
    small = count(ulp, got[:1], true[:1], zeros=[[-1, 1]])
    assert "normal" not in small.worst
    assert small.worst["zero"][0] == pytest.approx(1e-8 * 2**23, rel=0.01)
    large = count(ulp, got, true, x=[0, 0], zeros=[[-1, 1]])
    assert large.worst["normal"][0] > 1000


def test_merging_is_the_same_as_counting_at_once(ulp):
    true = np.random.default_rng(0).standard_normal(1000)
    got = true.astype(np.float16).astype(np.float32)
    parts = [count(ulp, got[i::2], true[i::2], "FLOAT32", true[i::2]) for i in (0, 1)]
    parts[0].merge(ulp.tally.Tally.of(ulp.tally.FLOAT32, parts[1].to_dict()))
    assert parts[0].to_dict() == count(ulp, got, true, "FLOAT32", true).to_dict()


def test_zeros_of_derivatives(ulp):
    ((low, high),) = ulp.truth.zeros(nl.gelu, 1)
    assert low == pytest.approx(-np.sqrt(2), abs=0.01)  # the minimum of gelu'
    assert high == pytest.approx(0, abs=0.01)  # gelu' = 1/2
    for smooth in (nl.sigmoid, nl.relu, nl.tanhshrink, nl.gaussian):
        assert len(ulp.truth.zeros(smooth, 1)) == 0


def test_the_truth_is_true(ulp):
    found = ulp.truth.check(nl.silu, 20)
    assert max(found[order][0] for order in ulp.truth.ORDERS) < 1e-3
