"""LayerStream: what one layer shows, block by block; two streams merge into one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from nonlin.activation import Activation
from nonlin.layers.accumulators import Gradients, Moments, Slopes
from nonlin.layers.sample import RANKED, Sample, effective_rank, histogram


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """What is known of a layer before any data.

    fan_in, fan_out: numbers that go into and out of its weights. activation: what its weighted
    sums go through, None if that is none that nonlin knows.
    """

    name: str
    fan_in: int
    fan_out: int
    activation: Activation | None


@dataclass(slots=True, eq=False)
class LayerStream:
    """Sums over the rows that a layer was fed with; z are its weighted sums with biases.

    Feed it with what there is, in blocks of any size, at least one row each, and ask at any
    time: what was not fed is None, empty or NaN. Where a layer has several sums of one kind,
    as at the places of an image, each place is a row. Merging two streams gives what one says
    of all rows, to rounding; ranks and histograms are of at most 256 rows. Slopes without a
    bound (x^2) are compared with the largest one of their block. Sums that were made elsewhere
    can be merged into `moments`, `squares` (mean z^2 of a row), `slopes` and `gradients`.
    """

    spec: LayerSpec
    moments: Moments = field(default_factory=Moments)
    squares: Moments = field(default_factory=Moments)
    slopes: Slopes = field(default_factory=Slopes)
    gradients: Gradients = field(default_factory=Gradients)
    sample: Sample | None = None
    weight: float = math.nan
    update: float | None = None

    @np.errstate(all="ignore")
    def add(self, sums: np.ndarray) -> None:
        """z, shape (rows, neurons)."""
        self.moments = self.moments.merged(Moments.of(sums))
        squares = np.square(sums, dtype=np.float64).mean(axis=1)
        self.squares = self.squares.merged(Moments.of(squares))

    def add_sample(self, sums: np.ndarray, values: np.ndarray, rows: int | None = None) -> None:
        """z and f(z), for rank and histogram; `rows`: of how many they are an even selection."""
        new = Sample(len(sums) if rows is None else rows, sums, values).thinned()
        self.sample = new if self.sample is None else self.sample.merged(new)

    @np.errstate(all="ignore")
    def add_slopes(self, slopes: np.ndarray) -> None:
        """f'(z), shape (rows, neurons); of hidden layers only."""
        self.slopes = self.slopes.merged(Slopes.of(slopes, self.spec.activation))

    @np.errstate(all="ignore")
    def add_gradients(self, errors: np.ndarray, weights: np.ndarray | None = None) -> None:
        """dL/dz of each row, (rows, neurons), and dL/dW, L being the *sum* of the rows' losses."""
        self.gradients = self.gradients.merged(Gradients.of(errors, weights))

    @np.errstate(all="ignore")
    def add_weights(self, weights: np.ndarray, moved: np.ndarray | None = None) -> None:
        """The weights, and what one step of training made of them; the last ones fed stand."""
        self.weight = norm(weights)
        if moved is not None:
            self.update = float(np.divide(norm(moved - weights), self.weight))

    @np.errstate(all="ignore")
    def merge(self, other: LayerStream) -> None:
        """Take in what `other` was fed with; it stays as it is."""
        self.moments = self.moments.merged(other.moments)
        self.squares = self.squares.merged(other.squares)
        self.slopes = self.slopes.merged(other.slopes)
        self.gradients = self.gradients.merged(other.gradients)
        if other.sample is not None:
            self.sample = other.sample if self.sample is None else self.sample.merged(other.sample)
        self.weight = self.weight if math.isnan(other.weight) else other.weight
        self.update = self.update if other.update is None else other.update

    @property
    def second(self) -> float:
        """Mean of z^2."""
        return self.moments.second

    @property
    @np.errstate(all="ignore")
    def signal(self) -> float:
        """Share of z^2 that differs between rows, 0 to 1."""
        second = self.second
        return float(self.moments.variances.mean()) / second if second > 0 else 0.0

    @property
    def dead(self) -> np.ndarray:
        """Per neuron: is f'(z) exactly 0 on every row?"""
        return ~self.slopes.sloped if self.slopes.rows else np.empty(0, bool)

    @property
    def saturated(self) -> np.ndarray:
        """Per neuron: share of rows where |f'(z)| is below 1 % of its maximum."""
        return self.slopes.flat / self.slopes.rows if self.slopes.rows else np.empty(0)

    @property
    def rank(self) -> float:
        """Effective rank of f(z), centred over rows (Roy and Vetterli 2007)."""
        if self.sample is None:
            return math.nan
        return effective_rank(self.sample.thinned(RANKED).values)

    @property
    def histogram(self) -> tuple[np.ndarray, np.ndarray]:
        """Counts and edges of z, without the outermost 0.1 % on either side."""
        return histogram(np.empty(0) if self.sample is None else self.sample.sums)

    @property
    def gradient(self) -> float | None:
        """Root mean square over rows of the length of dL/dz of one row."""
        found = self.gradients.lengths
        return math.sqrt(found.means) if found.rows else None

    @property
    def second_error(self) -> float:
        """Standard error of the mean of z^2 over `second`, of rows drawn from many."""
        return _relative_error(self.squares)

    @property
    def gradient_error(self) -> float:
        """The same of `gradient`; 0 without gradients."""
        return _relative_error(self.gradients.lengths) / 2

    @property
    def weight_gradient(self) -> float | None:
        """Norm of dL/dW, L being the mean loss of the rows."""
        found = self.gradients
        return None if found.weights is None else norm(found.weights) / found.lengths.rows


@np.errstate(all="ignore")
def _relative_error(seen: Moments) -> float:
    """Of the mean; 0 where nothing can be said."""
    if seen.rows < 2 or not seen.means > 0:
        return 0.0
    return math.sqrt(float(seen.variances) / (seen.rows - 1)) / float(seen.means)


def dead_share(hidden: Sequence[LayerStream]) -> float:
    """Share of the neurons of these layers that are dead."""
    return float(np.concatenate([each.dead for each in hidden]).mean())


def saturated_share(hidden: Sequence[LayerStream]) -> float:
    """Share of pairs (row, neuron) of these layers that are saturated."""
    pairs = sum(each.slopes.rows * each.slopes.flat.size for each in hidden)
    return float(sum(each.slopes.flat.sum() for each in hidden) / pairs)


def gradient_ratio(hidden: Sequence[float | None]) -> float | None:
    """Length of dL/dz in the first of these layers over that in the last; 1 if both are 0.

    Far below 1: vanishing gradients; far above 1: exploding. None if one is not known, or there
    is no layer.
    """
    if not hidden or hidden[0] is None or hidden[-1] is None:
        return None
    first, last = hidden[0], hidden[-1]
    if last == 0:
        return 1.0 if first == 0 else math.inf
    return first / last


def norm(matrix: np.ndarray) -> float:
    """Frobenius norm; float32 squares would underflow."""
    return float(np.linalg.norm(matrix.astype(np.float64)))
