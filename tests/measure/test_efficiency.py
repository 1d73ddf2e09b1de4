import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin.measure.efficiency import nanoseconds_per_element


def test_time_per_element_is_plausible():
    found = nanoseconds_per_element(nl.gelu)
    assert 0.01 < found.value < 1000
    assert found.standard_error >= 0
    assert found.unit == "ns"


def test_more_work_takes_longer():
    """Ten error functions per element against one comparison: far apart on any machine."""
    heavy = nl.activation("heavy", " + ".join(f"erf(x + {k}) * sin(x * {k})" for k in range(1, 11)))
    assert nanoseconds_per_element(heavy).value > nanoseconds_per_element(nl.relu).value


def test_rowwise_functions_are_refused():
    with pytest.raises(InputError, match="softmax"):
        nanoseconds_per_element(nl.softmax)
