"""Pictures: what they must contain, and that no label is a box or overlaps by construction."""

import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

import nonlin as nl
from nonlin import figures
from nonlin._text import speaking
from nonlin.figures import style
from nonlin.figures.line import spread
from nonlin.figures.marks import equation
from nonlin.sketch.curve import samples


@pytest.mark.parametrize("name", nl.names()[::3])
def test_entries_can_be_drawn(name, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a missing glyph is a warning
        path = figures.save(nl.plot(name, dark=len(name) % 2 == 1), tmp_path / "picture.svg")
    assert path.read_text(encoding="utf-8").count("<path") > 10


def names_in(axes):
    """The words of a panel, such as names at the ends of curves."""
    return [text.get_text() for text in axes.texts]


def test_the_comparison_of_the_five():
    names = ["sigmoid", "tanh", "relu", "leaky_relu", "softmax"]
    values, slopes, bars = nl.compare(names).axes
    for axes, order in ((values, 0), (slopes, 1)):
        assert names_in(axes) == names[:4]
        for name in names[:4]:
            (line,) = (line for line in axes.lines if line.get_label() == name)
            np.testing.assert_array_equal(line.get_ydata(), samples(nl.get(name), order, 4.0)[1])
    assert values.get_xlim() == slopes.get_xlim()
    heights = [bar.get_height() for bar in bars.patches]
    np.testing.assert_allclose(heights, [0.09003057, 0.24472847, 0.66524096], atol=1e-8)


def test_only_the_derivatives():
    (axes,) = nl.compare(["relu", "tanh"], derivative=True).axes
    assert "Derivatives" in axes.get_title(loc="left")
    assert names_in(axes) == ["relu", "tanh"]


def test_relu_and_leaky_relu_are_told_apart():
    """One is dashed on top of the other, and an inset shows where they part."""
    values, slopes = nl.compare(["relu", "leaky_relu", "sigmoid"]).axes
    first, second, third = (line for line in values.lines if len(line.get_xdata()) > 9)
    dashes = [line._unscaled_dash_pattern[1] for line in (first, second, third)]
    assert dashes[0] is None
    assert dashes[1] is not None
    assert dashes[2] is None
    (inset,) = values.child_axes
    low, high = inset.get_ylim()
    left, right = inset.get_xlim()
    assert -0.06 < low < -0.01 < 0 < high < 0.01
    assert -4 <= left < right <= 0
    (slope,) = slopes.child_axes
    assert slope.get_ylim()[0] < 0 < 0.01 < slope.get_ylim()[1] < 0.02


def test_an_inset_hides_no_curve():
    for names in (["relu", "leaky_relu"], ["relu", "leaky_relu", "gelu", "silu", "mish"]):
        axes = nl.compare(names).axes[0]
        (inset,) = axes.child_axes
        FigureCanvasAgg(axes.figure).draw()
        box = inset.get_window_extent()
        for line in axes.lines:
            points = axes.transData.transform(np.column_stack(line.get_data()))
            assert len(line.get_xdata()) < 9 or inside(box, points).mean() < 0.01


def inside(box, points):
    x, y = points.T
    return (x > box.x0) & (x < box.x1) & (y > box.y0) & (y < box.y1)


def test_curves_that_no_inset_parts_are_said_to_be_alike():
    axes = nl.compare(["gelu", "gelu_tanh"]).axes[0]
    assert not axes.child_axes
    assert axes.get_title(loc="right").startswith("gelu and gelu_tanh: nowhere more than 0.0004")
    assert not nl.compare(["relu", "tanh"]).axes[0].child_axes  # far apart


def test_names_at_the_ends_do_not_overlap():
    figure = nl.compare(["relu", "leaky_relu", "gelu", "silu", "mish"])
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    for axes in figure.axes:
        boxes = [Text.get_window_extent(text, renderer) for text in axes.texts]  # without arrows
        assert len(boxes) == 5
        assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
        assert all(box.x1 <= figure.bbox.x1 + 1 for box in boxes)
    assert spread([0.5, 0.5, 0.9], 0.1) == pytest.approx([0.55, 0.45, 0.9])
    assert max(spread([1.0, 1.0, 1.0], 0.1)) == pytest.approx(1.0)


def test_beyond_five_each_has_a_panel_with_the_others_in_grey():
    names = [name for name in nl.names() if nl.get(name).elementwise][:20]
    figure = nl.compare(names, derivative=True)
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title() for axes in shown] == names
    for axes in shown:
        lines = [line for line in axes.lines if len(line.get_xdata()) > 9]
        assert len(lines) == 20
        assert len({line.get_color() for line in lines}) == 2
        assert lines[-1].get_color() == style.LIGHT.palette[0]


