"""The same table by different ways is the same table: generated files, not picked ones."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from nonlin.data import large
from nonlin.data.read import read, read_frame

ROWS = 40
WORDS = ["red", "green", "blue"]
START = dt.date(2023, 1, 1)


def numbers(random, decimal):
    """Numbers with two or three decimals, and what they are."""
    values = np.round(random.normal(scale=10.0 ** random.integers(0, 4), size=ROWS), 3)
    return [f"{value:.3f}".replace(".", decimal) for value in values], values.tolist()


def whole(random, decimal):
    values = random.integers(-500, 500, ROWS).tolist()
    return [str(value) for value in values], [float(value) for value in values]


def grouped(random, decimal):
    """Thousands with a separator, which no file of the same separator has without quotes."""
    values = random.integers(1000, 10**7, ROWS).tolist()
    sign = {".": ",", ",": "."}[decimal]
    return [f'"{value:,}"'.replace(",", sign) for value in values], [float(v) for v in values]


def gaps(random, decimal):
    written, values = numbers(random, decimal)
    there = random.random(ROWS) > 0.2
    word = random.choice(["", "NA", "#N/A", "-", "NaN"])
    pairs = zip(written, values, there, strict=True)
    found = [(cell, value) if kept else (word, None) for cell, value, kept in pairs]
    return [cell for cell, _ in found], [value for _, value in found]


def words(random, decimal):
    values = random.choice(WORDS, ROWS).tolist()
    return values, values


def quoted(random, decimal):
    """Separators, quotes and line ends inside of cells."""
    values = random.choice(['a, b; "c"', "two\nlines", "plain", "tab\there"], ROWS).tolist()
    return ['"' + value.replace('"', '""') + '"' for value in values], values


def codes(random, decimal):
    values = [f"{value:02d}" for value in random.integers(0, 12, ROWS)]
    return values, values


def long_codes(random, decimal):
    values = [str(10**17 + value) for value in random.integers(0, 5, ROWS)]
    return values, values


def percent(random, decimal):
    values = random.integers(1, 100, ROWS).tolist()
    return [f"{value}%" for value in values], [float(value) for value in values]


def dates(random, decimal):
    form = random.choice(["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d-%b-%Y", "%Y年%m月%d日"])
    found = [START + dt.timedelta(days=int(day)) for day in random.permutation(365)[:ROWS]]
    if all(each.day <= 12 for each in found):
        found[0] = dt.date(2023, 5, 25)
    moments = [dt.datetime.combine(each, dt.time()) for each in found]
    return [each.strftime(str(form)) for each in found], moments


def truth(random, decimal):
    values = random.choice(["true", "false"], ROWS).tolist()
    return [value.upper() for value in values], values


MAKERS = (numbers, whole, grouped, gaps, words, quoted, codes, long_codes, percent, dates, truth)


class Made:
    """A table, and the text of a file that holds it, in a dialect drawn by the seed."""

    def __init__(self, seed):
        random = np.random.default_rng(seed)
        self.separator = str(random.choice([",", ";", "\t", "|"]))
        decimal = "." if self.separator == "," else str(random.choice([".", ","]))
        chosen = random.choice(len(MAKERS), size=random.integers(1, 5))
        made = [numbers(random, decimal), *(MAKERS[at](random, decimal) for at in chosen)]
        made.append((made[0][0][::-1], made[0][1][::-1]))
        names = [*(f"col {at}" for at in range(len(made) - 1)), "y"]
        self.columns = dict(zip(names, (values for _, values in made), strict=True))
        self.head = self.separator.join(names)
        self.lines = [self.separator.join(row) for row in zip(*(w for w, _ in made), strict=True)]
        self.end = str(random.choice(["\n", "\r\n"]))
        self.encoding = str(random.choice(["utf-8", "utf-8-sig", "utf-16", "gb18030"]))

    def write(self, path, lines=None, encoding=None):
        content = self.end.join([self.head, *(self.lines if lines is None else lines)]) + self.end
        path.write_bytes(content.encode(encoding or self.encoding))
        return str(path)


def small_and_large(made, tmp_path, table):
    path = made.write(tmp_path / "plain.csv", encoding="utf-8")
    with pytest.MonkeyPatch.context() as lowered:
        lowered.setattr(large, "LARGE", 10)
        sampled = read(path, "y")
    assert sampled.of_rows == ROWS
    assert sampled.plan.rules == table.plan.rules
    same(sampled, table)


def csv_and_parquet(made, tmp_path, table):
    path = tmp_path / "table.parquet"
    pl.DataFrame(made.columns).write_parquet(path)
    same(read(str(path), "y"), table)


def one_row_at_a_time(made, tmp_path, table):
    """By the plan of the whole file, each row is what it was there."""
    used = table.features.columns
    whole, _ = read_frame(made.write(tmp_path / "whole.csv"), used, table.plan)
    for at in range(0, ROWS, 13):
        one = made.write(tmp_path / "one.csv", made.lines[at : at + 1])
        row, _ = read_frame(one, used, table.plan)
        assert row.select(used).equals(whole.select(used)[at : at + 1]), at


def a_file_and_its_parts(made, tmp_path, table):
    cut = np.random.default_rng(0).integers(5, ROWS - 5)
    for number, lines in enumerate((made.lines[:cut], made.lines[cut:])):
        made.write(tmp_path / f"part{number}.csv", lines)
    parts = read(str(tmp_path / "part*.csv"), "y")
    assert parts.plan.rules == table.plan.rules
    same(parts, table)


def the_training_file_again(made, tmp_path, table):
    """What a model reads by its plan is what the plan was found on."""
    path = made.write(tmp_path / "again.csv")
    cells, _ = read_frame(path)
    used = [rule.name for rule in table.plan.rules if rule.kind != "truth"]
    again, notes = read_frame(path, used, table.plan)
    assert again.select(used).equals(cells.select(used))
    assert not [note for note in notes if note.key.startswith("keep.")]


def same(one, other):
    assert one.features.schema == other.features.schema
    assert one.features.equals(other.features)
    assert np.array_equal(one.target, other.target)


WAYS = (
    small_and_large,
    csv_and_parquet,
    one_row_at_a_time,
    a_file_and_its_parts,
    the_training_file_again,
)


@pytest.mark.parametrize("seed", range(260))
def test_the_cells_are_what_was_written_by_every_way(seed, tmp_path):
    made = Made(seed)
    path = made.write(tmp_path / "table.csv")
    frame, _ = read_frame(path)
    assert frame.columns == list(made.columns)
    for name, values in made.columns.items():
        written = frame[name].cast(pl.String) if frame[name].dtype == pl.Boolean else frame[name]
        assert written.to_list() == values, name
    WAYS[seed % len(WAYS)](made, tmp_path, read(path, "y"))
