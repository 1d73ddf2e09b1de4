"""Models that the tests of nonlin.torch look at: small, and each with a trap of its own."""

import torch
import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    """Pre-norm, with mish written out."""

    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        h = self.up(self.norm(x))
        return x + self.down(h * torch.tanh(F.softplus(h)))


class ResidualBlock(nn.Module):
    """Of a ResNet: one ReLU in place for all, `+=`, a convolution on the way around."""

    def __init__(self, before, after, stride, relu):
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.norm1, self.norm2 = nn.BatchNorm2d(after), nn.BatchNorm2d(after)
        self.relu, self.around = relu, None
        if stride > 1:
            down = nn.Conv2d(before, after, 1, stride, bias=False)
            self.around = nn.Sequential(down, nn.BatchNorm2d(after))

    def forward(self, x):
        shortcut = x if self.around is None else self.around(x)
        y = self.norm2(self.conv2(self.relu(self.norm1(self.conv1(x)))))
        y += shortcut
        return self.relu(y)


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        relu = nn.ReLU(inplace=True)
        self.relu, self.stem, self.norm = relu, nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8)
        self.blocks = nn.Sequential(
            ResidualBlock(8, 8, 1, relu),
            ResidualBlock(8, 16, 2, relu),
            ResidualBlock(16, 16, 1, relu),
        )
        self.head = nn.Linear(16, 10)

    def forward(self, x):
        x = F.max_pool2d(self.relu(self.norm(self.stem(x))), 2)
        return self.head(F.adaptive_avg_pool2d(self.blocks(x), 1).flatten(1))


class SqueezeExcite(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.out = nn.Conv2d(3, 8, 3), nn.Conv2d(8, 4, 1)
        self.down, self.up = nn.Conv2d(8, 2, 1), nn.Conv2d(2, 8, 1)

    def forward(self, x):
        x = F.hardswish(self.conv(x))
        gate = F.hardsigmoid(self.up(F.relu(self.down(x.mean((2, 3), keepdim=True)))))
        return self.out(x * gate).mean((2, 3)).softmax(-1)


class Gates(nn.Module):
    """GLU, PReLU, a gate in halves of one tensor, weight norm, a layer that nobody uses."""

    def __init__(self):
        super().__init__()
        self.first, self.prelu, self.second = nn.Linear(4, 8), nn.PReLU(4), nn.Linear(4, 3)
        self.halves = nn.Linear(3, 6)
        self.normed = nn.utils.parametrizations.weight_norm(nn.Linear(3, 2))
        self.idle = nn.Linear(2, 2)

    def forward(self, x):
        x = self.second(self.prelu(F.glu(self.first(x))))
        value, gate = self.halves(x).chunk(2, -1)
        return torch.sigmoid(self.normed(value * F.gelu(gate)))


class SwiGLU(nn.Module):
    """The feed-forward part of Llama behind an RMSNorm that is written out."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(6))
        self.gate, self.value = nn.Linear(6, 8, bias=False), nn.Linear(6, 8, bias=False)
        self.out = nn.Linear(8, 6, bias=False)

    def forward(self, x):
        h = x.float()
        h = self.scale * (h * torch.rsqrt(h.pow(2).mean(-1, keepdim=True) + 1e-6))
        return x + self.out(F.silu(self.gate(h)) * self.value(h))


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.head = nn.Embedding(10, 6), nn.Linear(5, 3)
        self.lstm = nn.LSTM(6, 5, batch_first=True)

    def forward(self, x):
        return self.head(self.lstm(self.embed(x))[0][:, -1])


class Cell(nn.Module):
    """A recurrent network written out: a sum of two layers, and no shortcut."""

    def __init__(self):
        super().__init__()
        self.inward, self.hidden, self.out = nn.Linear(4, 5), nn.Linear(5, 5), nn.Linear(5, 2)

    def forward(self, x):
        h = x.new_zeros(len(x), 5)
        for step in range(x.shape[1]):
            h = torch.tanh(self.inward(x[:, step]) + self.hidden(h))
        return self.out(h)


class Branching(nn.Module):
    """What runs depends on the data."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 4), nn.Linear(4, 4)

    def forward(self, x):
        x = self.first(x)
        x = F.relu(x) if x.square().sum() > 0 else torch.sin(x)
        return self.second(x)


class Tied(nn.Module):
    """The embedding is the head as well."""

    def __init__(self):
        super().__init__()
        self.embed, self.block = nn.Embedding(12, 4), Block(4)
        self.norm, self.head = nn.LayerNorm(4), nn.Linear(4, 12, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, x):
        return self.head(self.norm(self.block(self.embed(x))))
