"""Effective rank and histogram of a few rows."""

import numpy as np
import pytest

from nonlin.layers.sample import BINS, effective_rank, histogram


def test_effective_rank():
    assert effective_rank(np.zeros((5, 3))) == 0
    assert effective_rank(np.ones((5, 3))) == 0
    column = np.arange(6.0)[:, None]
    assert effective_rank(column * np.ones(4)) == pytest.approx(1)
    signs = np.array([[1.0, 1], [1, -1], [-1, 1], [-1, -1]])
    assert effective_rank(signs) == pytest.approx(2)
    assert effective_rank(signs * [3, 1]) == pytest.approx(
        np.exp(-(0.75 * np.log(0.75) + 0.25 * np.log(0.25)))
    )
    assert effective_rank(1e30 * signs.astype(np.float32)) == pytest.approx(2)
    assert np.isnan(effective_rank(np.array([[1.0], [np.inf]])))


def test_a_histogram_leaves_out_the_outermost_numbers():
    sums = np.append(np.linspace(-1, 1, 9998), [1e6, np.inf])
    counts, edges = histogram(sums)
    assert len(counts) == BINS
    assert edges[0] == pytest.approx(-1, abs=0.01)
    assert edges[-1] == pytest.approx(1, abs=0.01)
    assert histogram(np.array([np.nan]))[0].sum() == 0
