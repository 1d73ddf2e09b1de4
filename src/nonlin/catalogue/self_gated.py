"""x times a gate of itself."""

from __future__ import annotations

from typing import Any

from nonlin.catalogue.declare import declared, parameter
from nonlin.expr import vocabulary as f


@declared(
    "Gaussian error linear unit", "高斯误差线性单元", 2016, "Hendrycks and Gimpel, arXiv:1606.08415"
)
def gelu(x: Any) -> Any:
    return x * f.normal_cdf(x)


@declared(
    "GELU, tanh approximation",
    "高斯误差线性单元（双曲正切近似）",
    2016,
    "Hendrycks and Gimpel, arXiv:1606.08415",
    aliases=("gelu_new",),
)
def gelu_tanh(x: Any) -> Any:
    return "0.5" * x * (1 + f.tanh(f.sqrt(2 / f.pi) * (x + "0.044715" * x**3)))


@declared(
    "GELU, sigmoid approximation",
    "高斯误差线性单元（S 型近似）",
    2016,
    "Hendrycks and Gimpel, arXiv:1606.08415",
    aliases=("gelu_quick",),
)
def quick_gelu(x: Any) -> Any:
    return x * f.sigmoid("1.702" * x)


@declared(
    "Sigmoid linear unit (Swish)",
    "S 型加权线性单元（Swish）",
    2016,
    "Hendrycks and Gimpel, arXiv:1606.08415; Elfwing, Uchibe and Doya, arXiv:1702.03118; "
    "Ramachandran et al., arXiv:1710.05941",
    aliases=("swish", "swish_1"),
)
def silu(x: Any) -> Any:
    return x * f.sigmoid(x)


@declared(
    "Hard Swish",
    "硬 Swish",
    2019,
    "Howard et al., Searching for MobileNetV3, arXiv:1905.02244",
    aliases=("hardswish", "hard_silu"),
)
def hard_swish(x: Any) -> Any:
    return f.where(x > -3, f.where(x < 3, x * (x + 3) / 6, x), 0)


@declared("Mish", "Mish 函数", 2019, "Misra, arXiv:1908.08681")
def mish(x: Any) -> Any:
    return x * f.tanh(f.softplus(x))


@declared("Hard Mish", "硬 Mish", 2020, "timm, HardMish; github.com/digantamisra98/H-Mish")
def hard_mish(x: Any) -> Any:
    return f.where(x > -2, f.where(x < 0, x * (x + 2) / 2, x), 0)


@declared("Clipped GELU", "截断高斯误差线性单元", 2020, "Wu et al., arXiv:2004.09602")
def gelu_10(x: Any) -> Any:
    return f.where(x > 10, 10, x * f.normal_cdf(x))


@declared("E-swish", "E-swish 函数", 2018, "Alcaide, arXiv:1801.07145")
def e_swish(x: Any, beta: Any = parameter(1.5, above=0)) -> Any:
    return beta * x * f.sigmoid(x)


@declared(
    "Swish with learned beta", "可学习 β 的 Swish", 2017, "Ramachandran et al., arXiv:1710.05941"
)
def swish_beta(x: Any, beta: Any = parameter(1.5, learned=True)) -> Any:
    return x * f.sigmoid(beta * x)


@declared(
    "SiLU derivative", "SiLU 的导数", 2017, "Elfwing et al., arXiv:1702.03118", aliases=("dswish",)
)
def dsilu(x: Any) -> Any:
    return f.sigmoid(x) + x * (f.sigmoid(x) * f.sigmoid(-x))


@declared("TanhExp", "TanhExp 函数", 2020, "Liu and Di, arXiv:2003.09855", aliases=("telu",))
def tanhexp(x: Any) -> Any:
    return x * f.tanh(f.exp(x))


@declared("LiSHT", "LiSHT（线性缩放双曲正切）", 2019, "Roy et al., arXiv:1901.05894")
def lisht(x: Any) -> Any:
    return x * f.tanh(x)


@declared("Serf", "Serf 函数", 2021, "Nag and Bhattacharyya, arXiv:2108.09598")
def serf(x: Any) -> Any:
    return x * f.erf(f.softplus(x))


@declared("Smish", "Smish 函数", 2022, "Wang, Ren and Wang, doi:10.3390/electronics11040540")
def smish(x: Any) -> Any:
    return x * f.tanh(f.log1p(f.sigmoid(x)))


@declared("Logish", "Logish 函数", 2021, "Zhu et al., doi:10.1016/j.neucom.2021.06.067")
def logish(x: Any) -> Any:
    return x * f.log1p(f.sigmoid(x))


@declared("Phish", "Phish 函数", 2022, "Naveen, doi:10.36227/techrxiv.17283824")
def phish(x: Any) -> Any:
    return x * f.tanh(x * f.normal_cdf(x))


