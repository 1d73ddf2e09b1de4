"""Every way to hand over a table, and what is refused."""

import os
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import polars as pl
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin.data.read import read
from nonlin.data.table import as_frame, as_target, from_memory, normalised

UNTIMED = ("ns_per_element", "seconds_per_network")


def as_features(X):
    return normalised(as_frame(X))


def columns_of(frame):
    return pl.DataFrame({name: frame[name].tolist() for name in frame.columns})


def write(path, text, encoding="utf-8"):
    path.write_text(text, encoding=encoding)
    return str(path)


def test_every_type_becomes_numbers_or_text():
    frame = pl.DataFrame(
        {
            "whole": [1, None, 3],
            "float": [1.5, float("nan"), float("inf")],
            "bool": [True, False, None],
            "text": ["a", " ", " b "],
            "category": pl.Series(["u", "v", "u"], dtype=pl.Categorical),
            "date": [date(1970, 1, 2), None, date(1970, 1, 4)],
        }
    )
    found = as_features(frame).to_dict(as_series=False)
    assert found == {
        "whole": [1.0, None, 3.0],
        "float": [1.5, None, None],
        "bool": ["true", "false", None],
        "text": ["a", None, "b"],
        "category": ["u", "v", "u"],
        "date": [datetime(1970, 1, 2), None, datetime(1970, 1, 4)],
    }
    assert as_features(frame.lazy()).equals(as_features(frame))


def test_arrays_and_lists():
    assert as_features([[1, 2], [3, 4]]).to_dict(as_series=False) == {"x1": [1, 3], "x2": [2, 4]}
    gaps = as_features(np.array([[1.0, np.nan], [np.inf, 2.0]], np.float32))
    assert gaps.to_dict(as_series=False) == {"x1": [1.0, None], "x2": [None, 2.0]}


def test_a_pandas_frame():
    frame = pd.DataFrame(
        {
            "float": [1.0, 2.0, None],
            "whole": pd.array([1, None, 3], "Int64"),
            "text": ["x", None, "y"],
            "mixed": np.array(["x", None, 7], object),
            "object": np.array([1, None, 7], object),
            "category": pd.Categorical(["u", None, "v"]),
            "codes": pd.Categorical([3, None, 1]),
            "bool": pd.array([True, None, False], "boolean"),
            "yes": np.array([True, None, False], object),
            "day": np.array([date(1970, 1, 2), None, date(1970, 1, 4)], object),
            "time": pd.to_datetime(["1970-01-01T00:00:01", None, "1970-01-01T00:00:02"]),
            "zone": pd.to_datetime(["1970-01-01T00:00:01"] * 3, utc=True).tz_convert("Asia/Tokyo"),
            "span": pd.to_timedelta(["1s", None, "1D"]),
        }
    )
    found = as_features(frame).to_dict(as_series=False)
    assert found == {
        "float": [1.0, 2.0, None],
        "whole": [1.0, None, 3.0],
        "text": ["x", None, "y"],
        "mixed": ["x", None, "7"],
        "object": [1.0, None, 7.0],
        "category": ["u", None, "v"],
        "codes": ["3", None, "1"],
        "bool": ["true", None, "false"],
        "yes": ["true", None, "false"],
        "day": [datetime(1970, 1, 2), None, datetime(1970, 1, 4)],
        "time": [datetime(1970, 1, 1, 0, 0, 1), None, datetime(1970, 1, 1, 0, 0, 2)],
        "zone": [datetime(1970, 1, 1, 0, 0, 1)] * 3,
        "span": [timedelta(seconds=1), None, timedelta(days=1)],
    }


