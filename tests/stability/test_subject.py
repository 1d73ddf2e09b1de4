"""A network that is none of ours, written by hand in NumPy: its faults are found and mended."""

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest

import nonlin as nl
from nonlin._errors import InputError
from nonlin._text import speaking
from nonlin.layers import (
    Columns,
    Initialise,
    LayerSpec,
    LayerStream,
    Recipe,
    Redraw,
    Retrain,
    Standardise,
    Streams,
    Subject,
    Trial,
    Widen,
    effective_rank,
    expected,
)

FUNCTIONS = {  # value and slope
    "relu": lambda z: (np.maximum(z, 0), (z > 0).astype(float)),
    "leaky_relu": lambda z: (np.where(z > 0, z, 0.01 * z), np.where(z > 0, 1.0, 0.01)),
    "elu": lambda z: (
        np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
        np.exp(np.minimum(z, 0)),
    ),
    "tanh": lambda z: (np.tanh(z), 1 - np.tanh(z) ** 2),
    "sigmoid": lambda z: (1 / (1 + np.exp(-z)), 1 / (2 + np.exp(z) + np.exp(-z))),
}


@dataclass(frozen=True)
class Mlp:
    """Fully connected layers, squared error or cross-entropy of classes, Adam; one hidden name."""

    name: str
    parameters: list
    X: np.ndarray
    y: np.ndarray
    learning_rate: float = 1e-2
    init: str = "auto"

    @property
    def layers(self):
        shapes = [weights.shape for weights, _ in self.parameters]
        names = [f"dense{k}" for k in range(len(shapes))]
        hidden = [nl.get(self.name)] * (len(shapes) - 1)
        activations = [*hidden, nl.get("softmax" if self.classes else "identity")]
        return [
            LayerSpec(n, *shape, f) for n, shape, f in zip(names, shapes, activations, strict=True)
        ]

    @property
    def classes(self):
        return self.y.dtype.kind == "i"

    def loss(self, logits, y):
        """Sum over rows, and its derivative."""
        if not self.classes:
            return np.square(logits[:, 0] - y).sum(), 2 * (logits - y[:, None])
        logits = logits - logits.max(axis=1, keepdims=True)
        logits -= np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return -logits[np.arange(len(y)), y].sum(), np.exp(logits) - np.eye(logits.shape[1])[y]

    def back(self, X, y):
        """Loss, and of each layer z, f(z), f'(z), dL/dz and the derivative by its parameters."""
        passed, values = [], X
        for weights, biases in self.parameters:
            z = values @ weights + biases
            after, slopes = FUNCTIONS[self.name](z)
            passed.append((values, z, after, slopes))
            values = after
        loss, errors = self.loss(z, y)
        found = []
        for k in range(len(passed) - 1, -1, -1):
            inputs, z, after, slopes = passed[k]
            if k < len(passed) - 1:
                errors = errors @ self.parameters[k + 1][0].T * slopes
            found.append((z, after, slopes, errors, (inputs.T @ errors, errors.sum(axis=0))))
        return loss, found[::-1]

    def stream(self):
        """In three blocks, of which each has streams of its own."""
        total = 0.0
        streams = [LayerStream(spec) for spec in self.layers]
        with np.errstate(all="ignore"):
            for rows in (slice(0, 100), slice(100, 500), slice(500, None)):
                loss, found = self.back(self.X[rows], self.y[rows])
                total += loss
                for stream, seen in zip(streams, found, strict=True):
                    z, after, slopes, errors, (by_weights, _) = seen
                    part = LayerStream(stream.spec)
                    part.add(z)
                    part.add_sample(z, after)
                    part.add_gradients(errors, by_weights)
                    if stream is not streams[-1]:
                        part.add_slopes(slopes)
                    stream.merge(part)
        for stream, (weights, _) in zip(streams, self.parameters, strict=True):
            stream.add_weights(weights)
        rank, rows = effective_rank(self.X[::7]), len(self.X)
        hidden = [each.activation for each in self.layers[:-1]]
        theory = expected(hidden, self.parameters, self.X)
        return Streams(streams, rows, rows, rank, total / rows, theory)

    @property
    def recipe(self):
        return Recipe(
            learning_rate=self.learning_rate, usual_rate=1e-2, batch_size=32, epochs=20, steps=380
        )

    concurrent = False

    def columns(self, side):
        if side == "inputs":
            return Columns.of(self.X)
        return None if self.classes else Columns.of(self.y[:, None])

    def changed(self, edit):
        match edit:
            case Standardise("inputs", means, scales, most):
                return replace(self, X=np.clip((self.X - means) / scales, -most, most))
            case Standardise("targets", means, scales):
                return replace(self, y=(self.y - means) / scales)
            case Redraw(layers, seed):
                fresh = drawn(self.name, self.parameters, seed)
                new = [
                    fresh[k] if k + 1 in layers else old for k, old in enumerate(self.parameters)
                ]
                return replace(self, parameters=new)
            case Initialise(activation, seed):
                name = self.name if activation is None else activation.name
                return replace(self, name=name, parameters=drawn(name, self.parameters, seed))
            case Retrain(float(learning_rate)):
                return replace(self, learning_rate=learning_rate)
            case Retrain() | Widen():
                return None

    def trial(self, share, fold):
        """Adam (Kingma and Ba 2014) on batches of 32 rows."""
        out = np.arange(len(self.X)) % 5 == fold
        new = replace(self, parameters=[[w.copy(), b.copy()] for w, b in self.parameters])
        start = new.skill(out, out)
        with np.errstate(all="ignore"):
            step = new.trained(math.ceil(share * self.recipe.steps), self.X[~out], self.y[~out])
            learnt, held_out = (new.skill(~out, rows) for rows in (~out, out))
        return Trial(new, start, learnt, held_out, step)

    def skill(self, fitted, rows):
        """1 - squared error over that of the mean, or of the shares of the classes."""
        wanted = np.eye(3)[self.y] if self.classes else self.y[:, None]
        values = self.X[rows]
        for weights, biases in self.parameters[:-1]:
            values = FUNCTIONS[self.name](values @ weights + biases)[0]
        weights, biases = self.parameters[-1]
        logits = values @ weights + biases
        if self.classes:
            logits = np.exp(logits - logits.max(axis=1, keepdims=True))
            logits /= logits.sum(axis=1, keepdims=True)
        constant = np.square(wanted[rows] - wanted[fitted].mean(axis=0)).sum()
        found = 1 - np.square(wanted[rows] - logits).sum() / constant
        return found if math.isfinite(found) else -math.inf

    def trained(self, steps, X, y):
        """In place; the step at which it diverged, or None."""
        random = np.random.default_rng(0)
        memory = [[[0.0, 0.0], [0.0, 0.0]] for _ in self.parameters]
        for step in range(1, steps + 1):
            rows = random.integers(0, len(X), 32)
            loss, found = self.back(X[rows], y[rows])
            if not math.isfinite(loss):
                return step
            for layer, (*_, gradients) in enumerate(found):
                for which, gradient in enumerate(gradients):
                    mean, square = memory[layer][which]
                    mean = 0.9 * mean + 0.1 * gradient / 32
                    square = 0.999 * square + 0.001 * (gradient / 32) ** 2
                    memory[layer][which] = mean, square
                    root = np.sqrt(square / (1 - 0.999**step)) + 1e-8
                    self.parameters[layer][which] -= (
                        self.learning_rate * mean / (1 - 0.9**step) / root
                    )
        return None