@declared("Gish", "Gish 函数", 2023, "Kaytan et al., doi:10.1007/s00521-023-09035-5")
def gish(x: Any) -> Any:
    return x * f.log1p(-f.expm1(-f.exp(x)))


@declared("TanhSoft-1", "TanhSoft-1 函数", 2020, "Biswas et al., arXiv:2009.03863")
def tanhsoft_1(x: Any, alpha: Any = parameter(0.87, above=0)) -> Any:
    return f.tanh(alpha * x) * f.softplus(x)


@declared("Pserf", "Pserf 函数", 2021, "Biswas et al., arXiv:2109.04386")
def pserf(
    x: Any, gamma: Any = parameter(1.25, above=0, learned=True),
    delta: Any = parameter(0.85, above=0, learned=True),
) -> Any:  # fmt: skip
    return x * f.erf(gamma * f.softplus(delta * x))


@declared("PFLU", "幂函数线性单元 PFLU", 2021, "Zhu et al., doi:10.1016/j.neucom.2020.11.068")
def pflu(x: Any) -> Any:
    gate = f.isru(x)
    return f.where(x < 0, gate * f.inverse_root(x) / (1 - gate), x * (1 + gate)) / 2


@declared("Swim", "Swim 函数", 2023, "Abdool and Dear, arXiv:2303.02640")
def swim(x: Any) -> Any:
    return x * (2 + f.isru(x)) / 4


@declared("SinLU", "正弦线性单元 SinLU", 2022, "Paul et al., doi:10.3390/math10030337")
def sinlu(
    x: Any, a: Any = parameter(1.0, learned=True), b: Any = parameter(1.0, learned=True)
) -> Any:
    return (x + a * f.sin(b * x)) * f.sigmoid(x)


@declared("SwishT", "SwishT 函数", 2024, "Seo, Kim and Park, arXiv:2407.01012")
def swish_t(x: Any, alpha: Any = parameter(0.1), beta: Any = parameter(1.0, learned=True)) -> Any:
    return x * f.sigmoid(beta * x) + alpha * f.tanh(x)


@declared("GoLU", "Gompertz 线性单元", 2025, "Das et al., arXiv:2502.03654")
def golu(x: Any) -> Any:
    return x * f.exp(-f.exp(-x))


@declared("ErfAct", "ErfAct 函数", 2021, "Biswas et al., arXiv:2109.04386")
def erfact(
    x: Any, alpha: Any = parameter(0.75, above=0, learned=True),
    beta: Any = parameter(0.75, above=0, learned=True),
) -> Any:  # fmt: skip
    tail = 2 * alpha / f.sqrt(f.pi) * (x * f.exp(beta * x))  # the same, without underflow
    return f.where(beta * x < -40, tail, x * f.erf(alpha * f.exp(beta * x)))


@declared(
    "ACON-C", "ACON-C 函数", 2020, "Ma, Zhang, Liu and Sun, Activate or not, arXiv:2009.04759"
)
def acon_c(
    x: Any, p1: Any = parameter(1.0, learned=True), p2: Any = parameter(0.25, learned=True),
    beta: Any = parameter(1.0, learned=True),
) -> Any:  # fmt: skip
    return (p1 - p2) * x * f.sigmoid(beta * (p1 - p2) * x) + p2 * x


HUANG = "Huang, Expanded gating ranges improve activation functions, arXiv:2405.20768"


@declared("Expanded GELU", "扩展高斯误差线性单元 xGELU", 2024, HUANG)
def xgelu(x: Any, alpha: Any = parameter(0.1, learned=True)) -> Any:
    return (1 + 2 * alpha) * (x * f.normal_cdf(x)) - alpha * x


@declared("Expanded SiLU", "扩展 SiLU 函数 xSiLU", 2024, HUANG)
def xsilu(x: Any, alpha: Any = parameter(0.1, learned=True)) -> Any:
    return (1 + 2 * alpha) * (x * f.sigmoid(x)) - alpha * x


@declared("Expanded arctan linear unit", "扩展反正切线性单元 xATLU", 2024, HUANG)
def xatlu(x: Any, alpha: Any = parameter(0.1, learned=True)) -> Any:
    return (1 + 2 * alpha) * (x * f.arctan_gate(x)) - alpha * x


@declared("Lambda-GELU", "可调硬度的 GELU", 2026, "Pérez-Corral et al., arXiv:2603.21991")
def lambda_gelu(x: Any, hardness: Any = parameter(2.0, above=0, learned=True)) -> Any:
    return x * f.normal_cdf(hardness * x)


@declared("GEM (N = 1)", "几何单项式 GEM", 2026, "Krause, arXiv:2604.21677")
def gem(x: Any) -> Any:
    return f.where(x > 0, x * f.isru(x) ** 2, 0)
