"""PyTorch as people ship it: its own module, or plain operations that torch.compile fuses.

`export.torch` writes the exact form: it is right in the far tails, too, and slower.
"""

from __future__ import annotations

import math

from nonlin._text import say
from nonlin.emit.lets import statements
from nonlin.emit.spelling import Spelling, call
from nonlin.export.exported import Exported
from nonlin.export.header import header
from nonlin.export.modules import dialect
from nonlin.export.native import ALONG, Native, native
from nonlin.export.torch import PRODUCT, SPELLINGS
from nonlin.expr.analyse import Properties
from nonlin.expr.floats import as_function
from nonlin.expr.nodes import (
    Constant,
    Expr,
    arguments_of,
    build,
    constant,
    is_call,
    symbol,
    value_of,
    where,
)
from nonlin.expr.recognise import recognise
from nonlin.expr.walk import postorder, rewrite, substitute, symbols

MOST = 16  # units of the machine epsilon that f and f' are off, beside max(1, |f|)
WIDEST = 1e4  # |x| up to which they do, and at the infinities
_SMOOTH = ("tanh", "erf", "arctan", "absolute", "sigmoid", "softplus", "normal_cdf")
# not finite everywhere, which would spoil a branch that is not taken
_STEEP = ("exp", "expm1", "power", "log1p", "sin", "cos")
_BELL = ("erf", "normal_cdf", "arctan")  # their second derivatives are inf * 0 at infinities
_TAKEN = ("add", "subtract", "multiply", "negate", "where", "greater", "less", "greater_equal",
          "less_equal", "maximum", "minimum", *_SMOOTH, *_STEEP)  # fmt: skip
_PLAIN = dialect(
    {
        **SPELLINGS,
        "sigmoid": call("torch.sigmoid"),
        "softplus": Spelling(
            "(-torch.nn.functional.logsigmoid(-({0})))",
            lambda torch: lambda a: -torch.nn.functional.logsigmoid(-a),
        ),
        "normal_cdf": call("torch.special.ndtr"),
    },
    PRODUCT,
)
_CODE = '''\
import torch


def {name}(x):
    """f(x), same shape and dtype as x: plain operations, which torch.compile fuses."""
    dtype = x.dtype if x.is_floating_point() else torch.get_default_dtype()
    x = x.to(torch.promote_types(dtype, torch.float32))
{body}    return ({result}).to(dtype)


class {title}(torch.nn.Module):
    def forward(self, x):
        return {name}(x)
'''
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
    found = native(exported.activation)
    if found is not None:
        return _pointer(exported, found)
    code = _plain(exported)
    if code is None:
        return None
    return _headed(exported, say("export.plain", most=f"{MOST:g}", widest=f"{WIDEST:g}")) + code


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


def _plain(exported: Exported) -> str | None:
    """The code of what is element-wise and learns nothing, of operations with safe gradients."""
    activation = exported.activation
    if exported.kind != "elementwise" or exported.learned or activation.surrogate is not None:
        return None
    graph = recognise(activation.graph)
    if not all(_known(node) for node in postorder(graph)):
        return None
    root = rewrite(graph, _masked)
    around = _around(root, activation.properties)
    if around is None:
        return None
    if math.isfinite(as_function(root, "x")(math.nan)):
        root = build("guard", root, symbol("x"))
    lines, (result,) = statements([root], _PLAIN, ["x", "far", "dtype"])
    before, after = around
    return _CODE.format(
        name=exported.name,
        title=exported.class_name,
        body="".join(f"    {line}\n" for line in (*before, *lines)),
        result=f"{result}{after}",
    )


def _around(root: Expr, shape: Properties) -> tuple[list[str], str] | None:
    """What comes before and after f of x, so that no 0 * inf spoils it far out.

    Nothing where no factor grows; else f of x in bounds, and lines beyond them. None where f has
    no line there, to the last bit.
    """
    if not any(map(_grows, postorder(root))):
        return [], ""
    run, after = as_function(root, "x"), ""
    for sign, slope in zip((-1, 1), shape.slope_limits, strict=True):
        end, beyond = run(sign * WIDEST), run(sign * 1e3 * WIDEST)
        line = end + slope * sign * (1e3 - 1) * WIDEST
        if not (math.isfinite(slope) and abs(beyond - line) <= 4e-16 * max(1, abs(line))):
            return None
        if slope:
            turned = "far" if sign > 0 else "-far"
            times = "" if slope * sign == 1 else f"{slope * sign!r} * "
            after += f" + {times}torch.relu({turned} - {WIDEST!r})"
    kept = ["far = x"] if after else []
    return [*kept, f"x = torch.clamp(x, {-WIDEST!r}, {WIDEST!r})"], after


def _grows(node: Expr) -> bool:
    """Is it a product of functions of x, a power, or one whose derivatives hold such products?"""
    factors = [each for each in arguments_of(node) if "x" in symbols([each])]
    return (is_call(node, "multiply") and len(factors) > 1) or (
        is_call(node, "power", *_BELL) and bool(factors)
    )


def _known(node: Expr) -> bool:
    if is_call(node, *_STEEP, *_SMOOTH) and not is_call(node, "absolute"):
        inside = (part for each in arguments_of(node) for part in postorder(each))
        if any(is_call(part, "exp", "expm1") for part in inside):
            return False  # it may become infinite where the whole is flat: 0 * inf
    if is_call(node, "divide"):  # by numbers only: others may be 0
        return isinstance(arguments_of(node)[1], Constant)
    if is_call(node, "power"):
        exponent = value_of(arguments_of(node)[1])
        return exponent is not None and exponent.denominator == 1 and 2 <= exponent <= 4
    return is_call(node, *_TAKEN) or not arguments_of(node)


def _masked(node: Expr) -> Expr:
    """Branches that may become infinite get 0 for x where they are not taken, or 0 * inf spoils
    the gradient of the other one; the larger of two is a branch, too.
    """
    if is_call(node, "maximum", "minimum"):
        a, b = arguments_of(node)
        return where(a > b if is_call(node, "maximum") else a < b, a, b)
    if not is_call(node, "where"):
        return node
    condition, taken, other = arguments_of(node)
    return where(condition, _branch(condition, taken, True), _branch(condition, other, False))


def _branch(condition: Expr, branch: Expr, holds: bool) -> Expr:
    """The branch of x where the condition holds, or where it does not, and of 0 elsewhere."""
    if "x" not in symbols([branch]) or not any(is_call(n, *_STEEP) for n in postorder(branch)):
        return branch
    x, nothing = symbol("x"), constant(0)
    given = where(condition, x, nothing) if holds else where(condition, nothing, x)
    return substitute(branch, {"x": given})
