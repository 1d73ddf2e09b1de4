"""Subject: what `stability` and `diagnose` need of a network, of whatever framework it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import numpy as np

from nonlin._text import Text, text
from nonlin.activation import Activation
from nonlin.layers.accumulators import Moments
from nonlin.layers.expected import Expected, Parameters
from nonlin.layers.stream import LayerSpec, LayerStream

Side = Literal["inputs", "targets"]


@dataclass(frozen=True, slots=True, eq=False)
class Streams:
    """One pass over the rows of a subject, forward and back.

    layers: one stream for each of its layers, the output layer last and without slopes. rows: of
    data. input_rank: effective rank of the inputs. loss: mean, None without targets, when the
    streams have no gradients. expected: what theory says of the layers, None if it says nothing.
    """

    layers: Sequence[LayerStream]
    rows: int
    input_rank: float
    loss: float | None
    expected: Expected | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Standardise:
    """Subtract `means` from the columns of the inputs, or targets, and divide by `scales`."""

    side: Side
    means: np.ndarray
    scales: np.ndarray


@dataclass(frozen=True, slots=True)
class Redraw:
    """Draw the parameters of these layers anew, each for the activation that feeds it.

    layers: numbered from 1.
    """

    layers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Initialise:
    """Draw all parameters anew for the activations; for `activation` in all hidden layers, if
    it is given.
    """

    activation: Activation | None = None


@dataclass(frozen=True, slots=True)
class Retrain:
    """Train at this learning rate."""

    learning_rate: float


Edit = Standardise | Redraw | Initialise | Retrain


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
    def learning_rate(self) -> float:
        """At which it is trained."""

    def stream(self) -> Streams:
        """Look at every layer on all rows."""

    def columns(self, side: Side) -> Moments | None:
        """Of the inputs, or targets; None where `Standardise` makes no sense, as for classes."""

    def constant_loss(self) -> float:
        """The least mean loss of outputs that are the same for all rows."""

    def changed(self, edit: Edit) -> Subject | None:
        """A copy with this change; None if it cannot be made here."""

    def short_training(self, steps: int) -> Trained:
        """A copy after about so many steps of training, as the last of them left it."""


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A subject after a short training; diverged_at: the step at which that was no longer
    finite, if it was, and `why` in a sentence, if more is known.
    """

    subject: Subject
    diverged_at: int | None = None
    why: Text | None = None

    @property
    def divergence(self) -> Text | None:
        """A sentence on it, None if there was none."""
        if self.diverged_at is None:
            return None
        return self.why or text("divergence.step", step=self.diverged_at)
