"""S-shaped functions: bounded on both sides, or the logarithm of one that is."""

from __future__ import annotations

from typing import Any

from nonlin.catalogue.declare import declared
from nonlin.expr import vocabulary as f


@declared(
    "Logistic sigmoid",
    "Sigmoid 函数（logistic）",
    1986,
    "Rumelhart, Hinton and Williams, Nature 323, 533-536",
    aliases=("logistic",),
    from_output=lambda grad, y: grad * (y * (1 - y)),
)
def sigmoid(x: Any) -> Any:
    return 1 / (1 + f.exp(-x))


@declared(
    "Logarithm of the logistic sigmoid",
    "对数 S 型函数",
    2012,
    "Torch7, nn.LogSigmoid (Collobert et al.); log-likelihood of logistic regression",
    aliases=("logsigmoid",),
)
def log_sigmoid(x: Any) -> Any:
    return -f.log(1 + f.exp(-x))


@declared(
    "Hard sigmoid",
    "硬 S 型函数",
    2019,
    "Howard et al., Searching for MobileNetV3, arXiv:1905.02244 (slope 1/6)",
    aliases=("hardsigmoid",),
)
def hard_sigmoid(x: Any) -> Any:
    return f.where(x > -3, f.where(x < 3, (x + 3) / 6, 1), 0)


@declared(
    "Hyperbolic tangent",
    "双曲正切",
    1989,
    "LeCun, Generalization and network design strategies (1989); LeCun, Bottou, Orr and Müller, "
    "Efficient BackProp (1998)",
    from_output=lambda grad, y: grad * ((1 - y) * (1 + y)),
)
def tanh(x: Any) -> Any:
    return f.tanh(x)


@declared(
    "Hard hyperbolic tangent",
    "硬双曲正切",
    2004,
    "Collobert, Large Scale Machine Learning, thesis, Paris 6",
    aliases=("hardtanh",),
)
def hard_tanh(x: Any) -> Any:
    return f.where(x > -1, f.where(x < 1, x, 1), -1)


@declared(
    "Softsign",
    "软符号函数",
    1993,
    "Elliott, University of Maryland, ISR TR 93-8 (1993); named by Bergstra, Desjardins, Lamblin "
    "and Bengio, Université de Montréal TR 1337 (2009)",
)
def softsign(x: Any) -> Any:
    return x / (1 + f.absolute(x))


@declared(
    "Arc tangent",
    "反正切",
    1998,
    "Duch and Jankowski, Survey of neural transfer functions, Neural Computing Surveys 2",
    aliases=("atan",),
)
def arctan(x: Any) -> Any:
    return f.arctan(x)


@declared("Error function", "误差函数", 1996, "Williams, Computing with infinite networks, NIPS 9")
def erf(x: Any) -> Any:
    return f.erf(x)


@declared(
    "Binary step",
    "二元阶跃函数",
    1943,
    "McCulloch and Pitts, A logical calculus of the ideas immanent in nervous activity",
    aliases=("step", "heaviside"),
)
def binary_step(x: Any) -> Any:
    return f.where(x < 0, 0, 1)
