"""What the network is worth: a constant and a linear model on the same splits.

The linear model has the output and the loss of the task, so that it exists for every kind, and a
penalty on the squares of its weights, chosen on validation rows: ridge and logistic regression,
and their like. It is fitted to the end, not trained in steps: a weak baseline flatters networks.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial

import numpy as np

from nonlin._text import Text, text
from nonlin.choose.contest import Networks
from nonlin.choose.prepared import Data
from nonlin.choose.standing import Standing
from nonlin.kernels.threads import get_threads
from nonlin.measure import Measurement
from nonlin.network import Network
from nonlin.network.constant import constant_logits
from nonlin.network.linear import Rows, fit_linear
from nonlin.network.train import in_parallel
from nonlin.tasks.task import Task
from nonlin.trials import statistics
from nonlin.trials.scores import Scores


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Scores on the test rows of the splits in which the recommended network ran.

    constant: the one prediction that is best on the training rows. linear: a linear model, its
    penalty chosen on validation rows. gain: score of the network minus that of the linear
    model, paired by split; interval: 95 %, corrected (None: one split). p_value: two-sided.
    """

    constant: Measurement
    linear: Measurement
    gain: Measurement
    interval: tuple[float, float] | None
    p_value: float | None

    @property
    def least(self) -> float:
        """What a network must exceed to be worth anything: the best constant's score.

        For scores that a constant makes 0, that of the training rows may be worse still.
        """
        return max(self.constant.value, 0.0)

    @property
    def own(self) -> float:
        """The network's score."""
        return self.linear.value + self.gain.value

    @property
    def sure(self) -> bool | None:
        """Does the network differ from the linear model by more than chance? None: one split."""
        return None if self.p_value is None else self.p_value < 1 - statistics.LEVEL

    @property
    def worthless(self) -> bool:
        """Has the network no more than the best constant?"""
        return self.own <= self.least

    @property
    def sentence(self) -> Text:
        """Is the network worth more than a linear model, and than a constant?"""
        known = {
            "own": f"{self.own:.4f}",
            "linear": f"{self.linear.value:.4f}",
            "constant": f"{self.constant.value:.4f}",
            "gain": f"{self.gain.value:+.4f}",
            "what": self.linear.what,
        }
        if self.interval is None or self.p_value is None:
            return text("baseline.once", **known)
        low, high = (f"{end:+.4f}" for end in self.interval)
        better = self.gain.value > 0
        key = ("better" if better else "worse") if self.sure else "equal"
        if self.worthless and not (key == "worse" and self.linear.value > self.least):
            key = "nothing"
        return text(f"baseline.{key}", low=low, high=high, **known)


def baseline(contest: Networks, scores: Scores, chosen: Standing) -> Baseline:
    """Both baselines beside the recommended network; the result depends on no clock."""
    task, ran = contest.task, scores.of(chosen.seeds)
    tasks = [partial(_scores, contest, seed) for seed in chosen.seeds]
    with closing(in_parallel(tasks, contest.plan.threads or get_threads())) as ended:  # type: ignore[type-var]
        found = dict(ended)
    constants, lines = zip(*(found[k] for k in range(len(tasks))), strict=True)
    own = [each.claimed for each in chosen.ran.outcomes]
    differences = [network - line for network, line in zip(own, lines, strict=True)]
    ratio, step = ran.ratio(), ran.resolution()
    where = text("measure.test_rows", rounds=len(own))

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


def _scores(contest: Networks, seed: int, stop: np.ndarray) -> tuple[float, float]:
    """Of the constant and of the linear model on the test rows of one split."""
    data, task = contest.rows(seed), contest.task
    line = _line(data, task)
    own, weights = (data.weights[0], data.weights[2]) if data.weights else (None, None)
    constant = constant_logits(line, *data.train, task.objective(), own)
    inputs, target = data.test
    everywhere = np.broadcast_to(constant, (len(inputs), len(constant)))
    both = (everywhere, line.logits(inputs))
    first, second = (task.judge(logits, target, weights)[0] for logits in both)
    return first, second


def _line(data: Data, task: Task) -> Network:
    """The linear model, its penalty chosen on validation rows."""
    sizes = (len(data.preparation.names), task.outputs)
    parts: tuple[Rows, ...] = (data.train, data.validation)
    if data.weights:
        parts = tuple((*part, counts) for part, counts in zip(parts, data.weights, strict=False))
    empty = Network(sizes, (), task.output, "zeros", dtype=np.float64)
    return fit_linear(empty, parts[0], parts[1], task.objective())
