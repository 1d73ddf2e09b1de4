"""Variance and gradient by layer: what mean field theory predicts, and what networks show.

    python examples/variance_by_layer.py        # width 1024, ten activations, a few minutes
    python examples/variance_by_layer.py --width 128 --seeds 4 --picture layers.svg

For each activation and layer the ratio of measured to predicted mean z^2 is averaged over
networks (Student's t), that of the gradients likewise, squared. Of intervals at the 95 % level,
95 % should contain 1.
Source: Poole et al. 2016 (arXiv:1606.05340).
"""

from __future__ import annotations

import argparse

import numpy as np
from scipy.stats import t

import nonlin as nl
from nonlin import figures

NAMES = (
    "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "mish", "tanh", "sigmoid", "softplus",
)  # fmt: skip
ROWS, CLASSES = 128, 10


def rows(columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Inputs of one length, mean square 1, and classes that mean nothing."""
    random = np.random.default_rng(0)
    X = random.standard_normal((ROWS, columns))
    X *= np.sqrt(columns) / np.linalg.norm(X, axis=1)[:, None]
    return X.astype(np.float32), random.integers(0, CLASSES, ROWS)


def measure(names: tuple[str, ...], width: int, depth: int, seeds: int) -> list:
    """One `Profile` for each name, with the initialisation that `auto` picks."""
    X, y = rows(width)
    return nl.stability.profiles(names, X, y, depth=depth, width=width, seeds=seeds)


def ratios(one: object, what: str) -> np.ndarray:
    """Measured over predicted, shape (networks, hidden layers), of mean z^2 or the gradient."""
    if what == "second":
        return np.array([[x.second / x.predicted_second for x in e.hidden] for e in one.examples])
    # squared lengths, relative to those of the output layer, are what theory averages
    return np.array(
        [[(x.gradient / x.predicted_gradient) ** 2 for x in e.hidden] for e in one.examples]
    )


def agreement(one: object, what: str) -> tuple[float, float]:
    """(share of the layers whose interval contains the prediction, largest relative error)."""
    found = ratios(one, what)
    mean = found.mean(axis=0)
    half = t.ppf(0.975, len(found) - 1) * found.std(axis=0, ddof=1) / np.sqrt(len(found))
    return float((np.abs(mean - 1) <= half).mean()), float(np.abs(mean - 1).max())


def main() -> None:
    """Print the table, draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=1024)
    parser.add_argument("--depth", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--picture")
    given = parser.parse_args()
    found = measure(NAMES, given.width, given.depth, given.seeds)
    print("| activation | mean z², last layer | theory | inside 95 % | largest error | gradient,"
          " first layer | theory | inside 95 % | largest error |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|")
    for one in found:
        cells = []
        for what, place in (("second", -1), ("gradient", 0)):
            band, (share, error) = getattr(one, what), agreement(one, what)
            cells += [f"{band.mean[place]:.4g}", f"{band.predicted[place]:.4g}"]
            cells += [f"{100 * share:.0f} %", f"{100 * error:.1f} %"]
        print(f"| {one.label} | {' | '.join(cells)} |")
    if given.picture:
        figures.save(figures.profiles(found[:7]), given.picture)


if __name__ == "__main__":
    main()
