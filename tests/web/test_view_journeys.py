"""Activations, forward pass, depth and lessons as readers use them, on the exported site."""

import pytest

PAGES = [
    ("activations", {"name": "leaky_relu", "parameters": [0.2]}),
    ("activations", {"name": "softmax"}),
    ("forward", {"network": "three", "at": [2, 0]}),
    ("forward", {"back": True, "at": [1, 1]}),
    ("depth", {}),
    ("lessons", {"lesson": 3}),
    ("lessons", {"lesson": 7, "solved": ["choose.0"]}),
]


def wide(page):
    """By how many pixels a page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("en", "light", 1200), ("en", "dark", 390), ("zh", "light", 390), ("zh", "dark", 1200)],
)
def test_everybody_can_use_it(visit, faults, language, theme, width):
    for view, state in PAGES:
        page = visit(view, state, language, theme, width)
        assert faults(page) == [], (view, state)
        assert wide(page) <= 0, (view, state)
        assert "lab." not in page.inner_text("main"), (view, state)  # a text that is missing


def test_the_language_changes_in_place(visit):
    page = visit("depth", {"name": "gelu", "weights": 2})
    page.get_by_role("button", name="中文").click()
    page.get_by_role("heading", name="深度").wait_for()
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert page.get_by_role("slider", name="gelu 的相图").get_attribute("aria-valuenow") == "2"


def test_first_lesson_by_keyboard_in_chinese(visit):
    page = visit("lessons", language="zh")
    bias = page.get_by_label("偏置 b")
    bias.focus()
    for _ in range(80):  # from -0.2 to -1, where the sum is 0
        page.keyboard.press("ArrowLeft")
    page.get_by_text("z = 0 时 a = 0.5").wait_for()
    page.get_by_role("button", name="下一步").press("Enter")
    for name in ("w1", "w2"):
        page.get_by_label(name).focus()
        page.keyboard.press("End")
    page.get_by_text("超过了偏置的抑制作用").wait_for()
    page.wait_for_timeout(400)  # until the link is written
    assert "neuron.1" in page.url


def test_neuron_by_neuron(visit):
    page = visit("forward", {"at": [0, 0]})
    page.locator("g[tabindex='0']").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowRight"):
        page.keyboard.press(key)
    assert "1.034" in page.locator(":focus").get_attribute("aria-label")
    text = page.inner_text("main")
    assert "z = 2·0.69 + (−1)·0.6457 + 0.3 = 1.034" in text
    assert "a = sigmoid(1.034) = 0.7377" in text
    page.get_by_role("button", name="Backward").click()
    assert "0.7377 − 0 = 0.7377" in page.inner_text("main")
    page.get_by_role("button", name="Change all weights").click()
    page.get_by_text("Loss 1.338 →").wait_for()


def test_the_point_moves_by_arrow_keys_and_by_hand(visit):
    page = visit("depth", {"name": "relu", "weights": 1.4, "biases": 0})
    point = page.get_by_role("slider", name="Phase plane")
    point.press("ArrowRight")
    point.press("Shift+ArrowLeft")
    assert point.get_attribute("aria-valuetext") == "σw = 1.44, σb = 0"
    page.get_by_role("button", name="To the edge").click()
    page.get_by_text("Gradients keep their size").wait_for()
    box = point.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.up()
    page.get_by_text("Chaotic: χ").wait_for()


def test_search_filters_and_pins(visit):
    page = visit("activations")
    page.get_by_label("Search").fill("hard swish")
    page.get_by_role("button", name="hard_swish").first.click()
    page.get_by_role("heading", name="hard_swish").wait_for()
    page.get_by_role("button", name="Add to the comparison").click()
    page.get_by_role("button", name="Leave out of the comparison: hard_swish").wait_for()
    page.get_by_label("Search").fill("no such thing")
    page.get_by_text("leave one out").wait_for()
    page.get_by_label("Search").fill("")
    page.locator("summary").click()
    for flag in ("smooth", "odd"):  # the filters stay open
        page.get_by_label(flag, exact=True).check()
    names = page.locator("main li button b").all_inner_texts()
    assert "tanh" in names
    assert "gelu" not in names


def test_a_damaged_link_is_refused_in_one_sentence(visit):
    for view, state in (
        ("depth", {"weights": 99}),
        ("lessons", {"lesson": 99}),
        ("forward", {"at": "x"}),
    ):
        page = visit(view, state)
        page.get_by_role("alert").wait_for()
        assert page.locator("h2").count() == 1


def test_the_best_known_come_first(visit):
    page = visit("activations")
    names = page.locator("main li button b").all_inner_texts()
    assert names[:4] == ["relu", "leaky_relu", "gelu", "silu"]
    assert len(names) == len(set(names)) > 150
    page.get_by_label("Search").fill("softmax")
    assert page.locator("main li button b").first.inner_text() == "softmax"
