"""What is asked of the kernels, and whether the measurements meet it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from comparison.tasks import BOTH, FORWARD, LARGEST_ROWWISE

Record = dict[str, Any]
MIDDLE, LARGE = 1 << 18, 1 << 26
USUAL = (MIDDLE, LARGEST_ROWWISE, LARGE)
CHEAP = ("relu", "leaky_relu", "elu", "selu", "sigmoid", "tanh")
DEAR = ("silu", "mish", "softplus", "gelu", "gelu_tanh")
CALLS = ("nl.relu(x, out=y)", "nl.gelu(x)")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A target, what was measured, whether it is met, and where it is missed."""

    what: str
    target: str
    measured: str
    met: bool
    missed: tuple[str, ...] = ()


def label(task: Record) -> str:
    """A task in a few words."""
    row = f" rows of {task['row']}" if task["row"] else ""
    count = "1 thread" if task["threads"] == 1 else f"{task['threads']} threads"
    both = " and derivative" if task["path"] == BOTH else ""
    return f"{task['name']}{both}{row} {amount(task['asked'])} {count}"


def amount(size: int) -> str:
    """256K, 64M."""
    for unit, letter in ((1 << 20, "M"), (1 << 10, "K")):
        if size % unit == 0:
            return f"{size // unit}{letter}"
    return str(size)


def ratio(task: Record, peer: str) -> float:
    """How many times as long the peer takes."""
    return float(task["times"][peer][1] / task["times"]["fast"][1])


def geometric_mean(values: Sequence[float]) -> float:
    """Of ratios."""
    return math.exp(sum(map(math.log, values)) / len(values))


def verdicts(found: Record) -> Iterator[Verdict]:
    """One for each target on which there is a measurement."""
    usual = [t for t in found["tasks"] if t["asked"] in USUAL]
    plain = [t for t in usual if not t["row"]]
    forward = [t for t in plain if t["path"] == FORWARD]
    both = [t for t in plain if t["path"] == BOTH and t["asked"] == LARGE]
    yield from _against("torch", "forward, 256K and 64M, beside PyTorch", forward, 1.0, 2.0)
    what = "value+derivative, 64M, beside PyTorch's forward and backward"
    yield from _against("torch", what, both, 1.5, 3.0)
    what = "everything at 256K and more, beside JAX"
    yield from _against("jax", what, usual, 1.5, 4.0)
    yield from _against("donated", f"{what} with donated memory", usual, 1.0, None)
    full = [t for t in forward if t["asked"] == LARGE and t["threads"] == 2]
    yield from _shares(full, CHEAP, 0.9)
    yield from _shares(full, DEAR, 0.75)
    rows = [t for t in usual if t["row"]]
    yield from _against("torch", "softmax and log_softmax beside PyTorch", rows, 1.2, None)
    yield from _calls(found)


def _against(
    peer: str, what: str, tasks: list[Record], each: float, mean: float | None
) -> Iterator[Verdict]:
    compared = [task for task in tasks if peer in task["times"]]
    if not compared:
        return
    yield _lowest(what, compared, lambda task: ratio(task, peer), each)
    if mean is not None:
        value = geometric_mean([ratio(task, peer) for task in compared])
        met = value >= mean
        yield Verdict(f"{what}, geometric mean", f">= {mean:g}", f"{value:.2f}", met)


def _shares(tasks: list[Record], names: Sequence[str], least: float) -> Iterator[Verdict]:
    chosen = [task for task in tasks if task["name"] in names]
    if chosen:
        what = f"share of a streaming copy, 64M, 2 threads: {', '.join(names)}"
        yield _lowest(what, chosen, lambda task: ratio(task, "stream"), least)


def _lowest(
    what: str, tasks: list[Record], value: Callable[[Record], float], least: float
) -> Verdict:
    ordered = sorted(tasks, key=value)
    missed = tuple(f"{label(t)}: {value(t):.2f}" for t in ordered if value(t) < least)
    count = f"{len(tasks) - len(missed)} of {len(tasks)}; " if len(tasks) > 1 else ""
    lowest = f"{count}lowest {value(ordered[0]):.2f} ({label(ordered[0])})"
    return Verdict(f"{what}, each", f">= {least:g}", lowest, not missed, missed)


def _calls(found: Record) -> Iterator[Verdict]:
    for name in CALLS:
        if name in found.get("overhead", {}):
            value = found["overhead"][name]
            yield Verdict(f"{name}, 100 elements", "<= 1.5 us", f"{value:.2f}", value <= 1.5)
    for state, most in (("compiled", 60), ("stored", 15)):
        times = found.get("first_call", {}).get(state, {})
        if times:
            slowest = max(times, key=lambda name: times[name])
            value = f"{sorted(times.values())[len(times) // 2]:.1f}"
            value = f"median {value}, slowest {times[slowest]:.1f} ({slowest})"
            what = f"first call, kernel {state}"
            yield Verdict(what, f"<= {most} ms", value, times[slowest] <= most)
