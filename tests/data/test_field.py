"""Faults that were reported of tables in the field: each with the value that is right."""

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin.data import large
from nonlin.data.gap_words import UNUSUAL
from nonlin.data.numerals import CODES, MONEY
from nonlin.data.prepare import fit
from nonlin.data.read import read, read_frame
from nonlin.data.table import from_memory, normalised
from nonlin.data.wishes import wishes
from nonlin.data.written_dates import EITHER, SHAPES, TIME

ROWS = 60
RANDOM = np.random.default_rng(0)
NOISE = [f"{value:.3f}" for value in RANDOM.normal(size=ROWS)]


@pytest.fixture
def table(tmp_path):
    """The table of a file with this head and these rows, functions of the row's number."""

    def made(head, row, rows=ROWS, target=None, special=None, **wanted):
        path = tmp_path / "table.csv"
        lines = [*([head] if head else []), *(row(k) for k in range(rows))]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return read(str(path), target, special or {}, wishes(wanted))

    return made


def keys(found):
    return [note.key.removeprefix("choose.") for note in found.notes]


def german(value):
    return f"{value:,.3f}".translate(str.maketrans(",.", ".,"))


def test_a_zero_before_a_comma_decides_for_all_columns(table):
    found = table("menge;b;y", lambda k: f"{k % 7};0,{346 + k};2,{215 + k}")
    assert found.features["b"][:2].to_list() == [0.346, 0.347]
    assert found.target[:2].tolist() == [2.215, 2.216]
    found = table("menge;b;y", lambda k: f"1.{234 + k * k % 700};0,{346 + k};2,{215 + k}")
    assert found.features["menge"][:2].to_list() == [1234, 1235]


def test_three_decimals_without_a_decision_are_said(table):
    found = table("b;y", lambda k: f"1,{346 + k};2,{215 + k}")
    assert found.target[:2].tolist() == [2.215, 2.216]
    assert "any_decimal" in keys(found)


@pytest.fixture
def lowered(monkeypatch):
    monkeypatch.setattr(large, "LARGE", 10)


@pytest.mark.usefixtures("lowered")
class TestLarge:
    def test_decimal_commas(self, table):
        found = table("a;b;y", lambda k: f"0,{126 + k};{k % 7};{german(k / 7)}")
        assert found.of_rows == ROWS
        assert found.features["a"][:2].to_list() == [0.126, 0.127]
        assert found.target[1] == 0.143

    def test_blanks_around_names(self, table):
        found = table("a, b, c, y", lambda k: f"{NOISE[k]}, {k % 7}, x, {k / 4}", target="y")
        assert found.of_rows == ROWS
        assert found.features.columns == ["a", "b", "c"]

    def test_a_ragged_line(self, table):
        with pytest.raises(InputError, match="line 12 has 4 fields"):
            table("a,b,y", lambda k: "1,2,3" + ",4" * (k == 10))

    def test_words_that_are_levels(self, table):
        found = table("a,y", lambda k: f"{NOISE[k]},{['None', 'Mild', 'Severe'][k % 3]}")
        assert found.of_rows == found.rows == ROWS

    def test_names_that_come_again(self, table):
        found = table("a,y", lambda k: "a,y" if k == 30 else f"{NOISE[k]},{k / 4}")
        assert found.rows == ROWS - 1
        assert "head_again" in keys(found)


GRADES = ["None", "Mild", "Severe"]


def test_none_is_a_level_where_all_levels_are_words(table):
    found = table("a,grade", lambda k: f"{NOISE[k]},{GRADES[k % 3]}")
    assert np.unique(found.target).tolist() == sorted(GRADES)
    assert "as_levels" in keys(found)


