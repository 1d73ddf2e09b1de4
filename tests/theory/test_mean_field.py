"""Mean field theory: the published points, each with its paper, and closed forms."""

import csv
import math
import time
from pathlib import Path

import numpy as np
import pytest

import nonlin as nl
from nonlin.theory.critical import edge_of_chaos
from nonlin.theory.dual import dual
from nonlin.theory.propagation import nonlinearity
from nonlin.theory.variance import VarianceMap

REFERENCE = Path(__file__).parents[1] / "data" / "edge_of_chaos.csv"
ROWS = list(csv.DictReader(REFERENCE.read_text().splitlines()))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['name']}-{row['q_star']}")
def test_edge_of_chaos_against_the_reference(row):
    found = nl.critical(row["name"], q=float(row["q_star"]))
    assert found.weight_variance == pytest.approx(float(row["sigma_w_squared"]), rel=2e-12)
    assert found.bias_variance == pytest.approx(float(row["sigma_b_squared"]), abs=2e-12)
    field = nl.mean_field(row["name"], **found._asdict())
    assert field.chi_1 == pytest.approx(1, abs=1e-9) or field.q_star != float(row["q_star"])
    assert any(abs(p.q - float(row["q_star"])) < 1e-9 for p in field.fixed_points)


def test_schoenholz_2017_critical_tanh():
    """arXiv:1611.01232, figures 1 and 5: sb^2 = 0.05 is critical at sw^2 = 1.76."""
    assert nl.critical("tanh", bias_variance=0.05).weight_variance == pytest.approx(1.76, abs=0.005)
    ordered = nl.mean_field("tanh", weight_variance=1.3, bias_variance=0.05)
    chaotic = nl.mean_field("tanh", weight_variance=3.0, bias_variance=0.05)
    assert (ordered.phase, chaotic.phase) == ("ordered", "chaotic")
    assert ordered.xi_c == pytest.approx(-1 / math.log(ordered.chi_1))
    assert ordered.trainable_depth == 6 * ordered.xi_c


def test_xiao_2018_critical_tanh():
    """arXiv:1806.05393, figure 1: (sw^2, sb^2) = (1.05, 2.01e-5)."""
    found = nl.critical("tanh", bias_variance=2.01e-5)
    assert found.weight_variance == pytest.approx(1.05, abs=0.005)


def test_poole_2016_phases_of_tanh():
    """arXiv:1606.05340, figures 1 and 2: sb = 0.3; sw = 1.3 is ordered, 2.5 and 4 are chaotic.

    Their text: without biases tanh turns chaotic at sw = 1, where q* leaves 0.
    """
    fields = [
        nl.mean_field("tanh", weight_variance=w**2, bias_variance=0.09) for w in (1.3, 2.5, 4)
    ]
    assert [field.phase for field in fields] == ["ordered", "chaotic", "chaotic"]
    assert fields[0].c_star == 1
    assert 0 < fields[2].c_star < fields[1].c_star < 1
    assert nl.mean_field("tanh", weight_variance=0.99).q_star == 0
    assert nl.mean_field("tanh", weight_variance=1.01).q_star > 0
    assert nl.mean_field("tanh", weight_variance=1.0).phase == "edge"


def test_hayou_2019_relu():
    """arXiv:1902.06853, section 3.1: the edge of relu is the one point (sb, sw) = (0, sqrt 2)."""
    assert nl.critical("relu", q=0.3) == pytest.approx((2.0, 0.0), abs=1e-14)
    assert nl.critical("relu", q=7.0) == pytest.approx((2.0, 0.0), abs=1e-14)
    for _, point in edge_of_chaos(nonlinearity("relu", "")):
        assert point == pytest.approx((2.0, 0.0), abs=1e-13)
    field = nl.mean_field("relu", weight_variance=2.0)
    assert (field.phase, field.q_star, field.c_star) == ("edge", 1.0, 1.0)
    assert field.xi_c == field.xi_q == math.inf


