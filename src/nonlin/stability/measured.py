"""From the streams of a subject to what a reader wants to know of each layer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

import numpy as np

from nonlin.layers.sample import Sample
from nonlin.layers.stream import LayerStream
from nonlin.layers.subject import Subject
from nonlin.stability.layer_stability import LayerStability, Stability

COMPARED = 16  # rows on which neurons are compared
DIGITS = 4  # of their sums: copies differ by rounding only


def measured(subject: Subject) -> Stability:
    """What one pass over the rows of a subject shows."""
    seen = subject.stream()
    second: Sequence[float | None] = [None] * len(seen.layers)
    gradients, last = second, seen.layers[-1].gradient
    if seen.expected is not None:
        second = seen.expected.second
        gradients = gradients if last is None else seen.expected.gradients(last)
    layers = tuple(map(_layer, count(1), seen.layers, second, gradients))
    return Stability(
        layers=layers,
        rows=seen.rows,
        whole=seen.whole,
        input_rank=seen.input_rank,
        loss=seen.loss,
    )


def _layer(
    number: int, stream: LayerStream, second: float | None, gradient: float | None
) -> LayerStability:
    """With what theory says of z^2 and of dL/dz."""
    counts, edges = stream.histogram
    return LayerStability(
        number=number,
        spec=stream.spec,
        means=stream.moments.means,
        variances=stream.moments.variances,
        dead=stream.dead,
        saturated=stream.saturated,
        second=stream.second,
        second_error=stream.second_error,
        gradient_error=stream.gradient_error,
        signal=stream.signal,
        rank=stream.rank,
        distinct=_distinct(stream.sample, len(stream.moments.means)),
        weight=stream.weight,
        gradient=stream.gradient,
        weight_gradient=stream.weight_gradient,
        update=stream.update,
        predicted_second=second,
        predicted_gradient=gradient,
        counts=counts,
        edges=edges,
    )


@np.errstate(all="ignore")  # of networks that explode
def _distinct(sample: Sample | None, neurons: int) -> int:
    """How many neurons are no copy of another one; all, where nothing can be said."""
    if sample is None:
        return neurons
    sums = sample.thinned(COMPARED).sums.astype(np.float64)
    scale = np.median(np.abs(sums).max(axis=0, initial=0.0))
    if not (np.isfinite(sums).all() and scale > 0):
        return neurons
    return int(np.unique(np.round(sums / scale, DIGITS), axis=1).shape[1])