@pytest.mark.parametrize(
    ("cell", "gaps", "said"),
    [
        (lambda k: "NA" if k % 9 == 0 else "xyz"[k % 3], 0, "as_levels"),  # frequent
        (lambda k: "NA" if k == 9 else "xyz"[k % 3], 1, "as_gaps"),  # rare
        (lambda k: ["NA", ""][k % 2] if k < 4 else "xyz"[k % 3], 2, "as_levels"),  # beside gaps
        (lambda k: "NA" if k % 9 == 0 else str(k % 3), 7, None),  # among numbers
        (lambda k: "NULL" if k % 9 == 0 else "xyz"[k % 3], 7, "as_gaps"),  # means nothing else
    ],
)
def test_a_word_is_a_gap_or_a_level(cell, gaps, said, table):
    found = table("a,b,y", lambda k: f"{NOISE[k]},{cell(k)},{k / 4}")
    assert found.features["b"].null_count() == gaps
    assert [key for key in keys(found) if key.startswith("as_")] == ([said] if said else [])


def test_a_word_in_several_columns_is_a_gap(table):
    found = table("a,b,y", lambda k: f"{['NA', 'u'][k % 2]},{['NA', 'v', 'w'][k % 3]},{k / 4}")
    assert found.features.null_count().row(0) == (30, 20)


def test_the_user_says_what_is_a_gap(table):
    found = table("a,grade", lambda k: f"{['-9999', '1.5', '2'][k % 3]},{GRADES[k % 3]}",
                  gaps="None,-9999")  # fmt: skip
    assert found.features["a"].null_count() == 0  # those rows lack a target
    assert np.unique(found.target).tolist() == ["Mild", "Severe"]
    found = table("a,b,y", lambda k: f"{['-9999.0', '1.5', '2'][k % 3]},NA,{k / 4}", gaps=["-9999"])
    assert found.features["a"].null_count() == 20
    assert found.features["b"].null_count() == 0


def test_leading_zeros_are_codes_whatever_stands_beside_them(table, tmp_path):
    found = table("code,zip,y", lambda k: f"{['01', '02', '10', '0A'][k % 4]},{k % 7:05d},{k}")
    assert found.features["code"][:2].to_list() == ["01", "02"]
    assert found.features["zip"].dtype == pl.String
    (tmp_path / "new.csv").write_text("code,zip,y\n01,00003,0\n10,00004,0\n")
    frame, _ = read_frame(str(tmp_path / "new.csv"), ("code", "zip"), found.plan)
    assert frame["code"].to_list() == ["01", "10"]
    assert table("a,y", lambda k: f"{NOISE[k]},{k % 3:02d}").target[:2].tolist() == ["00", "01"]


def test_groups_with_leading_zeros_differ(table):
    found = table("g,a,y", lambda k: f"{['1', '01', '2', '02'][k % 4]},{NOISE[k]},{k}",
                  special={"group": "g"})  # fmt: skip
    assert found.roles.group.max() == 3


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (r'"19\" rack"', '19" rack'),
        (r'"19"" rack"', '19" rack'),
        ('19" rack', '19" rack'),
        ('"19 inch\nrack"', "19 inch\nrack"),
    ],
)
def test_no_row_vanishes_between_quotes(cell, expected, table):
    found = table("a,b,y", lambda k: f"{cell if k % 10 == 0 else f'shelf {k % 2}'},{NOISE[k]},{k}")
    assert found.rows == ROWS
    assert found.features["a"][0] == expected
    assert ("spanning" in keys(found)) == ("\n" in expected)


def test_a_quote_that_is_never_closed(table):
    found = table("a,b,y", lambda k: ",".join(['"5' if k == 20 else "x", NOISE[k], str(k)]))
    assert found.rows == ROWS
    assert "quoting_literal" in keys(found)


