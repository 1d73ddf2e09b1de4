"""Limits leave out what breaks them, and say so."""

import numpy as np
import pytest
from sklearn.datasets import load_iris

import nonlin as nl
from nonlin._errors import InputError
from nonlin.choose.candidates import CANDIDATES, plan
from nonlin.choose.limits import LIMITS, prune
from nonlin.cli import choose, run

KNOWN = {  # value, in, out
    "int8": (True, {"relu", "leaky_relu", "hard_swish", "tanh", "sigmoid"}, {"gelu", "softplus"}),
    "smooth": (2, {"gelu", "tanh", "softplus"}, {"relu", "elu", "relu_squared"}),
    "monotone": (True, {"relu", "tanh", "elu"}, {"gelu", "silu", "sine"}),
    "no_exp": (True, {"relu", "softsign", "squareplus"}, {"gelu", "sine", "softplus"}),
    "bounded": (True, {"tanh", "sigmoid", "sine"}, {"relu", "gelu"}),
}


def test_every_limit_is_tested():
    assert {*KNOWN, "max_ns"} == {limit.name for limit in LIMITS}


@pytest.mark.parametrize("name", KNOWN)
def test_a_limit_keeps_what_is_within(name):
    value, inside, outside = KNOWN[name]
    rules = plan(limits={name: value})
    kept = {each.name for each in rules.activations}
    assert inside <= kept
    assert not outside & kept
    (note,) = rules.notes
    lost = str(note).rsplit(": ", 1)[1].rstrip(".").split(", ")
    assert sorted([*lost, *kept]) == sorted(CANDIDATES)


def test_int8_means_integer_arithmetic_or_a_fixed_scale():
    steep = nl.activation("steep", "x**2")
    (left, _) = prune([nl.relu, steep, nl.activation("cut", "min(x**2, 1)")], {"int8": True})
    assert steep not in left
    assert len(left) == 2


def test_nanoseconds_are_measured(monkeypatch):
    costs = {"relu": 0.5, "gelu": 1.5}
    monkeypatch.setattr(
        "nonlin.choose.limits.nanoseconds_per_element",
        lambda entry: type("M", (), {"value": costs[entry.name]}),
    )
    left, (note,) = prune([nl.relu, nl.gelu], {"max_ns": 1.0})
    assert left == (nl.relu,)
    assert "at most 1 ns per element" in str(note)
    monkeypatch.undo()
    assert prune([nl.relu], {"max_ns": 1e6}) == ((nl.relu,), ())
    with pytest.raises(InputError, match="No candidate is left: relu would go"):
        prune([nl.relu], {"max_ns": 1e-9})


def test_limits_add_up_and_nothing_is_said_of_those_that_take_nothing():
    left, notes = prune([nl.relu, nl.tanh, nl.gelu], {"bounded": True, "smooth": 1, "int8": False})
    assert left == (nl.tanh,)
    assert len(notes) == 2
    assert prune([nl.tanh], {"bounded": True, "smooth": 9}) == ((nl.tanh,), ())
    assert prune([nl.relu], None) == ((nl.relu,), ())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"fast": 1}, "There is no limit 'fast': the limits are max_ns"),
        ({"bounde": True}, "Did you mean bounded"),
        ("int8", "give a dictionary"),
        ({"max_ns": 0}, "max_ns"),
        ({"smooth": 0}, "smooth"),
        ({"smooth": "very"}, "smooth"),
    ],
)
def test_what_makes_no_sense_is_refused(given, said):
    with pytest.raises(InputError, match=said):
        prune([nl.relu], given)


def test_the_options_are_the_limits():
    assert tuple(limit.name for limit in LIMITS) == tuple(row.identifier for row in choose.LIMITS)


def test_in_python():
    X, y = load_iris(return_X_y=True)
    rules = {"quick": True, "seeds": 1, "rates": [0.01], "hidden": (4,)}
    result = nl.choose(X, y, **rules, limits={"bounded": True})
    assert [row.label for row in result.standings] == ["tanh"]
    assert any("stays between two numbers: relu" in str(note) for note in result.notes)
    assert np.isfinite(result.standings[0].score.value)


def test_on_the_command_line(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("NONLIN_LANG", "en")
    monkeypatch.setenv("NONLIN_STATE_DIR", str(tmp_path))
    fast = ["--quick", "--seeds", "1", "--rates", "0.01", "--hidden", "4", "-a", "relu,tanh"]
    assert (
        run(["choose", "iris", *fast, "--max-ns", "1000", "--no-exp", "--monotone", "--why"]) == 0
    )
    out = " ".join(capsys.readouterr().out.split())
    assert "no exponential, sine or error function: tanh." in out
    assert run(["choose", "iris", *fast, "--bounded", "--no-exp"]) == 2
    assert "No candidate is left" in capsys.readouterr().err
    assert run(["choose", "iris", *fast, "--smooth", "very"]) == 2
    assert "a whole number is needed" in capsys.readouterr().err
