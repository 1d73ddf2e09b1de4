"""The picture of the edge of chaos shows what theory says."""

import numpy as np
import pytest

import nonlin as nl
from nonlin import figures


def test_the_depth_lines_are_the_trainable_depth_also_in_the_chaotic_phase():
    left = figures.phase("tanh").axes[0]
    lines = next(each for each in left.collections if len(getattr(each, "levels", ())) == 8)
    assert set(np.round(1 / lines.levels)) == {s * d for s in (-1, 1) for d in (10, 30, 100, 300)}
    for path, level in zip(lines.get_paths(), lines.levels, strict=True):
        for weights, biases in path.vertices[:: max(1, len(path.vertices) // 4)]:
            field = nl.mean_field("tanh", weight_variance=weights, bias_variance=biases)
            assert field.phase == ("ordered" if level > 0 else "chaotic")
            assert 1 / field.trainable_depth == pytest.approx(abs(level), rel=0.05, abs=2e-4)


def test_a_function_that_jumps_loses_its_gradients_and_tells_inputs_apart():
    left, right = figures.phase("binary_step").axes
    shown = [text.get_text() for text in left.texts]
    assert shown == ["like inputs move apart (jumps), gradients vanish"]
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


def test_what_has_no_theory_is_refused():
    for given in ("softmax", nl.activation("wild", "exp(x**2)")):
        with pytest.raises(nl.NonlinError):
            figures.phase(given)
