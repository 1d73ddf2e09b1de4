import math

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin.measure import bench as measuring
from nonlin.measure.bench import FEWEST, bench
from nonlin.measure.efficiency import direct_call, median


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    """Arrays of 1 MiB instead of 64."""
    monkeypatch.setattr(measuring, "IN_MEMORY", 1 << 18)


HEAVY = nl.activation("heavy", " + ".join(f"erf(x + {k}) * sin(x * {k})" for k in range(1, 11)))


def test_costs_are_plausible_and_in_order():
    found = bench([HEAVY, nl.relu, nl.relu], seconds=0.01)
    assert [cost.activation.name for cost in found.costs] == ["relu", "heavy"]
    for cost in found.costs:
        for each in (cost.cached, cost.cached_both, cost.memory, cost.memory_both, found.copy):
            assert 0.001 < each.value < 10_000
            assert each.unit == "ns"
            assert each.standard_error >= 0
    cheap, dear = found.costs
    assert cheap.cached.value < dear.cached.value
    assert cheap.copy_share > dear.copy_share > 0
    assert (found.rounds, found.interrupted, found.precision) == (FEWEST, False, "fast")


def test_progress_is_told():
    told = []
    bench([nl.relu, nl.elu], seconds=0.01, on_progress=lambda *step: told.append(step))
    assert told[0] == (0, 2 * FEWEST, "relu")
    assert [done for done, _, _ in told] == list(range(2 * FEWEST))
    assert {name for _, _, name in told} == {"relu", "elu"}


def test_more_time_is_more_rounds():
    assert bench([nl.relu], seconds=1.0).rounds > FEWEST


def interrupt_at(step):
    def on_progress(done, total, name):
        if done == step:
            raise KeyboardInterrupt

    return on_progress


def test_an_interrupt_keeps_what_is_measured():
    found = bench([nl.relu, nl.elu], seconds=60, on_progress=interrupt_at(1))
    assert [cost.activation.name for cost in found.costs] == ["relu"]
    assert found.interrupted
    assert found.costs[0].cached.standard_error is None
    with pytest.raises(KeyboardInterrupt):
        bench([nl.relu], on_progress=interrupt_at(0))


def test_bad_input_is_refused():
    with pytest.raises(InputError, match="softmax is not element-wise"):
        bench([nl.relu, nl.softmax])
    with pytest.raises(InputError, match="precision"):
        bench([nl.relu], precision="slow")


def test_a_median_is_not_moved_by_one_outlier():
    what = where = nl.relu.weaknesses[0]
    calm = median([1.0, 1.1, 0.9, 1.0, 1.05, 0.95, 1.0], what, where)
    hit = median([1.0, 1.1, 0.9, 1.0, 1.05, 0.95, 9.0], what, where)
    assert calm.value == hit.value == 1.0
    assert hit.standard_error < 0.05  # the standard deviation says 1.4
    assert median([2.0], what, where).standard_error is None


def test_a_direct_call_fills_what_the_kernel_writes():
    x, first, second = np.linspace(-2, 2, 48, dtype=np.float32).reshape(3, 16).copy()
    kept = second.copy()
    kernel = nl.gelu.kernel((0,))
    direct_call(kernel, [x, first, second])()
    np.testing.assert_array_equal(first, nl.gelu(x))
    np.testing.assert_array_equal(second, kept)
    assert not math.isnan(first.sum())
