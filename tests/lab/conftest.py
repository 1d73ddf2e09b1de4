"""A server of the lab without pages or kernels, a browser that opened its first address, and a
table that is chosen for in no time."""

import pytest
from starlette.testclient import TestClient

from nonlin.lab.choosing import Asked
from nonlin.lab.desk import Desk
from nonlin.lab.server.app import application

PORT, TOKEN = 8765, "token-of-the-test"
ADDRESS = f"http://127.0.0.1:{PORT}"
FILES = {
    "index.html": b"<!doctype html><html><head><title>nonlin</title></head><body></body></html>",
    "assets/lab.js": b"go()",
    "data/kernels.wasm": b"\0asm",
}


@pytest.fixture
def stranger(tmp_path):
    """A browser that knows the address, and not the token."""
    app = application(FILES, PORT, TOKEN, Desk(tmp_path / "runs"))
    known = {"base_url": ADDRESS, "headers": {"origin": ADDRESS}, "follow_redirects": False}
    with TestClient(app, **known) as client:
        yield client


@pytest.fixture
def browser(stranger):
    """One that has opened the first address."""
    assert stranger.get(f"/?token={TOKEN}").status_code == 303
    return stranger


@pytest.fixture(scope="session")
def content():
    """A table of 60 rows, as it is dropped."""
    rows = (f"{k * k % 17 / 4},{k % 5},{'yes' if k * k % 17 > 8 else 'no'}" for k in range(60))
    return ("a,b,y\n" + "\n".join(rows) + "\n").encode()


@pytest.fixture(scope="module")
def small():
    """Choices are asked for little: for this, in which a test may change something."""
    options = Asked._options
    little = {"activations": ["relu", "tanh"], "rates": [0.003], "seeds": 2, "hidden": [4]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Asked, "_options", lambda asked: {**options(asked), **little})
        yield little
