"""Time per network on digits: nonlin, scikit-learn's grid search, a plain PyTorch loop.

The same for all three: 1078 training rows, hidden layers 64-64, batch 32, Adam, 30 epochs, none
stopped early, 3 activations x 4 learning rates, as many at once as there are cores; 359 rows are
scored once, at the end. A fourth contender is nonlin as `choose` runs it, which also computes the
loss on these rows after every epoch: work that the others do not do. A fifth only multiplies the
matrices of these batches, by the same BLAS: the time that no loop around it can save.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import pairwise, product
from typing import Any

import numpy as np

from choosing.clock import cores, in_turns, ratio

RATES = (3e-4, 1e-3, 3e-3, 1e-2)
NAMES = {"relu": "relu", "tanh": "tanh", "sigmoid": "logistic"}  # ours: scikit-learn's
EPOCHS, BATCH, TRAIN, HELD_OUT, ROUNDS = 30, 32, 1078, 359, 3
HIDDEN = (64, 64)


def rows() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits

    data = load_digits()
    inputs = (data.data - data.data.mean(0)) / (data.data.std(0) + 1e-3)
    order = np.random.default_rng(0).permutation(len(inputs))[: TRAIN + HELD_OUT]
    return inputs[order].astype(np.float32), data.target[order]


def ours(X: np.ndarray, y: np.ndarray, watched: bool) -> None:
    from nonlin.network import Job, Network, Settings, train_many

    jobs = []
    for name, rate in product(NAMES, RATES):
        network = Network([X.shape[1], *HIDDEN, 10], name, "softmax")
        rule = Settings(epochs=EPOCHS, batch_size=BATCH, learning_rate=rate)
        held_out = (X[TRAIN:], y[TRAIN:]) if watched else None
        jobs.append(Job(network, X[:TRAIN], y[:TRAIN], held_out, rule))
    for index, _ in train_many(jobs, cores()):
        jobs[index].network.predict(X[TRAIN:])


def multiplier() -> Callable[[int], None]:
    """Multiplies, so many times, the matrices of a batch: forward, and back to the weights and,
    but for the first layer, to the inputs.
    """
    import numba
    from threadpoolctl import threadpool_limits

    random = np.random.default_rng(0)
    sizes = list(pairwise((64, *HIDDEN, 10)))
    layers = tuple(
        tuple(random.standard_normal(shape, np.float32) for shape in ((BATCH, a), (a, b)))
        + tuple(np.empty(shape, np.float32) for shape in ((BATCH, b), (a, b), (BATCH, a)))
        for a, b in sizes
    )

    @numba.njit(nogil=True)
    def multiply(inputs, weights, outputs, gradient, back, first, times):
        for _ in range(times):
            np.dot(inputs, weights, outputs)
            np.dot(inputs.T, outputs, gradient)
            if not first:
                np.dot(outputs, weights.T, back)

    def run(times: int) -> None:
        for number, layer in enumerate(layers):
            multiply(*(np.copy(each) for each in layer), number == 0, times)

    def everything(networks: int) -> None:
        steps = EPOCHS * -(-TRAIN // BATCH)
        with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(cores()) as pool:
            list(pool.map(run, [steps] * networks))

    return everything


def grid_search(X: np.ndarray, y: np.ndarray) -> None:
    import warnings

    from sklearn.model_selection import GridSearchCV, PredefinedSplit
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier(
        HIDDEN, batch_size=BATCH, max_iter=EPOCHS, alpha=0.0, tol=0.0, n_iter_no_change=EPOCHS + 1
    )
    grid = {"activation": list(NAMES.values()), "learning_rate_init": RATES}
    fold = PredefinedSplit([-1] * TRAIN + [0] * HELD_OUT)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 30 epochs do not converge, here or there
        GridSearchCV(network, grid, cv=fold, refit=False, n_jobs=cores()).fit(X, y)


def torch_network(X: np.ndarray, y: np.ndarray, name: str, rate: float) -> float:
    """What a tutorial would write, in a process of its own with one thread."""
    import torch

    torch.set_num_threads(1)
    layer = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid}[name]
    linear, (first, second) = torch.nn.Linear, HIDDEN
    network = torch.nn.Sequential(
        linear(X.shape[1], first), layer(), linear(first, second), layer(), linear(second, 10)
    )
    optimizer = torch.optim.Adam(network.parameters(), lr=rate)
    loss = torch.nn.CrossEntropyLoss()
    inputs, labels = torch.from_numpy(X), torch.from_numpy(y)
    for _ in range(EPOCHS):
        for batch in torch.randperm(TRAIN).split(BATCH):
            optimizer.zero_grad()
            loss(network(inputs[batch]), labels[batch]).backward()
            optimizer.step()
    with torch.no_grad():
        return float((network(inputs[TRAIN:]).argmax(1) == labels[TRAIN:]).float().mean())


def measure() -> list[dict[str, Any]]:
    X, y = rows()
    count = len(NAMES) * len(RATES)
    multiply = multiplier()
    with ProcessPoolExecutor(cores()) as pool:

        def torch_loop() -> None:
            tasks = [pool.submit(torch_network, X, y, *each) for each in product(NAMES, RATES)]
            for task in tasks:
                task.result()

        runs = {
            "nonlin": lambda: ours(X, y, watched=False),
            "watched": lambda: ours(X, y, watched=True),
            "scikit-learn": lambda: grid_search(X, y),
            "PyTorch": torch_loop,
            "products": lambda: multiply(count),
        }
        times = in_turns(runs, ROUNDS)
    each = {name: 1e3 * statistics.median(values) / count for name, values in times.items()}
    what = "per network, digits, 64-64, 30 epochs"
    found = []
    for peer, name, target in (
        ("scikit-learn", "scikit-learn GridSearchCV over MLPClassifier", 12),
        ("PyTorch", "a plain PyTorch loop in processes", 20),
    ):
        factor, watched = (ratio(times[peer], times[way]) for way in ("nonlin", "watched"))
        shown = f"{each['nonlin']:.1f} ms against {each[peer]:.1f} ms"
        found.append({
            "what": f"{what}, against {name}",
            "target": f"{target} x",
            "measured": f"{factor:.1f} x ({shown}; {watched:.1f} x if nonlin alone also looks at "
            "validation rows after every epoch)",
            "held": factor >= target,
        })  # fmt: skip
    share = 100 * statistics.median(
        a / b for a, b in zip(times["products"], times["nonlin"], strict=True)
    )
    found[0]["measured"] += f"; multiplying the matrices alone takes {share:.0f} % of our time"
    return found
