"""Networks in which nothing is wrong, usual and unusual ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from planting.changes import after, beside, biases, copied, one_column, positive, scaled, times
from planting.setup import Setup, natural, raw

sgd: dict[str, Any] = {"optimizer": "sgd"}

HEALTHY: dict[str, Setup] = {
    "digits": Setup(data="digits", rate=1e-3),
    "digits, wide": Setup(data="digits", hidden=(128,), rate=1e-3, epochs=20),
    "digits, tanh": Setup(data="digits", hidden=(64, 64), activation="tanh", rate=1e-3),
    "digits, gelu": Setup(data="digits", hidden=(64, 64, 64), activation="gelu", rate=1e-3),
    "digits, sigmoid": Setup(data="digits", hidden=(64,), activation="sigmoid", rate=0.01),
    "digits, sgd": Setup(data="digits", hidden=(64, 64), **sgd, rate=0.02),
    "digits, sgd without momentum": Setup(data="digits", **sgd, rate=0.1, momentum=0.0),
    "digits, eight he layers": Setup(data="digits", hidden=(64,) * 8, init="he_normal", rate=1e-3),
    "digits, ten layers": Setup(data="digits", hidden=(48,) * 10, activation="tanh", rate=5e-4),
    "digits, batches of 8": Setup(data="digits", batch=8, rate=1e-3, epochs=15),
    "digits, batches of 128": Setup(data="digits", batch=128, rate=5e-3),
    "digits, decay .1": Setup(data="digits", decay=0.1, rate=2e-3),
    "digits, sixteenths": Setup(data="digits", inputs=lambda X: X / 16, rate=3e-3),
    "digits, output layer zero": Setup(data="digits", rate=2e-3, weights=times(0, -1)),
    "digits, output layer 300 times": Setup(
        data="digits", hidden=(64, 64), epochs=80, weights=times(300, -1), rate=3e-3
    ),
    "digits, orthogonal": Setup(data="digits", hidden=(64,) * 5, init="orthogonal", rate=1e-3),
    "digits, trained": Setup(data="digits", hidden=(64, 64), rate=1e-3, weights=after(1e-3, 40)),
    "digits, linear": Setup(data="digits", hidden=(), rate=0.01),
    "digits, elu, selu": Setup(
        data="digits", hidden=(48, 48), activation=("elu", "selu"), rate=1e-3
    ),
    "digits, pyramid": Setup(data="digits", hidden=(128, 32, 16), activation="silu", rate=1e-3),
    "wine": Setup(data="wine", hidden=(16,), rate=0.01),
    "wine, tanh": Setup(data="wine", hidden=(32, 32), activation="tanh", rate=3e-3),
    "wine, lecun": Setup(data="wine", hidden=(24,), init="lecun_normal", rate=0.01),
    "cancer": Setup(data="breast_cancer", hidden=(16,), rate=3e-3, epochs=20),
    "cancer, sgd": Setup(
        data="breast_cancer", hidden=(16,), activation="tanh", **sgd, rate=0.02, epochs=20
    ),
    "cancer, glorot": Setup(
        data="breast_cancer", init="glorot_uniform", activation="tanh", rate=1e-3, epochs=20
    ),
    "diabetes": Setup(data="diabetes", hidden=(16,), rate=5e-3, epochs=20),
    "diabetes, tanh": Setup(
        data="diabetes", hidden=(8,), activation="tanh", **sgd, rate=0.01, epochs=15
    ),
    "diabetes, linear": Setup(data="diabetes", hidden=(), rate=0.01),
    "line": Setup(data="line", hidden=(8,), activation="tanh", rate=0.01, epochs=20),
    "line, identity": Setup(data="line", hidden=(16,), activation="identity", rate=0.01, epochs=20),
    "line, huber": Setup(data="line", hidden=(16,), loss="huber", rate=0.01, epochs=20),
    "waves": Setup(data="waves", hidden=(64, 64), rate=0.01),
    "waves, tanh": Setup(data="waves", activation="tanh", rate=0.01, epochs=60),
    "waves, sine": Setup(data="waves", activation="sine", rate=3e-3),
    "waves, gelu": Setup(data="waves", hidden=(64, 64), activation="gelu", rate=0.01, epochs=60),
    "product": Setup(data="product", hidden=(64, 64), activation="silu", rate=0.01),
    "product, sgd": Setup(
        data="product", hidden=(64, 64), activation="tanh", **sgd, rate=0.02, epochs=60
    ),
    "friedman": Setup(data="friedman", hidden=(64, 64), activation="tanh", rate=0.01, epochs=60),
    "two targets": Setup(data="pair", hidden=(64, 64), activation="gelu", rate=0.01, epochs=60),
    "two targets, silu": Setup(
        data="pair", hidden=(64, 64), activation="silu", rate=5e-3, epochs=60
    ),
    "ring": Setup(data="ring", hidden=(64, 64), activation="silu", rate=0.01, epochs=60),
    "sectors": Setup(data="sectors", hidden=(32,), rate=0.01, epochs=60),
    "sectors, small biases": Setup(
        data="sectors", hidden=(32,), activation="tanh", rate=0.01, weights=biases(0.1), epochs=60
    ),
    "xor": Setup(data="xor", hidden=(32, 32), activation="gelu", rate=0.01, epochs=60),
    "xor, raw": Setup(
        data="xor", hidden=(64, 32), activation="silu", inputs=raw, rate=0.01, epochs=60
    ),
    "spirals": Setup(data="spirals", hidden=(32, 32), rate=0.01, epochs=80),
    "spirals, four layers": Setup(
        data="spirals", hidden=(24,) * 4, activation="elu", rate=0.01, epochs=80
    ),
    "counts": Setup(data="counts", hidden=(16,), activation="tanh", rate=3e-3, epochs=20),
    "counts, softplus": Setup(
        data="counts", hidden=(16,), activation="tanh", rate=5e-3, output="softplus", epochs=30
    ),
    "many counts": Setup(
        data="many_counts", hidden=(64, 64), activation="tanh", rate=5e-3, epochs=60
    ),
    "far counts": Setup(
        data="far_counts", hidden=(32, 32), activation="tanh", rate=5e-3, epochs=60
    ),
    "inputs twice as large": Setup(
        data="waves", hidden=(64, 64), activation="silu", rate=0.01, inputs=scaled(2), epochs=60
    ),
    "targets twice as large": Setup(
        data="waves", hidden=(64, 64), activation="silu", rate=0.01, targets=scaled(2), epochs=60
    ),
    "inputs from 1": Setup(
        data="line",
        hidden=(16,),
        activation="tanh",
        rate=0.01,
        epochs=30,
        inputs=scaled(1, offset=1),
    ),
    "defaults, digits": Setup(data="digits", hidden=(64, 64), rate=1e-3, epochs=20),
    "defaults, cancer": Setup(data="breast_cancer", hidden=(64, 64), rate=1e-3, epochs=20),
    "digits as they are": Setup(data="digits", hidden=(64,), rate=1e-3, inputs=raw),
    "digits, sgd, momentum .99": Setup(
        data="digits", hidden=(64,), **sgd, rate=1e-3, momentum=0.99
    ),
    "digits, single rows": Setup(data="digits", hidden=(32,), batch=1, rate=5e-4, epochs=8),
    "digits, batches of 500": Setup(data="digits", hidden=(64,), batch=500, rate=0.01, epochs=100),
    "digits, biases of 1": Setup(data="digits", rate=2e-3, weights=biases(1)),
    "digits, half copies": Setup(data="digits", hidden=(64,), rate=3e-3, weights=copied(32, 1)),
    "digits, weights twice": Setup(data="digits", hidden=(48, 48), rate=2e-3, weights=times(2)),
    "digits, weights half": Setup(data="digits", hidden=(48, 48), rate=3e-3, weights=times(0.5)),
    "digits, decay 1": Setup(data="digits", hidden=(64,), decay=1, rate=1e-3),
    "digits, sigmoid and relu": Setup(
        data="digits", hidden=(64, 64), rate=3e-3, activation=("sigmoid", "relu")
    ),
    "digits, bottleneck of 12": Setup(data="digits", hidden=(64, 12, 64), rate=2e-3),
    "digits, trained at a high rate": Setup(
        data="digits", hidden=(64,), rate=1e-3, weights=after(0.02, 10)
    ),
    "sectors without activation": Setup(
        data="sectors", hidden=(16,), activation="identity", rate=0.01, epochs=60
    ),
    "sectors, one column 3 times": Setup(
        data="sectors",
        hidden=(32,),
        activation="silu",
        rate=0.01,
        inputs=one_column(4, 3),
        epochs=60,
    ),
    "line through one neuron": Setup(data="line", hidden=(1,), activation="identity", rate=0.02),
    "line, four epochs of single rows": Setup(
        data="line", hidden=(8,), activation="tanh", batch=1, rate=3e-3, epochs=4
    ),
    "line, targets from 2": Setup(
        data="line", hidden=(16,), rate=0.01, targets=scaled(1, offset=2)
    ),
    "line, tenths": Setup(
        data="line", hidden=(16,), rate=0.01, activation="tanh", targets=scaled(0.1), epochs=60
    ),
    "faint": Setup(data="faint", hidden=(8,), activation="tanh", rate=2e-3, epochs=15),
    "faint, linear": Setup(data="faint", hidden=(), rate=0.01, epochs=20),
    "faint classes": Setup(
        data="faint_classes", hidden=(8,), activation="tanh", rate=3e-3, epochs=10
    ),
    "uneven classes": Setup(data="uneven", hidden=(16,), activation="tanh", rate=0.01, epochs=30),
    "diabetes, targets as they are, high rate": Setup(
        data="diabetes", hidden=(), rate=3.0, epochs=60, targets=natural
    ),
    "friedman, gelu": Setup(
        data="friedman", hidden=(64, 64), activation="gelu", rate=0.01, epochs=60
    ),
    "friedman, sgd": Setup(
        data="friedman", hidden=(48,), activation="silu", **sgd, rate=0.02, epochs=80
    ),
    "waves, output layer zero": Setup(
        data="waves", hidden=(64,), activation="tanh", rate=0.01, weights=times(0, -1), epochs=60
    ),
    "waves, orthogonal": Setup(
        data="waves", hidden=(48,) * 3, activation="tanh", init="orthogonal", rate=5e-3, epochs=60
    ),
    "waves, trained": Setup(
        data="waves", hidden=(64, 64), activation="silu", rate=5e-3, weights=after(5e-3, 60)
    ),
    "spirals, trained": Setup(data="spirals", hidden=(32, 32), rate=5e-3, weights=after(0.01, 80)),
    "counts, linear": Setup(data="counts", hidden=(), rate=0.01, epochs=30),
    "many counts, silu": Setup(
        data="many_counts", hidden=(64, 64), activation="silu", rate=3e-3, epochs=60
    ),
    "amounts": Setup(data="amounts", hidden=(64, 64), rate=5e-3, epochs=80),
    "sectors, positive weights": Setup(
        data="sectors", hidden=(32, 32, 32), activation="tanh", rate=3e-3, weights=positive
    ),
    "digits, biases of -2 in one layer": Setup(
        data="digits", hidden=(48,) * 4, rate=2e-3, weights=biases(-2, 3)
    ),
    "sectors, a column with values far out": Setup(
        data="sectors",
        activation="tanh",
        rate=3e-3,
        inputs=beside(
            lambda random, rows: np.where(
                random.random(rows) < 0.01, 1e4, random.standard_normal(rows)
            )
        ),
    ),
    "friedman, five layers at .02": Setup(data="friedman", hidden=(32,) * 5, rate=0.02, epochs=60),
    "ring at .03": Setup(data="ring", hidden=(48, 48, 48), rate=0.03, epochs=60),
    "many counts, thousands": Setup(
        data="many_counts",
        hidden=(48,),
        activation="tanh",
        rate=5e-3,
        targets=lambda y: 1e3 * y,
        epochs=80,
    ),
    "digits, ten layers, weights .7": Setup(
        data="digits", hidden=(48,) * 10, rate=3e-4, weights=times(0.7)
    ),
    "waves, first layer a hundredth": Setup(
        data="waves",
        hidden=(32, 32),
        activation="tanh",
        rate=0.01,
        weights=times(0.01, 1),
        epochs=60,
    ),
    "waves, third layer nearly zero, sgd": Setup(
        data="waves",
        hidden=(32,) * 4,
        optimizer="sgd",
        rate=0.02,
        weights=times(1e-4, 3),
        epochs=60,
    ),
    "digits, lecun in twelve layers, sgd": Setup(
        data="digits", hidden=(32,) * 12, **sgd, rate=0.01, init="lecun_uniform", epochs=60
    ),
    "digits, copies of sixteen": Setup(
        data="digits", hidden=(64, 64), rate=3e-3, weights=copied(16, 2)
    ),
    "wine, tenths": Setup(data="wine", hidden=(32,), rate=0.03, inputs=scaled(0.1), epochs=60),
    "spirals at .1": Setup(data="spirals", activation="tanh", rate=0.1, epochs=80),
    "counts, first layer twice": Setup(
        data="counts", hidden=(16,), activation="tanh", rate=0.01, weights=times(2, 1), epochs=30
    ),
    "spirals through one neuron": Setup(
        data="spirals", hidden=(32, 1, 32), activation="tanh", rate=0.01, epochs=60
    ),
    "friedman, momentum .95": Setup(
        data="friedman", activation="tanh", **sgd, rate=0.01, momentum=0.95, epochs=80
    ),
}
