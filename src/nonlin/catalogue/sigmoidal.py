"""S-shaped functions: bounded on both sides, or the logarithm of one that is."""

from __future__ import annotations

from typing import Any

from nonlin.catalogue.declare import declared
from nonlin.expr import vocabulary as f


@declared(
    title="Logistic sigmoid",
    zh="S 型(逻辑)函数",
    year=1986,
    source="Rumelhart, Hinton and Williams, Nature 323, 533-536",
    aliases=("logistic",),
    from_output=lambda grad, y: grad * (y * (1 - y)),
)
def sigmoid(x: Any) -> Any:
    return 1 / (1 + f.exp(-x))


@declared(
    title="Logarithm of the logistic sigmoid",
    zh="对数 S 型函数",
    year=2016,
    source="TensorFlow tf.math.log_sigmoid; log-likelihood of logistic regression",
    aliases=("logsigmoid",),
)
def log_sigmoid(x: Any) -> Any:
    return -f.log(1 + f.exp(-x))


@declared(
    title="Hard sigmoid",
    zh="硬 S 型函数",
    year=2019,
    source="Howard et al., Searching for MobileNetV3, arXiv:1905.02244 (slope 1/6)",
    aliases=("hardsigmoid",),
)
def hard_sigmoid(x: Any) -> Any:
    return f.where(x > -3, f.where(x < 3, (x + 3) / 6, 1), 0)


@declared(
    title="Hyperbolic tangent",
    zh="双曲正切",
    year=1998,
    source="LeCun, Bottou, Orr and Müller, Efficient BackProp",
    from_output=lambda grad, y: grad * ((1 - y) * (1 + y)),
)
def tanh(x: Any) -> Any:
    return f.tanh(x)


@declared(
    title="Hard hyperbolic tangent",
    zh="硬双曲正切",
    year=2004,
    source="Collobert, Large Scale Machine Learning, thesis, Paris 6",
    aliases=("hardtanh",),
)
def hard_tanh(x: Any) -> Any:
    return f.where(x > -1, f.where(x < 1, x, 1), -1)


@declared(
    title="Softsign",
    zh="软符号函数",
    year=2009,
    source="Bergstra, Desjardins, Lamblin and Bengio, Quadratic polynomials learn better image "
    "features, Université de Montréal TR 1337",
)
def softsign(x: Any) -> Any:
    return x / (1 + f.absolute(x))


@declared(
    title="Arc tangent",
    zh="反正切",
    year=1998,
    source="Duch and Jankowski, Survey of neural transfer functions, Neural Computing Surveys 2",
    aliases=("atan",),
)
def arctan(x: Any) -> Any:
    return f.arctan(x)


@declared(
    title="Error function",
    zh="误差函数",
    year=1996,
    source="Williams, Computing with infinite networks, NIPS 9",
)
def erf(x: Any) -> Any:
    return f.erf(x)


@declared(
    title="Binary step",
    zh="二元阶跃函数",
    year=1943,
    source="McCulloch and Pitts, A logical calculus of the ideas immanent in nervous activity",
    aliases=("step", "heaviside"),
)
def binary_step(x: Any) -> Any:
    return f.where(x < 0, 0, 1)
