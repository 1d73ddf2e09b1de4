"""The house stands: floors are respected, nothing goes in circles, files stay readable."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

import nonlin

ROOT = Path(nonlin.__file__).parent
PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs" / "architecture.md"
FILES = sorted(ROOT.rglob("*.py"))
FLOORS = {  # of every folder and file of the package; docs/architecture.md says what they are for
    "_errors": 0,
    "_text": 0,
    "_callable": 0,
    "_files": 0,
    "_libraries": 0,
    "_wrapping": 0,
    "messages": 0,
    "expr": 1,
    "emit": 2,
    "kernels": 2,
    "gaussian_moments": 3,
    "parameter": 3,
    "function": 3,
    "kinds": 3,
    "array_function": 3,
    "activation": 3,
    "catalogue": 3,
    "_public": 3,
    "checks": 3,
    "sketch": 3,
    "export": 4,
    "portrait": 4,
    "audit": 4,
    "any_library": 4,
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
    "cli": 8,
    "lab": 8,
    "__main__": 8,
    "sklearn": 9,  # leaves: may use everything to floor 7, nobody imports them
    "torch": 9,
    "jax": 9,
    "keras": 9,
}
# an unknown language is an error, and errors speak a language
CIRCLES = {("nonlin._errors", "nonlin._text"), ("nonlin._text", "nonlin._errors")}


def module_of(path):
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module", autouse=True)
def _forgotten():
    """A million nodes, which would make every later collection of garbage slow."""
    yield
    tree_of.cache_clear()


@cache
def imports(path: Path, types: bool = True) -> tuple[str, ...]:
    """Every module of our own that is imported, also inside functions and by `import_module`.

    types: also by those imports that only a type checker reads?
    """
    return tuple(imported(tree_of(path), types))


def imported(tree: ast.Module, types: bool = True) -> Iterator[str]:
    """As `imports`, of the syntax tree of a module."""
    read_only = {
        id(node)
        for scope in ast.walk(tree)
        if not types and isinstance(scope, ast.If) and "TYPE_CHECKING" in ast.unparse(scope.test)
        for node in chain.from_iterable(map(ast.walk, scope.body))
    }
    for node in ast.walk(tree):
        if id(node) not in read_only:
            yield from (name for name in _names(node) if name.split(".")[0] == "nonlin")


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"{node.module}: imports are absolute"
        return [_target(node.module, alias.name) for alias in node.names]
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
        begin = ast.unparse(node.args[0]).strip("f'\"").partition("{")[0]
        return [name for name in MODULES if name.startswith(begin)] if begin else []
    return []


def _target(module, name):
    return f"{module}.{name}" if f"{module}.{name}" in MODULES else module


def room(module):
    return module.split(".")[1] if "." in module else None


def test_a_module_imports_its_own_floor_or_lower():
    pairs = [
        (module, name)
        for module, path in MODULES.items()
        for name in imports(path)
        if "nonlin" not in (module, name)  # the public face: __version__
    ]
    assert not [pair for pair in pairs if goes_up(*map(room, pair))]


def goes_up(importer, imported):
    limit = 7 if FLOORS[importer] == 9 else FLOORS[importer]
    return FLOORS[imported] > limit and imported != importer


def test_rooms_are_those_of_the_table():
    """Every folder and file of the package has a row in docs/architecture.md, and its floor."""
    there = {each.stem for each in ROOT.iterdir() if each.suffix in ("", ".py")}
    assert there - {"__init__", "__pycache__"} == set(FLOORS)
    assert rooms_of(PAGE.read_text(encoding="utf-8")) == FLOORS


def rooms_of(text: str) -> dict[str, int]:
    """The floor of each room named in the table of floors."""
    rows = re.findall(r"^\| (\d) \| (.*?) \|", text, re.MULTILINE)
    pairs = [(name, int(floor)) for floor, names in rows for name in re.findall(r"`(.+?)`", names)]
    assert len(dict(pairs)) == len(pairs), "a room has two rows"
    return {name.removesuffix("/").removesuffix(".py"): floor for name, floor in pairs}


def test_the_table_is_read():
    table = "| Floor | Where |\n|---|---|\n| 0 | `_text.py`, `expr/` | `x` |\n| 1 | `emit/` | |\n"
    assert rooms_of(table) == {"_text": 0, "expr": 0, "emit": 1}


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The modules of a circle, the first again at the end; empty if there is none."""
    done, path = set(), []

    def visit(name):
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        path.append(name)
        found = next(filter(None, map(visit, sorted(graph.get(name, ())))), [])
        path.pop()
        done.add(name)
        return found

    return next(filter(None, map(visit, sorted(graph))), [])


def test_no_circles():
    """Of any length, file by file, by whatever runs: also by imports inside functions."""
    graph = {
        name: {other for other in imports(path, types=False) if (name, other) not in CIRCLES}
        for name, path in MODULES.items()
        if name != "nonlin"  # the public face looks its names up when they are asked for
    }
    assert not circle({name: others - {name} for name, others in graph.items()})


