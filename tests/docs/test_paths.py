"""Pages name what is there: files and folders, targets of make, other pages."""

import re
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "nonlin"
PAGES = [*ROOT.glob("README*.md"), ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"[\w.*][\w.*-]*/[\w.*/-]*|[\w*-]+\.(?:py|md|toml|json)")
MADE = ".venv/"  # by make


def paths(text):
    """Of the project, in backticks; a command may stand before them."""
    words = chain.from_iterable(span.split() for span in SPAN.findall(FENCE.sub("", text)))
    found = {word for word in words if PATH.fullmatch(word)}
    return {re.sub("(?<=/)[A-Z]+$", "*", path) for path in found if not path.startswith(MADE)}


def targets(text):
    """Of make, in backticks and in blocks of commands."""
    code = "\n".join([*SPAN.findall(text), *FENCE.findall(text)])
    return set(re.findall(r"^(?:\w+=\w+ )?make (\w+)", code, re.MULTILINE))


def is_there(path):
    """From the root or in the package; a name without a folder may be that of any file."""
    anywhere = () if "/" in path else ROOT.glob(f"[a-z]*/**/{path}")
    return any(chain(ROOT.glob(path), PACKAGE.glob(path), anywhere))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_is_there(page):
    text = page.read_text(encoding="utf-8")
    assert [path for path in sorted(paths(text)) if not is_there(path)] == []
    rules = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert targets(text) <= set(rules)
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", FENCE.sub("", text))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_what_is_named_is_found():
    text = "`python tools/gone.py`, `emit/`, `tests/ROOM` `a.py`, `.venv/bin/x`, `.ci/run`, `1 / x`"
    assert paths(text) == {"tools/gone.py", "emit/", "tests/*", "a.py", ".ci/run"}
    assert [is_there(name) for name in ("emit/", "tools/gone.py", "architecture.md")] == [1, 0, 1]
    assert targets("We make it: `A=b make demo`.\n```\nmake lint  # style\n```") == {"demo", "lint"}
    assert len(paths((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))) > 50
