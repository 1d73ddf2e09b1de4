"""Networks of the set "kept", written as programs write them: modules with a forward."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def cancer_net() -> nn.Sequential:
    """Thirty columns to one logit."""
    return nn.Sequential(nn.Linear(30, 24), nn.GELU(), nn.Linear(24, 12), nn.GELU(),
                         nn.Linear(12, 1))  # fmt: skip


class SpiralNet(nn.Module):
    """`hidden` layers of 32 units; `listed`: kept in a plain list."""

    def __init__(
        self, act: Callable[[Tensor], Tensor] = F.silu, hidden: int = 2, listed: bool = False
    ) -> None:
        super().__init__()
        layers = [nn.Linear(32 if i else 2, 32) for i in range(hidden)]
        self.layers = layers if listed else nn.ModuleList(layers)
        self.out = nn.Linear(32, 3)
        self.act = act

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = self.act(layer(x))
        return self.out(x)


class Autoencoder(nn.Module):
    """64 grey values to 12 and back; sigmoid at the end."""

    def __init__(self, code: int = 12, final: Callable[[Tensor], Tensor] = torch.sigmoid) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(64, 40), nn.ReLU(), nn.Linear(40, code), nn.ReLU())
        self.decoder = nn.Sequential(nn.Linear(code, 40), nn.ReLU(), nn.Linear(40, 64))
        self.final = final

    def forward(self, x: Tensor) -> Tensor:
        return self.final(self.decoder(self.encoder(x)))


class ColourNet(nn.Module):
    """Layers of 40 with layer norm and shortcuts."""

    def __init__(self) -> None:
        super().__init__()
        self.enter = nn.Linear(12, 40)
        self.layers = nn.ModuleList(nn.Linear(40, 40) for _ in range(3))
        self.norm = nn.LayerNorm(40)
        self.leave = nn.Linear(40, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.enter(x)
        for layer in self.layers:
            x = x + F.gelu(layer(self.norm(x)))
        return self.leave(x)


class GratingNet(nn.Module):
    """Two normed convolutions, the mean over the image."""

    def __init__(self, act: Callable[[Tensor], Tensor] = F.relu) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 12, 5), nn.Conv2d(12, 16, 3)
        self.bn1 = nn.BatchNorm2d(12)
        self.bn2 = nn.BatchNorm2d(16)
        self.fc = nn.Linear(16, 4)
        self.act = act

    def forward(self, x: Tensor) -> Tensor:
        x = self.act(self.bn1(self.conv1(x)))
        x = self.act(self.bn2(self.conv2(x)))
        return self.fc(x.mean((2, 3)))


def sound_net(dropout: float = 0.1, stride: int = 1) -> nn.Sequential:
    """Convolutions in time."""
    return nn.Sequential(
        nn.Conv1d(1, 12, 7, stride=stride), nn.BatchNorm1d(12), nn.ELU(), nn.Dropout(dropout),
        nn.Conv1d(12, 16, 5, stride=stride), nn.BatchNorm1d(16), nn.ELU(), nn.Dropout(dropout),
        nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(16, 3),
    )  # fmt: skip


class OddNet(nn.Module):
    """LeNet for 8 x 8; `features_only`: the convolutions run without gradients."""

    def __init__(self, features_only: bool = False) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1), nn.LeakyReLU(), nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3), nn.LeakyReLU(), nn.Flatten(),
        )  # fmt: skip
        self.head = nn.Sequential(nn.Linear(64, 24), nn.LeakyReLU(), nn.Linear(24, 1))
        self.features_only = features_only

    def forward(self, x: Tensor) -> Tensor:
        found = self.features(x)
        return self.head(found.detach() if self.features_only else found)


class DiscNet(nn.Module):
    """`depth` convolutions, group norm and shortcuts unless `plain`."""

    def __init__(self, depth: int = 3, plain: bool = False, final: nn.Module | None = None) -> None:
        super().__init__()
        self.enter = nn.Conv2d(1, 8, 3, stride=2, padding=1)
        self.convs = nn.ModuleList(nn.Conv2d(8, 8, 3, padding=1) for _ in range(depth))
        self.norms = nn.ModuleList(nn.GroupNorm(2, 8) for _ in range(0 if plain else depth))
        self.leave = nn.Linear(8 * 36, 1)
        self.final = final or nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.enter(x))
        for i, conv in enumerate(self.convs):
            x = x + F.relu(self.norms[i](conv(x))) if self.norms else torch.tanh(conv(x))
        return self.final(self.leave(x.flatten(1)))


class LastState(nn.Module):
    """The state after the last step of a recurrent layer; `state` picks another one."""

    def __init__(self, recurrent: nn.RNNBase, outputs: int, embedding: nn.Module | None = None,
                 state: int = -1) -> None:  # fmt: skip
        super().__init__()
        self.embedding = embedding or nn.Identity()
        self.recurrent = recurrent
        self.head = nn.Linear(recurrent.hidden_size, outputs)
        self.state = state

    def forward(self, x: Tensor) -> Tensor:
        states, _ = self.recurrent(self.embedding(x))
        return self.head(states[:, self.state])


class Tagger(nn.Module):
    """One answer for each step."""

    def __init__(self, width: int = 24) -> None:
        super().__init__()
        self.embedding = nn.Embedding(4, 12)
        self.recurrent = nn.LSTM(12, width, batch_first=True)
        self.head = nn.Linear(width, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.recurrent(self.embedding(x))[0])[..., 0]


class SelfAttention(nn.Module):
    """Two heads, written out."""

    def __init__(self, width: int, causal: bool) -> None:
        super().__init__()
        self.mix, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.causal = causal

    def forward(self, x: Tensor) -> Tensor:
        rows, length, width = x.shape
        q, k, v = self.mix(x).view(rows, length, 3, 2, width // 2).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-1, -2) / math.sqrt(width // 2)
        if self.causal:
            later = torch.ones(length, length, dtype=torch.bool).triu(1)
            scores = scores.masked_fill(later, -torch.inf)
        mixed = scores.softmax(-1) @ v
        return self.out(mixed.transpose(1, 2).reshape(rows, length, width))


class Former(nn.Module):
    """A transformer, written out: an answer for each step, or `pooled` one."""

    def __init__(
        self,
        embedding: nn.Module,
        length: int,
        outputs: int,
        layers: int = 2,
        causal: bool = False,
        pooled: bool = False,
        shortcut: bool = True,
        norm: bool = True,
        along_rows: bool = False,
        dropout: float = 0.0,
        width: int = 32,
    ) -> None:
        super().__init__()
        self.embedding, self.pooled = embedding, pooled
        self.places = nn.Embedding(64 if along_rows else length, width)
        self.attention = nn.ModuleList(SelfAttention(width, causal) for _ in range(layers))
        self.dense = nn.ModuleList(
            nn.Sequential(nn.Linear(width, 64), nn.GELU(), nn.Linear(64, width))
            for _ in range(layers)
        )
        self.norms = nn.ModuleList(
            nn.LayerNorm(width) if norm else nn.Identity() for _ in range(2 * layers)
        )
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(width, outputs)
        self.shortcut, self.along_rows = shortcut, along_rows

    def forward(self, x: Tensor) -> Tensor:
        found = self.embedding(x)
        if self.along_rows:  # one for each row of the batch
            found = found + self.places(torch.arange(len(x)) % 64)[:, None]
        else:
            found = found + self.places(torch.arange(x.shape[1]))
        parts = [part for pair in zip(self.attention, self.dense, strict=True) for part in pair]
        for part, norm in zip(parts, self.norms, strict=True):
            changed = self.dropout(part(norm(found)))
            found = found + changed if self.shortcut else changed
        return self.head(found.mean(1) if self.pooled else found)
