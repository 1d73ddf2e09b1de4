"""The front end's tests: skipped with a sentence where Node or the packages are missing."""

import functools
import json
import os
import shutil
import subprocess
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

WEB = Path(__file__).parents[2] / "web"


def missing(why, promise="NONLIN_NEEDS_BROWSER"):
    """Skip, or fail where the run promised to have it."""
    if os.environ.get(promise) == "1":
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="session")
def missing_browser():
    """`missing`, for files with a browser of their own."""
    return missing


@pytest.fixture(scope="session")
def units():
    """Runs files of web/tests with Node's own runner; options go in as environment variables."""
    node = shutil.which("node")
    if node is None or not (WEB / "node_modules" / "vite").exists():
        missing("needs Node 20.19 or newer, and `npm ci` in web/")

    def run(*names, **options):
        command = [node, "tests/run.mjs", *(f"{name}.test.ts" for name in names)]
        environ = {**os.environ, **options}
        done = subprocess.run(
            command, cwd=WEB, env=environ, capture_output=True, text=True, timeout=180
        )
        assert done.returncode == 0, done.stdout + done.stderr

    return run


class Quiet(SimpleHTTPRequestHandler):
    """Says nothing about what it serves."""

    def log_message(self, *_):
        """Nothing."""


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory):
    """The exported static site."""
    from nonlin.lab import site as lab

    if not (lab.BUILT / lab.PAGE).exists():
        missing("needs the pages of the lab: `make lab`")
    return lab.export(tmp_path_factory.mktemp("lab") / "site")


@pytest.fixture(scope="session")
def site(site_folder):
    """Its address."""
    handler = functools.partial(Quiet, directory=str(site_folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def chromium():
    """The system's browser."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("needs playwright")
    found = shutil.which("chromium")
    if found is None:
        missing("needs chromium")
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def faults():
    """What axe finds wrong with a page."""
    try:
        from axe_playwright_python.sync_playwright import Axe
    except ImportError:
        missing("needs axe-playwright-python")
    return lambda page: [each["id"] for each in Axe().run(page).response["violations"]]


@pytest.fixture
def visit(site, chromium):
    """Opens a view: visit("depth", {"name": "tanh"}, language="zh", theme="dark", width=390).

    Fails afterwards if a page threw an error, or asked anybody else for anything.
    """
    contexts, wrong = [], []
    ours = (site, "data:", "blob:")

    def open_(view, state=None, language="en", theme="light", width=1200):
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            locale={"en": "en-US", "zh": "zh-CN"}[language],
            color_scheme=theme,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda asked: asked.url.startswith(ours) or wrong.append(asked.url))
        page.goto(f"{site}#/{view}" + (f"?{quote(json.dumps(state))}" if state else ""))
        page.locator("h2").first.wait_for(state="attached")
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not wrong


@pytest.fixture(scope="session")
def lab_server(site, tmp_path_factory):
    """The first address of `nonlin lab`, with a journal of its own."""
    from nonlin.lab import site as lab
    from nonlin.lab.server import serve

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NONLIN_STATE_DIR", str(tmp_path_factory.mktemp("journal")))
        here, token = serve.listening(0), "of-the-journeys"
        server = serve.made(here, token, lab.files())
        thread = threading.Thread(target=server.run, kwargs={"sockets": [here]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{here.getsockname()[1]}/?token={token}"
        server.should_exit = True
        thread.join(20)
        here.close()
