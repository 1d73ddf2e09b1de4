"""Forward pass, mean field theory and lessons of the browser against those of nonlin."""

import json
import math

from nonlin.network import Network
from nonlin.theory import propagation
from nonlin.theory.variance import VarianceMap, second_moments

NETWORKS = {  # docs/learn; weights to four digits, as web/src/views/forward/presets.ts has them
    "one": ([2, 1], "sigmoid", "sigmoid", [[[0.5], [0.25]]], [[-0.2]], [1, 2]),
    "layer": (
        [2, 3], "sigmoid", "sigmoid",
        [[[0.5, -1, 0.3], [0.25, 0.75, -0.6]]], [[-0.2, 0.1, 0.4]], [1, 2],
    ),
    "two": (
        [2, 2, 1], "sigmoid", "sigmoid",
        [[[0.5, -1], [0.25, 0.75]], [[2], [-1]]], [[-0.2, 0.1], [0.3]], [1, 2],
    ),
    "xor": (
        [2, 2, 1], "relu", "identity", [[[1, 1], [1, 1]], [[1], [-2]]], [[0, -1], [0]], [1, 0],
    ),
}  # fmt: skip
PLANE = [(0.5, 0.1), (1.0, 0.0), (1.6, 0.3), (2.5, 1.0)]  # sw and sb
LAYERS = 12


def _trace(sizes, hidden, output, weights, biases, inputs):
    network = Network(sizes, hidden=hidden, output=output, dtype="float64")
    trace = network.with_weights(weights, biases).trace([inputs])
    return [
        {"z": layer.preactivations[0].tolist(), "a": layer.activations[0].tolist()}
        for layer in trace.layers
    ]


def _networks():
    """The networks of the guide, and that of `nonlin forward 3,4,2` with its weights rounded."""
    drawn = Network([3, 4, 2], hidden="relu", output="softmax", init="auto", seed=0)
    rounded = [[[float(f"{w:.4g}") for w in row] for row in matrix] for matrix in drawn.weights]
    three = ([3, 4, 2], "relu", "softmax", rounded, [row.tolist() for row in drawn.biases])
    return {
        name: _trace(*each) for name, each in {**NETWORKS, "three": (*three, [1, 2, 3])}.items()
    }


def _row(name, sw, sb):
    """Moments, fixed points, chi, lengths and gradients by layer."""
    f = propagation.nonlinearity(name, "theory")
    lengths = VarianceMap(f, sw**2, sb**2)
    field = propagation.mean_field(name, weight_variance=sw**2, bias_variance=sb**2)
    q = lengths.lengths(sw**2 + sb**2, LAYERS - 1)
    return {
        "name": name,
        "weights": sw**2,
        "biases": sb**2,
        "q": "Infinity" if math.isinf(field.q_star) else field.q_star,
        "chi": field.gradient_growth,
        "lengths": q,
        "growth": math.prod(lengths.gradient_growth(each) for each in q[:-1]),
        "moments": [[each, *second_moments(f, each)[:2]] for each in (0.01, 1.0, 30.0)],
    }


def test_numbers(units, tmp_path):
    """One run of Node for all, since bundling takes longest."""
    edges = [
        {"name": name, "q": q, "weights": math.sqrt(w), "biases": math.sqrt(b)}
        for name, q in (("tanh", 0.1), ("tanh", 1.0), ("hard_tanh", 1.0), ("relu", 1.0))
        for w, b in [propagation.critical(name, q=q)]
    ]
    names = ("tanh", "relu", "sigmoid", "hard_tanh")
    rows = [_row(name, *place) for name in names for place in PLANE]
    path = tmp_path / "numbers.json"
    path.write_text(json.dumps({"networks": _networks(), "rows": rows, "edges": edges}))
    units("net", "depth", "lessons", NUMBERS=str(path))
