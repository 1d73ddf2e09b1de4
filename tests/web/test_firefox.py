"""The lab in Firefox: what a link shows in one browser, it shows in the other, bit for bit.

Firefox is driven by its own protocol, Marionette: neither a driver nor a package is needed.
"""

import json
import shutil
import socket
import subprocess
import time
from urllib.parse import quote

import pytest

RACES = [
    {"racers": [["relu"], ["silu", "tanh"], ["sigmoid"], ["mish"]], "hidden": [7, 5], "epoch": 6},
    {"data": "circles", "optimizer": "sgd", "racers": [["sine"], ["gelu"]], "epoch": 3},
    {"data": "digits", "hidden": [8], "racers": [["elu"], ["softplus"]], "epoch": 2},
    {"data": "function", "racers": [["snake"], ["erf"]], "epoch": 3},
]
DOZEN = [
    "relu",
    "leaky_relu",
    "gelu",
    "silu",
    "tanh",
    "sigmoid",
    "softplus",
    "mish",
    "snake",
    "morlet",
    "xielu",
    "mexican_hat",
]  # --thorough: all
TINY = {"hidden": [3], "epoch": 100, "pace": "fast", "batch": 128}
EPOCH = "return document.querySelector('main output')?.textContent"
FOUND = """return document.querySelector('article .broken') ? [] :
  [...document.querySelectorAll('article')].map((each) => each.dataset.fingerprint)"""
ERRORS = """return Services.console.getMessageArray().filter(
  (each) => each instanceof Ci.nsIScriptError && each.sourceName.startsWith(arguments[0])
    && !(each.flags & Ci.nsIScriptError.warningFlag)).map((each) => each.errorMessage)"""
PREFERENCES = {
    "marionette.port": 0,  # any that is free: it stands in a file
    "app.update.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}


class Firefox:
    """A browser without a window: `ask` sends one command and gives its answer."""

    def __init__(self, program, profile):
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in PREFERENCES.items()]
        (profile / "user.js").write_text("\n".join(lines))
        options = ["--headless", "--marionette", "--remote-allow-system-access"]
        self.program = subprocess.Popen(
            [program, *options, "--no-remote", "--profile", profile],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={"HOME": str(profile), "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        told = profile / "MarionetteActivePort"
        wait(told.exists, 60)
        self.line = socket.create_connection(("127.0.0.1", int(told.read_text())), timeout=60)
        self.stream = self.line.makefile("rb")
        self.hear()
        self.ask("WebDriver:NewSession")

    def hear(self):
        """A message: its length, a colon, JSON."""
        size = b""
        while not size.endswith(b":"):
            size += self.stream.read(1)
        return json.loads(self.stream.read(int(size[:-1])))

    def ask(self, command, **values):
        """Raises AssertionError with what Firefox says is wrong."""
        message = json.dumps([0, 1, command, values]).encode()
        self.line.sendall(b"%d:%b" % (len(message), message))
        _, _, error, answer = self.hear()
        assert error is None, error
        return answer

    def run(self, script, *arguments):
        """What a script returns."""
        answer = self.ask("WebDriver:ExecuteScript", script=script, args=list(arguments))
        return answer["value"]

    def errors(self, site):
        """What scripts of a site have thrown."""
        self.ask("Marionette:SetContext", value="chrome")
        found = self.run(ERRORS, site)
        self.ask("Marionette:SetContext", value="content")
        return found

    def close(self):
        """End the browser."""
        self.stream.close()
        self.line.close()
        self.program.terminate()
        self.program.wait(30)


def wait(ready, seconds=90):
    """Until something holds."""
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def firefox(site, missing_browser, tmp_path_factory):
    """The system's Firefox; no script of the site may have failed in it."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    if program is None:
        missing_browser("needs firefox or firefox-esr", "NONLIN_NEEDS_FIREFOX")
    browser = Firefox(program, tmp_path_factory.mktemp("firefox"))
    yield browser
    errors = browser.errors(site)
    browser.close()
    assert errors == []


@pytest.fixture
def raced(visit, firefox, site):
    """What a race ends with in Firefox, after asserting that Chromium has the same."""

    def both(state):
        link, epoch = f"{site}#/race?{quote(json.dumps(state))}", str(state["epoch"])
        page = visit("race", state)
        firefox.ask("WebDriver:Navigate", url=link)
        browsers = firefox.run, lambda script: page.evaluate(f"() => {{ {script} }}")
        for run in browsers:
            wait(lambda run=run: run(EPOCH) == epoch)
        other, found = (run(FOUND) for run in browsers)
        page.context.close()
        assert len(found) == len(state["racers"])
        assert other == found, state
        return found

    return both


@pytest.mark.slow
def test_a_link_is_the_same_race(raced):
    for state in RACES:
        found = raced(state)
        assert len(set(found)) == len(found)


def test_every_view_opens(firefox, site):
    for view in ("activations", "forward", "depth", "lessons"):
        firefox.ask("WebDriver:Navigate", url=f"{site}#/{view}")
        wait(
            lambda: firefox.run("return document.querySelectorAll('main svg, main h2').length") > 1
        )
        assert firefox.run("return document.querySelector('[role=alert]')") is None


@pytest.mark.slow
def test_everyone_after_100_epochs(request, raced, units, site_folder):
    from nonlin.catalogue import get, names

    every = [name for name in names() if get(name).elementwise]
    chosen = every if request.config.getoption("thorough") else DOZEN
    groups = [chosen[k : k + 8] for k in range(0, len(chosen), 8)]
    found = [each for group in groups for each in raced(TINY | {"racers": [[n] for n in group]})]
    told = TINY | {"racers": [[name] for name in chosen], "fingerprints": found}
    units("bits", NONLIN_DATA=str(site_folder / "data"), NONLIN_BITS=json.dumps(told))