def drawn(name, like, seed=0):
    """Normal weights with the gain of what feeds each layer, biases 0."""
    random, gain = np.random.default_rng(seed), nl.get(name).gain
    return [
        [random.standard_normal(w.shape) * (gain if k else 1) / math.sqrt(len(w)), np.zeros(len(b))]
        for k, (w, b) in enumerate(like)
    ]


RANDOM = np.random.default_rng(5)
X = RANDOM.standard_normal((600, 12))
Y = (X[:, 0] > 0).astype(int) + (X[:, 2] > 0)
QUANTITY = np.sin(X[:, 0]) + X[:, 1]


def net(name="relu", depth=4, y=Y, **options):
    sizes = [12, *[24] * depth, 3 if y is Y else 1]
    shapes = [(np.empty((i, o)), np.empty(o)) for i, o in pairwise(sizes)]
    return Mlp(name, drawn(name, shapes), **{"X": X, "y": y, **options})


def edited(subject, change):
    for number, (weights, biases) in enumerate(subject.parameters, start=1):
        change(number, weights, biases)
    return subject


def dead(number, weights, biases):
    if number == 3:
        biases[:] = -10


def large(number, weights, biases):
    weights *= 30


FAULTS = {  # subject; cause, its layers, what is found, in which layer first
    "rate": (lambda: net(learning_rate=3.0), "learning_rate", (), "exploding", None),
    "dead layer": (lambda: edited(net(), dead), "layers", (3,), "dying", 3),
    "large weights": (
        lambda: edited(net("relu", 2), large), "layers", (1, 2, 3), "exploding", None,
    ),
    "unscaled inputs": (lambda: net(X=X * 1000 + 500), "inputs", (1,), "exploding", 1),
    "unscaled targets": (lambda: net(y=QUANTITY * 1e4 + 5e4), "targets", (5,), None, None),
}  # fmt: skip


