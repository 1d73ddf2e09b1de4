"""Text files as people have them: what is read how, and that a note says so."""

import codecs

import polars as pl
import pytest

from nonlin._errors import InputError
from nonlin.data import search
from nonlin.data.cells import read_cells

SAID = {
    "comma": "Numbers were read with decimal commas.",
    "grouped": "Thousands separators were taken out of the numbers: {}.",
    "signs": "Percent and currency signs were taken off the numbers: {}.",
    "encoding": "The file is not UTF-8 and was read as {}.",
}


@pytest.fixture
def told(tmp_path):
    """The columns of a file with this content, and the notes on it."""

    def answer(content, encoding="utf-8"):
        path = tmp_path / "data.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        cells, how, notes = read_cells(path)
        plan, said = search.find(cells, how)
        return plan.read(cells).to_dict(as_series=False), [str(note) for note in (*notes, *said)]

    return answer


def test_decimal_commas(told):
    frame, notes = told("a;b;c\n1,5;1.234,5;x\n-2,25;-3;y\n0;NA;z\n")
    assert frame == {"a": [1.5, -2.25, 0], "b": [1234.5, -3, None], "c": ["x", "y", "z"]}
    assert notes == [SAID["comma"], SAID["grouped"].format("b")]


def test_a_point_in_a_file_of_decimal_commas_separates_thousands(told):
    frame, _ = told("a;b\n1,5;1.234\n2,5;2.500.000\n")
    assert frame == {"a": [1.5, 2.5], "b": [1234, 2500000]}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1,234;1.5", 1234.0),  # points elsewhere: the comma separates thousands
        ("1,234;x", 1.234),
        ("1,234;2,5", 1.234),
        ("1,234;2,345.5", 1234.0),
    ],
)
def test_a_comma_is_read_by_the_company_it_keeps(line, expected, told):
    assert told(f"a;b\n{line}\n{line}\n")[0]["a"] == [expected] * 2


def test_thousands_and_signs(told):
    content = 'a,b,c,d\n"1,234",5%,"$1,234.50",1 234\n"12","7.5 %",$3,"5\u202f678"\n'
    frame, notes = told(content)
    assert frame == {"a": [1234, 12], "b": [5, 7.5], "c": [1234.5, 3], "d": [1234, 5678]}
    assert notes == [SAID["grouped"].format("a, c, d"), SAID["signs"].format("b, c")]


@pytest.mark.parametrize("value", ["1,2", "12,34", "1,23,456", "1.2.3.4", "5 apples", "%", "12-13"])
def test_what_is_no_number_stays_text(value, told):
    frame, notes = told(f'a,b\n"{value}",1\n"{value}",2\n')
    assert frame["a"] == [value, value]
    assert notes == []


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_plain_files_need_no_note(separator, told):
    rows = (("size", "day"), ("1.5", "2020-01-01"), ("2", "2020-02-01"))
    frame, notes = told("\n".join(separator.join(row) for row in rows))
    assert frame["size"] == [1.5, 2]
    assert [day.month for day in frame["day"]] == [1, 2]
    assert notes == []


CHINESE = "城市,价格,类别\n北京,3,甲\n上海,4,乙\n深圳,5,甲\n"
FRENCH = "ville,prix\nNîmes,3\nÉvry,4\nOrléans,5\nété,6\n"


@pytest.mark.parametrize(
    ("content", "encoding", "said"),
    [
        (CHINESE, "utf-8", None),
        (CHINESE, "utf-8-sig", None),
        (CHINESE, "gbk", "GB18030"),
        (CHINESE, "gb18030", "GB18030"),
        (CHINESE, "utf-16", "UTF-16"),
        (FRENCH, "utf-8", None),
        (FRENCH, "latin-1", "CP1252"),
        (FRENCH, "cp1252", "CP1252"),
        (FRENCH, "utf-16", "UTF-16"),
    ],
)
def test_encodings(content, encoding, said, told):
    frame, notes = told(content, encoding)
    header, first, *_ = (line.split(",") for line in content.splitlines())
    assert list(frame) == header
    assert frame[header[0]][0] == first[0]
    assert notes == ([SAID["encoding"].format(said)] if said else [])


