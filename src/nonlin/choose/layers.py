"""Stability by layer of what was compared, beside theory: measured when somebody asks for it.

Initial weights follow from the seed, so the race need not have kept any network: a few rows do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nonlin.choose.contest import network
from nonlin.layers.network_subject import NetworkSubject
from nonlin.stability.layer_stability import Stability
from nonlin.stability.measured import measured

if TYPE_CHECKING:
    from nonlin.choose.result import Result


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """One network; label: of its row in the ranking. trained: measured after training?"""

    label: str
    trained: bool
    stability: Stability


def layers(result: Result) -> Iterator[Layers]:
    """The candidates as they began on the first split, on training rows of it, in the order of
    the ranking; behind the one that is recommended, its network after training, on rows that
    this one was trained on (its preparation is its own, and so are its rows).
    """
    task, (inputs, target) = result.task, result.sample
    loss, seed = task.objective(), result.plan.seeds[0]
    for row in result.standings:
        made = network(inputs.shape[1], task, row.ran.arm.candidate, seed)
        yield Layers(row.label, False, measured(NetworkSubject.of(made, inputs, target, loss=loss)))
        if row.label == result.recommendation.label and result.final is not None:
            final = result.final
            trained = NetworkSubject.of(final.network, *final.sample, loss=loss)
            yield Layers(row.label, True, measured(trained))
