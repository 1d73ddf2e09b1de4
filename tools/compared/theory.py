"""What theory says of activations: moments, gains, mean field, edge of chaos, kernels, shapes."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

import nonlin as nl
from compared.cases import Answers, Place, case

NAMES = (
    "relu", "leaky_relu", "gelu", "tanh", "sigmoid", "selu", "sine", "softplus", "hard_sigmoid",
    "binary_step", "softmax",
)  # fmt: skip


@case("theory.numbers")
def numbers(place: Place) -> Answers:
    """Each function for each of a few activations; some have none of it, and say why."""
    own = nl.activation("own", "x*sigmoid(1.702*x)")
    return {name: _numbers(name) for name in NAMES} | {"own": _numbers(own)}


def _numbers(name: Any) -> dict[str, Any]:
    return {
        "moments": partial(nl.moments, name),
        "moments elsewhere": partial(nl.moments, name, mean=0.5, std=2.0),
        "gain": partial(nl.gain, name),
        "gain backward": partial(nl.gain, name, backward=True),
        "ordered": partial(nl.mean_field, name, weight_variance=0.8, bias_variance=0.1),
        "chaotic": partial(nl.mean_field, name, weight_variance=2.5),
        "critical": partial(nl.critical, name),
        "critical biases": partial(nl.critical, name, bias_variance=0.05),
        "shape": partial(_shaped, name, "auto"),
        "tat": partial(_shaped, name, "tat"),
    }


def _shaped(name: Any, method: str) -> Any:
    made = nl.shape(name, depth=30, method=method)
    return [repr(made), made.values, made.title, made(np.linspace(-4, 4, 50))]


@case("theory.kernels")
def kernels(place: Place) -> Answers:
    """Both kernels of a few rows of one length, and of rows of different lengths."""
    rows = np.random.default_rng(0).standard_normal((7, 5))
    same = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    found: dict[str, Any] = {}
    for name in ("relu", "gelu", "tanh", "sine", "binary_step"):
        given = {"depth": 3, "weight_variance": 1.7, "bias_variance": 0.1}
        found[name] = {
            "nngp": partial(nl.nngp, name, same, **given),
            "ntk": partial(nl.ntk, name, same, **given),
            "unequal": partial(nl.nngp, name, rows),
        }
    return found


@case("theory.refused")
def refused(place: Place) -> Answers:
    """What cannot be, in sentences."""
    return {
        "std": lambda: nl.moments("relu", std=0),
        "variance": lambda: nl.mean_field("relu", weight_variance=-1),
        "depth": lambda: nl.shape("relu", depth=0),
        "method": lambda: nl.shape("relu", depth=3, method="dsk"),
        "rows": lambda: nl.nngp("relu", [1.0, 2.0]),
    }
