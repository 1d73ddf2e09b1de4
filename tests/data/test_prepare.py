"""The preparation: right numbers, from training rows only."""

import numpy as np
import polars as pl
import pytest

from nonlin._errors import InputError
from nonlin.choose.prepared import prepared
from nonlin.data.prepare import fit, gaps
from nonlin.data.split import split
from nonlin.data.table import Table, as_frame, from_memory, normalised
from nonlin.tasks.task import infer


def as_features(X):
    return normalised(as_frame(X))


def test_numbers_by_hand():
    """Median of 1, 2, 9 is 2; the column 1, 2, 9, 2 has mean 3.5 and variance 10.25."""
    frame = as_features(pl.DataFrame({"a": [1, 2, 9, None]}))
    kept = fit(frame)
    expected = (np.array([1, 2, 9, 2]) - 3.5) / np.sqrt(10.25)
    np.testing.assert_allclose(kept.inputs(frame)[:, 0], expected, rtol=1e-6)
    assert kept.inputs(frame).dtype == np.float32
    assert [str(note) for note in gaps(frame, kept)] == [
        "Missing values were filled by the training median: a (1)."
    ]


def test_text_becomes_columns():
    frame = as_features(pl.DataFrame({"a": ["u", "v", "u", None, "v", None, "rare"]}))
    kept = fit(frame)
    assert kept.names == ("a_(missing)", "a_u", "a_v", "a_infrequent_sklearn")
    unknown = pl.DataFrame({"a": ["u", "never seen", None]})
    assert kept(unknown).tolist() == [[0, 1, 0, 0], [0, 0, 0, 1], [1, 0, 0, 0]]
    assert str(gaps(frame, kept)[0]).endswith("count as a value of their own: a (2).")
    assert [str(note) for note in kept.notes] == [
        "Text columns, which have one input for each value (rare values share one): a."
    ]


def test_the_number_of_levels_is_limited():
    levels = [f"level{k % 40}" for k in range(400)]
    assert len(fit(as_features(pl.DataFrame({"a": levels}))).names) == 20


def test_columns_that_say_nothing_are_dropped_and_named():
    frame = as_features(
        pl.DataFrame(
            {
                "good": range(50),
                "same": [7] * 50,
                "blank": [None] * 50,
                "word": ["x"] * 50,
                "id": [f"row {k}" for k in range(50)],
            }
        )
    )
    kept = fit(frame)
    assert kept.names == ("good",)
    constant, unique = (str(note) for note in kept.notes)
    assert constant.endswith("same, blank, word.")
    assert unique.endswith("a text of its own: id.")
    with pytest.raises(InputError, match="There is no column to learn from"):
        fit(frame.drop("good"))


@pytest.mark.parametrize(("levels", "kept"), [(50, ("a",)), (51, ()), (80, ())])
def test_text_tells_nothing_with_more_levels_than_half_of_the_rows(levels, kept):
    frame = {"n": range(100), "a": [f"level{max(k, 0)}" for k in range(levels - 100, levels)]}
    assert fit(as_features(pl.DataFrame(frame))).categorical == kept


def test_a_regression_target_is_standardised_and_comes_back():
    target = np.array([10.0, 20.0, 60.0])
    kept = fit(as_features([[1.0], [2.0], [3.0]]), target)
    assert kept.mean == 30.0
    encoded = kept.encode(target)
    assert encoded.std() == pytest.approx(1.0)
    np.testing.assert_allclose(kept.decode(encoded), target)
    constant = fit(as_features([[1.0], [2.0], [3.0]]), np.full(3, 7.0))
    assert (constant.mean, constant.scale) == (7.0, 1.0)


def test_nothing_leaks_from_other_rows():
    """Validation and test rows may hold anything: the training inputs stay what they were."""
    random = np.random.default_rng(0)
    features = pl.DataFrame(
        {
            "a": random.normal(size=60),
            "b": [None if k % 5 == 0 else float(k) for k in range(60)],
            "c": [("u", "v", "w")[k % 3] for k in range(60)],
        }
    )
    target = random.normal(size=60)
    parts = split(np.zeros(60, np.int64), 1)
    inside = np.isin(np.arange(60), parts.train)
    poisoned = features.with_columns(
        a=pl.when(pl.Series(inside)).then("a").otherwise(1e9),
        b=pl.when(pl.Series(inside)).then("b").otherwise(-1e9),
        c=pl.when(pl.Series(inside)).then("c").otherwise(pl.lit("poison")),
    )
    wild = np.where(inside, target, 1e6)
    clean = prepared(Table("t", features, target, "y"), infer(target, "y"), parts)
    dirty = prepared(Table("t", poisoned, wild, "y"), infer(wild, "y"), parts)
    for mine, other in zip(clean.train, dirty.train, strict=True):
        assert np.array_equal(mine, other)
    assert (clean.preparation.mean, clean.preparation.scale) == (
        dirty.preparation.mean,
        dirty.preparation.scale,
    )
    assert clean.preparation.names == dirty.preparation.names
    assert not np.array_equal(clean.test[0], dirty.test[0])  # the poison was there


def test_new_rows_that_do_not_fit():
    kept = fit(as_features(pl.DataFrame({"a": [1, 2, 3], "b": ["u", "v", "u"]})))
    with pytest.raises(InputError, match="columns of the training data are missing: b"):
        kept(pl.DataFrame({"a": [1]}))
    with pytest.raises(InputError, match="'a' holds text, such as 'one', where numbers"):
        kept(pl.DataFrame({"a": ["one"], "b": ["u"]}))
    assert kept(pl.DataFrame({"b": ["u"], "extra": [0], "a": [2]})).shape == (1, len(kept.names))
    assert np.isfinite(kept(pl.DataFrame({"a": [None], "b": [None]}))).all()


def test_a_slip_among_numbers_is_named():
    column = [*(f"{k}.5" for k in range(50)), "oops"]
    with pytest.raises(InputError, match="'a' holds text, such as 'oops', where numbers"):
        from_memory(pl.DataFrame({"a": column, "b": range(51)}), range(51))


def test_numbers_that_cannot_be_squared():
    with pytest.raises(InputError, match=r"'x1' holds 1e\+200: numbers beyond 1e\+100"):
        fit(as_features([[1e200], [1.0]]))
    with pytest.raises(InputError, match="'y' holds"):
        fit(as_features([[2.0], [1.0]]), np.array([1e200, 1.0]))
    large = as_features([[1e60], [-1e60]])
    assert fit(large).inputs(large).tolist() == [[1.0], [-1.0]]


def test_thousands_of_columns_are_no_problem():
    frame = as_features(np.random.default_rng(0).normal(size=(12, 3000)))
    assert fit(frame).inputs(frame).shape == (12, 3000)
