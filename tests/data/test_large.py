"""Files that are not read as a whole, several files, Arrow, packed text."""

import gzip

import numpy as np
import polars as pl
import pytest

from nonlin._errors import InputError
from nonlin.data import large
from nonlin.data.read import read, read_frame
from nonlin.data.wishes import NONE

ROWS = 5000
RNG = np.random.default_rng(0)


def frame(rows=ROWS, seed=0):
    random = np.random.default_rng(seed)
    rare = np.where(
        np.arange(rows) % 1000 == 7, "rare", np.where(random.random(rows) < 0.3, "b", "a")
    )
    return pl.DataFrame(
        {
            "number": random.standard_normal(rows),
            "day": [f"2024-01-{k % 28 + 1:02d}" for k in range(rows)],
            "price": [f"€{k}" if k % 50 else None for k in range(rows)],
            "kind": rare,
        }
    )


@pytest.fixture
def small_limits(monkeypatch):
    monkeypatch.setattr(large, "LARGE", 1000)
    monkeypatch.setattr(large, "MANY", 1000)
    monkeypatch.setattr(large, "KEPT", 400)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_part_of_a_large_file(ending, tmp_path, small_limits):
    whole, path = frame(), tmp_path / f"t.{ending}"
    whole.write_csv(path) if ending == "csv" else whole.write_parquet(path)
    table = read(str(path), "kind")
    assert 395 <= table.rows <= 405
    assert table.of_rows == ROWS
    assert any(note.key == "choose.sampled" for note in table.notes)
    labels, counts = np.unique(table.target, return_counts=True)
    assert labels.tolist() == ["a", "b", "rare"]
    assert counts[2] == large.LEAST_PER_CLASS  # 5 of 5000 would be 0.4
    share = (whole["kind"] == "b").mean()
    assert counts[1] / counts.sum() == pytest.approx(share, abs=0.01)
    again = read(str(path), "kind")
    assert again.features.equals(table.features)
    known = set(whole["number"].round(6).to_list())
    assert set(table.features["number"].round(6).to_list()) <= known


def test_the_cells_are_read_as_those_of_a_small_file(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    frame(400).write_csv(path)
    plain = read(str(path), "kind")
    monkeypatch.setattr(large, "LARGE", 1000)
    sampled = read(str(path), "kind")
    assert sampled.features.equals(plain.features)
    assert sampled.features.schema == plain.features.schema
    assert {note.key for note in plain.notes} < {note.key for note in sampled.notes}


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_row_numbers_are_known_in_a_part_of_them(ending, tmp_path, small_limits):
    """The rows are sorted by their class, so that the number of a row would tell it."""
    whole = frame().sort("kind").with_row_index("customer_id").with_row_index("index")
    path = tmp_path / f"t.{ending}"
    whole.write_csv(path) if ending == "csv" else whole.write_parquet(path)
    table = read(str(path), "kind")
    assert table.features.columns == ["number", "day", "price"]
    (note,) = (note for note in table.notes if note.key == "choose.row_numbers")
    assert str(note).endswith("index, customer_id.")


def test_a_quantity_is_sampled_evenly(tmp_path, small_limits):
    path = tmp_path / "t.csv"
    frame().write_csv(path)
    assert read(str(path), "number").rows == 400


def test_of_more_than_100_000_rows_100_000_are_kept():
    for count, kept in ((99_000, 99_000), (100_000, 100_000), (110_000, 100_000)):
        scan = large.Scan(pl.LazyFrame({"y": np.arange(count)}), None)
        source, _, of = large.part(scan, ["y"], NONE)
        assert (source.frame.height, of) == (kept, count)
        assert source.frame["y"].is_sorted()
        (note,) = source.notes
        assert note.key == "choose.sampled"


ODD = {  # the first lines, and how one row of three cells is written
    "utf-16": ("größe,art,y", '"{0},5","ja, ""gut""",{1}'),
    "utf-16-be": ("\ufeffgröße,art,y", "{0},x,{1}"),
    "utf-32": ("größe,art,y", "{0},x,{1}"),
    "utf-8-sig": ("größe,art,y", "{0},ä,{1}"),
    "cp1252": ("größe;art;y", "{0};ä é;{1}"),
    "gb18030": ("数量,种类,y", "{0},甲乙,{1}"),
    "utf-8": ("# it's 19\" wide\n# two\nsize,kind,y", "{0},x,{1}"),
    "ascii": ("# size,kind,y", "{0},x,{1}"),
    "utf8": ("size,kind,y", '"{0}","19\\" rack, ""wide\\"",{1}'.replace('""', '\\"')),
    "latin-1": ("# größe\n# size;kind;y", '{0};"19\\" ä";{1}'),
}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ODD)
def test_other_texts_are_not_read_as_a_whole(encoding, end, tmp_path, monkeypatch):
    """Comments, marks, other encodings, backslashes: as a small file has them, cell by cell."""
    head, row = ODD[encoding]
    path = tmp_path / "t.csv"
    lines = [*head.split("\n"), *(row.format(k, k % 7 / 4) for k in range(300))]
    path.write_bytes((end.join(lines) + end).encode(encoding))
    whole = read(str(path), "y")
    monkeypatch.setattr(large, "LARGE", 1000)
    monkeypatch.setattr("nonlin.data.read.read_cells", None)
    part = read(str(path), "y")
    assert part.of_rows == part.rows == 300
    assert part.plan == whole.plan
    assert part.features.equals(whole.features)
    assert part.features.schema == whole.features.schema
    assert np.array_equal(part.target, whole.target)
    keys = [note.key for note in part.notes]
    assert keys.pop(0) == "choose.sampled"
    assert sorted(keys) == sorted(note.key for note in whole.notes)


