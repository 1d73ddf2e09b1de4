"""Training: optimizers against plain NumPy, order, threads, early stopping, divergence."""

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from nonlin.network import Job, Memory, Network, Settings, gradient, train, train_many
from nonlin.network import compiled as compiling
from nonlin.network.settings import OPTIMIZERS


def _two_moons(rows=300, seed=0):
    random = np.random.default_rng(seed)
    angle = np.pi * random.random(rows)
    label = random.integers(0, 2, rows)
    x = np.where(label, 1 - np.cos(angle), np.cos(angle))
    y = np.where(label, 0.5 - np.sin(angle), np.sin(angle))
    return np.stack([x, y], 1) + 0.1 * random.standard_normal((rows, 2)), label


def _splitmix_order(order, state):
    mask = 2**64 - 1
    for last in range(len(order) - 1, 0, -1):
        state = (state + 0x9E3779B97F4A7C15) & mask
        bits = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & mask
        bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & mask
        bits ^= bits >> 31
        other = ((bits >> 32) * (last + 1)) >> 32
        order[last], order[other] = order[other], order[last]
    return order, state


def _adamw(values, slope, memory, step, settings, decay):
    memory[0] = 0.9 * memory[0] + 0.1 * slope
    memory[1] = 0.999 * memory[1] + 0.001 * slope**2
    mean, square = memory[0] / (1 - 0.9**step), memory[1] / (1 - 0.999**step)
    rate = settings.learning_rate
    return values * (1 - rate * decay) - rate * mean / (np.sqrt(square) + 1e-8)


def _sgd(values, slope, memory, step, settings, decay):
    memory[0] = settings.momentum * memory[0] + slope
    rate = settings.learning_rate
    return values * (1 - rate * decay) - rate * memory[0]


def _reference(network, inputs, targets, settings):
    """The same training in plain NumPy: mean training loss and parameters, epoch by epoch."""
    rule = {"adamw": _adamw, "sgd": _sgd}[settings.optimizer]
    memory = np.zeros((2, network.parameters.size))
    split = sum(weights.size for weights in network.weights)
    order, state, step, curve, ends = list(range(len(inputs))), settings.seed, 0, [], []
    for _ in range(settings.epochs):
        order, state = _splitmix_order(order, state)
        losses = []
        for begin in range(0, len(order), settings.batch_size):
            rows = order[begin : begin + settings.batch_size]
            found = gradient(network, inputs[rows], targets[rows])
            slope = np.concatenate([each.ravel() for each in found.weights + found.biases])
            step += 1
            losses.append(found.loss * len(rows))
            decay = np.where(np.arange(slope.size) < split, settings.weight_decay, 0.0)
            network.parameters[:] = rule(network.parameters, slope, memory, step, settings, decay)
        curve.append(sum(losses) / len(order))
        ends.append(network.parameters.copy())
    return curve, ends


