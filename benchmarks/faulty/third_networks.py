"""Networks of the third set: perceptrons and convolutions."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Layer = Callable[[], nn.Module]


def wine_net() -> nn.Sequential:
    """Two hidden layers with names."""
    return nn.Sequential(OrderedDict(
        enter=nn.Linear(13, 20), act1=nn.ReLU(), hidden=nn.Linear(20, 20), act2=nn.ReLU(),
        leave=nn.Linear(20, 3),
    ))  # fmt: skip


class MoonNet(nn.Module):
    """Three layers whose activations are calls."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(2, 20)
        self.fc2 = nn.Linear(20, 20)
        self.fc3 = nn.Linear(20, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.tanh(self.fc1(x))
        x = torch.tanh(self.fc2(x))
        return self.fc3(x)


def impedance_net(spread: float = 0.0) -> nn.Sequential:
    """Tanh; `spread`: the deviation of all weights, instead of Glorot's."""
    net = nn.Sequential()
    for fan_in, fan_out in ((4, 32), (32, 32)):
        net.extend([nn.Linear(fan_in, fan_out), nn.Tanh()])
    net.append(nn.Linear(32, 1))
    for layer in net[::2]:
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
        if spread:
            nn.init.normal_(layer.weight, std=spread)
    return net


class RingNet(nn.Module):
    """Norms and GELU, which `linear` leaves out."""

    def __init__(self, linear: bool = False) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(6, 32), nn.Linear(32, 32)])
        self.norms = nn.ModuleList([nn.LayerNorm(32), nn.LayerNorm(32)])
        self.out = nn.Linear(32, 3)
        self.linear = linear

    def forward(self, x: Tensor) -> Tensor:
        for layer, norm in zip(self.layers, self.norms, strict=True):
            x = layer(x) if self.linear else norm(F.gelu(layer(x)))
        return self.out(x)


class ClockNet(nn.Module):
    """Two embeddings side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.hour, self.day = nn.Embedding(24, 8), nn.Embedding(7, 4)
        self.body = nn.Sequential(nn.Linear(12, 32), nn.SiLU(), nn.Linear(32, 1))

    def forward(self, when: Tensor) -> Tensor:
        return self.body(torch.cat([self.hour(when[:, 0]), self.day(when[:, 1])], dim=1))


class ArmNet(nn.Module):
    """Ends in a tanh, as the targets lie in -1 to 1."""

    def __init__(self, last: Callable[[Tensor], Tensor] = torch.tanh) -> None:
        super().__init__()
        self.shoulder = nn.Linear(3, 40)
        self.elbow = nn.Linear(40, 24)
        self.hand = nn.Linear(24, 2)
        self.last = last

    def forward(self, angles: Tensor) -> Tensor:
        hidden = F.leaky_relu(self.shoulder(angles), 0.1)
        hidden = F.leaky_relu(self.elbow(hidden), 0.1)
        return self.last(self.hand(hidden))


def shape_net(momentum: float = 0.1) -> nn.Sequential:
    """A norm of the raw image, stages of convolution, norm, activation, the largest of each."""

    def stage(before: int, after: int) -> nn.Sequential:
        return nn.Sequential(
            nn.Conv2d(before, after, 3, bias=False),
            nn.BatchNorm2d(after, momentum=momentum),
            nn.ReLU(inplace=True),
        )

    return nn.Sequential(
        nn.BatchNorm2d(1, momentum=momentum), stage(1, 10), stage(10, 16),
        nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(16, 4),
    )  # fmt: skip


class UpsideNet(nn.Module):
    """Two convolutions, one of them strided, and two dense layers."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 12, 3, stride=2, padding=1)
        self.fc = nn.Linear(12 * 16, 24)
        self.out = nn.Linear(24, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = F.elu(self.conv1(x))
        x = F.elu(self.conv2(x))
        return self.out(F.elu(self.fc(x.flatten(1))))


def beat_net(activation: Layer = nn.ReLU) -> nn.Sequential:
    """One dimension, the mean over time."""
    return nn.Sequential(
        nn.Conv1d(1, 12, 7, padding=3), activation(),
        nn.Conv1d(12, 12, 5, padding=2), activation(),
        nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(12, 3),
    )  # fmt: skip


class SpeckNet(nn.Module):
    """Convolutions summed over the image."""

    def __init__(self, depth: int = 2, activation: Layer = nn.Softplus) -> None:
        super().__init__()
        sizes = [1] + [8] * depth
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in pairwise(sizes))
        self.activation = activation()
        self.read = nn.Linear(8, 1)

    def forward(self, x: Tensor) -> Tensor:
        for conv in self.convs:
            x = self.activation(conv(x))
        return self.read(x.mean((2, 3)) * 4)


class Mender(nn.Module):
    """An image to an image of the same size."""

    def __init__(self, last: Layer = nn.Identity) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(1, 12, 5, padding=2), nn.Mish())
        self.decoder = nn.Sequential(nn.Conv2d(12, 8, 3, padding=1), nn.Mish(),
                                     nn.Conv2d(8, 1, 3, padding=1))  # fmt: skip
        self.last = last()

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.decoder(self.encoder(x)))


def flag_net() -> nn.Sequential:
    """Strides instead of pools, groups instead of batches."""
    return nn.Sequential(
        nn.Conv2d(3, 12, 2, stride=2), nn.GroupNorm(3, 12), nn.Hardswish(),
        nn.Conv2d(12, 16, 2, stride=2), nn.GroupNorm(4, 16), nn.Hardswish(),
        nn.Flatten(), nn.Linear(64, 6),
    )  # fmt: skip
