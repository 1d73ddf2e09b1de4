"""A formula that is typed on the exported site is read by Python in the browser."""

import re

FORMULA = "x*sigmoid(2*x)"


def type_in(page, formula):
    page.get_by_label("Your formula").fill(formula)


def test_a_formula_is_read_by_python_in_the_browser(visit):
    asked = []
    page = visit("activations", {"x": 1})
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(300)
    assert not any("pyodide" in url for url in asked)  # not before it is needed
    type_in(page, FORMULA)
    page.get_by_text("Loading Python").wait_for()
    page.get_by_role("heading", name=FORMULA).wait_for(timeout=60_000)
    text = page.inner_text("main")
    assert "At x = 1: f = 0.8808, f' = 1.091, f'' = 0.0" in text
    assert page.locator("math").count() == 2
    assert re.search(r"zero at|Zeros?\n", text)
    assert "forward" not in text  # gains need NumPy
    assert any(url.endswith("pyodide/nonlin.zip") for url in asked)


def test_what_is_no_formula_is_said_in_the_language_in_use(visit):
    page = visit("activations")
    type_in(page, "x*eval(2)")
    page.get_by_text("There is no function 'eval' (column 3)").wait_for(timeout=60_000)
    page.get_by_role("button", name="中文").click()
    page.get_by_label("自定义公式").fill("x*eval(3)")
    page.get_by_text("未知的函数 'eval'").wait_for(timeout=60_000)
