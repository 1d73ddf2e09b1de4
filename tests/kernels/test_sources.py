"""Stored code knows the files that it was made from, however deep, and no others."""

import ast
from pathlib import Path

import pytest

import nonlin
from nonlin.kernels import key
from nonlin.kernels.sources import digest, sources

ROOT = Path(nonlin.__file__).parent
FILES = {
    "__init__.py": "from nonlin.far import something\n",
    "top.py": "from nonlin.room import middle\n",
    "room/__init__.py": "from nonlin.far import something\n",
    "room/middle.py": (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from nonlin import types\n\n"
        "    Value = int\n\n\ndef later():\n    from nonlin.room.deep.bottom import (  # late\n"
        "        first as second,\n    )\n"
    ),
    "room/deep/__init__.py": "",
    "room/deep/bottom.py": "first = 1\n",
    "far.py": "something = 1\n",
    "types.py": "",
}


@pytest.fixture
def package(tmp_path):
    root = tmp_path / "nonlin"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def fresh(package):
    digest.cache_clear()
    return digest("nonlin.top", root=package)


def test_what_is_imported_counts_however_deep(package):
    found = sources(("nonlin.top",), package)
    assert set(found) == {"nonlin.top", "nonlin.room.middle", "nonlin.room.deep.bottom"}


def test_an_edited_file_deep_down_changes_the_digest(package):
    before = fresh(package)
    assert fresh(package) == before
    (package / "room/deep/bottom.py").write_text("first = 2\n")
    assert fresh(package) != before


def test_a_moved_file_changes_the_digest_and_its_edits_count_there(package):
    before = fresh(package)
    (package / "room/deep/bottom.py").rename(package / "moved.py")
    middle = package / "room/middle.py"
    middle.write_text(middle.read_text().replace("nonlin.room.deep.bottom", "nonlin.moved"))
    moved = fresh(package)
    (package / "moved.py").write_text("first = 2\n")
    assert len({before, moved, fresh(package)}) == 3


@pytest.mark.parametrize("name", ["far.py", "types.py", "room/__init__.py", "room/new.py"])
def test_an_unrelated_file_does_not(package, name):
    before = fresh(package)
    (package / name).write_text("something = 3\n")
    assert fresh(package) == before


def test_what_a_package_defines_itself_is_in_its_file(package):
    (package / "top.py").write_text("from nonlin.room import middle, something\n")
    assert {"nonlin.room", "nonlin.far"} <= set(sources(("nonlin.top",), package))


def imported(path):
    """Our modules that a file imports, read off its syntax tree; those for types left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typed = [node for node in tree.body if isinstance(node, ast.If)]
    left_out = {id(each) for node in typed for each in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in left_out:
            continue
        if isinstance(node, ast.Import):
            assert not any(alias.name.startswith("nonlin.") for alias in node.names), path
        elif isinstance(node, ast.ImportFrom) and node.module.split(".")[0] == "nonlin":
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if module_file(whole) else node.module


def module_file(name):
    place = ROOT.joinpath(*name.split(".")[1:])
    files = (place.with_suffix(".py"), place / "__init__.py")
    return next((path for path in files if path.is_file()), None)


def test_the_pattern_finds_what_the_syntax_tree_has():
    names = [
        ".".join(["nonlin", *path.relative_to(ROOT).with_suffix("").parts])
        for path in ROOT.rglob("*.py")
    ]
    names = [name.removesuffix(".__init__") for name in names]
    for name in names:
        assert closure(name) <= set(sources((name,))), name  # and what docstrings show
    for name in (*key.WRITERS, "nonlin.network.loop"):
        assert closure(name) == set(sources((name,))), name


def closure(name, known={}):  # noqa: B006 - a memory of this module's
    found, ahead = set(), [name]
    while ahead:
        if (each := ahead.pop()) not in found:
            found.add(each)
            known[each] = known[each] if each in known else {*imported(module_file(each))}
            ahead += known[each]
    return found


def test_kernels_are_made_of_the_graph_and_its_writers():
    found = set(sources(key.WRITERS))
    expected = (
        "expr.primitives",
        "expr.machine.lower",
        "emit.llvm.writers.loops",
        "kernels.target",
    )
    assert {f"nonlin.{name}" for name in expected} <= found
    rooms = {name.split(".")[1] for name in found}
    assert rooms == {"_errors", "_libraries", "_text", "expr", "emit", "kernels"}


def test_every_compiled_function_of_the_training_loop_is_known():
    from nonlin.network import loop

    own = (each for each in vars(loop).values() if hasattr(each, "py_func"))
    assert {each.py_func.__module__ for each in own} <= set(sources((loop.__name__,)))
    assert not any("catalogue" in name for name in sources((loop.__name__,)))