def test_klambauer_2017_selu():
    """arXiv:1706.02515, theorem 1: mean 0 and variance 1 are a stable fixed point."""
    field = nl.mean_field("selu", weight_variance=1.0)
    assert field.q_star == pytest.approx(1.0, abs=1e-12)
    one = next(p for p in field.fixed_points if abs(p.q - 1) < 1e-9)
    assert one.stability == "stable"
    assert one.slope == pytest.approx(0.782648, abs=1e-6)  # their Jacobian, entry for nu


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "binary_step"])
def test_functions_without_an_edge_are_refused(name):
    for q in (0.1, 1.0, 3.0):
        with pytest.raises(nl.NonlinError) as caught:
            nl.critical(name, q=q)
        assert caught.value.key == ("no_critical_slope" if name == "binary_step" else "no_critical")
    assert all(q > 20 for q, _ in edge_of_chaos(nonlinearity(name, "")))  # sigmoid, nearly a step


def test_no_point_with_such_biases():
    for name in ("softplus", "binary_step"):
        with pytest.raises(nl.NonlinError) as caught:
            nl.critical(name, bias_variance=0.1)
        assert caught.value.key == "no_critical_biases"


def test_relu_in_closed_form():
    """V(q) = sw^2 q / 2 + sb^2."""
    field = nl.mean_field("relu", weight_variance=1.5, bias_variance=0.1)
    assert field.q_star == pytest.approx(0.4, rel=1e-12)
    assert [p.stability for p in field.fixed_points] == ["stable", "unstable"]
    assert field.xi_c == pytest.approx(-1 / math.log(0.75), rel=1e-12)
    assert nl.mean_field("relu", weight_variance=3.0).q_star == math.inf
    assert nl.mean_field("relu", weight_variance=1.0).q_star == 0
    marginal = nl.mean_field("relu", weight_variance=2.0, bias_variance=0.1)
    assert (marginal.q_star, marginal.phase) == (math.inf, "edge")


def test_sine_in_closed_form():
    """chi_1 = sw^2 (1 + exp(-2 q)) / 2, and C(c) from sinh."""
    field = nl.mean_field("sine", weight_variance=4.0, bias_variance=0.2)
    q = field.q_star
    assert q == pytest.approx(2 * (1 - math.exp(-2 * q)) + 0.2, rel=1e-12)
    assert field.chi_1 == pytest.approx(2 * (1 + math.exp(-2 * q)), rel=1e-12)
    c = field.c_star
    assert c == pytest.approx((4 * math.exp(-q) * math.sinh(q * c) + 0.2) / q, abs=1e-10)
    slope = 4 * math.exp(-q) * math.cosh(q * c)
    assert field.xi_c == pytest.approx(1 / abs(math.log(slope)), rel=1e-8)


def test_gelu_and_silu_with_the_gain_of_relu_lose_their_signal():
    """With sw^2 = 2 lengths go to 0, where chi_1 = sw^2 f'(0)^2 = 1/2."""
    for name in ("gelu", "silu"):
        field = nl.mean_field(name, weight_variance=2.0)
        assert field.q_star == 0
        assert field.chi_1 == pytest.approx(0.5, rel=1e-6)


def test_several_fixed_points_are_all_found():
    """exp: V(q) = sw^2 exp(2 q) + sb^2 crosses the diagonal twice, and goes to infinity."""
    field = nl.mean_field("exponential", weight_variance=0.1, bias_variance=0.1)
    low, high, last = field.fixed_points
    for point in (low, high):
        assert point.q == pytest.approx(0.1 * math.exp(2 * point.q) + 0.1, rel=1e-12)
        assert point.slope == pytest.approx(0.2 * math.exp(2 * point.q), rel=1e-9)
    assert [p.stability for p in field.fixed_points] == ["stable", "unstable", "stable"]
    assert last.q == math.inf
    assert field.q_star == low.q


def test_no_fixed_points_where_waves_are_too_fast_to_be_followed():
    """gcu: V(q) = sw^2 q (1 + (1 - 4 q) exp(-2 q)) / 2: with sw^2 = 2 the last one is 1/4."""
    zero, quarter, last = nl.mean_field("gcu", weight_variance=2.0).fixed_points
    assert (zero.q, last.q) == (0.0, math.inf)
    assert quarter.q == pytest.approx(0.25, rel=1e-12)
    assert quarter.slope == pytest.approx(1 - math.exp(-0.5), rel=1e-12)
    assert last.stability == "unstable"  # V(q) < q all the way
    inner = nl.mean_field("sinlu", weight_variance=2.0).fixed_points[1:-1]
    assert [point.q for point in inner] == pytest.approx([6.64538601749, 53.1942860717])


