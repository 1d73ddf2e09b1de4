"""New rows are spelt as those of training, and what training did not see is told."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin.data.prepare import fit, unseen
from nonlin.data.table import normalised


def trained(values):
    return fit(normalised(pl.DataFrame({"a": values})))


YES = [True, False, True, False]
TRUTH = {
    "booleans": YES,
    "small": ["true", "false"] * 2,
    "large": ["TRUE", "FALSE"] * 2,
    "Python": ["True", "False"] * 2,
    "integers": [1, 0, 1, 0],
    "floats": [1.0, 0.0, 1.0, 0.0],
    "digits": ["1", "0", "1.0", "0.0"],
}


@pytest.mark.parametrize("known", ["booleans", "small", "large", "Python"])
@pytest.mark.parametrize("given", TRUTH)
def test_booleans_however_they_are_written(known, given):
    kept, new = trained(TRUTH[known]), pl.DataFrame({"a": TRUTH[given]})
    assert kept(new).tolist() == [[0, 1], [1, 0], [0, 1], [1, 0]]
    assert unseen(kept.read(new), kept) == ()


@pytest.mark.parametrize("known", [[1, 0, 1, 0], ["1", "0", "1", "0"]])
def test_booleans_where_training_had_digits(known):
    kept = trained(known)
    assert np.array_equal(kept(pl.DataFrame({"a": YES})), kept(pl.DataFrame({"a": known})))


@pytest.mark.parametrize("given", [["1", "2"], [1, 2], [1.0, 2.0], ["1.0", "2.00"]])
def test_whole_numbers_however_they_are_written(given):
    kept = trained(["1", "2", "A"] * 5)
    assert kept(pl.DataFrame({"a": given})).tolist() == [[1, 0, 0], [0, 1, 0]]


def test_whole_numbers_of_pandas_with_a_gap():
    kept = trained([*["1", "2", "A"] * 5, None, None])
    found = kept(pd.DataFrame({"a": [1, 2, None]}))
    assert found.argmax(axis=1).tolist() == [1, 2, 0]


@pytest.mark.parametrize("known", [["1", "2", "A"] * 5, ["1", "1.0"] * 5, [10**18, "x"] * 5])
def test_what_is_spelt_already_stays(known):
    known = [str(each) for each in known]
    kept = trained(known)
    new = pl.DataFrame({"a": known})
    assert kept.read(new)["a"].to_list() == known
    assert kept.read(pl.DataFrame({"a": [10**18]}))["a"].to_list() == [str(10**18)]


def test_truth_is_not_read_into_other_codes():
    kept = trained(["1", "2", "0"] * 5)
    new = pl.DataFrame({"a": [True, False]})
    assert not kept(new).any()
    assert [str(note) for note in unseen(kept.read(new), kept)] == [
        "Values that training did not see, or too rarely to tell them apart "
        "(in parentheses: rows): a (2)."
    ]


def test_text_that_is_a_number_is_one():
    kept = trained([1.0, 2.0, 3.0])
    assert kept(pl.DataFrame({"a": ["2", " 2.0 ", None]})).tolist() == [[0]] * 3
    with pytest.raises(InputError, match="'a' holds text, such as 'two', where numbers"):
        kept(pl.DataFrame({"a": ["2", "two"]}))


def test_other_columns_may_hold_anything():
    frame = pl.DataFrame({"a": [1.0, 2.0], "list": [[1], [2]]})
    assert trained([1.0, 2.0])(frame).shape == (2, 1)


def test_remarks_of_a_model():
    random = np.random.default_rng(0)
    frame = pl.DataFrame({"size": random.normal(size=60), "colour": ["red", "blue"] * 30})
    options = {"activations": ["tanh"], "rates": [0.01], "seeds": 1, "hidden": (4,)}
    model = nl.choose(frame, frame["size"].to_numpy() > 0, quick=True, **options).model
    new = {"size": [0.1, None, 0.2], "colour": ["purple", "mauve", "red"], "extra": [1, 2, 3]}
    said = [str(note) for note in model.remarks(pl.DataFrame(new))]
    assert [note.rpartition(": ")[2] for note in said] == ["extra.", "size (1).", "colour (2)."]
    assert "did not see" in said[-1]
    assert model.remarks(frame) == ()
