"""x times a gate of itself."""

from __future__ import annotations

from typing import Any

from nonlin.catalogue.declare import declared
from nonlin.expr import vocabulary as f


@declared(
    title="Gaussian error linear unit",
    zh="高斯误差线性单元",
    year=2016,
    source="Hendrycks and Gimpel, arXiv:1606.08415",
)
def gelu(x: Any) -> Any:
    return x * f.normal_cdf(x)


@declared(
    title="GELU, tanh approximation",
    zh="高斯误差线性单元(双曲正切近似)",
    year=2016,
    source="Hendrycks and Gimpel, arXiv:1606.08415",
    aliases=("gelu_new",),
)
def gelu_tanh(x: Any) -> Any:
    return "0.5" * x * (1 + f.tanh(f.sqrt(2 / f.pi) * (x + "0.044715" * x**3)))


@declared(
    title="GELU, sigmoid approximation",
    zh="高斯误差线性单元(S 型近似)",
    year=2016,
    source="Hendrycks and Gimpel, arXiv:1606.08415",
    aliases=("gelu_quick",),
)
def quick_gelu(x: Any) -> Any:
    return x * f.sigmoid("1.702" * x)


@declared(
    title="Sigmoid linear unit (Swish)",
    zh="S 型加权线性单元(Swish)",
    year=2017,
    source="Elfwing, Uchibe and Doya, arXiv:1702.03118; Ramachandran et al., arXiv:1710.05941",
    aliases=("swish", "swish_1"),
)
def silu(x: Any) -> Any:
    return x * f.sigmoid(x)


@declared(
    title="Hard Swish",
    zh="硬 Swish",
    year=2019,
    source="Howard et al., Searching for MobileNetV3, arXiv:1905.02244",
    aliases=("hardswish", "hard_silu"),
)
def hard_swish(x: Any) -> Any:
    return f.where(x > -3, f.where(x < 3, x * (x + 3) / 6, x), 0)


@declared(
    title="Mish",
    zh="Mish 函数",
    year=2019,
    source="Misra, arXiv:1908.08681",
)
def mish(x: Any) -> Any:
    return x * f.tanh(f.softplus(x))
