"""The race as readers use it: by mouse, by keyboard, by link, with tables of their own."""

import json
import re
from urllib.parse import unquote

import pytest

FOUR = [["relu"], ["silu", "tanh"], ["sigmoid"], ["mish"]]
STATES = [
    {"epoch": 2},
    {"data": "digits", "epoch": 1, "hidden": [8], "racers": [["relu"], ["gelu"]]},
    {"data": "function", "epoch": 2, "racers": [["sine"], ["relu"]]},
    {"data": "xor", "epoch": 2, "optimizer": "sgd", "rate": 1e6, "racers": [["relu"], ["tanh"]]},
]

PIXELS = """() => [...document.querySelectorAll('article canvas:first-child')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let found = 0x811c9dc5;
  for (const word of new Uint32Array(data.buffer)) found = Math.imul(found ^ word, 0x01000193);
  return (found >>> 0).toString(16);
})"""


def reach(page, epoch):
    """Wait until the race stands still at an epoch."""
    page.locator("article").first.wait_for(timeout=60_000)
    page.locator("output", has_text=re.compile(f"^{epoch}$")).first.wait_for(timeout=60_000)
    page.get_by_role("button", name=re.compile("^(Run|开始)$")).wait_for(timeout=60_000)
    return fingerprints(page)


def fingerprints(page):
    """Of the parameters of every network."""
    return [each.get_attribute("data-fingerprint") for each in page.locator("article").all()]


def state_of(page):
    """What the address says, once it is written."""
    page.wait_for_timeout(400)
    return json.loads(unquote(page.url.partition("?")[2]) or "{}")


@pytest.mark.parametrize(
    ("language", "theme", "width", "seen"),
    [
        ("en", "light", 390, (0, 1)),
        ("en", "dark", 1200, (2, 3)),
        ("zh", "light", 1200, (0, 3)),
        ("zh", "dark", 390, (1, 2)),
    ],
)
def test_everybody_can_use_it(visit, faults, language, theme, width, seen):
    for state in (STATES[k] for k in seen):
        page = visit("race", state, language, theme, width)
        reach(page, state["epoch"])
        assert faults(page) == [], state
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, state
        text = page.inner_text("main") + page.locator("[aria-live]").inner_text()
        assert not re.search(r"\b(lab|divergence)\.", text), state
        page.context.close()


def test_a_browser_and_node_have_the_same_bits(visit, units, site_folder):
    state = {"racers": FOUR, "hidden": [7, 5], "epoch": 6}
    page = visit("race", state)
    found = reach(page, 6)
    assert len(set(found)) == 4
    told = json.dumps({**state, "fingerprints": found, "pixels": page.evaluate(PIXELS)})
    units("bits", NONLIN_DATA=str(site_folder / "data"), NONLIN_BITS=told)


def test_by_keyboard_and_by_link(visit):
    page = visit("race", {"racers": FOUR, "pace": "fast"})
    begun = reach(page, 0)
    page.get_by_role("button", name="Run").press("Enter")
    page.wait_for_function("() => Number(document.querySelector('output').textContent) > 3")
    page.get_by_role("button", name="Pause").press("Enter")
    page.get_by_role("button", name="One epoch").press("Enter")
    page.wait_for_timeout(1000)
    epoch, ended = int(page.inner_text("output >> nth=0")), fingerprints(page)
    assert state_of(page)["epoch"] == epoch
    again = visit("race", state_of(page))
    assert reach(again, epoch) == ended
    time = page.get_by_role("slider", name="Epoch")
    time.press("Home")
    assert reach(page, 0) == begun
    assert "Epoch 0." in page.locator("[aria-live]").inner_text()


def test_settings_start_anew_and_stand_in_the_link(visit):
    page = visit("race", {"epoch": 1})
    reach(page, 1)
    page.get_by_label("Activation of network 1").select_option("elu")
    page.get_by_label("Network 2: one activation for each layer").click()
    page.get_by_label("Activation of network 2, layer 2").select_option("tanh")
    page.get_by_role("button", name="Add a layer").click()
    page.get_by_label("Initialise to match").uncheck()
    page.get_by_role("button", name="Add a network").click()
    reach(page, 0)
    state = state_of(page)
    assert state["racers"][:2] == [["elu"], ["silu", "tanh"]]
    assert len(state["racers"]) == 5
    assert (state["hidden"], state["matched"], state.get("epoch")) == ([16] * 3, False, None)
    assert page.locator("h3", has_text="silu → tanh → tanh").is_visible()


