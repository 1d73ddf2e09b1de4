"""The page of options says what the program says."""

import runpy
from pathlib import Path

import pytest

from nonlin._text import LANGUAGES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_not_stale(language):
    tool = runpy.run_path(str(ROOT / "tools" / "build_options.py"))
    written = (ROOT / "docs" / tool["NAMES"][language]).read_text(encoding="utf-8")
    assert written == tool["page"](language), "run python tools/build_options.py"
