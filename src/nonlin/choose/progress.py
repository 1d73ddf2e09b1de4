"""How far a race is, and whether it is written down, as users are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nonlin._errors import InputError
from nonlin._text import Text, say, text
from nonlin.trials.contest import Contest
from nonlin.trials.journal import Journal
from nonlin.trials.pace import Pace
from nonlin.trials.race import Ran

Progress = Callable[[int, int, str], None]


def can_be_told(given: Any, sentence: str = "not_told") -> None:
    """InputError for what cannot be called, before anything is trained."""
    if given is not None and not callable(given):
        raise InputError(sentence, given=type(given).__name__)


def ticker(
    on_progress: Progress | None, contest: Contest, pace: Pace, words: str = "choose.round"
) -> Callable[[Ran], None]:
    """Tells `on_progress` how far the race is; the end is never moved away."""
    most = pace.most(contest.arms)

    def tick(event: Ran) -> None:
        if on_progress:
            label = say(words, number=event.split + 1, rounds=len(most))
            here = most[event.split]
            # the first split is run in turns, and so many are due only at the last of them
            done = event.done if event.split == 0 else round(here * event.done / event.due)
            on_progress(sum(most[: event.split]) + min(done, here), sum(most), label)

    return tick


def unwritten(journal: Journal) -> tuple[Text, ...]:
    """A note if the journal could not be kept."""
    if journal.failure is None:
        return ()
    return (text("choose.no_journal", reason=journal.failure),)
