"""Powers, polynomials and exponentials: functions that grow faster than a line, or bend it."""

from __future__ import annotations

from typing import Any

from nonlin.catalogue.declare import declared, parameter
from nonlin.expr import vocabulary as f

_NOEL = "Noel, Bharadwaj, Muthiah-Nakarajan, Dutta and Trivedi, arXiv:2111.04020"


@declared("Square", "平方函数", 2016, "Gilad-Bachrach et al., CryptoNets, ICML 2016")
def square(x: Any) -> Any:
    return x**2


@declared("Cube", "立方函数", 2014, "Chen and Manning, doi:10.3115/v1/D14-1082")
def cube(x: Any) -> Any:
    return x**3


@declared("Cubed ReLU", "立方修正线性单元", 2019, "Li, Tang and Yu, RePU, arXiv:1903.05858")
def relu_cubed(x: Any) -> Any:
    return f.where(x > 0, x**3, 0)


@declared("Exponential", "指数函数", 2017, "Keras, keras.activations.exponential")
def exponential(x: Any) -> Any:
    return f.exp(x)


@declared("Non-monotonic cubic unit", "非单调三次单元", 2021, _NOEL)
def ncu(x: Any) -> Any:
    return x * (1 - x**2)


@declared("Shifted quadratic unit", "平移二次单元", 2021, _NOEL)
def squ(x: Any) -> Any:
    return x * (x + 1)


@declared("StarReLU", "StarReLU 函数", 2022, "Yu et al., MetaFormer Baselines, arXiv:2210.13452")
def star_relu(
    x: Any, s: Any = parameter(0.8944, learned=True), b: Any = parameter(-0.4472, learned=True)
) -> Any:
    return f.where(x > 0, s * x**2 + b, b)


@declared(
    "Integrated expanded ELU (xIELU)", "xIELU 函数", 2024, "Huang and Schlag, arXiv:2411.13010"
)
def xielu(
    x: Any, alpha_p: Any = parameter(0.8, learned=True), alpha_n: Any = parameter(0.8, learned=True)
) -> Any:
    return f.where(x > 0, x * (alpha_p * x + "0.5"), alpha_n * f.expm1(x) + ("0.5" - alpha_n) * x)


@declared(
    "Sparse plus",
    "稀疏 Softplus",
    2019,
    "Blondel, Martins and Niculae, Learning with Fenchel-Young losses, arXiv:1901.02324",
)
def sparse_plus(x: Any) -> Any:
    return f.where(x > -1, f.where(x < 1, (x + 1) ** 2 / 4, x), 0)


@declared("Soft modulus Q", "软模函数 Q（分段二次）", 2023, "Vallés-Pérez et al., arXiv:2301.05993")
def soft_modulus_q(x: Any) -> Any:
    a = f.absolute(x)
    return f.where(a < 1, x**2 * (2 - a), a)


@declared("Soft modulus T", "软模函数 T（双曲正切）", 2023, "Vallés-Pérez et al., arXiv:2301.05993")
def soft_modulus_t(x: Any, a: Any = parameter(0.01, above=0)) -> Any:
    return x * f.tanh(x / a)


@declared("Bent identity", "弯曲恒等函数", 2016, "Wikipedia, Activation function, by May 2016")
def bent_identity(x: Any) -> Any:
    return x * (1 + f.isru(x) / (2 * (1 + f.inverse_root(x))))
