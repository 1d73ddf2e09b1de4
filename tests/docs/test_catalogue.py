"""The gallery is up to date; if not: python tools/build_catalogue.py"""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

import nonlin as nl

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "catalogue"
NAMES = nl.names()
SAMPLE = (*NAMES[:: max(1, len(NAMES) // 5)], "relu", "softmax")
LANGUAGES = ("en", "zh")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@pytest.fixture
def build(tool):
    return tool("build_catalogue")


def read(*parts):
    return FOLDER.joinpath(*parts).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_is_stale(language, build):
    """By the digest of what goes into a page: nothing is derived or drawn here."""
    stale = [
        name
        for name in NAMES
        if not (FOLDER / language / f"{name}.md").exists()
        or not read(language, f"{name}.md").startswith(f"<!-- {build.digest(nl.get(name))} ")
    ]
    assert not stale, "run: python tools/build_catalogue.py"


def test_no_page_and_no_picture_is_left_over():
    for folder in ("en", "zh", "pictures", "pictures/small"):
        ending = ".md" if folder in LANGUAGES else ".svg"
        files = {path.name for path in (FOLDER / folder).iterdir() if path.is_file()}
        assert files == {f"{name}{ending}" for name in NAMES}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(set(SAMPLE)))
def test_a_page_is_what_would_be_written_now(name, language, build):
    assert read(language, f"{name}.md") == build.page(nl.get(name), language)


@pytest.mark.parametrize("name", sorted(set(SAMPLE)))
def test_a_picture_is_what_would_be_drawn_now(name, build):
    """Numbers may differ by a tenth of a unit, as the last digits of processors do."""
    drawn = {("pictures",): build.picture, ("pictures", "small"): build.thumbnail}
    for folder, draw in drawn.items():
        now, before = draw(nl.get(name)), read(*folder, f"{name}.svg")
        assert NUMBER.sub("", now) == NUMBER.sub("", before)
        numbers = [np.array(NUMBER.findall(text), float) for text in (now, before)]
        np.testing.assert_allclose(*numbers, atol=0.11)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_gallery_shows_every_entry(language, build):
    page = read(build.GALLERY[language])
    entries = [nl.get(name) for name in NAMES]
    assert page.startswith(f"<!-- {build.gallery_digest(entries)} ")
    assert page == build.gallery(entries, language)
    links = re.findall(r"\]\(([^)]+)\)", page)
    assert all((FOLDER / link).exists() for link in links)
    assert {link for link in links if link.startswith(language)} == {
        f"{language}/{name}.md" for name in NAMES
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_gallery_has_a_table_for_each_family_and_the_most_used_first(language, build):
    heads = re.findall(r"^## (.+)$", read(build.GALLERY[language]), re.MULTILINE)
    assert heads == [pair[language == "zh"] for pair in build.FAMILIES.values()]
    assert set(build.FAMILIES) == {"used", *build.families()}
    assert sorted(name for found in build.families().values() for name in found) == sorted(NAMES)


def test_pictures_are_small():
    files = [*FOLDER.rglob("*.svg")]
    for path in files:
        assert path.stat().st_size < 15_000, path
        ET.parse(path)  # noqa: S314 - our own file
    assert sum(path.stat().st_size for path in FOLDER.rglob("*.*")) < 6_000_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_of_pages_lead_somewhere(language):
    for path in (FOLDER / language).glob("*.md"):
        for link in re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8")):
            assert link.startswith("https://") or (path.parent / link).exists(), (path, link)


def test_a_changed_entry_makes_its_page_stale(build):
    relu = nl.get("relu")
    assert build.digest(relu) != build.digest(nl.get("leaky_relu"))
    assert build.digest(nl.get("leaky_relu").bind(alpha=0.3)) != build.digest(nl.leaky_relu)


@pytest.mark.parametrize("name", ["relu", "softmax"])
def test_every_target_of_a_page_can_be_had(name, build):
    found = build.targets(nl.get(name))
    assert set(found) >= {"numpy", "torch", "jax", "latex"}
    for target in set(found) - {"onnx"}:  # that needs the onnx package
        assert nl.export(name, to=target)


COUNTED = {
    "README.md": r"knows (\d+) activations|any of the (\d+)",
    "README.zh-CN.md": r"(\d+) 个激活函数|(\d+) 个函数",
    "docs/tour.md": r"knows (\d+) activations|each of the (\d+)",
    "docs/tour.zh-CN.md": r"(\d+) 个激活函数|(\d+) 个函数",
    "docs/catalogue/README.md": r"(\d+) activation functions",
    "docs/sources.md": r"of (\d+) entries",
    "docs/sources.zh-CN.md": r"共 (\d+) 个条目",
}


@pytest.mark.parametrize("page", COUNTED)
def test_pages_count_the_entries_that_there_are(page):
    found = re.findall(COUNTED[page], (ROOT / page).read_text(encoding="utf-8"))
    told = [int("".join(each)) for each in found]
    assert told
    assert set(told) == {len(NAMES)}, page
