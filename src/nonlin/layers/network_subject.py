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
from nonlin.layers.columns import Columns
from nonlin.layers.expected import Parameters, expected
from nonlin.layers.folds import LOOKED, split
from nonlin.layers.network_passes import observe, specs
from nonlin.layers.sample import RANKED, effective_rank
from nonlin.layers.skill import Wanted, outputs, wanted
from nonlin.layers.stream import LayerSpec
from nonlin.layers.subject import (
    Answer,
    Edit,
    Initialise,
    Mend,
    Recipe,
    Redraw,
    Retrain,
    Side,
    Standardise,
    Streams,
    Subject,
    Trial,
    Widen,
)
from nonlin.network import Job, Loss, Memory, Network, Record, Settings, train
from nonlin.network.loss import loss_for

USUAL_RATES = {"adamw": 1e-3, "sgd": 0.02}


@dataclass(frozen=True, slots=True, eq=False)
class NetworkSubject:
    """A network, rows X (rows, inputs), y or None, and how it is trained.

    memory: of the optimizer, for the size of an update; of a network that was never trained, if
    not given. loss: as in `Network.fit`. whole: of how many rows these are a selection.
    looked: at how many at most `stream` looks. judge: the loss that says what errors are, whatever
    is changed.
    """

    network: Network
    X: np.ndarray
    y: Any
    settings: Settings
    memory: Memory | None
    loss: str | Loss | None
    whole: int
    looked: int = LOOKED
    judge: Loss | None = None

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
        return cls(network, rows, y, settings or Settings(), memory, loss, len(rows))

    def thinned(self, most: int) -> NetworkSubject:
        """At most so many rows, evenly spread."""
        step = -(-len(self.X) // most)
        y = None if self.y is None else np.asarray(self.y)[::step]
        return self if step == 1 else replace(self, X=self.X[::step], y=y)

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
    def concurrent(self) -> bool:
        """Yes: the compiled loop leaves the lock of the interpreter."""
        return True

    @property
    def recipe(self) -> Recipe:
        """That of the settings."""
        rule = self.settings
        return Recipe(
            learning_rate=rule.learning_rate,
            usual_rate=USUAL_RATES[rule.optimizer],
            batch_size=min(rule.batch_size, self.whole),
            epochs=rule.epochs,
            steps=rule.epochs * math.ceil(self.whole / rule.batch_size),
            momentum=rule.momentum if rule.optimizer == "sgd" else None,
            weight_decay=rule.weight_decay,
        )

    def stream(self) -> Streams:
        """Block by block; an update is one real step of training on the first batch."""
        looked = self.thinned(self.looked)
        streams, loss = observe(self.network, looked.X, looked.y, self.loss)
        moved = [None] * len(streams) if self.y is None else self._moved()
        for stream, weights, new in zip(streams, self.network.weights, moved, strict=True):
            stream.add_weights(weights, new)
        theory = expected(self.network.hidden, self.parameters, looked.X)
        rank = effective_rank(looked.X[:: math.ceil(len(looked.X) / RANKED)])
        return Streams(streams, len(looked.X), self.whole, rank, loss, theory)

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
        self, rows: slice | np.ndarray, settings: Settings, memory: Memory | None = None
    ) -> tuple[Network, Record]:
        moved = self.network.copy()
        y = np.asarray(self.y)[rows]
        job = Job(moved, self.X[rows], y, None, settings, memory=memory, loss=self.loss)
        return moved, train(job)

    def columns(self, side: Side) -> Columns | None:
        """Targets only of losses of quantities in any unit: not of classes and shares."""
        if side == "inputs":
            return Columns.of(self.X)
        if loss_for(self.network.output.name, self.loss).output in ("sigmoid", "softmax"):
            return None
        return Columns.of(np.asarray(self.y, np.float64).reshape(len(self.X), -1))

    def changed(self, edit: Edit) -> NetworkSubject | None:
        """Weights are drawn by "auto"; with seed 0 of an edit, by the seed of the network."""
        match edit:
            case Standardise("inputs"):
                return replace(self, X=_standardised(self.X, edit).astype(self.X.dtype))
            case Standardise():
                y = np.asarray(self.y, np.float64)
                return replace(self, y=_standardised(y.reshape(len(y), -1), edit).reshape(y.shape))
            case Redraw(layers, seed):
                return replace(self, network=self._redrawn(layers, seed))
            case Initialise(activation, seed):
                hidden = self.network.hidden
                chosen = hidden if activation is None else (activation,) * len(hidden)
                return self._fresh(chosen, self.network.sizes, seed)
            case Widen(neurons, seed):
                sizes = list(self.network.sizes)
                for layer, width in neurons:
                    sizes[layer] = width
                return self._fresh(self.network.hidden, sizes, seed)
            case Answer(output, seed):
                fresh = self._fresh(self.network.hidden, self.network.sizes, seed, output)
                return replace(fresh, loss=None, judge=self._judge)
            case Retrain():
                return replace(self, settings=_settings(self.settings, edit))
            case Mend():
                return None

    def _fresh(
        self,
        hidden: Sequence[Activation],
        sizes: Sequence[int],
        seed: int,
        output: str | Activation | None = None,
    ) -> NetworkSubject:
        """Never trained."""
        old = self.network
        fresh = Network(sizes, hidden, output or old.output, "auto", old.seed + seed, old.dtype)
        return replace(self, network=fresh)

    def _redrawn(self, layers: Sequence[int], seed: int) -> Network:
        old = self.network
        fresh, changed = self._fresh(old.hidden, old.sizes, seed).network, old.copy()
        for number in layers:
            changed.weights[number - 1][:] = fresh.weights[number - 1]
            changed.biases[number - 1][:] = fresh.biases[number - 1]
        return changed

    def trial(self, share: float, fold: int) -> Trial:
        """On fewer rows, where this share is less than one epoch. See `Subject`."""
        kept, out = split(len(self.X), fold)
        rule = self.settings
        passes = share * rule.epochs * self.whole / len(kept)
        if passes < 1:
            kept = kept[: max(math.ceil(passes * len(kept)), min(rule.batch_size, len(kept)))]
        whole = replace(rule, epochs=max(1, round(passes)), patience=None, seed=rule.seed + fold)
        network, record = self._trained(kept, whole)
        goal = wanted(self._judge, self.network.sizes[-1], self.y, kept)
        start, held_out = (self._skill(goal, each, out) for each in (self.network, network))
        learnt = self._skill(goal, network, kept)
        if record.divergence is not None:
            why = record.divergence.sentences[0]
            after = replace(self, network=network)
            return Trial(after, start, -math.inf, -math.inf, record.diverged_at, why)
        return Trial(replace(self, network=network), start, learnt, held_out)

    @property
    def _judge(self) -> Loss:
        return self.judge or loss_for(self.network.output.name, self.loss)

    def _skill(self, goal: Wanted, network: Network, rows: np.ndarray) -> float:
        return goal.of(rows).skill(outputs(network, self.X[rows], self.loss))


def _standardised(columns: np.ndarray, edit: Standardise) -> np.ndarray:
    return np.asarray(np.clip((columns - edit.means) / edit.scales, -edit.most, edit.most))


def _settings(old: Settings, edit: Retrain) -> Settings:
    """With what the edit gives."""
    names = ("learning_rate", "momentum", "weight_decay", "batch_size")
    given = {name: getattr(edit, name) for name in names}
    new = {name: value for name, value in given.items() if value is not None}
    return replace(old, epochs=old.epochs * edit.longer, **new)


def subject_of(given: Any, X: Any, *rest: Any, looked: int | None = LOOKED) -> Subject:
    """A network with its rows, as `NetworkSubject.of` takes them, or a subject, which has its own.

    Raises InputError for unusable X, for what is no subject, and for rows beside one.
    """
    if isinstance(given, Network):
        found = NetworkSubject.of(given, X, *rest)
        return replace(found, looked=looked or found.whole)
    if not isinstance(given, Subject):
        raise InputError("not_a_subject", given=type(given).__name__)
    if any(each is not None for each in (X, *rest)):
        raise InputError("subject_alone", given=type(given).__name__)
    return given
