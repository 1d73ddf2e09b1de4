"""Small pictures: well-formed, small, true to the function; and the card of a notebook."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import nonlin as nl
from nonlin._text import speaking
from nonlin.sketch import svg
from nonlin.sketch.card import card
from nonlin.sketch.curve import band, beside, curve_of, example, spread
from nonlin.sketch.regions import dead, saturated

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("name", nl.names())
def test_every_entry_has_small_pictures(name):
    for text, most in ((svg.picture(nl.get(name)), 15_000), (svg.thumbnail(nl.get(name)), 4_000)):
        root = ET.fromstring(text)  # noqa: S314 - our own text
        assert root.find(f"{SVG}title").text == name
        assert len(text) < most
        assert "nan" not in text
        assert "inf" not in text


def curves(text):
    """Points of each curve, in units of the picture."""
    paths = [p.get("d") for p in ET.fromstring(text).iter(f"{SVG}path")]  # noqa: S314
    return [np.array(re.findall(r"(-?[\d.]+),(-?[\d.]+)", d), float) for d in paths if "," in d]


def test_a_simplified_curve_is_the_curve():
    frame = svg.Frame(
        480, 300, (-6.0, 6.0), svg.limits(np.tanh(np.linspace(-6, 6))), (40, 26, 10, 24)
    )
    _bell, points = curves(svg.picture(nl.tanh, (0,)))
    x = np.linspace(-6, 6, 999)
    drawn = np.interp(frame.across(x), points[:, 0], points[:, 1])
    assert len(points) < 100
    # the tolerance is across the line, and the line is steep
    assert np.abs(drawn - frame.down(np.tanh(x))).max() < 5 * svg.TOLERANCE


def test_a_jump_parts_the_curve():
    paths = re.findall(r' d="(M[^"]*,[^"]*)" stroke="#2f7fd0"', svg.picture(nl.binary_step))
    assert [path.count("M") for path in paths] == [2]


@pytest.mark.parametrize("formula", ["log(-1-x*x)", "exp(x + 2000)", "1/x", "x*x+100", "exp(x*x)"])
def test_extreme_formulas_make_a_picture(formula):
    mine = nl.activation(formula, formula)
    for text in (svg.picture(mine), svg.thumbnail(mine), card(mine)):
        assert "nan" not in text.split("<table")[0]
    ET.fromstring(svg.picture(mine))  # noqa: S314


def test_regions():
    assert dead(nl.relu) == [(-6.0, 0.0)]
    assert saturated(nl.relu) == []
    (left, right) = saturated(nl.tanh)
    assert left == (-6.0, pytest.approx(-right[0]))
    ((low, high),) = saturated(nl.activation("half", "where(x > 0, tanh(x), 0)"))
    assert 0 < low < high == 6.0


def test_every_kind_has_something_to_draw():
    x = np.linspace(-2, 2, 9)
    np.testing.assert_allclose(curve_of(nl.get("glu"))(x), nl.sigmoid(x), rtol=1e-6)
    assert curve_of(nl.relu) is nl.relu
    assert curve_of(nl.softmax) is None
    row, values = example(nl.get("crelu"))
    assert len(values) == 2 * len(row)
    assert ">y4<" in svg.picture(nl.get("crelu"))
    assert ">x3 = 3<" in svg.picture(nl.softmax)


def test_pictures_tell_entries_apart():
    """A gated pair from its gate, what draws noise from what draws none."""
    for name, alike in (("swiglu", "silu"), ("rrelu", "leaky_relu"), ("gumbel_softmax", "softmax")):
        for draw in (svg.picture, svg.thumbnail):
            one, other = (re.sub("<title>.*</title>", "", draw(nl.get(n))) for n in (name, alike))
            assert one.count("<path") > other.count("<path")
    gated = svg.picture(nl.swiglu)
    assert ">v = 2<" in gated
    assert ">v = -1<" in gated


def test_noise_and_values_beside_one():
    x, low, high = band(nl.get("rrelu"), 4.0)
    left = x < 0
    shares = 1 / 8 + (1 / 3 - 1 / 8) * np.array([0.975, 0.025])
    np.testing.assert_allclose(low[left], shares[0] * x[left])
    np.testing.assert_allclose(high[left], shares[1] * x[left])
    np.testing.assert_array_equal(low[~left], high[~left])
    drawn = nl.get("rrelu").sample(np.full(2000, -2.0), seed=1)
    assert 0.9 < np.mean((drawn > -2 * shares[0]) & (drawn < -2 * shares[1])) < 0.99
    assert band(nl.relu, 4.0) is None
    assert spread(nl.softmax) is None
    for value, x, y in beside(nl.swiglu, 4.0):
        np.testing.assert_allclose(y, value * nl.silu(x), rtol=1e-6)
    assert beside(nl.silu, 4.0) == []


def test_a_card_speaks_both_languages_and_escapes_names():
    english = card(nl.hard_swish)
    for part in ("hard_swish", "<math", "<mo>′</mo>", "Gain", "<svg", "gradient"):
        assert part in english
    with speaking("zh"):
        assert "增益" in card(nl.hard_swish)
    assert "<b>x&lt;b&gt;" in card(nl.activation("x<b>", "x"))
    assert nl.gelu._repr_html_() == card(nl.gelu)
    assert "<mi>f</mi><mrow><mo>(</mo><mi>x</mi><mo>)</mo></mrow><mo>=</mo>" in english


@pytest.mark.parametrize("name", nl.names())
def test_every_entry_has_a_card(name):
    html = nl.get(name)._repr_html_()
    ET.fromstring(html.replace("<br>", "<br/>"))  # noqa: S314 - every element is closed


def test_a_card_needs_no_matplotlib():
    code = "import nonlin as nl, sys; nl.gelu._repr_html_(); print('matplotlib' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