def test_any_bytes_can_be_read(told):
    frame, notes = told(b"a,b\n\x81\xff,1\n\xff\x8d,2\n")
    assert frame["b"] == [1, 2]
    assert notes == [SAID["encoding"].format("Latin-1")]


def test_utf_16_without_the_mark_of_the_machine(told):
    assert told(codecs.BOM_UTF16_BE + CHINESE.encode("utf-16-be"))[0]["价格"] == [3, 4, 5]


def test_blanks_and_empty_names(told):
    frame, _ = told(" a ,,c\n 1,  x ,NA\n 2,  ,4\n")
    assert frame == {"a": [1, 2], "column_2": ["x", None], "c": [None, 4]}


def test_a_text_far_down_is_no_surprise(told):
    frame, _ = told("a,b\n" + "1,2\n" * 12_000 + "one,2\n")
    assert frame["a"][-1] == "one"
    assert pl.Series(frame["a"]).dtype == pl.String


def test_dates_written_in_two_ways_are_text(told):
    frame, _ = told("a,b,c\n2020-01-01,1.5,2020-01-01\n13/02/2020,2,2020-02-01\n")
    assert frame["a"] == ["2020-01-01", "13/02/2020"]
    assert frame["b"] == [1.5, 2]
    assert [day.month for day in frame["c"]] == [1, 2]


def test_digits_of_chinese_keyboards(told):
    assert told("a,b\n１２３,1\n４５,2\n")[0] == {"a": [123, 45], "b": [1, 2]}


@pytest.mark.parametrize("spelling", ["-Infinity", "inf", "+INF", "infinity"])
def test_infinity_is_a_number(spelling, told):
    frame, notes = told(f"a,b\n{spelling},1\n2.5,2\n")
    assert frame["a"][1] == 2.5
    assert frame["a"][0] == float(spelling)
    assert notes == []


@pytest.mark.parametrize(
    "content", ["a,b,\n1,2,\n3,4,\n", "a,b\n1,2,\n3,4,\n", "a;b;;\n1;2;;\n3;4;;"]
)
def test_separators_at_the_end_of_lines(content, told):
    assert told(content)[0] == {"a": [1, 3], "b": [2, 4]}


@pytest.mark.parametrize("first", ["sep=;", "SEP=;"])
def test_the_line_of_excel(first, told):
    frame, notes = told(f"{first}\na;b\n1;2\n3;4\n")
    assert frame == {"a": [1, 3], "b": [2, 4]}
    assert notes == ["Comment lines before the table were left out: 1."]


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-le"])
def test_utf_32(encoding, told):
    mark = b"" if encoding == "utf-32" else codecs.BOM_UTF32_LE
    assert told(mark + CHINESE.encode(encoding))[0]["价格"] == [3, 4, 5]


@pytest.mark.parametrize(
    "content", ['[{"a":1,"y":2}]\n', '{"a":1}\n{"a":2}\n', "[[1,2]]", "\n [ ]"]
)
def test_json_is_called_so(content, told):
    with pytest.raises(InputError, match=r"The file data\.csv is JSON"):
        told(content)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b\n1,2\n3,4,5\n6,7\n8,9,10,11\n", "line 3 has 3 fields, .* 2 names .separator: ,"),
        ('a\tb\n1\t"x\ny"\n3\t4\t5\n', "line 4 has 3 fields, .* 2 names .separator: tab"),
    ],
)
def test_the_first_line_that_does_not_fit_is_named(content, said, told):
    with pytest.raises(InputError, match=said):
        told(content)


def test_a_line_behind_a_huge_cell_cannot_be_named(told):
    with pytest.raises(pl.exceptions.ComputeError):
        told(f"a,b\n{'x' * 200_000},2\n3,4,5\n")
