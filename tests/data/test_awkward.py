"""Files as people send them: each is answered sensibly or refused in one clear sentence."""

import gzip

import numpy as np
import polars as pl
import pytest

from nonlin.cli import run

SMALL = ["--quick", "--seeds", "1", "-a", "relu,tanh", "--rates", "0.003", "--hidden", "4", "-q"]
ROWS = 30
REFUSED, READ = 2, 0


def lines(*columns, head="a,b,y", rows=ROWS, end="\n"):
    """CSV text; a column is a function of the row number."""
    body = [",".join(str(column(k)) for column in columns) for k in range(rows)]
    return end.join([head, *body]) + end


def plain(k):
    return round(np.sin(7 * k + 1), 3)


def other(k):
    return round(np.cos(3 * k), 3)


def kind(k):
    return "yes" if k % 3 else "no"


def table(**changes):
    """A usual table, or one with some columns changed."""
    found = {"a": plain, "b": other, "y": kind} | changes
    return lines(*found.values(), head=",".join(found))


def wide(columns):
    head = ",".join(f"c{k}" for k in range(columns)) + ",y"
    random = np.random.default_rng(0)
    rows = [
        ",".join(f"{v:.3f}" for v in random.standard_normal(columns)) + "," + kind(k)
        for k in range(ROWS)
    ]
    return "\n".join([head, *rows])


def parquet(path):
    pl.DataFrame(
        {"a": [plain(k) for k in range(ROWS)], "y": [kind(k) for k in range(ROWS)]}
    ).write_parquet(path)


def locked(path):
    path.write_text(table())
    path.chmod(0)


