"""What is a fault, and what is none."""

import numpy as np
import pytest

from nonlin.audit.finding import Faults
from nonlin.audit.inputs import BLOCK, BLOCKS, block, blocks, narrowed
from nonlin.audit.tally import BFLOAT16, FLOAT16, FLOAT32, NOWHERE, Tally

TINY = np.finfo(np.float32).tiny
HUGE = float(np.finfo(np.float32).max)


def kinds(x, got, true, kind=FLOAT32, around=NOWHERE):
    """Of a single result."""
    x, got, true = np.float32([x]), np.float32([got]), np.float64([true])
    faults = Faults(kind, 16.0)
    faults.add(x, got, true, Tally(kind).add(x, got, true, around), around)
    return list(faults.seen)


@pytest.mark.parametrize(
    ("x", "got", "true", "found"),
    [
        (1.0, 1.0, 1 + 15 * 2.0**-23, []),
        (1.0, 1.0, 1 + 17 * 2.0**-23, ["wrong"]),
        (1.0, 0.0, 1.0, ["wrong"]),
        (1.0, np.nan, 1.0, ["nonfinite"]),
        (1.0, np.inf, 1.0, ["nonfinite"]),
        (1.0, np.inf, 1e300, []),
        (1.0, np.inf, HUGE, []),  # a matter of rounding
        (1.0, HUGE, 1e300, ["nonfinite"]),
        (np.inf, np.nan, 1.0, ["limit"]),
        (np.inf, 0.5, 1.0, ["limit"]),
        (-np.inf, 0.0, -0.0, []),
        (np.nan, np.nan, np.nan, []),
        (np.nan, 0.0, np.nan, ["nan"]),
        (1.0, 0.0, TINY / 2, []),  # too small to be a normal number
        (1.0, 0.0, -TINY * 2, ["wrong"]),
    ],
)
def test_kinds(x, got, true, found):
    assert kinds(x, got, true) == found


def test_small_results_count_in_float16():
    assert kinds(1.0, 0.0, 2.0**-15, FLOAT16) == ["wrong"]
    assert kinds(1.0, 0.0, 2.0**-130, BFLOAT16) == []


def test_around_a_zero_of_the_slope_a_small_error_is_small_beside_1():
    around = np.array([[-1.0, 1.0]])
    assert kinds(0.5, 1e-6, 1.05e-6, around=around) == []
    assert kinds(0.5, 1e-6, 2e-6, around=around) == ["wrong"]
    assert kinds(2.0, 1e-6, 1.05e-6, around=around) == ["wrong"]


def test_it_is_told_where_most_is_lost():
    x = np.float32([-3, -2, -1, 1, 2])
    got, true = np.float32([0, 0, 1, 1, 1]), np.array([1e-9, 1e-8, 1.1, 1, 1.2])
    faults = Faults(FLOAT32, 16.0)
    faults.add(x, got, true, Tally(FLOAT32).add(x, got, true), NOWHERE)
    seen = faults.seen["wrong"]
    assert (seen.x, seen.count) == (-2, 4)
    assert seen.where == ((-3, -1), (2, 2))


@pytest.mark.parametrize("kind", [FLOAT32, FLOAT16, BFLOAT16], ids=lambda kind: kind.name)
def test_inputs(kind):
    """All numbers of 16 bits; none that processors take for 0 on purpose."""
    found = list(blocks(kind, exhaustive=False))
    assert {len(each) for each in found} == {BLOCK}
    x = np.concatenate(found)
    for special in (np.inf, -np.inf, 0, -0.0, 1, -1):
        assert np.any((x == special) & (np.signbit(x) == np.signbit(special)))
    assert np.isnan(x).any()
    if kind is not FLOAT16:
        assert np.nanmin(np.abs(x[x != 0])) >= TINY
    if kind is not FLOAT32:
        with np.errstate(invalid="ignore"):
            same = narrowed(x, kind.name).astype(np.float32) == x
        assert (same | np.isnan(x)).all()


def test_blocks_of_all_numbers():
    assert (block(0) == 0).all()  # subnormal
    assert np.isnan(block(BLOCKS - 1)).all()
    from_1 = block(0x3F80)
    assert from_1[0] == 1
    assert len(np.unique(from_1)) == BLOCK
    assert block(0x3F81)[0] == np.nextafter(from_1[-1], np.float32(2))
    first = next(blocks(FLOAT32, exhaustive=True))
    assert np.array_equal(first, block(0))
