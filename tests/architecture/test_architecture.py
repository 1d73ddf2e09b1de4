"""The house stands: floors are respected, nothing goes in circles, files stay readable."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import nonlin

ROOT = Path(nonlin.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
FLOORS = {
    "_errors": 0,
    "_text": 0,
    "_callable": 0,
    "expr": 1,
    "emit": 2,
    "kernels": 2,
    "gaussian_moments": 3,
    "activation": 3,
    "array_function": 3,
    "parameter": 3,
    "kinds": 3,
    "catalogue": 3,
    "sketch": 3,
    "export": 4,
    "theory": 4,
    "init": 5,
    "network": 5,
    "measure": 6,
    "layers": 6,
    "stability": 6,
    "data": 6,
    "tasks": 6,
    "trials": 6,
    "keep": 7,
    "choose": 7,
    "figures": 8,
    "report": 8,
    "lab": 8,
    "cli": 8,
    "__main__": 8,
    "sklearn": 9,  # a leaf: may use everything to floor 7, nobody imports it
}


def module_of(path):
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}


def imports(path):
    """(module, at the top of the file?) for every import of our own, also inside functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(node)
        for scope in ast.walk(tree)
        if isinstance(scope, ast.FunctionDef) or _for_types_only(scope)
        for node in ast.walk(scope)
    }
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names = [_target(node.module, alias.name) for alias in node.names]
        for name in names:
            if name.split(".")[0] == "nonlin":
                yield name, id(node) not in inside


def _target(module, name):
    return f"{module}.{name}" if f"{module}.{name}" in MODULES else module


def _for_types_only(node):
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def room(module):
    return module.split(".")[1] if "." in module else None


@pytest.mark.parametrize("module", [name for name in MODULES if name != "nonlin"])
def test_a_module_imports_its_own_floor_or_lower(module):
    floor = FLOORS[room(module)]
    for imported, _ in imports(MODULES[module]):
        if imported == "nonlin":
            continue  # the public face: __version__
        limit = 7 if floor == 9 else floor
        assert FLOORS[room(imported)] <= limit or room(imported) == room(module), imported


def test_every_room_has_a_floor():
    assert {room(name) for name in MODULES} - {None} <= set(FLOORS)


def test_no_cycles():
    """Between modules, by the imports at the top of their files."""
    graph = {
        name: {imported for imported, top in imports(path) if top and imported != name}
        for name, path in MODULES.items()
    }
    done, path = set(), []

    def visit(name):
        assert name not in path, " -> ".join([*path[path.index(name) :], name])
        if name in done:
            return
        path.append(name)
        for imported in sorted(graph.get(name, ())):
            visit(imported)
        path.pop()
        done.add(name)

    for name in graph:
        visit(name)


def test_no_cycles_between_rooms():
    """Whatever the floor: two rooms never import each other, not even inside functions."""
    pairs = {
        (room(name), room(imported))
        for name, path in MODULES.items()
        for imported, _ in imports(path)
        if room(name) and room(imported) and room(name) != room(imported)
    }
    both = {(a, b) for a, b in pairs if (b, a) in pairs and a < b}
    # an activation asks its kind how it is evaluated, and a kind evaluates an activation;
    # an unknown language is an error, and errors speak a language
    assert both <= {("activation", "kinds"), ("_errors", "_text")}


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_files_and_functions_stay_short(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            told = (ast.get_docstring(node) or "").count("\n")  # what explains is not too long
            assert node.end_lineno - node.lineno - told < 60, node.name


def test_functions_are_short_as_a_rule():
    """At most 20 lines at the 90th percentile."""
    lengths = sorted(
        node.end_lineno - node.lineno + 1
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    )
    assert lengths[int(0.9 * len(lengths))] <= 20


def test_the_expression_core_needs_the_standard_library_only():
    allowed = {"nonlin", *sys.stdlib_module_names}
    for name, path in MODULES.items():
        if FLOORS.get(room(name), 9) > 1:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= allowed, name
            elif isinstance(node, ast.ImportFrom):
                assert node.module.split(".")[0] in allowed, name


def test_nothing_is_evaluated_or_unpickled():
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec"), path
            if isinstance(node, ast.Import):
                assert not {"pickle", "marshal", "shelve"} & {a.name for a in node.names}, path


def test_importing_nonlin_imports_nothing_heavy():
    heavy = "numpy llvmlite numba polars matplotlib rich typer sklearn scipy"
    code = f"import nonlin, sys; print([m for m in {heavy.split()} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
