"""Plain values: what is written is read again, and nothing else is."""

import json
from dataclasses import dataclass

import numpy as np
import pytest

from nonlin._errors import InputError
from nonlin._text import Text, text
from nonlin.keep.plain_values import build, plain


@dataclass(frozen=True)
class Inner:
    number: float
    name: str | None


@dataclass(frozen=True)
class Outer:
    inner: tuple[Inner, ...]
    pair: tuple[int, str]
    table: dict[str, float]
    flag: bool
    labels: np.ndarray
    said: Text


def outer(labels):
    said = text("choose.filled", columns="a, b")
    return Outer(
        (Inner(0.1, None), Inner(2, "b")), (3, "c"), {"a": 1.5}, True, labels, said
    )  # fmt: skip


@pytest.mark.parametrize(
    "labels",
    [
        np.array([True, False]),
        np.array([2**62, -1]),
        np.array([0.1, 1e300]),
        np.array(["天", "b" * 99]),
        np.array([2**63], np.uint64),
        np.array([]),
    ],
)
def test_there_and_back(labels):
    given = outer(labels)
    found = build(Outer, json.loads(json.dumps(plain(given))), "here")
    assert found.labels.dtype.kind == labels.dtype.kind
    assert found.labels.tolist() == labels.tolist()
    assert plain(found) == plain(given)
    assert isinstance(found.inner[1].number, float)
    assert found.said == given.said


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (int, True),
        (int, 1.0),
        (float, "1"),
        (float, False),
        (float, 10**400),
        (str, 1),
        (tuple[int, ...], {"0": 1}),
        (tuple[int, str], [1]),
        (dict[str, float], {"a": "b"}),
        (int | None, "none"),
        (np.ndarray, [1, 2]),
        (np.ndarray, {"dtype": "object", "values": [1]}),
        (np.ndarray, {"dtype": "int64", "values": [2**80]}),
        (np.ndarray, {"dtype": "float64", "values": [[1.0]]}),
        (Text, {"key": "errors.nearest", "values": {}}),
        (Text, {"key": "no.such.key", "values": {}}),
        (Text, "errors.nearest"),
        (Inner, {"number": 1.0}),
        (Inner, {"number": 1.0, "name": None, "more": 1}),
        (Inner, []),
    ],
)
def test_what_does_not_fit(kind, given):
    with pytest.raises(InputError, match="The model is damaged: here"):
        build(kind, given, "here")


def test_an_error_is_short():
    with pytest.raises(InputError) as caught:
        build(int, "x" * 10**6, "here")
    assert len(str(caught.value)) < 200
