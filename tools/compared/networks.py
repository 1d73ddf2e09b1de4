"""Networks: initial weights, forward passes, training with every loss and optimiser."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import nonlin as nl
from compared import tables
from compared.cases import Answers, Place, case, in_chinese
from compared.plain import asked

RULES = (
    "auto", "forward", "backward", "balanced", "critical", "glorot_normal", "glorot_uniform",
    "he_normal", "he_uniform", "lecun_normal", "lecun_uniform", "orthogonal", "delta_orthogonal",
    "sparse", "zeros", "constant", "lsuv", "autoinit", "xavier_normal", "kaimign_normal",
)  # fmt: skip
RECORD = (
    "train_loss", "validation_loss", "best_epoch", "best_loss", "epochs", "steps", "diverged_at",
    "divergence.sentences",
)  # fmt: skip
INITIAL = ("name", "source", "q", "value", "depth")


def _own() -> Any:
    return nl.activation("own", "x*sigmoid(beta*x)", beta=1.3)


@case("networks.initial")
def initial(place: Place) -> Answers:
    """Weights of every rule behind a few activations, shallow and deep, float32 and float64."""
    found: dict[str, Any] = {}
    for rule in RULES:
        for hidden in ("relu", "tanh", "sigmoid"):
            build = partial(nl.Network, [5, 7, 6, 3], hidden, "softmax", rule, 4)
            found[f"{rule} {hidden}"] = partial(_parameters, build)
    deep = partial(nl.Network, [5] * 25, "tanh", dtype=np.float64)
    mixed = partial(nl.Network, [3, 4, 5, 2], ["relu", _own()], "sigmoid", seed=9)
    found |= {"deep": partial(_parameters, deep), "mixed": partial(_parameters, mixed)}
    return found | {"rules": {rule: partial(_rule, rule) for rule in RULES}}


def _parameters(build: Callable[[], Any]) -> Any:
    made = build()
    return {"parameters": made.parameters, "init": made.init, "repr": repr(made)}


def _rule(name: str) -> Any:
    """What an initialisation says of itself, and draws."""
    rule = nl.Initialisation(name)
    reason = partial(rule.reason, "gelu")
    return asked(rule, INITIAL) | {
        "std": partial(rule.std, 64, 32, "gelu"),
        "bias std": partial(rule.bias_std, "gelu"),
        "weights": partial(rule.draw, np.random.default_rng(0), 6, 4, "gelu"),
        "reason": lambda: str(reason()),
        "reason zh": in_chinese(lambda: str(reason())),
    }


@case("networks.forward")
def forward(place: Place) -> Answers:
    """A forward pass, number by number, in both languages."""
    net = nl.Network([3, 4, 4, 2], ["gelu", "tanh"], "softmax", seed=1)
    x = tables.numbers(20, 3)
    trace = net.trace(x[:2])
    return {
        "forward": partial(net.forward, x),
        "logits": partial(net.logits, x),
        "predict": partial(net.predict, x),
        "text": partial(str, trace),
        "text zh": in_chinese(partial(str, trace)),
        "sums": [each.preactivations for each in trace.layers],
        "copy": lambda: net.copy().parameters,
        "weights": lambda: net.with_weights([2 * each for each in net.weights]).parameters,
        "columns": lambda: net.predict(x[:, :2]),
        "sizes": lambda: nl.Network([3]),
        "hidden": lambda: nl.Network([3, 2, 1], "softmax"),
    }


def _fitted(hidden: Any, output: str, y: Any, loss: Any = None, **options: Any) -> Any:
    """Train on 90 rows with a few to validate on; weights, record and predictions."""
    x = tables.numbers(90, 4, 7)
    outputs = 1 if np.ndim(y) == 1 else np.shape(y)[1]
    steps = {"softmax": int(np.max(y)) + 1, "corn": int(np.max(y))}
    sizes = [4, 12, 12, steps.get(loss or output, outputs)]
    dtype = options.pop("dtype", np.float32)
    net = nl.Network(sizes, hidden, output, seed=2, dtype=dtype)
    held = (x[:20], y[:20]) if options.pop("held", True) else None
    record = net.fit(x[20:], y[20:], loss=loss, validation=held, epochs=8, **options)
    told = {"parameters": net.parameters, "predicted": partial(net.predict, x)}
    return told | {"record": asked(record, RECORD)}


@case("networks.trained")
def trained(place: Place) -> Answers:
    """Every output with its losses, both optimisers, both dtypes, weights, patience."""
    x = tables.numbers(90, 4, 7)
    y, labels = np.abs(x[:, 0]) + x[:, 1], np.digitize(x[:, 0], [-0.5, 0.5])
    share, two = 1 / (1 + np.exp(-x[:, :2])), (x[:, :2] > 0).astype(int)
    weights = np.linspace(0.1, 2, 70)
    fitted = {
        "squared": partial(_fitted, "relu", "identity", y),
        "huber": partial(_fitted, "gelu", "identity", y, "huber"),
        "cross": partial(_fitted, "tanh", "softmax", labels),
        "binary": partial(_fitted, "elu", "sigmoid", two),
        "shares": partial(_fitted, "mish", "sigmoid", share, "fractional_cross_entropy"),
        "corn": partial(_fitted, "silu", "sigmoid", labels, "corn"),
        "softplus": partial(_fitted, "softplus", "softplus", np.abs(y)),
        "counts": partial(_fitted, "selu", "exponential", labels),
        "sgd": partial(_fitted, "relu", "identity", y, optimizer="sgd", weight_decay=0.01),
        "float64": partial(_fitted, "sine", "identity", y, dtype=np.float64),
        "weighted": partial(_fitted, "relu", "identity", y, held=False, weights=weights),
        "patient": partial(_fitted, "relu", "softmax", labels, patience=2, learning_rate=0.3),
        "mixed": partial(_fitted, ["relu", _own()], "softmax", labels),
        "diverged": partial(_fitted, "relu", "identity", y, optimizer="sgd", learning_rate=1e4),
        "pair": partial(_fitted, "relu", "softmax", labels, "huber"),
    }
    diverged = in_chinese(lambda: _fitted("relu", "identity", y * 1e30, learning_rate=1e30))
    return fitted | {"diverged zh": diverged}
