"""Exported int8 tables: what integer arithmetic makes of them, and the errors they state."""

import json

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError


def read(table, x):
    """As the table itself says how."""
    scale, zero = table["input"]["scale"], table["input"]["zero_point"]
    q = np.clip(np.round(x / scale) + zero, -128, 127).astype(int)
    values = np.array(table["values"])
    return table["output"]["scale"] * (values[q + 128] - table["output"]["zero_point"])


def test_every_entry(entry):
    table = json.loads(nl.export(entry, to="lut"))
    assert len(table["values"]) == 256
    assert -128 <= min(table["values"]) <= max(table["values"]) <= 127
    x = np.linspace(*table["range"], 4001)
    error = np.abs(read(table, x) - nl.get(entry)(x, precision="exact"))
    assert error.max() <= table["worst_error"] * 1.05 + 1e-12
    z = np.random.default_rng(5).standard_normal(200_000)
    rms = np.sqrt(np.mean((read(table, z) - nl.get(entry)(z, precision="exact")) ** 2))
    assert rms == pytest.approx(table["rms_error_standard_normal"], rel=0.2, abs=1e-12)


def test_no_step_of_a_smooth_function_is_lost():
    """Half a step of the input times the slope, and half a step of the output."""
    table = json.loads(nl.export("tanh", to="lut"))
    bound = (table["input"]["scale"] + table["output"]["scale"]) / 2
    assert table["worst_error"] <= bound * 1.01


def test_zero_stays_zero():
    for name in ("relu", "gelu", "tanh", "hard_swish"):
        assert read(json.loads(nl.export(name, to="lut")), np.zeros(1)) == 0


@pytest.mark.parametrize("formula", ["log(x)", "1/x", "sqrt(x)", "exp(1000*x)"])
def test_what_a_table_cannot_say(formula):
    with pytest.raises(InputError, match=r"has no value at .* an int8 table cannot say"):
        nl.export(nl.activation("mine", formula), to="lut")