def test_a_pandas_frame_and_a_polars_frame_give_the_same_model():
    random = np.random.default_rng(0)
    columns = {"a": random.standard_normal(60), "b": random.choice(["x", "y"], 60).tolist()}
    y = columns["a"] + (np.array(columns["b"]) == "x")
    options = {"hidden": (4,), "activations": ["tanh"], "rates": [0.01], "seeds": 2}
    one = nl.choose(pd.DataFrame(columns), pd.Series(y, name="price"), **options)
    other = nl.choose(pl.DataFrame(columns), y, **options)
    assert one.table.drop(UNTIMED).equals(other.table.drop(UNTIMED))
    rows = pd.DataFrame(columns).sample(frac=1, random_state=0)  # rows and columns reordered
    assert np.array_equal(one.predict(rows[["b", "a"]]), other.predict(columns_of(rows)))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([1, 2, 3], [1, 2, 3]),
        (np.array([[1.5], [2.5]]), [1.5, 2.5]),
        (np.array(["a", "b"], object), ["a", "b"]),
        (pl.Series(["u", "v"], dtype=pl.Categorical), ["u", "v"]),
        (pl.Series([True, False]), [True, False]),
        (pl.Series(["1.5", "2"]).cast(pl.Decimal(9, 2)), [1.5, 2.0]),
    ],
)
def test_targets(given, expected):
    values, gaps = as_target(given, "y")
    assert values.tolist() == expected
    assert not gaps.any()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([1.0, np.nan, np.inf, 2.0], [1.0, 2.0]),
        (np.array(["a", None, np.nan, "b"], object), ["a", "b"]),
        (pl.Series([1, None, None, 2]), [1, 2]),
        ([1, None, None, 2], [1, 2]),
        (pl.Series([1.5, None, float("inf"), 2.5]), [1.5, 2.5]),
    ],
)
def test_rows_without_a_target_are_left_out(given, expected):
    table = from_memory([[1], [2], [3], [5]], given)
    assert table.target.tolist() == expected
    assert table.features["x1"].to_list() == [1, 5]
    assert [str(note) for note in table.notes] == [
        "Rows left out, because 'y' is missing, NaN or infinite there: 2, the first is row 2."
    ]


def notes(X, y=(1, 2, 4)):
    return [str(note) for note in from_memory(X, y).notes]


def test_infinite_values_are_not_called_missing():
    assert notes([[1.0, np.inf], [np.nan, 3], [2, -np.inf]]) == [
        "Infinite values count as missing: x2 (2)."
    ]


def test_a_column_that_repeats_another_is_left_out():
    frame = pl.DataFrame(
        {"a": [1, 2, 9], "b": [1.0, 2, 9], "c": ["u", "v", "w"], "d": ["u", "v", "w"], "e": [0] * 3}
    ).with_columns(f=pl.col("e"))
    table = from_memory(frame, [1, 2, 4])
    assert table.features.columns == ["a", "c", "e", "f"]  # constants are told of later
    assert notes(frame) == ["Left out, because they repeat another column: b (= a), d (= c)."]


@pytest.mark.parametrize("y", [[1, 2, 9], [1.0, 2.0, 9.0], ["1", "2", "9"], [True, False, True]])
def test_a_column_that_is_the_target_is_told(y):
    frame = pl.DataFrame({"a": [0, 7, 3], "b": y})
    (note,) = notes(frame, y)
    assert note.startswith("These columns are the same as the target")
    assert note.endswith(" b.")


def test_a_copy_of_two_values_is_one_and_of_one_value_is_let_be():
    frame = pl.DataFrame({"a": [0, 1] * 9, "b": [0, 1] * 9, "c": [5] * 18, "d": [5] * 18})
    assert from_memory(frame, np.arange(18) % 5).features.columns == ["a", "c", "d"]


def test_row_numbers_are_left_out():
    frame = pl.DataFrame({"Id": [1, 2, 3], "year": [2001, 2002, 2003], "size": [1, 3, 2]})
    assert from_memory(frame, [1, 2, 4]).features.columns == ["year", "size"]
    said = "Left out, because they only number or name the rows: Id."
    assert notes(frame) == [said]
    assert said in notes(frame, [1, None, 4])
    assert from_memory(frame.select("Id"), [1, 2, 4]).features.columns == []


MIXED = np.random.default_rng(0).permutation(60)


