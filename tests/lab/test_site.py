"""The lab as a folder and as one page: whole, without anything from elsewhere, or refused."""

import base64
import json
import re
from pathlib import Path

import numpy as np
import pytest

from nonlin._errors import InputError
from nonlin.lab import site

PAGE = """<!doctype html>
<html lang="en">
  <head>
    <script defer src="./assets/lab.js"></script>
    <link rel="stylesheet" href="./assets/lab.css">
  </head>
  <body>
    <div id="app"></div>
  </body>
</html>
"""
SCRIPT = 'document.title = "</script>" + /[\\u4e00]/.source + "中"; `${1}`'
BUILT = {"index.html": PAGE, "assets/lab.js": SCRIPT, "assets/lab.css": "p{color:red}",
         "licences.md": "## svelte (MIT) <x>", "stamp.txt": "abc",
         "pyodide/pyodide.mjs": "python()"}  # fmt: skip
DATA = {"data/kernels.wasm": b"\0asm\xff", "data/facts.json": b'{"a":"</script>"}'}


@pytest.fixture
def ready(tmp_path, monkeypatch):
    """Pages that are built, and data that are small."""
    folder = tmp_path / "built"
    for name, content in BUILT.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    monkeypatch.setattr(site, "BUILT", folder)
    monkeypatch.setattr(site, "data", lambda: DATA)
    monkeypatch.setattr(site, "packed", lambda: b"PK")
    return tmp_path


def refused(place, key):
    with pytest.raises(InputError) as found:
        site.export(place)
    assert found.value.key == key
    assert "\n" not in str(found.value)


class TestFolder:
    def test_holds_pages_data_python_and_licences(self, ready):
        folder = site.export(ready / "new" / "site")
        found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
        assert found == {*BUILT, *DATA, "pyodide/nonlin.zip"} - {"stamp.txt"}
        assert (folder / "data/kernels.wasm").read_bytes() == DATA["data/kernels.wasm"]

    def test_may_be_there_if_it_is_empty(self, ready):
        (ready / "site").mkdir()
        assert (site.export(ready / "site") / "index.html").exists()

    def test_that_holds_something_stays(self, ready):
        (ready / "site").mkdir()
        (ready / "site" / "mine.txt").write_text("mine")
        refused(ready / "site", "lab_folder_not_empty")
        assert [each.name for each in (ready / "site").iterdir()] == ["mine.txt"]

    def test_that_is_a_file(self, ready):
        (ready / "site").write_text("mine")
        refused(ready / "site", "lab_not_a_folder")

    @pytest.mark.parametrize("name", ["lab.svg", "lab.htlm", "lab.zip", "site.tar.gz"])
    def test_is_not_meant_by_the_name_of_a_file(self, ready, name):
        refused(ready / name, "lab_page_ending")
        assert not (ready / name).exists()

    @pytest.mark.parametrize("name", ["site-1.2", "me.github.io", "example.com"])
    def test_may_have_a_dot_in_its_name(self, ready, name):
        assert site.export(ready / name).is_dir()


def test_a_server_has_a_python_of_its_own(ready):
    assert not [name for name in site.files() if name.startswith("pyodide")]


class TestPage:
    def test_needs_nothing_else(self, ready):
        page = site.export(ready / "page.html").read_text(encoding="utf-8")
        assert not re.search(r"""(src|href)=["'](?!data:)""", page)
        assert "<style>p{color:red}</style>" in page
        assert "## svelte (MIT) &lt;x&gt;" in page

    def test_holds_the_data_before_the_script_that_reads_them(self, ready):
        page = site.export(ready / "page.html").read_text(encoding="utf-8")
        held = re.search(r'<script type="application/json" id="data">(.*?)</script>', page)
        coded = json.loads(held[1])
        assert {path: base64.b64decode(each) for path, each in coded.items()} == DATA
        script = re.search(r"<script>(.*?)</script>", page)
        assert script[1] == SCRIPT.replace("</script", "<\\/script")
        assert held.end() <= script.start()
        assert page.index('<div id="app">') < script.start() < page.index("</body>")

    def test_replaces_an_older_one(self, ready):
        (ready / "page.html").write_text("old")
        assert site.export(ready / "page.html").read_text(encoding="utf-8").startswith("<!doctype")

    @pytest.mark.parametrize("place", ["missing/page.html", "folder.html"])
    def test_where_none_can_be(self, ready, place):
        (ready / "folder.html").mkdir()
        refused(ready / place, "cannot_write")


def test_an_installation_without_pages(tmp_path, monkeypatch):
    monkeypatch.setattr(site, "BUILT", tmp_path)
    refused(tmp_path / "site", "lab_not_built")
    assert not (tmp_path / "site").exists()


def test_digits_are_pixels_then_labels():
    from sklearn.datasets import load_digits

    found = np.frombuffer(site.digits(), np.uint8)
    digits = load_digits()
    assert np.array_equal(found[: 1797 * 64].reshape(1797, 64), digits.data)
    assert np.array_equal(found[1797 * 64 :], digits.target)


def test_licences_of_python_are_those_of_its_version():
    web = Path(__file__).parents[2] / "web"
    version = json.loads((web / "package.json").read_text())["devDependencies"]["pyodide"]
    said = (web / "public" / "pyodide" / "licences.md").read_text(encoding="utf-8")
    assert f"npm package pyodide {version}," in said
    assert f"pyodide/tree/{version}," in said
