"""Stability during training: measured before it, and again after every few epochs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from nonlin import checks
from nonlin.layers.network_subject import NetworkSubject
from nonlin.network import Job, Loss, Memory, Network, Settings, train
from nonlin.network.divergence import Divergence
from nonlin.stability.layer_stability import Stability
from nonlin.stability.measured import measured


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """What was seen: `stability[k]` after `epochs[k]` epochs, the first before training.

    Updates are those of the next real step, with what the optimizer remembers. divergence: why
    training ended early, if it did; the network then stands as before that epoch.
    """

    epochs: tuple[int, ...]
    stability: tuple[Stability, ...]
    divergence: Divergence | None


def watch(
    network: Network,
    X: Any,
    y: Any,
    every: int,
    settings: Settings | None,
    loss: str | Loss | None,
) -> Watched:
    """See `nonlin.stability.watch`."""
    rule, step = settings or Settings(), checks.integer("every", every, 1)
    memory = Memory.of(network)
    subject = NetworkSubject.of(network, X, y, rule, memory, loss)
    epochs, found = [0], [measured(subject)]
    for epoch in range(rule.epochs):
        one = replace(rule, epochs=1, seed=rule.seed + epoch, patience=None)
        record = train(Job(network, X, y, None, one, memory=memory, loss=loss))
        if record.divergence is not None:
            return Watched(tuple(epochs), tuple(found), replace(record.divergence, epoch=epoch + 1))
        if (epoch + 1) % step == 0 or epoch + 1 == rule.epochs:
            epochs.append(epoch + 1)
            found.append(measured(subject))
    return Watched(tuple(epochs), tuple(found), None)
