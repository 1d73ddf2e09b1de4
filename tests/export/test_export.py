"""nl.export: what every target has in common, and what it says to bad input."""

import inspect
import re
from importlib import import_module

import pytest

import nonlin as nl
from nonlin import __version__
from nonlin._errors import InputError
from nonlin._text import LANGUAGES, say, speaking
from nonlin.emit.basic import basic
from nonlin.emit.lets import OPERATORS
from nonlin.export import TARGETS, c, onnx
from nonlin.export.exported import Exported
from nonlin.expr.nodes import Call, symbol
from nonlin.expr.primitives import TABLE
from nonlin.expr.stable import MACHINE
from nonlin.expr.walk import postorder

MODULES = {name: import_module(f"nonlin.export.{name}") for name in TARGETS}
DIALECTS = {name: each.DIALECT for name, each in MODULES.items() if hasattr(each, "DIALECT")}
DIALECTS["c, float"] = c.SINGLE
SPELT = {name: (*OPERATORS, *each.spellings) for name, each in DIALECTS.items()}
SPELT["onnx"] = tuple(onnx.OPERATORS)


@pytest.mark.parametrize("target", SPELT)
def test_every_target_spells_every_primitive(target):
    row = TARGETS[target.split(",")[0]]
    refused = (*row.lacks, "row_join", "row_pool")  # rows of another length: only as formulas
    for primitive in {*TABLE, *MACHINE}.difference(refused):
        if not primitive.startswith("row_") or "rowwise" in row.kinds:
            assert parts_of(primitive, SPELT[target]) <= set(SPELT[target]), primitive


def parts_of(primitive, spelt):
    """The primitives that one is put together from where those of `spelt` are there."""
    count = TABLE[primitive].arity if primitive in TABLE else 2
    arguments = [symbol(name) for name in "abc"[:count]]
    if primitive == "where":
        arguments[0] = arguments[0] > 0
    root = basic(Call(primitive, tuple(arguments)), spelt)
    return {node.primitive for node in postorder(root) if isinstance(node, Call)}


@pytest.mark.parametrize("target", [name for name, row in TARGETS.items() if row.sign])
def test_the_head_says_what_it_is(target):
    text = nl.export("leaky_relu", to=target, exact=True)
    head = text.split("\n\n")[0]
    for part in ("Leaky rectified linear unit", "where(x > 0, x, alpha * x)", "Maas"):
        assert part in head
    assert "alpha = 0.01" in head
    assert __version__ in head
    for error in TARGETS[target].errors:
        assert f"{error.kind}, in units of the machine epsilon" in head
        assert f"{error.beside_one:g} * max(1, |f|)" in head
    assert all(len(line) <= 160 for line in head.splitlines())


def test_the_head_of_a_module_says_how_to_use_it():
    head = nl.export("xatlu", to="torch").split("\n\n")[0]
    assert "from xatlu import Xatlu; layer = Xatlu()" in head
    assert "x * (arctan(x) / pi + 0.5)" in head


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_help_lists_every_target(language):
    with speaking(language):
        assert set(TARGETS) <= set(re.findall(r"\w+", say("cli.export.help")))


def test_in_chinese():
    with speaking("zh"):
        text = nl.export("leaky_relu", to="c")
    assert "带泄漏修正线性单元" in text
    assert "函数参数：alpha = 0.01" in text


def test_a_formula_of_your_own_has_not_been_tested():
    mine = nl.activation("mine", "x*sigmoid(beta*x)", beta=1.5)
    assert "not been tested" in nl.export(mine, to="torch", exact=True)
    assert "beta = 1.5" in nl.export(mine, to="torch", exact=True)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("x*sigmoid(x)", "x_sigmoid_x"),
        ("2x", "f2x"),
        ("激活", "f"),
        ("lambda", "lambda_"),
        ("abs", "abs_"),
        ("my swish", "my_swish"),
    ],
)
def test_names_are_identifiers(name, plain):
    subject = Exported(nl.activation(name, "x"))
    assert subject.name == plain
    assert f"def {plain}(x):" in nl.export(nl.activation(name, "x"), to="python")


def test_a_title_cannot_leave_the_comment(space):
    sly = nl.activation("a\nraise SystemExit", "x")
    for target in ("python", "numpy"):
        space(nl.export(sly, to=target))


def test_bad_input():
    with pytest.raises(InputError, match=r"no target 'trch'.*python, numpy.* mean .*torch"):
        nl.export("mish", to="trch")
    with pytest.raises(InputError, match="no target 3"):
        nl.export("mish", to=3)
    with pytest.raises(InputError, match="no activation 'mihs'"):
        nl.export("mihs", to="c")
    with pytest.raises(InputError, match="no parameter 'alhpa'"):
        nl.export("elu", to="c", alhpa=1)
    with pytest.raises(InputError, match="must lie between 0"):
        nl.export("elu", to="c", alpha=-1)
    with pytest.raises(InputError, match="exact is 'yes': give True or False"):
        nl.export("mish", to="torch", exact="yes")


@pytest.mark.parametrize(
    "target", [name for name, row in TARGETS.items() if "rowwise" not in row.kinds]
)
def test_rows_are_refused_where_there_are_only_numbers(target):
    with pytest.raises(InputError, match=rf"softmax .* to {target}: .* numpy, torch"):
        nl.export("softmax", to=target)


def test_the_module_is_the_function():
    assert callable(nl.export)
    assert list(inspect.signature(nl.export).parameters) == ["name", "to", "exact", "parameters"]
    assert nl.export.__doc__.startswith("The activation as code that stands alone")
