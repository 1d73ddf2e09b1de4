"""The identity on one side and something smaller on the other, joined at a kink or smoothly."""

from __future__ import annotations

from typing import Any

from nonlin.catalogue.declare import declared, parameter
from nonlin.expr import vocabulary as f


@declared(
    "Identity (linear)",
    "恒等函数（线性）",
    1960,
    "Widrow and Hoff, Adaptive switching circuits (ADALINE)",
    aliases=("linear",),
)
def identity(x: Any) -> Any:
    return x


@declared(
    "Rectified linear unit",
    "修正线性单元",
    1969,
    "Fukushima, Visual feature extraction by a multilayered network of analog threshold elements "
    "(1969); Nair and Hinton, ICML 2010",
)
def relu(x: Any) -> Any:
    return f.maximum(x, 0)


@declared(
    "Leaky rectified linear unit",
    "带泄漏修正线性单元",
    2013,
    "Maas, Hannun and Ng, Rectifier nonlinearities improve acoustic models, ICML 2013",
    aliases=("lrelu",),
)
def leaky_relu(x: Any, alpha: Any = parameter(0.01)) -> Any:
    return f.where(x > 0, x, alpha * x)


@declared(
    "Parametric rectified linear unit",
    "参数化修正线性单元",
    2015,
    "He, Zhang, Ren and Sun, Delving deep into rectifiers, arXiv:1502.01852",
)
def prelu(x: Any, alpha: Any = parameter(0.25, learned=True)) -> Any:
    return f.where(x > 0, x, alpha * x)


@declared(
    "ReLU capped at 6",
    "上限为 6 的修正线性单元",
    2010,
    "Krizhevsky, Convolutional deep belief networks on CIFAR-10",
)
def relu6(x: Any) -> Any:
    return f.where(x > 0, f.where(x < 6, x, 6), 0)


@declared(
    "Squared ReLU",
    "平方修正线性单元",
    2021,
    "So et al., Primer: Searching for efficient transformers, arXiv:2109.08668",
    aliases=("squared_relu", "relu2"),
)
def relu_squared(x: Any) -> Any:
    return f.where(x > 0, x**2, 0)


@declared(
    "Exponential linear unit",
    "指数线性单元",
    2015,
    "Clevert, Unterthiner and Hochreiter, arXiv:1511.07289",
)
def elu(x: Any, alpha: Any = parameter(1.0, above=0)) -> Any:
    return f.where(x > 0, x, alpha * (f.exp(x) - 1))


@declared(
    "Continuously differentiable ELU",
    "连续可微指数线性单元",
    2017,
    "Barron, Continuously differentiable exponential linear units, arXiv:1704.07483",
)
def celu(x: Any, alpha: Any = parameter(1.0, above=0)) -> Any:
    return f.where(x > 0, x, alpha * (f.exp(x / alpha) - 1))


SELU_SCALE = "1.0507009873554804934193349852946"
SELU_ALPHA = "1.6732632423543772848170429916717"


@declared(
    "Scaled exponential linear unit",
    "缩放指数线性单元",
    2017,
    "Klambauer, Unterthiner, Mayr and Hochreiter, arXiv:1706.02515",
)
def selu(x: Any) -> Any:
    return SELU_SCALE * f.where(x > 0, x, SELU_ALPHA * (f.exp(x) - 1))


@declared(
    "Softplus",
    "Softplus（平滑修正线性）",
    2000,
    "Dugas et al., Incorporating second-order functional knowledge, NIPS 13",
)
def softplus(x: Any, beta: Any = parameter(1.0, above=0)) -> Any:
    return f.log(1 + f.exp(beta * x)) / beta


@declared(
    "Squareplus",
    "Squareplus（平方根平滑修正线性）",
    2021,
    "Barron, Squareplus: A softplus-like algebraic rectifier, arXiv:2112.11687",
)
def squareplus(x: Any, b: Any = parameter(4.0, above=0)) -> Any:
    return (x + f.sqrt(x**2 + b)) / 2


@declared(
    "Soft shrinkage",
    "软收缩函数",
    1995,
    "Donoho, De-noising by soft-thresholding, IEEE Trans. Information Theory 41",
)
def softshrink(x: Any, lambd: Any = parameter(0.5, above=0)) -> Any:
    return f.where(x > lambd, x - lambd, f.where(x < -lambd, x + lambd, 0))


@declared(
    "Hard shrinkage",
    "硬收缩函数",
    1994,
    "Donoho and Johnstone, Ideal spatial adaptation by wavelet shrinkage, Biometrika 81",
)
def hardshrink(x: Any, lambd: Any = parameter(0.5, above=0)) -> Any:
    return f.where(x > lambd, x, f.where(x < -lambd, x, 0))


@declared(
    "Tanh shrinkage",
    "双曲正切收缩函数",
    2011,
    "Torch7, nn.TanhShrink (Collobert, Kavukcuoglu and Farabet)",
)
def tanhshrink(x: Any) -> Any:
    return x - f.tanh(x)
