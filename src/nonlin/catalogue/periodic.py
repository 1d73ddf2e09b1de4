"""Oscillating functions and bumps."""

from __future__ import annotations

from typing import Any

from nonlin.catalogue.declare import declared, parameter
from nonlin.expr import vocabulary as f


@declared(
    "Sine",
    "正弦函数",
    1987,
    "Lapedes and Farber, Nonlinear signal processing using neural networks, LA-UR-87-2662 (1987); "
    "Sitzmann et al., Implicit neural representations, arXiv:2006.09661 (2020)",
    aliases=("sin",),
)
def sine(x: Any) -> Any:
    return f.sin(x)


@declared("Snake", "Snake 函数（带周期项）", 2020, "Ziyin, Hartwig and Ueda, arXiv:2006.08195")
def snake(x: Any, a: Any = parameter(1.0, above=0)) -> Any:
    return x + f.sin(a * x) ** 2 / a


@declared(
    "Gaussian",
    "高斯函数",
    1988,
    "Broomhead and Lowe, Multivariable functional interpolation and adaptive networks",
)
def gaussian(x: Any) -> Any:
    return f.exp(-(x**2))


@declared(
    "Cosine", "余弦函数", 2007, "Rahimi and Recht, Random features, NIPS 20", aliases=("cos",)
)
def cosine(x: Any) -> Any:
    return f.cos(x)


@declared("Growing cosine unit", "增长型余弦单元", 2021, "Noel et al., arXiv:2108.12943")
def gcu(x: Any) -> Any:
    return x * f.cos(x)


@declared("Amplifying sine unit", "增幅正弦单元", 2023, "Rahman et al., arXiv:2304.09759")
def asu(x: Any) -> Any:
    return x * f.sin(x)


@declared("Exponential of sine", "负正弦的指数", 2021, "Ramasinghe and Lucey, arXiv:2111.15135")
def exp_sin(x: Any) -> Any:
    return f.exp(-f.sin(x))


@declared("Laplacian", "拉普拉斯径向基函数", 2021, "Ramasinghe and Lucey, arXiv:2111.15135")
def laplacian(x: Any, a: Any = parameter(1.0, above=0)) -> Any:
    return f.exp(-f.absolute(x) / a)


@declared("Inverse quadratic", "逆二次函数", 2021, "Ramasinghe and Lucey, arXiv:2111.15135")
def inverse_quadratic(x: Any, a: Any = parameter(1.0, above=0)) -> Any:
    return f.inverse_root(a * x) ** 2


@declared("Inverse multiquadric", "逆多二次函数", 2021, "Ramasinghe and Lucey, arXiv:2111.15135")
def inverse_multiquadric(x: Any, a: Any = parameter(1.0, above=0)) -> Any:
    return f.inverse_root(a * x)


@declared(
    "Mexican hat wavelet", "墨西哥帽小波", 1992, "Zhang and Benveniste, doi:10.1109/72.165591"
)
def mexican_hat(x: Any) -> Any:
    return (1 - x**2) * f.exp(-(x**2) / 2)


@declared("Morlet wavelet", "Morlet 小波", 1992, "Szu, Telfer and Kadambe, doi:10.1117/12.59918")
def morlet(x: Any) -> Any:
    return f.cos("1.75" * x) * f.exp(-(x**2) / 2)


@declared(
    "Gaussian wavelet (first derivative)", "高斯小波（一阶导数）", 2013,
    "Alexandridis and Zapranis, Wavelet neural networks, doi:10.1016/j.neunet.2013.01.008",
)  # fmt: skip
def gaussian_wavelet(x: Any) -> Any:
    return -x * f.exp(-(x**2) / 2)
