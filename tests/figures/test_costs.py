import warnings

import pytest

import nonlin as nl
from nonlin import figures
from nonlin._text import speaking, text
from nonlin.measure.bench import Bench, Cost
from nonlin.measure.measurement import Measurement


def nanoseconds(value, error=0.01):
    return Measurement(value, error, "ns", text("measure.cost"), text("measure.this_machine"))


def bench(*values):
    costs = [
        Cost(nl.get(name), *map(nanoseconds, (v, 1.5 * v, 2 * v, 3 * v)), 0.5)
        for name, v in zip(("relu", "elu", "gelu"), values, strict=False)
    ]
    return Bench(tuple(costs), nanoseconds(0.2), 2, "fast", 5, False)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("count", [1, 3])
def test_each_activation_has_a_line_and_two_marks(count, dark, tmp_path):
    figure = figures.bench(bench(0.1, 0.3, 0.5) if count == 3 else bench(0.1), dark=dark)
    left, right = figure.axes
    names = [label.get_text() for label in left.get_yticklabels()]
    assert names == ["relu", "elu", "gelu"][:count]
    assert left.get_ylim()[0] > left.get_ylim()[1]  # the cheapest on top
    for axes, factor in ((left, 1), (right, 2)):
        marks = [line for line in axes.lines if line.get_marker() in ("o", "D")]
        assert len(marks) == 2
        assert marks[0].get_xdata()[0] == pytest.approx(0.1 * factor)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figures.save(figure, tmp_path / "cost.svg")


def test_the_copy_is_marked():
    _, right = figures.bench(bench(0.1)).axes
    assert any(list(line.get_xdata()) == [0.2, 0.2] for line in right.lines)


def test_costs_far_apart_get_a_logarithmic_axis():
    assert figures.bench(bench(0.1, 0.2, 0.5)).axes[0].get_xscale() == "linear"
    assert figures.bench(bench(0.1, 0.2, 50)).axes[0].get_xscale() == "log"


def test_one_measurement_without_an_error_can_be_drawn(tmp_path):
    once = nanoseconds(0.3, None)
    found = Bench((Cost(nl.relu, once, once, once, once, 1.0),), once, 1, "fast", 1, True)
    figures.save(figures.bench(found), tmp_path / "cost.png")


def test_no_chinese_without_a_font(monkeypatch):
    monkeypatch.setattr("nonlin.figures.style.cjk_font", lambda: None)
    with speaking("zh"):
        assert figures.bench(bench(0.1)).get_suptitle() == "Cost on this machine"
    monkeypatch.setattr("nonlin.figures.style.cjk_font", lambda: "Some CJK font")
    with speaking("zh"):
        assert figures.bench(bench(0.1)).get_suptitle() == "在本机上的耗时"