def test_one_steep_curve_does_not_flatten_the_others():
    gentle = ["sigmoid", "tanh", "softsign", "arctan", "erf", "hard_tanh", "elu", "celu", "silu"]
    for axes in nl.compare([*gentle, "relu_squared"], derivative=True).axes:
        assert axes.get_ylim()[1] < 2.5


@pytest.fixture(scope="module")
def everything():
    """Every entry in one picture."""
    return nl.compare(nl.names())


def test_more_than_twenty_become_small_multiples(everything):
    figure = everything
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title() for axes in shown] == list(nl.names())
    assert len({axes.get_ylim() for axes in shown}) == 1  # one scale
    far = nl.compare([*nl.names()[:20], nl.activation("far", "x*x + 100")])
    drawn = next(axes for axes in far.axes if axes.get_title() == "far")
    assert drawn.get_ylim()[1] > 100  # nothing to see on the common scale: its own


def test_jumps_are_not_joined():
    x, slope = samples(nl.relu, 1, 6.0)
    assert np.isnan(slope[np.isclose(x, 0)]).any()
    x, value = samples(nl.binary_step, 0, 6.0)
    assert set(value[np.isfinite(value)]) == {0.0, 1.0}
    assert np.isnan(value).any()


@pytest.mark.parametrize("formula", ["log(-1-x*x)", "sqrt(-1-x*x)", "exp(x + 2000)"])
def test_a_curve_without_a_finite_value_leaves_an_empty_panel(formula, tmp_path):
    nothing = nl.activation("nothing", formula)
    shown = (nl.plot(nothing), nl.compare([nothing]), nl.compare([nothing, *["relu"] * 20]))
    for figure in shown:
        assert "no finite value here" in names_in(figure.axes[0])
    figures.save(shown[0], tmp_path / "picture.svg")
    axes, _ = nl.compare([nothing, "relu"]).axes
    assert names_in(axes) == ["nothing", "relu"]


@pytest.mark.parametrize(
    ("formula", "low", "high"),
    [("x*x+100", 100, 104.5), ("-x*x-100", -104.5, -100), ("x*x", 0, 4.5), ("1e20", 1e20, 1e20)],
)
def test_curves_far_from_zero_are_seen(formula, low, high):
    axes, _ = nl.compare([nl.activation("far", formula)]).axes
    bottom, top = axes.get_ylim()
    assert bottom < low <= high < top
    assert top - bottom < 1.2 * max(high - low, 1, 1e-6 * high)


def test_a_pole_is_drawn_without_a_warning(tmp_path):
    figures.save(nl.plot(nl.activation("pole", "1/x")), tmp_path / "picture.png")


def test_a_diagram_shows_values_and_leaves_out_the_middle():
    network = nl.Network([3, 20, 2], hidden="relu", output="softmax", seed=1)
    trace = network.trace(np.array([[1.0, -2.0, 0.5]]))
    (axes,) = figures.network(trace).axes
    words = [text.get_text() for text in axes.texts]
    assert "⋮" in words
    assert "−2" in words
    assert any("neurons: 20" in word for word in words)
    assert len(axes.patches) == 3 + 7 + 2


def test_a_small_diagram_shows_every_number():
    network = nl.Network([2, 3, 2], hidden="tanh", output="softmax", seed=1)
    network.biases[0][:] = [0.25, -0.5, 0.75]
    trace = network.trace(np.array([[1.0, -2.0], [3.0, 1.0]]))
    (axes,) = figures.network(trace, sample=1).axes
    words = [text.get_text().replace("−", "-") for text in axes.texts]
    for layer in trace.layers:
        for weight in layer.weights.ravel():
            assert f"{weight:.3g}" in words
        for letter, numbers in (("z", layer.preactivations), ("a", layer.activations)):
            assert all(f"{letter} {number:.3g}" in words for number in numbers[1])
        assert all(f"b {bias + 0.0:.3g}" in words for bias in layer.biases)
    winner = int(trace.output[1].argmax()) + 1
    assert f"the answer:\nclass {winner}" in words
    thick = [patch for patch in axes.patches if patch.get_linewidth() > 2]
    assert len(thick) == 1
    assert len({patch.get_facecolor() for patch in axes.patches}) > 4  # shaded by value
    drawn = [text.get_position() for text in axes.texts if text.get_fontsize() == 8]
    heights = sorted(y for x, y in drawn if 0 < x < 3.3)
    assert min(np.diff(heights)) > 0.2  # weights of a layer: no two on the same height


