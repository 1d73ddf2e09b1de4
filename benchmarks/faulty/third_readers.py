"""Networks of the third set: recurrent ones and transformers."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Filter(nn.Module):
    """A number for each step."""

    def __init__(self, batch_first: bool = True) -> None:
        super().__init__()
        self.gru = nn.GRU(1, 16, batch_first=batch_first)
        self.out = nn.Linear(16, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.gru(x)[0])


class Ballot(nn.Module):
    """The mean of all states of a GRU."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(3, 6)
        self.gru = nn.GRU(6, 16, batch_first=True)
        self.classify = nn.Linear(16, 3)

    def forward(self, tokens: Tensor) -> Tensor:
        states, _ = self.gru(self.embed(tokens))
        return self.classify(states.mean(dim=1))


class Alarm(nn.Module):
    """The last hidden state of an LSTM, as PyTorch hands it out."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(7, 8)
        self.lstm = nn.LSTM(8, 24, batch_first=True)
        self.ring = nn.Linear(24, 1)

    def forward(self, tokens: Tensor) -> Tensor:
        _, (hidden, _) = self.lstm(self.embed(tokens))
        return self.ring(hidden[-1])


class Pitch(nn.Module):
    """An LSTM in both directions, the largest of each state, dropout."""

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.lstm = nn.LSTM(1, 14, batch_first=True, bidirectional=True)
        self.drop = nn.Dropout(dropout)
        self.out = nn.Linear(28, 4)

    def forward(self, x: Tensor) -> Tensor:
        states, _ = self.lstm(x)
        return self.out(self.drop(states.amax(dim=1)))


class Tide(nn.Module):
    """A plain recurrent layer and a dense head."""

    def __init__(self, last: nn.Module | None = None) -> None:
        super().__init__()
        self.rnn = nn.RNN(1, 24, batch_first=True)
        self.head = nn.Sequential(nn.Linear(24, 16), nn.Tanh(), nn.Linear(16, 1))
        self.last = last or nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.head(self.rnn(x)[0][:, -1]))


class Turn(nn.Module):
    """A recurrence written out, with two linear layers."""

    def __init__(self, linear: bool = False) -> None:
        super().__init__()
        self.seen, self.kept = nn.Linear(2, 20), nn.Linear(20, 20, bias=False)
        nn.init.orthogonal_(self.kept.weight)
        self.out = nn.Linear(20, 1)
        self.squash = (lambda state: state) if linear else torch.tanh

    def forward(self, path: Tensor) -> Tensor:
        state = torch.zeros(path.shape[0], 20)
        for step in range(path.shape[1]):
            state = self.squash(self.seen(path[:, step]) + self.kept(state))
        return self.out(state)


class Mixer(nn.Module):
    """Attention by `nn.MultiheadAttention`, then a dense layer, each added to its input."""

    def __init__(self, width: int, dropout: float) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attend = nn.MultiheadAttention(width, 2, batch_first=True)
        self.dense = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Dropout(dropout),
                                   nn.Linear(2 * width, width))  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        normed = self.norm1(x)
        mixed = self.attend(normed, normed, normed, need_weights=False)[0]
        x = x + mixed
        return x + self.dense(self.norm2(x))


class SliceNet(nn.Module):
    """A token of its own is read in the end."""

    def __init__(self) -> None:
        super().__init__()
        self.enter = nn.Linear(8, 24)
        self.first = nn.Parameter(0.1 * torch.randn(1, 1, 24))
        self.places = nn.Parameter(0.1 * torch.randn(1, 9, 24))
        self.block = Mixer(24, 0.05)
        self.leave = nn.Sequential(nn.LayerNorm(24), nn.Linear(24, 10))

    def forward(self, x: Tensor) -> Tensor:
        x = torch.cat([self.first.expand(len(x), -1, -1), self.enter(x)], dim=1)
        return self.leave(self.block(x + self.places)[:, 0])


class NextToken(nn.Module):
    """Causal attention by hand; the softmax runs over `axis`."""

    def __init__(self, axis: int = -1, width: int = 32) -> None:
        super().__init__()
        self.tokens, self.places = nn.Embedding(5, width), nn.Embedding(8, width)
        self.qkv, self.merge = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.dense = nn.Sequential(nn.Linear(width, 64), nn.ReLU(), nn.Linear(64, width))
        self.out = nn.Linear(width, 5)
        self.axis = axis
        self.register_buffer("later", torch.ones(8, 8).triu(1).bool())

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.tokens(tokens) + self.places.weight
        query, key, value = self.qkv(x).chunk(3, dim=-1)
        fit = query @ key.transpose(1, 2) / math.sqrt(query.shape[-1])
        weights = fit.masked_fill(self.later, -1e9).softmax(self.axis)
        x = x + self.merge(weights @ value)
        return self.out(x + self.dense(x))


class Averager(nn.Module):
    """PyTorch's own layers, normed afterwards, and the mean of all tokens."""

    def __init__(self, dropout: float = 0.0) -> None:
        super().__init__()
        self.enter = nn.Linear(2, 24)
        layer = nn.TransformerEncoderLayer(24, 4, 48, dropout=dropout, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.out = nn.Linear(24, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.encoder(self.enter(x)).mean(1))


class Counter(nn.Module):
    """The first token looks at all that are not padding; `inverted`: at the padding."""

    def __init__(self, inverted: bool = False) -> None:
        super().__init__()
        self.embed = nn.Embedding(8, 24)
        self.attend = nn.MultiheadAttention(24, 4, batch_first=True)
        self.norm = nn.LayerNorm(24)
        self.head = nn.Sequential(nn.Linear(24, 48), nn.GELU(), nn.Linear(48, 1))
        self.inverted = inverted

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.embed(tokens)
        ignored = tokens > 0 if self.inverted else tokens == 0
        ignored = ignored & (tokens != 7)
        found, _ = self.attend(x[:, :1], x, x, key_padding_mask=ignored)
        return self.head(self.norm(x[:, 0] + found[:, 0]))


class Riser(nn.Module):
    """An encoder layer normed before; places are sines."""

    def __init__(self, places: bool = True) -> None:
        super().__init__()
        self.embed = nn.Embedding(8, 24)
        angles = torch.arange(6)[:, None] / 10 ** torch.linspace(0, 2, 12)
        waves = torch.cat([angles.sin(), angles.cos()], dim=1)
        self.register_buffer("places", waves * float(places))
        self.layer = nn.TransformerEncoderLayer(24, 2, 48, 0.0, batch_first=True, norm_first=True)
        self.out = nn.Linear(24, 1)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.out(self.layer(self.embed(tokens) + self.places).mean(1))


class ChirpNet(nn.Module):
    """Attention without a class: fused, gated dense layer, pooled by learned weights."""

    def __init__(self, width: int = 24) -> None:
        super().__init__()
        self.enter = nn.Linear(4, width)
        self.places = nn.Parameter(torch.randn(6, width) / 5)
        self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
        self.qkv, self.merge = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.gate, self.up = nn.Linear(width, 48), nn.Linear(width, 48)
        self.down, self.weigh = nn.Linear(48, width), nn.Linear(width, 1)
        self.out = nn.Linear(width, 3)

    def forward(self, pieces: Tensor) -> Tensor:
        x = self.enter(pieces) + self.places
        query, key, value = self.qkv(self.norms[0](x)).unflatten(-1, (3, 2, 12)).unbind(2)
        heads = (part.transpose(1, 2) for part in (query, key, value))
        x = x + self.merge(F.scaled_dot_product_attention(*heads).transpose(1, 2).flatten(2))
        normed = self.norms[1](x)
        x = x + self.down(F.silu(self.gate(normed)) * self.up(normed))
        return self.out((self.weigh(x).softmax(1) * x).sum(1))
