"""nonlin lab: what it writes, where it serves, and what it refuses in one sentence."""

import importlib.util
import socket

import pytest

from nonlin.cli import run
from nonlin.lab import site
from nonlin.lab.server import serve

PAGE = b"<html><head></head><body></body></html>"


@pytest.fixture
def ready(tmp_path, monkeypatch):
    """Pages that are built, and small data."""
    (tmp_path / "built").mkdir()
    (tmp_path / "built" / site.PAGE).write_bytes(PAGE)
    monkeypatch.setattr(site, "BUILT", tmp_path / "built")
    monkeypatch.setattr(site, "data", lambda: {"data/a.json": b"{}"})
    return tmp_path


def refused(capsys, *arguments):
    assert run(["lab", *arguments]) == 2
    out, error = capsys.readouterr()
    assert out == ""
    (sentence,) = error.strip().splitlines()
    return sentence


def test_writes_a_page(ready, capsys):
    assert run(["lab", "--export", str(ready / "page.html")]) == 0
    assert (ready / "page.html").exists()
    assert str(ready / "page.html") in capsys.readouterr().err


def test_writes_a_folder_and_keeps_what_is_there(ready, capsys):
    assert run(["lab", "--export", str(ready / "site")]) == 0
    assert (ready / "site" / "data" / "a.json").exists()
    capsys.readouterr()
    assert "is not empty" in refused(capsys, "--export", str(ready / "site"))


@pytest.mark.parametrize("port", ["0", "-1", "65536"])
def test_a_port_that_there_is_not(port, capsys):
    assert "a number from 1 to 65535" in refused(capsys, f"--port={port}")


def test_a_port_in_use(ready, capsys):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert f"Port {port} is in use" in refused(capsys, "--port", str(port), "--no-open")


def test_an_installation_without_pages(ready, capsys, monkeypatch):
    monkeypatch.setattr(site, "BUILT", ready / "nowhere")
    assert "not part of this installation" in refused(capsys, "--no-open")


@pytest.mark.parametrize("package", serve.NEEDED)
def test_an_installation_without_the_server(ready, capsys, monkeypatch, package):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        "nonlin._public.find_spec", lambda name: None if name == package else found(name)
    )
    said = refused(capsys, "--no-open")
    assert (
        said == f"nonlin: error: The package {package} is not installed: pip install 'nonlin[lab]'."
    )


def test_serves_until_ctrl_c_and_says_where(ready, capsys, monkeypatch):
    opened = []

    def served(here, token, files):
        assert here.getsockname()[0] == "127.0.0.1"
        assert files["index.html"] == PAGE
        assert opened[0].endswith(f":{here.getsockname()[1]}/?token={token}")
        raise KeyboardInterrupt

    monkeypatch.setattr(serve, "serve", served)
    monkeypatch.setattr("webbrowser.open", opened.append)
    assert run(["lab"]) == 0
    assert f"The lab is open at {opened[0]}" in capsys.readouterr().err
