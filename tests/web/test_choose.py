"""Choose: from a dropped table to the report and the model, in a browser, in both languages."""

import io
import zipfile

import pytest

from nonlin.lab.choosing import Asked

ROWS = (f"{k * k % 17 / 4},{k % 5},{'yes' if k * k % 17 > 8 else 'no'}" for k in range(60))
TABLE = {
    "name": "table.csv",
    "mimeType": "text/csv",
    "buffer": ("a,b,y\n" + "\n".join(ROWS) + "\n").encode(),
}
SMALL = {"activations": ["relu", "tanh"], "rates": [0.003], "seeds": 3, "hidden": [4]}
WORDS = {
    "en": ("Start", "Choose a file", "Open the report", "Save the model (ZIP)", "Use "),
    "zh": ("开始", "选择文件", "打开报告", "保存模型（ZIP）", "建议"),
}


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    options = Asked._options
    monkeypatch.setattr(Asked, "_options", lambda asked: {**options(asked), **SMALL})


@pytest.fixture
def page(lab_server, chromium, request):
    """The view, in a language and a theme; fails if the page complained or asked anybody else."""
    language, theme, width = request.param
    wrong = []
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        locale={"en": "en-US", "zh": "zh-CN"}[language],
        color_scheme=theme,
    )
    page = context.new_page()
    ours = (lab_server.partition("?")[0], "data:", "blob:")
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: "Security" in said.text and wrong.append(said.text))
    page.on("request", lambda asked: asked.url.startswith(ours) or wrong.append(asked.url))
    page.goto(f"{lab_server}#/choose")
    page.locator(".drop").wait_for()
    yield page, WORDS[language]
    context.close()
    assert not wrong


@pytest.mark.slow
@pytest.mark.parametrize("page", [("en", "light", 1200), ("zh", "dark", 390)], indirect=True)
def test_from_the_file_to_the_model(page, faults, tmp_path):
    page, (start, choose, report, model, use) = page
    assert page.get_by_text(choose, exact=True).is_visible()
    page.locator("input[type=file]").set_input_files([TABLE])
    begin = page.get_by_role("button", name=start, exact=True)
    begin.wait_for()
    assert "nonlin choose table.csv" in page.locator("main").inner_text()
    begin.focus()
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name=report)
    link.wait_for(timeout=60_000)
    assert page.locator("section p strong").first.inner_text().startswith(use)
    assert page.locator("tbody tr").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    assert faults(page) == []
    with page.context.expect_page() as opened:
        link.click()
    opened.value.locator("h1").wait_for()
    assert "table.csv" in opened.value.title()
    with page.expect_download() as saved:
        page.get_by_role("link", name=model).click()
    names = zipfile.ZipFile(io.BytesIO(saved.value.path().read_bytes())).namelist()
    assert "model/settings.json" in names
    assert "choice" in page.url
    page.reload()  # the address says which choice it was
    page.get_by_role("link", name=report).wait_for()


@pytest.mark.parametrize("page", [("en", "dark", 1200)], indirect=True)
def test_a_file_that_is_no_table_gets_a_sentence(page):
    page, _ = page
    page.locator("input[type=file]").set_input_files([{**TABLE, "buffer": b"a,y\n1,2\n"}])
    problem = page.get_by_role("alert")
    problem.wait_for()
    assert "too few rows" in problem.inner_text()
