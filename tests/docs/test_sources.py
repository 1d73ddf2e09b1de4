"""What was read of every entry's source is on record; if a page is stale: tools/build_sources.py"""

import re
import tomllib
from pathlib import Path

import pytest

import nonlin as nl

ROOT = Path(__file__).parents[2]
FIRST = {  # when a function was first published, also where its name is younger
    "silu": 2016,
    "sparse_sigmoid": 2019,
    "sparse_plus": 2019,
    "bent_identity": 2016,
    "sine": 1987,
    "bilinear": 2007,
    "relu": 1969,
    "softsign": 1993,
    "scaled_tanh": 1989,
    "cloglog": 2008,
    "tanhsoft_1": 2020,
}


@pytest.fixture
def build(tool):
    return tool("build_sources")


def test_an_entry_is_on_record_once(build):
    levels = tomllib.loads((ROOT / "tools" / "sources.toml").read_text(encoding="utf-8"))
    assert tuple(levels) == build.LEVELS
    listed = [name for level in levels.values() for name in level]
    assert len(listed) == len({*listed} & {*nl.names()})
    assert {*build.record()} == {*nl.names()}
    assert all(text.strip() for level in levels.values() for text in level.values())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_page_is_stale(language, build):
    path = ROOT / "docs" / build.PAGES[language]
    assert path.read_text(encoding="utf-8") == build.page(language), "tools/build_sources.py"


@pytest.mark.parametrize("name", FIRST)
def test_years(name):
    assert nl.get(name).year == FIRST[name]


def test_the_year_is_one_of_the_source():
    """Or that of the number of a preprint: 1908.08681 is of 2019."""
    for entry in map(nl.get, nl.names()):
        given = {int(year) for year in re.findall(r"\b((?:19|20)\d\d)\b(?!\.)", entry.source)}
        given |= {2000 + int(part) for part in re.findall(r"arXiv:(\d\d)\d\d\.", entry.source)}
        assert not given or entry.year in given, entry.name
