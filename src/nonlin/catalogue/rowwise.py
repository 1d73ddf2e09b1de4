"""Functions of a whole row."""

from __future__ import annotations

from typing import Any

from nonlin.catalogue.declare import declared
from nonlin.expr import vocabulary as f


@declared(
    title="Softmax",
    zh="Softmax(归一化指数函数)",
    year=1990,
    source="Bridle, Probabilistic interpretation of feedforward classification network outputs",
    from_output=lambda grad, y: y * (grad - f.row_sum(grad * y)),
)
def softmax(x: Any) -> Any:
    e = f.exp(x - f.row_max(x))
    return e / f.row_sum(e)


@declared(
    title="Logarithm of softmax",
    zh="对数 Softmax",
    year=1990,
    source="Bridle, Probabilistic interpretation of feedforward classification network outputs",
    aliases=("logsoftmax",),
    from_output=lambda grad, y: grad - f.exp(y) * f.row_sum(grad),
)
def log_softmax(x: Any) -> Any:
    shifted = x - f.row_max(x)
    return shifted - f.log(f.row_sum(f.exp(shifted)))
