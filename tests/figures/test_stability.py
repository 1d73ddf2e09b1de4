"""Pictures of layers: everything that was measured stands in them, in both languages."""

import numpy as np
import pytest

import nonlin as nl
from nonlin import figures
from nonlin._text import speaking

RNG = np.random.default_rng(0)
X = RNG.standard_normal((50, 5)).astype(np.float32)
Y = RNG.integers(0, 3, 50)


@pytest.fixture(scope="module")
def found():
    return nl.stability.profiles(["relu", "tanh"], X, Y, depth=6, width=20, seeds=3)


@pytest.mark.parametrize("dark", [False, True])
def test_profiles(found, dark):
    figure = figures.profiles(found, dark=dark)
    left, right = figure.axes
    for axes, bands in ((left, "second"), (right, "gradient")):
        lines = [line for line in axes.lines if len(line.get_xdata()) == 6]
        drawn = [line.get_ydata() for line in lines]
        for one in found:
            band = getattr(one, bands)
            assert any(np.allclose(each, band.predicted) for each in drawn)
            assert any(np.allclose(each, band.mean) for each in drawn)
    texts = [text.get_text() for text in figure.legends[0].get_texts()]
    assert texts == ["relu, forward", "tanh, critical"]


def test_profiles_that_vanish_or_explode_are_drawn():
    made = nl.stability.profiles(
        ["sigmoid", "relu_squared"], X, Y, depth=40, width=16, init="glorot_normal", seeds=2
    )
    figure = figures.profiles(made)
    figure.canvas.draw()
    low, high = figure.axes[0].get_ylim()
    assert 0 < low < high < np.inf


def test_ten_activations_have_ten_looks():
    names = ["relu", "tanh", "gelu", "silu", "elu", "selu", "mish", "sigmoid", "softsign", "relu6"]
    made = nl.stability.profiles(names, X, Y, depth=3, width=8, seeds=1)
    left = figures.profiles(made).axes[0]
    lines = [
        line for line in left.lines if len(line.get_xdata()) == 3 and line._linestyle != "None"
    ]
    assert len({(line.get_color(), str(line._unscaled_dash_pattern)) for line in lines}) == 10
    points = [line for line in left.lines if line.get_marker() in list("osD^vP*X")]
    assert len({(line.get_color(), line.get_marker()) for line in points}) == 10


def test_a_panel_without_a_finite_number_says_so():
    made = nl.stability.profiles([nl.activation("cube", "x**3")], X, Y, depth=40, width=16, seeds=1)
    gradient = figures.profiles(made).axes[1]
    assert [text.get_text() for text in gradient.texts] == ["nothing finite to draw"]
    assert gradient.get_xlim() == (0.5, 40.5)


def test_intervals_of_a_layer_stand_beside_each_other():
    made = nl.stability.profiles(["relu", "tanh", "gelu"], X, Y, depth=40, width=8, seeds=2)
    for axes in figures.profiles(made).axes:
        points = [line.get_xdata() for line in axes.lines if line.get_marker() in list("osD")]
        assert len(points) == 3
        everywhere = np.sort(np.concatenate(points))
        assert np.diff(everywhere).min() > 0.5
        ticks = axes.get_xticks()
        assert all(tick == round(tick) for tick in ticks)
        assert ticks[-1] == 40
        for place in points:  # each beside the layer that it belongs to
            assert np.abs(place[:, None] - ticks).min(axis=1).max() < 1.5


def test_layers_are_counted_in_whole_numbers():
    seen = nl.stability(nl.Network([5, 8, 8, 8, 3], "tanh", "softmax"), X, Y)
    for axes in (
        figures.neurons(seen).axes[0],
        figures.profiles(nl.stability.profiles(["relu"], X, Y, depth=3, width=8, seeds=1)).axes[0],
    ):
        assert all(tick == round(tick) for tick in axes.get_xticks())
    assert all(tick == round(tick) for tick in figures.neurons(seen).axes[0].get_yticks())


def test_neurons():
    network = nl.Network([5, 30, 12, 3], "relu", "softmax")
    network.biases[1][:3] = -100
    seen = nl.stability(network, X, Y)
    figure = figures.neurons(seen)
    image, dead = figure.axes[0].collections[:2]
    shares = image.get_array()
    assert shares.shape == (30, 2)
    assert np.nansum(shares[:, 1] > 1) == seen.layers[1].dead.sum() >= 3
    assert np.isfinite(dead.get_array()[:, 1]).sum() >= 3
    assert np.isnan(shares[12:, 1].filled(np.nan)).all()
    assert figure.axes[0].get_legend() is not None
    alive = figures.neurons(nl.stability(nl.Network([5, 8, 3], "tanh", "softmax"), X, Y))
    assert alive.axes[0].get_legend() is None


def test_a_picture_of_many_neurons_is_a_small_file(tmp_path):
    network = nl.Network([5, *[100] * 12, 3], "relu", "softmax")
    figure = figures.neurons(nl.stability(network, X, Y))
    assert figures.save(figure, tmp_path / "neurons.svg").stat().st_size < 60_000


def test_histograms_in_chinese():
    seen = nl.stability(nl.Network([5, *[8] * 20, 3], "tanh", "softmax"), X, Y)
    with speaking("zh"):
        figure = figures.histograms(seen)
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert len(shown) == 12
    assert shown[-1].get_title(loc="left").startswith(("第 21 层", "layer 21"))
