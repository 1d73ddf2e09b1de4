"""Training many small networks: nonlin beside scikit-learn's MLPClassifier.

Run: python benchmarks/training.py               half a minute
     python benchmarks/training.py --measure     a minute; writes docs/performance-training.md

Both train 64-64-64-10 relu networks on the digits data set (1437 training rows), batch 32,
Adam with learning rate 1e-3, no weight decay, the same number of epochs, without validation
data. The rounds alternate, so that both see the same machine. A network-step is one batch
through one network; the time per network-step is wall time / (networks * steps).
"""

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable

import numpy as np
from _shared import DOCS, cpu, parser, say_reduced

from nonlin.network import Job, Network, Settings, train_many

NETWORKS, EPOCHS, BATCH = 64, 5, 32
ROUNDS, FEW = 5, 2
REDUCED = f"{FEW} rounds instead of {ROUNDS}"
SKLEARN_NETWORKS = 2  # per round: 64 would take minutes and tell nothing more
REPORT = DOCS / "performance-training.md"


def digits() -> tuple[np.ndarray, np.ndarray]:
    from sklearn.datasets import load_digits

    data = load_digits()
    rows = (data.data - data.data.mean(0)) / (data.data.std(0) + 1e-3)
    return rows[:1437].astype(np.float32), data.target[:1437]


def ours(inputs: np.ndarray, labels: np.ndarray, threads: int) -> float:
    """Microseconds per network-step of 64 networks on `threads` threads."""
    networks = [Network([64, 64, 64, 10], "relu", "softmax", seed=s) for s in range(NETWORKS)]
    settings = Settings(epochs=EPOCHS, batch_size=BATCH, learning_rate=1e-3)
    jobs = [Job(network, inputs, labels, None, settings) for network in networks]
    begin = time.perf_counter()
    steps = sum(record.steps for _, record in train_many(jobs, threads))
    return (time.perf_counter() - begin) / steps * 1e6


def theirs(inputs: np.ndarray, labels: np.ndarray) -> float:
    """Microseconds per network-step of scikit-learn, one network after the other."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    steps = SKLEARN_NETWORKS * EPOCHS * -(-len(inputs) // BATCH)
    begin = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for seed in range(SKLEARN_NETWORKS):
            MLPClassifier(
                (64, 64),
                batch_size=BATCH,
                max_iter=EPOCHS,
                alpha=0.0,
                tol=0.0,
                n_iter_no_change=EPOCHS + 1,
                random_state=seed,
            ).fit(inputs, labels)
    return (time.perf_counter() - begin) / steps * 1e6


FIRST_FIT = """
import time
import numpy as np
from nonlin.network import Network
network = Network([64, 8, 10], "relu", "softmax")
begin = time.perf_counter()
network.fit(np.ones((64, 64)), np.arange(64) % 10, epochs=1)
print(time.perf_counter() - begin)
"""


def first_fits() -> tuple[float, float]:
    """Seconds of the first fit in a process: with an empty Numba cache, then with a full one."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "NUMBA_CACHE_DIR": folder}
        command = [sys.executable, "-c", FIRST_FIT]
        cold, warm = (
            float(subprocess.check_output(command, env=environment))  # noqa: S603
            for _ in range(2)
        )
    return cold, warm


def measure(rounds: int) -> dict[str, list[float]]:
    inputs, labels = digits()
    Network([64, 8, 10], "relu", "softmax").fit(inputs[:64], labels[:64], epochs=1)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    runs: dict[str, Callable[[], float]] = {
        "scikit-learn MLPClassifier": lambda: theirs(inputs, labels),
        "nonlin, 1 thread": lambda: ours(inputs, labels, 1),
        f"nonlin, {cores} threads": lambda: ours(inputs, labels, cores),
    }
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            times[name].append(run())
    return times


def machine() -> str:
    import numba
    import sklearn

    return (
        f"{cpu()}, {os.cpu_count()} cores; Python {platform.python_version()}, "
        f"NumPy {np.__version__}, Numba {numba.__version__}, scikit-learn {sklearn.__version__}"
    )


def report(fits: tuple[float, float], times: dict[str, list[float]]) -> str:
    theirs = times["scikit-learn MLPClassifier"]
    reference, rounds = statistics.median(theirs), len(theirs)
    rows = [
        f"| {name} | {statistics.median(each):.1f} | {min(each):.1f} to {max(each):.1f} "
        f"| {reference / statistics.median(each):.1f} |"
        for name, each in times.items()
    ]
    head = (
        "# Training many small networks\n\nWritten by `python benchmarks/training.py`.\n\n"
        f"{NETWORKS} networks 64-64-64-10, relu, digits (1437 rows), batch {BATCH}, Adam, "
        f"{EPOCHS} epochs; {rounds} alternating rounds; scikit-learn fits {SKLEARN_NETWORKS} "
        f"such networks per round.\n\nMachine: {machine()}.\n\n"
        "| | median us per network-step | spread | times as fast |\n|---|---|---|---|\n"
    )
    note = (
        f"\n\nFirst fit in a process: {fits[0]:.1f} s when the loop must be compiled, "
        f"{fits[1]:.2f} s when it comes from Numba's cache.\n"
    )
    return head + "\n".join(rows) + note


def main() -> None:
    given = parser(__doc__, REDUCED).parse_args()
    say_reduced(given, REDUCED)
    text = report(first_fits(), measure(ROUNDS if given.measure else FEW))
    print(text)
    if given.measure:
        REPORT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
