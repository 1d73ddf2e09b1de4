"""An activation made fit for great depth by an affine transform of its input and output."""

from __future__ import annotations

import math

from nonlin._errors import InputError, nearest
from nonlin._text import LANGUAGES, listed, say, speaking
from nonlin.activation import Activation
from nonlin.catalogue import get
from nonlin.checks import integer, number
from nonlin.expr.nodes import Expr, lift, symbol, where
from nonlin.expr.walk import substitute
from nonlin.parameter import own_parameter
from nonlin.theory import affine
from nonlin.theory.affine import AffineTransform
from nonlin.theory.propagation import nonlinearity

METHODS = ("auto", "dks", "tat")


def shape(
    activation: str | Activation,
    *,
    depth: int,
    method: str = "auto",
    zeta: float = 1.5,
    eta: float = 0.9,
    tau: float = 0.3,
) -> Activation:
    """A new activation with which `depth` layers train without normalisation or skips.

    output_scale * (f(input_scale * x + input_shift) + output_shift), for weights of variance
    1 / fan_in (`init="lecun_normal"` or orthogonal ones) and inputs of unit variance.

    method "dks", deep kernel shaping: lengths stay 1, orthogonal inputs orthogonal, and the
    correlation map of the whole network has slope zeta at 1 (Martens et al. 2021,
    arXiv:2110.01765). "tat", tailored transforms (Zhang et al. 2022, arXiv:2203.08120): a
    rectifier becomes a leaky relu under which orthogonal inputs end at correlation eta, a smooth
    function has slope 1 and curvature tau there. "auto" takes tat for rectifiers, dks for the
    rest. Raises InputError where the conditions cannot be met.
    """
    chosen, f = get(activation), nonlinearity(activation, "shape")
    count = integer("depth", depth, 1)
    if not isinstance(method, str) or method not in METHODS:
        hint = nearest(str(method), METHODS)
        allowed = listed(METHODS)
        raise InputError("shape_method", given=method, allowed=allowed, hint=hint)
    rectifier = _is_rectifier(chosen)
    if rectifier and method != "dks":
        return _leaky(chosen, count, number("eta", eta, 0, 1, open_below=True))
    tailored = method == "tat"
    solve = affine.tailored if tailored else affine.deep_kernel_shaping
    name, given, above = ("tau", tau, 0) if tailored else ("zeta", zeta, 1)
    target = number(name, given, above, open_below=True)
    found = None if f.jumps else solve(f, count, target)
    if found is None:
        raise InputError("no_shape", name=chosen.name, method=method, depth=count)
    return _transformed(chosen, found, count)


def _is_rectifier(activation: Activation) -> bool:
    """relu, leaky relu and their like: two rising half-lines that meet at 0."""
    found = activation.properties
    return found.homogeneous and found.monotone == "increasing" and bool(found.slope_jumps)


def _transformed(chosen: Activation, found: AffineTransform, depth: int) -> Activation:
    names = {name: symbol(name) for name in AffineTransform._fields}
    inner = names["input_scale"] * symbol("x") + names["input_shift"]
    body = substitute(chosen.graph, {"x": inner})
    formula = names["output_scale"] * (body + names["output_shift"])
    source = "arXiv:2110.01765, arXiv:2203.08120"
    return _named(chosen, formula, found._asdict(), depth, source)


def _leaky(chosen: Activation, depth: int, eta: float) -> Activation:
    slope = affine.tailored_slope(depth, eta)
    x, gamma, left = symbol("x"), symbol("output_scale"), symbol("slope")
    scale = math.sqrt(2 / (1 + slope**2))
    formula = gamma * where(x > 0, x, left * x)
    values = {"slope": slope, "output_scale": scale}
    return _named(chosen, formula, values, depth, "arXiv:2203.08120")


def _named(
    chosen: Activation, formula: Expr, values: dict[str, float], depth: int, source: str
) -> Activation:
    titles = []
    for language, title in zip(LANGUAGES, chosen.titles, strict=True):
        with speaking(language):
            titles.append(say("theory.shaped", title=title or chosen.name, depth=depth))
    parameters = tuple(own_parameter(name, value) for name, value in values.items())
    name = f"shaped_{chosen.name}_{depth}"
    return Activation(name, lift(formula), parameters, titles=(titles[0], titles[1]), source=source)
