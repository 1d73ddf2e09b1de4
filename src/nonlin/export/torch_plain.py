"""PyTorch as people ship it: its own module, or plain operations that torch.compile fuses.

`export.torch` writes the exact form: it is right in the far tails, too, and slower.
"""

from __future__ import annotations

from collections.abc import Mapping

from nonlin._text import say
from nonlin.catalogue import get
from nonlin.export.exported import Exported
from nonlin.export.header import header
from nonlin.export.native import ALONG, Native, native
from nonlin.export.plain_operations import WIDEST, plain
from nonlin.export.torch import learned_weights
from nonlin.expr.analyse import properties
from nonlin.expr.nodes import Expr, Symbol, constant, multiply, power, symbol
from nonlin.expr.recognise import recognise
from nonlin.expr.simplify import split
from nonlin.expr.walk import substitute, symbols

MOST = 16  # units of the machine epsilon that f and f' are off, beside max(1, |f|)
_WIDE = """\
    dtype = x.dtype if x.is_floating_point() else torch.get_default_dtype()
    x = x.to(torch.promote_types(dtype, torch.float32))
"""
_CODE = '''\
import torch


def {name}({arguments}):
    """f(x), same shape and dtype as x: plain operations, which torch.compile fuses."""
{wide}{body}    return ({result}).to(dtype)


class {title}(torch.nn.Module):
{init}    def forward(self, x):
        return {name}({own})
'''
_PAIR = '''\
import torch


{parts}def {name}(x, value):
    """The gate x and what it lets through: plain operations, which torch.compile fuses."""
    dtype = torch.promote_types(x.dtype, value.dtype)
    dtype = dtype if dtype.is_floating_point else torch.get_default_dtype()
    wide = torch.promote_types(dtype, torch.float32)
    return ({result}).to(dtype)


class {title}(torch.nn.Module):
    def forward(self, x, value):
        return {name}(x, value)
'''
_PART = """\
def _of_{name}(x):
{body}    return {result}


"""
_ROWS = '''\
import torch


def {name}(x, dim=-1):
    """f of every row along `dim`, same shape and dtype as x: plain operations."""
{wide}    x = x.movedim(dim, -1)
{body}    return ({result}).movedim(-1, dim).to(dtype)


class {title}(torch.nn.Module):
    def __init__(self, dim=-1):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        return {name}(x, self.dim)
'''
# rows by torch.softmax, which is NaN where the largest number is infinite: statements, then results
_SOFTMAX: Mapping[str, tuple[str, str]] = {
    "softmax": ("", "torch.softmax(x, -1)"),
    "tempered_softmax": ("", "torch.softmax(x / {temperature!r}, -1)"),
    "ssmax": ("", "torch.softmax({scale!r} * math.log(x.shape[-1]) * x, -1)"),
    "softmax1": (
        "    zero = torch.zeros_like(x[..., :1])  # one more number, left out again\n",
        "torch.softmax(torch.cat([x, zero], -1), -1)[..., :-1]",
    ),
}
_NATIVE = """\
import torch

{module}


def {name}(x{head}):
    return {title}({passed}){moved}(x)
"""
_OPTIONS = """
class {title}(torch.nn.{module}):
    def __init__(self{head}):
        super().__init__({given})"""


def write(exported: Exported) -> str | None:
    """The file, with its head; None where only the exact form is right."""
    activation = exported.activation
    found = native(activation)
    if found is not None:
        return _pointer(exported, found)
    if activation.surrogate is not None:
        return None
    forms = {"elementwise": _element, "gated": _pair, "rowwise": _rows}
    return forms[exported.kind](exported)


def _plain(exported: Exported, key: str, code: str) -> str:
    """Behind a head whose last sentence says how good plain operations are."""
    return _headed(exported, say(key, most=f"{MOST:g}", widest=f"{WIDEST:g}")) + code


def _headed(exported: Exported, sentence: str) -> str:
    own = [] if exported.activation.year is not None else [say("export.unchecked")]
    lines = [*header(exported, "PyTorch", ()), sentence, *own]
    return "".join(f"# {line}\n" for line in lines) + "\n"


def _pointer(exported: Exported, found: Native) -> str:
    values = found.arguments(exported.activation.values)
    axis = exported.activation.name in ALONG
    given = "dim" if axis else ", ".join(f"{name}={value!r}" for name, value in values.items())
    title, head = exported.class_name, ", dim=-1" if axis else ""
    module = f"{title} = torch.nn.{found.name}"
    if given:
        module = _OPTIONS.format(title=title, module=found.name, head=head, given=given)
    code = _NATIVE.format(
        module=module,
        name=exported.name,
        title=title,
        head=head,
        passed="dim" if axis else "",
        moved=_as_it_is_used(exported),
    )
    call_of = f"torch.nn.{found.name}({'dim=-1' if axis else given})"
    return _headed(exported, say("export.native", module=call_of)) + code


def _as_it_is_used(exported: Exported) -> str:
    """What a new module needs: a weight where x is; no noise, which it draws in training."""
    if exported.learned:
        return ".to(x)"
    return "" if exported.activation.training is None else ".eval()"


def _element(exported: Exported) -> str | None:
    """Of one tensor, and of what is learned where f is flat far out."""
    activation, learned = exported.activation, exported.learned
    values = {name: activation.values[name] for name in learned}
    graph = recognise(exported.formula(learned))
    found = plain(graph, activation.properties, values)
    if found is None:
        return None
    lines, result = found
    code = _CODE.format(
        name=exported.name,
        title=exported.class_name,
        arguments=", ".join(exported.defaults),
        wide=_WIDE,
        body=_indented(lines),
        result=result,
        init=learned_weights(exported),
        own=", ".join(["x", *(f"self.{name}" for name in learned)]),
    )
    return _plain(exported, "export.plain", code)


def _indented(lines: list[str]) -> str:
    return "".join(f"    {line}\n" for line in lines)


def _pair(exported: Exported) -> str | None:
    """A product of functions of one of the two tensors each."""
    factors = _factors(recognise(exported.activation.graph))
    if factors is None:
        return None
    parts, calls = "", []
    for name, graph in factors.items():
        if isinstance(graph, Symbol):
            calls.append(f"{name}.to(wide)")
            continue
        found = plain(graph, properties(graph))
        if found is None:
            return None
        parts += _PART.format(name=name, body=_indented(found[0]), result=found[1])
        calls.append(f"_of_{name}({name}.to(wide))")
    code = _PAIR.format(
        parts=parts, name=exported.name, title=exported.class_name, result=" * ".join(calls)
    )
    return _plain(exported, "export.plain_pair", code)


def _factors(graph: Expr) -> dict[str, Expr] | None:
    """By the name of the tensor, as a function of x; None where a factor has both."""
    coefficient, powers = split(graph)
    found = {"value": constant(1), "x": constant(coefficient)}
    for base, exponent in powers.items():
        if len(names := symbols([base])) > 1:
            return None
        name = next(iter(names), "x")
        found[name] = multiply(found[name], power(base, exponent))
    return {name: substitute(each, {name: symbol("x")}) for name, each in found.items()}


def _rows(exported: Exported) -> str | None:
    """By torch.softmax, where it is one."""
    activation = exported.activation
    name = next((name for name in _SOFTMAX if get(name).formula is activation.formula), None)
    if name is None:
        return None
    body, result = _SOFTMAX[name]
    code = _ROWS.format(
        name=exported.name,
        title=exported.class_name,
        wide=_WIDE,
        body=body,
        result=result.format(**activation.values),
    )
    code = f"import math\n\n{code}" if "math." in code else code
    return _plain(exported, "export.plain_softmax", code)
