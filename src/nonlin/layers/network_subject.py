"""Our `Network` as a subject: with its rows, and the way it is trained."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nonlin import checks
from nonlin._errors import InputError
from nonlin.activation import Activation
from nonlin.layers.accumulators import Moments
from nonlin.layers.expected import Parameters, expected
from nonlin.layers.network_passes import observe, specs
from nonlin.layers.sample import SAMPLED, effective_rank
from nonlin.layers.stream import LayerSpec
from nonlin.layers.subject import (
    Edit,
    Initialise,
    Redraw,
    Retrain,
    Side,
    Standardise,
    Streams,
    Subject,
    Trained,
)
from nonlin.network import Job, Loss, Memory, Network, Record, Settings, train
from nonlin.network.constant import constant_logits
from nonlin.network.goal import goal
from nonlin.network.loss import loss_for


@dataclass(frozen=True, slots=True, eq=False)
class NetworkSubject:
    """A network, rows X (rows, inputs), y or None, and how it is trained.

    memory: of the optimizer, for the size of an update; of a network that was never trained, if
    not given. loss: as in `Network.fit`.
    """

    network: Network
    X: np.ndarray
    y: Any
    settings: Settings
    memory: Memory | None
    loss: str | Loss | None

    @classmethod
    def of(
        cls,
        network: Network,
        X: Any,
        y: Any = None,
        settings: Settings | None = None,
        memory: Memory | None = None,
        loss: str | Loss | None = None,
    ) -> NetworkSubject:
        """Raises InputError for unusable X; for unusable y, when it is looked at."""
        rows = checks.some("X", checks.features(X, network.sizes[0], network.dtype))
        return cls(network, rows, y, settings or Settings(), memory, loss)

    def thinned(self, most: int) -> NetworkSubject:
        """At most so many rows, evenly spread."""
        step = -(-len(self.X) // most)
        return replace(self, X=self.X[::step], y=np.asarray(self.y)[::step])

    @property
    def layers(self) -> Sequence[LayerSpec]:
        """See `Subject`, also for what follows."""
        return specs(self.network)

    @property
    def parameters(self) -> Sequence[Parameters]:
        """Views of those of the network."""
        return list(zip(self.network.weights, self.network.biases, strict=True))

    @property
    def init(self) -> str:
        """The name of a rule of `Initialisation`."""
        return self.network.init

    @property
    def learning_rate(self) -> float:
        """That of the settings."""
        return self.settings.learning_rate

    def stream(self) -> Streams:
        """Block by block; an update is one real step of training on the first batch."""
        streams, loss = observe(self.network, self.X, self.y, self.loss)
        moved = [None] * len(streams) if self.y is None else self._moved()
        for stream, weights, new in zip(streams, self.network.weights, moved, strict=True):
            stream.add_weights(weights, new)
        theory = expected(self.network.hidden, self.parameters, self.X)
        rank = effective_rank(self.X[:: math.ceil(len(self.X) / SAMPLED)])
        return Streams(streams, len(self.X), rank, loss, theory)

    def _moved(self) -> Sequence[np.ndarray]:
        """The weights after one step; NaN if it diverges."""
        first = slice(self.settings.batch_size)
        own = None if self.memory is None else Memory(*(each.copy() for each in self.memory))
        step = replace(self.settings, epochs=1, patience=None)
        moved, record = self._trained(first, step, own)
        if record.diverged_at is not None:
            moved.parameters[:] = np.nan
        return moved.weights

    def _trained(
        self, rows: slice, settings: Settings, memory: Memory | None = None
    ) -> tuple[Network, Record]:
        moved = self.network.copy()
        y = np.asarray(self.y)[rows]
        job = Job(moved, self.X[rows], y, None, settings, memory=memory, loss=self.loss)
        return moved, train(job)

    def columns(self, side: Side) -> Moments | None:
        """Targets only of losses of quantities in any unit, at an identity output."""
        if side == "inputs":
            return Moments.of(self.X)
        if loss_for(self.network.output.name, self.loss).output != "identity":
            return None
        return Moments.of(np.asarray(self.y, np.float64).reshape(len(self.X), -1))

    def constant_loss(self) -> float:
        """The mean loss of the best constant logits."""
        logits = constant_logits(self.network, self.X, self.y, self.loss)
        rows = np.broadcast_to(logits, (len(self.X), len(logits))).astype(self.network.dtype)
        total, _ = goal(self.network, self.X, self.y, self.loss)(rows, slice(None))
        return total / len(rows)

    def changed(self, edit: Edit) -> NetworkSubject:
        """Weights are drawn by "auto" with the seed of the network."""
        match edit:
            case Standardise("inputs", means, scales):
                return replace(self, X=((self.X - means) / scales).astype(self.X.dtype))
            case Standardise(_, means, scales):
                y = np.asarray(self.y, np.float64)
                return replace(self, y=((y.reshape(len(y), -1) - means) / scales).reshape(y.shape))
            case Redraw(layers):
                return replace(self, network=self._redrawn(layers))
            case Initialise(activation):
                hidden = self.network.hidden
                return self._fresh(hidden if activation is None else (activation,) * len(hidden))
            case Retrain(learning_rate):
                return replace(self, settings=replace(self.settings, learning_rate=learning_rate))

    def _fresh(self, hidden: Sequence[Activation]) -> NetworkSubject:
        """The same architecture, never trained."""
        old = self.network
        fresh = Network(old.sizes, hidden, old.output, "auto", old.seed, old.dtype)
        return replace(self, network=fresh)

    def _redrawn(self, layers: Sequence[int]) -> Network:
        fresh, changed = self._fresh(self.network.hidden).network, self.network.copy()
        for number in layers:
            changed.weights[number - 1][:] = fresh.weights[number - 1]
            changed.biases[number - 1][:] = fresh.biases[number - 1]
        return changed

    def short_training(self, steps: int) -> Trained:
        """On the first rows only, where one epoch would take more steps."""
        batches = math.ceil(len(self.X) / self.settings.batch_size)
        epochs = max(1, round(steps / batches))
        rows = slice(None) if batches <= steps else slice(steps * self.settings.batch_size)
        rule = replace(self.settings, epochs=epochs, patience=None)
        network, record = self._trained(rows, rule)
        why = None if record.divergence is None else record.divergence.sentences[0]
        return Trained(replace(self, network=network), record.diverged_at, why)


def subject_of(given: Any, X: Any, *rest: Any) -> Subject:
    """A network with its rows, as `NetworkSubject.of` takes them, or a subject, which has its own.

    Raises InputError for unusable X, for what is no subject, and for rows beside one.
    """
    if isinstance(given, Network):
        return NetworkSubject.of(given, X, *rest)
    if not isinstance(given, Subject):
        raise InputError("not_a_subject", given=type(given).__name__)
    if any(each is not None for each in (X, *rest)):
        raise InputError("subject_alone", given=type(given).__name__)
    return given
