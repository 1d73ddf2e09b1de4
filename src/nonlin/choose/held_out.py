"""The recommended network once more, as the race had it on the first split, with test rows of it.

The network to take away has learnt from most rows: what predictions are worth is looked at on rows
that a network like it has never seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from nonlin.choose.candidates import Candidate
from nonlin.choose.contest import NetworkSplit
from nonlin.choose.prepared import parts_of
from nonlin.data.prepare import Preparation
from nonlin.data.table import Table
from nonlin.network import Network
from nonlin.tasks.probabilities import probabilities
from nonlin.tasks.task import Task

MOST = 1000  # test rows that are kept


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """A network and rows that it never saw.

    features: raw, see `data.normalised`. target: encoded, in the units of training. weights: how
    much each row counts, or None. of_rows: how many test rows there are.
    """

    network: Network
    preparation: Preparation
    task: Task
    features: pl.DataFrame
    target: np.ndarray
    weights: np.ndarray | None
    of_rows: int

    def part(self, most: int) -> HeldOut:
        """The same with so many of the rows, evenly spread."""
        kept = slice(None, None, max(1, -(-len(self.target) // most)))
        weights = None if self.weights is None else self.weights[kept]
        features, target = self.features[kept], self.target[kept]
        return replace(self, features=features, target=target, weights=weights)

    @property
    def inputs(self) -> np.ndarray:
        """The rows as the network takes them, float32, (rows, inputs)."""
        return self.preparation.inputs(self.features)

    @property
    def logits(self) -> np.ndarray:
        """What the network says of them, (rows, outputs)."""
        return self.network.logits(self.inputs)

    @property
    def actual(self) -> np.ndarray:
        """What is true: numbers in the units of the target; class indices; labels of 0 and 1."""
        return self.target if self.task.classes else self.preparation.decode(self.target)

    def predicted(self, logits: np.ndarray) -> np.ndarray:
        """Numbers in the units of the target, or probabilities; (rows, outputs).

        One for each quantile, label or class, but of two classes that of the second one only.
        """
        if not self.task.classes:
            found = self.preparation.decode(self.task.read(logits))
            return found.reshape(len(logits), -1)
        shares = probabilities(self.task.kind, logits)
        return shares[:, 1:] if self.task.kind == "binary" else shares


def held_out(split: NetworkSplit, table: Table, candidate: Candidate) -> HeldOut:
    """Test rows of the split, with a network to be trained by its job."""
    features = table.features[parts_of(table, split.task, split.seed).test]
    data = split.data
    every = HeldOut(
        network=split.untrained(candidate),
        preparation=data.preparation,
        task=split.task,
        features=features,
        target=data.test[1],
        weights=data.weights[2] if data.weights else None,
        of_rows=len(data.test[1]),
    )
    return every.part(MOST)
