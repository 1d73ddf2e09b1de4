"""The store of compiled objects survives damage, a full disk and a read-only home."""

import multiprocessing
import os

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


def _many(folder):
    os.environ["NONLIN_CACHE_DIR"] = folder
    return [store.fetch(f"key{i}", lambda: b"object" * 1000) for i in range(30)]


def test_many_processes_at_once(folder):
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        found = pool.map(_many, [str(folder)] * 4)
    assert found == [[b"object" * 1000] * 30] * 4
    assert len(list(folder.iterdir())) == 30
