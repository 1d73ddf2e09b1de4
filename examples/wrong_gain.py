"""The gain of relu for another activation: signals collapse in deep networks.

    python examples/wrong_gain.py               # width 512, 60 layers, about a minute
    python examples/wrong_gain.py --width 64 --picture gain.svg

Weights of variance 2 / fan-in are right for relu. For gelu and silu they make 0 the fixed point
of the variance map, where chi_1 = 2 f'(0)^2 = 0.5: every layer halves the variance. The gain
that is derived from the activation, 1 / sqrt(E[f^2]), does not collapse, and a shaped activation
(`nl.shape`; Martens et al. 2021, arXiv:2110.01765) keeps the variance at 1.
"""

from __future__ import annotations

import argparse

import numpy as np

import nonlin as nl
from nonlin import figures

DEPTH = 60
ROWS, CLASSES = 128, 10


def measure(width: int, depth: int, seeds: int) -> list:
    """Profiles of gelu and silu: gain of relu, derived gain, shaped."""
    random = np.random.default_rng(0)
    X = random.standard_normal((ROWS, width))
    X *= np.sqrt(width) / np.linalg.norm(X, axis=1)[:, None]
    y = random.integers(0, CLASSES, ROWS)
    chosen = [
        (name, rule)
        for name in ("gelu", "silu")
        for name, rule in (
            (name, "he_normal"),
            (name, "forward"),
            (nl.shape(name, depth=depth), "lecun_normal"),
        )
    ]
    names, rules = zip(*chosen, strict=True)
    data = X.astype(np.float32), y
    return nl.stability.profiles(names, *data, depth=depth, width=width, init=rules, seeds=seeds)


def fixed_point(name: str) -> tuple[float, float]:
    """(q*, chi_1) of weights with the gain of relu."""
    field = nl.mean_field(name, weight_variance=2.0)
    return field.q_star, field.chi_1


def main() -> None:
    """Print the table, draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--picture")
    given = parser.parse_args()
    for name in ("gelu", "silu"):
        q, chi = fixed_point(name)
        print(f"{name}, weights of variance 2 / fan-in: q* = {q:g}, chi_1 = {chi:.4g}")
    found = measure(given.width, DEPTH, given.seeds)
    places = (0, 9, 19, 39, 59)
    layers = " | ".join(f"layer {place + 1}" for place in places)
    print(f"\n| mean z² | {layers} | theory, layer 60 |\n|{'---|' * (len(places) + 2)}")
    for one in found:
        cells = " | ".join(f"{one.second.mean[place]:.3g}" for place in places)
        print(f"| {one.label} | {cells} | {one.second.predicted[-1]:.3g} |")
    if given.picture:
        figures.save(figures.profiles(found), given.picture)


if __name__ == "__main__":
    main()