# name: (what is written, what the command ends with: 0, 2, or None for either)
FILES = {
    "empty.csv": ("", REFUSED),
    "blank.csv": ("  \n\n  \n", REFUSED),
    "header_only.csv": ("a,b,y\n", REFUSED),
    "one_row.csv": ("a,b,y\n1,2,yes\n", REFUSED),
    "nine_rows.csv": (lines(plain, other, kind, rows=9), REFUSED),
    "one_column.csv": ("\n".join(["y", *map(str, range(30))]), REFUSED),
    "all_missing.csv": (table(a=lambda k: "", b=lambda k: "NA"), REFUSED),
    "one_column_missing.csv": (table(a=lambda k: ""), READ),
    "target_missing.csv": (table(y=lambda k: ""), REFUSED),
    "target_missing_here_and_there.csv": (table(y=lambda k: "" if k % 7 == 0 else kind(k)), READ),
    "target_infinite.csv": (table(y=lambda k: "inf" if k == 3 else plain(k)), READ),
    "one_class.csv": (table(y=lambda k: "yes"), REFUSED),
    "class_with_one_row.csv": (table(y=lambda k: "odd" if k == 5 else kind(k)), REFUSED),
    "as_many_classes_as_rows.csv": (table(y=lambda k: f"name {k}"), REFUSED),
    "duplicate_names.csv": (lines(plain, other, kind, head="a,a,y"), READ),
    "duplicate_target.csv": (lines(plain, kind, kind, head="a,y,y"), None),
    "unnamed_index.csv": (lines(lambda k: k, plain, kind, head=",a,y"), READ),
    "empty_names.csv": (lines(plain, other, kind, head=",,y"), READ),
    "blank_in_names.csv": (lines(plain, other, kind, head=" a b , c,y "), READ),
    "newline_in_name.csv": (lines(plain, other, kind, head='"a\nb",c,y'), READ),
    "unicode_names.csv": (lines(plain, other, kind, head="größe,颜色,🎯"), READ),
    "long_name.csv": (lines(plain, other, kind, head=f"{'a' * 5000},b,y"), READ),
    "markup_in_names.csv": (lines(plain, other, kind, head="[red]a[/],<b>,y"), READ),
    "utf8_mark.csv": (b"\xef\xbb\xbf" + table().encode(), READ),
    "utf16.csv": (table().encode("utf-16"), READ),
    "utf16_without_mark.csv": (table().encode("utf-16-le"), READ),
    "latin1.csv": (table(b=lambda k: ["Köln", "Nîmes"][k % 2]).encode("latin-1"), READ),
    "gb18030.csv": (table(b=lambda k: ["北京", "上海"][k % 2]).encode("gb18030"), READ),
    "crlf.csv": (lines(plain, other, kind, end="\r\n"), READ),
    "cr_only.csv": (lines(plain, other, kind, end="\r"), READ),
    "semicolons_and_decimal_commas.csv": (table().replace(",", ";").replace(".", ","), READ),
    "tabs.tsv": (table().replace(",", "\t"), READ),
    "bars.txt": (table().replace(",", "|"), READ),
    "thousands.csv": (table(a=lambda k: f'"{1234 * k + 1000:,}"'), READ),
    "percent.csv": (table(a=lambda k: f"{k} %"), READ),
    "currency.csv": (table(a=lambda k: f"€{k}.50"), READ),
    "dates.csv": (table(a=lambda k: f"2024-01-{k % 28 + 1:02d}"), READ),
    "dates_as_people_write_them.csv": (table(a=lambda k: f"{k % 28 + 1}.3.24"), None),
    "times.csv": (table(a=lambda k: f"2024-01-01T{k % 24:02d}:30:00"), READ),
    "booleans.csv": (table(a=lambda k: ["true", "false"][k % 2]), READ),
    "mixed_types.csv": (table(a=lambda k: "oops" if k == 7 else plain(k)), None),
    "only_ids.csv": (lines(lambda k: k, lambda k: f"u{k}", kind, head="id,user,y"), REFUSED),
    "only_constants.csv": (table(a=lambda k: 1, b=lambda k: "x"), REFUSED),
    "huge_numbers.csv": (table(a=lambda k: f"{k + 1}e200"), REFUSED),
    "beyond_doubles.csv": (table(a=lambda k: "1e999" if k % 2 else plain(k)), None),
    "long_integers.csv": (table(a=lambda k: 10**25 + k), None),
    "inf_and_nan.csv": (table(a=lambda k: ["inf", "nan", "-inf", "0.5", "1.5"][k % 5]), READ),
    "negative_zero.csv": (table(a=lambda k: "-0.0" if k % 2 else "0.0"), None),
    "target_is_a_feature.csv": (lines(kind, other, kind), READ),
    "target_is_constant_number.csv": (table(y=lambda k: 3.5), REFUSED),
    "huge_target.csv": (table(y=lambda k: f"{k}e150"), REFUSED),
    "infinity_in_words.csv": (table(b=lambda k: "-Infinity" if k % 7 == 0 else other(k)), READ),
    "total_at_the_end.csv": (table() + "Total,5,\n", READ),
    "dates_in_two_ways.csv": (
        table(a=lambda k: f"2024-01-{k % 28 + 1:02d}" if k % 2 else f"{k % 28 + 1}/01/2024"),
        READ,
    ),
    "excel_says_sep.csv": ("sep=;\n" + table().replace(",", ";"), READ),
    "separator_at_the_end.csv": (table().replace("\n", ",\n"), READ),
    "utf32.csv": (table().encode("utf-32"), READ),
    "json.csv": ('[{"a":1,"y":2}]\n' * 30, REFUSED),
    "ragged.csv": (table() + "1,2,yes,4,5\n", REFUSED),
    "short_rows.csv": (table() + "1\n2\n", None),
    "unclosed_quote.csv": (table() + '"1,2,yes\n3,4,no\n', None),
    "comment_lines.csv": ("# made by a machine\n" + table(), READ),
    "header_again.csv": (table() + table(), READ),
    "no_header.csv": (table().partition("\n")[2], None),
    "blank_lines.csv": (table().replace("\n", "\n\n"), None),
    "null_bytes.csv": (table().replace("1", "\0", 3), REFUSED),
    "long_cell.csv": (table(b=lambda k: "x" * 200_000 if k == 4 else "short"), None),
    "long_text.csv": (table(b=lambda k: f"word {k} " * 40), READ),
    "wide.csv": (wide(3000), READ),
    "binary.csv": (bytes(range(256)) * 40, REFUSED),
    "picture.csv": (b"\x89PNG\r\n\x1a\n" + bytes(500), REFUSED),
    "zipped.csv": (gzip.compress(table().encode()), READ),
    "parquet.csv": (parquet, REFUSED),
    "text.parquet": (table(), REFUSED),
    "cut.parquet": (b"PAR1" + bytes(50), REFUSED),
    "folder.csv": (None, REFUSED),
    "locked.csv": (locked, None),  # root may read it
    "page.html": ("<table><tr><td>1</td></tr></table>", REFUSED),
    "sheet.xlsx": (b"PK\x03\x04" + bytes(50), REFUSED),
    "name with blanks, and comma.csv": (table(), READ),
    "文件.csv": (table(), READ),
}  # fmt: skip


def write(path, content):
    if content is None:
        path.mkdir()
    elif callable(content):
        content(path)
    elif isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content, encoding="utf-8", newline="")


@pytest.mark.parametrize("place", range(len(FILES)), ids=list(FILES))
def test_a_file(place, tmp_path, capsys, monkeypatch):
    name, (content, expected) = list(FILES.items())[place]
    language = ("en", "zh")[place % 2]
    monkeypatch.setenv("NONLIN_LANG", language)
    write(tmp_path / name, content)
    code = run(["choose", str(tmp_path / name), *SMALL])
    out, error = capsys.readouterr()
    assert "Traceback" not in out + error
    if expected is not None:
        assert code == expected, error
    if code == READ:
        assert ("Use " if language == "en" else "建议") in out
        assert error == ""
    else:
        assert code == REFUSED
        assert out == ""
        assert len(error.strip().splitlines()) == 1
        assert error.startswith("nonlin: error:" if language == "en" else "nonlin：错误：")
        assert len(error) < 600


def test_zero_bytes_are_named(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("NONLIN_LANG", "en")
    write(tmp_path / "zeros.csv", "a,b\n1,\0\0,2\n")
    assert run(["choose", str(tmp_path / "zeros.csv")]) == REFUSED
    assert "not a text file, for it holds zero bytes" in capsys.readouterr().err


def test_there_are_enough():
    assert len(FILES) >= 60