def test_what_cannot_be_copied_is_read_as_a_whole(tmp_path, monkeypatch):
    """A letter of another encoding far down, and packed text under the name of a plain one."""
    path = tmp_path / "t.csv"
    lines = ["grö,kind,y", *(f"{k / 7:.3f},{'ab'[k % 2]},{k % 7}" for k in range(60_000))]
    path.write_bytes("\n".join(lines).encode("cp1252") + "\n5.1,ä\x81,5\n".encode("latin-1"))
    monkeypatch.setattr(large, "LARGE", 1000)
    assert read(str(path), "y").of_rows == 0
    path.write_bytes(gzip.compress(frame(400).write_csv().encode(), mtime=0))
    assert read(str(path), "kind").of_rows == 0


def test_a_large_file_without_names_says_so(tmp_path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_text("".join(f"{k / 7:.3f},{k}\n" for k in range(300)))
    monkeypatch.setattr(large, "LARGE", 1000)
    table = read(str(path))
    assert table.of_rows == 300
    assert "choose.no_header" in {note.key for note in table.notes}


def test_several_files(tmp_path):
    for number in range(3):
        folder = tmp_path / f"year{number}"
        folder.mkdir()
        frame(40, seed=number).write_csv(tmp_path / f"part{number}.csv")
        frame(30, seed=number).write_csv(folder / "table.csv")
    table = read(str(tmp_path / "part*.csv"), "kind")
    assert table.rows == 120
    assert any(note.key == "choose.files" for note in table.notes)
    assert read(str(tmp_path / "year*" / "*.csv"), "kind").rows == 90


def test_files_that_differ(tmp_path):
    frame(40).write_csv(tmp_path / "a.csv")
    frame(40).rename({"price": "cost"}).write_csv(tmp_path / "b.csv")
    with pytest.raises(InputError, match=r"a\.csv and b\.csv .*cost, price"):
        read(str(tmp_path / "*.csv"))
    with pytest.raises(InputError, match="No file matches"):
        read(str(tmp_path / "*.parquet"))


@pytest.mark.parametrize("ending", ["arrow", "feather", "ipc"])
def test_arrow(ending, tmp_path):
    path = tmp_path / f"t.{ending}"
    frame(40).write_ipc(path)
    assert read_frame(str(path))[0].height == 40
    path.write_bytes(b"ARROW1" + bytes(30))
    with pytest.raises(InputError, match="Arrow"):
        read_frame(str(path))


def test_packed(tmp_path):
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(frame(40).write_csv().encode()))
    assert read_frame(str(path))[0].height == 40
    path.write_bytes(b"\x1f\x8bnonsense")
    with pytest.raises(InputError, match="gzip"):
        read_frame(str(path))
