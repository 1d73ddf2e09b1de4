"""What `nonlin.torch.choose` returns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from nonlin._text import Text, text
from nonlin.choose.raced import Raced
from nonlin.torch.choosing import verdict as sentences

if TYPE_CHECKING:
    import polars as pl
    from torch import nn

    from nonlin.choose.candidates import Plan
    from nonlin.choose.ranked import Ranked
    from nonlin.torch.choosing.estimate import Estimate
    from nonlin.torch.choosing.maker import Maker
    from nonlin.torch.choosing.ranking import Recommendation, Standing
    from nonlin.torch.choosing.scoring import Score
    from nonlin.torch.swapped import Swapped
    from nonlin.trials.race import Race
    from nonlin.trials.shares import Shares


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Result(Raced):
    """The answer to "which activation, for my model?", with everything behind it.

    name: the class of the model. recommendation: what to use and why. standings: the ranking,
    best score first, what stopped early last. race: every network that was trained. score: what
    was compared. shares: how much of the spread of the scores comes from what. estimate: what was
    said before the start. notes: what the user should know. seconds: in all. `print` gives the
    verdict in three lines, the ranking and the most important points, in the language in use.
    """

    MORE: ClassVar[str] = "torch_choose.more"

    name: str
    maker: Maker
    plan: Plan
    race: Race
    score: Score
    standings: tuple[Standing, ...]
    recommendation: Recommendation
    shares: Shares | None
    estimate: Estimate
    notes: tuple[Text, ...]
    seconds: float

    def __str__(self) -> str:
        return "\n".join(sentences.lines(self))

    def model(self, seed: int = 0) -> nn.Module:
        """A new model with the recommended activation, its weights drawn for it; not trained."""
        return self.maker.untrained(self.recommendation.activation, seed)

    def apply(self, model: nn.Module, seed: int = 0) -> Swapped:
        """Change a model that is there, in place: swapped, and drawn anew; see `nt.swap`."""
        return self.maker.changed(model, self.recommendation.activation, seed)

    @property
    def urgent(self) -> tuple[str, ...]:
        """See `Raced`, also for what follows."""
        return sentences.URGENT

    @property
    def verdict(self) -> tuple[Text, ...]:
        """The three lines."""
        return sentences.verdict(self)

    @property
    def interruption(self) -> tuple[Text, ...]:
        """Seeds that were not run to the end."""
        if not self.race.interrupted:
            return ()
        done, planned = len(self.race.rounds), len(self.plan.seeds)
        return (text("torch_choose.interrupted", seeds=done, planned=planned),)

    @property
    def measure(self) -> str:
        """The name of the score."""
        return self.score.name

    @property
    def measures(self) -> tuple[Text, ...]:
        """The score."""
        return (self.score.what,)

    def everything(self) -> Iterator[Text]:
        """Advice, what is repeated, shares, notes."""
        return sentences.everything(self)

    def ran_in(self, row: Ranked) -> Text:
        """With how many of the seeds."""
        return text("torch_choose.ran_in", ran=row.rounds, seeds=len(self.race.rounds))

    @property
    def table(self) -> pl.DataFrame:
        """The ranking as a polars frame, one row per activation: the columns of `nl.choose`'s
        that are no property of a table's network.
        """
        import polars as pl

        label: Any = self.recommendation.label
        return pl.DataFrame([each.columns(label) for each in self.standings])
