"""The script for JAX, which needs no other library."""

_SIGMOID = "jnp.mean(jax.nn.softplus(logits) - y.reshape(logits.shape) * logits)"
LOSSES = {
    "regression": "jnp.mean((logits - y.reshape(logits.shape)) ** 2)",
    "robust": (
        "jnp.mean((held := jnp.clip(off := logits - y.reshape(logits.shape), -${KNEE}, ${KNEE}))"
        " * (off - held / 2))"
    ),
    "binary": _SIGMOID,
    "multiclass": (
        "-jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), y.astype(int)[:, None], 1))"
    ),
}
BODY = '''\
import sys

import jax
import jax.numpy as jnp
import numpy as np

${EXPORT}${CONSTANTS}


def build(key):
    """A list of (weights, biases), one pair per layer."""
    layers = []
    for fan_in, fan_out, weight, bias in zip(SIZES[:-1], SIZES[1:], WEIGHT_STD, BIAS_STD):
        key, first, second = jax.random.split(key, 3)
        W = weight * jax.random.normal(first, (fan_in, fan_out))
        layers.append((W, bias * jax.random.normal(second, (fan_out,))))
    return layers


def forward(network, x):
    """What the output activation is applied to."""
    for (W, b), activation in zip(network, ACTIVATIONS):
        x = activation(x @ W + b)
    W, b = network[-1]
    return x @ W + b


def loss(network, X, y):
    logits = forward(network, X)
    return ${LOSS}


loss_of = jax.jit(loss)


@jax.jit
def step(network, means, squares, number, X, y):
    """One step of AdamW."""
    slopes = jax.grad(loss)(network, X, y)
    means = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, means, slopes)
    squares = jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g * g, squares, slopes)

    def update(value, m, s):
        kept = 1 - LEARNING_RATE * WEIGHT_DECAY if value.ndim == 2 else 1.0
        m, s = m / (1 - 0.9**number), s / (1 - 0.999**number)
        return kept * value - LEARNING_RATE * m / (jnp.sqrt(s) + 1e-8)

    return jax.tree.map(update, network, means, squares), means, squares


def train(network, X, y, X_held_out, y_held_out, seed=0):
    """The weights of the epoch with the lowest loss on the held-out rows, and that loss."""
    chance, number = np.random.default_rng(seed), 0
    means = squares = jax.tree.map(jnp.zeros_like, network)
    lowest, best, waited = float("inf"), network, 0
    for _ in range(EPOCHS):
        order = chance.permutation(len(X))
        for start in range(0, len(X), BATCH_SIZE):
            rows, number = order[start : start + BATCH_SIZE], number + 1
            network, means, squares = step(network, means, squares, number, X[rows], y[rows])
        found = float(loss_of(network, X_held_out, y_held_out))
        if found < lowest:
            lowest, best, waited = found, network, 0
        else:
            waited += 1
        if waited == PATIENCE:
            break
    return best, lowest


def score(network, X, y):
    """Accuracy for classes, R^2 for numbers."""
    logits = forward(network, X)
    if "${SCORE}" == "accuracy":
        found = logits.argmax(1) if SIZES[-1] > 1 else logits[:, 0] > 0
        return float((found == y).mean())
    return float(1 - ((logits[:, 0] - y) ** 2).sum() / ((y - y.mean()) ** 2).sum())


def main(path, seed=0):
    with np.load(path) as rows:
        X, y = rows["X"].astype(np.float32), rows["y"].astype(np.float32)
    order, held_out = np.random.default_rng(seed).permutation(len(X)), round(HELD_OUT * len(X))
    ahead, behind = order[held_out:], order[:held_out]
    network = build(jax.random.key(seed))
    network, reached = train(network, X[ahead], y[ahead], X[behind], y[behind], seed)
    print(f"held-out rows: loss {reached:.4g}, ${SCORE} {score(network, X[behind], y[behind]):.4g}")
    return network


if __name__ == "__main__":
    main(*sys.argv[1:])
'''
