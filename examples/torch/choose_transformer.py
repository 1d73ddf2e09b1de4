"""Which activation, for a small transformer? On a task that none without one can solve.

    python examples/torch/choose_transformer.py  # some minutes on one core

Bits in a row; the answer is whether there are neither few nor many ones: 4 to 8 of 12. The model
reads it off a token at the end, where one head of attention gives a sum over all bits divided by
another such sum. That exceeds a threshold exactly where one sum, with a term for each bit, is
positive, and no such sum is positive between two numbers of ones only: without the activation
between the two linear layers of the block, no weights give more than 9 of 13 right answers.
`nt.choose` shows that (`identity` takes part always), and which activation learns the task.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

import nonlin.torch as nt
from nonlin.torch.choosing.result import Result

BITS, WIDTH, END = 12, 16, 2
FEW, MANY = 4, 8


class Transformer(nn.Module):
    """One block without norms: attention with one head, then two linear layers with gelu."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(3, WIDTH)  # 0, 1 and the end
        self.attention = nn.MultiheadAttention(WIDTH, 1, batch_first=True)
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
        self.activation, self.head = nn.GELU(), nn.Linear(WIDTH, 2)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Logits of "no" and "yes", for tokens of shape (rows, BITS + 1)."""
        x = self.embed(tokens)
        x = x + self.attention(x, x, x, need_weights=False)[0]
        x = x + self.down(self.activation(self.up(x)))
        found: torch.Tensor = self.head(x[:, -1])
        return found


def sequences(seed: int = 0) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Tokens and answers: 600 rows to train on, 200 to choose by, 400 to claim by."""
    random, rows = torch.Generator().manual_seed(seed), 1200
    ones = torch.randint(BITS + 1, (rows, 1), generator=random)
    bits = torch.rand(rows, BITS, generator=random).argsort(1) < ones
    tokens = torch.cat([bits.long(), torch.full((rows, 1), END)], 1)
    answers = ((ones >= FEW) & (ones <= MANY)).long().flatten()
    ends = [(0, 600), (600, 800), (800, rows)]
    return [(tokens[begin:end], answers[begin:end]) for begin, end in ends]


def chosen(**options: Any) -> Result:
    """The answer of `nt.choose`."""
    given = {"candidates": ["relu", "gelu", "silu", "tanh"], "batch_size": 50, "steps": 120}
    return nt.choose(Transformer, *sequences(), nn.CrossEntropyLoss(), **given | options)


if __name__ == "__main__":
    print(chosen(seeds=3))
