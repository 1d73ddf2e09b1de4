"""A fully connected network: layer sizes, activations, weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from nonlin import checks
from nonlin.activation import Activation
from nonlin.catalogue import get
from nonlin.init.initialisation import Initialisation, initialisation, streams
from nonlin.network.loss import Loss
from nonlin.network.settings import Job, Record, Settings
from nonlin.network.trace import LayerTrace, Trace


@dataclass(frozen=True, slots=True, init=False, eq=False, repr=False)
class Network:
    """Layers of neurons, each a = f(x W + b), with every weight and bias in one buffer.

    sizes: neurons per layer, inputs first, at least two. hidden: one activation (name or
    Activation) for all hidden layers, or a sequence of one per hidden layer, element-wise.
    output: any activation; in training it decides the loss (see `fit`).
    init: a name or an Initialisation; "auto" scales each layer by the gain of the activation
    that feeds it (1 for the first layer, so inputs should be standardised), or starts a network
    of 20 layers or more on the edge of chaos if gradients would not last. dtype: float32, or
    float64. `parameters` is the buffer (all weight matrices, then all biases); `fit` changes
    it in place. Raises InputError for anything that does not fit together.
    """

    sizes: tuple[int, ...]
    hidden: tuple[Activation, ...]
    output: Activation
    init: str
    seed: int
    parameters: np.ndarray

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
        put = object.__setattr__
        put(self, "sizes", layers)
        put(self, "hidden", checks.hidden_activations(hidden, len(layers) - 2))
        put(self, "output", get(output))
        rule = initialisation(init)
        put(self, "init", rule.name)
        put(self, "seed", checks.seed(seed))
        count = checks.parameter_count(layers)
        put(self, "parameters", np.zeros(count, checks.real_dtype(dtype)))
        self._initialise(replace(rule, depth=max(rule.depth, len(self.hidden), 1)))

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

    def _initialise(self, rule: Initialisation) -> None:
        feeding = (None, *self.hidden)
        layers = zip(
            streams(self.seed, len(self.weights)), self.weights, self.biases, feeding, strict=True
        )
        for random, weights, biases, activation in layers:
            fan_in, fan_out = weights.shape
            weights[:] = rule.draw(random, fan_in, fan_out, activation)
            biases[:] = rule.draw_biases(random, len(biases), activation)

    def __repr__(self) -> str:
        sizes = "-".join(str(size) for size in self.sizes)
        names = ", ".join(activation.name for activation in (*self.hidden, self.output))
        return f"<Network {sizes}: {names}; init {self.init}, seed {self.seed}, {self.dtype}>"

    @property
    def dtype(self) -> np.dtype[Any]:
        """float32 or float64: of parameters, sums and results."""
        return self.parameters.dtype

    @property
    def weights(self) -> tuple[np.ndarray, ...]:
        """One (fan_in, fan_out) view of the buffer per layer."""
        return tuple(self._views([(i, o) for i, o in pairwise(self.sizes)], 0))

    @property
    def biases(self) -> tuple[np.ndarray, ...]:
        """One (fan_out,) view of the buffer per layer."""
        start = sum(i * o for i, o in pairwise(self.sizes))
        return tuple(self._views([(o,) for o in self.sizes[1:]], start))

    def _views(self, shapes: Sequence[tuple[int, ...]], start: int) -> Iterator[np.ndarray]:
        for shape in shapes:
            count = int(np.prod(shape))
            yield self.parameters[start : start + count].reshape(shape)
            start += count

    def logits(self, X: Any) -> np.ndarray:
        """Preactivations of the output layer, shape (rows, outputs), for X (rows, inputs)."""
        values = checks.features(X, self.sizes[0], self.dtype)
        *before, last = zip(self.weights, self.biases, strict=True)
        for activation, (weights, biases) in zip(self.hidden, before, strict=True):
            values = activation(_product(values, weights) + biases)
        return _product(values, last[0]) + last[1]

    def forward(self, X: Any) -> np.ndarray:
        """What the output layer gives, shape (rows, outputs), for X (rows, inputs)."""
        return self.output(self.logits(X))

    def predict(self, X: Any) -> np.ndarray:
        """Class index (softmax), 0 or 1 (sigmoid), or the values themselves (any other output).

        Shape (rows,) with one prediction per row, (rows, outputs) with several values.
        """
        logits = self.logits(X)
        if self.output.name == "softmax":
            return logits.argmax(axis=1)
        if self.output.name == "sigmoid":
            result = (logits > 0).astype(np.int64)
        else:
            result = self.output(logits)
        return result[:, 0] if result.shape[1] == 1 else result

    def trace(self, X: Any) -> Trace:
        """The full record of a forward pass of X (rows, inputs)."""
        values = checks.features(X, self.sizes[0], self.dtype)
        layers = []
        for activation, weights, biases in zip(
            (*self.hidden, self.output), self.weights, self.biases, strict=True
        ):
            sums = _product(values, weights)
            preactivations = sums + biases
            activations = activation(preactivations)
            layers.append(
                LayerTrace(
                    activation,
                    values,
                    weights.copy(),
                    biases.copy(),
                    sums,
                    preactivations,
                    activations,
                )
            )
            values = activations
        return Trace(tuple(layers))

    def with_weights(self, weights: Sequence[Any], biases: Sequence[Any] | None = None) -> Network:
        """A new network with these weights, one (fan_in, fan_out) array per layer.

        `biases`: one (fan_out,) array per layer; as they are if not given.
        """
        result = self.copy()
        _fill("weights", result.weights, weights)
        if biases is not None:
            _fill("biases", result.biases, biases)
        return result

    def copy(self) -> Network:
        """A network of its own with the same weights."""
        result = object.__new__(Network)
        for name in ("sizes", "hidden", "output", "init", "seed"):
            object.__setattr__(result, name, getattr(self, name))
        object.__setattr__(result, "parameters", self.parameters.copy())
        return result

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
        from nonlin.network.train import train

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


def _product(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """x W; what exceeds the dtype becomes infinite, as in every kernel, without a warning."""
    with np.errstate(over="ignore", invalid="ignore"):
        return values @ weights


def _fill(kind: str, views: Sequence[np.ndarray], given: Sequence[Any]) -> None:
    shapes = [view.shape for view in views]
    arrays = checks.layer_arrays(kind, given, shapes, views[0].dtype)
    for view, array in zip(views, arrays, strict=True):
        view[:] = array
