"""Initialisation of deep networks: what `auto` picks, what it picked before, and other rules.

Run: python benchmarks/auto_init.py               about a minute
     python benchmarks/auto_init.py --measure     half an hour; writes docs/performance-init.md

Networks of 5, 20 and 60 hidden layers of 64 neurons are trained for 8 epochs: AdamW, batches of
32, three learning rates of which the one with the lowest validation loss counts, two seeds. Data:
16 clusters in 4 classes, 20 columns; a linear model gets 0.56 of the test rows right. Rules:

forward  weights of variance 1 / (fan_in E[f(z)^2])
before   what `auto` was: forward; from 20 layers critical with q = 1 if gradients would change by
         100 and that fixed point is stable
edge     critical with the first q of 1, 3, 10, 30 whose variance map has a slope below 1
auto     what it is
"""

import platform
from collections.abc import Iterator

import numpy as np
from _shared import DOCS, cpu, parser, say_reduced

import nonlin as nl
from nonlin.network import Initialisation, Job, Network, Settings, train_many
from nonlin.theory.propagation import nonlinearity
from nonlin.theory.variance import VarianceMap

CORE = (
    "sigmoid", "log_sigmoid", "hard_sigmoid", "tanh", "hard_tanh", "softsign", "arctan", "erf",
    "identity", "relu", "leaky_relu", "prelu", "relu6", "relu_squared", "elu", "selu", "softplus",
    "squareplus", "softshrink", "hardshrink", "tanhshrink", "gelu", "gelu_tanh", "quick_gelu",
    "silu", "hard_swish", "mish", "sine", "snake", "gaussian",
)  # fmt: skip
FEW = ("tanh", "relu", "gelu", "softplus")
RATES = {5: (1e-2, 3e-3, 1e-3), 20: (1e-3, 3e-4, 1e-4), 60: (3e-4, 1e-4, 3e-5)}
WIDTH, EPOCHS, SEEDS, ROWS = 64, 8, 2, 1797
REDUCED = f"{', '.join(FEW)} with 20 layers"
REPORT = DOCS / "performance-init.md"
RULES = ("forward", "before", "edge", "auto")
Data = tuple[np.ndarray, np.ndarray]


def clusters() -> Data:
    from sklearn.datasets import make_classification

    return make_classification(
        ROWS, n_features=20, n_informative=10, n_redundant=4, n_classes=4,
        n_clusters_per_class=4, class_sep=1.6, flip_y=0, random_state=1,
    )  # fmt: skip


def stable_edge(name: str, sizes: tuple[float, ...]) -> Initialisation | None:
    """On the edge of chaos at the first of these q to which lengths return."""
    for q in sizes:
        try:
            found = nl.critical(name, q=q)
        except nl.NonlinError:
            continue
        if VarianceMap(nonlinearity(name, "critical"), *found).slope(q) < 1:
            return Initialisation("critical", q=q)
    return None


def rule(kind: str, name: str, depth: int) -> Initialisation:
    """The initialisation that one of `RULES` is for this activation and depth."""
    forward = Initialisation("forward")
    if kind in ("forward", "auto"):
        return Initialisation(kind)
    if kind == "edge":
        return stable_edge(name, (1.0, 3.0, 10.0, 30.0)) or forward
    known = nl.moments(name)
    growth = (known.slope_second / known.second) ** depth
    lasts = depth < 20 or 0.01 <= growth <= 100
    return forward if lasts else stable_edge(name, (1.0,)) or forward


def accuracy(name: str, kind: str, depth: int, data: Data) -> float:
    """On the test rows, of the best of three rates; mean over seeds."""
    X, y = data
    order = np.random.default_rng(0).permutation(len(X))
    X = ((X - X.mean(axis=0)) / (X.std(axis=0) + 1e-3)).astype(np.float32)[order]
    y = y[order]
    kept, held, test = slice(1077), slice(1077, 1437), slice(1437, None)
    sizes = [X.shape[1], *[WIDTH] * depth, int(y.max()) + 1]
    found = []
    for seed in range(SEEDS):
        jobs = []
        for rate in RATES[depth]:
            network = Network(sizes, name, "softmax", rule(kind, name, depth), seed)
            settings = Settings(epochs=EPOCHS, learning_rate=rate, seed=seed)
            jobs.append(Job(network, X[kept], y[kept], (X[held], y[held]), settings))
        losses = {}
        for number, record in train_many(jobs):
            seen = record.validation_loss[np.isfinite(record.validation_loss)]
            losses[number] = float(seen.min()) if seen.size else np.inf
        best = jobs[min(losses, key=losses.__getitem__)].network
        found.append(float((best.predict(X[test]) == y[test]).mean()))
    return float(np.mean(found))


def rows(names: tuple[str, ...], depths: tuple[int, ...], data: Data) -> Iterator[str]:
    """Lines of a Markdown table; same rules are trained once."""
    heads = [f"{depth}: {kind}" for depth in depths for kind in RULES]
    yield f"| activation | {' | '.join(heads)} | q of auto |"
    yield f"|---|{'---|' * (len(heads) + 1)}"
    columns: list[list[float]] = []
    for name in names:
        cells, sizes = [], []
        for depth in depths:
            known: dict[Initialisation, float] = {}
            for kind in RULES:
                each = rule(kind, name, depth)
                picked = Initialisation("auto", depth=depth).chosen(name)
                if kind == "auto" and (picked.name, picked.q) == ("forward", 1.0):
                    each = Initialisation("forward")
                if each not in known:
                    known[each] = accuracy(name, kind, depth, data)
                cells.append(known[each])
            sizes.append(f"{picked.q:g}")
        columns.append(cells)
        yield f"| {name} | {' | '.join(f'{cell:.3f}' for cell in cells)} | {', '.join(sizes)} |"
    means = np.mean(columns, axis=0)
    yield f"| mean | {' | '.join(f'{mean:.3f}' for mean in means)} | |"


def machine() -> str:
    return f"{cpu()}; Python {platform.python_version()}, NumPy {np.__version__}"


def main() -> None:
    given = parser(__doc__, REDUCED).parse_args()
    say_reduced(given, REDUCED)
    names, depths = (CORE, tuple(RATES)) if given.measure else (FEW, (20,))
    _, head, about = (__doc__ or "").partition("Networks of")
    text = [
        "# Initialisation of deep networks\n\nWritten by `python benchmarks/auto_init.py`.\n",
        f"```text\n{head}{about.rstrip()}\n```\n",
        f"Test accuracy. Machine: {machine()}.",
    ]
    text.append("")
    for line in rows(names, depths, clusters()):
        text.append(line)
        print(line, flush=True)
    if given.measure:
        REPORT.write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
