"""Short trainings of a subject and of changed copies, on the same rows, several times."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from nonlin._text import say
from nonlin.kernels.threads import thread_count
from nonlin.layers.subject import Answer, Edit, Initialise, Redraw, Retrain, Subject, Trial, Widen
from nonlin.network.train import in_parallel

Edits = tuple[Edit, ...]
Progress = Callable[[int, int, str], None]  # done, about how many, what

TIMES = 3  # repeats, each with other rows held out and other random numbers
MOST_STEPS = 1500  # of a training at first
SURE_STEPS = 4500  # of those that decide: what 1500 steps do not overcome, more may
FEWEST_STEPS = 150
SECONDS = 4.0  # for all of them, of which there are about
LOOKS, REPEATS = 20, 12
LONGEST = 1.0  # seconds of a single one: longer ones are told as not tried
BRIEF = 0.1  # seconds of a training that need no second look
EACH = 0.03  # of the error of a constant output: what a change must gain in each repeat
FORGOTTEN = 0.02  # so much less may be learnt on the rows trained on
LEARNT = 0.03  # of that error is gone, in the mean of the repeats


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """Trains a subject with changes, once for each combination of changes, fold and share.

    share: of its whole training, for a first look; sure: for what is to be relied on; whole: as
    much as it would be if there were time. seconds: that the first one took.
    """

    subject: Subject
    share: float
    sure: float
    whole: float = 0.0
    seconds: float = 0.0
    on_progress: Progress | None = None
    done: dict[tuple[Edits, int, float], Trial | None] = field(default_factory=dict)

    @classmethod
    def of(cls, subject: Subject, on_progress: Progress | None = None) -> Trials:
        """As long as the whole training, if that is short enough; the first one is done."""
        share, sure = (min(1.0, most / subject.recipe.steps) for most in (MOST_STEPS, SURE_STEPS))
        result = cls(subject, share, sure, share, on_progress=on_progress)
        seconds = result._timed(0)
        if seconds > BRIEF:  # the first one in a process also loads and compiles
            seconds = min(seconds, result._timed(1))
        result, one = replace(result, seconds=seconds), seconds / result.workers
        if one * (LOOKS + REPEATS * sure / share) <= SECONDS:
            return result
        if one * (LOOKS + REPEATS) <= SECONDS:
            return replace(result, sure=share)
        shorter = share * SECONDS / (one * (LOOKS + REPEATS))
        shorter = max(shorter, min(share, FEWEST_STEPS / subject.recipe.steps))
        done = result.done  # the first one is kept: it says what the whole training comes to
        return cls(subject, shorter, shorter, share, seconds * shorter / share, on_progress, done)

    def _timed(self, fold: int) -> float:
        """Seconds of CPU time, which are the same on a busy machine, of the training as it is."""
        begin = time.process_time()
        self._run([((), fold, self.share)])
        return time.process_time() - begin

    @property
    def workers(self) -> int:
        """Trainings at the same time."""
        return thread_count() if self.subject.concurrent else 1

    def _run(self, wanted: Iterable[tuple[Edits, int, float]]) -> None:
        """Train what was not trained before."""
        new = [each for each in dict.fromkeys(wanted) if each not in self.done]
        tasks = [partial(self._trained, *each) for each in new]
        for index, trial in in_parallel(tasks, self.workers):
            self.done[new[index]] = trial
            if self.on_progress:
                count = len(self.done)
                total = max(count, LOOKS + REPEATS)
                self.on_progress(count, total, say("diagnosis.trying"))

    def _trained(self, edits: Edits, fold: int, share: float, _: np.ndarray) -> Trial | None:
        changed = edited(self.subject, edits, fold)
        if changed is None:
            return None
        trial = changed.trial(share, fold)
        return replace(trial, subject=None) if edits else trial  # large models fill the memory

    def too_long(self, edits: Edits) -> bool:
        """Would a single training with these changes, of which the last may lengthen it, take more
        than LONGEST?
        """
        last = edits[-1]
        longer = last.longer if isinstance(last, Retrain) else 1
        return longer > 1 and self.seconds * longer > LONGEST

    def look(self, several: Iterable[Edits]) -> None:
        """Do what `first` asks for of all of these, side by side."""
        self._run((edits, 0, self.share) for edits in several)

    def repeat(self, several: Iterable[Edits]) -> None:
        """Do what `all` asks for of all of these, side by side."""
        self._run((edits, fold, self.sure) for edits in several for fold in range(TIMES))

    def first(self, edits: Edits) -> Trial | None:
        """A first look, in fold 0; None where the changes cannot be made."""
        self.look([edits])
        return self.done[edits, 0, self.share]

    @property
    def shortened(self) -> bool:
        """Is there too little time for trainings as long as they should be?"""
        return self.share < self.whole

    def reached(self, edits: Edits) -> float:
        """What the whole training comes to, or as much of it as there is time for elsewhere."""
        self._run([(edits, 0, self.whole)])
        return max(worth(self.first(edits)), worth(self.done[edits, 0, self.whole]))

    def all(self, edits: Edits) -> Sequence[Trial]:
        """Of every fold; empty where the changes cannot be made."""
        self.repeat([edits])
        found = [self.done[edits, fold, self.sure] for fold in range(TIMES)]
        return [each for each in found if each is not None]


def edited(subject: Subject, edits: Edits, fold: int = 0) -> Subject | None:
    """With all these changes; None if one cannot be made. fold: other random numbers."""
    changed: Subject | None = subject
    for edit in edits:
        if changed is None:
            break
        if isinstance(edit, Redraw | Initialise | Widen | Answer):
            edit = replace(edit, seed=fold)
        changed = changed.changed(edit)
    return changed


def worth(trial: Trial | None) -> float:
    """How much of the error of a constant output is gone on the rows held out; not below 0."""
    return 0.0 if trial is None else float(max(trial.held_out, 0.0))


def mean_worth(trials: Sequence[Trial]) -> float:
    """Over the repeats; 0 if there are none."""
    return sum(map(worth, trials)) / len(trials) if trials else 0.0


def better(trial: Trial | None, than: Trial | None) -> bool:
    """More on the rows held out, and hardly less on those it was trained on: not only slower."""
    if trial is None or than is None:
        return False
    return worth(trial) - worth(than) > EACH and trial.learnt > than.learnt - FORGOTTEN


def learns(trials: Sequence[Trial]) -> bool:
    """Did the error on rows held out fall, every time?"""
    return mean_worth(trials) > LEARNT and min(each.held_out for each in trials) > 0