def test_a_regression_has_no_winner():
    trace = nl.Network([2, 3, 2], output="identity").trace([[1.0, 2.0]])
    (axes,) = figures.network(trace).axes
    assert not any("answer" in text.get_text() for text in axes.texts)


def test_formats_and_paths(tmp_path):
    figure = nl.plot("tanh")
    for ending in style.FORMATS:
        assert figures.save(figure, tmp_path / f"a.{ending}").stat().st_size > 1000
    with pytest.raises(nl.NonlinError, match=r"\.png, \.svg, \.pdf"):
        figures.save(figure, tmp_path / "a.bmp")
    with pytest.raises(nl.NonlinError, match="cannot be written"):
        figures.save(figure, tmp_path / "missing" / "a.png")
    with pytest.raises(nl.NonlinError, match="nothing to compare"):
        nl.compare([])


def test_a_font_that_is_new_on_the_machine_is_found(monkeypatch):
    """matplotlib's list of fonts is older than the font."""
    from matplotlib import font_manager

    class Manager:
        def __init__(self):
            self.ttflist, self.added = [], []

        def addfont(self, path):
            if "broken" in path:
                raise RuntimeError("cannot open")
            self.added.append(path)
            self.ttflist.append(SimpleNamespace(name="Noto Sans CJK SC"))

    manager = Manager()
    paths = ["/fonts/broken-cjk.otf", "/fonts/DejaVuSans.ttf", "/fonts/NotoSansCJK-Regular.ttc"]
    monkeypatch.setattr(font_manager, "fontManager", manager)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: paths)
    assert style.cjk_font.__wrapped__() == "Noto Sans CJK SC"
    assert manager.added == paths[2:]
    manager.ttflist = [SimpleNamespace(name="DejaVu Sans")]
    monkeypatch.setattr(font_manager, "findSystemFonts", list)
    assert style.cjk_font.__wrapped__() is None


def test_what_stands_in_a_picture_of_one():
    figure = nl.plot("hard_sigmoid")
    upper, lower = figure.axes
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == [
        "f(x)", "f'(x)", "f''(x)", "standard normal density", "dead: f' = 0", "kink",
    ]  # fmt: skip
    assert "\\leq" in upper.get_title(loc="left")
    curves = {line.get_label(): line.get_ydata() for axes in (upper, lower) for line in axes.lines}
    assert np.nanmax(curves["f''(x)"]) == 0
    assert np.nanmax(curves["f'(x)"]) == pytest.approx(1 / 6)
    assert lower.get_ylim()[1] < 0.25  # f' fills its panel


def test_the_lowest_point_and_asymptotes_are_marked():
    upper, _ = nl.plot("gelu").axes
    assert names_in(upper) == ["minimum −0.17 at x = −0.752", "y = 0", "y = x"]
    (mark,) = (line for line in upper.lines if line.get_marker() == "D")
    assert mark.get_xdata()[0] == pytest.approx(-0.751791524)
    assert names_in(nl.plot("tanh").axes[0]) == ["y = −1", "y = 1"]
    assert names_in(nl.plot("relu").axes[0]) == []  # the curve is its own asymptote
    assert names_in(nl.plot("gaussian").axes[0])[0] == "maximum 1 at x = 0"
    assert equation(0.5, -1) == "y = 0.5 x − 1"


@pytest.mark.parametrize("what", ["one", "two", "everything"])
def test_labels_do_not_overlap(what, everything):
    """Of titles, tick labels and legends: within the picture and apart from each other."""
    if what == "everything":
        figure = everything
    else:
        figure = nl.plot("relu") if what == "one" else nl.compare(["softmax", "gelu"])
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    boxes = [
        text.get_window_extent(renderer)
        for axes in figure.axes
        if axes.get_visible()
        for text in (axes.title, axes._left_title, *axes.get_xticklabels())
        if text.get_text() and text.get_visible() and text.axes is axes
    ]
    page = figure.bbox
    assert all(box.x0 >= -1 and box.x1 <= page.x1 + 1 for box in boxes)
    titles = [axes.title.get_window_extent(renderer) for axes in figure.axes if axes.get_visible()]
    pairs = [(a, b) for i, a in enumerate(titles) for b in titles[:i] if a.width and b.width]
    assert not any(a.overlaps(b) for a, b in pairs)


def test_chinese_only_where_a_font_can_show_it(monkeypatch):
    def title(font):
        monkeypatch.setattr(style, "cjk_font", lambda: font)
        with speaking("zh"):
            return nl.plot("tanh").get_suptitle()

    assert title(None).startswith("Hyperbolic tangent")
    assert title("Some CJK font").startswith("双曲正切")