def test_two_crossings_between_places_of_the_grid_are_found():
    """gcu with its forward gain: one fixed point is 1, and the equation gives the one below."""
    weights = 1 / nl.moments("gcu").second
    _, low, one, _ = nl.mean_field("gcu", weight_variance=weights).fixed_points
    for point in (low, one):
        growth = weights * (1 + (1 - 4 * point.q) * math.exp(-2 * point.q)) / 2
        assert growth == pytest.approx(1, abs=1e-12)
    assert (low.stability, one.stability) == ("stable", "unstable")
    assert one.q == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("name", ["tanh", "gelu", "silu", "softplus"])
def test_the_touching_fixed_point_of_a_shaped_activation(name):
    """V(1) = 1, V'(1) = 1, and V(q) > q on both sides: Martens et al. 2021."""
    shaped = nl.shape(name, depth=60)
    field = nl.mean_field(shaped, weight_variance=1.0)
    touching = field.fixed_points[0]
    assert touching.q == pytest.approx(1, abs=1e-9)
    assert touching.slope == pytest.approx(1, abs=1e-9)
    assert touching.stability == "neutral"
    assert field.q_star == touching.q


def test_a_jump_has_infinite_chi_and_a_correlation_below_one():
    """binary_step: c* solves c = (sw^2 (pi - arccos c) / 2 pi + sb^2) / q*."""
    field = nl.mean_field("binary_step", weight_variance=1.0, bias_variance=0.1)
    assert field.q_star == pytest.approx(0.6, rel=1e-12)
    assert field.chi_1 == math.inf
    c = field.c_star
    assert c == pytest.approx(((math.pi - math.acos(c)) / (2 * math.pi) + 0.1) / 0.6, abs=1e-9)


def test_a_narrow_bend_is_quick_and_right():
    """soft_modulus_t bends within a hundredth: 23 s, and wrong, when that was not resolved.

    Like inputs move apart, as chi_1 > 1, but only as far as the bend is wide.
    """
    begin = time.process_time()
    field = nl.mean_field("soft_modulus_t", weight_variance=nl.gain("soft_modulus_t") ** 2)
    assert time.process_time() - begin < 3
    assert field.q_star == pytest.approx(1)
    assert field.chi_1 == pytest.approx(nl.moments("soft_modulus_t").slope_second, rel=1e-5)
    assert 0.999 < field.c_star < 1 - 1e-7
    table = dual(nonlinearity("soft_modulus_t", ""), field.q_star)
    value, slope = (field.weight_variance * float(each) for each in table(field.c_star))
    assert value / field.q_star == pytest.approx(field.c_star, abs=1e-10)
    assert field.xi_c == pytest.approx(1 / abs(math.log(slope)), rel=1e-3)


def test_the_variance_map_is_what_a_wide_network_does():
    """Width 1000, five layers of tanh: within the sampling error of a few percent."""
    lengths = VarianceMap(nonlinearity("tanh", ""), 2.0, 0.1).lengths(1.0, 5)
    random = np.random.default_rng(0)
    x = random.standard_normal((1000, 8))
    h = x * math.sqrt(1.0)
    for expected in lengths[1:]:
        weights = random.standard_normal((1000, 1000)) * math.sqrt(2.0 / 1000)
        h = weights @ np.tanh(h) + random.standard_normal((1000, 1)) * math.sqrt(0.1)
        assert (h**2).mean() == pytest.approx(expected, rel=0.08)


def test_what_has_no_second_moment_has_no_mean_field():
    with pytest.raises(nl.NonlinError) as caught:
        nl.mean_field(nl.activation("wild", "exp(x**2)"), weight_variance=1.0)
    assert caught.value.key == "no_mean_field"
    for bad in (0, -1, math.nan, "2"):
        with pytest.raises(nl.NonlinError):
            nl.mean_field("tanh", weight_variance=bad)
    with pytest.raises(nl.NonlinError):
        nl.mean_field("tanh", weight_variance=1.0, bias_variance=-0.1)