def test_divergence_is_told(visit):
    page = visit("race", STATES[3])
    reach(page, 2)
    assert "Training diverged at step" in page.locator("article").first.inner_text()
    assert "smaller learning rate" in page.locator("article").first.inner_text()


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"racers": [["relu"], ["nothing"]]}, "This link sets racers"),
        ({"rate": "fast"}, "This link sets rate"),
        ({"speed": 1}, "This link sets 'speed'"),
        ({"formula": "x" * 9000}, "characters"),
    ],
)
def test_links_that_are_not_used(visit, state, said):
    page = visit("race", state)
    assert said in page.get_by_role("alert").inner_text()
    reach(page, 0)


def table(rows, last):
    """A CSV, as Playwright hands it over."""
    lines = ["a,b,kind", *(f"{k},{k * 37 % 11},{last(k)}" for k in range(rows))]
    return {"name": "own.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}


def test_a_table_of_ones_own(visit):
    page = visit("race", {"data": "own", "racers": [["relu"], ["tanh"]]})
    file = page.locator("input[type=file]")
    file.set_input_files(table(10, str))
    page.get_by_text("The table has 10 rows").wait_for()
    own = table(60, lambda k: "big" if k > 30 else "small")
    file.set_input_files(own)
    reach(page, 0)
    page.get_by_role("button", name="One epoch").click()
    ended = reach(page, 1)
    assert "own.csv: 60 rows, learning kind" in page.inner_text("main")
    state = state_of(page)
    assert re.fullmatch("[0-9a-f]{16}", state["own"])
    again = visit("race", state)
    again.get_by_text(f"fingerprint {state['own']}").wait_for()
    again.locator("input[type=file]").set_input_files(own)
    assert reach(again, 1) == ended


def test_one_file_trains_without_a_server(site_folder, chromium):
    from nonlin.lab import site

    page = chromium.new_page()
    page.goto(f"{site.export(site_folder.parent / 'page.html').as_uri()}#/race?%7B%22epoch%22:2%7D")
    assert len(set(reach(page, 2))) == 4
    page.close()


@pytest.mark.parametrize(
    ("locale", "said"), [("en-US", "run python -m http.server in"), ("zh-CN", "请在此文件夹中运行")]
)
def test_what_a_folder_on_disk_says(site_folder, chromium, locale, said):
    page = chromium.new_page(locale=locale)
    page.goto((site_folder / "index.html").as_uri())
    page.get_by_text(said).wait_for()
    page.close()


def test_a_browser_that_is_too_old(site, chromium):
    page = chromium.new_page()
    spoilt = b"\0asm\x01\0\0\0\x63\0"  # a section of no known kind
    page.route("**/kernels.wasm", lambda route: route.fulfill(body=spoilt))
    page.goto(site)
    page.get_by_text("lacks the vectors of WebAssembly").wait_for()
    page.close()


OTHER_DATA = """() => new Promise((done) => {
  const held = [], real = window.requestAnimationFrame;
  window.requestAnimationFrame = (draw) => held.push(draw);
  const change = () => {
    if (!held.length) return setTimeout(change, 5);
    const data = document.querySelector('.settings select');
    data.value = 'spiral';
    data.dispatchEvent(new Event('change', {bubbles: true}));
    setTimeout(() => {
      held.forEach((draw) => draw());
      window.requestAnimationFrame = real;
      done(held.length);
    });
  };
  change();
})"""


def test_a_picture_of_the_race_before_is_not_drawn_on_new_data(visit):
    page = visit("race", {"data": "function", "racers": FOUR[:2]})
    reach(page, 0)
    page.get_by_role("button", name="Run").click()
    assert page.evaluate(OTHER_DATA)
    page.locator("article canvas").first.wait_for()
