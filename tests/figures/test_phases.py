"""The picture of the edge of chaos shows what theory says."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import nonlin as nl
from nonlin import figures


@pytest.fixture(scope="module")
def tanh():
    return figures.phase("tanh", here=(1.5, 0.1))


def test_the_depth_lines_are_the_trainable_depth_also_in_the_chaotic_phase(tanh):
    left = tanh.axes[0]
    lines = next(each for each in left.collections if len(getattr(each, "levels", ())) == 8)
    assert set(np.round(1 / lines.levels)) == {s * d for s in (-1, 1) for d in (10, 30, 100, 300)}
    for path, level in zip(lines.get_paths(), lines.levels, strict=True):
        for weights, biases in path.vertices[:: max(1, len(path.vertices) // 4)]:
            field = nl.mean_field("tanh", weight_variance=weights, bias_variance=biases)
            assert field.phase == ("ordered" if level > 0 else "chaotic")
            assert 1 / field.trainable_depth == pytest.approx(abs(level), rel=0.05, abs=2e-4)


def test_a_function_that_jumps_loses_its_gradients_and_tells_inputs_apart():
    figure = figures.phase("binary_step")
    _, right = figure.axes
    shown = [text.get_text() for text in figure.legends[0].get_texts()]
    assert shown[0] == "like inputs move apart (jumps), gradients vanish"
    assert not any("explode" in each for each in shown)
    names = [text.get_text() for text in right.get_legend().get_texts()]
    assert names == ["correlations", "lengths"]


def test_both_panels_are_drawn_in_light_and_dark():
    for dark in (False, True):
        figure = figures.phase("relu", dark=dark)
        left, right = figure.axes
        assert left.get_xlabel() == right.get_xlabel() != ""
        scale = right.get_lines()[0]
        peak = scale.get_xdata()[np.argmax(scale.get_ydata())]
        assert peak == pytest.approx(2.0, abs=0.02)


def test_no_word_lies_in_the_plane_and_the_place_is_marked(tanh):
    figure = tanh
    left = figure.axes[0]
    FigureCanvasAgg(figure).draw()
    top = left.get_window_extent().y1
    assert [text.get_text() for text in left.texts][:3] == ["10", "30", "100"]
    assert all(text.get_window_extent().y0 >= top for text in left.texts)
    (star,) = (line for line in left.lines if line.get_marker() == "*")
    assert star.get_xydata().tolist() == [[1.5, 0.1]]
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert "you are here: weights 1.5, biases 0.1" in words
    assert "edge of chaos" in words
    assert figure.axes[1].get_title(loc="left").endswith("bias variance 0.1")


def test_lines_are_smooth(tanh):
    left, right = tanh.axes
    (edge,) = (line.get_xydata() for line in left.lines if np.isfinite(line.get_ydata()).sum() > 9)
    seen = edge[(edge[:, 1] < 0.5) & (edge[:, 0] < 4)]
    assert len(seen) > 50
    assert np.abs(np.diff(seen, axis=0)).max() < 0.12
    _, depth = right.lines[0].get_data()
    assert np.abs(np.diff(np.log10(np.minimum(depth, 1000)))).max() < 0.35


def test_what_has_no_theory_is_refused():
    for given in ("softmax", nl.activation("wild", "exp(x**2)")):
        with pytest.raises(nl.NonlinError):
            figures.phase(given)
