"""Tables: fitted to any formula or refused, right to the bit that NumPy foresees, seamless."""

import numpy as np
import pytest
from ml_dtypes import bfloat16, finfo

import nonlin as nl
from nonlin.emit.llvm.tables.cost import instructions
from nonlin.emit.llvm.tables.tabled import OTHERS, write_others, write_tabled
from nonlin.emit.llvm.writers.program import write_module
from nonlin.expr.machine.modes import Mode, mode_of
from nonlin.expr.paths import inputs_of, roots_of, tabled
from nonlin.kernels import target
from nonlin.kernels.compile import compile_kernel, object_code, settled
from nonlin.kernels.tables import build, halves, pieces, trial
from nonlin.kernels.tables.fit import fit
from nonlin.kernels.tables.reference import Reference

ONCE, BOTH = (0,), (0, 1)
SHORT = {"float16": np.float16, "bfloat16": bfloat16}
pytestmark = pytest.mark.skipif(
    not target.host().hardware.avx512, reason="tables need AVX-512, which this CPU has not"
)


def table_of(graph, path, otherwise):
    """The outputs of a path and its table, if one is cheaper."""
    rule = tabled(graph, path)
    with np.errstate(all="ignore"):
        found = fit(Reference(rule), rule.orders, otherwise, rule.formula)
    return None if found is None else (rule.outputs, found)


def table(name, path=ONCE, otherwise=1000.0):
    found = table_of(nl.get(name).graph, path, otherwise)
    assert found is not None
    return found[1]


def module(name, path):
    """What is compiled, and its table."""
    activation = nl.get(name)
    roots, hardware = roots_of(activation.graph, path), target.host().hardware
    mode = mode_of("float32", "fast", path, roots)
    others = write_others(roots, inputs_of(path), mode, hardware)
    rule, found = table_of(activation.graph, path, instructions(others.globals[OTHERS]))
    return write_tabled(rule, found, inputs_of(path), others, hardware), found


SHAPES = {  # one of each kind
    "gelu": {"folded": True, "below": False, "above": True},
    "erf": {"folded": True, "below": True, "above": True},
    "mish": {"folded": False, "below": False, "above": True},
    "log_sigmoid": {"folded": True, "mirrored": True},
    "dsilu": {"folded": True, "below": False, "above": True},
    "arctan": {"folded": True, "below": False, "above": False},
    "sine": {"folded": True, "below": False, "above": False},  # a zero in every other segment
    "elish": {"folded": False, "below": False, "above": False},  # a kink at 0
}


@pytest.mark.parametrize("name", SHAPES)
def test_numpy_foresees_every_bit(name):
    found = module(name, ONCE)[1]
    assert {key: getattr(found, key) for key in SHAPES[name]} == SHAPES[name]
    low, high = found.ends
    borders = (np.arange(-31, 32) / found.scale).astype(np.float32)
    x = np.append(np.random.default_rng(0).uniform(low, high, 20000).astype(np.float32), borders)
    x = x[(x >= low) & (x <= high)]
    with np.errstate(all="ignore"):
        expected = trial.evaluate(found, x.astype(np.float64))[0].astype(np.float32)
    np.testing.assert_array_equal(nl.get(name)(x), expected)
    np.testing.assert_allclose(nl.get(name)(x.astype(float)), expected, rtol=5e-7, atol=1e-9)


@pytest.mark.parametrize("name", ["gelu", "softplus", "mish", "erf"])
@pytest.mark.parametrize("path", [ONCE, BOTH])
def test_a_number_gives_the_same_wherever_it_stands(name, path):
    random = np.random.default_rng(1)
    numbers = random.normal(size=5000) * random.choice([0.1, 1, 10, 100], 5000)
    x = numbers.astype(np.float32)
    x[:1024] = -50  # a whole chunk outside, and one that only begins so
    x[1024:1040] = -60
    x[[2000, 2100, 2200, 2300]] = [np.nan, np.inf, -np.inf, -0.0]
    kernel = nl.get(name).kernel(path, np.float32).function
    whole = np.atleast_2d(kernel(x))
    for start in (0, 1, 5, 1000, 1030, 2295, 4999):
        for length in (1, 2, 15, 16, 17, 1023, 1024, 1025, 3000):
            part = np.atleast_2d(kernel(x[start : start + length]))
            np.testing.assert_array_equal(part, whole[:, start : start + length])
    np.testing.assert_array_equal(np.signbit(kernel(np.zeros(3, np.float32))), False)


