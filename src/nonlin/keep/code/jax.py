"""The script for JAX, which needs no other library."""

_SIGMOID = "jnp.mean(jax.nn.softplus(logits) - y * logits)"
LOSSES = {
    "regression": "jnp.mean((logits - y) ** 2)",
    "robust": """jnp.mean(
        (held := jnp.clip(logits - y, -${KNEE}, ${KNEE})) * (logits - y - held / 2)
    )""",
    "positive": "jnp.mean((rate := jax.nn.softplus(logits)) - y * jnp.log(rate + 1e-8))",
    "counts": "jnp.mean(jnp.exp(logits) - y * logits)",
    "proportion": _SIGMOID,
    "quantiles": "jnp.mean(jnp.maximum(LEVELS * (y - logits), (LEVELS - 1) * (y - logits)))",
    "binary": _SIGMOID,
    "multiclass": "-jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), y.astype(int), 1))",
    "multilabel": _SIGMOID,
    "ordinal": """(
        jnp.sum((y >= STEPS) * (jax.nn.softplus(logits) - (y > STEPS) * logits)) / len(y)
    )""",
}
NUMBERS = {"LEVELS": "jnp.array({0})", "STEPS": "jnp.arange({0})"}
_R2 = "1 - ((logits - y) ** 2).sum() / ((y - y.mean()) ** 2).sum()"
SCORES = {
    "regression": _R2,
    "robust": _R2,
    "binary": "((logits > 0) == y).mean()",
    "multiclass": "(logits.argmax(1) == y[:, 0]).mean()",
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
    logits = forward(network, X)
    return float(${SCORE})


def main(path, seed=0):
    with np.load(path) as rows:
        X, y = rows["X"].astype(np.float32), rows["y"].astype(np.float32)
    y = y.reshape(len(X), -1)
    order, held_out = np.random.default_rng(seed).permutation(len(X)), round(HELD_OUT * len(X))
    ahead, behind = order[held_out:], order[:held_out]
    network = build(jax.random.key(seed))
    network, reached = train(network, X[ahead], y[ahead], X[behind], y[behind], seed)
    print(f"held-out rows: loss {reached:.4g}, ${NAME} {score(network, X[behind], y[behind]):.4g}")
    return network
'''
