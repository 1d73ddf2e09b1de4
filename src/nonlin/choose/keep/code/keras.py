"""The script for Keras 3."""

LOSSES = {
    "regression": "keras.losses.MeanSquaredError()",
    "robust": "keras.losses.Huber(${KNEE})",
    "binary": "keras.losses.BinaryCrossentropy(from_logits=True)",
    "multiclass": "keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
}
BODY = '''\
import sys

import keras
import numpy as np

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


def train(network, X, y, X_held_out, y_held_out):
    """The network keeps the weights of the epoch with the lowest loss on the held-out rows."""
    optimizer = keras.optimizers.AdamW(LEARNING_RATE, weight_decay=WEIGHT_DECAY, epsilon=1e-8)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    network.compile(optimizer, loss=${LOSS})
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
    """Accuracy for classes, R^2 for numbers."""
    logits = network.predict(X, verbose=0)
    if "${SCORE}" == "accuracy":
        found = logits.argmax(1) if SIZES[-1] > 1 else logits[:, 0] > 0
        return float((found == y).mean())
    return float(1 - ((logits[:, 0] - y) ** 2).sum() / ((y - y.mean()) ** 2).sum())


def main(path, seed=0):
    keras.utils.set_random_seed(seed)
    with np.load(path) as rows:
        X, y = rows["X"].astype("float32"), rows["y"].astype("float32")
    order, held_out = np.random.default_rng(seed).permutation(len(X)), round(HELD_OUT * len(X))
    ahead, behind = order[held_out:], order[:held_out]
    network = build()
    reached = train(network, X[ahead], y[ahead], X[behind], y[behind])
    print(f"held-out rows: loss {reached:.4g}, ${SCORE} {score(network, X[behind], y[behind]):.4g}")
    return network


if __name__ == "__main__":
    main(*sys.argv[1:])
'''
