"""The report of every kind of task as a browser shows it: accessible, nothing cut off, alone."""

import os
import shutil

import numpy as np
import polars as pl
import pytest

import nonlin as nl
from nonlin._text import speaking
from nonlin.audit.results import Audit
from nonlin.report.page import html
from nonlin.report.page.audit import audit_html
from nonlin.tasks.kinds import KINDS

CHROMIUM = shutil.which("chromium")
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage"]  # for containers
NEEDED = "NONLIN_NEEDS_BROWSER"  # set where Chromium is known to be there
PHONE, DESK = {"width": 390, "height": 800}, {"width": 1280, "height": 900}

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(150, 3))
SIGNAL = X[:, 0] + 0.3 * X[:, 1]
TARGETS = {
    "regression": SIGNAL * 100_000,
    "robust": SIGNAL * 1000 + RANDOM.standard_t(1, 150),
    "positive": 1000 * np.exp(SIGNAL) * RANDOM.gamma(9, 1 / 9, 150),
    "counts": RANDOM.poisson(6 * np.exp(SIGNAL)),
    "proportion": 1 / (1 + np.exp(-2 * SIGNAL)),
    "quantiles": SIGNAL * 1000,
    "binary": np.where(SIGNAL > 0, "a label that is rather long", "no"),
    "multiclass": np.array(["a", "b", "c"])[np.digitize(SIGNAL, [-0.5, 0.5])],
    "multilabel": np.stack([X[:, 0] > 0, X[:, 1] > 0.5], axis=1),
    "ordinal": np.digitize(SIGNAL, [-1, -0.3, 0.3, 1]) * 10,
}
TINY = {"hidden": (6,), "activations": ["tanh", "gelu"], "rates": [0.003, 0.01], "seeds": 2}
TINY |= {"quick": True}

CUT = """() => {
  const cut = [];
  const inside = (part, room) => part.right <= room.right + 1 && part.left >= room.left - 1
    && part.bottom <= room.bottom + 1 && part.top >= room.top - 1;
  const page = document.documentElement;
  if (page.scrollWidth > innerWidth) cut.push(`the page is ${page.scrollWidth} wide`);
  for (const chart of document.querySelectorAll("svg")) {
    const room = chart.getBoundingClientRect();
    if (!room.width) continue;
    for (const word of chart.querySelectorAll("text, circle, rect.part")) {
      if (!inside(word.getBoundingClientRect(), room))
        cut.push(`${chart.getAttribute("aria-label")}: ${word.textContent}`);
    }
  }
  for (const part of document.querySelectorAll("h1, h2, p, li, dd, pre, figure, button, .scroll")) {
    const { left, right, width } = part.getBoundingClientRect();
    if (width && (left < -1 || right > innerWidth + 1)) cut.push(part.textContent.slice(0, 60));
    const scrolls = part.classList.contains("scroll");
    const over = part.scrollWidth > part.clientWidth + 1;
    if (over && !scrolls) cut.push(part.textContent.slice(0, 60));
    if (width && scrolls && part.previousElementSibling.hidden === over)
      cut.push(`a hint too many or too few: ${part.ariaLabel}`);
  }
  return cut;
}"""


def missing():
    """Why these tests cannot run, or nothing."""
    if CHROMIUM is None:
        return "There is no program called chromium, which shows the pages."
    return None


@pytest.fixture(scope="module")
def browser():
    why = missing()
    if why and os.environ.get(NEEDED):
        pytest.fail(why)
    if why:
        pytest.skip(why)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def axe():
    from axe_playwright_python.sync_playwright import Axe

    return Axe()


def opened(browser, result, path):
    """The page on a phone, all its tables open; a request for anything else fails."""
    audited = isinstance(result, Audit)
    made = audit_html(result) if audited else html(result, "nonlin choose flats.csv")
    path.write_text(made, encoding="utf-8")
    page = browser.new_page(viewport=PHONE)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: asked.append(str(error)))
    page.goto(path.as_uri())
    page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    page.wait_for_timeout(20)
    assert asked == [path.as_uri()]
    return page


def check(browser, axe, result, folder, turn):
    """Nothing is cut off in any look; by turns, one of them is asked whether all can read it."""
    for number, language in enumerate(("en", "zh")):
        with speaking(language):
            page = opened(browser, result, folder / "report.html")
        for wide, size in enumerate((PHONE, DESK)):
            page.set_viewport_size(size)
            page.wait_for_timeout(20)  # the page is told of its size a little later
            assert page.evaluate(CUT) == []
            if turn % 4 == 2 * number + wide:
                page.emulate_media(color_scheme="dark" if (turn // 4 + number) % 2 else "light")
                found = axe.run(page)
                assert found.violations_count == 0, found.generate_report()
        page.close()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_task(browser, axe, kind, tmp_path):
    result = nl.choose(X, TARGETS[kind], task=kind, **TINY)
    check(browser, axe, result, tmp_path, list(KINDS).index(kind))


def test_a_wide_table_of_many_classes_with_long_names(browser, axe, tmp_path):
    """Of columns and classes only some are drawn, and it says so."""
    rows = RANDOM.normal(size=(500, 120))
    frame = {f"a column whose name is rather long, number {k}": rows[:, k] for k in range(120)}
    y = [f"a class with a long name, number {k}" for k in np.arange(500) % 50]
    result = nl.choose(pl.DataFrame(frame), np.array(y), **TINY)
    page = html(result)
    assert "The 15 strongest of 120 columns" in page
    assert "the 12 of 50 classes" in page
    assert len(page) < 500_000
    check(browser, axe, result, tmp_path, 0)


@pytest.mark.parametrize("turn", range(2))
def test_an_audit(browser, axe, turn, tmp_path, monkeypatch):
    pytest.importorskip("onnxruntime")
    small = np.float32([-np.inf, np.inf, np.nan, -17, -6, -1, 0, 1])
    for place in ("nonlin.audit.inputs.sample", "nonlin.audit.audited.sample"):
        monkeypatch.setattr(place, lambda: small)
    found = nl.audit("onnxruntime", "nonlin", names=["gelu", "relu", "thresholded_relu"])
    check(browser, axe, found, tmp_path, turn)
