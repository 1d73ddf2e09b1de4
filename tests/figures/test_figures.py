"""Pictures: what they must contain, and that no label is a box or overlaps by construction."""

import warnings
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import nonlin as nl
from nonlin import figures
from nonlin._text import speaking
from nonlin.figures import style
from nonlin.sketch.curve import samples


@pytest.mark.parametrize("name", nl.names()[::3])
def test_entries_can_be_drawn(name, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a missing glyph is a warning
        path = figures.save(nl.plot(name, dark=len(name) % 2 == 1), tmp_path / "picture.svg")
    assert path.read_text(encoding="utf-8").count("<path") > 10


def test_the_comparison_of_the_five():
    names = ["sigmoid", "tanh", "relu", "leaky_relu", "softmax"]
    figure = nl.compare(names)
    curves, bars = figure.axes
    labels = [text.get_text() for text in curves.get_legend().get_texts()]
    assert labels == names[:4]
    heights = [bar.get_height() for bar in bars.patches]
    np.testing.assert_allclose(heights, [0.09003057, 0.24472847, 0.66524096], atol=1e-8)


def test_twenty_lines_can_be_told_apart():
    names = [name for name in nl.names() if nl.get(name).elementwise][:20]
    (axes,) = nl.compare(names, derivative=True).axes
    looks = {(line.get_color(), str(line._dash_pattern), line.get_label()) for line in axes.lines}
    styles = {(colour, dash) for colour, dash, label in looks if label in names}
    assert len(styles) == 20


def test_one_steep_curve_does_not_flatten_the_others():
    gentle = ["sigmoid", "tanh", "softsign", "arctan", "erf", "hard_tanh", "elu", "celu", "silu"]
    (axes,) = nl.compare([*gentle, "relu_squared"], derivative=True).axes
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
    far = nl.compare([*nl.names(), nl.activation("far", "x*x + 100")])
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
        words = [text.get_text() for text in figure.axes[0].texts]
        assert words == ["no finite value here"]
    figures.save(shown[0], tmp_path / "picture.svg")
    (axes,) = nl.compare([nothing, "relu"]).axes
    assert not axes.texts


@pytest.mark.parametrize(
    ("formula", "low", "high"),
    [("x*x+100", 100, 104.5), ("-x*x-100", -104.5, -100), ("x*x", 0, 4.5), ("1e20", 1e20, 1e20)],
)
def test_curves_far_from_zero_are_seen(formula, low, high):
    (axes,) = nl.compare([nl.activation("far", formula)]).axes
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
    assert "-2" in words
    assert any("20 neurons" in word for word in words)
    assert len(axes.patches) == 3 + 7 + 2


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
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "f(x)", "f'(x)", "f''(x)",
    ]  # fmt: skip
    marks = [text.get_text() for text in figure.legends[0].get_texts()]
    assert marks == ["standard normal density", "dead: f' = 0", "kink"]
    assert "\\leq" in axes.get_title(loc="left")
    curves = {line.get_label(): line.get_ydata() for line in axes.lines}
    assert np.nanmax(curves["f''(x)"]) == 0
    assert np.nanmax(curves["f'(x)"]) == pytest.approx(1 / 6)


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
