"""The network as ONNX, run by onnxruntime, against the network itself."""

from dataclasses import replace

import numpy as np
import pytest

import nonlin as nl
from nonlin.export import TARGETS
from nonlin.export.exported import Exported
from nonlin.keep import folder
from nonlin.keep.onnx import as_onnx
from nonlin.network import Network

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")

OUTPUTS = ("identity", "sigmoid", "softmax", "softplus", "exponential")
HIDDEN = [
    name
    for name in nl.names()
    if nl.get(name).kind == "elementwise" and TARGETS["onnx"].takes(Exported(nl.get(name)))
]


def run(written, inputs):
    options = runtime.SessionOptions()
    options.intra_op_num_threads = 1
    return runtime.InferenceSession(written, options).run(["outputs"], {"inputs": inputs})[0]


def network(hidden, output):
    """Three layers with weights and biases of all sizes around 1."""
    random = np.random.default_rng(0)
    empty = Network((5, 7, 6, 3), hidden, output, "zeros")
    weights = [random.normal(size=each.shape) / 2 for each in empty.weights]
    return empty.with_weights(weights, [random.normal(size=len(b)) for b in empty.biases])


def check(model, made, inputs):
    expected = made.forward(inputs)
    found = run(as_onnx(replace(model, network=made)), inputs)
    assert found.dtype == np.float32
    size = max(1.0, float(np.abs(expected).max()))
    assert np.abs(found - expected).max() <= 1e-5 * size, made


def test_the_saved_file(result, table, tmp_path):
    path = result.save(tmp_path)
    inputs = result.preparation(table[0])
    found = run((path / folder.ONNX).read_bytes(), inputs)
    np.testing.assert_allclose(found, result.network.forward(inputs), rtol=1e-5, atol=1e-6)
    text = onnx.load(path / folder.ONNX).doc_string
    assert "Its inputs are prepared numbers, not raw rows" in text


@pytest.mark.parametrize("hidden", HIDDEN)
def test_every_element_wise_activation(hidden, classes):
    inputs = np.random.default_rng(1).normal(size=(40, 5)).astype(np.float32)
    check(classes.model, network(hidden, "identity"), inputs)


@pytest.mark.parametrize("output", OUTPUTS)
def test_every_output(output, classes):
    inputs = np.random.default_rng(1).normal(size=(40, 5)).astype(np.float32)
    check(classes.model, network(["mish", nl.activation("mish", "x * tanh(x)")], output), inputs)


def test_nearly_all_activations_are_there():
    assert len(HIDDEN) > 100
