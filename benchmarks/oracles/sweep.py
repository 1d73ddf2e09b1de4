"""Full sweeps: every activation at every rate on SPLITS splits of every table.

What was trained is journalled beside the tables, so that a sweep goes on where it ended. Of each
table a summary is kept in the repository, SUMMARIES/name.npz: `loss`, `validated`, `claimed`,
`diverged`, `dead`, `saturated` (splits, activations, rates), `ratio` (splits, activations), sizes
of the parts of a split. `fingerprint`: the validation scores of one activation and rate, by which
`stale` finds out that training or reading has changed since.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oracles.sources import FOLDER, Source

SUMMARIES = Path(__file__).parent / "summaries"
SPLITS = 18  # 10 that a policy may see, 8 that judge it
CHECKED = ("relu", 3e-3)
WHAT = ("loss", "validated", "claimed", "dead", "saturated", "diverged")


@dataclass(frozen=True, slots=True, eq=False)
class Oracle:
    """What a full sweep found: arrays (splits, activations, rates), and how large the parts are."""

    name: str
    domain: str
    task: str
    activations: tuple[str, ...]
    rates: tuple[float, ...]
    sizes: tuple[int, int, int]
    stepwise: bool
    loss: np.ndarray
    validated: np.ndarray
    claimed: np.ndarray
    dead: np.ndarray
    saturated: np.ndarray
    diverged: np.ndarray
    ratio: np.ndarray


def contest_of(source: Source, permuted: int | None = None):
    """The contest on its table; `permuted`: a seed by which the target is shuffled."""
    import nonlin.choose  # noqa: F401
    from nonlin.choose.candidates import plan
    from nonlin.choose.contest import Networks
    from nonlin.data.table import from_memory
    from nonlin.tasks.task import infer

    X, y = source.rows()
    if permuted is not None:
        y = y[np.random.default_rng(permuted).permutation(len(y))]
    table = from_memory(X, y)
    task = infer(table.target, "y", source.task)
    return Networks.of(table, task, plan(seeds=SPLITS, full=True, seed=permuted or 0))


def sweep(source: Source, permuted: int | None = None) -> Path:
    """Train what is not known yet, and write the summary."""
    from nonlin.choose.contest import key
    from nonlin.trials.journal import Journal

    contest = contest_of(source, permuted)
    name = source.name if permuted is None else f"{source.name}-permuted-{permuted}"
    journal = Journal(FOLDER / f"{name}.jsonl", key, True)
    found = []
    for seed in contest.plan.seeds:
        split = contest.split(seed)
        outcomes = dict(journal.known(seed, contest.arms))
        todo = [arm for arm in contest.arms if arm not in outcomes]
        for arm, outcome in split.run(todo, None) if todo else ():
            journal.keep(seed, arm, outcome)
            outcomes[arm] = outcome
        found.append((split.sizes, [outcomes[arm] for arm in contest.arms]))
    journal.close()
    return _write(name, source, contest, found)


def _write(name: str, source: Source, contest, found) -> Path:
    plan = contest.plan
    shape = (len(found), len(plan.candidates), len(plan.rates))

    def table(read) -> np.ndarray:
        cells = [[read(each) for each in outcomes] for _, outcomes in found]
        return np.array(cells, np.float32).reshape(shape)

    def outcome(what: str):
        measured = what in ("dead", "saturated")
        return lambda each: each.measures[what] if measured else getattr(each, what)

    path = SUMMARIES / f"{name}.npz"
    path.parent.mkdir(exist_ok=True)
    sizes = found[0][0]
    np.savez_compressed(
        path,
        domain=source.domain,
        task=source.task,
        activations=[each.activation.name for each in plan.candidates],
        rates=plan.rates,
        sizes=(sizes.train, sizes.validation, sizes.test),
        stepwise=contest.task.stepwise,
        ratio=table(lambda each: each.measures["gradient_ratio"])[:, :, 0],
        **{what: table(outcome(what)) for what in WHAT},
    )
    return path


def stored(name: str) -> Oracle:
    """The summary of one table."""
    with np.load(SUMMARIES / f"{name}.npz", allow_pickle=False) as kept:
        return Oracle(
            name=name,
            domain=str(kept["domain"]),
            task=str(kept["task"]),
            activations=tuple(kept["activations"].tolist()),
            rates=tuple(kept["rates"].tolist()),
            sizes=tuple(kept["sizes"].tolist()),
            stepwise=bool(kept["stepwise"]),
            ratio=kept["ratio"],
            **{what: kept[what] for what in WHAT},
        )


def stale(source: Source) -> str | None:
    """What no longer holds of a summary, by one network trained anew; None if all holds."""
    oracle, contest = stored(source.name), contest_of(source)
    split = contest.split(contest.plan.seeds[0])
    sizes = (split.sizes.train, split.sizes.validation, split.sizes.test)
    if sizes != oracle.sizes:
        return f"{source.name}: rows {oracle.sizes} have become {sizes}"
    name, rate = CHECKED
    arm = next(
        each
        for each in contest.arms
        if each.candidate.activation.name == name and each.setting == rate
    )
    ((_, outcome),) = split.run([arm], 1)
    where = oracle.activations.index(name), oracle.rates.index(rate)
    before = float(oracle.validated[0][where])
    if not np.isclose(outcome.validated, before, rtol=1e-3, atol=1e-3):
        return f"{source.name}: {name} scored {before:.4f}, now {outcome.validated:.4f}"
    return None


def sweep_all(sources: tuple[Source, ...]) -> None:
    """Every table that has no summary yet."""
    for source in sources:
        if not (SUMMARIES / f"{source.name}.npz").exists():
            begin = time.perf_counter()
            sweep(source)
            print(f"{source.name}: {time.perf_counter() - begin:.0f} s", flush=True)