@pytest.mark.parametrize("path", ["backward", "gate", "gate_backward"])
def test_other_arrays_follow_the_lanes_outside(path):
    random = np.random.default_rng(2)
    arrays = [random.normal(size=4000).astype(np.float32) for _ in inputs_of(path)]
    arrays[-1] *= 5  # x
    kernel = nl.gelu.kernel(path, np.float32).function
    found = kernel(*arrays)
    expected = nl.gelu.kernel(path, np.float64).function(*(each.astype(float) for each in arrays))
    for got, true in zip(np.atleast_2d(found), np.atleast_2d(expected), strict=True):
        np.testing.assert_allclose(got, true, rtol=1e-6, atol=5e-7)
    first = np.atleast_2d(found)[0].copy()
    in_place = kernel(*arrays, out=(arrays[0], *[None] * (kernel.nout - 1)))
    np.testing.assert_array_equal(np.atleast_2d(in_place)[0], first)


@pytest.mark.parametrize(
    "formula",
    [
        "sin(100 * x)",  # too many zeros
        "log(x)",  # no number on the negative side
        "tanh(1000 * x)",  # too steep for any segment
        "sign(x - 0.3) * sign(x - 0.7) * exp(x)",  # a jump inside a segment
        "tanh(x) + exp(-(x - 1.3)**2) * abs(x - 0.3) * abs(x - 0.7)",  # kinks, of which one is
    ],
)
def test_what_no_table_holds_is_left_to_its_formula(formula):
    assert table_of(nl.activation("odd", formula).graph, ONCE, 1000.0) is None