FORMS = ("%m/%d/%Y", "%d-%b-%Y", "%b %d, %Y", "%Y年%m月%d日", "%d.%m.%Y", "%d/%m/%Y", "%d.%m.%y",
         "%B %d, %Y", "%a, %d %b %Y", "%Y/%m/%d", "%d %B %Y", "%m/%d/%Y %H:%M",
         "%m/%d/%Y %I:%M %p", "%Y-%m-%dT%H:%M:%S", "%Y.%m.%d", "%Y-%b-%d", "%d/%m/%y", "%d-%m-%Y",
         "%d-%m-%y")  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_dates(form, table):
    days = [dt.datetime(2023, 1, 1) + dt.timedelta(days=3 * k) for k in range(ROWS)]
    found = table("when;a;y", lambda k: f"{days[k].strftime(form)};{NOISE[k]};{k}")
    assert found.features["when"].to_list() == days
    decided = [key for key in keys(found) if key.startswith("dates_")]
    order = "dates_mdy" if form.startswith("%m/") else "dates_dmy"
    assert decided == ([order] if form[:5] in ("%m/%d", "%d.%m", "%d/%m", "%d-%m") else [])


def test_every_shape_of_dates_is_tested():
    said = [dt.datetime(2023, 5, 25).strftime(form) for form in FORMS]
    shapes = [shape + TIME for shape in (*SHAPES, *EITHER)]
    assert not [each for each in shapes if not pl.Series(said).str.contains(each).any()]


def test_days_and_months_that_nothing_decides(table):
    def row(k):
        return f"{k % 12 + 1:02d}/{k % 11 + 1:02d}/2023;{NOISE[k]};{k}"

    found = table("when;a;y", row)
    assert found.features["when"][12] == dt.datetime(2023, 2, 1)
    assert "any_order" in keys(found)
    found = table("when;a;y", row, dates="mdy")
    assert found.features["when"][12] == dt.datetime(2023, 1, 2)
    assert "any_order" not in keys(found)
    found = table("when;a;y", row, special={"time": "when"})
    assert "any_order" in keys(found)
    with pytest.raises(InputError, match="Did you mean"):
        wishes({"dates": "dym"})


def test_another_column_decides(table):
    found = table("a;b;y", lambda k: f"0{k % 9 + 1}/02/2023;12/{k % 28 + 1}/2023;{k}")
    assert found.features["a"][1] == dt.datetime(2023, 2, 2)
    assert found.features["a"][0] == dt.datetime(2023, 1, 2)


NAMES = ("__index_level_0__", "No.", "Nr.", "rowid", "#", "Unnamed: 0", "row_id", "lfd. Nr.", "q")


