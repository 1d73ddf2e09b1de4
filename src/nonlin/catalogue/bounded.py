"""Bounded and slowly growing relatives of the sigmoid: S-shaped, stepwise, logarithmic."""

from __future__ import annotations

from typing import Any

from nonlin.catalogue.declare import declared, parameter
from nonlin.expr import vocabulary as f

_GOMES = (
    "Gomes, Ludermir and Lima, Neural Computing and Applications 20, doi:10.1007/s00521-010-0407-3"
)


@declared(
    "Sign (bipolar step)", "符号函数（双极阶跃）", 1982, "Hopfield, doi:10.1073/pnas.79.8.2554"
)
def sign(x: Any) -> Any:
    return f.sign(x)


@declared("Bipolar sigmoid", "双极 S 型函数", 1994, "Fausett, Fundamentals of Neural Networks")
def bipolar_sigmoid(x: Any) -> Any:
    return f.tanh(x / 2)


@declared(
    "Scaled tanh (LeCun)",
    "缩放双曲正切",
    1989,
    "LeCun, Generalization and network design strategies (1989); LeCun et al., Efficient BackProp "
    "(1998)",
)
def scaled_tanh(x: Any) -> Any:
    return "1.7159" * f.tanh(2 * x / 3)


@declared("Penalized tanh", "惩罚双曲正切", 2016, "Xu, Huang and Li, arXiv:1602.05980")
def penalized_tanh(x: Any, alpha: Any = parameter(0.25, above=0)) -> Any:
    return f.where(x > 0, f.tanh(x), alpha * f.tanh(x))


@declared("Hexpo", "Hexpo 函数", 2017, "Kong and Takatsuka, IJCNN, doi:10.1109/IJCNN.2017.7966168")
def hexpo(x: Any, a: Any = parameter(1.0, above=0), b: Any = parameter(1.0, above=0)) -> Any:
    return f.where(x > 0, -a * f.expm1(-x / b), a * f.expm1(x / b))


@declared("Inverse square root unit", "平方根倒数单元", 2017, "Carlile et al., arXiv:1710.09967")
def isru(x: Any, alpha: Any = parameter(1.0, above=0)) -> Any:
    return f.isru(f.sqrt(alpha) * x) / f.sqrt(alpha)


@declared(
    "Square nonlinearity", "平方非线性函数", 2018,
    "Wuraola and Patel, SQNL, IJCNN, doi:10.1109/IJCNN.2018.8489043",
)  # fmt: skip
def sqnl(x: Any) -> Any:
    inside = f.where(x > 0, x - x**2 / 4, x + x**2 / 4)
    return f.where(x > -2, f.where(x < 2, inside, 1), -1)


@declared(
    "Complementary log-log",
    "互补双对数函数",
    2008,
    "Gomes and Ludermir, Complementary log-log and probit, HIS 2008",
)
def cloglog(x: Any) -> Any:
    return -f.expm1(-f.exp(x))


@declared("Log-log (Gompertz)", "双对数函数（Gompertz）", 2011, _GOMES, aliases=("gompertz",))
def loglog(x: Any) -> Any:
    return f.exp(-f.exp(-x))


@declared("Elliott", "Elliott 函数", 1993, "Elliott, University of Maryland, ISR TR 93-8")
def elliott(x: Any) -> Any:
    far = 1 / (2 * (1 + f.absolute(x)))
    return f.where(x < 0, far, 1 - far)


@declared(
    "Sparse sigmoid",
    "稀疏 S 型函数",
    2019,
    "Blondel, Martins and Niculae, Learning with Fenchel-Young losses, arXiv:1901.02324",
)
def sparse_sigmoid(x: Any) -> Any:
    return f.where(x > -1, f.where(x < 1, (x + 1) / 2, 1), 0)


@declared("Linear sigmoid", "线性 S 型函数", 2009, "Theano and ONNX, HardSigmoid (0.2 x + 0.5)")
def linear_sigmoid(x: Any) -> Any:
    return f.where(x > "-2.5", f.where(x < "2.5", (x + "2.5") / 5, 1), 0)


@declared("Laplace (MEGA)", "Laplace 激活函数（MEGA）", 2022, "Ma et al., arXiv:2209.10655")
def laplace(x: Any) -> Any:
    return f.normal_cdf((x - "0.707107") / "0.282095")


@declared("Symmetric logarithm", "对称对数函数", 2023, "Hafner et al., arXiv:2301.04104")
def symlog(x: Any) -> Any:
    return f.where(x < 0, -f.log1p(-x), f.log1p(x))
