"""Eight changes, none of which makes a healthy network better."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from planting.changes import scaled
from planting.setup import Setup


def others(given: Setup) -> dict[str, Setup]:
    """What else could be tried with this network."""
    hidden = given.activation if isinstance(given.activation, str) else given.activation[0]
    drawn = {"orthogonal": "auto"}.get(given.init, "orthogonal")
    other: dict[str, Any] = (
        {"optimizer": "adamw", "rate": 1e-3}
        if given.optimizer == "sgd"
        else {"optimizer": "sgd", "rate": 0.02, "momentum": 0.9}
    )
    return {
        "rate x3": replace(given, rate=3 * given.rate),
        "rate /3": replace(given, rate=given.rate / 3),
        "activation": replace(given, activation="relu" if hidden != "relu" else "tanh"),
        "initialisation": replace(given, weights=None, init="auto" if given.weights else drawn),
        "twice the epochs": replace(given, epochs=2 * given.epochs),
        "wider": replace(given, hidden=tuple(2 * width for width in given.hidden)),
        "optimizer": replace(given, **other),
        "standardised": replace(given, inputs=scaled(1), targets=None),
    }
