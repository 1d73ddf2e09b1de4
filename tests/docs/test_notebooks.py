"""The guide as notebooks: what stands in the pages, valid, and it runs."""

import os
import re
import shlex
import shutil
import sys
from pathlib import Path

import nbclient
import nbformat
import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "learn"
NOTEBOOKS = sorted(path.relative_to(GUIDE) for path in GUIDE.glob("??/*.ipynb"))
PAGES = sorted(path.relative_to(GUIDE) for path in GUIDE.glob("??/*.md"))


@pytest.fixture
def build_notebooks(tool):
    return tool("build_notebooks")


def read(path):
    return (GUIDE / path).read_text(encoding="utf-8")


def test_every_page_is_a_notebook():
    assert [path.with_suffix(".md") for path in NOTEBOOKS] == PAGES


@pytest.mark.parametrize("path", NOTEBOOKS, ids=str)
def test_a_notebook_is_its_page(path, build_notebooks):
    text = read(path.with_suffix(".md"))
    written = build_notebooks.notebook(text, path.parent.name)
    assert written == read(path), "python tools/build_guide.py"
    notebook = nbformat.reads(written, as_version=4)
    nbformat.validate(notebook)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    typed = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    for line in re.findall(r"^(?:>>>|\.\.\.|\$) (.*)$", text, re.MULTILINE):
        assert line in typed
    for name in re.findall(r"\]\((pictures/[^)]*)\)", text):
        assert f'display(SVG("{name}"))' in typed


@pytest.mark.slow
def test_notebooks_run(tmp_path, monkeypatch):
    """Chapters of both languages in turn, as they type the same; in one kernel, which forgets.

    Chapter 5 takes its time elsewhere: tests/docs/test_learn.py runs its lines.
    """
    chosen = [path for path in NOTEBOOKS if path.name[0] in "1234"]
    chosen = [path for path in chosen if path.parts[0] == ("en", "zh")[int(path.name[0]) % 2]]
    whole = nbformat.v4.new_notebook()
    for path in chosen:
        whole.cells += [nbformat.v4.new_code_cell("%reset -f")]
        whole.cells += nbformat.reads(read(path), as_version=4).cells
    for number, cell in enumerate(whole.cells):
        cell.id = f"cell-{number}"
        cell.source = re.sub(r"^!nonlin (.*)$", in_this_process, cell.source, flags=re.MULTILINE)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    resources = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(whole, timeout=300, resources=resources).execute()
    outputs = [output for cell in whole.cells for output in cell.get("outputs", [])]
    pictures = [each for each in outputs if "image/svg+xml" in each.get("data", {})]
    shown = [len(re.findall(r"\]\(pictures/", read(path.with_suffix(".md")))) for path in chosen]
    assert len(chosen) == 4
    assert len(pictures) == sum(shown)


def in_this_process(found):
    """Not a process for each command: they start in other tests."""
    return f"from nonlin.cli import run; assert run({shlex.split(found[1])!r}) == 0"


def test_commands_are_found_by_a_shell():
    assert shutil.which("nonlin", path=str(Path(sys.executable).parent))
