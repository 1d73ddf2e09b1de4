"""What `choose` returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from nonlin._errors import NonlinError
from nonlin._text import Text, text
from nonlin.choose import verdict as sentences
from nonlin.choose.raced import Raced

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike
    from pathlib import Path

    import numpy as np
    import polars as pl

    from nonlin.choose.baseline import Baseline
    from nonlin.choose.candidates import Plan
    from nonlin.choose.held_out import HeldOut
    from nonlin.choose.layers import Layers
    from nonlin.choose.prepared import Sample
    from nonlin.choose.ranked import Ranked
    from nonlin.choose.recommend import Recommendation
    from nonlin.choose.standing import Standing
    from nonlin.data.plan import Plan as Reading
    from nonlin.data.prepare import Preparation
    from nonlin.keep import Model
    from nonlin.network import Network, Record, Settings
    from nonlin.tasks.task import Task
    from nonlin.trials.race import Race
    from nonlin.trials.shares import Shares


@dataclass(frozen=True, slots=True, eq=False)
class Final:
    """The network that the user takes away, what prepares its inputs, and how it was trained.

    sample: some of the rows that it was trained on, prepared, with their encoded targets.
    """

    network: Network
    preparation: Preparation
    record: Record
    settings: Settings
    sample: Sample


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Result(Raced):
    """The answer to "which activation, for my data?", with everything behind it.

    recommendation: what to use and why. standings: the ranking, best score first, what stopped
    early last. final: trained with the recommendation on 80 % of all rows (the other 20 % stop
    the training); its score is the one of the race, which had less to learn from; None if
    Ctrl-C came before. held_out: the same network as it was on the first split, with test rows
    that it never saw; None as before. race: every network that was trained. rows: that were used,
    of of_rows. baseline: a constant and a linear model on the same splits; None if Ctrl-C came
    before. shares: how much of the spread of the scores comes from what; None where nothing can be
    told apart. sample: training rows of the first split, at most 1024, prepared, with their encoded
    targets. notes: what the user should know. seconds: of the call; of the command
    `nonlin choose`, since it began.
    reading: how the text file was read, if it was one.
    `print` gives the verdict in three lines and the most important points, in the language in use;
    why: all of them.
    """

    MORE: ClassVar[str] = "verdict.more_python"

    name: str | Text
    rows: int
    of_rows: int
    columns: int
    target: str
    task: Task
    plan: Plan
    race: Race
    standings: tuple[Standing, ...]
    recommendation: Recommendation
    final: Final | None
    held_out: HeldOut | None
    baseline: Baseline | None
    shares: Shares | None
    sample: Sample
    notes: tuple[Text, ...]
    seconds: float
    reading: Reading | None = None

    def __str__(self) -> str:
        return "\n".join(sentences.lines(self))

    @property
    def urgent(self) -> tuple[str, ...]:
        """See `Raced`, also for what follows."""
        return sentences.URGENT

    @property
    def verdict(self) -> tuple[Text, ...]:
        """The three lines."""
        return sentences.verdict(self)

    @property
    def measure(self) -> str:
        """The name of the score."""
        return self.task.score

    @property
    def measures(self) -> tuple[Text, ...]:
        """Score, error and second measure, as far as there are any."""
        names = (self.task.score, self.task.error, self.task.beside)
        return tuple(text(f"report.short.{name}") for name in names if name)

    def others(self, row: Standing) -> Iterator[str]:
        """Error and second measure."""
        return sentences.other_measures(row, self.task)

    def everything(self) -> Iterator[Text]:
        """Advice, baseline, shares, notes."""
        return sentences.everything(self)

    def ran_in(self, row: Ranked) -> Text:
        """In how many of the splits."""
        return sentences.splits(row, len(self.race.rounds))

    @property
    def untried(self) -> tuple[Text, ...]:
        """What this result says nothing about."""
        from nonlin.choose.untried import untried

        return tuple(untried(self.plan, self.rates))

    @property
    def layers(self) -> tuple[Layers, ...]:
        """What happens in every layer of the networks: measured whenever it is asked for."""
        from nonlin.choose.layers import layers

        return tuple(layers(self))

    @property
    def network(self) -> Network | None:
        """Trained with the recommendation; None if Ctrl-C came before."""
        return self.final.network if self.final else None

    @property
    def preparation(self) -> Preparation | None:
        """From raw rows to inputs of the network; None if Ctrl-C came before."""
        return self.final.preparation if self.final else None

    @property
    def record(self) -> Record | None:
        """Of the training of the network; None if Ctrl-C came before."""
        return self.final.record if self.final else None

    @property
    def interruption(self) -> tuple[Text, ...]:
        """What Ctrl-C left undone; empty if nothing."""
        done, planned = len(self.race.rounds), len(self.plan.seeds)
        rounds = text("choose.interrupted", rounds=done, planned=planned)
        found = ((self.race.interrupted, rounds), (not self.final, text("choose.no_network")))
        return tuple(sentence for so, sentence in found if so)

    @property
    def table(self) -> pl.DataFrame:
        """The ranking as a polars frame, one row per activation, best score first,
        what stopped early last.

        low, high: the 95 % interval of the score. difference: to the leader's score on the same
        splits, with its own 95 % interval (null: one split, or the leader). dead units before
        and after training and saturated are shares; p_value is adjusted (Holm). The error's
        column is called as what it measures: rmse (null for classes), mae, pinball, wrong or
        steps; a second measure follows where the task has one: mae, rmse, log_loss or accuracy.
        """
        import polars as pl

        return pl.DataFrame(
            [_row(each, self.recommendation.label, self.task) for each in self.standings]
        )

    def predict(self, X: Any) -> np.ndarray:
        """Predictions for raw rows, as they were given to `choose`, shape (rows,).

        Class labels, or numbers in the units of the target; of several labels 0 and 1, shape
        (rows, labels); quantiles never cross, shape (rows, quantiles). Raises InputError if
        columns are missing or do not fit, NonlinError if Ctrl-C came before the network was
        trained.
        """
        return self.model.predict(X)

    @property
    def model(self) -> Model:
        """What to take away: network, preparation, task; see `nonlin.keep.Model`.

        Raises NonlinError if Ctrl-C came before the network was trained.
        """
        from nonlin.choose.take import take

        if self.final is None:
            raise NonlinError("no_network")
        return take(self, self.final)

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each class for raw rows, (rows, classes): see `Model`."""
        return self.model.predict_proba(X)

    def save(self, folder: str | PathLike[str]) -> Path:
        """Write the model into a folder, which `nl.load` reads: see `Model.save`."""
        return self.model.save(folder)

    def code(self, to: str) -> str:
        """A script for "torch", "keras", "jax" or "sklearn": see `Model.code`."""
        return self.model.code(to)

    def report(self, path: str | PathLike[str]) -> Path:
        """Write all of it as one HTML file with charts: see `nonlin.report.write`."""
        import nonlin  # what draws stands on a higher floor, and is asked by its public name

        return nonlin.report.write(self, path)


def _row(standing: Standing, recommended: str, task: Task) -> dict[str, Any]:
    found = standing.columns(recommended)
    own = {
        task.error or "rmse": standing.error.value if standing.error else None,
        **(
            {task.beside: standing.beside.value if standing.beside else None} if task.beside else {}
        ),
        "validation_score": standing.validation_score,
        "dead_before": standing.dead_before.value,
        "dead_after": standing.dead.value,
        "saturated": standing.saturated.value,
        "gradient_ratio": standing.gradient_ratio.value,
    }
    order = dict.fromkeys(("activation", "score", "low", "high"))
    first = task.error or "rmse", "learning_rate", *list(own)[1:]
    return order | dict.fromkeys(first) | found | own
