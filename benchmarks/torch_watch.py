"""What `nt.watch` costs: a step that it looks at, and one that it does not, beside a plain one.

Run: python benchmarks/torch_watch.py            a minute
     python benchmarks/torch_watch.py --measure  more rounds; writes docs/performance-torch-watch.md

One thread, CPU time of the thread, the three interleaved, medians of the rounds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import torch
from _shared import DOCS, cpu, parser, say_reduced
from torch import nn

import nonlin.torch as nt

REDUCED = "fewer rounds"
PAGE = DOCS / "performance-torch-watch.md"
TITLE = """# What watching a model of PyTorch costs

Written by `python benchmarks/torch_watch.py --measure`: CPU time of one thread, medians.

Machine: {cpu}.

{table}
"""


class Block(nn.Module):
    """Two convolutions with a shortcut."""

    def __init__(self, before: int, width: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(before, width, 3, stride, 1, bias=False)
        self.second = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.norms = nn.ModuleList([nn.BatchNorm2d(width), nn.BatchNorm2d(width)])
        self.shortcut = nn.Conv2d(before, width, 1, stride) if stride > 1 else nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu_(self.norms[0](self.first(x)))
        return torch.relu_(self.norms[1](self.second(y)) + self.shortcut(x))


def resnet() -> tuple[nn.Module, torch.Tensor, torch.Tensor]:
    """ResNet of 14 layers on 32 images of 32 x 32."""
    blocks = [Block(16, 16, 1), Block(16, 32, 2), Block(32, 32, 1), Block(32, 64, 2),
              Block(64, 64, 1)]  # fmt: skip
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)]
    model = nn.Sequential(nn.Conv2d(3, 16, 3, 1, 1), *blocks, *head)
    return model, torch.randn(32, 3, 32, 32), torch.randint(0, 10, (32,))


class Transformer(nn.Module):
    """Four layers, 128 wide, with a class of the whole sequence."""

    def __init__(self) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(128, 4, 256, 0.1, "gelu", batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 4, enable_nested_tensor=False)
        self.head = nn.Linear(128, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.encoder(x).mean(1))


def transformer() -> tuple[nn.Module, torch.Tensor, torch.Tensor]:
    """On 16 sequences of 64."""
    return Transformer(), torch.randn(16, 64, 128), torch.randint(0, 10, (16,))


MODELS: dict[str, Callable[[], tuple[nn.Module, torch.Tensor, torch.Tensor]]] = {
    "ResNet": resnet,
    "transformer": transformer,
}


def row(name: str, rounds: int) -> str:
    """Medians, in milliseconds, and the share of every fourth step."""
    model, x, y = MODELS[name]()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-4)

    def step() -> float:
        begin = time.thread_time()
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()
        return time.thread_time() - begin

    plain, looked, between = [], [], []
    for _ in range(rounds):
        plain.append(step())
        with nt.watch(model, optimizer, every=2):
            looked.append(step())
            between.append(step())
    ms = [1000 * median(each[2:]) for each in (plain, looked, between)]
    share = 100 * (ms[1] / ms[0] - 1) / 4
    cells = " | ".join(f"{each:.1f}" for each in ms)
    return f"| {name} | {cells} | {share:.1f} % |"


def main() -> None:
    given = parser(__doc__, REDUCED).parse_args()
    say_reduced(given, REDUCED)
    torch.set_num_threads(1)
    torch.manual_seed(0)
    head = ("| model | plain step, ms | looked at | between | every 4th step costs of a step |\n"
            "|---|---|---|---|---|\n")  # fmt: skip
    table = head + "\n".join(row(name, 80 if given.measure else 15) for name in MODELS)
    print(table)
    if given.measure:
        text = TITLE.format(cpu=cpu(), table=table)
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
