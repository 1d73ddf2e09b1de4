"""PyTorch: a module whose backward pass is the derivative itself."""

from __future__ import annotations

from nonlin.emit.lets import Dialect
from nonlin.export.arrays import function, module, threshold
from nonlin.export.header import Error
from nonlin.export.subject import Subject

_DAMP = '''\
def _damp(a, b):
    """a * b, where an a that has vanished beats an infinite b."""
    return torch.where(a == 0, torch.copysign(a, b), a * b)

'''
_SPELLINGS = {
    "where": "torch.where({0}, {1}, {2})",
    "guard": "torch.where(torch.isnan({1}), {1}, {0})",
    "damp": "_damp({0}, {1})",
    "absolute": "torch.abs({0})",
    "sign": "torch.where(torch.isnan({0}), {0}, torch.sign({0}))",
    "power": "torch.pow({0}, {1})",
    "sqrt": "torch.sqrt({0})",
    "exp": "torch.exp({0})",
    "expm1": "torch.expm1({0})",
    "log": "torch.log({0})",
    "log1p": "torch.log1p({0})",
    "sin": "torch.sin({0})",
    "cos": "torch.cos({0})",
    "arctan": "torch.atan({0})",
    "tanh": "torch.tanh({0})",
    "erf": "torch.erf({0})",
    "normal_cdf": "(0.5 * torch.erfc(-0.7071067811865476 * ({0})))",
    "row_max": "torch.amax({0}, -1, keepdim=True)",
    "row_sum": "torch.sum({0}, -1, keepdim=True)",
    "row_first": "torch.nn.functional.one_hot(torch.argmax({0}, -1), x.shape[-1]).to(x.dtype)",
    "row_threshold": "_threshold({0}, {1})",
}
DIALECT = Dialect(
    _SPELLINGS,
    fill="torch.full_like(x, {0})",
    helpers={
        "_damp": _DAMP,
        "_threshold": threshold(_SPELLINGS, "torch.clamp(z - middle, min=0.0)"),
    },
)
ERRORS = (Error("float32", 8, 2000, 1e-30), Error("float64", 8, 2000, 1e-300))
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


def write(subject: Subject) -> str:
    """A module with a function and an nn.Module."""
    if subject.activation.rowwise:
        return _rows(subject)
    others = subject.others
    arguments = ["x", *others]
    orders = (0, 1) if others else (0, 1, 2)
    functions = [
        _fresh(function(f"_{what}", arguments, graph, DIALECT))
        for what, graph in zip(
            ("value", "slope", "curvature"), subject.graphs(orders, others), strict=False
        )
    ]
    functions += [
        function(f"_by_{name}", arguments, subject.by(name, others), DIALECT) for name in others
    ]
    classes = [_several(subject)] if others else _fixed(subject)
    return module(_FRAME, [*functions, *classes, _module(subject)], DIALECT)


def _fresh(source: str) -> str:
    """Autograd wants another tensor than x back, if only a view."""
    return source.replace("return x\n", "return x.view_as(x)\n")


def _fixed(subject: Subject) -> list[str]:
    """Two functions, so that the gradient has a gradient."""
    slope, title = f"{subject.class_name}Slope", subject.class_name
    second = "grad * _curvature(_wide(x)).to(x.dtype)"
    return [
        _autograd(slope, ["x"], "_slope", second),
        _autograd(title, ["x"], "_value", f"grad * _{slope}.apply(x)"),
    ]


def _several(subject: Subject) -> str:
    """Gradients by more than x: what is broadcast is summed."""
    names = ["x", *subject.others]
    wide = _wide(names)
    parts = [f"grad * _slope({wide}).to(x.dtype)"]
    parts += [
        f"(_wide(grad) * _by_{name}({wide})).sum_to_size({name}.shape).to({name}.dtype)"
        for name in subject.others
    ]
    joined = "".join(f"\n            {part}," for part in parts)
    return _autograd(subject.class_name, names, "_value", f"({joined}\n        )")


def _autograd(title: str, names: list[str], value: str, gradients: str) -> str:
    return _FUNCTION.format(
        title=title,
        names=", ".join(names),
        saved=f"({names[0]},)" if len(names) == 1 else ", ".join(names),
        wide=_wide(names),
        value=value,
        gradients=gradients,
    )


def _wide(names: list[str]) -> str:
    return ", ".join(f"_wide({name})" for name in names)


def _module(subject: Subject) -> str:
    values = subject.activation.values
    learned = subject.learned
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
        name=subject.name,
        names=", ".join(["x", *subject.others]),
        title=subject.class_name,
        init=init,
        inputs=", ".join(subject.inputs),
        own=", ".join([*subject.inputs, *(f"self.{name}" for name in learned)]),
    )


def _rows(subject: Subject) -> str:
    value, backward = subject.rows()
    gradient = "_backward(_wide(x), _wide(grad)).to(x.dtype)"
    parts = (
        function("_value", ["x"], value, DIALECT),
        function("_backward", ["x", "grad"], backward, DIALECT),
        _autograd(subject.class_name, ["x"], "_value", gradient),
        _ROW_MODULE.format(name=subject.name, title=subject.class_name),
    )
    return module(_FRAME, parts, DIALECT)
