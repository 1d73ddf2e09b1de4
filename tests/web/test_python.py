"""A formula that is typed: Python reads it, in the browser or behind the server."""

import re

from nonlin.lab import site as lab

FORMULA = "x*sigmoid(2*x)"
LONG = 60_000  # ms: Python takes seconds to load, more on a busy machine


def learned(page, label, step):
    """Let the race learn the formula for one epoch; the field where it was typed."""
    page.locator(".settings select").first.select_option("function")
    own = page.get_by_label(label)
    own.fill(FORMULA)
    own.press("Enter")
    page.wait_for_function("() => location.hash.includes('sigmoid')")
    page.get_by_role("button", name=step).click()
    page.locator("main output", has_text=re.compile("^1$")).first.wait_for()
    return own


def test_a_formula_is_read_by_python_in_the_browser(visit):
    asked = []
    page = visit("activations", {"x": 1})
    page.on("request", lambda request: asked.append(request.url))
    own = page.get_by_label("Your formula")
    own.fill("gelu")  # an entry: the page knows it
    page.get_by_role("heading", name="gelu").wait_for()
    assert not asked  # nor is Python loaded before it is needed
    own.fill(FORMULA)
    page.get_by_text("Loading Python").wait_for()
    page.get_by_role("heading", name=FORMULA).wait_for(timeout=LONG)
    text = page.inner_text("main")
    assert "At x = 1: f = 0.8808, f' = 1.091, f'' = 0.1." in text
    assert page.locator("math").count() == 2
    assert "falls on (-∞, -0.639232)" in text
    assert not re.search(r"^Gain$", text, re.MULTILINE)  # it needs NumPy
    own.fill("x*eval(2)")
    page.get_by_text("There is no function 'eval' (column 3)").wait_for(timeout=LONG)
    page.get_by_role("button", name="中文").click()
    page.get_by_text("未知的函数 'eval'").wait_for(timeout=LONG)
    assert [url for url in asked if url.endswith("nonlin.zip")]
    page.get_by_role("link", name="训练对比").click()
    learned(page, "函数：名称", "训练一轮")


def test_the_server_reads_a_formula_for_two_views(lab_server, chromium):
    page = chromium.new_page(locale="en-US")
    page.goto(f"{lab_server}#/activations")
    page.get_by_label("Your formula").press_sequentially(FORMULA)  # as a reader types
    page.get_by_role("heading", name=FORMULA).wait_for()
    text = page.inner_text("main")
    assert "At x = 1: f = 0.8808, f' = 1.091, f'' = 0.1." in text
    assert "1.508 forward, 1.464 backward" in text
    page.get_by_role("link", name="Race").click()
    own = learned(page, "Function: a name", "One epoch")
    assert page.get_by_role("img", name="What relu has learned").is_visible()
    own.fill("x*eval(2)")
    own.press("Enter")
    page.get_by_role("alert").get_by_text("There is no function 'eval'").wait_for()
    assert not page.locator("article").count()
    page.context.close()


def test_a_site_without_its_python_says_so(visit):
    page = visit("activations")
    page.route("**/pyodide/**", lambda route: route.abort())
    page.get_by_label("Your formula").fill(FORMULA)
    page.get_by_text("Python could not be loaded").wait_for(timeout=LONG)


def test_one_file_says_what_formulas_need(chromium, site_folder):
    page = chromium.new_page(locale="en-US")
    page.goto(lab.export(site_folder.parent / "alone.html").as_uri() + "#/activations")
    page.get_by_label("Your formula").fill(FORMULA)
    page.get_by_text("start the lab with the command nonlin lab").wait_for()
    page.get_by_label("Your formula").fill("gelu")
    page.get_by_role("heading", name="gelu").wait_for()
    page.close()


def test_licences_travel_with_python(site_folder):
    said = (site_folder / "pyodide" / "licences.md").read_text(encoding="utf-8")
    files = set(re.findall(r"`(\S+\.txt)`", said))
    texts = [(site_folder / "pyodide" / name).read_text(encoding="utf-8") for name in files]
    for title in ("Mozilla Public License Version 2.0", "PYTHON SOFTWARE FOUNDATION LICENSE"):
        assert any(title in text for text in texts)
