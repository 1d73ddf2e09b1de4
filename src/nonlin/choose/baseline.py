"""What the network is worth: a constant and a linear model on the same splits.

The linear model is a network without hidden layers, trained as the others are: same output, same
loss, same batches, same number of steps. So it exists for every kind of task.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nonlin._text import Text, text
from nonlin.choose import statistics
from nonlin.choose.candidates import Plan
from nonlin.choose.data import Table
from nonlin.choose.race import Round
from nonlin.choose.standing import Standing, scores_of
from nonlin.choose.task import Task
from nonlin.choose.trial import Data, rows_of
from nonlin.measure import Measurement
from nonlin.network import Network, train_many
from nonlin.network.constant import constant_logits

FASTER = (0.03, 0.1)  # tried besides the plan's rates: there is no depth that they could harm


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Scores on the test rows of the splits in which the recommended network ran.

    constant: the one prediction that is best on the training rows. linear: a linear model, its
    learning rate chosen on validation rows. gain: score of the network minus that of the linear
    model, paired by split; interval: 95 %, corrected (None: one split). p_value: two-sided.
    """

    constant: Measurement
    linear: Measurement
    gain: Measurement
    interval: tuple[float, float] | None
    p_value: float | None

    @property
    def sentence(self) -> Text:
        """Is the network worth more than a linear model?"""
        known = {
            "linear": f"{self.linear.value:.4f}",
            "constant": f"{self.constant.value:.4f}",
            "gain": f"{self.gain.value:+.4f}",
            "what": self.linear.what,
        }
        if self.interval is None or self.p_value is None:
            return text("baseline.once", **known)
        low, high = (f"{end:+.4f}" for end in self.interval)
        sure = self.p_value < 1 - statistics.LEVEL
        better = self.gain.value > 0
        key = ("better" if better else "worse") if sure else "equal"
        return text(f"baseline.{key}", low=low, high=high, **known)


def baseline(
    table: Table, task: Task, plan: Plan, rounds: Sequence[Round], chosen: Standing
) -> Baseline:
    """Both baselines beside the recommended network; the result depends on no clock."""
    ran = [each for each in rounds if each.seed in chosen.seeds]
    found = [_scores(table, task, plan, each.seed) for each in ran]
    constants, lines = zip(*found, strict=True)
    own = scores_of(rounds, plan, chosen)
    differences = [network - line for network, line in zip(own, lines, strict=True)]
    ratio = rounds[0].test_rows / rounds[0].train_rows
    step = 1.0 / rounds[0].test_rows if task.stepwise else 0.0
    where = text("measure.test_rows", rounds=len(ran))

    def measured(values: Sequence[float]) -> Measurement:
        error = statistics.standard_error(values, ratio, step)
        mean = float(np.mean(values))
        return Measurement(mean, error, "", text(f"measure.{task.score}"), where)

    gain = measured(differences)
    half = statistics.half_width(differences, ratio, step)
    return Baseline(
        constant=measured(constants),
        linear=measured(lines),
        gain=gain,
        interval=None if half is None else (gain.value - half, gain.value + half),
        p_value=statistics.paired_p_value(differences, ratio, step),
    )


def _scores(table: Table, task: Task, plan: Plan, seed: int) -> tuple[float, float]:
    """Of the constant and of the linear model on the test rows of one split."""
    data = rows_of(table, task, seed)
    line = _line(data, task, plan, seed)
    own, weights = (data.weights[0], data.weights[2]) if data.weights else (None, None)
    constant = constant_logits(line, *data.train, task.objective(), own)
    inputs, target = data.test
    everywhere = np.broadcast_to(constant, (len(inputs), len(constant)))
    both = (everywhere, line.logits(inputs))
    first, second = (task.judge(logits, target, weights)[0] for logits in both)
    return first, second


def _line(data: Data, task: Task, plan: Plan, seed: int) -> Network:
    """The linear model with the lowest validation loss."""
    rates = (*plan.rates, *(rate for rate in FASTER if rate > max(plan.rates)))
    sizes = (len(data.preparation.names), task.outputs)
    count = len(data.train[0])
    jobs = [
        data.job(
            Network(sizes, (), task.output, "auto", seed),
            plan.settings(rate, count, seed),
            task.objective(),
        )
        for rate in rates
    ]
    records = dict(train_many(jobs, plan.threads))
    best = min(records, key=lambda index: (records[index].best_loss, index))
    return jobs[best].network
