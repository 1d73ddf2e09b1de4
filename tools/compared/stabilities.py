"""Networks that train and networks that do not: every layer measured, and the diagnosis."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import numpy as np

import nonlin as nl
from compared import tables
from compared.cases import Answers, Place, case, in_chinese
from compared.plain import ask, asked, texts

LAYER = (
    "number", "activation", "means", "variances", "dead", "saturated", "second", "signal", "rank",
    "weight", "gradient", "weight_gradient", "update", "predicted_second", "predicted_gradient",
    "counts", "edges", "neurons", "finite", "mean", "variance", "dead_share", "saturated_share",
)  # fmt: skip
WHOLE = ("rows", "input_rank", "loss", "first_not_finite", "gradient_ratio")
FOUND = (
    "causes", "repaired", "at_start", "learns", "healthy", "settings", "network.parameters",
    "network.init",
)  # fmt: skip
CHANGE = ("cause", "layers", "explanation", "advice")
BAND = ("mean", "low", "high", "predicted")


@cache
def _kind() -> Any:
    x, y = tables.images(20)
    return type(ask(nl.diagnose(nl.Network([8, 4], output="softmax"), x, y), "settings"))


def settings(**values: Any) -> Any:
    """Settings of a training; their class is found by its use, since its module moves."""
    return _kind()(**values)


def measured(seen: Any) -> dict[str, Any]:
    """All numbers of all layers, and the table that is printed."""
    layers = ask(seen, "layers")
    told = layers if isinstance(layers, str) else [asked(each, LAYER) for each in layers]
    whole = asked(seen, WHOLE) | {"layers": told, "text": partial(str, seen)}
    return whole | {"text zh": in_chinese(partial(str, seen))}


def networks() -> dict[str, tuple[Any, Any, Any, Any]]:
    """Network, X, y and settings: sound ones, and one for each thing that can be wrong."""
    x, y = tables.images()
    price = 1000 * x[:, 0] + 5000
    dead = nl.Network([8, 16, 16, 4], "relu", "softmax")
    dead.biases[0][:] = -60
    huge = nl.Network([8, 16, 16, 4], "gelu", "softmax")
    huge.weights[1][:] *= 1e6
    return {
        "healthy": (nl.Network([8, 16, 16, 4], "relu", "softmax"), x, y, None),
        "rate": (nl.Network([8, 16, 4], "relu", "softmax"), x, y, settings(learning_rate=30.0)),
        "slow": (nl.Network([8, 16, 4], "tanh", "softmax"), x, y, settings(learning_rate=1e-7)),
        "dead": (dead, x, y, None),
        "huge": (huge, x, y, None),
        "sigmoid": (nl.Network([8, *[16] * 20, 4], "sigmoid", "softmax"), x, y, None),
        "init": (nl.Network([8, *[16] * 12, 4], "tanh", "softmax", "he_normal"), x, y, None),
        "inputs": (nl.Network([8, 16, 16, 4], "tanh", "softmax"), 900 * x + 300, y, None),
        "targets": (nl.Network([8, 16, 1], "relu"), x, price, None),
        "constant": (nl.Network([8, 16, 1], "relu"), 0 * x + 1, price / 1000, None),
        "zeros": (nl.Network([8, 16, 16, 4], "relu", "softmax", "zeros"), x, y, None),
    }


@case("stability.layers")
def layers(place: Place) -> Answers:
    """Every layer of every network, with and without a target."""
    made = networks()
    found = {
        name: lambda net=net, x=x, y=y, how=how: measured(nl.stability(net, x, y, settings=how))
        for name, (net, x, y, how) in made.items()
    }
    net, x, y, _ = made["healthy"]
    found["forward only"] = lambda: measured(nl.stability(net, x))
    found["no rows"] = lambda: nl.stability(net, x[:0], y[:0])
    return found


@case("stability.diagnose")
def diagnosed(place: Place) -> Answers:
    """What is found, why, and what is advised; the networks themselves stay as they are."""
    return {name: partial(_diagnosis, *given) for name, given in networks().items()}


def _diagnosis(net: Any, x: Any, y: Any, how: Any) -> Any:
    before = net.parameters.copy()
    found = nl.diagnose(net, x, y, settings=how)
    return asked(found, FOUND) | {
        "text": partial(str, found),
        "text zh": in_chinese(partial(str, found)),
        "sentences": lambda: texts(ask(found, "sentences")),
        "findings": lambda: texts(ask(found, "findings")),
        "verdicts": partial(ask, found, "verdicts"),
        "changes": lambda: [asked(each, CHANGE) for each in ask(found, "changes")],
        "stability": lambda: measured(ask(found, "stability")),
        "unchanged": bool(np.array_equal(before, net.parameters)),
    }


@case("stability.watch")
def watched(place: Place) -> Answers:
    """Measured while it trains; once it diverges."""
    return {
        "sound": partial(_watched, settings(epochs=5, learning_rate=0.01)),
        "sgd": partial(_watched, settings(epochs=4, learning_rate=0.05, optimizer="sgd")),
        "diverged": partial(_watched, settings(epochs=4, learning_rate=1e6, optimizer="sgd")),
    }


def _watched(how: Any) -> Any:
    x, y = tables.images()
    net = nl.Network([8, 12, 12, 4], "gelu", "softmax", seed=5)
    seen = nl.stability.watch(net, x, y, every=2, settings=how)
    told = asked(seen, ("epochs", "divergence.sentences", "divergence.epoch"))
    told["stability"] = lambda: [measured(each) for each in ask(seen, "stability")]
    return told | {"parameters": net.parameters}


@case("stability.profiles")
def profiles(place: Place) -> Answers:
    """Bands of several random networks, on noise, classes and numbers."""
    x, y = tables.images()
    small = {"depth": 8, "width": 16, "seeds": 3}
    made = nl.stability.profiles
    return {
        "noise": lambda: _profiles(made(["relu", "tanh", "mish"], **small)),
        "classes": lambda: _profiles(made(["gelu"], x, y, init="he_normal", **small)),
        "numbers": lambda: _profiles(made(["elu"], x, x[:, 0], output="identity", **small)),
        "rules": lambda: _profiles(made(["selu", "selu"], init=["auto", "lecun_normal"], **small)),
        "inits": lambda: made(["relu"], init=["auto", "auto"], **small),
    }


def _profiles(found: Any) -> Any:
    return [
        asked(each, ("label", "initialisation"))
        | {name: asked(ask(each, name), BAND) for name in ("second", "gradient")}
        | {"findings": lambda each=each: texts(ask(each, "findings"))}
        for each in found
    ]
