"""Functions that draw noise in training and none in evaluation."""

from __future__ import annotations

from typing import Any

from nonlin.catalogue import rectified
from nonlin.catalogue.declare import declared, parameter
from nonlin.expr import vocabulary as f


@declared(
    "Randomized leaky ReLU",
    "随机带泄漏修正线性单元",
    2015,
    "Xu, Wang, Chen and Li, Empirical evaluation of rectified activations, arXiv:1505.00853",
)
def rrelu(
    x: Any, uniform: Any, lower: Any = parameter(1 / 8), upper: Any = parameter(1 / 3)
) -> Any:
    return f.where(x > 0, x, (lower + (upper - lower) * uniform) * x)


@declared(
    "Probabilistic activation",
    "概率激活函数",
    2019,
    "Shridhar et al., ProbAct: A probabilistic activation function, arXiv:1905.10761",
)
def probact(x: Any, normal: Any, sigma: Any = parameter(0.5, learned=True)) -> Any:
    return rectified.relu(x) + sigma * normal


@declared(
    "Gumbel softmax",
    "Gumbel-Softmax（带 Gumbel 噪声的 Softmax）",
    2016,
    "Jang, Gu and Poole, Categorical reparameterization with Gumbel-softmax, arXiv:1611.01144",
)
def gumbel_softmax(x: Any, gumbel: Any, temperature: Any = parameter(1.0, above=0)) -> Any:
    shifted = x + gumbel
    e = f.exp((shifted - f.row_max(shifted)) / temperature)
    return e / f.row_sum(e)
