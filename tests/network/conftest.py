"""The losses as a textbook writes them, in float64: what the compiled ones must give."""

import numpy as np
import pytest
from scipy.special import log_softmax


def _squared_error(logits, y):
    return np.mean((logits - y) ** 2)


def _binary_cross_entropy(logits, y):
    return np.mean(np.sum(np.logaddexp(0.0, logits) - y * logits, axis=1))


def _cross_entropy(logits, y):
    return -np.mean(log_softmax(logits, axis=1)[np.arange(len(y)), y])


def _huber(logits, y):
    size = np.abs(logits - y)
    return np.mean(np.sum(np.where(size < 1.345, size**2 / 2, 1.345 * (size - 0.6725)), axis=1))


def _poisson(logits, y):
    return np.mean(np.sum(np.exp(logits) - y * logits, axis=1))


def _poisson_softplus(logits, y):
    mean = np.logaddexp(0.0, logits)
    return np.mean(np.sum(mean - y * np.log(mean), axis=1))


def _pinball(logits, y):
    levels, left = np.array([0.1, 0.5, 0.9]), y - logits
    return np.mean(np.maximum(levels * left, (levels - 1) * left))


def _corn(logits, y):
    """Of the probabilities of the classes, which are products along the steps."""
    beyond = 1 / (1 + np.exp(-logits))
    reached = np.cumprod(np.hstack([np.ones((len(y), 1)), beyond]), axis=1)
    stays = np.hstack([1 - beyond, np.ones((len(y), 1))])
    return -np.mean(np.log((reached * stays)[np.arange(len(y)), y]))


BY_NAME = {
    "squared_error": _squared_error,
    "binary_cross_entropy": _binary_cross_entropy,
    "fractional_cross_entropy": _binary_cross_entropy,
    "cross_entropy": _cross_entropy,
    "huber": _huber,
    "poisson": _poisson,
    "poisson_softplus": _poisson_softplus,
    "pinball": _pinball,
    "corn": _corn,
}


@pytest.fixture
def reference_loss():
    """loss(name, logits, y), y as `Loss.prepare` gives it."""
    return lambda name, logits, y: BY_NAME[name](np.asarray(logits, np.float64), y)


@pytest.fixture
def targets_for():
    """targets(name, shape, random): targets of shape (rows, outputs) that suit a loss."""

    def made(name, shape, random):
        rows = shape[0]
        return {
            "squared_error": lambda: random.standard_normal(shape),
            "binary_cross_entropy": lambda: random.integers(0, 2, shape),
            "fractional_cross_entropy": lambda: random.random(shape),
            "cross_entropy": lambda: random.integers(0, shape[1], rows),
            "huber": lambda: 3 * random.standard_normal(shape),
            "poisson": lambda: random.integers(0, 4, shape),
            "poisson_softplus": lambda: np.maximum(random.standard_normal(shape), 0),
            "pinball": lambda: random.standard_normal(rows),
            "corn": lambda: random.integers(0, shape[1] + 1, rows),
        }[name]()

    return made
