import math

import pytest

from nonlin._errors import InputError
from nonlin._text import speaking, text
from nonlin.measure import Measurement, average

WHAT, WHERE = text("measure.dead"), text("measure.in_rounds", rounds=3)


def test_a_measurement_says_what_and_how_uncertain():
    known = Measurement(0.25, 0.01, "ns", WHAT, WHERE)
    assert str(known) == "dead units: 0.25 ± 0.01 ns"
    assert str(Measurement(0.25, None, "", WHAT, WHERE)) == "dead units: 0.25"
    with speaking("zh"):
        assert str(known) == "死亡神经元比例：0.25 ± 0.01 ns"


@pytest.mark.parametrize(
    ("value", "error"), [(math.nan, None), (math.inf, 0.1), (1.0, -0.1), (1.0, math.nan)]
)
def test_what_failed_is_no_measurement(value, error):
    with pytest.raises(InputError, match="a measurement is a finite number"):
        Measurement(value, error, "", WHAT, WHERE)


def test_average():
    found = average([1.0, 2.0, 6.0], "s", WHAT, WHERE)
    assert found.value == 3.0
    # variance (4 + 1 + 9) / 2 = 7, divided by 3 values
    assert found.standard_error == pytest.approx(math.sqrt(7 / 3))
    assert average([5.0], "s", WHAT, WHERE).standard_error is None
