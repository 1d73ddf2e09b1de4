"""Activations as text, and back."""

from dataclasses import replace

import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin.keep.describe import activation_of, as_python, entry_of, function_of


def test_every_element_wise_entry():
    for name in nl.names():
        entry = nl.get(name)
        if entry.kind == "elementwise":
            assert activation_of(function_of(entry), "here") == entry


def test_parameters_and_own_formulas():
    for each in (nl.leaky_relu.bind(alpha=0.3), nl.activation("relu", "x * tanh(k * x)", k=0.1)):
        found = activation_of(function_of(each), "here")
        assert found.graph == each.graph
        assert found.name == each.name
    assert entry_of(nl.activation("relu", "x * tanh(x)")) is None


def test_another_formula_of_a_known_name_counts():
    """As if a later version of the catalogue meant something else by mish."""
    changed = replace(function_of(nl.mish), formula="x * tanh(x)")
    assert activation_of(changed, "here").graph == nl.activation("mish", "x * tanh(x)").graph


def test_as_python():
    assert as_python(nl.mish) == "'mish'"
    assert as_python(nl.leaky_relu.bind(alpha=0.3)) == "nl.get('leaky_relu').bind(alpha=0.3)"
    own = nl.activation("own", "x * sigmoid(b * x)", b=1.5)
    assert as_python(own) == "nl.activation('own', 'x * sigmoid(b * x)', b=1.5)"


def test_a_formula_that_is_too_long():
    def tower(x):
        for _ in range(60):
            x = x * 0.99 + 0.01
        return x

    with pytest.raises(InputError, match="tower cannot be saved: its formula is too long"):
        function_of(nl.activation("tower", tower))


@pytest.mark.parametrize(
    "changed",
    [
        {"formula": "__import__('os').system('true')"},
        {"formula": "x.__class__"},
        {"formula": "unknown(x)"},
        {"formula": "x * b"},
        {"parameters": {}},
        {"parameters": {"x": 1.0}},
    ],
)
def test_what_is_no_formula(changed):
    with pytest.raises(InputError, match=r"The model is damaged: network\.hidden\[0\]"):
        activation_of(replace(function_of(nl.leaky_relu), **changed), "network.hidden[0]")
