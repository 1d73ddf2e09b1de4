"""Files as people drop them: read as nonlin reads them, or refused in one clear sentence."""

import importlib.util
from pathlib import Path

import pytest

from nonlin._errors import InputError
from nonlin._text import speaking
from nonlin.lab import upload
from nonlin.lab.choosing import Asked
from nonlin.lab.upload import Upload

place = Path(__file__).parents[1] / "data" / "test_awkward.py"
spec = importlib.util.spec_from_file_location("awkward_files", place)
awkward = importlib.util.module_from_spec(spec)
spec.loader.exec_module(awkward)
LONG = ("wide.csv", "long_cell.csv", "long_text.csv")  # take long, and have nothing to do with us
FILES = {
    name: each
    for name, each in awkward.FILES.items()
    if each[0] is not None and name not in (*LONG, "locked.csv")
}
PLAIN = awkward.table().encode()


def content_of(made, tmp_path):
    if callable(made):
        made(tmp_path / "file")
        return (tmp_path / "file").read_bytes()
    return made if isinstance(made, bytes) else made.encode()


@pytest.mark.parametrize("number", range(len(FILES)), ids=list(FILES))
def test_a_file(number, tmp_path):
    name, (made, expected) = list(FILES.items())[number]
    asked = Asked(Upload.of(name, content_of(made, tmp_path)))
    with speaking(("en", "zh")[number % 2]):
        try:
            found, said = asked.guess(), None
        except InputError as refused:
            found, said = None, str(refused)
    if said is None:
        assert found["name"] == name
        assert found["target"] in found["names"]
        return
    assert expected != awkward.READ, said
    assert len(said) < 600
    assert len(said.splitlines()) == 1
    assert str(upload.IN_MEMORY) not in said


def test_there_are_enough():
    assert len(FILES) >= 40


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("table.csv", "table.csv"),
        ("../../etc/passwd.csv", "passwd.csv"),
        (r"C:\Users\me\sales.csv", "sales.csv"),
        ("a\0b.csv", "ab.csv"),
        ("", "table.csv"),
        ("/", "table.csv"),
        ("..", "table.csv"),
        (".csv", ".csv"),
        ("表" * 300 + ".csv", "表" * 66 + ".csv"),
        ("a." + "b" * 300, "a." + "b" * 20),
        ("half \ud800.csv", "half ?.csv"),
    ],
)
def test_names(sent, kept):
    assert Upload.of(sent, b"").name == kept


def test_nothing_stays_on_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(upload, "IN_MEMORY", tmp_path)
    Asked(Upload("table.csv", PLAIN)).guess()
    with pytest.raises(InputError):
        Asked(Upload("table.csv", b"")).guess()
    assert list(tmp_path.iterdir()) == []
