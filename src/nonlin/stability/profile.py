"""Signals and gradients by layer, over several random networks of one kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nonlin import checks
from nonlin._errors import InputError
from nonlin.activation import Activation
from nonlin.catalogue import get
from nonlin.layers.network_subject import NetworkSubject
from nonlin.network import Initialisation, Network
from nonlin.stability.layer_stability import Stability
from nonlin.stability.measured import measured
from nonlin.stability.verdicts import Finding, findings, verdicts

CLASSES = 10
ROWS = 256
LEVEL = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """A positive quantity by layer: geometric mean over networks, 95 % interval, prediction.

    Arrays of shape (layers,). The interval is that of Student's t for the logarithms; it is as
    narrow as a line for a single network.
    """

    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    predicted: np.ndarray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Profile:
    """Networks of one activation and initialisation, alike but for the seed.

    second: mean z^2. gradient: length of dL/dz over that of the output layer. Both by hidden
    layer. examples: what was seen of each network. findings: of the first one.
    """

    activation: Activation
    initialisation: str
    second: Band
    gradient: Band
    examples: tuple[Stability, ...]
    findings: tuple[Finding, ...]

    @property
    def label(self) -> str:
        """Activation and initialisation."""
        return f"{self.activation.name}, {self.initialisation}"


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Data, and the output that its target needs."""

    X: np.ndarray
    y: np.ndarray
    outputs: int
    output: str


def made(
    activations: Sequence[str | Activation],
    rows: Rows | None,
    shape: tuple[int, int],
    init: Any,
    seeds: int,
    on_progress: Callable[[int, int, str], None] | None = None,
) -> list[Profile]:
    """See `nonlin.stability.profiles`; shape: (hidden layers, neurons in each)."""
    depth = checks.integer("depth", shape[0], 1)
    width = checks.integer("width", shape[1], 1)
    checks.integer("seeds", seeds, 1)
    chosen = [get(each) for each in activations]
    rules = [init] * len(chosen) if isinstance(init, str | Initialisation) else list(init)
    if len(rules) != len(chosen):
        raise InputError("profile_inits", given=len(rules), activations=len(chosen))
    data = rows or noise(width)
    found = []
    for number, (one, rule) in enumerate(zip(chosen, rules, strict=True)):
        if on_progress:
            on_progress(number, len(chosen), one.name)
        found.append(profile(one, rule, data, (width,) * depth, seeds))
    return found


def given(X: Any, y: Any, output: str) -> Rows:
    """X (rows, inputs) and y as data; as many softmax outputs as there are classes."""
    inputs, target = np.asarray(X), np.asarray(y)
    if inputs.ndim != 2 or target.shape[:1] != inputs.shape[:1] or not len(inputs):
        raise InputError("profile_rows", X=inputs.shape, y=target.shape)
    if output == "softmax":
        outputs = int(target.max()) + 1 if target.dtype.kind in "iu" else 1
    else:
        outputs = 1 if target.ndim == 1 else target.shape[1]
    return Rows(inputs, target, outputs, output)


def noise(columns: int) -> Rows:
    """256 standard normal rows with classes that mean nothing."""
    random = np.random.default_rng(0)
    X = random.standard_normal((ROWS, columns)).astype(np.float32)
    return Rows(X, random.integers(0, CLASSES, ROWS), CLASSES, "softmax")


def profile(
    activation: Activation,
    init: str | Initialisation,
    rows: Rows,
    hidden: tuple[int, ...],
    seeds: int,
) -> Profile:
    """Measure `seeds` random networks on these rows."""
    sizes = (rows.X.shape[1], *hidden, rows.outputs)
    examples = []
    for seed in range(seeds):
        network = Network(sizes, activation, rows.output, init, seed)
        network.begin(np.asarray(rows.X, network.dtype))
        examples.append(measured(NetworkSubject.of(network, rows.X, rows.y)))
    rule = init if isinstance(init, Initialisation) else Initialisation(init)
    chosen = Initialisation(rule.name, rule.q, rule.value, len(hidden)).chosen(activation)
    return Profile(
        activation=activation,
        initialisation=chosen.name,
        second=_second(examples),
        gradient=_gradient(examples),
        examples=tuple(examples),
        findings=findings(verdicts(examples[0])),
    )


def _second(examples: list[Stability]) -> Band:
    found = [[each.second for each in one.hidden] for one in examples]
    predicted = [[each.predicted_second for each in one.hidden] for one in examples]
    return _band(found, predicted)


def _gradient(examples: list[Stability]) -> Band:
    found = [[_over(each.gradient, one) for each in one.hidden] for one in examples]
    predicted = [[_over(each.predicted_gradient, one) for each in one.hidden] for one in examples]
    return _band(found, predicted)


def _over(length: float | None, seen: Stability) -> float:
    last = seen.layers[-1].gradient
    return length / last if length is not None and last else np.nan


def _band(found: Any, predicted: Any) -> Band:
    from scipy.stats import t

    with np.errstate(all="ignore"):
        logs = np.log(np.array(found, np.float64))
        middle = logs.mean(axis=0)
        half = np.zeros_like(middle)
        if len(logs) > 1:
            error = logs.std(axis=0, ddof=1) / np.sqrt(len(logs))
            half = t.ppf((1 + LEVEL) / 2, len(logs) - 1) * error
        theory = np.exp(np.log(np.array(predicted, np.float64)).mean(axis=0))
        return Band(np.exp(middle), np.exp(middle - half), np.exp(middle + half), theory)
