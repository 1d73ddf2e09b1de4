"""PyTorch: a module whose derivatives, backward and forward, are those of the formula itself."""

from __future__ import annotations

from nonlin.emit.spelling import Spelling, call, damp, guard, named, normal_cdf, with_threshold
from nonlin.export.exported import Exported
from nonlin.export.header import Error
from nonlin.export.modules import dialect, function, module, widened
from nonlin.export.partials import Partial, partials

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
PRODUCT = "torch.where(a == 0, torch.copysign(a, b), a * b)"  # where a = 0 beats b
DIALECT = dialect(SPELLINGS, PRODUCT)
ERRORS: tuple[Error, ...] = (Error("float32", 8, 2000, 1e-30), Error("float64", 8, 2000, 1e-300))
_FRAME = '''\
import torch
from torch.autograd import forward_ad


def _wide(x):
    """Half precision is computed in single."""
    return x.float() if x.dtype in (torch.float16, torch.bfloat16) else x


def _floating(*inputs):
    """Of one dtype; whole numbers become numbers of torch's default dtype."""
    dtype = inputs[0].dtype
    for x in inputs[1:]:
        dtype = torch.promote_types(dtype, x.dtype)
    dtype = dtype if dtype.is_floating_point else torch.get_default_dtype()
    return tuple(x.to(dtype) for x in inputs)


def _below(ctx):
    """What was saved, without the tangents that a rule computes."""
    return [forward_ad.unpack_dual(each, level=0).primal for each in ctx.saved_tensors]


class _Batched(torch.autograd.Function):
    @classmethod
    def vmap(cls, info, in_dims, *inputs):
        """A batch is one more dimension, in front; those of scalars follow it."""
        pairs = [*zip(inputs, in_dims)]
        rank = max(x.dim() - (at is not None) for x, at in pairs)
        size = info.batch_size
        full = [x.expand(size, *x.shape) if at is None else x.movedim(at, 0) for x, at in pairs]
        ones = [(1,) * (rank + 1 - x.dim()) for x in full]
        return cls.apply(*(x.reshape(size, *o, *x.shape[1:]) for x, o in zip(full, ones))), 0


'''
# torch.compile takes no function with a rule for forward mode; torch (2.13) switches that mode
# off inside a rule, so that forward mode of forward mode would be 0
_FUNCTION = """\
class {title}(_Batched):
    @staticmethod
    def forward({names}):
        return {value}

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, {cotangent}):
        {saved} = ctx.saved_tensors
        return {gradients}


class {title}Forward({title}):
    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def jvp(ctx, {tangents}):
        {saved} = _below(ctx)
        with forward_ad._set_fwd_grad_enabled(True):
            return {change}


def {call}({names}):
    if torch.compiler.is_compiling():
        return {title}.apply({names})
    return {title}Forward.apply({names})
"""
_MODULE = '''\
def {name}({names}):
    """f(x), same shape and dtype as x; derivatives are exact to the second order."""
    {inputs}{comma} = _floating({inputs})
    return _apply({names})


class {title}(torch.nn.Module):
{init}    def forward(self, {inputs}):
        return {name}({own})
'''
_ROW_MODULE = '''\
def {name}(x, dim=-1):
    """f of every row along `dim`; derivatives are exact to the second order."""
    (x,) = _floating(x)
    return _apply(x.movedim(dim, -1)).movedim(-1, dim)


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
    known = partials(exported)
    arguments = ["x", *exported.others]
    parts = [_fresh(function(f"_{each.name}", arguments, each.graph, DIALECT)) for each in known]
    parts += [_exact(exported, each, arguments) for each in known if each.slopes]
    return module(_FRAME, [*parts, _module(exported)], DIALECT)


def _fresh(source: str) -> str:
    """Autograd wants another tensor than x back."""
    return source.replace("return x\n", "return x.clone()\n")


def _exact(exported: Exported, part: Partial, names: list[str]) -> str:
    """A function whose derivatives are the next ones: what is broadcast is summed.

    Derivatives stay in the precision that they are computed in; the value has the dtype of x.
    """
    calls = {each.label: each.call(names, widened(names)) for each in partials(exported)}
    slopes = [calls[label] for label in part.slopes]
    gradients = [
        f"(_wide(grad) * {slope}).sum_to_size({name}.shape).to({name}.dtype)"
        for slope, name in zip(slopes, names, strict=True)
    ]
    change = " + ".join(f"dot_{name} * {slope}" for slope, name in zip(slopes, names, strict=True))
    value, own = f"_{part.name}({widened(names)})", not part.label
    return _autograd(
        _class_of(exported, part),
        part.exact,
        names,
        value=f"{value}.to(x.dtype)" if own else value,
        gradients=gradients,
        change=f"({change}).to(x.dtype)" if own else change,
    )


def _class_of(exported: Exported, part: Partial) -> str:
    return f"_{exported.class_name}" + "".join(
        f"{word[:1].upper()}{word[1:]}" for word in part.name.split("_") if part.label
    )


def _autograd(
    title: str,
    call: str,
    names: list[str],
    *,
    value: str,
    gradients: list[str],
    change: str,
    cotangent: str = "grad",
) -> str:
    joined = "".join(f"\n            {each}," for each in gradients)
    return _FUNCTION.format(
        title=title,
        call=call,
        names=", ".join(names),
        saved=f"({names[0]},)" if len(names) == 1 else ", ".join(names),
        tangents=", ".join(f"dot_{name}" for name in names),
        value=value,
        gradients=gradients[0] if len(gradients) == 1 else f"({joined}\n        )",
        change=change,
        cotangent=cotangent,
    )


def _module(exported: Exported) -> str:
    learned, inputs = exported.learned, exported.inputs
    return _MODULE.format(
        name=exported.name,
        names=", ".join(["x", *exported.others]),
        title=exported.class_name,
        init=learned_weights(exported),
        inputs=", ".join(inputs),
        comma="," if len(inputs) == 1 else "",
        own=", ".join([*inputs, *(f"self.{name}" for name in learned)]),
    )


def learned_weights(exported: Exported) -> str:
    """The `__init__` of a module with a parameter for each number that is learned, or nothing."""
    learned, values = exported.learned, exported.activation.values
    if not learned:
        return ""
    defaults = "".join(f", {name}={values[name]!r}" for name in learned)
    lines = [f"    def __init__(self{defaults}):", "        super().__init__()"]
    lines += [
        f"        self.{name} = torch.nn.Parameter(torch.as_tensor(float({name})))"
        for name in learned
    ]
    return "\n".join(lines) + "\n\n"


def _rows(exported: Exported) -> str:
    value, backward = exported.rows()
    graphs = {"_value": value, "_backward": backward}
    changes = exported.row_changes()
    graphs |= {f"_{name}": root for name, root in changes.items()}
    heads = {"_value": ["x"], "_backward": ["x", "grad"], "_forward": ["x", "dot"]}
    heads["_bent"] = ["x", "dot", "dot_x"]
    parts = [
        _fresh(function(name, heads.get(name, ["x", "grad", "dot"]), root, DIALECT))
        for name, root in graphs.items()
    ]
    title = f"_{exported.class_name}"
    parts += [
        _row_gradient(f"{title}Gradient"),
        _row_change(f"{title}Change"),
        _autograd(
            title,
            "_apply",
            ["x"],
            value="_value(_wide(x)).to(x.dtype)",
            gradients=["_gradient(x, grad)"],
            change="_change(x, dot_x)",
        ),
        _ROW_MODULE.format(name=exported.name, title=exported.class_name),
    ]
    return module(_FRAME, parts, DIALECT)


def _row_gradient(title: str) -> str:
    """The gradient by x, itself with derivatives by x and by what arrives."""
    x, grad, dot = "_wide(x)", "_wide(grad)", "_wide(dot)"
    turned = f"_turned({x}, {grad}, _wide(dot_x)) + _backward({x}, _wide(dot_grad))"
    return _autograd(
        title,
        "_gradient",
        ["x", "grad"],
        value=f"_backward({x}, {grad}).to(x.dtype)",
        gradients=[
            f"_twice({x}, {grad}, {dot}).to(x.dtype)",
            f"_forward({x}, {dot}).to(grad.dtype)",
        ],
        change=f"({turned}).to(x.dtype)",
        cotangent="dot",
    )


def _row_change(title: str) -> str:
    """The Jacobian times `dot`, itself with derivatives by x and by `dot`."""
    x, grad, dot = "_wide(x)", "_wide(grad)", "_wide(dot)"
    bent = f"_bent({x}, {dot}, _wide(dot_x)) + _forward({x}, _wide(dot_dot))"
    return _autograd(
        title,
        "_change",
        ["x", "dot"],
        value=f"_forward({x}, {dot}).to(x.dtype)",
        gradients=[
            f"_twice({x}, {grad}, {dot}).to(x.dtype)",
            f"_backward({x}, {grad}).to(dot.dtype)",
        ],
        change=f"({bent}).to(x.dtype)",
    )
