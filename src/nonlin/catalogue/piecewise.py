"""Relatives of ReLU in straight pieces: leaks, caps, shifts, thresholds."""

from __future__ import annotations

from typing import Any

from nonlin.catalogue.declare import declared, parameter
from nonlin.expr import vocabulary as f

_LIEW = "Liew, Khalil-Hani and Bakhteri, doi:10.1016/j.neucom.2016.08.037"


@declared("Threshold", "阈值函数", 2012, "Torch7, nn.Threshold (Collobert et al.)")
def threshold(x: Any, threshold: Any = parameter(0.5), default_value: Any = parameter(0.0)) -> Any:
    return f.where(x > threshold, x, default_value)


@declared("Thresholded ReLU", "带阈值的修正线性单元", 2014, "Konda et al., arXiv:1402.3337")
def thresholded_relu(x: Any, theta: Any = parameter(1.0)) -> Any:
    return f.where(x > theta, x, 0)


@declared("Bounded ReLU", "有界修正线性单元", 2016, _LIEW, aliases=("relu1",))
def bounded_relu(x: Any, bound: Any = parameter(1.0, above=0)) -> Any:
    return f.where(x > 0, f.where(x < bound, x, bound), 0)


@declared("Bounded leaky ReLU", "有界带泄漏修正线性单元", 2016, _LIEW)
def bounded_leaky_relu(
    x: Any, alpha: Any = parameter(0.01), bound: Any = parameter(1.0, above=0)
) -> Any:
    return f.where(x > 0, f.where(x < bound, x, alpha * (x - bound) + bound), alpha * x)


@declared("Shifted ReLU", "平移修正线性单元", 2015, "Clevert et al., arXiv:1511.07289 (SReLU)")
def shifted_relu(x: Any) -> Any:
    return f.maximum(x, -1)


@declared(
    "Displaced ReLU", "位移修正线性单元", 2019, "Macêdo et al., doi:10.1016/j.eswa.2019.01.066"
)
def displaced_relu(x: Any, delta: Any = parameter(0.05, above=0)) -> Any:
    return f.maximum(x, -delta)


@declared("Flexible ReLU", "柔性修正线性单元", 2017, "Qiu, Xu and Cai, arXiv:1706.08098")
def frelu(x: Any, bias: Any = parameter(-1.0, learned=True)) -> Any:
    return f.maximum(x, 0) + bias


@declared("Absolute value", "绝对值函数", 2009, "Jarrett et al., doi:10.1109/ICCV.2009.5459469")
def absolute(x: Any) -> Any:
    return f.absolute(x)


@declared("S-shaped ReLU", "S 形修正线性单元", 2015, "Jin et al., arXiv:1512.07030")
def srelu(
    x: Any,
    t_right: Any = parameter(1.0, learned=True), a_right: Any = parameter(0.5, learned=True),
    t_left: Any = parameter(0.0, learned=True), a_left: Any = parameter(0.2, learned=True),
) -> Any:  # fmt: skip
    left = t_left + a_left * (x - t_left)
    return f.where(x > t_right, t_right + a_right * (x - t_right), f.where(x > t_left, x, left))


@declared(
    "Adaptive piecewise linear", "自适应分段线性单元", 2014, "Agostinelli et al., arXiv:1412.6830"
)
def apl(
    x: Any, a1: Any = parameter(0.2, learned=True), b1: Any = parameter(0.0, learned=True),
    a2: Any = parameter(0.1, learned=True), b2: Any = parameter(-1.0, learned=True),
) -> Any:  # fmt: skip
    return f.maximum(x, 0) + a1 * f.maximum(b1 - x, 0) + a2 * f.maximum(b2 - x, 0)


@declared("Attention-based ReLU", "注意力修正线性单元", 2020, "Chen et al., arXiv:2006.13858")
def arelu(
    x: Any, alpha: Any = parameter(0.9, above=0, below=1, learned=True),
    beta: Any = parameter(2.0, learned=True),
) -> Any:  # fmt: skip
    return f.where(x > 0, (1 + f.sigmoid(beta)) * x, alpha * x)


@declared("Tent", "帐篷函数", 2019, "Rozsa and Boult, arXiv:1908.02435")
def tent(x: Any, delta: Any = parameter(1.0, above=0, learned=True)) -> Any:
    return f.maximum(delta - f.absolute(x), 0)
