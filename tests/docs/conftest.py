"""The scripts that write the pages, as modules."""

import sys
from importlib import import_module
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / "tools"


@pytest.fixture
def tool(monkeypatch):
    """One of them by name; what they import of each other is forgotten with it."""
    monkeypatch.syspath_prepend(str(TOOLS))
    yield import_module
    for path in TOOLS.glob("*.py"):
        sys.modules.pop(path.stem, None)
