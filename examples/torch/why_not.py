"""Why does my CNN not train? Four that do not, what `nt.diagnose` says of each, and what helps.

    python examples/torch/why_not.py                     # four small CNNs on digits, a minute
    python examples/torch/why_not.py --case depth --picture why_not.png

Each of them is a mistake that people make: softmax before a loss that applies it itself, a loop
that never clears gradients, twelve sigmoids with the weights that PyTorch draws, and pixels that
are not scaled. The model, the optimizer and the loop go in as they are; the diagnosis trains
copies with one change each. What `report.apply()` gives is then trained on, beside what was there.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

import nonlin.torch as nt
from nonlin import figures
from nonlin.figures import style

BATCH, EPOCHS, TESTED = 32, 12, 300
Batches = list[tuple[torch.Tensor, torch.Tensor]]
LOSS = nn.CrossEntropyLoss()


@dataclass(frozen=True)
class Case:
    """A model and how it is trained; scale: what the pixels, 0 to 1, are multiplied with."""

    model: Callable[[], nn.Module]
    optimizer: Callable[[Any], torch.optim.Optimizer]
    scale: float = 1.0
    loop: Callable[[nn.Module, torch.optim.Optimizer, Batches], None] | None = None


def network(depth: int = 2, activation: type[nn.Module] = nn.ReLU, *end: nn.Module) -> nn.Module:
    """Convolutions of 3 x 3 and 8 channels, the digits behind them."""
    layers: list[nn.Module] = []
    for layer in range(depth):
        layers += [nn.Conv2d(8 if layer else 1, 8, 3, padding=1), activation()]
    return nn.Sequential(*layers, nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 10), *end)


def adam(parameters: Any) -> torch.optim.Optimizer:
    """At a usual rate."""
    return torch.optim.Adam(parameters, 3e-3)


def sgd(parameters: Any) -> torch.optim.Optimizer:
    """With momentum."""
    return torch.optim.SGD(parameters, 0.1, momentum=0.9)


def forgetful(model: nn.Module, optimizer: torch.optim.Optimizer, batches: Batches) -> None:
    """A loop that never calls zero_grad."""
    for inputs, targets in batches:
        LOSS(model(inputs), targets).backward()
        optimizer.step()


def plain(model: nn.Module, optimizer: torch.optim.Optimizer, batches: Batches) -> None:
    """A loop as it should be."""
    model.train()
    for inputs, targets in batches:
        optimizer.zero_grad()
        LOSS(model(inputs), targets).backward()
        optimizer.step()


CASES = {
    "softmax": Case(lambda: network(2, nn.ReLU, nn.Softmax(1)), sgd),
    "zero_grad": Case(network, sgd, loop=forgetful),
    "depth": Case(lambda: network(12, nn.Sigmoid), adam),
    "pixels": Case(network, sgd, scale=2550.0),
}


def digits(rows: int, scale: float) -> tuple[torch.Tensor, ...]:
    """Images and digits to train on, and others to test on."""
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(y))[: rows + TESTED]
    images = torch.tensor(X[order] / 16 * scale, dtype=torch.float32).view(-1, 1, 8, 8)
    classes = torch.tensor(y[order])
    return images[TESTED:], classes[TESTED:], images[:TESTED], classes[:TESTED]


def batched(images: torch.Tensor, classes: torch.Tensor, size: int) -> Batches:
    """In pairs."""
    return list(zip(images.split(size), classes.split(size), strict=True))


def curve(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    loop: Callable[..., None],
    batches: Batches,
    test: tuple[torch.Tensor, torch.Tensor],
    epochs: int,
) -> list[float]:
    """The share of test images whose digit is right, before training and after each epoch."""
    found = [_accuracy(model, *test)]
    for _ in range(epochs):
        loop(model, optimizer, batches)
        found.append(_accuracy(model, *test))
    return found


@torch.no_grad()
def _accuracy(model: nn.Module, images: torch.Tensor, classes: torch.Tensor) -> float:
    return float((model.eval()(images).argmax(1) == classes).double().mean())


def measure(
    names: Iterable[str], rows: int = 1200, epochs: int = EPOCHS
) -> dict[str, tuple[Any, list[float], list[float]]]:
    """Of each case the report, and the accuracy by epoch as it is and as it recommends."""
    found = {}
    for name in names:
        case = CASES[name]
        images, classes, *test = digits(rows, case.scale)
        batches = batched(images, classes, BATCH)
        torch.manual_seed(0)
        model = case.model()
        given = {"optimizer": case.optimizer, "epochs": epochs, "loop": case.loop}
        report = nt.diagnose(model, batches, LOSS, **given)
        changed = report.apply()
        loop = case.loop or plain
        before = curve(
            model, case.optimizer(model.parameters()), loop, batches, tuple(test), epochs
        )
        rows_now = batched(*changed.prepare(images, classes), changed.batch_size)
        test_now = changed.prepare(*test)
        after = curve(changed.model, changed.optimizer, changed.loop or plain, rows_now, test_now,
                      changed.epochs)  # fmt: skip
        found[name] = report, before, after
    return found


def draw(found: dict[str, tuple[Any, list[float], list[float]]], path: str) -> None:
    """Accuracy by epoch, as it was and as the report recommends, the causes above."""
    from matplotlib.figure import Figure

    with style.drawing(dark=False) as theme:
        figure = Figure(figsize=(3.2 * len(found) + 1, 3.6), layout="constrained")
        panels = figure.subplots(1, len(found), squeeze=False, sharey=True).ravel()
        for axes, (name, (report, before, after)) in zip(panels, found.items(), strict=True):
            axes.plot(before, color=theme.palette[1], label="as it was")
            axes.plot(after, color=theme.palette[0], label="with the change")
            axes.set_title(f"{name}\nfound: {', '.join(report.causes) or 'nothing'}", fontsize=10)
            axes.set(xlabel="epoch", ylim=(0, 1))
            style.quiet(axes)
        panels[0].set_ylabel("test images right")
        panels[0].legend(loc="center right")
        figures.save(figure, path)


def main() -> None:
    """Print what is found, draw the picture."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--case", choices=tuple(CASES), action="append")
    parser.add_argument("--picture")
    given = parser.parse_args()
    torch.set_num_threads(1)
    found = measure(given.case or CASES)
    for name, (report, before, after) in found.items():
        print(f"{name}: {before[-1]:.3f} of the test images right, {after[-1]:.3f} with the change")
        print(f"{report}\n")
    if given.picture:
        draw(found, given.picture)


if __name__ == "__main__":
    main()