def test_circles_are_found():
    ring = {"a": {"b"}, "b": {"c", "d"}, "c": {"d"}, "d": {"e"}, "e": {"c"}}
    assert circle(ring) == ["c", "d", "e", "c"]
    assert circle(ring | {"e": set()}) == []


def test_imports_are_found():
    source = """
import nonlin.expr.nodes
if TYPE_CHECKING:
    from nonlin.emit import latex
else:
    from nonlin.emit import lets
def late():
    from nonlin.init import fills, rules
    import_module(f"nonlin.kinds.{kind}"), import_module(kind)
"""
    found = {"expr.nodes", "emit.lets", "init.fills", "init.rules"}
    kinds = {name.removeprefix("nonlin.") for name in MODULES if name.startswith("nonlin.kinds.")}
    expected = {f"nonlin.{name}" for name in found | kinds}
    assert len(kinds) == 6
    tree = ast.parse(source)
    assert set(imported(tree, types=False)) == expected
    assert set(imported(tree)) == expected | {"nonlin.emit.latex"}


def test_no_circles_between_rooms():
    """Whatever the floor: two rooms never import each other, not even for types."""
    graph = {}
    for name, path in MODULES.items() - {("nonlin", MODULES["nonlin"])}:
        others = {room(other) for other in imports(path) if (name, other) not in CIRCLES}
        graph.setdefault(room(name), set()).update(others - {room(name), None})
    assert not circle(graph)


def functions():
    """All of the package, each with its file."""
    for path in FILES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef):
                yield node, path


def test_files_stay_short():
    lines = {path: path.read_text(encoding="utf-8").count("\n") for path in FILES}
    assert not [path for path in FILES if lines[path] > 400]


def test_functions_stay_short():
    for node, path in functions():
        told = (ast.get_docstring(node) or "").count("\n")  # what explains is not too long
        assert node.end_lineno - node.lineno - told < 60, (path, node.name)


def test_functions_are_short_as_a_rule():
    """At most 17 lines at the 90th percentile."""
    lengths = sorted(node.end_lineno - node.lineno + 1 for node, _ in functions())
    assert lengths[int(0.9 * len(lengths))] <= 17


def test_the_expression_core_needs_the_standard_library_only():
    allowed = {"nonlin", *sys.stdlib_module_names}
    for name, path in MODULES.items():
        if FLOORS.get(room(name), 9) > 1:
            continue
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= allowed, name
            elif isinstance(node, ast.ImportFrom):
                assert node.module.split(".")[0] in allowed, name


def test_nothing_is_evaluated_or_unpickled():
    for path in FILES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec"), path
            if isinstance(node, ast.Import):
                assert not {"pickle", "marshal", "shelve"} & {a.name for a in node.names}, path


def test_importing_nonlin_imports_nothing_heavy():
    heavy = "numpy llvmlite numba polars matplotlib rich typer sklearn scipy torch jax keras"
    code = f"import nonlin, sys; print([m for m in {heavy.split()} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_every_target_of_emit_has_a_test():
    """But for the files that other targets are made of."""
    files = {path.stem for path in (ROOT / "emit").glob("*.py")} - {"__init__"}
    folders = (ROOT / "emit", PROJECT / "tests" / "emit")
    sources = (path.read_text(encoding="utf-8") for each in folders for path in each.glob("*.py"))
    assert not files - {name for text in sources for name in re.findall(r"emit\.(\w+)", text)}


OPTIONAL = {  # libraries of extras, and the only rooms that may import them; most bring others
    "torch": {"torch", "audit", "cli"},
    "triton": {"torch"},
    "jax": {"jax", "audit"},
    "ml_dtypes": {"audit"},  # comes with jax, whose programs alone need it
    "keras": {"keras", "audit"},
    "onnx": {"export", "keep", "audit"},
    "onnxruntime": {"audit"},
    "distributed": {"cli"},
    "starlette": {"lab"},
    "uvicorn": {"lab"},
}
CALLED = {"scikit-learn": "sklearn"}  # where a library is imported under another name


def test_what_is_imported_is_installed_with_nonlin_or_belongs_to_an_extra():
    """A plain `pip install` must do for every command."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    names = (re.match(r"[\w-]+", each)[0] for each in project["dependencies"])
    installed = {CALLED.get(name, name) for name in names} | {*sys.stdlib_module_names, "nonlin"}
    missing = [
        f"{path.relative_to(ROOT)}: {library}"
        for path in FILES
        for library in _libraries(path) - installed
        if path.relative_to(ROOT).parts[0] not in OPTIONAL.get(library, ())
    ]
    assert not missing


def _libraries(path: Path) -> set[str]:
    """Imported anywhere in a file, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name.partition(".")[0] for each in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module.partition(".")[0])
    return found
