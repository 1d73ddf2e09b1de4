"""The contest that `choose` is: networks of every candidate and learning rate on one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import numpy as np

from nonlin.choose.candidates import REFERENCE, Candidate, Plan
from nonlin.choose.prepared import Data, Sample, rows_of, sample
from nonlin.data.table import Table
from nonlin.kernels.threads import get_threads
from nonlin.layers.network_passes import looked_at, starting
from nonlin.network import Job, Network
from nonlin.network.train import in_parallel, run_of
from nonlin.tasks.task import Task
from nonlin.trials.contest import Arm, Outcome, Sizes

KEPT = 10_000_000  # cells of a table, in all splits together
Measures = dict[str, float]


class PlannedContest:
    """What every contest between the candidates of a plan has, whatever is trained."""

    __slots__ = ()

    plan: Plan

    @property
    def arms(self) -> tuple[Arm, ...]:
        """See `Plan.arms`."""
        return self.plan.arms

    def key(self, arm: Arm) -> str:
        """See the function."""
        return key(arm)

    def label(self, arm: Arm) -> str:
        """The activation, and what else tells it from the others."""
        return self.plan.label(arm.candidate)


@dataclass(frozen=True, slots=True, eq=False)
class Networks(PlannedContest):
    """The arms are a Candidate and a learning rate each; see `nonlin.trials.contest.Contest`.

    rows: the prepared split of a seed. least: the score of the best constant.
    """

    rows: Callable[[int], Data]
    least: float
    task: Task
    plan: Plan

    @classmethod
    def of(cls, table: Table, task: Task, plan: Plan) -> Networks:
        """Splits of a small table are kept: the linear model needs them again."""
        prepared = partial(rows_of, table, task)
        small = table.rows * table.features.width * len(plan.seeds) <= KEPT
        least = task.constant_score(table.target, table.roles.weights)
        return cls(cache(prepared) if small else prepared, least, task, plan)

    @property
    def reference(self) -> tuple[Candidate, ...]:
        """Those with which the others are compared."""
        found = self.plan.candidates
        return tuple(each for each in found if each.activation.name == REFERENCE)

    def beside(self, arm: Arm, step: int) -> Arm | None:
        """See `Plan.beside`."""
        return self.plan.beside(arm, step)

    def split(self, seed: int) -> NetworkSplit:
        """Its rows, prepared."""
        return NetworkSplit(self.rows(seed), self.task, self.plan, seed)

    def resolution(self, rows: int) -> float:
        """An accuracy moves in steps of one row; R^2 moves smoothly."""
        return 1.0 / rows if self.task.stepwise else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class NetworkSplit:
    """One split of the rows; see `nonlin.trials.contest.Split`."""

    data: Data
    task: Task
    plan: Plan
    seed: int

    @property
    def sizes(self) -> Sizes:
        """Rows of the three parts."""
        data = self.data
        return Sizes(len(data.train[0]), len(data.validation[0]), len(data.test[0]))

    @property
    def looked_at(self) -> Sample:
        """Training rows on which stability is measured."""
        return sample(self.data)

    @property
    def arrays(self) -> tuple[np.ndarray, ...]:
        """Inputs, targets, weights."""
        return self.data.arrays

    def having(self, arrays: Sequence[np.ndarray]) -> NetworkSplit:
        """The same with these in their place."""
        return replace(self, data=self.data.having(arrays))

    def run(self, arms: Sequence[Arm], threads: int | None) -> Iterator[tuple[Arm, Outcome]]:
        """Train them: same rows, batches and initial noise for all."""
        begun = cache(self._begun)  # before the first rate of a candidate, for all of them
        return run_arms(partial(self._outcome, begun, {}), arms, threads or self.plan.threads)

    def untrained(self, candidate: Candidate) -> Network:
        """Initialised for its activation."""
        inputs = len(self.data.preparation.names)
        return network(inputs, self.task, candidate, self.seed)

    def job(self, network: Network, rate: float) -> Job:
        """To train it at this rate."""
        rule = self.plan.settings(rate, self.sizes.train, self.seed)
        return self.data.job(network, rule, self.task.objective())

    def _begun(self, candidate: Candidate) -> tuple[Network, Measures]:
        """A network before training, and what can be said of it."""
        made = self.untrained(candidate)
        return made, before(made, *self.looked_at, self.task.objective())

    def _outcome(
        self,
        begun: Callable[[Candidate], tuple[Network, Measures]],
        shared: dict[tuple[int, ...], Any],
        arm: Arm,
        stop: np.ndarray,
    ) -> Outcome:
        with np.errstate(over="ignore", invalid="ignore"):  # of networks that diverge
            start, measured = begun(arm.candidate)
            network = start.copy()
            record = run_of(self.job(network, arm.setting), shared)(stop)
            judged = self.data.judged(network, 2, self.task)
            told = {"error": judged.error, "beside": judged.beside}
            return Outcome(
                loss=record.best_loss,
                validated=self.data.judged(network, 1, self.task).score,
                claimed=judged.score,
                seconds=record.seconds,
                diverged=record.diverged_at is not None,
                measures=measured | after(network, self.looked_at[0]) | _known(told),
            )


def _known(told: dict[str, float | None]) -> Measures:
    return {name: value for name, value in told.items() if value is not None}


def run_arms(
    outcome: Callable[[Arm, np.ndarray], Outcome], arms: Sequence[Arm], threads: int | None
) -> Iterator[tuple[Arm, Outcome]]:
    """Each arm with its outcome(arm, stop), as they end; see `in_parallel`."""
    tasks = [partial(outcome, arm) for arm in arms]
    with closing(in_parallel(tasks, threads or get_threads())) as ended:  # type: ignore[type-var]
        for index, found in ended:
            yield arms[index], found


def before(network: Network, inputs: np.ndarray, target: np.ndarray, loss: Any) -> Measures:
    """What is measured of a network before training."""
    dead, ratio = starting(network, inputs, target, loss)
    return {"dead_before": dead, "gradient_ratio": ratio}


def after(network: Network, inputs: np.ndarray) -> Measures:
    """What is measured of a network after training."""
    dead, saturated = looked_at(network, inputs)
    return {"dead": dead, "saturated": saturated}


def key(arm: Arm) -> str:
    """Its activation with all values, its hidden layers, its rate."""
    return f"{arm.candidate.activation!r} {arm.candidate.hidden} {arm.setting!r}"


def network(inputs: int, task: Task, candidate: Candidate, seed: int) -> Network:
    """An untrained network for so many inputs, initialised for its activation."""
    sizes = (inputs, *candidate.hidden, task.outputs)
    return Network(sizes, candidate.activation, task.output, "auto", seed)


def warm_up() -> None:
    """Load the compiled training loop, so that no network's seconds contain that."""
    rows = np.zeros((1, 1), np.float32)
    Network([1, 1, 1]).fit(rows, rows, epochs=1)