@pytest.mark.parametrize("name", NAMES)
def test_what_numbers_the_rows_is_left_out(name):
    y = np.repeat(["a", "b", "c"], ROWS // 3)
    for numbers in (np.arange(ROWS), 10 * np.arange(ROWS) + 7, RANDOM.permutation(ROWS) + 1):
        frame = pl.DataFrame({name: numbers, "a": RANDOM.normal(size=ROWS)})
        found = from_memory(frame, y)
        assert found.features.columns == ["a"]
        assert keys(found) == ["row_numbers"]
        kept = from_memory(frame, y, {}, wishes({"keep": name}))
        assert kept.features.columns == [name, "a"]
    assert from_memory(pl.DataFrame({"q": np.arange(ROWS)}), y).features.columns == ["q"]


def test_a_leak_is_named_and_stays():
    y = np.repeat(["a", "b", "c"], ROWS // 3)
    values = np.repeat([3.0, 1.0, 2.0], ROWS // 3) + 0.1 * RANDOM.random(ROWS)
    found = from_memory(pl.DataFrame({"a": RANDOM.normal(size=ROWS), "b": values}), y)
    assert found.features.columns == ["a", "b"]
    assert [str(note)[-2:] for note in found.notes if note.key == "choose.leaks"] == ["b."]
    found = from_memory(pl.DataFrame({"a": RANDOM.normal(size=ROWS)}), y)
    assert found.notes == ()


@pytest.mark.parametrize(
    ("head", "row", "columns"),
    [
        ("# rooms,area,price", lambda k: f"{k % 5},{NOISE[k]},{k}", ["rooms", "area"]),
        ("# made by us, 2023\nrooms,area,price", lambda k: f"{k % 5},{NOISE[k]},{k}", None),
        ("", lambda k: f"{NOISE[k]},{k % 3},Iris-{'abc'[k % 3]}", ["x1", "x2"]),
        ("", lambda k: f"{'rg'[k % 2]},{'xyz'[k % 3]},{'uv'[k % 2]}", ["x1", "x2"]),
        ("", lambda k: f"0,{k};1,{k};2,{k}", ["x1", "x2"]),
        ("0,1,2", lambda k: f"{NOISE[k]},{k % 3},{k}", ["0", "1"]),
        ("country,2019,2020", lambda k: f"{'xyz'[k % 3]},{NOISE[k]},{k}", ["country", "2019"]),
    ],
)
def test_a_first_line_without_names(head, row, columns, table):
    found = table(head, row)
    assert found.features.columns == (columns or ["rooms", "area"])
    assert ("no_header" in keys(found)) == (head == "")
    assert found.rows == ROWS


def test_the_user_says_whether_there_are_names(table):
    assert table("a,b", lambda k: "x,y" if k % 2 else "u,v", header=False).rows == ROWS + 1
    assert table("1.5,2", lambda k: f"{NOISE[k]},{k}", header=True).rows == ROWS
    with pytest.raises(InputError, match="True or False"):
        wishes({"header": "no"})


def test_separators_inside_of_names(table):
    found = table('"area, in m2";"age, in years";y', lambda k: f"{NOISE[k]};{k % 7};{k}")
    assert found.features.columns == ["area, in m2", "age, in years"]


def test_more_digits_than_a_float_keeps(table):
    found = table("a,b,y", lambda k: f"{10**17 + k % 5},{NOISE[k]},{k}")
    assert found.features["a"].n_unique() == 5
    assert "codes" in keys(found)
    frame = pl.DataFrame({"a": [10**17 + k % 5 for k in range(ROWS)], "b": range(ROWS)})
    assert from_memory(frame, RANDOM.normal(size=ROWS)).features["a"].n_unique() == 5
    labels = from_memory(pl.DataFrame({"a": RANDOM.normal(size=ROWS)}), frame["a"])
    assert len(np.unique(labels.target)) == 5


def test_the_na_of_pandas():
    X = RANDOM.normal(size=(12, 2))
    for kind, values in (("boolean", [True, None, False]), ("string", ["a", None, "b"])):
        assert from_memory(X, pd.Series(values * 4, dtype=kind)).rows == 8


def test_half_a_letter_and_a_label_twice(table):
    frame = pd.DataFrame({"\ud800": [1.0, 2.0], "b": [1.0, 3.0]})
    with pytest.raises(InputError, match="half a letter"):
        from_memory(frame, [1, 2])
    with pytest.raises(InputError, match="half a letter"):
        from_memory(np.ones((2, 2)), ["\ud800", "b"])
    with pytest.raises(InputError, match="named twice"):
        table("a,l1", lambda k: f"{NOISE[k]},{k % 2}", target="l1,l1")
    special = {"group": "a", "weights": "a"}
    with pytest.raises(InputError, match="cannot be the group and the weights"):
        table("a,l1", lambda k: f"{NOISE[k]},{k % 2}", special=special)


def test_blank_lines_are_no_rows(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n\n3,4\n \n\n")
    assert read_frame(str(tmp_path / "t.csv"))[0].rows() == [(1, 2), (3, 4)]
    (tmp_path / "t.csv").write_text("a,b\n1,2\n,\n3,4\n")
    assert read_frame(str(tmp_path / "t.csv"))[0].height == 3


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["50.0%", "0.500"], [0.5, 0.5]),
        (["5‰", "0.5"], [0.005, 0.5]),
        (["50.0%", "25%"], [50, 25]),
        (["(1,234.5)", "12"], [-1234.5, 12]),
        (["−5", "5"], [-5, 5]),
        (["$5", "$7"], [5, 7]),
        (["$5", "€5"], ["$5", "€5"]),
    ],
)
def test_a_sign_that_changes_the_value(cells, values, table):
    found = table("a;y", lambda k: f"{cells[k % 2]};{k}")
    assert found.features["a"][:2].to_list() == values


@pytest.mark.parametrize("sign", [*MONEY, *CODES.split("|")])
def test_every_currency_is_taken_off(sign, table):
    found = table("a;y", lambda k: f"{sign}{k % 9}.5;{k}")
    assert found.features["a"][:2].to_list() == [0.5, 1.5]


@pytest.mark.filterwarnings("error")
def test_a_number_far_from_training():
    kept = fit(normalised(pl.DataFrame({"a": RANDOM.normal(size=ROWS)})))
    with pytest.raises(InputError, match=r"'a' holds 1e\+300 in row 2, so far"):
        kept(pl.DataFrame({"a": [0.5, 1e300]}))


@pytest.mark.parametrize("word", UNUSUAL)
def test_words_among_numbers_are_gaps_and_told(word, table):
    def row(k):
        return ",".join(
            [word if k % 7 == 0 else NOISE[k], word if k % 5 == 0 else str(k % 3), str(k)]
        )

    found = table("a,b,y", row)
    assert found.features.null_count().row(0) == (9, 12)
    assert keys(found)[-1] == "as_gaps"


def test_other_words_among_numbers(table):
    with pytest.raises(InputError, match=r"'oops', where numbers are needed \(row 31\): .*--gaps"):
        table("a,y", lambda k: f"{'oops' if k == 30 else NOISE[k]},{k}")
    found = table("a,b,y", lambda k: f"{'oops' if k == 30 else k % 3},{NOISE[k]},{k}")
    assert "spoilt_numbers" in keys(found)


@pytest.mark.parametrize("sign", [-9999.0, -999.0, -3.4028235e38])
def test_numbers_that_may_mean_a_gap(sign):
    values = np.where(np.arange(ROWS) % 7 == 0, sign, RANDOM.normal(size=ROWS))
    found = from_memory(pl.DataFrame({"a": values}), RANDOM.normal(size=ROWS))
    assert keys(found) == ["as_gap_numbers"]
    said = from_memory(pl.DataFrame({"a": values}), np.arange(ROWS) ** 2.0, {},
                       wishes({"gaps": [str(sign)]}))  # fmt: skip
    assert said.features["a"].null_count() == 9


@pytest.mark.parametrize("power", [-170, -300])
def test_tiny_numbers_keep_their_spread(power):
    values = RANDOM.normal(size=ROWS)
    plain = fit(normalised(pl.DataFrame({"a": values})), values)
    tiny = fit(normalised(pl.DataFrame({"a": values * 10.0**power})), values * 10.0**power)
    frame = pl.DataFrame({"a": values})
    np.testing.assert_allclose(tiny(frame * 10.0**power), plain(frame), rtol=1e-6)
    assert tiny.scale == pytest.approx(values.std() * 10.0**power)


def test_a_class_that_only_the_future_has():
    y = np.where(np.arange(ROWS) < 50, "a", "b")
    y[::2] = "c"
    found = from_memory(RANDOM.normal(size=(ROWS, 2)), y, {"time": np.arange(ROWS)})
    assert "late_classes" in keys(found)
    assert "late_classes" not in keys(from_memory(RANDOM.normal(size=(ROWS, 2)), y))


def test_labels_that_differ_in_capitals():
    found = from_memory(RANDOM.normal(size=(ROWS, 2)), ["No", "no", "YES"] * (ROWS // 3))
    assert [str(note)[-8:] for note in found.notes] == ["No = no."]


def test_a_name_cannot_command_the_terminal():
    frame = pl.DataFrame({"\x1b[31mred": [1.0] * 12, "a\u202eb": RANDOM.normal(size=12)})
    with pytest.raises(InputError) as error:
        nl.choose(frame, RANDOM.normal(size=12), group="nothing")
    assert "\x1b" not in str(error.value)
    assert "\u202e" not in str(error.value)