@pytest.mark.parametrize(
    ("name", "values", "left_out"),
    [
        ("customer_id", MIXED * 7 + 10_000, True),
        ("PassengerId", MIXED * 7, True),
        ("订单编号", MIXED * 7, True),
        ("customer_id", MIXED // 2, False),  # it comes again: a group
        ("customer_id", MIXED + 0.5, False),
        ("price", MIXED * 7, False),
        ("grid", MIXED * 7, False),
        ("whatever", MIXED, True),
        ("whatever", MIXED + 1, True),
        ("year", MIXED + 1950, False),
        ("step", np.arange(60), False),  # may be a time
        ("dose", MIXED[MIXED < 10], False),  # may be so by chance
    ],
)
def test_what_names_the_rows_is_left_out(name, values, left_out):
    frame = pl.DataFrame({name: values, "a": np.sin(np.arange(len(values)))})
    table = from_memory(frame, np.cos(np.arange(len(values))))
    assert table.features.columns == (["a"] if left_out else [name, "a"])
    assert [note.key for note in table.notes] == ["choose.row_numbers"] * left_out


def test_text_that_is_a_number_in_every_row_with_a_target():
    written = [f"{k}.5" for k in range(50)]
    frame = pl.DataFrame({"a": [*written, "Total"], "code": ["1", "2", "A"] * 17})
    features = from_memory(frame, [*range(50), None]).features
    assert features.schema == {"a": pl.Float64, "code": pl.String}
    with pytest.raises(InputError, match="'a' holds text, such as 'Total', where numbers"):
        from_memory(frame, range(51))


@pytest.mark.parametrize("spelling", ["true", "TRUE", "True"])
def test_truth_is_spelt_in_one_way(spelling):
    frame = pl.DataFrame({"a": [spelling, "maybe"], "b": [True, None]})
    assert as_features(frame).to_dict(as_series=False) == {
        "a": ["true", "maybe"],
        "b": ["true", None],
    }


def test_names_that_occur_twice(tmp_path):
    told = "Columns whose name occurs more than once were numbered: a_duplicated_0."
    frame = pd.DataFrame([[1.0, 0.0], [2.0, 7.0], [5.0, 3.0]], columns=["a", "a"])
    assert as_features(frame).columns == ["a", "a_duplicated_0"]
    assert notes(frame) == [told]
    told_of_y = [str(note) for note in read(write(tmp_path / "y.csv", "y,y\n1,7\n2,5\n")).notes]
    assert told.replace("a_", "y_") in told_of_y
    table = read(write(tmp_path / "data.csv", "a,a,y\n1,7,3\n2,5,4\n"))
    assert table.features.columns == ["a", "a_duplicated_0"]
    assert told in [str(note) for note in table.notes]


def test_a_csv_file(tmp_path):
    path = write(tmp_path / "data.csv", "a,b,Label,c\n1,x,yes,?\n2,,no,4\n")
    table = read(path)
    assert (table.target_name, table.target.tolist()) == ("Label", ["yes", "no"])
    assert table.features.to_dict(as_series=False) == {
        "a": [1, 2],
        "b": ["x", None],
        "c": [None, 4],
    }
    assert "The column 'Label' was taken as the target." in [str(note) for note in table.notes]
    assert read(path, "a").notes == ()


@pytest.mark.parametrize(("ending", "separator"), [("csv", ";"), ("tsv", "\t"), ("txt", "|")])
def test_separators(tmp_path, ending, separator):
    lines = [separator.join(row) for row in (("a", "b"), ("1", "2"), ("3", "4"))]
    table = read(write(tmp_path / f"data.{ending}", "\n".join(lines)))
    assert (table.target_name, table.target.tolist()) == ("b", [2, 4])


def test_a_parquet_file(tmp_path):
    pl.DataFrame({"a": [1, 2], "y": [3.5, 4.5]}).write_parquet(tmp_path / "data.parquet")
    assert read(str(tmp_path / "data.parquet")).target.tolist() == [3.5, 4.5]


def test_data_sets_of_scikit_learn():
    sizes = {
        "iris": (150, 4, 3),
        "wine": (178, 13, 3),
        "digits": (1797, 64, 10),
        "breast_cancer": (569, 30, 2),
    }
    for name, (rows, columns, classes) in sizes.items():
        table = read(name)
        assert (table.rows, table.features.width) == (rows, columns)
        assert len(np.unique(table.target)) == classes
    assert "setosa" in read("iris").target
    assert read("diabetes").target.dtype == np.float64
    assert read("iris", "petal width (cm)").features.width == 4


@pytest.mark.parametrize(
    ("X", "sentence"),
    [
        (np.ones((3, 2), complex), "X is of type complex128: only real numbers"),
        (np.array([[1, "a"]] * 3, object), "X is of type object: only real numbers"),
        ([["a", "b"]] * 3, "X is of type str: only real numbers"),
        ([[1, 2], [3]], "X cannot be made into an array"),
        (np.ones(3), r"X has shape \(3,\): it must be a table"),
        (np.ones((3, 2, 2)), r"X has shape \(3, 2, 2\)"),
        (np.ones((4, 2)), "X has 4, y has 3"),
        (np.ones((3, 0)), "There is no column to learn from"),
        (pl.DataFrame({"a": [[1], [2], [3]]}), r"The column 'a' is of type List\(Int64\)"),
    ],
)
def test_features_that_are_refused(X, sentence):
    with pytest.raises(InputError, match=sentence):
        from_memory(X, [1, 2, 3])


@pytest.mark.parametrize(
    ("y", "sentence"),
    [
        ([np.inf, np.nan, np.inf], "is missing, NaN or infinite in every row"),
        ([None, None, None], "is missing, NaN or infinite in every row"),
        (np.array([1, "a", 2.0], object), "is of type float, int, str"),
        (np.ones(3, complex), "is of type complex128"),
        (np.ones((3, 2)) * 2, "'y1' holds 2: a target of several columns holds 0 and 1 only"),
        (pl.Series([None, None, None]), "is missing, NaN or infinite in every row"),
        (pl.Series([date(2020, 1, 1)] * 3), "is of type Date"),
        ([[1], [2, 3]], "y cannot be made into an array"),
    ],
)
def test_targets_that_are_refused(y, sentence):
    with pytest.raises(InputError, match=sentence):
        from_memory(np.ones((3, 2)), y)


def test_files_that_are_refused(tmp_path):
    write(tmp_path / "sales.csv", "a,b\n1,2\n")
    loop, pipe = tmp_path / "loop.csv", tmp_path / "pipe.csv"
    loop.symlink_to(loop)
    os.mkfifo(pipe)
    cases = {
        str(tmp_path / "sale.csv"): "Did you mean sales.csv",
        "digit": "the data sets are iris, .* Did you mean digits",
        str(tmp_path): "is a folder",
        str(loop): "is a link that leads to no file",
        str(pipe): "such as a pipe or a device",
        str(tmp_path / "sal*s2.csv"): "No file matches .* Did you mean sales.csv",
        write(tmp_path / "empty.csv", ""): "is empty",
        write(tmp_path / "header.csv", "a,b\n"): "is empty: it has no rows",
        write(tmp_path / "one.csv", "a\n1\n2\n"): "one.csv has only the column 'a'",
        write(
            tmp_path / "table.xlsx", "x"
        ): "cannot be read: the endings are .csv.* save a spreadsheet as CSV",
        write(tmp_path / "bad.parquet", "no parquet"): "is not a Parquet file",
        write(tmp_path / "blank.csv", "\n\n"): "is empty: it has no rows",
        write(tmp_path / "mark.csv", "\ufeff"): "is empty: it has no rows",
        write(tmp_path / "odd.csv", "\xff\xfea", "latin-1"): "cannot be read as a table",
        write(tmp_path / "ragged.csv", "a,b\n1,2,3\n"): "line 2 has 3 fields, .* 2 names",
        write(
            tmp_path / "gap.csv", "a,y\n1,\n2,\n"
        ): "'y' is missing, NaN or infinite in every row",
    }
    for path, sentence in cases.items():
        with pytest.raises(InputError, match=sentence):
            read(path)
    with pytest.raises(InputError, match="There is no column 'c': the columns are a, b"):
        read(str(tmp_path / "sales.csv"), "c")
