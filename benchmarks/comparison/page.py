"""docs/performance.md, from what was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from comparison.odd import FORMULAS
from comparison.spread import NORMAL, WIDE
from comparison.targets import amount, geometric_mean, ratio, verdicts, worst_tail
from comparison.tasks import FORWARD, OWN, SPREAD

Record = dict[str, Any]
CAUSES = Path(__file__).with_name("causes.md")  # written by hand
CONTENDERS = ("fast", "exact", "torch", "jax", "donated", "numpy", "scipy", "np.copyto", "stream")
RATIOS = ("torch", "jax", "donated", "stream")
HOW = """\
Written by `benchmarks/kernels.py`; the numbers are in `performance.json`. float32, inputs normal.
One process per number of threads, held to as many CPUs. In every round each contender has its
turn, and the order rotates; a cell is the median over the rounds in nanoseconds per element, and
half the distance of the quartiles in percent of it.

- fast, exact: nonlin, called as in Python with `out=`.
- torch: eager, with `out=`; value+derivative is the forward and the backward function that
  autograd calls, for a gradient of ones, without the cost of autograd. The backward of mish and of
  hard_swish cannot write to a given array. PyTorch has no softsign in one piece.
- jax: jitted; value+derivative is the value and its vjp. donated: the same with memory given for
  the results (`donate_argnums`), which is as near to `out=` as JAX comes. At 64M elements most of a
  plain call is spent waiting for fresh memory, which a virtual machine may hand out very slowly:
  there, donated says more about the kernels.
- numpy: the formula as tutorials write it. scipy: `scipy.special`, where it has the function.
  Neither has derivatives. Of large arrays both get the first 4M elements.
- np.copyto copies on one thread; stream is a copy with streaming stores on all of them (with
  value+derivative to two places), as fast as memory allows.
- other inputs: the same function on normal numbers of standard deviation 3 and 10, and on numbers
  spread evenly over a stretch of a tail; of these, from 6 to a million on either side, the worst.
- own formulas: ten that are in no catalogue (`benchmarks/comparison/odd.py`), beside gelu.
- when the next call comes: until then the calling thread is busy, as it is with other contenders.
- All arrays are in memory that was touched before; C libraries get huge pages as NumPy does
  (`GLIBC_TUNABLES=glibc.malloc.hugetlb=1`), without which fresh results cost them more.
- torch/fast and so on: how many times as long the peer takes. stream/fast: the share of the copy's
  speed that nonlin has.
