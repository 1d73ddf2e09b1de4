"""The script for Keras 3."""

from nonlin.keep.code.jax import SCORES as SCORES  # of arrays

_SIGMOID = "ops.mean(ops.softplus(logits) - y * logits)"
LOSSES = {
    "regression": "ops.mean((logits - y) ** 2)",
    "robust": """ops.mean(
        (held := ops.clip(logits - y, -${KNEE}, ${KNEE})) * (logits - y - held / 2)
    )""",
    "positive": "ops.mean((rate := ops.softplus(logits)) - y * ops.log(rate + 1e-8))",
    "counts": "ops.mean(ops.exp(logits) - y * logits)",
    "proportion": _SIGMOID,
    "quantiles": "ops.mean(ops.maximum(LEVELS * (y - logits), (LEVELS - 1) * (y - logits)))",
    "binary": _SIGMOID,
    "multiclass": """keras.losses.sparse_categorical_crossentropy(
        y[:, 0], logits, from_logits=True
    )""",
    "multilabel": _SIGMOID,
    "ordinal": """ops.mean(
        ops.sum(
            ops.cast(y >= STEPS, "float32")
            * (ops.softplus(logits) - ops.cast(y > STEPS, "float32") * logits),
            axis=1,
        )
    )""",
}
NUMBERS = {"LEVELS": "ops.convert_to_tensor({0})", "STEPS": 'ops.arange({0}, dtype="float32")'}
BODY = '''\
import sys

import keras
import numpy as np
from keras import ops

${EXPORT}${CONSTANTS}


def build():
    """The last layer gives what the output activation is applied to."""
    layers = [keras.Input((SIZES[0],))]
    for size, weight, bias, activation in zip(
        SIZES[1:], WEIGHT_STD, BIAS_STD, (*ACTIVATIONS, None)
    ):
        layers.append(
            keras.layers.Dense(
                size,
                activation,
                kernel_initializer=keras.initializers.RandomNormal(stddev=weight),
                bias_initializer=keras.initializers.RandomNormal(stddev=bias),
            )
        )
    return keras.Sequential(layers)


def loss(y, logits):
    return ${LOSS}


def train(network, X, y, X_held_out, y_held_out):
    """The network keeps the weights of the epoch with the lowest loss on the held-out rows."""
    optimizer = keras.optimizers.AdamW(LEARNING_RATE, weight_decay=WEIGHT_DECAY, epsilon=1e-8)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    network.compile(optimizer, loss=loss)
    stop = keras.callbacks.EarlyStopping(
        "val_loss", patience=PATIENCE, mode="min", restore_best_weights=True
    )
    record = network.fit(
        X,
        y,
        batch_size=BATCH_SIZE,
        epochs=EPOCHS,
        validation_data=(X_held_out, y_held_out),
        callbacks=[stop],
        verbose=0,
    )
    return min(record.history["val_loss"])


def score(network, X, y):
    logits = network.predict(X, verbose=0)
    return float(${SCORE})


def main(path, seed=0):
    keras.utils.set_random_seed(seed)
    with np.load(path) as rows:
        X, y = rows["X"].astype("float32"), rows["y"].astype("float32")
    y = y.reshape(len(X), -1)
    order, held_out = np.random.default_rng(seed).permutation(len(X)), round(HELD_OUT * len(X))
    ahead, behind = order[held_out:], order[:held_out]
    network = build()
    reached = train(network, X[ahead], y[ahead], X[behind], y[behind])
    print(f"held-out rows: loss {reached:.4g}, ${NAME} {score(network, X[behind], y[behind]):.4g}")
    return network
'''
