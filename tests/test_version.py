"""One version, wherever it is written."""

import re
import tomllib
from pathlib import Path

import nonlin

ROOT = Path(__file__).parents[1]


def test_every_file_says_the_same():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    cited = re.search(r"^version: (.*)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.M)
    changes = re.findall(r"^## \[(.*)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert nonlin.__version__ == project["version"] == cited[1] == changes[0]


def test_extras_pin_nothing():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = sum(project["optional-dependencies"].values(), project["dependencies"])
    assert not [each for each in needed if re.search(r"[<=~!]=?[^=]*$", each.replace(">=", ""))]