"""


def key(task: Record) -> tuple[Any, ...]:
    """What makes two measurements the same task."""
    return task["threads"], task["asked"], task["path"], task["row"], task["name"]


def write(found: Record) -> str:
    """The whole page."""
    where = ", ".join(f"{name} {value}" for name, value in found.get("machine", {}).items())
    parts = ["# How fast the kernels are\n", f"{where.removeprefix('CPU ')}\n", HOW]
    parts += ["## Targets\n", *_targets(found)]
    if CAUSES.exists():
        parts += ["## Where a target is missed, and why\n", CAUSES.read_text()]
    parts += list(_tables(found)) + list(_calls(found))
    return "\n".join(parts)


def summary(found: Record) -> str:
    """What is printed: targets, and ratios per group of tasks."""
    lines = []
    for verdict in verdicts(found):
        lines.append(f"{_word(verdict.met):5}{verdict.what}: {verdict.measured} {verdict.target}")
        lines += [f"       {each}" for each in verdict.missed]
    return "\n".join([*lines, "", *_compact(found)])


def _word(met: bool) -> str:
    return "pass" if met else "MISS"


def _targets(found: Record) -> Iterator[str]:
    yield "| | what | target | measured |\n|---|---|---|---|"
    missed = []
    for verdict in verdicts(found):
        yield f"| {_word(verdict.met)} | {verdict.what} | {verdict.target} | {verdict.measured} |"
        missed += verdict.missed
    if missed:
        yield f"\nMissed by: {'; '.join(missed)}.\n"
    yield ""


def _groups(found: Record) -> dict[tuple[Any, ...], list[Record]]:
    groups: dict[tuple[Any, ...], list[Record]] = {}
    for task in found["tasks"]:
        size = amount(task["asked"])
        kind = "rows" if task["row"] else task["path"]
        groups.setdefault((kind, size, task["threads"]), []).append(task)
    order = {FORWARD: 0, SPREAD: 2, OWN: 3, "rows": 4}
    return dict(
        sorted(groups.items(), key=lambda g: (order.get(g[0][0], 1), g[1][0]["asked"], g[0][2]))
    )


def _title(group: tuple[Any, ...]) -> str:
    kind, size, threads = group
    kind = "Softmax of rows" if kind == "rows" else kind.capitalize()
    return f"{kind}, {size} elements, {threads} thread{'s' * (threads > 1)}"


def _tables(found: Record) -> Iterator[str]:
    for group, tasks in _groups(found).items():
        if group[0] in (SPREAD, OWN):
            yield f"## {_title(group)}\n"
            yield from _own(tasks[0]) if group[0] == OWN else _spread(tasks)
            continue
        present = [name for name in CONTENDERS if any(name in task["times"] for task in tasks)]
        ratios = [name for name in RATIOS if name in present]
        yield f"## {_title(group)}\n"
        head = ["function", *present, *(f"{name}/fast" for name in ratios)]
        yield f"| {' | '.join(head)} |\n|{'---|' * len(head)}"
        for task in tasks:
            row = f", rows of {task['row']}" if task["row"] else ""
            cells = [_cell(task["times"].get(name)) for name in present]
            cells += [_ratio(task, name) for name in ratios]
            yield f"| {task['name']}{row} | {' | '.join(cells)} |"
        means = [_mean(tasks, name) for name in ratios]
        yield f"| geometric mean |{' |' * len(present)} {' | '.join(means)} |\n"


def _spread(tasks: list[Record]) -> Iterator[str]:
    yield f"| function | {NORMAL} | {' | '.join(WIDE)} | worst tail | which | times as long |"
    yield f"|{'---|' * (len(WIDE) + 5)}"
    for task in tasks:
        tail = worst_tail(task)
        kinds = (*WIDE, tail)
        cells = [_cell(task["times"][kind]) for kind in (NORMAL, *kinds)]
        longer = ", ".join(f"{ratio(task, kind, NORMAL):.2f}" for kind in kinds)
        yield f"| {task['name']} | {' | '.join(cells)} | {tail.replace('..', ' to ')} | {longer} |"
    yield ""


def _own(task: Record) -> Iterator[str]:
    yield "| name | formula | time | beside gelu |\n|---|---|---|---|"
    for name, times in task["times"].items():
        formula = f"`{FORMULAS[name]}`" if name in FORMULAS else ""
        yield f"| {name} | {formula} | {_cell(times)} | {ratio(task, name, 'gelu'):.2f} |"
    yield ""


def _cell(times: list[float] | None) -> str:
    if times is None:
        return "–"
    low, median, high, rounds = times
    spread = f" ±{50 * (high - low) / median:.0f} %" if rounds > 1 else ""
    return f"{median:.3g}{spread}"


def _ratio(task: Record, peer: str) -> str:
    return f"{ratio(task, peer):.2f}" if peer in task["times"] else "–"


def _mean(tasks: list[Record], peer: str) -> str:
    ratios = [ratio(task, peer) for task in tasks if peer in task["times"]]
    return f"{geometric_mean(ratios):.2f}" if ratios else "–"


def _calls(found: Record) -> Iterator[str]:
    if calls := found.get("overhead"):
        rows = [(f"`{name}`", f"{us:.2f}") for name, us in calls.items()]
        yield from _listed("A call on 100 elements", ("call", "microseconds"), rows)
    if waking := found.get("waking"):
        head = ("threads", *next(iter(waking.values())))
        rows = [(n, *(f"{us:.1f}" for us in times.values())) for n, times in waking.items()]
        title = "relu of 256K elements, in microseconds, by when the next call comes"
        yield from _listed(title, head, rows)
    if first := found.get("first_call"):
        rows = [(n, *(f"{first[k][n]:.1f}" for k in first)) for n in first["compiled"]]
        yield from _listed("First call, in milliseconds", ("function", *first), rows)
    if parts := found.get("first_parts"):
        rows = [(part, f"{ms:.1f}") for part, ms in parts.items()]
        title = "Parts of the first call of gelu, in milliseconds"
        yield from _listed(title, ("part", "time"), rows)


def _listed(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"## {title}\n"
    yield f"| {' | '.join(head)} |\n|{'---|' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _compact(found: Record) -> Iterator[str]:
    for group, tasks in _groups(found).items():
        yield _title(group)
        for task in tasks:
            row = f" {task['row']}" if task["row"] else ""
            times = " ".join(f"{k} {v[1]:.3g}" for k, v in task["times"].items())
            peers = [name for name in RATIOS if name in task["times"]]
            ratios = " ".join(f"{name}/fast {_ratio(task, name)}" for name in peers)
            yield f"  {task['name'] + row:20} {times:75} {ratios}"
