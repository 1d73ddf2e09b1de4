"""The count of errors in ULP, on results whose errors are known."""

import numpy as np
import pytest

from nonlin.audit import tally as counting

HUGE = np.finfo(np.float32).max


def count(got, true, kind="FLOAT32", x=None, zeros=None):
    got = np.array(got, np.float32)
    tally = counting.Tally(getattr(counting, kind))
    zeros = counting.NOWHERE if zeros is None else np.array(zeros)
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
def test_error(got, true, kind, label, error):
    tally = count([got], [true], kind)
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
def test_mismatch(got, true, mismatch):
    tally = count([got, 1.0], [true, 1.0])
    assert tally.mismatches == mismatch
    assert tally.right == 2 - mismatch
    assert tally.worst.get("normal", [0.0])[0] == 0


def test_around_a_zero_a_small_absolute_error_is_not_counted():
    got, true = [1e-3, 1e-3], [1e-3 + 1e-8, 1e-3 + 2e-7]
    small = count(got[:1], true[:1], zeros=[[-1, 1]])
    assert "normal" not in small.worst
    assert small.worst["zero"][0] == pytest.approx(1e-8 * 2**23, rel=0.01)
    large = count(got, true, x=[0, 0], zeros=[[-1, 1]])
    assert large.worst["normal"][0] > 1000


def test_merging_is_the_same_as_counting_at_once():
    true = np.random.default_rng(0).standard_normal(1000)
    got = true.astype(np.float16).astype(np.float32)
    parts = [count(got[i::2], true[i::2], "FLOAT32", true[i::2]) for i in (0, 1)]
    parts[0].merge(counting.Tally.of(counting.FLOAT32, parts[1].to_dict()))
    assert parts[0].to_dict() == count(got, true, "FLOAT32", true).to_dict()
