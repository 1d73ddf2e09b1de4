"""Smooth or bent relatives of ReLU and ELU, many with parameters that networks learn."""

from __future__ import annotations

from typing import Any

from nonlin.catalogue.declare import declared, parameter
from nonlin.expr import vocabulary as f


def _mean_with_one(x: Any) -> Any:
    """log((1 + exp(x)) / 2) = softplus(x) - log(2), right near 0, too."""
    far = f.log1p(f.expm1(-f.absolute(x)) / 2)
    return f.where(x > 0, x + far, far)


@declared("Natural logarithm ReLU", "自然对数修正线性单元", 2019, "Liu et al., arXiv:1908.03682")
def nlrelu(x: Any, beta: Any = parameter(1.0, above=0)) -> Any:
    return f.where(x > 0, f.log1p(beta * x), 0)


@declared(
    "Softplus linear unit", "Softplus 线性单元", 2018, "Zhao et al., doi:10.1007/s10489-017-1028-7"
)
def slu(x: Any) -> Any:
    return f.where(x > 0, x, 2 * _mean_with_one(x))


@declared("Shifted softplus", "平移 Softplus", 2017, "Schütt et al., SchNet, arXiv:1706.08566")
def shifted_softplus(x: Any) -> Any:
    return _mean_with_one(x)


@declared("Soft++", "Soft++ 函数", 2020, "Ciuparu et al., doi:10.1016/j.neucom.2019.12.014")
def soft_plus_plus(x: Any, c: Any = parameter(2.0, above=0)) -> Any:
    return _mean_with_one(x) + x / c


@declared("Parametric tanh linear unit", "参数化双曲正切线性单元", 2017, "Duggal and Gupta, "
          "doi:10.1109/ICCVW.2017.119")  # fmt: skip
def ptelu(
    x: Any, alpha: Any = parameter(1.0, above=0, learned=True),
    beta: Any = parameter(1.0, above=0, learned=True),
) -> Any:  # fmt: skip
    return f.where(x > 0, x, alpha * f.tanh(beta * x))


@declared("Parametric ELU", "参数化指数线性单元", 2016, "Trottier et al., arXiv:1605.09332")
def pelu(
    x: Any, a: Any = parameter(1.0, above=0, learned=True),
    b: Any = parameter(2.0, above=0, learned=True),
) -> Any:  # fmt: skip
    return f.where(x > 0, a / b * x, a * f.expm1(x / b))


@declared("Multiple parametric ELU", "多参数指数线性单元", 2016, "Li et al., arXiv:1606.00305")
def mpelu(
    x: Any, alpha: Any = parameter(0.25, learned=True),
    beta: Any = parameter(1.0, above=0, learned=True),
) -> Any:  # fmt: skip
    return f.where(x > 0, x, alpha * f.expm1(beta * x))


@declared("Power linear unit", "幂线性单元", 2018, "Li, Ding and Li, arXiv:1802.00212")
def polu(x: Any, n: Any = parameter(2.0, above=0)) -> Any:
    return f.where(x > 0, x, f.expm1(-n * f.log1p(f.absolute(x))))


@declared(
    "Inverse square root linear unit",
    "平方根倒数线性单元",
    2017,
    "Carlile et al., arXiv:1710.09967",
)
def isrlu(x: Any, alpha: Any = parameter(1.0, above=0)) -> Any:
    return f.where(x > 0, x, f.isru(f.sqrt(alpha) * x) / f.sqrt(alpha))


@declared("Smooth maximum unit", "平滑最大值单元", 2021, "Biswas et al., arXiv:2111.04682")
def smu(
    x: Any, alpha: Any = parameter(0.25), mu: Any = parameter(2.5, above=0, learned=True)
) -> Any:
    return alpha * x + (1 - alpha) * x * f.normal_cdf(f.sqrt(2) * mu * (1 - alpha) * x)


@declared("SineReLU", "SineReLU 函数", 2018, "keras-contrib, SineReLU (Rodrigues)")
def sine_relu(x: Any, epsilon: Any = parameter(0.0025, above=0)) -> Any:
    return f.where(x > 0, x, epsilon * (f.sin(x) - f.cos(x)))


@declared("Flatten-T Swish", "Flatten-T Swish 函数", 2018, "Chieng et al., arXiv:1812.06247")
def flatten_t_swish(x: Any, t: Any = parameter(-0.2)) -> Any:
    return f.where(x > 0, x * f.sigmoid(x) + t, t)


@declared("ELiSH", "ELiSH（指数线性 S 型压缩）", 2018, "Basirat and Roth, arXiv:1808.00783")
def elish(x: Any) -> Any:
    return f.where(x > 0, x, f.expm1(x)) * f.sigmoid(x)


@declared("Hard ELiSH", "硬 ELiSH", 2018, "Basirat and Roth, arXiv:1808.00783")
def hard_elish(x: Any) -> Any:
    gate = (x + 1) / 2
    left = f.where(x > -1, f.expm1(x) * gate, 0)
    return f.where(x > 0, f.where(x < 1, x * gate, x), left)
