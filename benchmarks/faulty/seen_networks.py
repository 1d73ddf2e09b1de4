"""Networks of the set "seen"; a fault is often one argument that differs."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn

Layer = Callable[[], nn.Module]


def dense(
    sizes: tuple[int, ...],
    activation: Layer | None = nn.ReLU,
    norm: bool = False,
    dropout: float = 0.0,
    last: Layer | None = None,
) -> nn.Sequential:
    """Linear layers, each but the last with batch norm, activation and dropout as asked for."""
    layers: list[nn.Module] = []
    for fan_in, fan_out in pairwise(sizes[:-1]):
        layers.append(nn.Linear(fan_in, fan_out))
        layers += [nn.BatchNorm1d(fan_out)] if norm else []
        layers += [activation()] if activation else []
        layers += [nn.Dropout(dropout)] if dropout else []
    layers.append(nn.Linear(sizes[-2], sizes[-1]))
    layers += [last()] if last else []
    return nn.Sequential(*layers)


class Block(nn.Module):
    """x + f(x) with layer norm before, or only f(x)."""

    def __init__(self, width: int, dropout: float, shortcut: bool, norm: bool) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width) if norm else nn.Identity()
        self.inner = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Dropout(dropout))
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        found = self.inner(self.norm(x))
        return x + found if self.shortcut else found


def residual(
    depth: int, dropout: float = 0.05, shortcut: bool = True, norm: bool = True
) -> nn.Sequential:
    """Ten columns to one number through blocks of width 32."""
    blocks = [Block(32, dropout, shortcut, norm) for _ in range(depth)]
    return nn.Sequential(nn.Linear(10, 32), *blocks, nn.Linear(32, 1))


def digits_cnn() -> nn.Sequential:
    """Two convolutions with batch norm."""
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(),
        nn.Flatten(), nn.Linear(256, 10),
    )  # fmt: skip


def patches_cnn() -> nn.Sequential:
    """Two convolutions, pooled over the whole patch, dropout before the head."""
    return nn.Sequential(
        nn.Conv2d(1, 12, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(12, 24, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1),
        nn.Flatten(), nn.Dropout(0.2), nn.Linear(24, 1),
    )  # fmt: skip


def contrast_cnn(last: Layer = nn.Identity, activation: Layer = nn.SiLU) -> nn.Sequential:
    """Convolutions averaged over the patch."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 3), activation(), nn.Conv2d(16, 16, 3, stride=2), activation(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 16), activation(), nn.Linear(16, 1),
        last(),
    )  # fmt: skip


class ImageBlock(nn.Module):
    """relu(x + f(x)), or relu(f(x))."""

    def __init__(self, channels: int, shortcut: bool, norm: bool) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.norm = nn.BatchNorm2d(channels) if norm else nn.Identity()
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        found = self.norm(self.first(x))
        return torch.relu(x + found if self.shortcut else found)


def residual_cnn(depth: int, shortcut: bool = True, norm: bool = True) -> nn.Sequential:
    """A stem at half the size, blocks of 12 channels, the mean of the image."""
    return nn.Sequential(
        nn.Conv2d(1, 12, 3, padding=1, stride=2), nn.ReLU(),
        *(ImageBlock(12, shortcut, norm) for _ in range(depth)),
        nn.Flatten(), nn.Linear(12 * 16, 10),
    )  # fmt: skip


class Recurrent(nn.Module):
    """Tokens or numbers through one recurrent layer; the head reads one step."""

    def __init__(
        self,
        cell: Callable[..., nn.RNNBase],
        inputs: int,
        hidden: int,
        outputs: int,
        tokens: int = 0,
        batch_first: bool = True,
        step: int = -1,
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(tokens, inputs) if tokens else nn.Identity()
        self.recurrent = cell(inputs, hidden, batch_first=batch_first)
        self.head = nn.Linear(hidden, outputs)
        self.step = step

    def forward(self, x: Tensor) -> Tensor:
        states, _ = self.recurrent(self.embedding(x))
        return self.head(states[:, self.step])


class StepByStep(nn.Module):
    """A GRU cell in a loop; `forget` cuts the state off the graph at every step."""

    def __init__(self, inputs: int, hidden: int, forget: bool = False) -> None:
        super().__init__()
        self.cell = nn.GRUCell(inputs, hidden)
        self.head = nn.Linear(hidden, 1)
        self.forget = forget

    def forward(self, x: Tensor) -> Tensor:
        state = x.new_zeros(len(x), self.cell.hidden_size)
        for step in x.unbind(1):
            state = self.cell(step, state.detach() if self.forget else state)
        return self.head(state)


class Attending(nn.Module):
    """A small encoder: what is embedded, positions, layers before or after which it is normed."""

    def __init__(
        self,
        embedding: nn.Module,
        width: int,
        length: int,
        outputs: int,
        layers: int = 2,
        before: bool = True,
        dropout: float = 0.0,
        positions: bool = True,
        alone: bool = False,
    ) -> None:
        super().__init__()
        self.embedding = embedding
        self.positions = nn.Parameter(0.3 * torch.randn(length, width)) if positions else None
        layer = nn.TransformerEncoderLayer(
            width, 2, 2 * width, dropout, batch_first=True, norm_first=before
        )
        self.encoder = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.head = nn.Linear(width, outputs)
        self.mask = ~torch.eye(length, dtype=torch.bool) if alone else None

    def forward(self, x: Tensor) -> Tensor:
        found = self.embedding(x)
        if self.positions is not None:
            found = found + self.positions
        return self.head(self.encoder(found, mask=self.mask).mean(1))


def cut(image: Tensor) -> Tensor:
    """1 x 8 x 8 images to 16 tiles of 2 x 2."""
    tiles = image.unfold(2, 2, 2).unfold(3, 2, 2)
    return tiles.reshape(len(image), 16, 4)


class Cut(nn.Module):
    """`cut` as a layer."""

    def forward(self, x: Tensor) -> Tensor:
        return cut(x)
