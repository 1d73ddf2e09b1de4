"""PyTorch: a module whose backward pass is the derivative itself."""

from __future__ import annotations

from nonlin.emit.spelling import Spelling, call, damp, guard, named, normal_cdf, with_threshold
from nonlin.export.exported import Exported
from nonlin.export.header import Error
from nonlin.export.modules import dialect, function, module, widened

SPELLINGS = with_threshold(
    {
        **named("torch", "where", "sqrt", "exp", "expm1", "log", "log1p", "sin", "cos", "tanh"),
        **named("torch", "erf", absolute="abs", power="pow", arctan="atan"),
        "sign": Spelling(
            "torch.where(torch.isnan({0}), {0}, torch.sign({0}))",
            lambda torch: lambda a: torch.where(torch.isnan(a), a, torch.sign(a)),
        ),
        "normal_cdf": normal_cdf("torch.erfc"),
        "guard": guard("torch"),
        "damp": damp("torch"),
        "fill": call("torch.full_like", 2),
        "positive": call("torch.clamp", min=0.0),
        "row_max": call("torch.amax", 1, -1, keepdim=True),
        "row_sum": call("torch.sum", 1, -1, keepdim=True),
        "row_first": Spelling(
            "torch.nn.functional.one_hot(torch.argmax({0}, -1), x.shape[-1]).to(x.dtype)",
            lambda torch: (
                lambda a: torch.nn.functional.one_hot(torch.argmax(a, -1), a.shape[-1]).to(a.dtype)
            ),
        ),
    }
)
DIALECT = dialect(SPELLINGS, "torch.where(a == 0, torch.copysign(a, b), a * b)")
ERRORS: tuple[Error, ...] = (Error("float32", 8, 2000, 1e-30), Error("float64", 8, 2000, 1e-300))
_FRAME = '''\
import torch


def _wide(x):
    """Half precision is computed in single."""
    return x.float() if x.dtype in (torch.float16, torch.bfloat16) else x


'''
_FUNCTION = """\
class _{title}(torch.autograd.Function):
    generate_vmap_rule = True

    @staticmethod
    def forward({names}):
        return {value}({wide}).to(x.dtype)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, grad):
        {saved} = ctx.saved_tensors
        return {gradients}
"""
_MODULE = '''\
def {name}({names}):
    """f(x), same shape and dtype as x; `backward` is exact."""
    return _{title}.apply({names})


class {title}(torch.nn.Module):
{init}    def forward(self, {inputs}):
        return {name}({own})
'''
_ROW_MODULE = '''\
def {name}(x, dim=-1):
    """f of every row along `dim`; `backward` is exact."""
    return _{title}.apply(x.movedim(dim, -1)).movedim(-1, dim)


class {title}(torch.nn.Module):
    def __init__(self, dim=-1):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        return {name}(x, self.dim)
'''


def write(exported: Exported) -> str:
    """A module with a function and an nn.Module."""
    if exported.activation.rowwise:
        return _rows(exported)
    others = exported.others
    arguments = ["x", *others]
    orders = (0, 1) if others else (0, 1, 2)
    functions = [
        _fresh(function(f"_{what}", arguments, graph, DIALECT))
        for what, graph in zip(
            ("value", "slope", "curvature"), exported.graphs(orders, others), strict=False
        )
    ]
    functions += [
        function(f"_by_{name}", arguments, exported.by(name, others), DIALECT) for name in others
    ]
    classes = [_several(exported)] if others else _fixed(exported)
    return module(_FRAME, [*functions, *classes, _module(exported)], DIALECT)


def _fresh(source: str) -> str:
    """Autograd wants another tensor than x back, if only a view."""
    return source.replace("return x\n", "return x.view_as(x)\n")


def _fixed(exported: Exported) -> list[str]:
    """Two functions, so that the gradient has a gradient."""
    slope, title = f"{exported.class_name}Slope", exported.class_name
    second = "grad * _curvature(_wide(x)).to(x.dtype)"
    return [
        _autograd(slope, ["x"], "_slope", second),
        _autograd(title, ["x"], "_value", f"grad * _{slope}.apply(x)"),
    ]


def _several(exported: Exported) -> str:
    """Gradients by more than x: what is broadcast is summed."""
    names = ["x", *exported.others]
    wide = widened(names)
    parts = [f"grad * _slope({wide}).to(x.dtype)"]
    parts += [
        f"(_wide(grad) * _by_{name}({wide})).sum_to_size({name}.shape).to({name}.dtype)"
        for name in exported.others
    ]
    joined = "".join(f"\n            {part}," for part in parts)
    return _autograd(exported.class_name, names, "_value", f"({joined}\n        )")


def _autograd(title: str, names: list[str], value: str, gradients: str) -> str:
    return _FUNCTION.format(
        title=title,
        names=", ".join(names),
        saved=f"({names[0]},)" if len(names) == 1 else ", ".join(names),
        wide=widened(names),
        value=value,
        gradients=gradients,
    )


def _module(exported: Exported) -> str:
    values = exported.activation.values
    learned = exported.learned
    init = ""
    if learned:
        defaults = "".join(f", {name}={values[name]!r}" for name in learned)
        lines = [f"    def __init__(self{defaults}):", "        super().__init__()"]
        lines += [
            f"        self.{name} = torch.nn.Parameter(torch.as_tensor(float({name})))"
            for name in learned
        ]
        init = "\n".join(lines) + "\n\n"
    return _MODULE.format(
        name=exported.name,
        names=", ".join(["x", *exported.others]),
        title=exported.class_name,
        init=init,
        inputs=", ".join(exported.inputs),
        own=", ".join([*exported.inputs, *(f"self.{name}" for name in learned)]),
    )


def _rows(exported: Exported) -> str:
    value, backward = exported.rows()
    gradient = "_backward(_wide(x), _wide(grad)).to(x.dtype)"
    parts = (
        function("_value", ["x"], value, DIALECT),
        function("_backward", ["x", "grad"], backward, DIALECT),
        _autograd(exported.class_name, ["x"], "_value", gradient),
        _ROW_MODULE.format(name=exported.name, title=exported.class_name),
    )
    return module(_FRAME, parts, DIALECT)
