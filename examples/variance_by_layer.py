"""Variance and gradient by layer: what mean field theory predicts, and what networks show.

    python examples/variance_by_layer.py        # width 1024, ten activations, a few minutes
    python examples/variance_by_layer.py --width 128 --seeds 4 --picture layers.svg

For each activation and layer the ratio of measured to predicted mean z^2 is averaged over
networks (Student's t), that of the gradients likewise, squared; the prediction is that of infinite
width for the weights found. Of intervals at the 95 % level, 95 % should contain what theory says
of this ratio for networks of this width. Layers share their networks: they are inside, or outside,
together.
Sources: Poole et al. 2016 (arXiv:1606.05340), and `nonlin.theory.finite_width`.
"""

from __future__ import annotations

import argparse

import numpy as np
from scipy.stats import t

import nonlin as nl
from nonlin import figures
from nonlin.theory.finite_width import mean_squares
from nonlin.theory.propagation import nonlinearity
from nonlin.theory.variance import VarianceMap

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
    """One `Profile` for each name, with the forward gain."""
    X, y = rows(width)
    given = {"depth": depth, "width": width, "seeds": seeds, "init": "forward"}
    return nl.stability.profiles(names, X, y, **given)


def theory(name: str, depth: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean z^2 and squared gradient by layer, over networks of this width."""
    lengths = VarianceMap(nonlinearity(name, "gain"), nl.gain(name) ** 2, 0.0)
    return tuple(mean_squares(lengths, 1.0, depth, width))


def measured(one: object) -> tuple[np.ndarray, np.ndarray]:
    """Mean z^2 and squared gradient over those of infinite width, (networks, hidden layers)."""
    second = [[x.second / x.predicted_second for x in each.hidden] for each in one.examples]
    gradient = [
        [(x.gradient / x.predicted_gradient) ** 2 for x in each.hidden] for each in one.examples
    ]
    return np.array(second), np.array(gradient)


def agreement(found: np.ndarray, predicted: np.ndarray) -> tuple[float, float]:
    """(share of the layers whose interval contains what theory says, largest relative error)."""
    mean = found.mean(axis=0)
    half = t.ppf(0.975, len(found) - 1) * found.std(axis=0, ddof=1) / np.sqrt(len(found))
    inside = np.abs(mean - predicted) <= half
    return float(inside.mean()), float(np.abs(mean / predicted - 1).max())


def main() -> None:
    """Print the table, draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=1024)
    parser.add_argument("--depth", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--picture")
    given = parser.parse_args()
    found = measure(NAMES, given.width, given.depth, given.seeds)
    print(
        "| activation | mean z², last layer | theory | infinite width | inside 95 % | largest error"
        " | squared gradient, first layer | theory | infinite width | inside 95 % | largest error |"
    )
    print(f"|{'---|' * 11}")
    for one in found:
        name, cells = one.activation.name, []
        finite = theory(name, given.depth, given.width)
        wide = theory(name, given.depth, 10**12)
        for seen, here, there, place in zip(measured(one), finite, wide, (-1, 0), strict=True):
            share, error = agreement(seen, here / there)
            sizes = seen.mean(axis=0)[place] * there[place], here[place], there[place]
            cells += [f"{size:.4g}" for size in sizes]
            cells += [f"{100 * share:.0f} %", f"{100 * error:.1f} %"]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    if given.picture:
        figures.save(figures.profiles(found[:7]), given.picture)


if __name__ == "__main__":
    main()
