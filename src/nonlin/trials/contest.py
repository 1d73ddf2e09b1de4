"""What is raced: arms, what comes out of one, and what a contest must be able to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Arm:
    """One thing to try: a candidate, such as an activation, and a setting of it, such as a rate.

    Both can be hashed; nothing else is asked of them.
    """

    candidate: Any
    setting: Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one arm on one split.

    loss (lower is better), on validation rows, picks the setting of a candidate, stops and leads;
    validated (higher is better) is the score there. claimed (higher is better), on rows that
    decide nothing, only claims. seconds: that it took. measures: whatever else is known by name;
    NaN where there is no such number.
    """

    loss: float
    validated: float
    claimed: float
    seconds: float
    diverged: bool
    measures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Sizes:
    """Rows that train, rows that validate, rows that test."""

    train: int
    validation: int
    test: int


class Split(Protocol):
    """One way to part the rows, on which arms can be run."""

    @property
    def sizes(self) -> Sizes:
        """Of its three parts."""

    def run(self, arms: Sequence[Arm], threads: int | None) -> Iterator[tuple[Arm, Outcome]]:
        """Outcomes in any order; the same for any number of threads (None: as many as cores).

        What is left early stops: closing the iterator cancels what has not ended.
        """


class Contest(Protocol):
    """Anything that can be raced."""

    @property
    def arms(self) -> Sequence[Arm]:
        """Of the first split; those of one candidate from the safest setting on."""

    def key(self, arm: Arm) -> str:
        """The same for the same arm, in whatever contest and process it stands."""

    def label(self, arm: Arm) -> str:
        """The candidate, as a reader knows it."""

    def split(self, seed: int) -> Split:
        """The split that belongs to a seed."""

    def resolution(self, rows: int) -> float:
        """The smallest step of a score on so many rows; 0 for one that moves smoothly."""
