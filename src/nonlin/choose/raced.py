"""What every result of a race over activations tells, whatever was trained."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from nonlin._text import Text, text

if TYPE_CHECKING:
    from nonlin.choose.candidates import Plan
    from nonlin.choose.ranked import Ranked
    from nonlin.choose.reasons import Advice
    from nonlin.trials.race import Race

MOST = 4  # points that are said at once


@dataclass(frozen=True, slots=True)
class Points:
    """Sentences behind the verdict: the first few, and all others."""

    first: tuple[Text, ...]
    rest: tuple[Text, ...]


class Raced:
    """A race with its ranking, best score first, and the advice that follows from it.

    notebooks show `_repr_html_`; `print` gives the verdict in three lines and the most important
    points, in the language in use; why: all points.
    """

    __slots__ = ()

    MORE: ClassVar[str]  # key of the sentence that says where more is
    name: str | Text
    plan: Plan
    race: Race
    standings: tuple[Ranked, ...]
    recommendation: Advice

    def __repr__(self) -> str:
        row = self.chosen
        tied = f"{len(self.tied)} of {len(self.standings)} tied"
        score = f"{self.measure} {row.score.value:.4g}"
        return f"<Result {self.name}: {row.label}, learning rate {row.rate:g}, {score}, {tied}>"

    @property
    @abstractmethod
    def urgent(self) -> tuple[str, ...]:
        """Keys of points that may make the answer another one, most of all first."""

    @property
    @abstractmethod
    def verdict(self) -> tuple[Text, ...]:
        """Three lines: what to use, how good it is, and beside what."""

    @property
    @abstractmethod
    def interruption(self) -> tuple[Text, ...]:
        """What Ctrl-C left undone; empty if nothing."""

    @property
    @abstractmethod
    def measure(self) -> str:
        """The name of the score."""

    @property
    @abstractmethod
    def measures(self) -> Sequence[Text]:
        """Columns of the ranking: the score, and what else is measured on test rows."""

    def others(self, row: Any) -> Iterator[str]:
        """Cells of a row for the measures after the score."""
        return iter(())

    @abstractmethod
    def everything(self) -> Iterator[Text]:
        """All that is worth saying beside the verdict, in its natural order."""

    @abstractmethod
    def ran_in(self, row: Ranked) -> Text:
        """In how many of all rounds what stopped early ran."""

    @property
    def points(self) -> Points:
        """Everything beside the verdict; nothing is left out, only put in order."""
        everything = tuple(self.everything())
        order = {key: place for place, key in enumerate(self.urgent)}
        urgent = sorted(
            (each for each in everything if each.key in order), key=lambda e: order[e.key]
        )
        first = tuple(urgent[:MOST])
        return Points(first, tuple(each for each in everything if each not in first))

    @property
    def more(self) -> tuple[Text, ...]:
        """Where the points after the first few stand; empty if there are none."""
        rest = len(self.points.rest)
        return (text(self.MORE, count=rest),) if rest else ()

    @property
    def why(self) -> tuple[Text, ...]:
        """All that is known beside the three lines of the verdict, what matters most first."""
        found = self.points
        return (*found.first, *found.rest)

    @property
    def aside(self) -> Text | None:
        """Why what stands first in the table is not what is recommended; None if it is."""
        top, chosen = self.standings[0], self.chosen
        if top is chosen:
            return None
        return text("verdict.aside", top=top.label, name=chosen.label)

    @property
    def said(self) -> tuple[Text, ...]:
        """What was interrupted, the verdict, the aside."""
        return (*self.interruption, *self.verdict, *([self.aside] if self.aside else []))

    @property
    def chosen(self) -> Any:
        """The row of the ranking that is recommended."""
        label = self.recommendation.label
        return next(row for row in self.standings if row.label == label)

    @property
    def networks_trained(self) -> int:
        """In the race; one to take away comes on top."""
        return self.race.networks

    @property
    def networks_planned(self) -> int:
        """If nothing had stopped: candidates x learning rates x splits.

        Learning rates: the planned ones, and those beyond them that the race tried, too.
        """
        rates = {*self.plan.rates, *self.rates}
        return replace(self.plan, rates=tuple(rates)).networks

    @property
    def ended(self) -> str:
        """Why the race ended: "splits" (all that were planned), "budget", "interrupted"."""
        return self.race.ended or "interrupted"

    @property
    def rates(self) -> tuple[float, ...]:
        """The learning rates at which any network was trained, rising."""
        scores = self.race.scores
        return tuple(sorted({arm.setting for arm in scores.arms if scores.ran(arm)}))

    @property
    def interrupted(self) -> bool:
        """Was it ended by Ctrl-C before everything was trained?"""
        return bool(self.interruption)

    @property
    def tied(self) -> tuple[str, ...]:
        """Activations without a significant difference to the leader, which is one of them."""
        return self.recommendation.tied

    def _repr_html_(self) -> str:
        """What a notebook shows: the verdict, the ranking, the first points."""
        from nonlin.choose.card import card

        return card(self)

    def plot(self, *, dark: bool = False) -> Any:
        """The ranking with its intervals as a matplotlib Figure: see `nonlin.plot`."""
        import nonlin  # what draws stands on a higher floor, and is asked by its public name

        return nonlin.plot(self, dark=dark)
