"""Functions that are trained by the slope of another one, their surrogate."""

from __future__ import annotations

from typing import Any

from nonlin.catalogue.declare import declared, parameter
from nonlin.expr import vocabulary as f


@declared(
    "Spike with a fast sigmoid's gradient",
    "脉冲函数（快速 S 型替代梯度）",
    2017,
    "Zenke and Ganguli, SuperSpike, arXiv:1705.11146",
    aliases=("superspike",),
)
def spike(x: Any, slope: Any = parameter(25.0, above=0)) -> Any:
    return f.surrogate(f.where(x > 0, 1, 0), f.softsign(slope * x) / slope)


@declared(
    "Spike with an arc tangent's gradient",
    "脉冲函数（反正切替代梯度）",
    2020,
    "Fang et al., Incorporating learnable membrane time constant, arXiv:2007.05785",
)
def spike_arctan(x: Any, alpha: Any = parameter(2.0, above=0)) -> Any:
    return f.surrogate(f.where(x > 0, 1, 0), f.arctan(f.pi / 2 * alpha * x) / f.pi)


SUGAR = "Horuz et al., The resurrection of the ReLU, arXiv:2505.22074"


@declared("ReLU with B-SiLU's gradient", "修正线性单元（B-SiLU 替代梯度）", 2025, SUGAR)
def sugar_bsilu(x: Any, alpha: Any = parameter(1.67)) -> Any:
    return f.surrogate(f.maximum(x, 0), (x + alpha) * f.sigmoid(x) - alpha / 2)


@declared("ReLU with NeLU's gradient", "修正线性单元（NeLU 替代梯度）", 2025, SUGAR)
def sugar_nelu(x: Any, alpha: Any = parameter(0.05, above=0)) -> Any:
    return f.surrogate(f.maximum(x, 0), f.where(x > 0, x, -alpha / (1 + x**2)))
