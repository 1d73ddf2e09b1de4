import numpy as np
import pytest

from nonlin._errors import InputError
from nonlin.data.split import enough, enough_per_class, split

GROUPS = np.repeat([0, 1, 2], [60, 30, 10])


def parts(found):
    return found.train, found.validation, found.test


def test_every_row_is_in_one_part():
    found = split(GROUPS, 3)
    assert np.array_equal(np.sort(np.concatenate(parts(found))), np.arange(100))
    assert [len(part) for part in parts(found)] == [60, 20, 20]


def test_classes_keep_their_shares():
    counts = [np.bincount(GROUPS[part]).tolist() for part in parts(split(GROUPS, 3))]
    assert counts == [[36, 18, 6], [12, 6, 2], [12, 6, 2]]


def test_three_rows_of_a_class_go_to_three_parts():
    groups = np.repeat([0, 1], [50, 3])
    assert [np.bincount(groups[part])[1] for part in parts(split(groups, 0))] == [1, 1, 1]


def test_the_seed_decides():
    assert np.array_equal(split(GROUPS, 5).test, split(GROUPS, 5).test)
    assert not np.array_equal(split(GROUPS, 5).test, split(GROUPS, 6).test)


def test_no_test_part():
    found = split(GROUPS, 0, (0.8, 0.2, 0.0))
    assert [len(part) for part in parts(found)] == [80, 20, 0]


def test_too_few_rows():
    enough(10)
    with pytest.raises(InputError, match=r"too few rows \(9\): at least 10"):
        enough(9)
    with pytest.raises(InputError, match=r"'b' has too few rows \(2\): at least 3"):
        enough_per_class(np.array(["a", "b"]), np.array([8, 2]))
    with pytest.raises(InputError, match=r"class 7 has too few rows \(1\).*--task regression"):
        enough_per_class(np.array([5, 7]), np.array([3, 1]))
    enough_per_class(np.array([5, 7]), np.array([3, 3]))
