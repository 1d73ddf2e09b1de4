"""A graph as kernels in Triton's language, for GPUs: read, compute in float32, write, in one pass.

What Triton has on every machine and in its interpreter is used, and what it lacks is put together
from that: its libdevice has tanh and log1p, but not in the interpreter, where tests run.
"""

from __future__ import annotations

from collections.abc import Mapping

from nonlin.emit.lets import Dialect, statements
from nonlin.expr.nodes import Expr
from nonlin.expr.paths import Path, inputs_of, roots_of

# tanh and arctan: Cephes, single precision, Moshier
_HELPERS = {
    "_tanh": """\
@triton.jit
def _tanh(x):
    a = tl.abs(x)
    s = x * x
    p = ((-5.70498872745e-3 * s + 2.06390887954e-2) * s - 5.37397155531e-2) * s
    near = ((p + 1.33314422036e-1) * s - 3.33332819422e-1) * s * x + x
    far = 1.0 - 2.0 / (tl.exp(2.0 * a) + 1.0)
    return tl.where(a < 0.625, near, tl.where(x < 0.0, -far, far))

""",
    "_arctan": """\
@triton.jit
def _arctan(x):
    a = tl.abs(x)
    large = a > 2.414213562373095
    middle = a > 0.4142135623730950
    z = tl.where(large, -1.0 / a, tl.where(middle, (a - 1.0) / (a + 1.0), a))
    begin = tl.where(large, 1.5707963267948966, tl.where(middle, 0.7853981633974483, 0.0))
    s = z * z
    p = ((8.05374449538e-2 * s - 1.38776856032e-1) * s + 1.99777106478e-1) * s
    found = begin + ((p - 3.33329491539e-1) * s * z + z)
    return tl.where(x < 0.0, -found, found)

""",
    "_power": """\
@triton.jit
def _power(a, b):
    return tl.exp(b * tl.log(a))

""",
}
_DIALECT = Dialect(
    {
        "where": "tl.where({0}, {1}, {2})",
        "guard": "tl.where({1} == {1}, {0}, {1})",
        "absolute": "tl.abs({0})",
        "sqrt": "tl.sqrt({0})",
        "exp": "tl.exp({0})",
        "log": "tl.log({0})",
        "sin": "tl.sin({0})",
        "cos": "tl.cos({0})",
        "tanh": "_tanh({0})",
        "arctan": "_arctan({0})",
        "power": "_power({0}, {1})",
        "fill": "tl.full({0}.shape, {1}, tl.float32)",
    },
    digits="single",
    helpers=_HELPERS,
)
_HEAD = "import triton\nimport triton.language as tl\n\n\n"
_KERNEL = """\
@triton.jit
def {name}({pointers}, count, BLOCK: tl.constexpr):
    at = tl.program_id(0).to(tl.int64) * BLOCK + tl.arange(0, BLOCK)
    inside = at < count
{body}
"""
_LOAD = "{name} = tl.load({name}_at + at, mask=inside, other=0.0).to(tl.float32)"
_STORE = "tl.store({name} + at, ({formula}).to({name}.dtype.element_ty), mask=inside)"


def triton_source(formula: Expr, paths: Mapping[str, Path]) -> str:
    """A module with a kernel for each path of an element-wise formula without parameters, by name.

    A kernel takes pointers of what the path reads, then of what it writes, `count` and BLOCK.
    """
    kernels = [_kernel(name, formula, path) for name, path in paths.items()]
    return _HEAD + _DIALECT.helped("\n\n".join(kernels))


def _kernel(name: str, formula: Expr, path: Path) -> str:
    roots, inputs = roots_of(formula, path), inputs_of(path)
    lines, results = statements(roots, _DIALECT, inputs)
    outputs = [f"out_{place}" for place in range(len(roots))]
    body = [_LOAD.format(name=each) for each in inputs]
    body += lines
    body += [
        _STORE.format(name=each, formula=result)
        for each, result in zip(outputs, results, strict=True)
    ]
    pointers = ", ".join([*(f"{each}_at" for each in inputs), *outputs])
    text = "\n".join(f"    {line}" for line in body)
    return _KERNEL.format(name=name, pointers=pointers, body=text)
