"""The store of compiled objects survives damage, a full disk and a read-only home."""

import os
import subprocess
import sys
import time

import pytest

from nonlin.kernels import store


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("NONLIN_CACHE_DIR", str(tmp_path / "objects"))
    return tmp_path / "objects"


def refuse():
    raise AssertionError("it was in the store")


def test_made_once(folder):
    assert store.fetch("key", lambda: b"object") == b"object"
    assert store.fetch("key", refuse) == b"object"
    assert [path.name for path in folder.iterdir()] == ["key.o"]


@pytest.mark.parametrize("damage", [lambda b: b[:20], lambda b: b[:-1] + b"x", lambda b: b""])
def test_a_damaged_entry_is_rebuilt(folder, damage):
    store.fetch("key", lambda: b"object")
    path = folder / "key.o"
    path.write_bytes(damage(path.read_bytes()))
    assert store.fetch("key", lambda: b"made again") == b"made again"
    assert store.fetch("key", refuse) == b"made again"


def test_a_folder_that_cannot_be_made(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NONLIN_CACHE_DIR", str(tmp_path / "file" / "objects"))
    assert store.fetch("key", lambda: b"object") == b"object"


def test_a_full_disk_leaves_nothing_behind(folder, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert store.fetch("key", lambda: b"object") == b"object"
    assert list(folder.iterdir()) == []


MANY = """
from nonlin.kernels import store
for i in range(200):
    assert store.fetch(f"key{i}", lambda: b"object" * 1000) == b"object" * 1000
"""


def test_many_processes_at_once_and_some_killed(folder):
    started = [subprocess.Popen([sys.executable, "-c", MANY]) for _ in range(8)]
    while not (folder.exists() and len(list(folder.glob("*.o"))) >= 20):
        time.sleep(0.001)
    for process in started[:2]:
        process.kill()
    assert [process.wait(60) for process in started][2:] == [0] * 6
    assert len(list(folder.glob("*.o"))) == 200
    for i in range(200):
        assert store.fetch(f"key{i}", refuse) == b"object" * 1000
