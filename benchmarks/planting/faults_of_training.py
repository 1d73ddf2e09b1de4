"""Momentum, weight decay, batches and epochs; too few neurons; outputs; two faults at once."""

from typing import Any

from planting.changes import biases, copied, one_column, positive, scaled
from planting.fault import Faults, two
from planting.setup import Setup

optimizer, width = Faults("optimizer", ""), Faults("width", "width")
output = Faults("output", "output")
sgd: dict[str, Any] = {"optimizer": "sgd"}

FAULTS = (
    optimizer(
        "momentum .999",
        Setup(data="product", hidden=(48,), **sgd, rate=0.02, epochs=30),
        "momentum",
        momentum=0.999,
    ),
    optimizer(
        "momentum .998, waves",
        Setup(data="waves", activation="tanh", **sgd, rate=0.02),
        "momentum",
        momentum=0.998,
    ),
    optimizer(
        "no momentum", Setup(data="xor", **sgd, rate=0.01, momentum=0.95), "momentum", momentum=0.0
    ),
    optimizer("decay of 100", Setup(data="digits"), "decay", decay=100),
    optimizer("decay of 10", Setup(data="waves", rate=0.01), "decay", decay=10),
    optimizer(
        "decay of 3, sgd",
        Setup(data="sectors", activation="tanh", **sgd, rate=0.05),
        "decay",
        decay=3,
    ),
    optimizer("decay of 20, counts", Setup(data="many_counts", rate=0.01), "decay", decay=20),
    optimizer("one batch of all rows", Setup(data="product", rate=1e-3), "batch", batch=600),
    optimizer(
        "batches of 400", Setup(data="xor", hidden=(32,), rate=2e-3, epochs=20), "batch", batch=400
    ),
    optimizer("full batch, sgd", Setup(data="pair", **sgd, rate=0.02), "batch", batch=600),
    optimizer("single rows", Setup(data="digits", rate=0.03, epochs=10), "batch", batch=1),
    optimizer("one epoch", Setup(data="waves", rate=1e-3), "epochs", epochs=1),
    optimizer("two epochs", Setup(data="digits", hidden=(32,), rate=1e-3), "epochs", epochs=2),
    optimizer(
        "two epochs, sgd",
        Setup(data="xor", activation="tanh", **sgd, rate=0.1, epochs=80),
        "epochs",
        epochs=2,
    ),
    width(
        "one neuron in the middle", Setup(data="digits", hidden=(64, 64, 64)), hidden=(64, 1, 64)
    ),
    width("two neurons", Setup(data="digits", hidden=(32,)), hidden=(2,)),
    width("one neuron", Setup(data="sectors", hidden=(32, 32), activation="tanh"), hidden=(32, 1)),
    width(
        "two neurons for spirals",
        Setup(data="spirals", hidden=(32, 32), rate=0.01, epochs=80),
        hidden=(2, 2),
    ),
    width(
        "two neurons for a product",
        Setup(data="product", hidden=(32, 32), rate=0.01),
        hidden=(2, 2),
    ),
    width(
        "two targets through one",
        Setup(data="pair", hidden=(32, 32, 32), activation="silu"),
        hidden=(32, 32, 1),
    ),
    width("two neurons for two targets", Setup(data="pair", hidden=(32,), rate=0.01), hidden=(2,)),
    output("amounts, squared error", Setup(data="amounts"), output="identity"),
    output(
        "far counts, silu, squared error",
        Setup(data="far_counts", activation="silu"),
        output="identity",
    ),
    output(
        "amounts, tanh, squared error",
        Setup(data="amounts", hidden=(48,), activation="tanh", rate=0.01),
        output="identity",
    ),
    two(
        "unscaled inputs and targets",
        Setup(data="waves"),
        inputs={"inputs": scaled(1e-3)},
        targets={"targets": scaled(1, offset=50)},
    ),
    two(
        "identity, low rate",
        Setup(data="product", activation="tanh", rate=0.01),
        identity={"activation": "identity"},
        rate_low={"rate": 3e-5},
    ),
    two(
        "positive weights, low rate",
        Setup(data="digits", hidden=(48,) * 5, rate=1e-3, epochs=20),
        weights={"weights": positive},
        rate_low={"rate": 2e-5},
    ),
    two(
        "copies, one large column",
        Setup(data="sectors", activation="silu"),
        weights={"weights": copied(2, 1, 2)},
        inputs={"inputs": scaled(1, 1, 1, 1000, 1, 1)},
    ),
    two(
        "decay, inputs from 100",
        Setup(data="waves", rate=0.01),
        decay={"decay": 10},
        inputs={"inputs": scaled(1, offset=100)},
    ),
    two(
        "two neurons, identity",
        Setup(data="product", hidden=(32, 32), rate=0.01),
        width={"hidden": (1, 1)},
        identity={"activation": "identity"},
    ),
    two(
        "dead, low rate",
        Setup(data="digits", hidden=(48, 48)),
        weights={"weights": biases(-10, 1)},
        rate_low={"rate": 1e-5},
    ),
    two(
        "small targets, momentum .999",
        Setup(data="waves", **sgd, rate=0.02),
        targets={"targets": scaled(1, offset=50)},
        momentum={"momentum": 0.999},
    ),
    two(
        "steps, high rate",
        Setup(data="sectors"),
        activation={"activation": "binary_step"},
        rate_high={"rate": 1.0},
    ),
    two(
        "one epoch, large biases",
        Setup(data="xor"),
        epochs={"epochs": 1},
        weights={"weights": biases(30, 1)},
    ),
    two(
        "one neuron, targets in thousands",
        Setup(data="product", hidden=(32, 32), activation="tanh"),
        width={"hidden": (1, 1)},
        targets={"targets": scaled(3000)},
    ),
    two(
        "identity, inputs from 50",
        Setup(data="waves", activation="silu"),
        identity={"activation": "identity"},
        inputs={"inputs": scaled(1, offset=50)},
    ),
    two(
        "identity, small targets",
        Setup(data="pair", hidden=(48, 48)),
        identity={"activation": "identity"},
        targets={"targets": scaled(1, 1e-3)},
    ),
    two(
        "decay, copies",
        Setup(data="waves", hidden=(32, 32), rate=0.01),
        decay={"decay": 10},
        weights={"weights": copied(1, 1, 2)},
    ),
    two(
        "one epoch, one large column",
        Setup(data="waves", activation="tanh"),
        epochs={"epochs": 1},
        inputs={"inputs": one_column(3, 1000)},
    ),
    two(
        "dead, targets from 300",
        Setup(data="product", hidden=(32, 32), rate=1e-3),
        weights={"weights": biases(-20, 1)},
        targets={"targets": scaled(1, offset=300)},
    ),
    optimizer(
        "decay of 300, tanh",
        Setup(data="digits", hidden=(48, 48), activation="tanh", rate=1e-3),
        "decay",
        decay=300,
    ),
    optimizer(
        "momentum .995, two targets",
        Setup(data="pair", activation="tanh", **sgd, rate=0.1),
        "momentum",
        momentum=0.995,
    ),
    optimizer(
        "all rows at once, digits, sgd",
        Setup(data="digits", **sgd, rate=0.02, epochs=20),
        "batch",
        batch=1078,
    ),
    optimizer(
        "one epoch, friedman", Setup(data="friedman", hidden=(64,), rate=3e-3), "epochs", epochs=1
    ),
    optimizer(
        "single rows, sgd",
        Setup(data="product", activation="tanh", **sgd, rate=0.05, epochs=15),
        "batch",
        batch=1,
    ),
    optimizer(
        "one epoch, spirals", Setup(data="spirals", rate=0.01, epochs=60), "epochs", epochs=1
    ),
    width(
        "four layers of two",
        Setup(data="digits", hidden=(32,) * 4, activation="tanh", rate=3e-3),
        hidden=(2,) * 4,
    ),
    width(
        "one neuron, xor",
        Setup(data="xor", hidden=(32, 16), activation="gelu", rate=0.01),
        hidden=(1, 16),
    ),
    width(
        "one for friedman",
        Setup(data="friedman", hidden=(48,), activation="sigmoid", rate=0.02),
        hidden=(1,),
    ),
    output(
        "amounts, gelu, squared error",
        Setup(data="amounts", hidden=(64, 64), activation="gelu"),
        output="identity",
    ),
    output(
        "visits, relu, squared error",
        Setup(data="visits", hidden=(16, 16), rate=3e-3, epochs=20),
        output="identity",
    ),
    optimizer(
        "momentum .995 at .02",
        Setup(data="friedman", activation="tanh", **sgd, rate=0.02),
        "momentum",
        momentum=0.995,
    ),
    optimizer(
        "momentum .997, counts",
        Setup(data="many_counts", activation="tanh", **sgd, rate=3e-3),
        "momentum",
        momentum=0.997,
    ),
    optimizer(
        "decay of 5, friedman",
        Setup(data="friedman", activation="silu", rate=0.01),
        "decay",
        decay=5,
    ),
    optimizer(
        "decay of 30, two targets",
        Setup(data="pair", hidden=(48, 48), rate=5e-3),
        "decay",
        decay=30,
    ),
    optimizer(
        "decay of 2, sgd, xor",
        Setup(data="xor", activation="tanh", **sgd, rate=0.05),
        "decay",
        decay=2,
    ),
    optimizer(
        "batches of 500",
        Setup(data="digits", hidden=(48, 48), rate=1e-3, epochs=10),
        "batch",
        batch=500,
    ),
    optimizer(
        "single rows, friedman",
        Setup(data="friedman", activation="tanh", rate=0.03, epochs=10),
        "batch",
        batch=1,
    ),
    optimizer(
        "one epoch, wide",
        Setup(data="wide", hidden=(48,), rate=2e-3, epochs=20),
        "epochs",
        epochs=1,
    ),
    width(
        "two neurons, two targets, tanh",
        Setup(data="pair", hidden=(24, 24), activation="tanh", rate=0.01),
        hidden=(2, 24),
    ),
    width(
        "one neuron for xor",
        Setup(data="xor", hidden=(48,), activation="silu", rate=0.01),
        hidden=(1,),
    ),
    output(
        "visits, relu, few epochs, squared error",
        Setup(data="visits", hidden=(24,), rate=5e-3, epochs=20),
        output="identity",
    ),
)
