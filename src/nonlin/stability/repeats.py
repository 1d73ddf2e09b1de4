"""Short trainings of a subject and of changed copies, on the same rows, several times."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from nonlin._text import say
from nonlin.kernels.threads import get_threads
from nonlin.layers.subject import (
    CONSPICUOUS,
    Answer,
    Edit,
    Initialise,
    Redraw,
    Retrain,
    Subject,
    Trial,
    Widen,
)
from nonlin.network.train import in_parallel

Edits = tuple[Edit, ...]
Progress = Callable[[int, int, str], None]  # done, about how many, what

TIMES = 3  # repeats, each with other rows held out and other random numbers
MOST_STEPS = 1500  # of a training at first
SURE_STEPS = 4500  # of those that decide: what 1500 steps do not overcome, more may
FEWEST_STEPS = 150
SECONDS = 4.0  # of CPU time for all of them, of which there are about
LOOKS, REPEATS = 20, 12
NEARLY_WHOLE = 0.75  # of a training: what is longer than that is not shortened
LONGEST = 1.0  # seconds of a single one: longer ones are told as not tried
LONG = 0.25  # the same of one that nobody would do without, as a part of all seconds
BRIEF = 0.1  # seconds of a training that need no second look
GLANCE = 20  # steps that tell how long a training takes
FIRST = 0.5  # of all seconds is the most that the first training takes
EACH = 0.03  # of the error of a constant output: what a change must gain in each repeat
FORGOTTEN = 0.02  # so much less may be learnt on the rows trained on
LEARNT = 0.03  # of that error is gone, in the mean of the repeats


@dataclass(slots=True, eq=False)
class Trials:
    """Trains a subject with changes, once for each combination of changes, fold and share.

    share: of its whole training, for a first look; sure: for what is to be relied on; whole: as
    much as it would be if there were time: both others become shorter as `budget`, seconds of
    CPU time, is used up. one: seconds of a training of `whole`; spent: seconds until now.
    skipped: was there no time for some changes?
    """

    subject: Subject
    budget: float
    share: float
    sure: float
    whole: float
    one: float = 0.0
    spent: float = 0.0
    skipped: bool = False
    on_progress: Progress | None = None
    done: dict[tuple[Edits, int, float], Trial | None] = field(default_factory=dict)

    @classmethod
    def of(
        cls, subject: Subject, on_progress: Progress | None = None, seconds: float | None = None
    ) -> Trials:
        """As long as the whole training, if that is short enough; the first one is done."""
        seconds = SECONDS if seconds is None else seconds
        steps = subject.recipe.steps
        share, sure = (min(1.0, most / steps) for most in (MOST_STEPS, SURE_STEPS))
        affordable = FIRST * seconds / max(_glanced(subject, share, FIRST * seconds), 1e-9)
        if affordable < 1:
            share = sure = share * max(affordable, min(1.0, FEWEST_STEPS / (share * steps)))
        found = cls(subject, seconds, share, sure, share, on_progress=on_progress)
        found.one = found._timed(0)
        if found.one > BRIEF:  # the first one in a process also loads and compiles
            found.one = min(found.one, found._timed(1))
        found.spent = found.one / found.workers
        if found.spent * (LOOKS + REPEATS * sure / share) > seconds:
            found.sure = share
        return found

    def afford(self, several: Iterable[Edits]) -> None:
        """Shorten what follows, if there is no time for whole first looks at all of these and
        for repeats of what helps; what is done is done.
        """
        looks = sum((edits, 0, self.share) not in self.done for edits in several)
        wanted = self.one / self.workers * (looks + REPEATS)
        fits = max(self.budget - self.spent, 0.0) / max(wanted, 1e-9)
        share = self.whole * (1.0 if fits > NEARLY_WHOLE else fits)
        share = max(share, min(self.whole, FEWEST_STEPS / self.subject.recipe.steps))
        if share < self.share:
            self.share = self.sure = share

    @property
    def over(self) -> bool:
        """Is all time used up?"""
        return self.spent >= self.budget

    @property
    def wanted(self) -> float:
        """Seconds in which all would be tried with trainings as long as they should be; 0 if
        there were so many.
        """
        steps = self.subject.recipe.steps
        right = min(1.0, MOST_STEPS / steps)
        if self.share >= right and not self.skipped:
            return 0.0
        return self.one / self.workers * right / self.whole * (LOOKS + REPEATS)

    def _timed(self, fold: int) -> float:
        """Seconds of CPU time, which are the same on a busy machine, of the training as it is."""
        begin = time.process_time()
        self._run([((), fold, self.share)])
        return time.process_time() - begin

    @property
    def workers(self) -> int:
        """Trainings at the same time."""
        return get_threads() if self.subject.concurrent else 1

    def _run(self, wanted: Iterable[tuple[Edits, int, float]]) -> None:
        """Train what was not trained before."""
        new = [each for each in dict.fromkeys(wanted) if each not in self.done]
        tasks = [partial(self._trained, *each) for each in new]
        begin = time.process_time()
        for index, trial in in_parallel(tasks, self.workers):
            self.done[new[index]] = trial
            if self.on_progress:
                self.on_progress(*self._progress)
        self.spent += (time.process_time() - begin) / self.workers

    @property
    def _progress(self) -> tuple[int, int, str]:
        """Trainings done, of about how many, how long each is and all together take at most."""
        count, steps = len(self.done), max(1, round(self.share * self.subject.recipe.steps))
        one = self.one / self.workers * self.share / self.whole
        seconds = max(BRIEF, min(one * (LOOKS + REPEATS), self.budget))
        label = say("diagnosis.trying_for", steps=steps, seconds=f"{seconds:.2g}")
        return count, max(count, LOOKS + REPEATS), label

    def _trained(self, edits: Edits, fold: int, share: float, _: np.ndarray) -> Trial | None:
        changed = edited(self.subject, edits, fold)
        if changed is None:
            return None
        trial = changed.trial(share, fold)
        return replace(trial, subject=None) if edits else trial  # large models fill the memory

    def too_long(self, edits: Edits, suspicion: int) -> bool:
        """Would a single training with these changes, of which the last may lengthen it, take too
        much time?
        """
        last = edits[-1]
        longer = last.longer if isinstance(last, Retrain) else 1
        most = max(LONGEST, LONG * self.budget) if suspicion == CONSPICUOUS else LONGEST
        return longer > 1 and self.one * self.share / self.whole * longer > most

    def look(self, several: Iterable[Edits]) -> None:
        """Do what `first` asks for of all of these, side by side."""
        self._run((edits, 0, self.share) for edits in several)

    def helped(self, changed: Sequence[Edits], made: Edits) -> list[Edits]:
        """Those that train better than `made` in every repeat: what does not is not repeated."""
        for fold in range(TIMES):
            self._run((edits, fold, self.sure) for edits in (made, *changed))
            base = self.done[made, fold, self.sure]
            changed = [each for each in changed if better(self.done[each, fold, self.sure], base)]
        return list(changed)

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
        self._run((edits, fold, self.sure) for fold in range(TIMES))
        found = [self.done[edits, fold, self.sure] for fold in range(TIMES)]
        return [each for each in found if each is not None]


def _glanced(subject: Subject, share: float, enough: float) -> float:
    """About how many seconds a training of this share takes; twice looked at if that is more than
    `enough`, since the first one in a process also loads and compiles.
    """
    part = min(1.0, GLANCE / (share * subject.recipe.steps))
    found = math.inf
    for _ in range(2):
        begin = time.process_time()
        subject.trial(part * share, 0)
        found = min(found, (time.process_time() - begin) / part)
        if found <= enough:
            break
    return found


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
