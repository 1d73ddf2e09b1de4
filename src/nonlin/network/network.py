"""The network that users build, initialise and train."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nonlin import checks
from nonlin._text import say
from nonlin.activation import Activation
from nonlin.catalogue import get
from nonlin.init.fills import streams
from nonlin.init.initialisation import Initialisation, initialisation
from nonlin.init.rules import RULES
from nonlin.network.feedforward import Feedforward
from nonlin.network.loss import Loss
from nonlin.network.settings import Job, Record, Settings
from nonlin.network.train import train
from nonlin.sketch import blocks

FIRST_ROWS = 256  # of which lsuv and autoinit know the data


@dataclass(frozen=True, slots=True, init=False, eq=False, repr=False)
class Network(Feedforward):
    """Layers of neurons, each a = f(x W + b), with every weight and bias in one buffer.

    sizes: neurons per layer, inputs first, at least two. hidden: one activation (name or
    Activation) for all hidden layers, or a sequence of one per hidden layer, element-wise.
    output: any activation; in training it decides the loss (see `fit`).
    init: a name or an Initialisation; "auto" scales each layer by the gain of the activation
    that feeds it (1 for the first layer, so inputs should be standardised), and picks the size
    of signals in a network of 5 hidden layers or more so that they and the gradients last, where
    that can be (see `Initialisation`). "lsuv" and "autoinit" start from data: see `begin`.
    dtype: float32, or float64. `parameters` is the buffer (all weight matrices, then all biases);
    `fit` changes it in place. Raises InputError for anything that does not fit together.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        hidden: str | Activation | Sequence[str | Activation] = "relu",
        output: str | Activation = "identity",
        init: str | Initialisation = "auto",
        seed: int = 0,
        dtype: Any = np.float32,
    ) -> None:
        layers = checks.layer_sizes(sizes)
        activations = checks.hidden_activations(hidden, len(layers) - 2), get(output)
        rule, number = initialisation(init), checks.seed(seed)
        buffer = np.zeros(checks.parameter_count(layers), checks.real_dtype(dtype))
        Feedforward.__init__(self, layers, *activations, rule.name, number, buffer)
        self._initialise(rule)

    @classmethod
    def of(
        cls,
        sizes: Sequence[int],
        hidden: Sequence[str | Activation],
        output: str | Activation,
        init: str,
        seed: int,
        weights: Sequence[np.ndarray],
        biases: Sequence[np.ndarray],
    ) -> Network:
        """A trained network from its parts; `init` and `seed` say how it once began."""
        empty = cls(sizes, hidden, output, "zeros", seed, weights[0].dtype)
        result = empty.with_weights(weights, biases)
        object.__setattr__(result, "init", initialisation(init).name)
        return result

    def _repr_html_(self) -> str:
        """What a notebook shows: each layer with its neurons, activation and parameters."""
        head = [say(f"network.card.{name}") for name in ("layer", "neurons", "activation", "count")]
        sizes, names = self.sizes, [each.name for each in (*self.hidden, self.output)]
        rows = [
            [str(number), f"{size:,}", name, f"{(fan_in + 1) * size:,}"]
            for number, (fan_in, size, name) in enumerate(
                zip(sizes, sizes[1:], names, strict=False), start=1
            )
        ]
        return blocks.paragraphs([repr(self)]) + blocks.table(head, rows)

    def begin(self, X: np.ndarray) -> None:
        """With init "lsuv" or "autoinit", weights start from X (rows, inputs), unless trained.

        From 256 rows, evenly spread. The first `fit` does it, as does everything that trains;
        until then weights are those of "orthogonal" or "forward".
        """
        rule = initialisation(self.init)
        if not rule.from_data:
            return
        fresh = Network(self.sizes, self.hidden, self.output, rule, self.seed, self.dtype)
        if np.array_equal(fresh.parameters, self.parameters):
            rows = X[:: math.ceil(len(X) / FIRST_ROWS)]
            self.parameters[:] = rule.fitted(self, rows).parameters

    def _initialise(self, given: Initialisation) -> None:
        rule = replace(given, name=RULES[given.name].before or given.name)
        rule = replace(rule, depth=max(rule.depth, len(self.hidden), 1))
        randoms, feeding = streams(self.seed, len(self.sizes) - 1), (None, *self.hidden)
        rules = rule.layers(self.hidden)
        layers = zip(rules, randoms, self.weights, self.biases, feeding, strict=True)
        for chosen, random, weights, biases, activation in layers:
            fan_in, fan_out = weights.shape
            weights[:] = chosen.draw(random, fan_in, fan_out, activation)
            biases[:] = chosen.draw_biases(random, len(biases), activation)

    def fit(
        self,
        X: Any,
        y: Any,
        *,
        learning_rate: float = 1e-3,
        epochs: int = 20,
        seed: int = 0,
        batch_size: int = 32,
        optimizer: str = "adamw",
        weight_decay: float = 0.0,
        momentum: float = 0.9,
        validation: tuple[Any, ...] | None = None,
        patience: int | None = None,
        weights: Any = None,
        loss: str | Loss | None = None,
    ) -> Record:
        """Train in place on X (rows, inputs) and y; the weights of the best epoch are kept.

        The output decides loss and y: "identity" squared error, y (rows,) or (rows, outputs);
        "sigmoid" binary cross-entropy, one per output, y of 0 and 1 in these shapes; "softmax"
        cross-entropy, y of class indices; "softplus" and "exponential" the likelihood of a
        Poisson variable, y not negative. loss: another one that goes with the output: with
        "identity" "huber" or `network.pinball(levels)`, with "sigmoid"
        "fractional_cross_entropy" (y from 0 to 1) or "corn" (ordered classes). weights (rows,),
        not negative: how much each row counts, relative to their mean. validation: (X, y) or
        (X, y, weights). See `Settings` and `Record`. Raises InputError for unusable data or
        settings.
        """
        settings = Settings(
            optimizer=optimizer,
            learning_rate=learning_rate,
            epochs=epochs,
            batch_size=batch_size,
            weight_decay=weight_decay,
            momentum=momentum,
            patience=patience,
            seed=seed,
        )
        return train(Job(self, X, y, validation, settings, weights, loss=loss))
