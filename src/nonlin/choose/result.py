"""What `choose` returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nonlin._text import Text

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

    from nonlin.choose.candidates import Plan
    from nonlin.choose.prepare import Preparation
    from nonlin.choose.race import Race
    from nonlin.choose.recommend import Recommendation
    from nonlin.choose.standing import Standing
    from nonlin.choose.task import Task
    from nonlin.network import Network, Record


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Result:
    """The answer to "which activation, for my data?", with everything behind it.

    recommendation: what to use and why. standings: the ranking, best score first. network:
    trained with the recommendation on 80 % of all rows (the other 20 % stop the training);
    its score is the one of the race, which had less to learn from. preparation: from raw rows
    to inputs of that network. race: every network that was trained. record: of the final
    training. notes: what the user should know. interrupted: by Ctrl-C. seconds: in all.
    """

    name: str | Text
    rows: int
    columns: int
    target: str
    task: Task
    plan: Plan
    race: Race
    standings: tuple[Standing, ...]
    recommendation: Recommendation
    network: Network
    preparation: Preparation
    record: Record
    notes: tuple[Text, ...]
    seconds: float

    @property
    def interrupted(self) -> bool:
        """Was it ended by Ctrl-C before all rounds were finished?"""
        return self.race.interrupted

    @property
    def tied(self) -> tuple[str, ...]:
        """Activations without a significant difference to the one with the highest score."""
        return self.recommendation.tied

    @property
    def table(self) -> pl.DataFrame:
        """The ranking as a polars frame, one row per activation, best score first.

        score, interval (half the width of the 95 % one), dead units before and after training
        and saturated are shares; p_value is adjusted (Holm); rmse is null for classes.
        """
        import polars as pl

        return pl.DataFrame([_row(each, self.recommendation.label) for each in self.standings])

    def predict(self, X: Any) -> np.ndarray:
        """Predictions for raw rows, as they were given to `choose`, shape (rows,).

        Class labels, or numbers in the units of the target. Raises InputError if columns are
        missing or do not fit.
        """
        predicted = self.network.predict(self.preparation(X))
        if not self.task.classes:
            return self.preparation.decode(predicted)
        return self.task.decode(predicted)


def _row(standing: Standing, recommended: str) -> dict[str, Any]:
    return {
        "activation": standing.label,
        "score": standing.score.value,
        "interval": standing.half_width,
        "rmse": standing.error.value if standing.error else None,
        "learning_rate": standing.rate,
        "dead_before": standing.dead_before.value,
        "dead_after": standing.dead.value,
        "saturated": standing.saturated.value,
        "gradient_ratio": standing.gradient_ratio.value,
        "ns_per_element": standing.cost.value,
        "seconds_per_network": standing.seconds.value,
        "diverged": standing.diverged,
        "p_value": standing.p_value,
        "tied": standing.tied,
        "recommended": standing.label == recommended,
    }
