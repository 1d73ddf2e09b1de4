"""The guide is true: everything that it says is printed is printed, every picture is drawn anew."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import nonlin as nl

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "learn"
PAGES = sorted(path.relative_to(GUIDE) for path in GUIDE.glob("??/*.md"))
LINK = re.compile(r"\]\(([^)#]+)\)")


@pytest.fixture
def build_guide(tool):
    return tool("build_guide")


def read(page):
    return (GUIDE / page).read_text(encoding="utf-8")


def frame(path):
    """Format and size of a picture."""
    root = ET.parse(path).getroot()  # noqa: S314 - our own file
    return root.tag, root.get("width"), root.get("height"), root.get("viewBox")


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_page_says_what_is_printed(page, build_guide, tmp_path):
    folder = tmp_path / page.parent
    (folder / "pictures").mkdir(parents=True)
    assert build_guide.rewritten(read(page), folder, measured=False) == read(page)
    drawn = {path.name for path in (folder / "pictures").iterdir()}
    shown = {Path(link).name for link in LINK.findall(read(page)) if link.startswith("pictures/")}
    assert drawn == shown
    for name in drawn:
        assert frame(folder / "pictures" / name) == frame(GUIDE / page.parent / "pictures" / name)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_measured_has_the_same_form(language, build_guide, tmp_path):
    """Scores and times are those of a machine; what is asked and which candidates there are not."""
    page = read(f"{language}/5-how-to-choose.md")
    (block,) = [block for block in build_guide.blocks(page) if block["measured"]]
    (tmp_path / language).mkdir()
    said = build_guide.Session(tmp_path / language).run(block["kind"], block["body"]).splitlines()
    shown = block["body"].splitlines()
    assert said[0] == shown[0]  # the command
    for lines in (said, shown):  # the verdict: what, how good, better than what
        assert re.match(r"(Use|建议使用) (relu|leaky_relu|tanh|sigmoid)", lines[1])
        assert "95" in lines[2]
        assert re.match(r"Beats a linear model|是否优于线性模型", lines[3])
    for lines in (said, shown):
        ranked = {
            line.split()[1]
            for line in lines
            if re.match(r" [=→·*<?] [a-z]\w+ +(?:\d\.\d+|–)[ （]", line)
        }
        assert ranked == {"relu", "leaky_relu", "tanh", "sigmoid"}
        assert sum(line.startswith(" → ") for line in lines) == 1


def test_both_languages_run_the_same():
    """The same commands, the same code apart from comments and words, in the same order."""
    for page in {path.name for path in PAGES}:
        english, chinese = (typed(read(f"{language}/{page}")) for language in ("en", "zh"))
        assert english == chinese
    assert len(PAGES) == 10


def typed(text):
    lines = re.findall(r"^(?:\$|>>>|\.\.\.) .*$", text, re.MULTILINE)
    plain = [re.sub(r" +#.*| *\"\"\".*\"\"\"|(?<=\")[^\"{]*(?=\")", "", line) for line in lines]
    return [line for line in plain if "print(" not in line]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_known_numbers_are_there(language):
    page = read(f"{language}/3-five-activations.md")
    assert "[0.8360188, 0.11314284, 0.05083836]" in page
    for name in ("sigmoid", "tanh", "relu", "leaky_relu"):
        assert f"f(x) = {nl.get(name).latex}" in page


def test_every_page_and_notebook_is_listed():
    linked = sorted(Path(link) for link in LINK.findall(read("README.md")))
    assert [link for link in linked if link.suffix == ".md"] == PAGES
    notebooks = [page.with_suffix(".ipynb") for page in PAGES]
    assert [link for link in linked if link.suffix == ".ipynb"] == notebooks


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_five_at_a_glance(language):
    """Each with picture, derivative, something for it, something against it, and its use."""
    table = read(f"{language}/4-comparison.md").split("<!-- the five -->")[1].splitlines()[3:8]
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in table]
    assert [re.match(r"\[(\w+)\]", row[0])[1] for row in cells] == [
        "sigmoid", "tanh", "relu", "leaky_relu", "softmax",
    ]  # fmt: skip
    assert all(len(row) == 5 and all(row) for row in cells)
    assert r"\sigma(x) (1 - \sigma(x))" in cells[0][1]
    assert r"1 - \tanh^{2}(x)" in cells[1][1]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_page_has_pictures(page):
    assert len(re.findall(r"\]\(pictures/", read(page))) >= 1


@pytest.mark.parametrize("page", [Path("README.md"), *PAGES], ids=str)
def test_links_lead_somewhere(page):
    for link in LINK.findall(read(page)):
        assert link.startswith("https://") or (GUIDE / page.parent / link).exists(), link
