"""Dead neurons: relu loses them to large learning rates and negative biases, others do not.

    python examples/dying_neurons.py
    python examples/dying_neurons.py --picture neurons.svg

A neuron is dead if its slope is exactly 0 on every row, so that it cannot learn any more. Counts
are exact, not estimates. Source: Lu et al. 2020 (arXiv:1903.06733).
"""

from __future__ import annotations

import argparse

import numpy as np
from sklearn.datasets import load_digits

import nonlin as nl
from nonlin import figures

NAMES = ("relu", "leaky_relu", "gelu")
RATES = (1e-3, 1e-2, 3e-2, 1e-1)
BIASES = (0.0, -0.5, -1.0, -2.0)
HIDDEN = (128, 128, 128)


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Standardised inputs and classes."""
    X, y = load_digits(return_X_y=True)
    return ((X - X.mean(axis=0)) / (X.std(axis=0) + 1e-9)).astype(np.float32), y


def trained(name: str, rate: float, epochs: int) -> nl.Network:
    """A network after training with AdamW at this rate."""
    network = nl.Network([64, *HIDDEN, 10], name, "softmax")
    network.fit(*digits(), learning_rate=rate, epochs=epochs)
    return network


def biased(name: str, bias: float) -> nl.Network:
    """A random network whose hidden neurons all start with this bias."""
    network = nl.Network([64, *HIDDEN, 10], name, "softmax")
    for biases in network.biases[:-1]:
        biases[:] = bias
    return network


def dead(network: nl.Network) -> list[int]:
    """How many neurons of each hidden layer are dead."""
    return [int(layer.dead.sum()) for layer in nl.stability(network, digits()[0], rows=None).hidden]


def _row(cells: list[list[int]]) -> str:
    return " | ".join(f"{sum(each)} ({', '.join(map(str, each))})" for each in cells)


def main() -> None:
    """Print both tables, draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--picture")
    given = parser.parse_args()
    print(f"Of {sum(HIDDEN)} hidden neurons (by layer), dead after {given.epochs} epochs:\n")
    print(f"| learning rate | {' | '.join(NAMES)} |\n|{'---|' * (len(NAMES) + 1)}")
    for rate in RATES:
        print(f"| {rate:g} | {_row([dead(trained(n, rate, given.epochs)) for n in NAMES])} |")
    print("\nDead before training, all biases at one value:\n")
    print(f"| bias | {' | '.join(NAMES)} |\n|{'---|' * (len(NAMES) + 1)}")
    for bias in BIASES:
        print(f"| {bias:g} | {_row([dead(biased(name, bias)) for name in NAMES])} |")
    if given.picture:
        seen = nl.stability(trained("relu", RATES[-2], given.epochs), digits()[0], rows=None)
        figures.save(figures.neurons(seen), given.picture)


if __name__ == "__main__":
    main()
