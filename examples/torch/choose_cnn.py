"""Which activation, for a convolutional network on digits? Chosen by training it with each.

    python examples/torch/choose_cnn.py  # some minutes on one core

The network is three convolutions, an average over 2 x 2 and a linear layer. `nt.choose` puts
every candidate where relu was, draws the weights anew for it, looks for its own learning rate, and
trains it with several seeds. `identity` takes part, so that it shows whether a non-linearity is
needed at all: a linear model reads most digits of 8 x 8 pixels, too.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

import nonlin.torch as nt
from nonlin.torch.choosing.result import Result

CHANNELS = 8


def digits(seed: int = 0) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Images and their digits: 1000 to train on, 300 to choose by, the other 497 to claim by."""
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(y))
    images = torch.tensor((X[order] - X.mean()) / X.std(), dtype=torch.float32).view(-1, 1, 8, 8)
    classes = torch.tensor(y[order])
    ends = [(0, 1000), (1000, 1300), (1300, len(y))]
    return [(images[begin:end], classes[begin:end]) for begin, end in ends]


def network() -> nn.Module:
    """Three convolutions of 3 x 3, relu behind each, and a linear layer."""
    layers: list[nn.Module] = []
    for before in (1, CHANNELS, CHANNELS):
        layers += [nn.Conv2d(before, CHANNELS, 3, padding=1), nn.ReLU()]
    return nn.Sequential(*layers, nn.AvgPool2d(2), nn.Flatten(), nn.Linear(16 * CHANNELS, 10))


def chosen(**options: Any) -> Result:
    """The answer of `nt.choose`."""
    given = {"candidates": ["relu", "gelu", "silu", "tanh"], "batch_size": 64, "steps": 200}
    return nt.choose(network, *digits(), nn.CrossEntropyLoss(), **given | options)


if __name__ == "__main__":
    print(chosen(seeds=3))