def test_short_formulas_are_not_even_tried(tmp_path, monkeypatch):
    monkeypatch.setenv("NONLIN_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr("nonlin.kernels.tables.build.fit", lambda *_: pytest.fail("tried"))
    activation = nl.activation("short", "maximum(x, 0.123 * x - 4)")
    assert activation(np.float32(2.0)) == np.float32(2.0)


def test_where_nothing_is_cheaper_there_is_no_table():
    assert table_of(nl.gelu.graph, ONCE, 15.0) is None
    assert table("gelu").instructions < 25


def test_instructions_are_counted_alike():
    """Those of a table, foreseen, and those that were written: of which LLVM merges a few."""
    for name, path in (("erf", ONCE), ("elu", ONCE)):
        written, found = module(name, path)
        assert found.whole
        more = instructions(written.globals["kernel"]) - found.instructions
        assert 2 <= more <= 6  # a load and a store; negation and three signs that become one


def test_zeros_are_factors():
    zero = 1.2784645427610738  # of dsilu, on the negative side
    assert table("dsilu").outputs[0].zeros[0] == pytest.approx((-zero, 0), abs=1e-7)
    x = np.float32(-zero) + np.arange(-50, 50, dtype=np.float32) * np.float32(2.0**-23)
    np.testing.assert_allclose(nl.get("dsilu")(x), nl.get("dsilu")(x.astype(float)), rtol=3e-7)


@pytest.mark.parametrize(
    ("formula", "places"),
    [
        ("sin(10 * x)", np.arange(1, 5) * np.pi / 10),  # many zeros
        ("log1p(x * x) * cos(x)", (np.arange(5) - 2.5) * np.pi),
        ("tanh(100 * x)", [1e-40, 1e-3, 0.02, 0.09]),  # steep
        ("sign(x - 0.3) * exp(x)", [0.3]),  # a jump and a kink, which are no numbers
        ("where(x > 0.7, x - 0.7, 0.3 * expm1(x - 0.7)) + 0.05 * abs(x)", [0.0, 0.7]),
        ("where(x > -0.5, tanh(x), exp(x) - 1.5)", [-0.5]),  # which is a number
    ],
)
def test_zeros_and_kinks_by_segment(formula, places):
    f = nl.activation("odd", formula)
    assert table_of(f.graph, ONCE, 1000.0)[1].centres
    near = np.array([*places], np.float32)[:, None]
    x = np.append(near + np.arange(-99, 100, dtype="f4") * np.spacing(np.abs(near)), 0 * near)
    true = f(x.astype(float), precision="exact")
    assert trial.errors(f(x).astype(float), true).max() <= 4


def test_zeros_of_higher_order_are_factors_more_than_once():
    assert table("tanhshrink").outputs[0].zeros == ((0.0, 0.0),) * 2
    assert table("logcosh").outputs[0].zeros == ((0.0, 0.0),)
    x = np.geomspace(1e-12, 30, 3000).astype(np.float32)
    for f in (nl.tanhshrink, nl.get("logcosh")):
        np.testing.assert_allclose(f(x), f(x.astype(float)), rtol=4 * 2.0**-23)


def test_beside_zeros():
    x = np.linspace(-3, 3, 61)
    near = pieces.beside_zeros(x, np.sin(2 * x) + 0.1)
    assert near[np.abs(x - 0.05) < 0.5].all()
    assert not pieces.beside_zeros(x, np.exp(x)).any()


def test_a_fit_that_fails_its_trial_is_not_used(monkeypatch):
    monkeypatch.setattr(trial, "MOST_ULP", 0.4)
    assert fit(lambda x: [np.tanh(x)], ONCE, 1000.0) is None


def test_what_breaks_its_word_is_computed_in_wider_arithmetic(tmp_path, monkeypatch):
    """In single precision, which no other rule forbids here, this is off by more than 4 ULP."""
    monkeypatch.setenv("NONLIN_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr("nonlin.kernels.tables.build.fit", lambda *_: None)
    f = nl.activation("cube", "softplus(x)**3")
    assert mode_of("float32", "fast", ONCE, roots_of(f.graph, ONCE)).main == "single"
    x = np.linspace(-5, 5, 20001).astype(np.float32).astype(float)
    assert trial.errors(f(x.astype(np.float32)).astype(float), f(x)).max() <= 0.51


def test_the_slope_of_a_wavelet_where_its_terms_cancel():
    activation = nl.activation("ricker", "(1 - 3 * x**2) * exp(-1.5 * x**2)")
    x = np.linspace(-1.126, -1.124, 20001).astype(np.float32)
    found, true = activation.derivative(x), activation.derivative(x.astype(float))
    assert np.max(np.abs(found - true) / np.spacing(np.abs(true).astype(np.float32))) <= 4


@pytest.mark.parametrize(
    ("formula", "x", "true"),
    [
        ("tanh(x) + exp(-(x - 100)**2)", 100, 2.0),
        ("where(x > 1, where(x < 1.001, 5, tanh(x)), tanh(x))", 1.0005, 5.0),
        ("tanh(x) + exp(-(1e4 * (x - 1.2345))**2)", 1.2345, 1.84388),
        ("exp(78.8 * x)", 0.0, 1.0),
        ("tanh(x) + exp(-(x / 2 - 250)**2)", 500, 2.0),  # which is no constant of the formula
        ("tanh(x) + 0.1 * exp(-(1e4 * (3 * x - 1))**2)", 1 / 3, 0.421513),
        ("where(2 * x > 3.001, where(2 * x < 3.002, 5, tanh(x)), tanh(x))", 1.5008, 5.0),
        ("tanh(x) + where(x * x > 4, where(x * x < 4.001, 1, 0), 0)", 2.0001, 1.964035),
    ],
)
def test_what_lies_between_the_points_of_a_grid_is_looked_for(formula, x, true):
    found = nl.activation("narrow", formula)(np.array([x], np.float32))
    np.testing.assert_allclose(found, [true], rtol=1e-4)


def test_zero_keeps_its_sign():
    for name in ("elu", "selu", "pelu", "isrlu", "bent_identity", "gelu", "tanh", "mish"):
        f = nl.get(name)
        for value in (f(np.zeros(1, np.float32)), f.value_and_derivative(np.zeros(1, "f4"))[0]):
            assert not np.signbit(value[0]), name


def test_a_parameter_that_is_0_may_divide():
    f = nl.activation("quotient", "tanh(x) / a", a=0.0)
    assert f(np.float32([100.0]))[0] == np.inf


def of_16_bits(name, path, dtype):
    """A kernel as tensors use it; of bits, which uint16 holds."""
    activation = nl.get(name)
    return compile_kernel(activation.formula, path, dtype, "fast", activation.values)


@pytest.mark.parametrize("dtype", SHORT)
@pytest.mark.parametrize("name", [*SHAPES, "elliott"])
def test_all_numbers_of_16_bits(name, dtype):
    """Correctly rounded but for a few next to a tie, which half a subnormal number often is.

    elliott is computed in doubles: in float32 it would lose subnormal results.
    """
    bits, kind = halves.everywhere(), SHORT[dtype]
    found = of_16_bits(name, ONCE, dtype).function(bits)
    with np.errstate(all="ignore"):
        right = nl.get(name)(bits.view(kind)).astype(float)
        off = np.abs(found.view(kind).astype(float) - right)
        allowed = np.spacing(np.abs(right).astype(kind)).astype(float)
    known = np.isfinite(right)
    np.testing.assert_array_equal(found.view(kind).astype(float)[~known], right[~known])
    assert (off <= allowed)[known].all()
    assert np.count_nonzero(off[known & (np.abs(right) >= finfo(kind).tiny)]) <= 20


@pytest.mark.parametrize("dtype", SHORT)
def test_16_bits_are_the_same_wherever_they_stand(dtype):
    random = np.random.default_rng(3)
    x = (random.normal(size=5000) * random.choice([0.1, 1, 10, 100], 5000)).astype(SHORT[dtype])
    x[:1024], x[2000:2003] = -50, (np.nan, -np.inf, -0.0)  # a whole chunk outside, and more
    grad = random.normal(size=5000).astype(SHORT[dtype])
    arrays = [grad.view(np.uint16), x.view(np.uint16)]
    kernel = of_16_bits("gelu", "backward", dtype)
    whole = kernel.function(*arrays)
    slopes = nl.gelu.derivative(x.astype(float))
    found, true = whole.view(SHORT[dtype]).astype(float), grad.astype(float) * slopes
    np.testing.assert_allclose(found, true, rtol=2.0**-8, atol=1e-7)
    for start, length in ((0, 1), (1, 1024), (5, 1025), (1000, 17), (1030, 3000), (2000, 3)):
        part = kernel.function(*(each[start : start + length] for each in arrays))
        np.testing.assert_array_equal(part, whole[start : start + length])
    kernel.function(*arrays, out=arrays[0])
    np.testing.assert_array_equal(arrays[0], whole)


def test_16_bits_are_judged_in_units_of_their_last_place():
    x = halves.widened(halves.everywhere(), "half")
    with np.errstate(all="ignore"):
        truth = 2 * np.tanh(x) + 1e5 * (x > 9)
        right = truth.astype(np.float16).astype(float)
    assert np.isinf(right).any()
    assert halves.right(x, right, truth, 0, "half")
    for place, wrong in ((0x3C00, np.spacing(np.float16(1))), (1, 2.0**-24), (0x7C01, 1.0)):
        other = right.copy()
        other[place] = wrong if np.isnan(right[place]) else right[place] + wrong
        assert not halves.right(x, other, truth, 0, "half")
    right[0] = -0.0
    assert not halves.right(x, right, truth, 0, "half")


@pytest.mark.parametrize("dtype", SHORT)
def test_16_bits_take_a_table_where_it_pays(dtype, monkeypatch):
    """Beside conversions a division costs little; a value of a parameter has its own table."""
    found = []
    monkeypatch.setattr(build, "fit", lambda *given: found.append(fit(*given)) or found[-1])
    for f in (nl.softsign, nl.activation("own", "x * sigmoid(b * x)", b=1.25)):
        formula, rest = settled(f.formula, ONCE, dtype, "fast", f.values)
        object_code(formula, ONCE, dtype, "fast", tuple(rest), ("x",))
    assert [each is None for each in found] == [True, False]


def test_16_bits_that_break_their_word_are_computed_in_doubles(monkeypatch):
    monkeypatch.setattr(halves, "MOST_ULP", 0.4)  # nothing is as right as that
    found = object_code(nl.tanh.graph, ONCE, "float16", "fast", (), ("x",))
    mode, hardware = Mode("half", "double", "double"), target.host().hardware
    wide = write_module(roots_of(nl.tanh.graph, ONCE), ("x",), (), mode, hardware)
    assert found == target.to_object(str(wide))
