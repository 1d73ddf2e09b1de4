"""How numbers are kept while a formula is computed, and what becomes of the formula then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from nonlin.expr.machine.constants import evaluate_constants
from nonlin.expr.machine.late import delay
from nonlin.expr.machine.lower import lower, shorten
from nonlin.expr.machine.roots import crosses_zero, widen_polynomials
from nonlin.expr.machine.singles import in_two_words
from nonlin.expr.nodes import Expr, arguments_of, constant, is_call
from nonlin.expr.paths import Path
from nonlin.expr.walk import postorder

SHORT = {"float16": "half", "bfloat16": "bfloat"}  # dtypes, as what writes kernels calls them
SCALARS = {"single": "float", "middle": "double", "double": "double", "pair": "double"}
_SMALL = ("exp", "expm1", "sigmoid", "softplus", "normal_cdf")  # of which some values are tiny


@dataclass(frozen=True, slots=True)
class Mode:
    """How numbers are kept: in memory, in general, and in the argument of an exponential.

    memory: "float", "double", "half" or "bfloat"; 16 bits are computed as float32 would be.
    far: is it for numbers far out? What float16 rounds to 0 must not become subnormal on the way.

    "middle" numbers are doubles whose functions are good for a float32 result, not for more.
    """

    memory: str
    main: str
    wide: str
    far: bool = False

    @property
    def keeps_numbers(self) -> bool:
        """Does memory hold the numbers of the main arithmetic without rounding them?"""
        return self.main != "pair" and SCALARS[self.main] == self.memory

    @property
    def reaches_as_far(self) -> bool:
        """Is what is subnormal in the main arithmetic no less so in memory?"""
        as_single = self.far or self.memory == "bfloat"
        return SCALARS[self.main] == ("float" if as_single else self.memory)


MODES = {
    ("float32", "fast"): Mode("float", "single", "double"),
    ("float32", "exact"): Mode("float", "middle", "middle"),
    ("float32", "derived"): Mode("float", "double", "double"),
    ("float64", "fast"): Mode("double", "double", "pair"),
    ("float64", "exact"): Mode("double", "pair", "pair"),
    ("float64", "derived"): Mode("double", "pair", "pair"),
}
MODES |= {
    (dtype, precision): replace(MODES["float32", precision], memory=memory)
    for dtype, memory in SHORT.items()
    for precision in ("fast", "exact", "derived")
}


def mode_of(
    dtype: str, precision: str, path: Path, roots: Sequence[Expr], fused: bool = True
) -> Mode:
    """The precision that was asked for, and more where it would not do.

    Second derivatives cancel; some functions need more than 24 bits on the way to 22 good ones.
    """
    wider = precision == "exact" and path != (0,)  # derivatives have zeros of their own
    wider = wider or (not isinstance(path, str) and max(path) >= 2)
    if dtype != "float64" and not wider:
        wider = crosses_zero(_value_of(path, roots), fused)
        wider = wider or any(map(_is_delicate, postorder(*roots)))
    return MODES[dtype, "derived" if wider else precision]


def _value_of(path: Path, roots: Sequence[Expr]) -> Expr:
    """The root with the value itself, beside whose zeros 24 bits would not do; 1 without one."""
    if isinstance(path, str):
        return roots[0] if path.startswith("gate") else constant(1)
    return roots[path.index(0)] if 0 in path else constant(1)


def _is_delicate(node: Expr) -> bool:
    """Does a function lose digits, or a subnormal argument all of them, in 24 bits?"""
    if is_call(node, "sin", "cos", "tanhshrink", "algebraic_sigmoid", "isru", "inverse_root"):
        return True
    if is_call(node, "power"):
        return is_call(arguments_of(node)[0], "tanh")
    nested = is_call(node, "tanh", "erf", "log1p", "sech_squared", "exp", "expm1")
    return nested and any(is_call(part, *_SMALL) for part in postorder(*arguments_of(node)))


def lowered(roots: Sequence[Expr], mode: Mode) -> list[Expr]:
    """The graphs as the machine will see them."""
    graphs = [evaluate_constants(lower(root, mode.main)) for root in roots]
    if mode.main != "pair":
        graphs = [shorten(graph) for graph in graphs]
    if mode.main == "single":
        graphs = [in_two_words(widen_polynomials(graph)) for graph in graphs]
    # in a wider format than that of the memory, nothing is subnormal that counts
    return [delay(graph) for graph in graphs] if mode.reaches_as_far else graphs
