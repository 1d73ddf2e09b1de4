"""Oscillating functions and bumps."""

from __future__ import annotations

from typing import Any

from nonlin.catalogue.declare import declared, parameter
from nonlin.expr import vocabulary as f


@declared(
    title="Sine",
    zh="正弦函数",
    year=2020,
    source="Sitzmann et al., Implicit neural representations, arXiv:2006.09661",
    aliases=("sin",),
)
def sine(x: Any) -> Any:
    return f.sin(x)


@declared(
    title="Snake",
    zh="Snake 函数(带周期项)",
    year=2020,
    source="Ziyin, Hartwig and Ueda, arXiv:2006.08195",
)
def snake(x: Any, a: Any = parameter(1.0, above=0)) -> Any:
    return x + f.sin(a * x) ** 2 / a


@declared(
    title="Gaussian",
    zh="高斯函数",
    year=1988,
    source="Broomhead and Lowe, Multivariable functional interpolation and adaptive networks",
)
def gaussian(x: Any) -> Any:
    return f.exp(-(x**2))
