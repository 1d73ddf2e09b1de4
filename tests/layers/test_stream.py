"""A stream says what was defined, and streams of parts say together what one says of all."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nonlin as nl
from nonlin.layers.sample import RANKED, SAMPLED
from nonlin.layers.stream import LayerSpec, LayerStream, gradient_ratio

OTHERWISE = ("rank", "histogram")  # of a sample, and of edges: see below
PROPERTIES = (name for name, each in vars(LayerStream).items() if isinstance(each, property))
NUMBERS = ("weight", "update", *(name for name in PROPERTIES if name not in OTHERWISE))


def spec(name="relu"):
    return LayerSpec("dense", 5, 4, None if name is None else nl.get(name))


def layer(seed, rows, name="relu", offset=0.0):
    """Inputs, z, f'(z), f(z), dL/dz of a layer with four neurons, the first of which is dead."""
    random = np.random.default_rng(seed)
    inputs = random.standard_normal((rows, 5)) + offset
    sums = inputs @ random.standard_normal((5, 4)) + offset
    sums[:, 0] = -np.abs(sums[:, 0]) - 1
    values, slopes = nl.get(name or "relu").value_and_derivative(sums)
    return inputs, sums, slopes, values, random.standard_normal((rows, 4)) * slopes


def fed(parts, name="relu"):
    """A stream fed with blocks of a layer."""
    stream = LayerStream(spec(name))
    for inputs, sums, slopes, values, errors in parts:
        stream.add(sums)
        stream.add_sample(sums, values)
        stream.add_slopes(slopes)
        stream.add_gradients(errors, inputs.T @ errors)
    weights = np.ones((5, 4))
    stream.add_weights(weights, weights * 1.01)
    return stream


def cut(blocks, places):
    """The same rows in blocks."""
    edges = sorted({0, len(blocks[0]), *(place % len(blocks[0]) for place in places)})
    return [tuple(each[start:stop] for each in blocks) for start, stop in pairwise(edges)]


def assert_alike(one, other):
    for key in NUMBERS:
        assert getattr(one, key) == pytest.approx(getattr(other, key), rel=1e-9, abs=1e-12), key
    assert one.moments.means == pytest.approx(other.moments.means)
    assert one.moments.variances == pytest.approx(other.moments.variances, rel=1e-9, abs=1e-12)
    assert one.moments.rows == other.moments.rows


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    rows=st.integers(2, SAMPLED),
    places=st.lists(st.integers(0, 10**6), max_size=5),
    owner=st.lists(st.integers(0, 2), min_size=6, max_size=6),
    name=st.sampled_from(["relu", "tanh", "gelu", "sigmoid", "leaky_relu"]),
    offset=st.sampled_from([0.0, 3.0, -1e4]),
)
def test_merged_streams_say_what_one_says(seed, rows, places, owner, name, offset):
    whole = layer(seed, rows, name, offset)
    parts = cut(whole, places)
    streams = [
        fed([part for part, which in zip(parts, owner, strict=False) if which == k], name)
        for k in range(3)
    ]
    merged = LayerStream(spec(name))
    for each in streams:
        merged.merge(each)
    one = fed([whole], name)
    assert_alike(merged, one)
    if rows <= RANKED:  # else of other rows
        assert merged.rank == pytest.approx(one.rank, rel=1e-5)
    counts, edges = merged.histogram
    assert counts.sum() == one.histogram[0].sum()
    assert edges == pytest.approx(one.histogram[1])


def test_of_many_rows_a_sample_is_kept_that_is_shared_out_by_rows():
    one, other = layer(0, 3000), layer(1, 1000)
    stream, second = fed([one]), fed([other])
    before = second.sample.sums
    stream.merge(second)
    assert second.sample.sums is before  # what was merged stays
    kept = stream.sample.sums
    assert len(kept) == len(stream.sample.values) == SAMPLED
    assert stream.sample.rows == 4000
    from_one = sum(row in one[1] for row in kept[:, 1])
    assert from_one == SAMPLED * 3 // 4
    assert all(row in one[1] or row in other[1] for row in kept[:, 1])


def test_what_was_not_fed_is_not_told():
    stream = LayerStream(spec())
    assert stream.gradient is None
    assert stream.weight_gradient is None
    assert stream.update is None
    assert stream.dead.size == stream.saturated.size == 0
    assert math.isnan(stream.rank)
    assert stream.histogram[0].sum() == 0
    stream.add_gradients(np.ones((2, 4)))
    assert stream.gradient == pytest.approx(2.0)
    assert stream.weight_gradient is None
    stream.merge(LayerStream(spec()))
    assert stream.gradient == pytest.approx(2.0)
    assert stream.gradients.lengths.rows == 2


def test_definitions():
    inputs, sums, slopes, _, errors = whole = layer(3, 50)
    stream = fed([whole])
    assert stream.second == pytest.approx(np.square(sums).mean())
    assert stream.moments.variances == pytest.approx(sums.var(axis=0))
    assert stream.dead.tolist() == [True, False, False, False]
    assert stream.saturated == pytest.approx((slopes == 0).mean(axis=0))
    assert stream.gradient == pytest.approx(np.sqrt(np.square(errors).sum(axis=1).mean()))
    assert stream.weight_gradient == pytest.approx(np.linalg.norm(inputs.T @ errors) / 50)
    assert stream.weight == pytest.approx(math.sqrt(20))
    assert stream.update == pytest.approx(0.01)


def test_an_activation_that_is_not_known_is_compared_with_the_largest_slope_met():
    stream = LayerStream(spec(None))
    stream.add_slopes(np.array([[1.0, 0.02], [100.0, 2.0]]))
    assert stream.saturated.tolist() == [0.0, 0.5]


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_numbers_of_low_precision_are_summed_in_float64(dtype):
    sums = (np.random.default_rng(0).standard_normal((4000, 3)) + 8).astype(dtype)
    stream = LayerStream(spec())
    for block in np.split(sums, 4):
        stream.add(block)
        stream.add_gradients(block)
    exact = sums.astype(np.float64)
    assert stream.moments.variances == pytest.approx(exact.var(axis=0), rel=1e-12)
    assert stream.gradient == pytest.approx(np.sqrt(np.square(exact).sum() / 4000), rel=1e-12)


def test_sums_that_are_not_finite_warn_nobody():
    stream = LayerStream(spec())
    stream.add(np.array([[1.0, np.inf], [np.nan, 2.0]]))
    stream.add(np.ones((2, 2)))
    assert not math.isfinite(stream.second)
    assert math.isnan(stream.signal) or stream.signal == 0


def test_gradient_ratio():
    assert gradient_ratio([2.0, 7.0, 4.0]) == 0.5
    assert gradient_ratio([3.0]) == 1.0
    assert gradient_ratio([0.0, 0.0]) == 1.0
    assert gradient_ratio([1.0, 0.0]) == math.inf
    assert math.isnan(gradient_ratio([1.0, math.nan]))
    assert gradient_ratio([]) is None
    assert gradient_ratio([None, 1.0]) is None