def test_it_is_a_subject():
    assert isinstance(net(), Subject)
    assert not isinstance("net", Subject)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found_and_mended(fault):
    make, cause, where, kind, first = FAULTS[fault]
    found = nl.diagnose(make())
    assert not found.healthy
    assert found.causes == (cause,), str(found)
    assert found.changes[0].layers == where
    assert found.repaired
    assert found.learns
    places = [each.layers[0] for each in found.findings if each.kind == kind]
    assert kind is None or places, str(found)
    assert first in (None, *places[:1])
    assert isinstance(found.subject, Mlp)
    assert nl.diagnose(found.subject).healthy
    assert "rows held out" in str(found)
    with speaking("zh"):
        assert "留出的样本" in str(found)


@pytest.mark.parametrize(
    "make",
    [
        net,
        lambda: net("tanh", 6),
        lambda: net("sigmoid", 1, learning_rate=0.1),
        lambda: net(y=QUANTITY),
    ],
)
def test_a_healthy_one_gets_no_alarm(make):
    found = nl.diagnose(make())
    assert found.healthy, str(found)
    assert found.changes == ()


def test_a_divergence_is_told():
    found = nl.diagnose(net("relu", 2, y=QUANTITY, learning_rate=1e200))
    assert "Training diverged at step" in str(found)
    assert found.causes == ("learning_rate",)
    with speaking("zh"):
        assert "发散" in str(found)


def test_stability_is_that_of_our_network_with_these_weights():
    """The same quantities, whoever computes them."""
    subject = net("tanh", 3)
    weights, biases = zip(*subject.parameters, strict=True)
    ours = nl.Network([12, 24, 24, 24, 3], "tanh", "softmax", dtype=np.float64)
    one = nl.stability(subject)
    other = nl.stability(ours.with_weights(weights, biases), X, Y, rows=None)
    assert one.loss == pytest.approx(other.loss)
    assert one.gradient_ratio == pytest.approx(other.gradient_ratio)
    for mine, yours in zip(one.layers, other.layers, strict=True):
        for key in (
            "means", "variances", "dead", "saturated", "second", "signal", "weight", "gradient",
            "weight_gradient", "predicted_second", "predicted_gradient",
        ):  # fmt: skip
            assert getattr(mine, key) == pytest.approx(getattr(yours, key)), key
        assert mine.update is None
    assert "dense2" in str(one)
    assert "tanh" in str(one)


def test_where_theory_says_nothing_nothing_is_shown():
    class Plain(Mlp):
        def stream(self):
            return replace(super().stream(), expected=None)

    seen = nl.stability(Plain("relu", net().parameters, X, Y))
    assert {each.predicted_second for each in seen.layers} == {None}
    assert {each.predicted_gradient for each in seen.layers} == {None}
    assert "dense0" in str(seen)


def test_what_cannot_be_changed_is_not_proposed():
    class Fixed(Mlp):
        def changed(self, edit):
            return None

    found = nl.diagnose(Fixed("relu", edited(net(), dead).parameters, X, Y))
    assert found.changes == ()
    assert not found.repaired
    assert "dying" in str(found).lower()


def test_refusals():
    with pytest.raises(InputError, match="was dict"):
        nl.stability({})
    with pytest.raises(InputError, match="brings its own rows"):
        nl.diagnose(net(), X, Y)
    with pytest.raises(InputError):
        nl.stability(nl.Network([12, 3]))

    class Blind(Mlp):
        def stream(self):
            return replace(super().stream(), loss=None)

    with pytest.raises(InputError, match="no loss"):
        nl.diagnose(Blind("relu", net().parameters, X, Y))
