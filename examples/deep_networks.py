"""Which deep networks train: digits, 20 to 100 layers.

    python examples/deep_networks.py            # width 256, about ten minutes on two cores
    python examples/deep_networks.py --width 64 --epochs 5

Every network may choose among the same learning rates of AdamW, by its loss on validation rows;
the accuracy is that on test rows. Sources: Schoenholz et al. 2017 (arXiv:1611.01232), Klambauer
et al. 2017 (arXiv:1706.02515).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
from sklearn.datasets import load_digits

import nonlin as nl
from nonlin.network import Initialisation, Job, Network, Settings, train_many

RATES = (1e-3, 1e-4, 3e-5)
ORDERED = (0.9, 0.4)  # standard deviations: of a weight, times sqrt(fan-in), and of a bias


@dataclass(frozen=True)
class Case:
    """A network to train; init: a rule, or standard deviations of weights and biases."""

    activation: str
    init: str | Initialisation | tuple[float, float]
    depth: int

    def network(self, width: int, seed: int) -> Network:
        """Drawn at random."""
        sizes = [64, *[width] * self.depth, 10]
        if not isinstance(self.init, tuple):
            return Network(sizes, self.activation, "softmax", self.init, seed)
        network = Network(sizes, self.activation, "softmax", "lecun_normal", seed)
        random = np.random.default_rng(seed)
        for weights, biases in zip(network.weights, network.biases, strict=True):
            weights *= self.init[0]
            biases[:] = random.normal(0, self.init[1], biases.shape)
        return network

    @property
    def label(self) -> str:
        """Activation, initialisation, depth."""
        rule = self.init
        if isinstance(rule, tuple):
            rule = f"sw {rule[0]}, sb {rule[1]}"
        elif isinstance(rule, Initialisation):
            rule = f"{rule.name}, q {rule.q:g}"
        return f"{self.activation} | {rule} | {self.depth}"


def cases() -> list[Case]:
    """Those of the table; the ordered tanh within and beyond its depth scale."""
    reach = ordered_reach()
    edge = Initialisation("critical", q=0.1)
    return [
        Case("sigmoid", "glorot_normal", 20),
        Case("relu", "he_normal", 20),
        Case("relu", "he_normal", 50),
        Case("selu", "lecun_normal", 50),
        Case("tanh", edge, 100),
        Case("tanh", ORDERED, max(2, round(reach / 2))),
        Case("tanh", ORDERED, 100),
    ]


def ordered_reach() -> float:
    """The largest depth at which theory expects tanh with ORDERED to train, 6 xi_c."""
    weights, biases = ORDERED
    field = nl.mean_field("tanh", weight_variance=weights**2, bias_variance=biases**2)
    return field.trainable_depth


def measure(chosen: list[Case], width: int, epochs: int) -> list[tuple[str, float, float, float]]:
    """(label, rate, training loss, test accuracy) of each case."""
    train, validation, test = _digits()
    runs = [(case, rate, case.network(width, seed=0)) for case in chosen for rate in RATES]
    jobs = [
        Job(network, *train, validation, Settings(learning_rate=rate, epochs=epochs))
        for _, rate, network in runs
    ]
    records = dict(train_many(jobs))
    found = []
    for case in chosen:
        own = [number for number, (other, _, _) in enumerate(runs) if other is case]
        best = min(own, key=lambda number: records[number].best_loss)
        _, rate, network = runs[best]
        loss = records[best].train_loss[max(records[best].best_epoch, 0)]
        accuracy = float(np.mean(network.predict(test[0]) == test[1]))
        found.append((case.label, rate, float(loss), accuracy))
    return found


def _digits() -> list[tuple[np.ndarray, np.ndarray]]:
    """Training, validation and test rows, standardised by the training rows."""
    X, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(X))
    parts = np.split(order, [1200, 1500])
    mean, scale = X[parts[0]].mean(axis=0), X[parts[0]].std(axis=0)
    X = ((X - mean) / np.where(scale > 0, scale, 1)).astype(np.float32)
    return [(X[rows], y[rows]) for rows in parts]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--epochs", type=int, default=15)
    given = parser.parse_args()
    print(f"Ordered phase: theory expects at most {ordered_reach():.0f} layers to train.\n")
    print("| activation | initialisation | layers | rate | training loss | test accuracy |")
    print("|---|---|---|---|---|---|")
    for label, rate, loss, accuracy in measure(cases(), given.width, given.epochs):
        print(f"| {label} | {rate:g} | {loss:.3g} | {accuracy:.3f} |")


if __name__ == "__main__":
    main()
