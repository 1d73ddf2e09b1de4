"""A server of the lab without pages or kernels, and a browser that opened its first address."""

import pytest
from starlette.testclient import TestClient

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
