"""A target of several columns, from tables and from memory."""

import numpy as np
import polars as pl
import pytest

from nonlin._errors import InputError
from nonlin.data import labels
from nonlin.data.read import read
from nonlin.data.split import split
from nonlin.data.table import from_memory
from nonlin.tasks.task import infer

X = np.arange(40.0)[:, None] % 7
Y = np.stack([np.arange(40) % 2, np.arange(40) % 3 == 0], axis=1)


def test_arrays_and_frames_alike():
    frame = pl.DataFrame({"a": Y[:, 0], "b": Y[:, 1] == 1})
    for given in (Y, Y.tolist(), Y.astype(object), frame):
        table = from_memory(X, given)
        assert table.target.tolist() == Y.tolist()
        task = infer(table.target, table.target_name)
        assert (task.kind, task.outputs) == ("multilabel", 2)


def test_columns_of_a_file(tmp_path):
    frame = pl.DataFrame({"x": X[:, 0], "a": Y[:, 0], "b": Y[:, 1], "c,d": Y[:, 0]})
    frame = frame.with_columns(a=pl.when(pl.col("x") > 0).then("a"))
    path = tmp_path / "table.csv"
    frame.write_csv(path)
    table = read(str(path), "a,b")
    assert table.target.shape == (int((X > 0).sum()), 2)
    assert table.features.columns == ["x", "c,d"]
    assert "Rows left out, because 'a, b' is missing" in str(table.notes[0])
    assert infer(table.target, table.target_name).labels.tolist() == ["a", "b"]
    assert read(str(path), "c,d").target.ndim == 1  # a column of that name
    assert read(str(path), ["a", "b"]).target.shape == table.target.shape


def test_a_row_without_all_labels_is_left_out():
    gaps = [[None, 1], [np.nan, 0], *Y[2:].tolist()]
    assert from_memory(X, gaps).target.tolist() == Y[2:].tolist()


def test_a_column_of_a_frame_is_no_label_of_several():
    assert from_memory(X, pl.DataFrame({"a": Y[:, 0]})).target.ndim == 1


def test_labels_are_spread_over_the_parts():
    """The rarest label decides, so that every part has its share of it."""
    y = np.zeros((100, 2), int)
    y[:60, 0], y[50:60, 1] = 1, 1
    strata = labels.strata(y)
    assert np.bincount(strata).tolist() == [40, 50, 10]
    parts = split(strata, 0)
    assert [int(y[rows, 1].sum()) for rows in (parts.train, parts.validation, parts.test)] == [
        6,
        2,
        2,
    ]


def test_labels_too_rare_to_be_spread_stay_together():
    y = np.zeros((50, 2), int)
    y[:4, 0], y[10:30, 1] = 1, 1
    assert np.bincount(labels.strata(y)).tolist() == [30, 0, 20]


def test_one_label_for_each_row_may_be_classes():
    y = np.stack([np.arange(30) % 3 == k for k in range(3)], axis=1).astype(int)
    (note,) = infer(y, "y").notes
    assert "exactly one of the labels" in str(note)
    assert infer(Y, "y").notes == ()


@pytest.mark.parametrize(
    ("y", "sentence"),
    [
        (Y + 1, "column 'y1' holds 2: a target of several columns holds 0 and 1 only"),
        (np.array([["a", "b"]] * 40), "column 'y1' holds a"),
        (np.full((40, 2), np.nan), "'y' is missing"),
        (np.ones((40, 2)), "'y1' has only one value, 1"),
        (np.stack([Y[:, 0], np.arange(40) < 2], axis=1), "label 'y2' has too few rows .* \\(2\\)"),
        (np.zeros((40, 2, 2)), "y has shape"),
    ],
)
def test_what_cannot_be_labels(y, sentence):
    with pytest.raises(InputError, match=sentence):
        infer(from_memory(X, y).target, "y")


@pytest.mark.parametrize(("y", "kind"), [(Y[:, 0], "multilabel"), (Y, "regression")])
def test_several_columns_are_labels_and_labels_are_several_columns(y, kind):
    with pytest.raises(InputError, match=f"task {kind} needs another target"):
        infer(y, "y", kind)
