"""The browser's engine, in Node, beside ours: the same weights at the start, the same losses."""

import json

import numpy as np
import pytest

import nonlin as nl
from nonlin.catalogue import get
from nonlin.kernels import wasm
from nonlin.lab.facts import entry

ADAMW = {"optimizer": "adamw", "rate": 0.01, "decay": 0.0, "momentum": 0.9}
SGD = {"optimizer": "sgd", "rate": 0.02, "decay": 0.1, "momentum": 0.9}
NAMES = ("relu", "silu", "gelu", "tanh", "sigmoid", "snake")


def spiral(rows, seed=3):
    """Two arms, and the angle as a number to predict."""
    random = np.random.default_rng(seed)
    angle, arm = random.uniform(0.5, 10, rows), random.integers(0, 2, rows)
    radius = 0.1 * angle * (1 - 2 * arm)
    inputs = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)
    return (inputs + 0.02 * random.normal(size=inputs.shape)).astype(np.float32), arm, angle / 5 - 1


def case(hidden, sizes, rule, classes=True):
    """What our engine does in ten epochs."""
    x, arm, angle = spiral(200)
    network = nl.Network(sizes, hidden, "softmax" if classes else "identity", seed=1)
    given = {
        "hidden": hidden, "sizes": sizes, "rule": rule, "batch": 32, "seed": 5, "classes": classes,
        "x": x.ravel().tolist(), "y": (arm if classes else np.float32(angle)).tolist(),
        "parameters": network.parameters.tolist(),
    }  # fmt: skip
    record = network.fit(
        x, arm if classes else angle, epochs=10, seed=5, learning_rate=rule["rate"],
        optimizer=rule["optimizer"], weight_decay=rule["decay"], momentum=rule["momentum"],
    )  # fmt: skip
    return given | {"losses": record.train_loss.tolist()}


@pytest.fixture(scope="session")
def golden(tmp_path_factory):
    """A folder with kernels, facts, and what our engine did."""
    folder = tmp_path_factory.mktemp("golden")
    bundle = wasm.bundle([get(name) for name in NAMES])
    known = {name: entry(get(name)) for name in NAMES}
    cases = {
        "silu": case(["silu", "silu"], [2, 8, 8, 2], ADAMW),
        "relu": case(["relu"], [2, 30, 2], ADAMW),
        "each layer its own": case(["tanh", "gelu", "snake"], [2, 9, 6, 5, 2], ADAMW),
        "decay, momentum, numbers": case(["sigmoid", "tanh"], [2, 8, 8, 1], SGD, classes=False),
    }
    (folder / "kernels.wasm").write_bytes(bundle.bytes)
    (folder / "facts.json").write_text(json.dumps({"kernels": bundle.table, "entries": known}))
    (folder / "golden.json").write_text(json.dumps(cases))
    return folder


def test_engine(units, golden):
    units("engine", NONLIN_GOLDEN=str(golden))
