"""Hidden layers 256x4, batch 512: what share of NumPy's sgemm peak on the same cores is reached.

Counted are the multiplications of matrices only: forward, the gradient of the weights, and the
gradient of the inputs of every layer but the first. Activations, bias, loss and optimiser are
time, and no counted work. Beside it: what NumPy itself reaches on products of these shapes, one
thread on each core, which is the most that such layers leave.
"""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from choosing.clock import cores

SIZES = (256, 256, 256, 256, 256, 10)
ROWS, BATCH, EPOCHS, ROUNDS = 8192, 512, 4, 5
MATRIX = 2048


def peak() -> float:
    """Gflop/s of NumPy's float32 product of two large matrices, on all cores."""
    random = np.random.default_rng(0)
    a, b = (random.standard_normal((MATRIX, MATRIX)).astype(np.float32) for _ in range(2))
    out = np.empty_like(a)
    begin = time.perf_counter()
    for _ in range(4):
        np.matmul(a, b, out=out)
    return 4 * 2 * MATRIX**3 / (time.perf_counter() - begin) / 1e9


def of_this_size() -> float:
    """Gflop/s of NumPy on the three products of a hidden layer, one thread on each core."""
    random = np.random.default_rng(0)
    width, count = SIZES[1], 60

    def work() -> None:
        rows, slopes = (random.standard_normal((BATCH, width), np.float32) for _ in range(2))
        weights = random.standard_normal((width, width), np.float32)
        for _ in range(count):
            rows @ weights, slopes @ weights.T, rows.T @ slopes

    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(cores()) as pool:
        begin = time.perf_counter()
        for task in [pool.submit(work) for _ in range(cores())]:
            task.result()
        seconds = time.perf_counter() - begin
    return cores() * count * 3 * 2 * BATCH * width**2 / seconds / 1e9


def training(X: np.ndarray, y: np.ndarray) -> float:
    """Gflop/s of a network on every core, all at once."""
    from nonlin.network import Job, Network, Settings, train_many

    rule = Settings(epochs=EPOCHS, batch_size=BATCH, learning_rate=1e-3)
    jobs = [Job(Network(SIZES, "relu", "softmax"), X, y, None, rule) for _ in range(cores())]
    begin = time.perf_counter()
    steps = sum(record.steps for _, record in train_many(jobs, cores()))
    seconds = time.perf_counter() - begin
    layers = [a * b for a, b in pairwise(SIZES)]
    return steps * 2 * BATCH * (3 * sum(layers) - layers[0]) / seconds / 1e9


def measure() -> list[dict[str, Any]]:
    random = np.random.default_rng(0)
    X = random.standard_normal((ROWS, SIZES[0])).astype(np.float32)
    y = random.integers(0, SIZES[-1], ROWS)
    training(X, y), peak(), of_this_size()
    turns = [(training(X, y), peak(), of_this_size()) for _ in range(ROUNDS)]
    share = statistics.median(ours / most for ours, most, _ in turns)
    ours, most, small = (statistics.median(column) for column in zip(*turns, strict=True))
    return [{
        "what": "256x4, batch 512, share of NumPy's sgemm peak on the same cores",
        "target": "80 %",
        "measured": f"{100 * share:.0f} % ({ours:.0f} of {most:.0f} Gflop/s; "
        f"NumPy on matrices of this size: {small:.0f})",
        "held": share >= 0.8,
    }]  # fmt: skip
