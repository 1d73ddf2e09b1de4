"""What is timed: one function, on one size, along one path."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Call = Callable[[], Any]
FORWARD, BOTH = "forward", "value+derivative"
SPREAD, OWN = "other inputs", "own formulas"  # see spread.py: ours alone, 256K, 1 thread
ELEMENTWISE = (
    "relu", "leaky_relu", "relu6", "hard_tanh", "hard_sigmoid", "hard_swish", "softsign",
    "elu", "celu", "selu", "sigmoid", "tanh", "erf", "softplus", "log_sigmoid",
    "silu", "mish", "gelu", "gelu_tanh",
)  # fmt: skip
ALONE = ("arctan", "squareplus", "tanhshrink", "quick_gelu", "sine", "snake", "gaussian")
SMOOTH = (  # of the core thirty those that are no pieces of polynomials
    "sigmoid", "log_sigmoid", "tanh", "softsign", "erf", "elu", "selu", "softplus",
    "gelu", "gelu_tanh", "silu", "mish", *ALONE,
)  # fmt: skip
ROWWISE = ("softmax", "log_softmax")
SMALL, MIDDLE, LARGE = 1 << 12, 1 << 18, 1 << 26  # elements: those that targets are about
ROWS = (10, 1000, 50_000)
SMALLEST_ROWWISE = 1 << 17  # elements: a smaller array has no row of 50,000
LARGEST_ROWWISE = 1 << 24  # beyond every cache; more takes longer and tells nothing new
SLOW, SLOW_MOST = ("numpy", "scipy"), 1 << 22
LINE = 4096  # bytes: every array starts on a page
BLOCK = 1 << 18


@dataclass(frozen=True, slots=True)
class Task:
    """A function on about `asked` float32 elements.

    row: length of the rows, which need not divide it; 0 for a function of single elements.
    """

    name: str
    path: str
    asked: int
    row: int = 0

    @property
    def size(self) -> int:
        """Elements in whole rows."""
        return self.asked // self.row * self.row if self.row else self.asked

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the arrays."""
        return (self.size // self.row, self.row) if self.row else (self.size,)


def elements(task: Task, contender: str) -> int:
    """How many a contender works on: NumPy and SciPy, which are slow, at most 4M."""
    if contender not in SLOW or task.size <= SLOW_MOST:
        return task.size
    return SLOW_MOST // task.row * task.row if task.row else SLOW_MOST


def tasks(names: Sequence[str], sizes: Sequence[int], threads: int) -> Iterator[Task]:
    """All that these names, sizes and threads ask for."""
    for size in sizes:
        for name in names:
            yield from _of_one(name, size)
        if (size, threads) == (MIDDLE, 1):
            yield from (Task(name, SPREAD, size) for name in names if name in SMOOTH)
            if "gelu" in names:
                yield Task("gelu", OWN, size)


def _of_one(name: str, size: int) -> Iterator[Task]:
    if name in ELEMENTWISE:
        yield Task(name, FORWARD, size)
        yield Task(name, BOTH, size)
    elif name in ALONE:
        if size > MIDDLE:  # beside the copy, from memory
            yield Task(name, FORWARD, size)
    elif size >= SMALLEST_ROWWISE:
        yield from (Task(name, FORWARD, min(size, LARGEST_ROWWISE), row) for row in ROWS)


@dataclass(slots=True)
class Buffers:
    """Arrays that all contenders share, touched once: nobody pays for fresh memory."""

    size: int
    made: dict[str, Any] = field(default_factory=dict)

    def get(self, name: str, task: Task) -> Any:
        """The array of that name: "x" holds normal numbers, "ones" ones, others results."""
        if name not in self.made:
            self.made[name] = aligned(self.size)
            self.made[name][:] = 1.0
            if name == "x":
                block = np.random.default_rng(0).standard_normal(BLOCK).astype(np.float32)
                for start in range(0, self.size, BLOCK):
                    stop = min(start + BLOCK, self.size)
                    self.made[name][start:stop] = block[: stop - start]
        return self.made[name][: task.size].reshape(task.shape)


def aligned(size: int) -> Any:
    """Room for float32 numbers that starts on a page."""
    room = np.empty(4 * size + LINE, np.uint8)
    start = -room.ctypes.data % LINE
    return room[start : start + 4 * size].view(np.float32)
