"""Functions of a whole row."""

from __future__ import annotations

from typing import Any

from nonlin.catalogue import rectified
from nonlin.catalogue.declare import declared, parameter
from nonlin.expr import vocabulary as f
from nonlin.expr.nodes import symbol


@declared(
    "Softmax",
    "归一化指数函数",
    1990,
    "Bridle, Probabilistic interpretation of feedforward classification network outputs",
    from_output=lambda grad, y: y * (grad - f.row_sum(grad * y)),
)
def softmax(x: Any) -> Any:
    e = f.exp(x - f.row_max(x))
    return e / f.row_sum(e)


@declared(
    "Logarithm of softmax",
    "对数 Softmax",
    1990,
    "Bridle, Probabilistic interpretation of feedforward classification network outputs",
    aliases=("logsoftmax",),
    from_output=lambda grad, y: grad - f.exp(y) * f.row_sum(grad),
)
def log_softmax(x: Any) -> Any:
    shifted = x - f.row_max(x)
    return shifted - f.log(f.row_sum(f.exp(shifted)))


@declared(
    "Softmin",
    "Softmin（取反的 Softmax）",
    2012,
    "Torch7, nn.SoftMin (Collobert, Kavukcuoglu and Farabet)",
    from_output=lambda grad, y: -y * (grad - f.row_sum(grad * y)),
)
def softmin(x: Any) -> Any:
    e = f.exp(-x - f.row_max(-x))
    return e / f.row_sum(e)


@declared(
    "Softmax with temperature",
    "带温度的 Softmax",
    2015,
    "Hinton, Vinyals and Dean, Distilling the knowledge in a neural network, arXiv:1503.02531",
    from_output=lambda grad, y: y * (grad - f.row_sum(grad * y)) / symbol("temperature"),
)
def tempered_softmax(x: Any, temperature: Any = parameter(2.0, above=0)) -> Any:
    e = f.exp((x - f.row_max(x)) / temperature)
    return e / f.row_sum(e)


@declared(
    "Hardmax",
    "Hardmax（最大值处为 1）",
    2017,
    "ONNX, operator Hardmax: 1 at the first maximum, 0 elsewhere",
)
def hardmax(x: Any) -> Any:
    return f.row_first(x)


def _on_support(grad: Any, weight: Any) -> Any:
    """The gradient of entmax by its input: weight = y ** (2 - alpha) where y > 0, else 0."""
    return weight * (grad - f.row_sum(grad * weight) / f.row_sum(weight))


@declared(
    "Sparsemax",
    "稀疏 Softmax（Sparsemax）",
    2016,
    "Martins and Astudillo, From softmax to sparsemax, arXiv:1602.02068",
    from_output=lambda grad, y: _on_support(grad, f.where(y > 0, 1, 0)),
)
def sparsemax(x: Any) -> Any:
    z = x - f.row_max(x)
    return f.maximum(z - f.row_threshold(z, 1), 0)


@declared(
    "Entmax with exponent 1.5",
    "1.5-entmax（介于 Softmax 与 Sparsemax 之间）",
    2019,
    "Peters, Niculae and Martins, Sparse sequence-to-sequence models, arXiv:1905.05702",
    aliases=("entmax_15",),
    from_output=lambda grad, y: _on_support(grad, f.sqrt(y)),
)
def entmax15(x: Any) -> Any:
    z = (x - f.row_max(x)) / 2
    return f.maximum(z - f.row_threshold(z, 2), 0) ** 2


@declared(
    "Concatenated ReLU",
    "拼接修正线性单元",
    2016,
    "Shang, Sohn, Almeida and Lee, Understanding and improving convolutional neural "
    "networks via concatenated rectified linear units, arXiv:1603.05201",
)
def crelu(x: Any) -> Any:
    return f.row_join(rectified.relu(x), rectified.relu(-x))


@declared(
    "Maxout", "Maxout（分组取最大）", 2013, "Goodfellow et al., Maxout networks, arXiv:1302.4389"
)
def maxout(x: Any, pieces: Any = parameter(2.0, above=0)) -> Any:
    return f.row_pool(x, pieces)


@declared(
    "Softmax off by one",
    "加一 Softmax",
    2023,
    "Miller, Attention is off by one, evanmiller.org (2023)",
    aliases=("quiet_softmax",),
    from_output=lambda grad, y: y * (grad - f.row_sum(grad * y)),
)
def softmax1(x: Any) -> Any:
    largest = f.row_max(x)
    e = f.exp(x - largest)
    return e / (f.exp(-largest) + f.row_sum(e))


@declared(
    "Entmax with any exponent",
    "任意指数的 α-entmax",
    2019,
    "Peters, Niculae and Martins, Sparse sequence-to-sequence models, arXiv:1905.05702",
    aliases=("entmax",),
    from_output=lambda grad, y: _on_support(grad, f.where(y > 0, y ** (2 - symbol("alpha")), 0)),
)
def alpha_entmax(x: Any, alpha: Any = parameter(1.25, above=1, below=2)) -> Any:
    z = (alpha - 1) * (x - f.row_max(x))
    power = 1 / (alpha - 1)
    return f.maximum(z - f.row_threshold(z, power), 0) ** power


@declared(
    "Scalable softmax",
    "可伸缩 Softmax（SSMax）",
    2025,
    "Nakanishi, Scalable-softmax is superior for attention, arXiv:2501.19399",
    aliases=("scalable_softmax",),
    from_output=lambda grad, y: (
        symbol("scale") * f.log(f.row_length(y)) * (y * (grad - f.row_sum(grad * y)))
    ),
)
def ssmax(x: Any, scale: Any = parameter(0.43, above=0)) -> Any:
    e = f.exp(scale * f.log(f.row_length(x)) * (x - f.row_max(x)))
    return e / f.row_sum(e)


@declared(
    "Normalized polynomial",
    "归一化多项式 PolyNorm",
    2024,
    "Zhuo et al., Polynomial composition activations, arXiv:2411.03884",
    aliases=("polynorm",),
)
def poly_norm(
    x: Any, cubic: Any = parameter(1 / 3), square: Any = parameter(1 / 3),
    linear: Any = parameter(1 / 3), constant: Any = parameter(0.0),
    epsilon: Any = parameter(1e-6, above=0),
) -> Any:  # fmt: skip
    size = f.maximum(f.row_max(f.absolute(x)), 1)  # divided by it, no power overflows
    scaled = f.maximum(x / size, -2)  # never below -1: no quotient of powers is made of it

    def normalized(power: int) -> Any:
        mean = f.row_sum(scaled ** (2 * power)) / f.row_length(x)
        return scaled**power / f.sqrt(mean + epsilon / size ** (2 * power))

    return cubic * normalized(3) + square * normalized(2) + linear * normalized(1) + constant
