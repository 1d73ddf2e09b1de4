"""What is asked of the kernels, and whether the measurements meet it."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from comparison.spread import NORMAL, TAILS
from comparison.tasks import BOTH, FORWARD, LARGE, MIDDLE, OWN, SMALL, SMOOTH, SPREAD

Record = dict[str, Any]
COPIES = ("relu", "leaky_relu", "relu6", "hard_tanh", "hard_sigmoid", "hard_swish")
CALLS, CALL_MOST = ("nl.relu(x, out=y)", "nl.gelu(x, out=y)"), 1.0  # microseconds
FIRST = {"compiled": (60, 120), "stored": (15, 15)}  # milliseconds: median, slowest
WIDER = {"sd 3": 1.3, "sd 10": 1.6}  # times as long as standard normal inputs take, at most
WORST_TAIL, OWN_MOST, SHARE, COPY = 2.0, 1.5, 0.85, 0.95
DONATED = "beside JAX with donated memory"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A target, what was measured, whether it is met, and where it is missed."""

    what: str
    target: str
    measured: str
    met: bool
    missed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One number that a target is about, and its own bound."""

    label: str
    value: float
    bound: float


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


def ratio(task: Record, slow: str, fast: str = "fast") -> float:
    """How many times as long the first takes."""
    return float(task["times"][slow][1] / task["times"][fast][1])


def worst_tail(task: Record) -> str:
    """The kind of tail whose numbers take longest."""
    return max(TAILS, key=lambda kind: ratio(task, kind, NORMAL))


def geometric_mean(values: Sequence[float]) -> float:
    """Of ratios."""
    return math.exp(sum(map(math.log, values)) / len(values))


def verdicts(found: Record) -> Iterator[Verdict]:
    """One for each target on which there is a measurement."""
    tasks = found["tasks"]
    rows = [t for t in tasks if t["row"]]
    plain = [t for t in tasks if not t["row"] and t["asked"] in (SMALL, MIDDLE, LARGE)]
    forward = [t for t in plain if t["path"] == FORWARD]
    both = [t for t in plain if t["path"] == BOTH]
    yield from _against("torch", "forward, 4K, 256K and 64M, beside PyTorch", forward, 1.0, 2.2)
    yield from _spread([t for t in tasks if t["path"] == SPREAD])
    large = [t for t in both if t["asked"] == LARGE]
    what = "value+derivative, 64M, beside PyTorch's forward and backward"
    yield from _against("torch", what, large, 1.8, 4.0)
    beyond = [t for t in (*forward, *both) if t["asked"] != SMALL]  # a call of JAX costs more
    what = f"forward and value+derivative, 256K and 64M, {DONATED}"
    yield from _against("donated", what, beyond, 1.0, 2.0)
    yield from _shares([t for t in forward if t["asked"] == LARGE and t["threads"] == 2])
    yield from _own([t for t in tasks if t["path"] == OWN])
    yield from _against("torch", "softmax and log_softmax, beside PyTorch", rows, 1.2)
    yield from _against("donated", f"softmax and log_softmax, {DONATED}", rows, 1.0)
    yield from _calls(found.get("overhead", {}))
    yield from _first_calls(found.get("first_call", {}))


def _against(
    peer: str, what: str, tasks: list[Record], least: float, mean: float | None = None
) -> Iterator[Verdict]:
    compared = [task for task in tasks if peer in task["times"]]
    cases = [Case(label(t), ratio(t, peer), _least(peer, t, least)) for t in compared]
    copies = any(case.bound == COPY for case in cases)
    target = f">= {least:g}" + f" ({COPY:g}: {', '.join(COPIES)})" * copies
    yield from _each(what, target, cases)
    if cases and mean is not None:
        value = geometric_mean([case.value for case in cases])
        yield Verdict(f"{what}, geometric mean", f">= {mean:g}", f"{value:.2f}", value >= mean)


def _least(peer: str, task: Record, least: float) -> float:
    copy = (peer, task["path"]) == ("torch", FORWARD) and task["name"] in COPIES
    return min(least, COPY) if copy else least


def _each(what: str, target: str, cases: list[Case], most: bool = False) -> Iterator[Verdict]:
    """All at least at their bounds, or at most; nothing if there are none."""
    if not cases:
        return
    ordered = sorted(cases, key=lambda case: case.value, reverse=most)
    bad = [c for c in ordered if (c.value > c.bound if most else c.value < c.bound)]
    count, missed = len(cases), tuple(f"{case.label}: {case.value:.2f}" for case in bad)
    end = f"{'highest' if most else 'lowest'} {ordered[0].value:.2f} ({ordered[0].label})"
    measured = f"{count - len(bad)} of {count}; {end}"
    yield Verdict(f"{what}, each", target, measured, not bad, missed)


def _spread(tasks: list[Record]) -> Iterator[Verdict]:
    what = "time beside that of standard normal inputs, 256K, 1 thread: inputs of"
    for kind, most in WIDER.items():
        cases = [Case(t["name"] + f" {kind}", ratio(t, kind, NORMAL), most) for t in tasks]
        yield from _each(f"{what} {kind}", f"<= {most:g}", cases, most=True)
    cases = [
        Case(f"{t['name']} {worst_tail(t)}", ratio(t, worst_tail(t), NORMAL), WORST_TAIL)
        for t in tasks
    ]
    yield from _each(f"{what} the worst tail", f"<= {WORST_TAIL:g}", cases, most=True)


def _shares(tasks: list[Record]) -> Iterator[Verdict]:
    smooth = [t for t in tasks if t["name"] in SMOOTH]
    what = "share of a streaming copy, 64M, 2 threads, smooth ones of the core thirty"
    cases = [Case(label(t), ratio(t, "stream"), SHARE) for t in smooth]
    yield from _each(what, f">= {SHARE:g}", cases)


def _own(tasks: list[Record]) -> Iterator[Verdict]:
    for task in tasks:
        names = [name for name in task["times"] if name != "gelu"]
        cases = [Case(name, ratio(task, name, "gelu"), OWN_MOST) for name in names]
        what = "time of a formula of one's own beside that of gelu, 256K, 1 thread"
        yield from _each(what, f"<= {OWN_MOST:g}", cases, most=True)


def _calls(found: dict[str, float]) -> Iterator[Verdict]:
    for name in CALLS:
        if name in found:
            value = found[name]
            met = value <= CALL_MOST
            yield Verdict(f"{name}, 100 elements", f"<= {CALL_MOST:g} us", f"{value:.2f}", met)


def _first_calls(found: dict[str, dict[str, float]]) -> Iterator[Verdict]:
    for state, times in found.items():
        median, slowest = statistics.median(times.values()), max(times, key=lambda n: times[n])
        usual, most = FIRST[state]
        measured = f"median {median:.1f}, slowest {times[slowest]:.1f} ({slowest})"
        target = f"median <= {usual} ms, slowest <= {most}"
        met = median <= usual and times[slowest] <= most
        yield Verdict(f"first call, kernel {state}", target, measured, met)
