"""Activations that are missing in hidden layers, or do not suit their depth or the data."""

from typing import Any

from planting.fault import Faults
from planting.setup import Setup

wrong = Faults("activation", "activation")
missing: dict[str, Any] = {"cause": "identity", "activation": "identity"}

FAULTS = (
    wrong("ring without", Setup(data="ring"), **missing),
    wrong("waves without", Setup(data="waves", hidden=(64,), activation="tanh"), **missing),
    wrong("product without", Setup(data="product", hidden=(32,) * 4, activation="elu"), **missing),
    wrong("xor without", Setup(data="xor", activation="silu"), **missing),
    wrong("spirals without", Setup(data="spirals", rate=0.01, epochs=60), **missing),
    wrong("counts without", Setup(data="many_counts", activation="gelu"), **missing),
    wrong("two targets without", Setup(data="pair", hidden=(48, 24)), **missing),
    wrong(
        "ten sigmoid layers",
        Setup(data="digits", hidden=(32,) * 10, rate=1e-3),
        activation="sigmoid",
    ),
    wrong(
        "twelve sigmoid layers",
        Setup(data="sectors", hidden=(32,) * 12, activation="tanh", rate=1e-3),
        activation="sigmoid",
    ),
    wrong("steps", Setup(data="sectors", hidden=(32, 32)), activation="binary_step"),
    wrong(
        "two layers of steps",
        Setup(data="digits", hidden=(48, 48, 48)),
        activation=("relu", "binary_step", "binary_step"),
    ),
    wrong(
        "exponentials",
        Setup(data="digits", hidden=(32, 32, 32), rate=0.01),
        activation="exponential",
    ),
    wrong(
        "tanh shrinkage, sgd",
        Setup(data="waves", hidden=(32,) * 4, optimizer="sgd", rate=0.02),
        activation="tanhshrink",
    ),
    wrong("relu cubed", Setup(data="digits", hidden=(32,) * 4, rate=1e-3), activation="relu_cubed"),
    wrong("cubes", Setup(data="friedman", hidden=(32, 32, 32)), activation="cube"),
    wrong(
        "spirals without, four layers, sgd",
        Setup(
            data="spirals",
            hidden=(32,) * 4,
            activation="tanh",
            optimizer="sgd",
            rate=0.1,
            epochs=60,
        ),
        **missing,
    ),
    wrong(
        "xor without, one layer, sgd",
        Setup(data="xor", hidden=(64,), optimizer="sgd", rate=0.1),
        **missing,
    ),
    wrong("steps, waves", Setup(data="waves", hidden=(32, 32)), activation="binary_step"),
    wrong(
        "sigmoid in seven layers, slow sgd",
        Setup(data="ring", hidden=(32,) * 7, activation="gelu", optimizer="sgd", rate=5e-3),
        activation="sigmoid",
    ),
    wrong("squares in five layers", Setup(data="sectors", hidden=(32,) * 5), activation="square"),
    wrong(
        "signs in four layers", Setup(data="digits", hidden=(48,) * 4, rate=1e-3), activation="sign"
    ),
)
