"""Subject: what `stability` and `diagnose` need of a network, of whatever framework it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import numpy as np

from nonlin._text import Text, text
from nonlin.activation import Activation
from nonlin.layers.columns import Columns
from nonlin.layers.expected import Expected, Parameters
from nonlin.layers.stream import LayerSpec, LayerStream

Side = Literal["inputs", "targets"]


@dataclass(frozen=True, slots=True, eq=False)
class Streams:
    """One pass over the rows of a subject, forward and back.

    layers: one stream for each of its layers, the output layer last and without slopes. rows:
    that were looked at, of `whole`. input_rank: effective rank of the inputs. loss: mean, None
    without targets, when the streams have no gradients. expected: what theory says of the
    layers, None if it says nothing.
    """

    layers: Sequence[LayerStream]
    rows: int
    whole: int
    input_rank: float
    loss: float | None
    expected: Expected | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a subject is trained.

    usual_rate: a learning rate that people take with this optimizer. steps: of all epochs
    together. momentum: None where there is none to set.
    """

    learning_rate: float
    usual_rate: float
    batch_size: int
    epochs: int
    steps: int
    momentum: float | None = None
    weight_decay: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Standardise:
    """Subtract `means` from the columns of the inputs, or targets, and divide by `scales`.

    most: the size at which what comes out is cut off.
    """

    side: Side
    means: np.ndarray
    scales: np.ndarray
    most: float = math.inf


@dataclass(frozen=True, slots=True)
class Redraw:
    """Draw the parameters of these layers anew, each for the activation that feeds it.

    layers: numbered from 1. seed: other numbers give other weights.
    """

    layers: tuple[int, ...]
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Initialise:
    """Draw all parameters anew for the activations; for `activation` in all hidden layers, if
    it is given.
    """

    activation: Activation | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Widen:
    """Give each of these hidden layers (numbered from 1) so many neurons; draw all anew."""

    neurons: tuple[tuple[int, int], ...]
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Retrain:
    """Train with what is given here; longer: times the epochs."""

    learning_rate: float | None = None
    momentum: float | None = None
    weight_decay: float | None = None
    batch_size: int | None = None
    longer: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """Put this activation at the output, with its loss; draw all anew."""

    output: str
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Mend:
    """Put one of the `faults` of a subject right, by its name and way."""

    fault: str
    way: str = ""


Edit = Standardise | Redraw | Initialise | Widen | Retrain | Answer | Mend


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A subject after a short training on most of its rows.

    learnt, held_out: how much of the error of a constant output is gone, on the rows it
    was trained on and on those that were held out: 1 is perfect, 0 or less is worth nothing.
    start: held_out before the training. subject: None where nobody looks at it again.
    diverged_at: the step at which the training was no longer finite, if it was, and `why` in a
    sentence, if more is known.
    """

    subject: Subject | None
    start: float
    learnt: float
    held_out: float
    diverged_at: int | None = None
    why: Text | None = None

    @property
    def divergence(self) -> Text | None:
        """A sentence on it, None if there was none."""
        if self.diverged_at is None:
            return None
        return self.why or text("divergence.step", step=self.diverged_at)


@runtime_checkable
class Subject(Protocol):
    """A network with rows to look at and a way to train it; nothing here changes it.

    `nonlin.layers.network_subject` is one for our `Network`; tests/stability/test_subject.py
    writes another one in NumPy.
    """

    @property
    def layers(self) -> Sequence[LayerSpec]:
        """All layers with weights, the output layer last."""

    @property
    def parameters(self) -> Sequence[Parameters]:
        """Weights (fan_in, neurons) and biases (neurons,) of each layer."""

    @property
    def init(self) -> str:
        """The rule that drew the weights; "auto" if it is that of `Initialise`."""

    @property
    def recipe(self) -> Recipe:
        """How it is trained."""

    @property
    def concurrent(self) -> bool:
        """May copies be trained side by side, in threads?"""

    def stream(self) -> Streams:
        """Look at every layer, on all rows or an even selection."""

    def columns(self, side: Side) -> Columns | None:
        """Of the inputs, or targets; None where `Standardise` makes no sense, as for classes."""

    def changed(self, edit: Edit) -> Subject | None:
        """A copy with this change; None if it cannot be made here."""

    def trial(self, share: float, fold: int) -> Trial:
        """A copy after about this share of its whole training, on four fifths of the rows.

        fold: from 0 to 4; which fifth is held out, and another order of the rest.
        """


USUAL, UNUSUAL, CONSPICUOUS = 0, 1, 2  # suspicion; the last: nobody would choose it


@dataclass(frozen=True, slots=True)
class Fault:
    """What only subjects of one framework can have, and `Mend` of its name puts right.

    name: of the cause; its words stand under [cause] and [change] in the messages. layers:
    where, all if empty. suspicion: from USUAL to CONSPICUOUS. values: for the words. way: which of
    several ways to put it right.
    """

    name: str
    layers: tuple[int, ...]
    suspicion: int
    values: tuple[tuple[str, object], ...] = ()
    way: str = ""


@runtime_checkable
class Faulty(Protocol):
    """A subject that knows of faults beside those that all subjects can have."""

    @property
    def faults(self) -> Sequence[Fault]:
        """Those that it may have, the gravest first."""