@pytest.mark.parametrize("batch_size", [1000, 7])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_optimizers_against_numpy(optimizer, batch_size):
    inputs, targets = _two_moons(45)
    settings = Settings(
        optimizer=optimizer,
        learning_rate=0.02,
        epochs=6,
        batch_size=batch_size,
        weight_decay=0.1,
        momentum=0.8,
        seed=11,
    )
    network = Network([2, 6, 5, 2], "tanh", "softmax", dtype=np.float64)
    curve, ends = _reference(network.copy(), inputs, targets, settings)
    record = train(Job(network, inputs, targets, None, settings))
    np.testing.assert_allclose(record.train_loss, curve, rtol=1e-10)
    assert record.best_epoch == np.argmin(curve)
    np.testing.assert_allclose(network.parameters, ends[np.argmin(curve)], rtol=1e-8, atol=1e-12)
    assert record.steps == 6 * -(-45 // batch_size)


@pytest.mark.parametrize(
    ("output", "targets"),
    [("softmax", lambda y: y), ("sigmoid", lambda y: y), ("identity", lambda y: 2.0 * y - 1)],
)
def test_learns_two_moons(output, targets):
    inputs, label = _two_moons()
    network = Network([2, 32, 32, 2 if output == "softmax" else 1], "silu", output)
    record = network.fit(inputs, targets(label), learning_rate=0.01, epochs=40)
    assert record.train_loss[-1] < 0.2 * record.train_loss[0]
    predicted = network.predict(inputs)
    if output == "identity":
        predicted = predicted > 0
    assert np.mean(predicted == label) > 0.97
    assert record.diverged_at is None
    assert np.isnan(record.validation_loss).all()
    assert record.seconds > 0


def test_several_outputs_are_fitted_together():
    inputs = np.random.default_rng(0).standard_normal((200, 3))
    targets = inputs @ np.array([[1.0, 0], [0, -2], [0.5, 0.5]]) + [0.3, -0.7]
    network = Network([3, 2])
    network.fit(inputs, targets, learning_rate=0.05, epochs=60)
    np.testing.assert_allclose(network.biases[0], [0.3, -0.7], atol=1e-3)
    np.testing.assert_allclose(network.weights[0][1], [0, -2], atol=1e-3)


def _jobs():
    inputs, label = _two_moons()
    return [
        Job(
            Network([2, 16, 16, 2], hidden, "softmax", seed=seed),
            inputs[:200],
            label[:200],
            (inputs[200:], label[200:]),
            Settings(learning_rate=0.01, epochs=5, seed=seed),
        )
        for hidden in ("relu", "tanh", "gelu")
        for seed in range(3)
    ]


def test_results_do_not_depend_on_the_number_of_threads():
    one, two = _jobs(), _jobs()
    first = dict(train_many(one, threads=1))
    second = dict(train_many(two, threads=2))
    assert sorted(first) == sorted(second) == list(range(9))
    for index in first:
        np.testing.assert_array_equal(first[index].train_loss, second[index].train_loss)
        np.testing.assert_array_equal(one[index].network.parameters, two[index].network.parameters)
    alone = _jobs()[4]
    train(alone)
    np.testing.assert_array_equal(alone.network.parameters, one[4].network.parameters)


def test_seed_decides_the_order_of_the_samples():
    inputs, label = _two_moons()
    ends = []
    for seed in (0, 0, 1):
        network = Network([2, 8, 2], "relu", "softmax")
        network.fit(inputs, label, epochs=2, seed=seed)
        ends.append(network.parameters)
    np.testing.assert_array_equal(ends[0], ends[1])
    assert not np.array_equal(ends[0], ends[2])


def test_early_stopping_keeps_the_best_weights(reference_loss):
    random = np.random.default_rng(0)
    inputs, label = random.standard_normal((60, 5)), random.integers(0, 2, 60)  # pure noise
    held_out = random.standard_normal((600, 5)), random.integers(0, 2, 600)
    network = Network([5, 64, 64, 2], "relu", "softmax")
    record = network.fit(
        inputs, label, learning_rate=0.01, epochs=200, validation=held_out, patience=4
    )
    best = record.best_epoch
    assert record.epochs == best + 1 + 4 < 200
    assert record.train_loss.shape == record.validation_loss.shape == (record.epochs,)
    assert record.validation_loss[best] == record.validation_loss.min() == record.best_loss
    loss = reference_loss("cross_entropy", network.logits(held_out[0]), held_out[1])
    assert loss == pytest.approx(record.validation_loss[best], rel=1e-5)
    assert loss < record.validation_loss[-1]


def test_divergence_is_recorded_and_the_best_weights_stay():
    inputs = np.random.default_rng(0).standard_normal((64, 3))
    network = Network([3, 16, 16, 1], "relu")
    before = network.parameters.copy()
    record = network.fit(inputs, inputs[:, 0], optimizer="sgd", learning_rate=1e6, epochs=50)
    assert record.diverged_at == record.steps >= 1
    assert record.epochs < 50
    assert not np.isfinite(record.train_loss[-1])
    assert np.isfinite(network.parameters).all()
    if record.best_epoch < 0:
        np.testing.assert_array_equal(network.parameters, before)
        assert record.best_loss == np.inf


def test_divergence_after_good_epochs_keeps_the_best_of_them():
    inputs = np.full((32, 1), 1.0)
    network = Network([1, 1]).with_weights([[[0.0]]])
    # plain gradient descent on a parabola with a rate above its limit: |error| grows 3-fold
    record = network.fit(
        inputs, np.ones(32), optimizer="sgd", momentum=0.0, learning_rate=1.0, epochs=400
    )
    assert record.best_epoch == 0
    assert record.diverged_at == record.steps == record.epochs > 10
    assert abs(network.weights[0][0, 0]) < 10


def test_one_sample_and_a_batch_larger_than_the_data():
    network = Network([2, 4, 2], "relu", "softmax")
    record = network.fit([[1.0, 2.0]], [1], epochs=3, batch_size=512)
    assert record.steps == 3
    assert network.predict([[1.0, 2.0]]).shape == (1,)


def test_weight_decay_shrinks_weights_and_spares_biases():
    network = Network([1, 1]).with_weights([[[2.0]]], [[3.0]])
    network.fit([[0.0]], [3.0], optimizer="sgd", learning_rate=0.1, weight_decay=0.5, epochs=1)
    assert network.weights[0][0, 0] == pytest.approx(2.0 * 0.95)
    assert network.biases[0][0] == 3.0


def _endless(count):
    inputs, label = _two_moons(2000)
    networks = [Network([2, 64, 2], "tanh", "softmax", seed=seed) for seed in range(count)]
    settings = Settings(epochs=20_000, learning_rate=1e-3)  # half a minute, if nothing stops it
    return [Job(network, inputs, label, None, settings) for network in networks]


def test_leaving_early_stops_running_jobs_and_cancels_the_rest():
    quick = _jobs()[0]
    jobs = [quick, *_endless(4)]
    before = jobs[-1].network.parameters.copy()
    begin = time.perf_counter()
    results = train_many(jobs, threads=1)
    assert next(results)[0] == 0
    results.close()
    assert time.perf_counter() - begin < 30
    np.testing.assert_array_equal(jobs[-1].network.parameters, before)


@pytest.fixture
def _control_c():
    """The handler of a program in the foreground; others are started with SIGINT ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_control_c")
def test_control_c_interrupts_a_running_fit():
    (job,) = _endless(1)
    train(_jobs()[0])  # compiled from here on
    control_c = (threading.main_thread().ident, signal.SIGINT)
    timer = threading.Timer(0.3, signal.pthread_kill, control_c)
    timer.start()
    begin = time.perf_counter()
    with pytest.raises(KeyboardInterrupt):
        train(job)
    assert time.perf_counter() - begin < 10
    assert np.isfinite(job.network.parameters).all()


PRINT_A_FIT = """
import zlib
import numpy as np
from nonlin.network import Network
rows = np.random.default_rng(0).standard_normal((100, 5))
network = Network([5, 16, 16, 2], "gelu", "softmax")
network.fit(rows, rows[:, 0] > 0, epochs=3)
print(zlib.crc32(network.parameters))
"""


def test_compiled_and_cached_loop_give_the_same_bits(tmp_path):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", PRINT_A_FIT]
    compiled, cached = (subprocess.check_output(command, env=environment) for _ in range(2))
    assert compiled == cached
    assert len(list(tmp_path.rglob("*.nbc"))) == 1


def test_compiles_without_a_cache_where_nothing_can_be_written(monkeypatch):
    asked = []

    def njit(cache=False, **options):
        asked.append(cache)
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(compiling, "_njit", njit)
    function = compiling.entry(len_plus_one, "len_plus_one")
    assert asked == [True, False]
    assert function([1, 2]) == 3


def len_plus_one(values):
    return len(values) + 1


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_training_goes_on_where_memory_left_off(optimizer):
    """Full batches, whose order does not matter: 2 + 3 epochs are 5."""
    inputs, labels = _two_moons(40)
    whole, parts = (Network([2, 8, 1], "tanh", "sigmoid", dtype=np.float64) for _ in range(2))
    settings = {"optimizer": optimizer, "learning_rate": 0.01, "batch_size": 40}
    train(Job(whole, inputs, labels, None, Settings(epochs=5, **settings)))
    memory = Memory.of(parts)
    for epochs in (2, 3):
        train(Job(parts, inputs, labels, None, Settings(epochs=epochs, **settings), memory=memory))
    np.testing.assert_allclose(parts.parameters, whole.parameters, rtol=1e-9)
    assert memory.powers[0] == pytest.approx(0.9**5)


def test_rows_without_weight_are_as_good_as_absent():
    inputs, labels = _two_moons(60)
    kept = np.arange(60) < 40
    few, many = (Network([2, 8, 1], "tanh", "sigmoid", dtype=np.float64) for _ in range(2))
    few.fit(inputs[kept], labels[kept], epochs=4, batch_size=60)
    many.fit(inputs, labels, epochs=4, batch_size=60, weights=kept.astype(float))
    np.testing.assert_allclose(many.parameters, few.parameters, rtol=1e-9)
