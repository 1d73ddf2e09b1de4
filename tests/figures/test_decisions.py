"""What networks answer in the plane: the rows, the line between the answers, how many are right."""

import numpy as np
import pytest

import nonlin as nl
from nonlin import figures
from nonlin._text import speaking

X = [[0, 0], [0, 1], [1, 0], [1, 1]]
Y = [0, 1, 1, 0]
WEIGHTS = [[[1, 1], [1, 1]], [[1], [-2]]], [[0, -1], [0]]


@pytest.mark.parametrize("dark", [False, True])
def test_xor_and_a_straight_line(dark):
    networks = [
        nl.Network([2, 2, 1], hidden=name, output="identity").with_weights(*WEIGHTS)
        for name in ("identity", "relu")
    ]
    straight, bent = figures.answers(networks, X, Y, dark=dark).axes
    assert straight.get_title(loc="left") == "identity: 3 of 4 right"
    assert bent.get_title(loc="left") == "relu: 4 of 4 right"
    for axes, network in ((straight, networks[0]), (bent, networks[1])):
        (line,) = (each for each in axes.collections if len(getattr(each, "levels", ())) == 1)
        ends = np.concatenate([path.vertices for path in line.get_paths()])
        np.testing.assert_allclose(network.forward(ends)[:, 0], 0.5, atol=0.02)
    marks = [len(line.get_xdata()) for line in straight.lines if line.get_marker() in "os"]
    assert marks == [2, 2]


def test_an_answer_that_is_the_same_everywhere():
    flat = nl.Network([2, 1], output="identity").with_weights([[[0], [0]]], [[0.2]])
    with speaking("zh"):
        (axes,) = figures.answers([flat], X, Y).axes
    assert not axes.collections
    assert "2" in axes.get_title(loc="left")


@pytest.mark.parametrize(("rows", "targets"), [([[1, 2, 3]], [1]), (X, [0, 1]), ([1, 2], [1, 0])])
def test_other_shapes_are_refused(rows, targets):
    with pytest.raises(nl.NonlinError, match="two inputs"):
        figures.answers([nl.Network([2, 1])], rows, targets)
