"""The front end's tests: skipped with a sentence where Node or the packages are missing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "web"


def missing(why):
    """Skip, or fail where the run promised to have a browser."""
    if os.environ.get("NONLIN_NEEDS_BROWSER") == "1":
        pytest.fail(why)
    pytest.skip(why)


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
