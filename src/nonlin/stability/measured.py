"""From sums over rows to what a reader wants to know of each layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from nonlin.network import Job, Loss, Memory, Network, Settings, checks, train
from nonlin.stability.layer import LayerStability, Stability
from nonlin.stability.observe import SAMPLED, Seen, effective_rank, histogram, observe
from nonlin.stability.predict import gradients, predict


def measured(
    network: Network,
    X: Any,
    y: Any,
    settings: Settings | None = None,
    memory: Memory | None = None,
    loss: str | Loss | None = None,
) -> Stability:
    """See `nonlin.stability.stability`."""
    rows = checks.some("X", checks.features(X, network.sizes[0], network.dtype))
    seen, mean_loss = observe(network, rows, y, loss)
    step = settings or Settings()
    updates = None if y is None else _updates(network, rows, y, step, memory, loss)
    theory = predict(network, rows)
    nothing = [None] * len(seen)
    layers = tuple(
        _layer(number, *each, last=number == len(seen))
        for number, each in enumerate(
            zip(
                seen,
                network.weights,
                theory.second,
                nothing if updates is None else gradients(theory, _length(seen[-1])),
                nothing if updates is None else updates,
                strict=True,
            ),
            start=1,
        )
    )
    rank = effective_rank(rows[:: math.ceil(len(rows) / SAMPLED)])
    return Stability(layers=layers, rows=len(rows), input_rank=rank, loss=mean_loss)


def _layer(
    number: int,
    seen: Seen,
    weights: np.ndarray,
    predicted_second: float,
    predicted_gradient: float | None,
    update: float | None,
    *,
    last: bool,
) -> LayerStability:
    with np.errstate(all="ignore"):
        variances = seen.deviations / seen.rows
        second = float((np.square(seen.means) + variances).mean())
        signal = float(variances.mean()) / second if second > 0 else 0.0
        counts, edges = histogram(seen.sample[0])
        return LayerStability(
            number=number,
            activation=seen.activation.name,
            means=seen.means,
            variances=variances,
            dead=~seen.sloped if not last else seen.sloped[:0],
            saturated=seen.flat / seen.rows if not last else seen.flat[:0],
            second=second,
            signal=signal,
            rank=effective_rank(seen.sample[1]),
            weight=_norm(weights),
            gradient=None if update is None else _length(seen),
            weight_gradient=None if update is None else _norm(seen.weights) / seen.rows,
            update=update,
            predicted_second=predicted_second,
            predicted_gradient=predicted_gradient,
            counts=counts,
            edges=edges,
        )


def _length(seen: Seen) -> float:
    return float(np.sqrt(seen.gradient / seen.rows))


def _norm(matrix: np.ndarray) -> float:
    return float(np.linalg.norm(matrix.astype(np.float64)))


def _updates(
    network: Network,
    X: np.ndarray,
    y: Any,
    settings: Settings,
    memory: Memory | None,
    loss: str | Loss | None,
) -> Sequence[float]:
    """By which share one step of training changes the weights of each layer; NaN if it diverges."""
    first = slice(settings.batch_size)
    own = None if memory is None else Memory(*(each.copy() for each in memory))
    moved = network.copy()
    step = replace(settings, epochs=1, patience=None)
    record = train(Job(moved, X[first], np.asarray(y)[first], None, step, memory=own, loss=loss))
    if record.diverged_at is not None:
        return [np.nan] * len(network.weights)
    with np.errstate(all="ignore"):
        pairs = zip(moved.weights, network.weights, strict=True)
        return [float(np.divide(_norm(new - old), _norm(old))) for new, old in pairs]
