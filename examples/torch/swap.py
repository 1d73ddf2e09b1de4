"""Another activation in a model that is there: swapped alone, and with weights drawn for it.

    python examples/torch/swap.py                  # 16 convolutions on digits, half a minute
    python examples/torch/swap.py --depth 8 --steps 60 --picture swap.png

A plain convolutional network of relu, without norms, with the weights that PyTorch gives it:
each layer makes signals smaller, until what the biases add is all that is left, and the network
learns late. `nt.swap(..., reinit=False)` puts gelu where relu was and leaves the weights as they
are: the same. With `reinit=True` each layer gets the gain of what feeds it: signals go through,
and the network learns from the first steps.
"""

from __future__ import annotations

import argparse

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import nonlin.torch as nt
from nonlin import figures
from nonlin.figures import style
from nonlin.torch.reading.inspection import Inspection

WIDTH, BATCH, RATE = 16, 64, 2e-3
CASES = ("relu, as PyTorch begins", "gelu, the same weights", "gelu, drawn anew")


def digits(seed: int = 0) -> tuple[torch.Tensor, ...]:
    """Images and digits to train on, and others to test on."""
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(y))
    images = torch.tensor((X[order] - X.mean()) / X.std(), dtype=torch.float32).view(-1, 1, 8, 8)
    classes = torch.tensor(y[order])
    return images[400:], classes[400:], images[:400], classes[:400]


def network(depth: int) -> nn.Sequential:
    """`depth` convolutions of 3 x 3 with relu between them, and a linear layer."""
    layers: list[nn.Module] = []
    for layer in range(depth):
        layers += [nn.Conv2d(WIDTH if layer else 1, WIDTH, 3, padding=1), nn.ReLU()]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(64 * WIDTH, 10))


def prepared(case: str, depth: int, example: torch.Tensor) -> nn.Sequential:
    """The network of a case, before training."""
    torch.manual_seed(0)
    model = network(depth)
    if case != CASES[0]:
        nt.swap(model, "relu", "gelu", example, reinit=case.endswith("anew"))
    return model


def trained(model: nn.Module, data: tuple[torch.Tensor, ...], steps: int) -> float:
    """The share of test images whose digit is right, after so many steps of Adam."""
    images, classes, test_images, test_classes = data
    random = torch.Generator().manual_seed(0)
    optimizer = torch.optim.Adam(model.parameters(), RATE)
    for _ in range(steps):
        rows = torch.randint(len(images), (BATCH,), generator=random)
        optimizer.zero_grad()
        F.cross_entropy(model(images[rows]), classes[rows]).backward()
        optimizer.step()
    with torch.no_grad():
        return float((model(test_images).argmax(1) == test_classes).double().mean())


def measure(depth: int, steps: int) -> dict[str, tuple[Inspection, float]]:
    """Of each case the layers before training, measured, and the accuracy behind it."""
    data = digits()
    example = data[0][:BATCH]
    found = {}
    for case in CASES:
        model = prepared(case, depth, example)
        found[case] = nt.inspect(model, example, measure=True), trained(model, data, steps)
    return found


def draw(found: dict[str, tuple[Inspection, float]], path: str) -> None:
    """The mean square of every layer's output: measured, and predicted (dotted)."""
    from matplotlib.figure import Figure

    with style.drawing(dark=False) as theme:
        figure = Figure(figsize=(8, 4.5), layout="constrained")
        axes = figure.subplots()
        for (case, (seen, accuracy)), line in zip(
            found.items(), style.line_styles(theme), strict=False
        ):
            layers = range(1, len(seen.layers) + 1)
            label = f"{case}: accuracy {accuracy:.2f}"
            axes.plot(layers, [each.measured for each in seen.layers], label=label, **line)
            predicted = [each.predicted for each in seen.layers]
            axes.plot(layers, predicted, color=line["color"], linestyle=":", linewidth=1)
        axes.plot([], [], color=theme.muted, linestyle=":", linewidth=1, label="predicted")
        axes.set(yscale="log", xlabel="layer", ylabel="mean square of its output")
        axes.legend()
        style.quiet(axes)
        figures.save(figure, path)


def main() -> None:
    """Print the table, draw the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--depth", type=int, default=16)
    parser.add_argument("--steps", type=int, default=80)
    parser.add_argument("--picture")
    given = parser.parse_args()
    found = measure(given.depth, given.steps)
    print("| network | mean square, first layer | last layer | predicted | accuracy |")
    print("|---|---|---|---|---|")
    for case, (seen, accuracy) in found.items():
        first, last = seen.layers[0], seen.layers[-1]
        cells = [f"{value:.3g}" for value in (first.measured, last.measured, last.predicted)]
        print(f"| {case} | {' | '.join(cells)} | {accuracy:.3f} |")
    if given.picture:
        draw(found, given.picture)


if __name__ == "__main__":
    main()
