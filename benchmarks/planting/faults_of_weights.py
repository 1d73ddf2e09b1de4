"""First weights and biases that training does not overcome; neurons that are dead or saturated."""

from planting.changes import after, biases, both, copied, filled, positive, times, uniform
from planting.fault import Faults
from planting.setup import Setup

weights = Faults("initial weights", "weights")
dead = Faults("dead or saturated", "weights")
deep = Setup(data="digits", hidden=(48,) * 8, rate=1e-3)

FAULTS = (
    weights(
        "all ten times too large",
        Setup(data="digits", hidden=(64, 64, 64), rate=1e-3),
        weights=times(10),
    ),
    weights("eight layers, a thirtieth", deep, weights=times(0.03)),
    weights(
        "tanh, uniform in (-2, 2)",
        Setup(data="waves", hidden=(64, 64), activation="tanh"),
        weights=uniform(2),
    ),
    weights(
        "first layer thirty times", Setup(data="ring", activation="tanh"), weights=times(30, 1)
    ),
    weights("all zero", Setup(data="digits"), init="zeros"),
    weights(
        "all .1",
        Setup(data="digits", hidden=(64, 64), activation="tanh", epochs=20),
        weights=filled(0.1),
    ),
    weights(
        "second layer constant",
        Setup(data="sectors", hidden=(32, 32)),
        weights=both(filled(0.2, 2), filled(0.1, 3)),
    ),
    weights(
        "copies of two neurons",
        Setup(data="sectors", hidden=(32, 32), activation="silu"),
        weights=copied(2, 1, 2),
    ),
    weights(
        "copies of three neurons",
        Setup(data="digits", hidden=(48,), rate=3e-3),
        weights=copied(3, 1),
    ),
    weights(
        "copies of two neurons, second layer",
        Setup(data="digits", hidden=(64, 64, 64)),
        weights=copied(2, 2),
    ),
    weights(
        "positive", Setup(data="digits", hidden=(48,) * 4, rate=1e-3, epochs=15), weights=positive
    ),
    weights("second layer zero", Setup(data="waves", hidden=(32,) * 3), weights=times(0, 2)),
    weights(
        "xor, a hundredth, sgd",
        Setup(data="xor", hidden=(32, 32, 32), activation="tanh", optimizer="sgd", rate=0.1),
        weights=times(0.01),
    ),
    weights("output layer 1000 times", Setup(data="product", rate=1e-3), weights=times(1000, -1)),
    weights(
        "small everywhere, sgd",
        Setup(data="friedman", hidden=(32,) * 4, optimizer="sgd", rate=0.01),
        weights=times(0.05),
    ),
    weights("biases of 30", Setup(data="product", hidden=(32, 32), rate=1e-3), weights=biases(30)),
    weights(
        "xor, all five times",
        Setup(data="xor", hidden=(64, 64, 64), activation="elu", rate=1e-3),
        weights=times(5),
    ),
    dead("biases of -10", Setup(data="digits"), weights=biases(-10, 1, 2)),
    dead(
        "second layer's biases -15",
        Setup(data="waves", hidden=(32, 32, 32)),
        weights=biases(-15, 2),
    ),
    dead(
        "killed by an earlier rate of 3", Setup(data="digits", hidden=(48, 48)), weights=after(3.0)
    ),
    dead(
        "killed by unscaled targets",
        Setup(data="product", hidden=(16, 16)),
        weights=after(0.3, 5, lambda y: 1000 * y),
    ),
    dead(
        "tanh far out",
        Setup(data="waves", hidden=(64, 64), activation="tanh", rate=1e-3),
        weights=times(100, 1, 2),
    ),
    dead(
        "sigmoid biases of 15",
        Setup(data="sectors", activation="sigmoid", rate=0.01),
        weights=biases(15, 1, 2),
    ),
    dead("hard tanh far out", Setup(data="ring", activation="hard_tanh"), weights=times(50, 1)),
    dead(
        "tanh biases of 20, last layer",
        Setup(data="pair", hidden=(32, 32, 32), activation="tanh"),
        weights=biases(20, 3),
    ),
    dead(
        "relu, most below zero",
        Setup(data="xor", hidden=(24, 24), rate=1e-3),
        weights=biases(-3, 1),
    ),
    dead("counts, biases of -20", Setup(data="counts"), weights=biases(-20, 2)),
    weights(
        "uniform in (-1, 1), digits",
        Setup(data="digits", hidden=(64, 64, 64), rate=1e-3, epochs=20),
        weights=uniform(1),
    ),
    weights(
        "copies of one neuron in both layers",
        Setup(data="waves", hidden=(64, 64)),
        weights=copied(1, 1, 2),
    ),
    weights(
        "constant, one layer",
        Setup(data="product", hidden=(48,), activation="silu", rate=0.01),
        init="constant",
    ),
    weights(
        "middle layer 200 times",
        Setup(data="sectors", hidden=(32,) * 4, rate=1e-3),
        weights=times(200, 3),
    ),
    weights(
        "last two layers zero", Setup(data="digits", hidden=(48, 48, 48)), weights=times(0, 3, 4)
    ),
    weights(
        "counts, weights five times",
        Setup(data="counts", hidden=(32, 32), rate=1e-3),
        weights=times(5),
    ),
    dead("relu6 far out", Setup(data="friedman", activation="relu6"), weights=biases(40, 1, 2)),
    dead(
        "erf far out", Setup(data="xor", hidden=(48, 48), activation="erf"), weights=times(40, 1, 2)
    ),
    weights(
        "tanh, weights four times",
        Setup(data="ring", hidden=(32, 32), activation="tanh"),
        weights=times(4),
    ),
    weights(
        "glorot in sixteen layers, sgd",
        Setup(data="digits", hidden=(32,) * 16, optimizer="sgd", rate=3e-3, epochs=20),
        init="glorot_normal",
    ),
    weights(
        "output layer 30 times",
        Setup(data="waves", hidden=(64, 64), rate=1e-3),
        weights=times(30, -1),
    ),
    weights(
        "biases of 5, gelu",
        Setup(data="pair", hidden=(32, 32), activation="gelu", rate=1e-3),
        weights=biases(5),
    ),
    weights(
        "he for selu in twenty layers",
        Setup(data="sectors", hidden=(24,) * 20, activation="selu", rate=3e-4),
        init="he_normal",
    ),
    dead(
        "relu, biases of -1.5",
        Setup(data="waves", hidden=(24, 24), rate=1e-3, epochs=20),
        weights=biases(-1.5, 1, 2),
    ),
    dead(
        "sigmoid, twenty times",
        Setup(data="ring", hidden=(24, 24), activation="sigmoid", rate=0.01),
        weights=times(20, 1, 2),
    ),
)
